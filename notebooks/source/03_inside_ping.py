# %% [markdown] lang="en"
# # Inside ping
#
# The wire is the second half of a ping's way. This lesson is about the first half, and about the clock: what does the program `ping` ask of the kernel, could you ask the same in ten lines of your own, and where does the time go that it prints?
#
# **Time:** about 30 minutes; sections 1–3 and 4–5 can be two sittings. **You need:** the words of [ARP and the answer](03_arp_and_answer.ipynb): *frame*, *neighbour table*, `lab.capture`. This page builds the network itself.
#
# This notebook is a machine of its own. *Kernel → Restart* empties it; `nslabkit enter`, typed in a terminal, opens a shell inside.

# %% [markdown] lang="zh"
# # ping 的内部
#
# 一个 ping 走过的路，线上只是后一半。这一课讲的是前一半，再加上时间：`ping` 这个程序请内核做了什么？你自己写十来行，能不能做到同样的事？它显示的时间，又花在了哪里？
#
# **时间：** 约 30 分钟。可以分两次做：第 1–3 节一次，第 4–5 节一次。**准备：** [《ARP 与应答》](03_arp_and_answer.ipynb)里的几个词：**帧**、**邻居表**、`lab.capture`。网络由这一页自己搭。
#
# 这个笔记本自成一台机器。弄乱了就点**内核 → 重启内核**，机器会清空；想在里面开一个 shell，在终端里输入 `nslabkit enter`。

# %%
import nslabkit as lab
lab.check.empty()

# %%
lab.recall("inside_ping")

# %% [markdown] lang="en"
# The network of lesson 1 once more: two namespaces, one wire. (If you run this cell twice, it says `File exists`: everything is already there.)

# %% [markdown] lang="zh"
# 还是第 1 课的网络：两个命名空间，一根线。（这个单元格运行第二遍会报 `File exists`：东西已经都在了。）

# %% build="on" magic_args="--no-raise-error" language="bash"
# ip netns add netns1
# ip netns add netns2
# ip link add veth1 netns netns1 type veth peer name veth1-peer netns netns2
# ip -n netns1 addr add 172.16.0.1/24 dev veth1
# ip -n netns2 addr add 172.16.0.2/24 dev veth1-peer
# ip -n netns1 link set veth1 up
# ip -n netns2 link set veth1-peer up
# ip -n netns1 link set lo up
# ip -n netns2 link set lo up

# %%
lab.picture()

# %% [markdown] lang="en"
# Lost, or late? `lab.catch_up("ping.4")` in a new cell empties the machine and builds what section 4 starts from; `lab.catch_up()` lists the steps.

# %% [markdown] lang="zh"
# 跟丢了，或者来晚了？新建一个单元格运行 `lab.catch_up("ping.4")`，机器会被清空，再搭好第 4 节开始时该有的东西；`lab.catch_up()` 列出全部步骤。

# %% [markdown] lang="en" step="ping.1"
# ## 1. From the program to the stack
#
# What does `ping` itself do? Two observers will watch it. One is `lab.capture`, on the wire. The other is `strace`. A program can do nothing outside its own memory except by asking the kernel: a **system call**. `strace` starts a program and writes down each of its calls, here only the network ones (`-e trace=network`). Look for `socket`: a program that wants to send or receive gets a **socket** from the kernel first, and names it by a number from then on.

# %% [markdown] lang="zh" step="ping.1"
# ## 1. 从程序到协议栈
#
# `ping` 这个程序自己做了什么？我们请两位观察员。一位是线上的 `lab.capture`，另一位是 `strace`。程序要碰自己内存以外的任何东西，都只能请内核代劳，这叫**系统调用**。`strace` 启动一个程序，把它的每次调用都记下来；这里只记和网络有关的（`-e trace=network`）。留意 `socket`：程序要收发数据，先得向内核要一个**套接字**，此后凭一个数字使用它。

# %%
lab.predict("a UDP socket")

# %%
with lab.capture("netns1", filter="icmp or udp") as wire:
    !ip netns exec netns1 strace -x -s 64 -e trace=network -o /run/ping.trace ping -c 1 172.16.0.2
!grep -E "^(socket|connect|getsockname|sendto|recvmsg)" /run/ping.trace

# %% [markdown] lang="en"
# (If it says `exec of "strace" failed`, this machine has no strace; install the package of that name. Without it, read on: section 2 shows the same from inside a program of your own.)
#
# Did UDP cross the wire?

# %% [markdown] lang="zh"
# （如果显示 `exec of "strace" failed`，说明这台机器没有 strace，装上同名软件包即可。暂时没有也可以往下看：第 2 节用你自己的程序展示同一件事。）
#
# 线上有 UDP 走过吗？

# %%
for packet in wire.packets:
    print(packet.kind, len(packet.data), packet.summary, sep="  ")

# %%
lab.compare("a UDP socket")

# %% [markdown] lang="en"
# No UDP, only the echo request and its reply. Line by line, this is what the trace says:
#
# | call | what it is for |
# |---|---|
# | `socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP)` | The modest way: a socket that may send echo requests and nothing else. Usually the answer is `EACCES`, *not allowed*: a setting of the namespace, `net.ipv4.ping_group_range`, decides who may. |
# | `socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)` | The old way, with root's rights: `ping` writes the whole ICMP message itself. The number after `=` names this socket from now on. |
# | the same with `AF_INET6` | For IPv6, in case you had asked for an IPv6 address. |
# | `socket(AF_INET, SOCK_DGRAM, IPPROTO_IP)`, `connect`, `getsockname` | A trick: connecting a UDP socket sends nothing, but makes the kernel look up the route. `getsockname` then reads the source address that it chose: 172.16.0.1, the look-up that `ip route get` shows. |
# | `sendto(…, 64, …)` | The ping itself: 64 bytes handed to the stack. |
# | `recvmsg(…) = 84` | The answer: 64 bytes again, and 20 bytes of IP header before them. |
#
# (Another version of `ping` may make different calls before `sendto`.) The 64 bytes begin with `\x08\x00`: type 8, code 0, which is *echo request*. Then come a checksum, a number for this ping process, the sequence number `\x00\x01`, and 56 bytes of data. The kernel puts an IP header of 20 bytes in front and, on the link, an Ethernet header of 14. Are these bytes really what went over the wire?
#
# The chapter says: “ping builds an ICMP packet and gives it to the stack through a socket.” True?

# %% [markdown] lang="zh"
# 没有 UDP，只有回显请求和回显应答。记录里的各行，意思是：
#
# | 调用 | 用来做什么 |
# |---|---|
# | `socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP)` | 要权限最少的办法：这种套接字只许发回显请求，别的都不行。通常得到的是 `EACCES`，即**不允许**；谁能用，由命名空间里的设置 `net.ipv4.ping_group_range` 决定。 |
# | `socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)` | 老办法，凭的是 root 的权限：整个 ICMP 报文都由 `ping` 自己写。等号后面的数字，此后就代表这个套接字。 |
# | 同样的两行，换成 `AF_INET6` | 为 IPv6 准备的，万一你给的是 IPv6 地址。 |
# | `socket(AF_INET, SOCK_DGRAM, IPPROTO_IP)`、`connect`、`getsockname` | 一个小窍门：连接 UDP 套接字什么也不发，却会让内核查一次路由；再用 `getsockname` 读出内核选定的源地址 172.16.0.1。`ip route get` 显示的就是这样一次查询。 |
# | `sendto(…, 64, …)` | ping 本身：把 64 字节交给协议栈。 |
# | `recvmsg(…) = 84` | 收到的应答：还是 64 字节，前面多了 20 字节 IP 首部。 |
#
# （不同版本的 `ping`，`sendto` 之前的调用可能不一样。）这 64 字节以 `\x08\x00` 开头：类型 8、代码 0，就是**回显请求**。接下来是校验和、这个 ping 进程的标识、序号 `\x00\x01`，以及 56 字节数据。内核在前面加上 20 字节 IP 首部，上线时再加 14 字节以太网首部。线上走过的，真的就是这些字节吗？
#
# 原文说：“ping 构造 ICMP 包，通过套接字交给协议栈。”是这样吗？

# %% claim="C24"
lab.claims.C24.check(trace="/run/ping.trace", capture=list(wire.packets))

# %% [markdown] lang="en" step="ping.2"
# ## 2. The same in your own ten lines
#
# If that is all there is to it, you can write a ping yourself. `%%writefile` puts the cell into a file, and the cell below it runs the file in `netns1`. The data is yours to choose: any 16 characters.

# %% [markdown] lang="zh" step="ping.2"
# ## 2. 自己写，十来行就够
#
# 既然不过如此，你也能写一个 ping。`%%writefile` 把这个单元格存成文件，再下一个单元格在 `netns1` 里运行它。带什么数据由你定：任意 16 个字母。

# %%
# %%writefile /run/echo.py
import socket, struct

def message(checksum, data=b"hello, neighbour"):
    return struct.pack("!BBHHH", 8, 0, checksum, 4711, 1) + data

words = struct.unpack("!12H", message(0))
with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as icmp:
    icmp.settimeout(2)
    icmp.sendto(message(0xFFFF - sum(words) % 0xFFFF), ("172.16.0.2", 0))
    answer = icmp.recv(1500)
print(answer[:20].hex(" "), answer[20:28].hex(" "), answer[28:], sep="\n")

# %%
# !ip netns exec netns1 python3 /run/echo.py

# %% [markdown] lang="en" step="ping.3"
# Three lines come back: the IP header (it begins with `45` and ends with the addresses: `ac 10 00 02` is 172.16.0.2), the ICMP header, where type `08` has become `00`, *echo reply*, and your own words. `0xFFFF - sum(words) % 0xFFFF` is the internet checksum in one line: the sum of all 16-bit words, any overflow added back at the low end, and in the result every bit flipped. Break it, and there is no answer: try it.
#
# ## 3. Field by field
#
# `scapy` is a Python package for building packets field by field. It fills in what you leave out, checksum included, and makes *the whole frame*, so it even asks for the MAC address by itself:

# %% [markdown] lang="zh" step="ping.3"
# 收回来三行：先是 IP 首部（以 `45` 开头，末尾是两个地址，`ac 10 00 02` 就是 172.16.0.2），再是 ICMP 首部，其中类型 `08` 变成了 `00`，即**回显应答**，最后是你自己的那句话。`0xFFFF - sum(words) % 0xFFFF` 一行就算出了互联网校验和：把所有 16 位的字加起来，溢出的部分再加回低位，最后逐位取反。把它改错，就收不到应答了，不妨一试。
#
# ## 3. 一个字段一个字段地搭
#
# `scapy` 是一个 Python 软件包，可以一个字段一个字段地搭出包来。没写的字段它会补上，校验和也不例外；而且它造的是**整个帧**，连 MAC 地址都自己去问：

# %%
# %%writefile /run/scapy_echo.py
from scapy.all import ICMP, IP, Ether, conf, srp1

conf.verb = 0
question = Ether() / IP(dst="172.16.0.2") / ICMP(id=4711, seq=2) / b"hello again"
answer = srp1(question, iface="veth1", timeout=2)
print(question.summary(), answer.summary(), sep="\n")
answer[ICMP].show()

# %%
import sys
# !ip netns exec netns1 {sys.executable} /run/scapy_echo.py

# %% [markdown] lang="en"
# Two programs, one result: whoever answers looks at the bytes, not at who made them.

# %% [markdown] lang="zh"
# 两个程序，一个结果：应答的那一方只看字节，不管是谁写的。

# %% [markdown] lang="en" step="ping.4"
# ## 4. Why is the first ping slower?
#
# In the chapter the first answer takes 0.309 ms, the second 0.079 ms. The first ping had to wait for ARP; that much is clear by now.

# %% [markdown] lang="zh" step="ping.4"
# ## 4. 第一个 ping 为什么慢？
#
# 原文里，第一个应答用了 0.309 毫秒，第二个 0.079 毫秒。第一个 ping 要等 ARP，这一点已经清楚了。

# %%
lab.predict("all arp")

# %% [markdown] lang="en"
# First, a close look at one pair of pings. The tables are emptied, `ping` sends two (`-D` also prints the time of day at which each answer came), and the recorder listens. Then each step of both pings, on the same scale:

# %% [markdown] lang="zh"
# 先仔细看一对 ping。清空两边的表，让 `ping` 发两个（`-D` 让它把时刻也打印出来），同时抓包。然后把两个 ping 的每一步放在同一把尺上比：

# %%
# !ip -n netns2 neigh flush all
# !ip -n netns1 neigh flush all
with lab.capture("netns1", "netns2", filter="arp or icmp") as pair:
    said = lab.HOST.run("ip netns exec netns1 ping -D -c 2 -i 0.2 172.16.0.2")
lab.figures.step_times(pair)

# %% [markdown] lang="en"
# The ARP steps appear only in the first ping. And here is what the frames say, next to what `ping` printed:

# %% [markdown] lang="zh"
# ARP 的那几步，只有第一个 ping 才有。再把 `ping` 显示的和帧上看到的摆在一起：

# %%
lab.figures.round_trips(pair, said)

# %% [markdown] lang="en"
# Most of what `ping` prints is not spent on the wire at all: it is the path from the program to the link and back, and waking up a sleeping process. That path takes longer the first time.
#
# But one measurement proves nothing: times vary with whatever else the computer is doing. So the next cell runs this many times, alternately with the tables emptied (`ip neigh flush all`) and kept. Where nothing is emptied, the table is only read, so that the entry is the only difference. Each time it is a fresh `ping -c 2 -i 0.002`; the second ping follows after only 2 ms, so that the processor does not doze off in between. This takes a few seconds.

# %% [markdown] lang="zh"
# `ping` 显示的时间，大部分根本不是花在线上：那是从程序走到接口、再走回来的路，还有把睡着的进程叫醒的时间。头一回走，这段路更长。
#
# 不过，只量一次说明不了什么：电脑同时还在忙别的，时间总在变。所以下一个单元格把这件事做很多遍，轮流来：一遍清空邻居表（`ip neigh flush all`），一遍留着。不清空的时候，只把表读一遍，好让两边的差别只在条目上。每次都是新启动的 `ping -c 2 -i 0.002`；第二个只隔 2 毫秒，免得处理器在中间进入休眠。要跑几秒钟。

# %% claim="C23" misconception="M12"
trips = lab.figures.measure_round_trips("netns1", "netns2", count=25)
trips

# %%
lab.compare("all arp")

# %% [markdown] lang="en"
# Compare the rows:
#
# - **first with third row:** the chapter's pattern. The first ping is slower than the second after it.
# - **first with second row:** both are the first of their `ping`; only the neighbour entry differs. The gap between them is the price of the question: ask, answer, release the waiting packet.
# - **second with fourth row:** no question is asked in either, and yet the first is slower. This remainder cannot be ARP. A likely cause: the program, the socket and the kernel's code are used for the first time, and are not yet in the processor's fast memory (its cache). How large the remainder is differs from machine to machine.
# - **circles with diamonds:** what `ping` prints, and what the frames say, from the request leaving to the reply arriving. On the wire, the first ping is hardly slower than the others.
#
# The chapter says: “The first round trip (0.309 ms) is slower than the second (0.079 ms).” True?

# %% [markdown] lang="zh"
# 逐行比较：
#
# - **第一行和第三行：** 原文里的现象，第一个 ping 比紧跟着的第二个慢。
# - **第一行和第二行：** 都是各自 `ping` 的第一个，差别只在有没有邻居条目。两者之间的差距就是 ARP 的代价：请求、应答、放行等着的包。
# - **第二行和第四行：** 两者都没有 ARP 请求，第一个却还是慢一些。这剩下的部分不可能是 ARP。可能的原因是：程序、套接字、内核里的代码都是头一回用到，还不在处理器的高速缓存里。这部分有多大，因机器而异。
# - **圆点和菱形：** 圆点是 `ping` 显示的，菱形是帧上看到的，从请求离开到应答到达。单看线上，第一个 ping 并不比后面的慢多少。
#
# 原文说：“第一次往返（0.309 毫秒）比第二次（0.079 毫秒）慢。”是这样吗？

# %% claim="C23"
lab.claims.C23.check(flushed=trips.output(flushed=True), kept=trips.output(flushed=False))

# %% [markdown] lang="en"
# Your figures differ from the chapter's, and from those you would measure a minute from now: only the order stays the same. With one ping a second, as `ping` does by itself, even the order may change: a processor that has slept for a second starts every ping cold, not only the first. Try it: `ping -c 5 172.16.0.2` in `netns1`.

# %% [markdown] lang="zh"
# 你的数字和原文不同，过一分钟再量又会不同：不变的只有快慢的次序。要是像 `ping` 平常那样一秒一个，连次序都未必守得住：处理器睡了一秒，每个 ping 都是冷启动，不只第一个。在 `netns1` 里跑一下 `ping -c 5 172.16.0.2` 就知道了。

# %% [markdown] lang="en" step="ping.5"
# ## 5. Your turn
#
# Three goals, and no cell that does it for you. Write your commands below each goal, run the cell, then its check: it looks at what is there and whether it works, not at the way. `lab.hint("ping.1")` in a new cell opens the first of three hints, made for what is there at that moment.

# %% [markdown] lang="zh" step="ping.5"
# ## 5. 轮到你了
#
# 三个目标，没有现成的单元格替你做。把命令写在目标下面，运行，再运行检查：它只看现在有什么、通不通，不管你用的是哪种做法。新建一个单元格运行 `lab.hint("ping.1")`，会看到三条提示中的第一条，它是照着机器此刻的样子给的。

# %% task="ping.1"

# %% task="ping.1" tags=["solution"]
# !ip netns exec netns1 sysctl -w net.ipv4.ip_default_ttl=7

# %% task="ping.1"
lab.check.task("ping.1")

# %% [markdown] lang="en"
# The answer comes from the network stack. So it is the stack that you must tell to keep quiet, and about nothing else.

# %% [markdown] lang="zh"
# 应答的是协议栈。所以要让它不应答，也得在协议栈里设置，而且只关掉这一项。

# %% task="ping.2"

# %% task="ping.2" tags=["solution"]
# !ip netns exec netns2 sysctl -w net.ipv4.icmp_echo_ignore_all=1
# !ip netns exec netns1 ping -c 1 -W 1 172.16.0.2

# %% task="ping.2"
lab.check.task("ping.2")

# %% [markdown] lang="en"
# In the trace, the first `socket` was refused with `EACCES`. Who decides that, and for which namespace?

# %% [markdown] lang="zh"
# 在 strace 的记录里，第一个 `socket` 被拒绝了，错误是 `EACCES`。这由谁决定，对哪个命名空间有效？

# %% task="ping.3"

# %% task="ping.3" tags=["solution"]
# !ip netns exec netns1 sysctl -w net.ipv4.ping_group_range="$(id -g) $(id -g)"
# !ip netns exec netns1 strace -e trace=socket ping -c 1 172.16.0.2 2>&1 | grep -m 1 AF_INET

# %% task="ping.3"
lab.check.task("ping.3")

# %% [markdown] lang="en"
# ## What you have seen
#
# - `ping` makes an ICMP message of 64 bytes and hands it to a socket. The kernel adds the headers; you can do the same in ten lines.
# - Connecting a UDP socket sends nothing: it is a way to ask for the route.
# - The first ping is slower, and only part of that is ARP; most of what `ping` prints is not spent on the wire.
# - One measurement proves nothing; many, taken in turn, do.

# %% [markdown] lang="zh"
# ## 你看到了什么
#
# - `ping` 造一个 64 字节的 ICMP 报文，交给套接字，各层首部由内核来加。十来行代码，你也能做到。
# - 连接 UDP 套接字什么也不发，只是查一次路由。
# - 第一个 ping 更慢，其中只有一部分是 ARP 造成的；`ping` 显示的时间，大部分不是花在线上。
# - 量一次说明不了什么；轮流量很多次，才说明得了。

# %% [markdown] lang="en"
# ## What you can now do
#
# Ticked where a check has shown it. What is not ticked is waiting for you: its task is above.

# %% [markdown] lang="zh"
# ## 现在你会做什么
#
# 打勾的，是检查已经证明的。没打勾的还等着你：任务在上面。

# %%
lab.learned("inside_ping")

# %% [markdown] lang="en"
# The last cell leaves the machine as you found it.

# %% [markdown] lang="zh"
# 最后一个单元格让机器恢复原样。

# %%
# !rm -f /run/ping.trace /run/echo.py /run/scapy_echo.py
lab.empty()
lab.check.empty()

# %% [markdown] lang="en"
# Next: [Reaching the host, and beyond](04_beyond.ipynb). How far you are: [the start page](00_start.ipynb).

# %% [markdown] lang="zh"
# 下一课：[《连通主机，再到外网》](04_beyond.ipynb)。学到了哪里，看[课程首页](00_start.ipynb)。
