# %% [markdown] lang="en"
# # TCP on the wire
#
# **What you find out:** what it takes to make a connection out of packets that may get lost. You watch one open and close, and cut the power at one end.
#
# **Time:** about 30 minutes.
#
# **You need:** [One wire, two worlds](01_one_wire.ipynb) and [ARP and the answer](03_arp_and_answer.ipynb), which explain *veth*, *address* and *ICMP*. The namespace in which this notebook runs is **the host**.

# %% [markdown] lang="zh"
# # 线上的 TCP
#
# **这一课要弄清楚：** 包会丢，连接却要可靠，这是怎么办到的。你会看着一个连接建立、被拒、关闭，在它说话的时候让对方“听不见”，最后拔掉一端的电源。
#
# **用时：** 约 30 分钟。
#
# **准备：** 先学完[《一根线，两个世界》](01_one_wire.ipynb)和[《ARP 与应答》](03_arp_and_answer.ipynb)，**veth**、**地址**、**ICMP** 这些词在那里讲过；那两课里搭的东西，这里用不到。笔记本所在的命名空间，称为**主机**。要是哪里弄乱了，**内核 → 重启内核**，机器就清空了。

# %%
import nslabkit as lab

# %%
lab.recall(12)

# %% [markdown] lang="en"
# Lost, or late? `lab.catch_up("12.4")` in a new cell empties the machine and builds what step 12.4 starts from; `lab.catch_up()` lists the steps.
#
# ## 1. A server at the end of a wire
#
# IP delivers packets, or loses them. **TCP** makes a **connection** out of them: two streams of bytes, one in each direction, complete and in order. A **port** number says which program at an address is meant. This server answers each line on port 8000, until the line is `bye`:

# %% [markdown] lang="zh"
# 跟丢了，或者来晚了？新建一个单元格运行 `lab.catch_up("12.4")`，机器会被清空，再搭好第 12.4 步开始时该有的东西；`lab.catch_up()` 列出全部步骤。
#
# ## 1. 线对面的服务器
#
# IP 只管送包，送丢了不管。**TCP** 用这些包做成**连接**：两个方向各一条字节流，字节一个不少，次序不乱。**端口**号说明要找的是这个地址上的哪个程序。下面这个服务器在 8000 端口上，来一行答一行，直到收到 `bye`：

# %% build="on"
# %%writefile /run/tcp-server.py
from socketserver import StreamRequestHandler, ThreadingTCPServer

class Talk(StreamRequestHandler):
    def handle(self):
        while (line := self.rfile.readline()) not in (b"", b"bye\n"):
            self.wfile.write(b"you said " + line)

ThreadingTCPServer.allow_reuse_address = True
ThreadingTCPServer(("", 8000), Talk).serve_forever()

# %% [markdown] lang="en"
# The network goes into a script, because we need it twice. (`ss` lists connections and listening programs.)

# %% [markdown] lang="zh"
# 网络要搭两次，所以写成脚本：一个命名空间 `server`，一根通到它的线，两端各一个地址。（`ss` 列出连接和正在监听的程序。）

# %% build="on"
# %%writefile /run/tcp-build
ip netns add server
ip link add wire type veth peer name eth0 netns server
ip addr add 10.12.0.1/24 dev wire
ip link set wire up
ip -n server addr add 10.12.0.2/24 dev eth0
ip -n server link set eth0 up
ip netns exec server setsid python3 /run/tcp-server.py >/dev/null 2>&1 &
until ip netns exec server ss -Hltn | grep -q :8000; do sleep 0.1; done

# %% build="on"
import socket
!bash /run/tcp-build

# %%
lab.picture()

# %% [markdown] lang="en"
# ## 2. Hello
#
# Python opens a connection, says `hello`, reads the answer and hangs up: 6 bytes there, 15 bytes back. (`TIME-WAIT` is for section 5.)

# %% [markdown] lang="zh"
# ## 2. 打个招呼
#
# 用 Python 连上去，说一声 `hello`，读回答复，挂断：去 6 个字节，回 15 个字节。（`TIME-WAIT` 到第 5 节再讲。）

# %%
lab.predict("frames of a connection")

# %% build="on"
with lab.capture("wire", "server/eth0", filter="tcp") as hello:
    talk = socket.create_connection(("10.12.0.2", 8000))
    talk.sendall(b"hello\n")
    print(talk.recv(100))
    talk.close()
    lab.wait_for("ss -tan dst 10.12.0.2", "TIME-WAIT")
hello.ladder()

# %%
lab.compare("frames of a connection")

# %% [markdown] lang="en"
# Each end numbers the bytes of its stream. The **handshake** comes first: `SYN` says where one end starts to count, `SYN-ACK` confirms that and says where the other end starts, `ACK` confirms that in turn. Only then comes data. `seq 1:7` means bytes 1 to 6; `ack 7` means: I have everything before byte 7. `FIN` says: that was my last byte.
#
# (An end begins at a random number. The ladder counts from it, as `tcpdump` does, wherever it has seen the SYN.)

# %% [markdown] lang="zh"
# 两端各给自己那串字节编号。先是**三次握手**：`SYN` 说明这一端从几号数起；`SYN-ACK` 表示知道了，并报上另一端的起点；`ACK` 再确认一次。这之后才是数据。`seq 1:7` 是第 1 到第 6 个字节；`ack 7` 的意思是：7 号之前的我都收到了。`FIN` 表示：我的字节到此为止。
#
# （起点其实是随机数。只要抓到了 SYN，梯形图就和 `tcpdump` 一样，从起点数起。）

# %% claim="B11"
lab.claims.B11.check(capture=hello)

# %% [markdown] lang="en"
# ## 3. Nobody there
#
# Three ports without a program, and two firewall rules in `server`: port 8002 drops, port 8003 rejects.

# %% [markdown] lang="zh"
# ## 3. 没有人接
#
# 三个端口，后面都没有程序。`server` 的防火墙里有两条规则：8002 丢弃（drop），8003 拒绝（reject）。

# %% build="on"
# %%bash
inside="ip netns exec server"
$inside nft add table ip walls
$inside nft add chain ip walls in "{ type filter hook input priority 0; }"
$inside nft add rule ip walls in tcp dport 8002 drop
$inside nft add rule ip walls in tcp dport 8003 reject with icmp type host-unreachable

# %%
lab.predict("three walls")

# %% build="on"
with lab.capture("wire", "server/eth0", filter="tcp or icmp") as walls:
    for port in (8001, 8003, 8002):
        try:
            socket.create_connection(("10.12.0.2", port), timeout=3.5)
        except OSError as error:
            print(port, error)
walls.ladder()

# %%
lab.compare("three walls")

# %% [markdown] lang="en"
# - **8001**, closed: the *kernel* of `server` answers `RST` at once. “Connection refused” is good news: the machine is there.
# - **8003**, rejected: an ICMP message, which quotes the SYN. “No route to host”, though there is one: that is how the program is told.
# - **8002**, dropped: silence. The SYN may have been lost, so it is sent again and again: see the seconds in the ladder. We stopped waiting after 3.5 s; the kernel alone goes on for over two minutes.

# %% [markdown] lang="zh"
# - **8001**，没有程序监听：`server` 的**内核**马上回一个 `RST`。“Connection refused”其实是好消息：对面有人。
# - **8003**，被拒绝：回来的是一个 ICMP 报文，里面引着那个 SYN。程序看到的却是“No route to host”，尽管路由明明有：内核就是这么转告程序的。
# - **8002**，被丢弃：没有任何应答。SYN 也可能是路上丢的，于是重发，再重发；看看每次隔几秒。我们等了 3.5 秒就不等了；内核自己会坚持两分多钟。

# %% claim="B12"
lab.claims.B12.check(capture=walls)

# %% [markdown] lang="en"
# ## 4. Out of earshot
#
# In the middle of a connection, `server` goes deaf: its firewall drops whatever arrives.

# %% [markdown] lang="zh"
# ## 4. 听不见了
#
# 连接用着用着，`server` 突然“聋”了：不管来什么，防火墙一律丢掉。

# %% build="on"
# %%writefile /run/tcp-deaf
add table ip deaf
add chain ip deaf c { type filter hook input priority 0; policy drop; }

# %%
lab.predict("to the deaf")

# %% build="on"
with lab.capture("wire", "server/eth0", filter="tcp") as deaf:
    talk = socket.create_connection(("10.12.0.2", 8000))
    !ip netns exec server nft -f /run/tcp-deaf
    print("sent:", talk.send(b"are you there?\n"))
    lab.wait_for("ss -tin dst 10.12.0.2", "backoff:3")
    !ss -tin dst 10.12.0.2 | grep -oE "(rto|backoff|unacked):[0-9]+"
    !ip netns exec server nft delete table ip deaf
    print(talk.recv(100))
talk.close()
deaf.ladder()

# %%
lab.compare("to the deaf")

# %% [markdown] lang="en"
# `send` only hands the bytes to the kernel, which keeps them until they are acknowledged (`unacked:1`: one **segment**, as TCP calls its packets, is not). When the *retransmission timeout* `rto` (in ms) runs out, the kernel sends them again and doubles the timeout (`backoff`: how many times so far). Look at the gaps in the ladder. (The first two are often equal: the first repeat is a probe, sent ahead of the timer.) Once `server` hears again, the next repeat gets through, and the program never knew.

# %% [markdown] lang="zh"
# `send` 只是把字节交给内核，内核一直留着，直到对方确认（`unacked:1`：有一个报文段没有确认；TCP 把自己的包叫作**报文段**）。**重传超时** `rto`（单位毫秒）一到，就再发一次，同时把超时加倍（`backoff`：加倍过几次）。看看梯形图里的间隔。（头两个常常一样长：第一次重发是试探，赶在定时器之前。）`server` 一恢复听力，下一次重传就送到了，程序对此一无所知。

# %% claim="B13"
lab.claims.B13.check(capture=deaf)

# %% [markdown] lang="en"
# ## 5. Who hangs up first
#
# Two connections: `mine` is closed by us. On `theirs` we say `bye`, so that the server closes first.

# %% [markdown] lang="zh"
# ## 5. 谁先挂断
#
# 两个连接：`mine` 由我们关闭；在 `theirs` 上我们说 `bye`，让服务器先关。

# %%
lab.predict("who keeps it")

# %% build="on"
with lab.capture("wire", "server/eth0", filter="tcp") as ends:
    mine, theirs = (socket.create_connection(("10.12.0.2", 8000)) for end in range(2))
    print([end.getsockname()[1] for end in (mine, theirs)])
    mine.close()
    theirs.sendall(b"bye\n")
    theirs.recv(100)
    theirs.close()
    lab.wait_for("ip netns exec server ss -tan", "TIME-WAIT")
!ss -tano dst 10.12.0.2
!ip netns exec server ss -tano dst 10.12.0.1

# %%
lab.compare("who keeps it")

# %% [markdown] lang="en"
# Compare the port numbers (older connections may be listed, too): `mine` is left over here, `theirs` in `server`. Whoever closes first stays in **TIME-WAIT** for 60 seconds, in case its last `ACK` was lost and the other end repeats its `FIN`. So a server that is started again may find its port in use.

# %% [markdown] lang="zh"
# 对照端口号：`mine` 留在这边，`theirs` 留在 `server`。谁先关，谁就要在 **TIME-WAIT** 里待 60 秒：万一它最后那个 `ACK` 丢了，对方重发 `FIN`，还得有人应。（主机上也许还看得到我们更早的连接。）服务器刚停就再启动，有时会发现端口还被占着，原因就在这里。

# %% claim="B14"
lab.claims.B14.check(capture=ends)

# %% [markdown] lang="en"
# ## 6. A power cut
#
# We open a connection; then `server` loses its wire, its program and its kernel's memory, all without a word of goodbye. It comes back with the same address. What does the host believe?

# %% [markdown] lang="zh"
# ## 6. 停电
#
# 打开一个连接；接着 `server` 断了线，程序没了，内核记得的东西也没了，一声再见都没说。然后它以同样的地址重新上线。在主机看来，这个连接现在怎样？

# %%
lab.predict("after the power cut")

# %% build="on"
talk = socket.create_connection(("10.12.0.2", 8000))
!ip link del wire
!ip netns pids server | xargs kill
!ip netns del server
!bash /run/tcp-build
believed = !ss -tn dst 10.12.0.2
print(believed.n)

# %% build="on"
with lab.capture("wire", "server/eth0", filter="tcp") as cut:
    talk.sendall(b"hello?\n")
    try:
        talk.recv(100)
    except OSError as error:
        print(error)
cut.ladder()

# %%
lab.compare("after the power cut")

# %% [markdown] lang="en"
# `ESTAB` (established), though nobody is at the other end: the connection is **half-open**. A connection is nothing but two notes, one in each kernel. The first segment that `server` cannot place is answered by `RST`. Had we only waited for something to arrive, we would still be waiting.

# %% [markdown] lang="zh"
# 还是 `ESTAB`，可对面已经没人了：这叫**半开连接**。所谓连接，不过是两个内核里各记的一笔。`server` 收到一个对不上号的报文段，回的就是 `RST`。要是我们只等不发，就会永远等下去。（这次抓包里没有 SYN，所以序号是帧里的原值。）

# %% claim="B15"
lab.claims.B15.check(believed=believed, capture=cut)

# %% [markdown] lang="en"
# ## 7. Your turn
#
# Any way is right that gets there; `lab.hint("12.1")` in a new cell opens a hint. First, three ports of `server`. (The power cut has taken the rules of section 3.) Start programs in the background, with `… >/dev/null 2>&1 &` in a `%%bash` cell.

# %% [markdown] lang="zh"
# ## 7. 轮到你了
#
# 只要达到目标，什么做法都行；新建一个单元格运行 `lab.hint("12.1")`，会看到第一条提示，一共三条。先来安排 `server` 的三个端口。断电之后它是全新的，第 3 节的规则已经没有了。（程序放到后台运行：在 `%%bash` 单元格里写 `… >/dev/null 2>&1 &`。）

# %% task="12.1"

# %% task="12.1" tags=["solution"] language="bash"
# inside="ip netns exec server"
# $inside ip link set lo up
# $inside setsid python3 -m http.server 9001 >/dev/null 2>&1 &
# $inside setsid python3 -m http.server 9003 --bind 127.0.0.1 >/dev/null 2>&1 &
# $inside nft add table ip mine
# $inside nft add chain ip mine in "{ type filter hook input priority 0; }"
# $inside nft add rule ip mine in tcp dport 9002 drop
# until $inside ss -Hltn | grep -q :9001 && $inside ss -Hltn | grep -q :9003; do sleep 0.1; done

# %% task="12.1"
lab.check.task("12.1")

# %% [markdown] lang="en"
# Now somebody breaks `server`. Before you look inside, find out from a recording: who no longer does what? (Numbers 1 to 3 are different faults.)

# %% [markdown] lang="zh"
# 现在有人把 `server` 弄坏了。先别往里看，抓包找出来：谁该做的事没有做？（编号 1 到 3 是三种不同的故障。）

# %%
lab.faults.stream(1)

# %% task="12.2"

# %% task="12.2" tags=["solution"]
!kill -CONT $(ip netns pids server)

# %% task="12.2"
lab.check.task("12.2")

# %% [markdown] lang="en"
# Last, section 6 without sending: if a program wants it, TCP asks from time to time whether the other end still lives, by *keepalive*.

# %% [markdown] lang="zh"
# 最后，还是第 6 节那种情形，但什么都不用发：只要程序要求，TCP 可以隔一阵就问一声对方还在不在，这叫 **keepalive**（保活）。

# %% task="12.3"

# %% task="12.3" tags=["solution"]
watched = socket.create_connection(("10.12.0.2", 8000))
watched.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
watched.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 5)
watched.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 5)

# %% task="12.3"
lab.check.task("12.3")

# %% [markdown] lang="en"
# ## What you have seen
#
# - Three frames open a connection; from then on, the bytes are numbered and acknowledged.
# - Closed says `RST`, rejected says ICMP, dropped says nothing.
# - The kernel keeps what is not acknowledged and repeats it after longer and longer pauses.
# - Whoever closes first keeps `TIME-WAIT`; whoever only waits may wait on a connection that is dead.

# %% [markdown] lang="zh"
# ## 你看到了什么
#
# - 三个帧建立连接；之后字节从 1 号数起，并逐一得到确认。
# - 端口上没有程序监听，回 `RST`；被拒绝，回 ICMP；被丢弃，什么也不回。
# - 没有得到确认的，内核会留着重发，间隔越来越长。
# - 谁先关，谁留在 `TIME-WAIT`；只等不发，等的也许是一个早已死掉的连接。

# %% [markdown] lang="en"
# ## What you can now do
#
# Ticked where a check has shown it. What is not ticked is waiting for you: its task is above.

# %% [markdown] lang="zh"
# ## 现在你会做什么
#
# 打勾的，是检查已经证明的。没打勾的还等着你：任务在上面。

# %%
lab.learned(12)

# %% [markdown] lang="en"
# The last cell leaves the machine as you found it.

# %% [markdown] lang="zh"
# 最后一个单元格让机器恢复原样。

# %%
lab.empty()
!rm -f /run/tcp-*
lab.check.empty()

# %% [markdown] lang="en"
# Next: [Slow, narrow, lossy](13_slow_narrow_lossy.ipynb). How far you are: [the start page](00_start.ipynb).

# %% [markdown] lang="zh"
# 下一课：[《慢、窄、丢》](13_slow_narrow_lossy.ipynb)。学到了哪里，看[课程首页](00_start.ipynb)。
