# %% [markdown] lang="en"
# # Slow, narrow, lossy
#
# **What you find out:** why a big upload makes everything else slow, why a long queue is no help, how a page can stop halfway although every ping works, and what TCP does about a wire that loses packets. You make a wire that is as bad as a real one.
#
# **Time:** about 30 minutes.
#
# **You need:** [One wire, two worlds](01_one_wire.ipynb), [ARP and the answer](03_arp_and_answer.ipynb) and the router of [Reaching the host, and beyond](04_beyond.ipynb). [TCP on the wire](12_tcp_on_the_wire.ipynb) helps with sections 4 and 5.

# %% [markdown] lang="zh"
# # 慢、窄、丢
#
# **这一课要弄清楚：** 传一个大文件，为什么别的都跟着变慢；队列越长，为什么反而越糟；每个 ping 都通，网页怎么会卡在半路；线上丢包，TCP 又怎么应付。你要亲手把一根线弄得和真实的一样差。
#
# **用时：** 约 30 分钟。
#
# **准备：** 先学完[《一根线，两个世界》](01_one_wire.ipynb)、[《ARP 与应答》](03_arp_and_answer.ipynb)，以及[《连通主机，再到外网》](04_beyond.ipynb)里的路由器。学过[《线上的 TCP》](12_tcp_on_the_wire.ipynb)，第 4、5 节会更容易。要是哪里弄乱了，**内核 → 重启内核**，机器就清空了。

# %%
import nslabkit as lab

# %%
lab.recall(13)

# %% [markdown] lang="en"
# Lost, or late? `lab.catch_up("13.3")` in a new cell empties the machine and builds what step 13.3 starts from; `lab.catch_up()` lists the steps.
#
# ## 1. A narrow wire
#
# A client, a server, and a router between them. (`gso_max_segs 1` makes the client put each packet into a frame of its own, as on a cable. `reno` is the plainest of TCP's ways to choose its speed: faster and faster, and half as fast after a loss.)

# %% [markdown] lang="zh"
# 跟丢了，或者来晚了？新建一个单元格运行 `lab.catch_up("13.3")`，机器会被清空，再搭好第 13.3 步开始时该有的东西；`lab.catch_up()` 列出全部步骤。
#
# ## 1. 窄的线
#
# 一个客户端，一个服务器，中间一台路由器。（`gso_max_segs 1` 让客户端一个包一个帧，和网线上一样；`reno` 是 TCP 决定快慢的办法里最朴素的一种：越发越快，直到丢包。）

# %% build="on"
# %%bash
for name in client router server; do ip netns add $name; done
ip link add eth0 netns client type veth peer name west netns router
ip link add eth0 netns server type veth peer name east netns router
ip -n client addr add 10.1.0.1/24 dev eth0
ip -n router addr add 10.1.0.254/24 dev west
ip -n router addr add 10.2.0.254/24 dev east
ip -n server addr add 10.2.0.1/24 dev eth0
ip -n client link set eth0 up gso_max_segs 1
for link in west east; do ip -n router link set $link up; done
ip -n server link set eth0 up

# %% build="on"
# %%bash
ip -n client route add default via 10.1.0.254
ip -n server route add default via 10.2.0.254
ip netns exec router sysctl -w net.ipv4.ip_forward=1
ip netns exec client sysctl -w net.ipv4.tcp_congestion_control=reno

# %%
lab.picture()

# %% [markdown] lang="en"
# The server counts the bytes. The client sends as many as you say, and gives up after so many seconds:

# %% [markdown] lang="zh"
# 服务器只数收到多少字节。客户端按吩咐发那么多，过了规定的秒数就放弃：

# %% build="on"
# %%writefile /run/narrow-server.py
from socketserver import StreamRequestHandler, ThreadingTCPServer

class Count(StreamRequestHandler):
    def handle(self):
        arrived = sum(iter(lambda: len(self.request.recv(9999)), 0))
        self.wfile.write(b"%d" % arrived)

ThreadingTCPServer.allow_reuse_address = True
ThreadingTCPServer(("", 9000), Count).serve_forever()

# %% build="on"
# %%writefile /run/narrow-send.py
import socket, sys, time
begin = time.monotonic()
with socket.create_connection(("10.2.0.1", 9000), timeout=float(sys.argv[2])) as stream:
    stream.sendall(bytes(int(sys.argv[1])))
    stream.shutdown(socket.SHUT_WR)
    arrived = int(stream.recv(20))
took = time.monotonic() - begin
print(f"{arrived} bytes in {took:.1f} s: {8 * arrived / took / 1e6:.2f} Mbit/s")

# %% [markdown] lang="en"
# A link can have a *queueing discipline*, **qdisc** for short, in which packets wait to leave. `tbf`, the *token bucket filter*, lets out only so many bits a second, and at most `burst` bytes at once; `limit` is how many bytes may wait:

# %% [markdown] lang="zh"
# 要从接口出去的包，先经过这个接口的**排队规则**（queueing discipline，简称 **qdisc**），在那里排队等候。`tbf`（令牌桶）每秒只放出规定的比特数，一次最多放 `burst` 那么多字节；`limit` 是最多能排多少字节。

# %% build="on"
# %%bash
ip netns exec server setsid python3 /run/narrow-server.py >/dev/null 2>&1 &
until ip netns exec server ss -Hltn | grep -q :9000; do sleep 0.1; done
ip netns exec client python3 /run/narrow-send.py 500000 30
tc -n router qdisc add dev east root tbf rate 2mbit burst 5kb limit 200kb
ip netns exec client python3 /run/narrow-send.py 500000 30

# %% [markdown] lang="en"
# ## 2. Standing in line
#
# Next, ten pings a second; after one second, the 500,000 bytes again.

# %% [markdown] lang="zh"
# ## 2. 排队
#
# 接下来，每秒 ping 十次；一秒之后，再发那 500000 个字节。

# %% build="on"
# %%writefile /run/narrow-both
ip netns exec client ping -q -i 0.1 10.2.0.1 &
sleep 1
ip netns exec client python3 /run/narrow-send.py 500000 30
kill -INT $!; wait

# %%
lab.predict("ping beside a transfer")

# %% build="on"
with lab.capture("router/west", "router/east", filter="ip") as long:
    !bash /run/narrow-both
lab.figures.queue(long, "router/east")

# %%
lab.compare("ping beside a transfer")

# %% [markdown] lang="en"
# Each dot is a packet: when it came, how long it waited. A small ping stands in line with the big packets (a full queue drops pings, too): 200,000 bytes at 2 Mbit/s take 0.8 s. TCP sends faster and faster until something is lost, and nothing is lost before the queue is full: this is **bufferbloat**.

# %% [markdown] lang="zh"
# 一个点是一个包：什么时候到路由器，等了多久。ping 再小，也和大包排同一条队：200000 个字节，按 2 Mbit/s 要走 0.8 秒。（队排满了，连 ping 也可能丢掉。）TCP 不丢包就越发越快，而队列不满就不丢包，于是队列总是满的：这叫**缓冲区膨胀**（bufferbloat）。

# %% claim="B16"
lab.claims.B16.check(capture=long, rate=2_000_000)

# %% claim="B17"
lab.claims.B17.check(capture=long, rate=2_000_000)

# %% [markdown] lang="en"
# Now a queue of a tenth of that length:

# %% [markdown] lang="zh"
# 队列缩短到十分之一：

# %%
lab.predict("a tenth of the queue")

# %% build="on"
!tc -n router qdisc change dev east root tbf rate 2mbit burst 5kb limit 20kb
with lab.capture("router/west", "router/east", filter="ip") as short:
    !bash /run/narrow-both
!tc -n router -s qdisc show dev east
lab.figures.queue(short, "router/east")

# %%
lab.compare("a tenth of the queue")

# %% [markdown] lang="en"
# `dropped`: TCP notices earlier that it is too fast, sends the lost packets again, and is about as quick. (The teeth of the saw are `reno` at work.) A queue is there for a burst; a longer one keeps everybody waiting.
#
# ## 3. A lane of its own
#
# The qdisc `htb` divides the rate among *classes*: `rate` is what a class is sure of, `ceil` is how much it may get by borrowing, and the class with the smaller `prio` goes first. A firewall rule puts pings into class `1:10`; everything else goes to `1:20`, whose queue may now be long.

# %% [markdown] lang="zh"
# `dropped`：TCP 更早得知发得太快了，把丢掉的补发一遍，速度几乎没变。（图上的锯齿就是 `reno`：越发越快，丢了包，减半，再来。）队列是用来接住一阵突发的，再长，就只是让大家干等。
#
# ## 3. 专用道
#
# `htb` 把带宽分给几个**类**：`rate` 是保证给它的，`ceil` 是最多能借到多少，`prio` 小的先走。防火墙的一条规则把 ping 分到 `1:10`；其余的都排在 `1:20`，它的队列再长也不碍事。

# %% build="on"
# %%bash
tc -n router qdisc replace dev east root handle 1: htb default 20
tc -n router class add dev east parent 1: classid 1:1 htb rate 2mbit
tc -n router class add dev east parent 1:1 classid 1:10 htb rate 200kbit ceil 2mbit prio 0
tc -n router class add dev east parent 1:1 classid 1:20 htb rate 1800kbit ceil 2mbit prio 1
ip netns exec router nft add table ip lane
ip netns exec router nft add chain ip lane f "{ type filter hook forward priority 0; }"
ip netns exec router nft add rule ip lane f icmp type echo-request meta priority set 1:10

# %% build="on"
with lab.capture("router/west", "router/east", filter="ip") as lane:
    !bash /run/narrow-both
lab.figures.queue(lane, "router/east")

# %% claim="B18"
lab.claims.B18.check(capture=lane)

# %% [markdown] lang="en"
# ## 4. Too big
#
# A link's **MTU** (*maximum transmission unit*) is the length of the longest packet that it sends, usually 1500 bytes. We take away the qdisc and make `east` narrower in another sense: 1400. TCP marks its packets *don't fragment*. So the router throws away what is too long and says so by ICMP, and the sender makes its packets smaller: that is **path MTU discovery**.

# %% [markdown] lang="zh"
# ## 4. 太长
#
# 接口的 **MTU**（最大传输单元）是它能发出的最长的包，通常是 1500 字节。我们拆掉 qdisc，换一种“窄”法：`east` 的 MTU 改成 1400。TCP 的包都带着**不许分片**的标记。路由器丢掉太长的，并用 ICMP 说明原因：这叫**路径 MTU 发现**。

# %% build="on"
!tc -n router qdisc del dev east root
!ip -n router link set east mtu 1400
with lab.capture("client/eth0", "router/west", filter="tcp or icmp") as told:
    !ip netns exec client python3 /run/narrow-send.py 20000 4
!ip -n client route get 10.2.0.1
told.ladder(count=9)

# %% [markdown] lang="en"
# The client remembers that (`cache`, `mtu 1400`). Now it must forget it, and the router's firewall drops the message. Some do, out of caution, although RFC 2923 has warned against it since 2000.

# %% [markdown] lang="zh"
# 客户端把它记在路由缓存里（`mtu 1400`）。接着，路由器的防火墙把这种报文丢掉：有的防火墙出于谨慎就是这么做的，尽管 RFC 2923 早在 2000 年就警告过。

# %% build="on"
# %%bash
ip -n client route flush cache
ip netns exec router nft add table ip hole
ip netns exec router nft add chain ip hole out "{ type filter hook output priority 0; }"
ip netns exec router nft add rule ip hole out icmp type destination-unreachable drop

# %%
lab.predict("black hole")

# %% build="on"
with lab.capture("client/eth0", "router/west", filter="tcp or icmp") as hole:
    !ip netns exec client python3 /run/narrow-send.py 100 4
    !ip netns exec client python3 /run/narrow-send.py 20000 4 2>&1 | tail -n 1
    !ip netns exec client ping -c 1 10.2.0.1
sent = [packet.kind for packet in hole.packets if packet.outgoing]
opened = [number for number, kind in enumerate(sent, 1) if kind == "TCP SYN"]
hole.ladder(first=opened[1], count=len(sent))

# %%
lab.compare("black hole")

# %% [markdown] lang="en"
# Everything small works: ping, the handshake, a short message. Only long packets vanish, and nobody says why. This is a **black hole**, and one reason why pages stop halfway.

# %% [markdown] lang="zh"
# 小的全通：ping、握手、短消息。只有长的包消失了，谁也不说为什么。这叫**黑洞**，有的网页卡在半路，原因就在这里。

# %% claim="B19"
lab.claims.B19.check(capture=hole)

# %% [markdown] lang="en"
# ## 5. Lossy
#
# One in ten packets is lost, by chance. Where the kernel has the qdisc `netem`, it loses packets in the queue of the link that sends. Where it is missing, a firewall rule with a random number does the same one step earlier, as the router forwards them. Either way, they never get onto the next wire.

# %% [markdown] lang="zh"
# ## 5. 丢包
#
# 每十个包随机丢一个。内核有 `netem` 的话，它就是一种 qdisc，在发送接口的队列里丢；没有的话，用一条带随机数的防火墙规则，早一步，在路由器转发的时候丢。不管哪一种，包都上不了下一根线。

# %% build="on"
# %%bash
ip netns exec router nft flush ruleset
ip -n router link set east mtu 1500
tc -n router qdisc add dev east root netem loss 10% 2>/dev/null && echo netem || {
  echo nft
  ip netns exec router nft add table ip lossy
  ip netns exec router nft add chain ip lossy f "{ type filter hook forward priority 0; }"
  ip netns exec router nft add rule ip lossy f iifname west numgen random mod 100 "<" 10 drop
}

# %%
lab.predict("one in ten")

# %% build="on"
with lab.capture("client/eth0", "router/west", "router/east", filter="ip") as lossy:
    !ip netns exec client ping -q -i 0.02 -c 100 -W 1 10.2.0.1
    !ip netns exec client python3 /run/narrow-send.py 200000 60

# %%
lab.compare("one in ten")

# %% claim="B20"
lab.claims.B20.check(capture=lossy)

# %% [markdown] lang="en"
# ## 6. Your turn
#
# Any way is right that gets there; `lab.hint("13.1")` in a new cell opens the first of three hints. Begin with a wire without faults:

# %% [markdown] lang="zh"
# ## 6. 轮到你了
#
# 只要达到目标，什么做法都行；新建一个单元格运行 `lab.hint("13.1")`，会看到第一条提示，一共三条。先让线恢复正常：

# %%
!tc -n router qdisc del dev east root 2>/dev/null
!ip netns exec router nft flush ruleset

# %% task="13.1"

# %% task="13.1" tags=["solution"]
!tc -n router qdisc add dev east root tbf rate 1mbit burst 5kb limit 10kb

# %% task="13.1"
lab.check.task("13.1")

# %% [markdown] lang="en"
# The next cell makes the black hole again. Neither the MTU of `east` nor the rule is yours to change: they are somebody else's router.

# %% [markdown] lang="zh"
# 下一格又把黑洞挖好。这一回，`east` 的 MTU 和那条规则都不许你动：路由器是别人的。

# %% language="bash"
# tc -n router qdisc del dev east root 2>/dev/null
# ip -n client route flush cache
# ip -n router link set east mtu 1400
# ip netns exec router nft add table ip hole
# ip netns exec router nft add chain ip hole out "{ type filter hook output priority 0; }"
# ip netns exec router nft add rule ip hole out icmp type destination-unreachable drop

# %% task="13.2"

# %% task="13.2" tags=["solution"]
!ip -n client route change default via 10.1.0.254 mtu 1400

# %% task="13.2"
lab.check.task("13.2")

# %% [markdown] lang="en"
# Last, lose one thing on purpose, and nothing else.

# %% [markdown] lang="zh"
# 最后，故意丢一些，别的一个也不丢。

# %% task="13.3"

# %% task="13.3" tags=["solution"] language="bash"
# ip -n server addr add 10.2.0.7/24 dev eth0
# ip netns exec router nft add table ip third
# ip netns exec router nft add chain ip third f "{ type filter hook forward priority 0; }"
# ip netns exec router nft add rule ip third f icmp type echo-request numgen random mod 3 0 drop

# %% task="13.3"
lab.check.task("13.3")

# %% [markdown] lang="en"
# ## What you have seen
#
# - What leaves through a narrow link stands in its queue: the wait is the bytes ahead, divided by the rate.
# - A long queue makes nothing faster; a short one, or a lane of its own, keeps ping quick.
# - What is too long for a link is dropped, and ICMP says so. Where that is dropped, too, only small packets arrive.
# - Loss costs TCP repeats, not bytes.

# %% [markdown] lang="zh"
# ## 你看到了什么
#
# - 从接口出去的都要排队：等多久，就是前面有多少字节，除以速率。
# - 队列再长也不会更快；队列短一些，或者给条专用道，ping 就快。
# - 对接口来说太长的包会被丢弃，ICMP 会说明；ICMP 也被丢掉的话，小的通，大的不通。
# - 丢了的，TCP 会重发，字节一个不少。

# %% [markdown] lang="en"
# ## What you can now do
#
# Ticked where a check has shown it. What is not ticked is waiting for you: its task is above.

# %% [markdown] lang="zh"
# ## 现在你会做什么
#
# 打勾的，是检查已经证明的。没打勾的还等着你：任务在上面。

# %%
lab.learned(13)

# %% [markdown] lang="en"
# The last cell leaves the machine as you found it.

# %% [markdown] lang="zh"
# 最后一个单元格让机器恢复原样。

# %%
lab.empty()
!rm -f /run/narrow-*
lab.check.empty()

# %% [markdown] lang="en"
# Next: [The same without ARP: IPv6](14_without_arp.ipynb). How far you are: [the start page](00_start.ipynb).

# %% [markdown] lang="zh"
# 下一课：[《没有 ARP，照样通：IPv6》](14_without_arp.ipynb)。学到了哪里，看[课程首页](00_start.ipynb)。
