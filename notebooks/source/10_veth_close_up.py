# %% [markdown] lang="en"
# # A veth pair from close up
#
# **What you find out:** what happens to a frame between the two ends of a veth pair. There is no cable, only a **driver**, the part of the kernel behind an interface, that hands something over. Who does that work, why do some captured frames look impossible, where do long ones vanish, and what does each further wire cost?
#
# **Time:** about 30 minutes.
#
# **You need:** [One wire, two worlds](01_one_wire.ipynb) and [ARP and the answer](03_arp_and_answer.ipynb), for the words; nothing that you built there. The namespace in which this notebook runs is **the host**.

# %% [markdown] lang="zh"
# # 近看 veth 对
#
# **这一课要弄清楚：** 一个帧在 veth 对的两端之间经历了什么。那里没有真实的网线，只有内核里的一段驱动程序把东西交过去。这活是谁干的？抓到的帧为什么看上去不可能存在？太长的帧丢在哪里？每多一根线，要多花多少时间？
#
# **用时：** 约 30 分钟。
#
# **准备：** 先学完[《一根线，两个世界》](01_one_wire.ipynb)和[《ARP 与应答》](03_arp_and_answer.ipynb)，用到的词在那里讲过；那两课里搭的东西，这里用不到。笔记本所在的命名空间，称为**主机**。

# %%
import nslabkit as lab
lab.recall(10)

# %% [markdown] lang="en"
# Lost, or late? `lab.catch_up("10.3")` in a new cell empties the machine and builds what step 10.3 starts from; `lab.catch_up()` lists the steps.
#
# ## 1. Who carries the frame?
#
# The wire of lesson 1, with two commands fewer: `ip link add` puts both ends where they belong.

# %% [markdown] lang="zh"
# 跟丢了，或者来晚了？新建一个单元格运行 `lab.catch_up("10.3")`，机器会被清空，再搭好第 10.3 步开始时该有的东西；`lab.catch_up()` 列出全部步骤。
#
# ## 1. 帧是谁送过去的？
#
# 还是第 1 课的那根线，只是少用两条命令：`ip link add` 直接把两端放到该在的地方。

# %% build="on"
# %%bash
ip netns add netns1
ip netns add netns2
ip link add veth1 netns netns1 type veth peer name veth1-peer netns netns2
ip -n netns1 addr add 172.16.0.1/24 dev veth1
ip -n netns2 addr add 172.16.0.2/24 dev veth1-peer
ip -n netns1 link set veth1 up
ip -n netns2 link set veth1-peer up

# %% [markdown] lang="en"
# On a cable, a frame is under way for a while. And here? A program that holds both ends can find out. A **socket** is what a program gets from the kernel in order to send and receive, and it stays in the namespace in which it was made, wherever the program is. `one.socket()` makes one in `netns1`, for **UDP**: single messages, **datagrams**, without a connection. The number 5000 is a **port**: it says which socket at an address is meant.

# %% [markdown] lang="zh"
# 在网线上，一个帧要走一阵子。这里呢？一个程序只要同时握着两端，就能查清楚。程序收发数据，用的是向内核要来的**套接字**（socket）；套接字在哪个命名空间里创建，就一直属于哪里，和程序自己在哪里无关。`one.socket()` 就在 `netns1` 里创建一个，它用的是 **UDP**：只发一条条独立的消息，叫作**数据报**，不建立连接。5000 是**端口**：同一个地址上，靠它区分发给哪个套接字。

# %% build="on"
one, two = lab.namespaces.namespace("netns1"), lab.namespaces.namespace("netns2")
sender, receiver = one.socket(), two.socket()
place = ("172.16.0.2", 5000)
receiver.bind(place)
sender.sendto(b"first", place)
receiver.recv(100)

# %% [markdown] lang="en"
# This first one waited for ARP; now the MAC address is known, and a thousand more follow. After each `sendto`, the same program at once asks the receiving socket. `setblocking(False)` tells that socket not to wait: if nothing is there, it says so.

# %% [markdown] lang="zh"
# 第一个要等 ARP。现在 MAC 地址已经知道了，再发一千个。每次 `sendto` 之后，同一个程序一刻不停，马上去问接收的套接字。`setblocking(False)` 让套接字不要等待：没有东西就直说没有。

# %%
lab.predict("already there")

# %%
receiver.setblocking(False)
there = 0
for number in range(1000):
    sender.sendto(b"%d" % number, place)
    try:
        receiver.recv(100)
        there += 1
    except BlockingIOError:
        pass
there

# %%
lab.compare("already there")

# %% [markdown] lang="en"
# (Nearly) all of them. The *sender's* call to the kernel, the system call `sendto`, has carried the datagram down through the stack of `netns1`, over the wire, up through the stack of `netns2` and into the other socket, all before it returned. The driver does little in between: it puts the frame, that is, the very same piece of memory, on its processor's list of arrivals (`veth_xmit` in the kernel's `drivers/net/veth.c`). The kernel works through that list before the call returns; this mechanism is called **NAPI**. (On a very busy machine, it may be later.)
#
# Nothing waits *before* the wire either: the first line below says `qdisc noqueue`. A **queueing discipline** (qdisc) decides in which order, and how fast, an interface sends what is waiting; a veth end has none unless somebody gives it one. Our first claim:

# %% [markdown] lang="zh"
# （几乎）全部都在。**发送方**的系统调用 `sendto` 在返回之前，就把数据报一路送过了 `netns1` 的协议栈、这根线、`netns2` 的协议栈，放进了另一个套接字。中间的驱动程序做得很少：把帧，也就是原来那块内存，挂到所在处理器的待收列表上（内核源码 `drivers/net/veth.c` 里的 `veth_xmit`）。调用返回之前，内核就把列表处理完；这套机制叫 **NAPI**。（机器非常忙的时候，可能会推迟处理。）
#
# 上线**之前**也没有谁在排队：下面第一行写着 `qdisc noqueue`。**排队规则**（qdisc）决定接口按什么次序、以多快的速度发送排着队的包；veth 的一端没有排队规则，除非有人给它加上。第一条论断：

# %% claim="B01"
lab.claims.B01.check()

# %% [markdown] lang="en"
# ## 2. Two ends, two MTUs
#
# The **MTU** (*maximum transmission unit*) is the length of the longest packet that an interface sends: here 1500 bytes (`ip link` says `mtu 1500`). Each end has its own. Now one end gets 1000:

# %% [markdown] lang="zh"
# ## 2. 两端的 MTU 不一样
#
# **MTU**（最大传输单元）是接口能发出的最长的包：这里是 1500 字节（`ip link` 里写着 `mtu 1500`）。两端各有各的 MTU。假设有人把它改成了 1000，而且只改了一端：

# %% build="on"
!ip -n netns2 link set veth1-peer mtu 1000

# %%
lab.predict("too long")

# %%
with lab.capture(one, two, filter="icmp") as long:
    one.run("ping -c 1 -W 1 -s 900 172.16.0.2")
    one.run("ping -c 1 -W 1 -s 1200 172.16.0.2 2>&1")
long.ladder()

# %%
lab.compare("too long")

# %% [markdown] lang="en"
# The 900 bytes get there and back. The 1200 leave `veth1` and never arrive: look at the arrow that ends halfway. (Or several: `ping` tries again.) The far end refuses anything longer than *its* MTU (plus 4 bytes for a VLAN tag). A router would report that by ICMP; here, the most you get is `No buffer space available`. With an older kernel, or a bridge in between, even that is missing. Only the counters tell. Look for `dropped`:

# %% [markdown] lang="zh"
# 900 字节的有去有回。1200 字节的离开了 `veth1`，却没有到达：看那个半路断掉的箭头。（可能不止一个，`ping` 会再试。）比**自己的** MTU 长的帧，对端的驱动程序不收（多 4 个字节以内除外，那是留给 VLAN 标签的）。路由器遇到这种事会发 ICMP 报文，这里没有。最多得到一句 `No buffer space available`（缓冲区不够），谁也想不到是 MTU 的事；内核旧一些，或者中间隔着网桥，连这一句都没有。只有计数器说得出来。请看 `dropped` 一栏：

# %% claim="B02"
!ip -n netns1 -s link show veth1
!ip -n netns2 -s link show veth1-peer
lab.claims.B02.check()

# %% [markdown] lang="en"
# What one end counts under `TX` (sent), the other counts under `RX` (received), and the same goes for what was dropped. So read the counters of *both* ends.
#
# ## 3. How long can a frame be?
#
# Back to an MTU of 1500. With the 14 bytes of the Ethernet header, no frame should exceed 1514 bytes. **TCP** carries a stream of bytes over a connection, and cuts it into pieces, the **segments**. A connection, and a megabyte over it:

# %% [markdown] lang="zh"
# 一端记在 `TX`（发出）下面的，另一端记在 `RX`（收到）下面，丢弃的也是这样。所以**两端**的计数器都要看。
#
# ## 3. 帧最长能有多长？
#
# 把 MTU 改回 1500。加上以太网首部 14 个字节，帧最长 1514 字节。真是这样吗？**TCP** 在连接上传送一串字节，传送时切成一段一段，叫作**报文段**。先建一个连接，再传一百万个字节：

# %% build="on"
import socket, threading
!ip -n netns2 link set veth1-peer mtu 1500
server, client = two.socket(socket.SOCK_STREAM), one.socket(socket.SOCK_STREAM)
server.bind(("172.16.0.2", 8000))
server.listen()
client.connect(("172.16.0.2", 8000))
end, _ = server.accept()
def transfer(left=1_000_000):
    threading.Thread(target=client.sendall, args=(bytes(left),)).start()
    while left:
        left -= len(end.recv(left))

# %%
lab.predict("longest")

# %%
with lab.capture(one, two, filter="tcp") as recording:
    transfer()
for link in ("veth1", "veth1-peer"):
    lengths = [packet.length for packet in recording.packets if packet.interface.name == link]
    print(link, len(lengths), max(lengths))

# %%
lab.compare("longest")

# %% [markdown] lang="en"
# (How many frames, and the length of the longest.) Over 60,000 bytes, at both ends! Cutting is work, and many network cards can do it: the kernel then hands the card one huge segment. Such work is an **offload**; this one is TSO, *TCP segmentation offload*. The veth's driver says “I can do that”, and hands it over whole: `netns2` can take it as it is.
#
# `ethtool -k veth1` lists the offloads; without that program:

# %% [markdown] lang="zh"
# （每行：帧数，最长的帧。）六万多字节，两端都是！切分要花工夫，许多网卡硬件能代劳：内核就把一个巨大的报文段整个交给它。交给网卡硬件去做的工作叫**卸载**（offload），这一种是 TSO，即 TCP 分段卸载。veth 的驱动程序声称“我会”，却只是把整块东西原样交过去：反正 `netns2` 整个也收得下。（第 2 节的那道长度检查，也不管这种留待切分的报文段。）
#
# 列出各种卸载的命令是 `ethtool -k veth1`；没有这个程序，就这样看：

# %% claim="B03"
display(lab.offloads.offloads("veth1", "netns1"))
lab.claims.B03.check(recording=recording)

# %% [markdown] lang="en"
# ## 4. What is in a checksum?
#
# A UDP header has a **checksum**, computed from other bytes, including the data, so that damage is noticed. Now two datagrams, `hello` and `jello`, otherwise equal.

# %% [markdown] lang="zh"
# ## 4. 校验和里算了什么？
#
# UDP 首部里有一个**校验和**：由其他字节（包括数据）算出的一个数，用来发现传送中的差错。现在发两个数据报，`hello` 和 `jello`，别的都一样。

# %%
lab.predict("jello")

# %%
def two_words():
    with lab.capture(one, two, filter="udp") as recording:
        for word in (b"hello", b"jello"):
            sender.sendto(word, place)
    for packet in recording.packets:
        print(packet.interface.name, packet.data[42:], packet.data[40:42].hex())
    return recording

words = two_words()

# %%
lab.compare("jello")

# %% [markdown] lang="en"
# The same checksum (last) for both, at both ends; so it cannot be right for both. It is half finished: the kernel has added up addresses, protocol and length, and leaves the data to the card (the offload `tx`). The veth's driver passes the frame on with a note: *not finished, but never on a cable either*. The receiving kernel believes the note and checks nothing. So when `tcpdump -vv` says `bad udp cksum` about a frame that *leaves* your own machine, this is usually the reason.
#
# Without the offload, the kernel finishes the sum itself. (The claim is about the earlier recording.)

# %% [markdown] lang="zh"
# （每行：接口，数据，校验和。）两个词的校验和一样，两端也都一样；那就不可能两个都对。它只算了一半：内核把地址、协议号和长度加了起来，数据那部分留给网卡硬件（这种卸载叫 `tx`）。veth 的驱动程序仍旧只是把帧交过去，外加一个标记：**还没算完，但也没在网线上走过**。接收方的内核相信这个标记，什么也不查。所以自己机器**发出**的帧，`tcpdump -vv` 说 `bad udp cksum`，多半就是这个缘故。
#
# 关掉这种卸载，内核就会自己算完。（论断说的是前面那次抓包。）

# %% claim="B04"
lab.offloads.switch("tx", "veth1", on=False, namespace="netns1")
two_words()
lab.offloads.switch("tx", "veth1", on=True, namespace="netns1")
lab.claims.B04.check(recording=words)

# %% [markdown] lang="en"
# ## 5. One end moves on
#
# The sockets are no longer needed. The far end moves to a third namespace; before that, we note which one it is.

# %% [markdown] lang="zh"
# ## 5. 一端搬走
#
# 程序里的套接字用完了，关掉。再把对端移到第三个命名空间；移之前，先记下它是谁。

# %% build="on"
for each in (sender, receiver, server, client, end):
    each.close()
before = lab.links.peer("veth1", "netns1")
!ip netns add netns3
!ip -n netns2 link set veth1-peer netns netns3

# %%
!ip -n netns1 -j link show veth1 | tr , "\n" | grep -E "link_index|netnsid"
!ip -n netns1 netns list-id
!ip -n netns3 netns list-id
lab.picture()

# %% [markdown] lang="en"
# Still a pair. `link_index` is the other end's number *in its namespace*, and `link_netnsid` says which namespace that is. `netns1` has given this number, the **nsid**, to `netns3`: each namespace counts for itself. (Without `-j`, `ip link` shows a name instead where it can.) You may choose it with `ip netns set`, but only as long as none has been given.

# %% [markdown] lang="zh"
# 从图上看，仍是一对。`link_index` 是对端在**它那个命名空间里**的序号，`link_netnsid` 说的是哪个命名空间。这个号叫 **nsid**，是 `netns1` 自己给 `netns3` 起的代号：每个命名空间各编各的。（不带 `-j` 的 `ip link` 会尽量换成名字。）也可以用 `ip netns set` 自己指定，但得赶在代号产生之前。

# %% claim="B05"
lab.claims.B05.check(before=before)

# %% [markdown] lang="en"
# ## 6. What a hop costs
#
# A packet between two containers seldom crosses just one wire. This script puts as many bridges in between as you say, each joined to the next by a veth pair. A bridge with its wire is a *hop* here (elsewhere, only routers count):

# %% [markdown] lang="zh"
# ## 6. 每多一跳，多花多少
#
# 两个容器之间的包，走的往往不止一根线。下面的脚本在中间放上网桥，个数由你定，相邻的网桥用 veth 对相连。一个网桥加一根线，这里就叫一**跳**（别处说的“跳”，只数路由器）：

# %% build="on"
# %%writefile /run/chain
ip netns add netns1; ip netns add netns2
ip link add veth1 netns netns1 type veth peer name last
for n in $(seq $1); do
  ip link add br$n type bridge; ip link set br$n up
  ip link set last name in$n; ip link set in$n master br$n up
  ip link add out$n type veth peer name last; ip link set out$n master br$n up
done
ip link set last netns netns2; ip -n netns2 link set last name veth1-peer
ip -n netns1 addr add 172.16.0.1/24 dev veth1; ip -n netns1 link set veth1 up
ip -n netns2 addr add 172.16.0.2/24 dev veth1-peer; ip -n netns2 link set veth1-peer up

# %% build="on"
lab.empty()
!sh /run/chain 2
lab.picture()

# %% [markdown] lang="en"
# If the sender's call does all the work, we only need to time that call. Here is the average over 100 calls, in the best of seventy rounds, with 0, 2, 4 and 8 bridges:

# %% [markdown] lang="zh"
# 如果真是发送方的调用干了全部的活，那么量这个调用用了多久就行。下面分别放上 0、2、4、8 个网桥，每轮发 100 次取平均，一共七十轮，取最快的一轮：

# %%
import timeit
for bridges in (0, 2, 4, 8):
    lab.empty()
    lab.HOST.run(f"sh /run/chain {bridges}", check=True)
    one, two = lab.namespaces.namespace("netns1"), lab.namespaces.namespace("netns2")
    with one.socket() as near, two.socket() as far:
        far.bind(place)
        near.sendto(b"asks by ARP first", place), far.recv(100)
        best = min(timeit.repeat(lambda: near.sendto(b"x", place), number=100, repeat=70))
    print(f"{bridges} {best * 10_000:6.1f} µs", "▪" * round(best * 10_000))

# %% [markdown] lang="en"
# On a quiet machine, each hop adds about the same, often around one microsecond. (Is yours busy? Run the cell again.) As long as nothing waits in a queue, the time on the way is processor time, and the sender's call spends it.

# %% [markdown] lang="zh"
# 机器空闲时，每多一跳，增加的时间差不多，往往是一微秒左右；机器忙的时候，结果会忽高忽低，再运行一次就是。只要没有谁在排队，路上的时间就是处理器的时间，算在发送方头上。

# %% [markdown] lang="en"
# ## 7. Your turn
#
# Any way is right that gets there. `lab.hint("10.1")` in a new cell opens the first of three hints. First a new wire, and `netns3` with nothing in it:

# %% [markdown] lang="zh"
# ## 7. 轮到你了
#
# 只要达到目标，什么做法都行。新建一个单元格运行 `lab.hint("10.1")`，会看到三条提示中的第一条。先换一根新的线，再加一个空的 `netns3`：

# %% build="on"
lab.empty()
!sh /run/chain 0
!ip netns add netns3

# %% task="10.1"

# %% task="10.1" tags=["solution"]
lab.offloads.switch("tso", "veth1", on=False, namespace="netns1")

# %% task="10.1"
lab.check.task("10.1")

# %% task="10.2"

# %% task="10.2" tags=["solution"] magic_args="--no-raise-error" language="bash"
# ip -n netns1 netns set netns3 7
# ip -n netns2 link set veth1-peer netns netns3
# ip -n netns3 addr add 172.16.0.3/24 dev veth1-peer
# ip -n netns3 link set veth1-peer up

# %% task="10.2"
lab.check.task("10.2")

# %% [markdown] lang="en"
# Finally a fault: three bridges, and one thing on the way is wrong. A short ping does not notice; one with `-s 1472` gets no answer.

# %% [markdown] lang="zh"
# 最后来排一个故障：三个网桥，路上某处有一样东西不对。短的 ping 察觉不到，加上 `-s 1472` 就没有应答。

# %% build="on"
import random
lab.empty()
!sh /run/chain 3
!ip link set {random.choice(["in2", "out2", "in3"])} mtu 600

# %% task="10.3"

# %% task="10.3" tags=["solution"]
!ip link | grep "mtu 600"
for link in lab.links.links():
    if link.json["mtu"] == 600 and not link.name.startswith("br"):
        lab.HOST.run(f"ip link set {link.name} mtu 1500")

# %% task="10.3"
lab.check.task("10.3")

# %% [markdown] lang="en"
# ## What you have seen
#
# - A veth pair is no cable and has no queue: the call that sends carries the frame into the receiver's socket.
# - Both ends count. What the far end's MTU does not allow is dropped between them, and next to nothing tells you.
# - Frames longer than the MTU and “wrong” checksums are work left to a network card (offloads), which a veth end does not have and does not need.
# - A moved end is still the other end; each namespace numbers the others for itself.
# - Each hop costs about the same, and the sender's call pays.

# %% [markdown] lang="zh"
# ## 你看到了什么
#
# - veth 对不是真实的网线，也没有队列：发送的那个调用，一直把帧送进接收方的套接字。
# - 两端都在计数。对端的 MTU 容不下的帧，在两端之间被丢弃，而且几乎没有任何提示。
# - 比 MTU 还长的帧、“不对”的校验和，都是留给网卡硬件做的工作（卸载）；veth 背后没有网卡硬件，也用不着。
# - 移走的一端仍是对端；它所在命名空间的代号，是观察者自己起的。
# - 每一跳花的时间差不多，都算在发送方头上。

# %% [markdown] lang="en"
# ## What you can now do
#
# Ticked where a check has shown it. What is not ticked is waiting for you: its task is above.

# %% [markdown] lang="zh"
# ## 现在你会做什么
#
# 打勾的，是检查已经证明的。没打勾的还等着你：任务在上面。

# %%
lab.learned(10)

# %% [markdown] lang="en"
# The last cell leaves the machine as you found it.

# %% [markdown] lang="zh"
# 最后一个单元格让机器恢复原样。

# %%
!rm -f /run/chain
lab.empty()
lab.check.empty()

# %% [markdown] lang="en"
# Next: [Publish a port, name a host](11_publish_a_port.ipynb). How far you are: [the start page](00_start.ipynb).

# %% [markdown] lang="zh"
# 下一课：[《发布端口，给主机起名》](11_publish_a_port.ipynb)。学到了哪里，看[课程首页](00_start.ipynb)。
