# %% [markdown] lang="en"
# # What happens in one ping
#
# One line of output, `64 bytes from 172.16.0.2`, and behind it six frames, two tables and two network stacks. In this lesson you follow one ping from the program to the reply. Each step leaves evidence, and you examine it.
#
# **Time:** about 80 minutes; sections 1–3 and 4–10 can be two sittings. **You need:** nothing from other lessons; this one builds what it needs. Words such as *veth*, *route* and *MAC address* come from [lesson 1](01_one_wire.ipynb).
#
# This notebook is a machine of its own. *Kernel → Restart* empties it; `nslabkit enter`, typed in a terminal, opens a shell inside.

# %% [markdown] lang="zh"
# # 一次 ping 的来龙去脉
#
# 屏幕上只有一行 `64 bytes from 172.16.0.2`，背后却有六个帧、两张表、两个协议栈。这一课跟着一个 ping，从程序一直走到应答。每一步都会留下证据，我们逐一查看。
#
# **时间：** 约 75 分钟。可以分两次做：第 1–3 节一次，第 4–10 节一次。**准备：** 不依赖其他课留下的任何东西，需要什么，这里现建。**veth**、**路由**、**MAC 地址**这些词，[第 1 课](01_one_wire.ipynb)讲过。
#
# 这个笔记本自成一台机器。弄乱了就点**内核 → 重启内核**，机器会清空；想在里面开一个 shell，在终端里输入 `nslabkit enter`。

# %%
import nslabkit as lab
lab.check.empty()

# %%
lab.recall(3)

# %% [markdown] lang="en"
# The network of lesson 1: two namespaces, one wire. `lo` is up too, so that the kernel can tell us what goes wrong. (If you run this cell twice, it says `File exists`: everything is already there.)

# %% [markdown] lang="zh"
# 先搭起第 1 课的网络：两个命名空间，一根线。`lo` 也一并启用，出了差错内核才能报告。（这个单元格运行第二遍会报 `File exists`：东西已经都在了。）

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
# Lost, or late? `lab.catch_up("3.4")` in a new cell empties the machine and builds what step 3.4 starts from; `lab.catch_up()` lists the steps.

# %% [markdown] lang="zh"
# 跟丢了，或者来晚了？新建一个单元格运行 `lab.catch_up("3.4")`，机器会被清空，再搭好第 3.4 步开始时该有的东西；`lab.catch_up()` 列出全部步骤。

# %% [markdown] lang="en"
# ## 1. Which way?
#
# Before anything leaves, the kernel of `netns1` must know which way. It looks up the destination in its routes; you can ask it to do the same for you:

# %% [markdown] lang="zh"
# ## 1. 走哪条路？
#
# 东西还没发出去，`netns1` 的内核先得知道从哪里走。它拿目的地址去查路由；你也可以请它当面查一次：

# %%
# !ip netns exec netns1 ip route get 172.16.0.2

# %% [markdown] lang="en"
# Read `dev veth1` as *where it leaves* and `src 172.16.0.1` as *who signs it*. The chapter says: “According to the routing table, the packet goes out of the 172.16.0.1 port.” True? An address is not a door: the door is the link `veth1`, and the address only goes along as the sender's. The check asks the kernel:

# %% [markdown] lang="zh"
# `dev veth1` 说的是**从哪里出去**，`src 172.16.0.1` 说的是**署谁的名**。原文说：“按照路由表，数据包从 172.16.0.1 口出去。”是这样吗？地址不是出口：出口是接口 `veth1`，地址只是作为源地址写在包里。检查会去问内核：

# %% claim="C25"
lab.claims.C25.check()

# %% [markdown] lang="en"
# Now another destination: what if `netns1` pings itself?

# %% [markdown] lang="zh"
# 换一个目的地：`netns1` 要是 ping 自己呢？

# %%
lab.predict("ping yourself")

# %% misconception="M6"
# !ip netns exec netns1 ip route get 172.16.0.1
# !ip netns exec netns1 ping -c 1 -W 1 172.16.0.1
# !ip -n netns1 -s link show lo

# %%
lab.compare("ping yourself")

# %% [markdown] lang="en"
# `local … dev lo`: it goes to itself. The last lines count what passed `lo`: two packets, the ping and its answer. None of it ever touched the wire.

# %% [markdown] lang="zh"
# `local … dev lo`：自己发给自己。最后几行是 `lo` 的收发计数：两个包：一个回显请求，一个回显应答。线上什么也没走过。

# %%
lab.predict("the far end down")

# %% misconception="M5" magic_args="--no-raise-error" language="bash"
# ip -n netns2 link set veth1-peer down
# ip -n netns1 link show veth1
# ip netns exec netns1 ping -c 1 -W 1 172.16.0.2
# ip -n netns2 link set veth1-peer up
# ip -n netns1 neigh flush dev veth1

# %%
lab.compare("the far end down")

# %% [markdown] lang="en"
# `UP` only says that somebody switched `veth1` on. Whether the wire leads anywhere is what `NO-CARRIER` and `LOWER_UP` tell you: `UP` is not the same as *connected*. Of the [five layers](01_one_wire.ipynb) of lesson 1, this was the fourth: the wire. (The last two lines of the cell switched the far end on again and cleared what the failed ping had left behind; section 3 shows what that is.)

# %% [markdown] lang="zh"
# `UP` 只表示 `veth1` 已启用。对端通不通，要看 `NO-CARRIER` 和 `LOWER_UP`：`UP` 不等于**连上了**。按第 1 课的[五层图](01_one_wire.ipynb)，这是第 4 层：线。（单元格最后两行重新启用对端，并清掉那个失败的 ping 留下的东西；留下的是什么，第 3 节揭晓。）

# %%
lab.check.link_up("veth1", "netns1")

# %% [markdown] lang="en"
# ## 2. From the program to the stack
#
# What does `ping` itself do? Two observers will watch it. The first is `tcpdump`: it copies every **frame** (a packet in its Ethernet wrapping) that passes a link. It does not end by itself, so it runs in the background and writes to a file; the last line waits until it listens.

# %% [markdown] lang="zh"
# ## 2. 从程序到协议栈
#
# `ping` 这个程序自己做了什么？我们请两位观察员。第一位是 `tcpdump`：凡是经过某个接口的**帧**（加上以太网首部的包），它都抄一份。它不会自己结束，所以放到后台，写进文件；最后一行是等它开始监听。

# %% magic_args="--no-raise-error" language="bash"
# rm -f /run/ping.pcap
# ip netns exec netns1 tcpdump -i veth1 -U --immediate-mode -w /run/ping.pcap ip or arp >/dev/null 2>&1 &
# echo $! >/run/tcpdump.pid
# timeout 5 sh -c "until [ -s /run/ping.pcap ]; do sleep 0.05; done"

# %% [markdown] lang="en"
# The second is `strace`. A program can do nothing outside its own memory except by asking the kernel: a **system call**. `strace` starts a program and writes down each of its calls, here only the network ones (`-e trace=network`). Look for `socket`: a program that wants to send or receive gets a **socket** from the kernel first, and names it by a number from then on.

# %% [markdown] lang="zh"
# 第二位是 `strace`。程序要碰自己内存以外的任何东西，都只能请内核代劳，这叫**系统调用**。`strace` 启动一个程序，把它的每次调用都记下来；这里只记和网络有关的（`-e trace=network`）。留意 `socket`：程序要收发数据，先得向内核要一个**套接字**，此后凭一个数字使用它。

# %%
lab.predict("a UDP socket")

# %%
# !ip netns exec netns1 strace -x -s 64 -e trace=network -o /run/ping.trace ping -c 1 172.16.0.2
# !grep -E "^(socket|connect|getsockname|sendto|recvmsg)" /run/ping.trace

# %% [markdown] lang="en"
# (If it says `exec of "strace" failed`, this machine has no strace; install the package of that name. Without it, read on: the next part of this section shows the same from inside a program of your own.)
#
# Did UDP cross the wire? (The first line waits until the observer has written down the reply.)

# %% [markdown] lang="zh"
# （如果显示 `exec of "strace" failed`，说明这台机器没有 strace，装上同名软件包即可。暂时没有也可以往下看：这一节的后半段用你自己的程序展示同一件事。）
#
# 线上有 UDP 走过吗？（第一行是等观察员把应答记下来。）

# %%
# !timeout 5 sh -c "until tcpdump -r /run/ping.pcap 2>/dev/null | grep -q reply; do sleep 0.05; done"
# !tcpdump -nr /run/ping.pcap udp 2>/dev/null | wc -l
# !tcpdump -nr /run/ping.pcap icmp 2>/dev/null

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
# | `socket(AF_INET, SOCK_DGRAM, IPPROTO_IP)`, `connect`, `getsockname` | A trick: connecting a UDP socket sends nothing, but makes the kernel look up the route. `getsockname` then reads the source address that it chose: 172.16.0.1, the look-up of section 1. |
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
# | `socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP)` | 低调的办法：这种套接字只许发回显请求，别的都不行。通常得到的是 `EACCES`，即**不允许**；谁能用，由命名空间里的设置 `net.ipv4.ping_group_range` 决定。 |
# | `socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)` | 老办法，凭的是 root 的权限：整个 ICMP 报文都由 `ping` 自己写。等号后面的数字，此后就代表这个套接字。 |
# | 同样的两行，换成 `AF_INET6` | 为 IPv6 准备的，万一你给的是 IPv6 地址。 |
# | `socket(AF_INET, SOCK_DGRAM, IPPROTO_IP)`、`connect`、`getsockname` | 一个小窍门：连接 UDP 套接字什么也不发，却会让内核查一次路由；再用 `getsockname` 读出内核选定的源地址 172.16.0.1。这正是第 1 节的那次查询。 |
# | `sendto(…, 64, …)` | ping 本身：把 64 字节交给协议栈。 |
# | `recvmsg(…) = 84` | 收到的应答：还是 64 字节，前面多了 20 字节 IP 首部。 |
#
# （不同版本的 `ping`，`sendto` 之前的调用可能不一样。）这 64 字节以 `\x08\x00` 开头：类型 8、代码 0，就是**回显请求**。接下来是校验和、这个 ping 进程的标识、序号 `\x00\x01`，以及 56 字节数据。内核在前面加上 20 字节 IP 首部，上线时再加 14 字节以太网首部。线上走过的，真的就是这些字节吗？
#
# 原文说：“ping 构造 ICMP 包，通过套接字交给协议栈。”是这样吗？

# %% claim="C24"
lab.claims.C24.check(trace="/run/ping.trace", capture="/run/ping.pcap")

# %% [markdown] lang="en"
# ### The same in your own ten lines
#
# If that is all there is to it, you can write a ping yourself. `%%writefile` puts the cell into a file, and the cell below it runs the file in `netns1`. The data is yours to choose: any 16 letters.

# %% [markdown] lang="zh"
# ### 自己写，十来行就够
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

# %% [markdown] lang="en"
# Three lines come back: the IP header (it begins with `45` and ends with the addresses: `ac 10 00 02` is 172.16.0.2), the ICMP header, where type `08` has become `00`, *echo reply*, and your own words. `sum(words) % 0xFFFF` is the internet checksum in one line: the sum of all 16-bit words, with any overflow added back at the low end. Break it, and there is no answer: try it.
#
# `scapy` is a Python package for building packets field by field. It fills in what you leave out, checksum included, and makes *the whole frame*, so it even asks for the MAC address by itself:

# %% [markdown] lang="zh"
# 收回来三行：先是 IP 首部（以 `45` 开头，末尾是两个地址，`ac 10 00 02` 就是 172.16.0.2），再是 ICMP 首部，其中类型 `08` 变成了 `00`，即**回显应答**，最后是你自己的那句话。`sum(words) % 0xFFFF` 一行就算出了互联网校验和：把所有 16 位的字加起来，溢出的部分再加回低位。把它改错，就收不到应答了，不妨一试。
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
# Two programs, one result: whoever answers looks at the bytes, not at who made them. The first observer may go; we have read its notes.

# %% [markdown] lang="zh"
# 两个程序，一个结果：应答的那一方只看字节，不管是谁写的。第一位观察员的笔记已经读完，可以走了。

# %%
# !kill $(cat /run/tcpdump.pid)

# %% [markdown] lang="en"
# ## 3. Who has this address?
#
# The route says: by `veth1`. But a frame needs a MAC address to go to, and all we have is an IP address. What the kernel knows about its neighbours is in the **neighbour table**:

# %% [markdown] lang="zh"
# ## 3. 谁是这个地址？
#
# 路由说：走 `veth1`。可是帧要有 MAC 地址才能寄出去，手头却只有 IP 地址。内核对邻居的了解，都记在**邻居表**里：

# %%
# !ip -n netns1 neigh

# %% [markdown] lang="en"
# It has already met 172.16.0.2. To see how they met, we need somebody it has not met: 172.16.0.9, an address that nobody has yet. We ping it once (`-c 1`), and *while ping waits* we give the address to `netns2`.

# %% [markdown] lang="zh"
# 172.16.0.2 它已经认识了。要看它怎么认识一位邻居，得找个没见过的：172.16.0.9，眼下谁也没用这个地址。我们 ping 它一次（`-c 1`），**趁 ping 还在等**，把这个地址配给 `netns2`。

# %%
lab.predict("a late neighbour")

# %% [markdown] lang="en"
# First the observer on `veth1`, then the ping in the background. As soon as `netns1` has an entry for 172.16.0.9 (the `until` line), we keep a copy of its neighbour table, and only then does the address come into existence.

# %% [markdown] lang="zh"
# 先在 `veth1` 上放好观察员，再让 ping 在后台跑。等 `netns1` 的邻居表里有了 172.16.0.9（`until` 那一行），就把表抄一份下来，然后才配上这个地址。

# %% magic_args="--no-raise-error" language="bash"
# rm -f /run/late.pcap
# ip netns exec netns1 tcpdump -i veth1 -U --immediate-mode -w /run/late.pcap arp or icmp >/dev/null 2>&1 &
# timeout 5 sh -c "until [ -s /run/late.pcap ]; do sleep 0.05; done"
# ip netns exec netns1 ping -c 1 -W 5 172.16.0.9 >/run/late.txt &
# timeout 5 sh -c "until ip -n netns1 neigh | grep -q 172.16.0.9; do sleep 0.02; done"
# ip -n netns1 neigh | tee /run/late.neigh
# ip -n netns2 addr add 172.16.0.9/24 dev veth1-peer
# wait %2
# cat /run/late.txt
# timeout 5 sh -c "until tcpdump -r /run/late.pcap 2>/dev/null | grep -q reply; do sleep 0.05; done"
# kill %1

# %%
lab.compare("a late neighbour")

# %% [markdown] lang="en"
# `1 packets transmitted`, and it was answered after a second, although nobody was there when it was sent. So where was it for that second? The table says `INCOMPLETE`: there is an entry, but without `lladdr`, the MAC address. And here is what passed `veth1`; `-e` shows the MAC addresses, `-ttt` the seconds since the previous line:

# %% [markdown] lang="zh"
# `1 packets transmitted`，只发了一个，发的时候那边还没人，过了一秒却得到了应答。这一秒里它在哪里？表里写着 `INCOMPLETE`（不完整）：有这个条目，但没有 `lladdr`，也就是 MAC 地址。再看经过 `veth1` 的都有什么；`-e` 显示 MAC 地址，`-ttt` 显示离上一行隔了多少秒：

# %%
# !tcpdump -ttt -enr /run/late.pcap host 172.16.0.9 2>/dev/null

# %% [markdown] lang="en"
# So this is what the chapter's “hands an ARP packet to veth1” is short for (layer 3 of the five, the neighbour):
#
# 1. The stack looks for 172.16.0.9 in the neighbour table and finds nothing.
# 2. It makes an entry, `INCOMPLETE`, and puts the ping *into that entry's queue*. (As far as the program knows, it is sent: `sendto` returned at once.)
# 3. It asks with **ARP**: *who has 172.16.0.9?* Since it does not know whom to ask, it asks everybody: `ff:ff:ff:ff:ff:ff` is the **broadcast** address.
# 4. No answer within a second: it asks again, three times in all. If nobody had answered by then, it would have thrown the ping away and said `Destination Host Unreachable`.
# 5. The answer comes, the entry is complete, and some microseconds later the waiting ping leaves.
#
# The chapter says: “The stack hands an ARP packet to veth1.” True?

# %% [markdown] lang="zh"
# 原文一句“将 ARP 包交给 veth1”，展开来是这样的（五层里的第 3 层，邻居）：
#
# 1. 协议栈在邻居表里找 172.16.0.9，没有找到。
# 2. 它新建一个条目，状态是 `INCOMPLETE`，并把这个 ping **放进这个条目的等待队列**。（在程序看来已经发出去了：`sendto` 立刻就返回了。）
# 3. 它发出 **ARP 请求**：**谁是 172.16.0.9？** 不知道该问谁，就问所有人：`ff:ff:ff:ff:ff:ff` 是**广播**地址。
# 4. 一秒内没有应答，就再问，一共问三次。要是始终没有应答，它会把 ping 丢掉，并报告 `Destination Host Unreachable`。
# 5. ARP 应答到了，条目就完整了；再过几微秒，等着的 ping 便出发了。
#
# 原文说：“协议栈把 ARP 包交给 veth1。”是这样吗？

# %% claim="C26"
lab.claims.C26.check(seen="/run/late.neigh", capture="/run/late.pcap")

# %%
# !ip -n netns2 addr del 172.16.0.9/24 dev veth1-peer

# %% [markdown] lang="en"
# ## 4. Both ends of the wire

# %% [markdown] lang="zh"
# ## 4. 线的两端

# %%
lab.predict("both ends")

# %% [markdown] lang="en"
# Now an observer at each end. Both tables are emptied (`neigh flush`), so that the question is asked again.

# %% [markdown] lang="zh"
# 这回两端各放一位观察员。先清空两边的邻居表（`neigh flush`），好让它再问一次。

# %% magic_args="--no-raise-error" language="bash"
# rm -f /run/near.pcap /run/far.pcap
# record="tcpdump -U --immediate-mode --time-stamp-precision=nano"
# ip netns exec netns1 $record -i veth1 -w /run/near.pcap arp or icmp >/dev/null 2>&1 &
# ip netns exec netns2 $record -i veth1-peer -w /run/far.pcap arp or icmp >/dev/null 2>&1 &
# timeout 5 sh -c "until [ -s /run/near.pcap -a -s /run/far.pcap ]; do sleep 0.05; done"
# ip -n netns1 neigh flush dev veth1
# ip -n netns2 neigh flush dev veth1-peer
# ip netns exec netns1 ping -c 1 -W 2 172.16.0.2
# timeout 5 sh -c "until tcpdump -r /run/far.pcap 2>/dev/null | grep -q reply; do sleep 0.05; done"
# kill %1 %2
# wait

# %%
# !tcpdump -c 1 -tt -xx -nr /run/near.pcap arp 2>/dev/null
# !tcpdump -c 1 -tt -xx -nr /run/far.pcap arp 2>/dev/null

# %%
lab.compare("both ends")

# %% [markdown] lang="en"
# The first number of each line is the time, from the one clock that both namespaces share; below it are the 42 bytes. They are the same, a few microseconds later on the far side: nobody in between decided anything; `veth1-peer` gets the frame because it is the other end.
#
# The chapter says: “veth1-peer gets the ARP request because it is the other end of veth1.” True?

# %% [markdown] lang="zh"
# 每行开头的数是时间，两个命名空间用的是同一只钟；下面是 42 个字节。字节一模一样，只是到对端晚了几微秒：中间没有谁做过什么决定，`veth1-peer` 收到它，只因为它是对端。
#
# 原文说：“veth1-peer 收到 ARP 请求，因为它是 veth1 的另一端。”是这样吗？

# %% claim="C27"
lab.claims.C27.check(near="/run/near.pcap", far="/run/far.pcap")

# %% [markdown] lang="en"
# ### The whole ping in one picture
#
# Two observers, two files, and times to be compared by hand: that is how it is done everywhere, and now you have done it once. From here on, `lab.capture` does it: it records at both ends at once, with the kernel's own times, along with what the kernel reports about its neighbour tables. It is already listening when its block begins. Both tables are emptied again:

# %% [markdown] lang="zh"
# ### 一张图看完整个 ping
#
# 两位观察员、两个文件，时间还得自己对：平常都是这么做的，你也亲手做过一遍了。往后就交给 `lab.capture`：它在两端同时抓包，用的是内核自己的时间，还把内核关于邻居表的通知一并记下。代码块一开始，它就已经在听了。再清空一次两边的表：

# %%
# !ip -n netns1 neigh flush all
# !ip -n netns2 neigh flush all
one, two = lab.namespaces.namespace("netns1"), lab.namespaces.namespace("netns2")
with lab.capture(one, two, filter="arp or icmp") as recording:
    one.run("ping -c 1 172.16.0.2")
recording.ladder()

# %% [markdown] lang="en"
# Time runs downwards, and the two thick lines are the two namespaces. Each arrow is a frame: it begins where the frame was sent and ends where it was received. It slopes because the crossing takes time; how long a side takes to answer is written beside its line. (Your figures will differ; the order is the same.)
#
# The bars are the neighbour tables. See how `netns2` has its entry before it ever asked: from the first arrow on. In `netns1` the bar becomes `REACHABLE` with the answer, and right after it the third arrow starts: the ping had been waiting for just that. (Before, the entry was `INCOMPLETE`, as in section 3. The kernel does not announce that, and here it was over too soon to be read from the table.)

# %% [markdown] lang="zh"
# 时间从上往下走，两条粗线是两个命名空间。一个箭头就是一个帧：起点是发出的地方，终点是收到的地方。箭头是斜的，因为路上要花时间；线旁边写的，是那一方应答所用的时间。（你的数字会不一样，次序是一样的。）
#
# 线两侧的色条是邻居表。看 `netns2`：它一句也没问过，从第一个箭头起就有了条目。再看 `netns1`：应答一到，色条变成 `REACHABLE`，第三个箭头紧跟着出发，ping 等的正是这一刻。（在那之前，条目是 `INCOMPLETE`，和第 3 节一样。只是内核不通知这个状态，这里它又太短，来不及从表里读到。）

# %%
lab.check.recorded(recording, "ARP request", "ARP reply", "ICMP echo request", "ICMP echo reply")

# %% [markdown] lang="en"
# Now go through the same recording frame by frame, with **Next**, and back if you like. Before each frame you are asked what comes next, and you can look at both tables to find out. Below, each byte says what it is for; [Reading the wire](09_reading_the_wire.ipynb) is about those.

# %% [markdown] lang="zh"
# 同一份抓包记录，现在用**下一步**一个帧一个帧地走，也可以往回走。每个帧出现之前都会问你猜是什么，答案可以从两张表里推出来。下面的每个字节，都说得出是干什么用的；[《读懂线上的每个字节》](09_reading_the_wire.ipynb)专门讲它们。

# %%
lab.scrubber(recording)

# %% [markdown] lang="en"
# And once more, as a story. It is made from what was recorded, event by event: where nothing was recorded, nothing is told.

# %% [markdown] lang="zh"
# 再换成一段话。它是从记录下来的事件一条条写出来的：没有记录到的，就不会讲。

# %%
recording.timeline().explain()

# %% [markdown] lang="en"
# How can you tell where the other end is? By the `@if…` after the name. Here is a second wire, made so that each end gets the **index**, the interface number, 2.

# %% [markdown] lang="zh"
# 怎么知道对端在哪里？看名字后面的 `@if…`。下面另接一根线，特意让两端的**序号**（ifindex）都是 2。

# %%
lab.predict("if2")

# %% misconception="M7" magic_args="--no-raise-error" language="bash"
# ip netns add left
# ip netns add right
# ip -n left link add port index 2 type veth peer name plug index 2 netns right
# ip -n left link show port
# ip -n right link show plug

# %%
lab.links.peer("port", "left")

# %%
lab.compare("if2")

# %% [markdown] lang="en"
# `link-netns` (older versions of `ip` print a number, `link-netnsid`) says in which namespace to look, and `@if2` says: number 2 *there*. Each namespace counts for itself.

# %% [markdown] lang="zh"
# `link-netns`（旧版 `ip` 显示的是 nsid，即 `link-netnsid`）说的是去哪个命名空间找，`@if2` 说的是**那边**的 2 号。每个命名空间各数各的。

# %%
# !ip netns del left
# !ip netns del right

# %% [markdown] lang="en"
# ## 5. The answer

# %% [markdown] lang="zh"
# ## 5. 应答

# %%
lab.predict("nobody there")

# %% misconception="M3"
# !ip netns pids netns2 | wc -l
# !ip netns exec netns1 ping -c 1 -W 1 172.16.0.2

# %%
lab.compare("nobody there")

# %% [markdown] lang="en"
# 0 programs, and an answer: the network stack of `netns2`, a part of the kernel, answers both the ARP question and the ping by itself. The answer carries `ttl=64`: each router on the way takes off one, and the one that gets to zero throws the packet away. So it can pass 63 routers.

# %% [markdown] lang="zh"
# 0 个程序，照样有应答：应答的是 `netns2` 的协议栈，它是内核的一部分；ARP 请求和 ping，都由它自己应答。应答里带着 `ttl=64`：每经过一台路由器减 1，减到 0 就被丢掉，所以最多能过 63 台路由器。

# %%
lab.predict("whose ttl")

# %% misconception="M4"
# !ip netns exec netns2 sysctl -w net.ipv4.ip_default_ttl=42
# !ip netns exec netns1 ping -c 1 -W 1 172.16.0.2
# !ip netns exec netns2 sysctl -w net.ipv4.ip_default_ttl=64

# %%
lab.compare("whose ttl")

# %% [markdown] lang="en"
# What you see is the ttl of the *answer*, set by the answering side. (Only `netns2` knows that our packet set out with 64.)
#
# ### The whole story
#
# The chapter ends its account with the ARP reply. Let us record one ping from the first question to the very end. Besides the frames, `ip monitor neigh` writes down what changes in the neighbour table of `netns2`. (The two `until` lines wait for the observers.)

# %% [markdown] lang="zh"
# 看到的是**应答**的 ttl，由应答方设定。（我们的包出发时带的 64，只有 `netns2` 知道。）
#
# ### 完整的经过
#
# 原文讲到 ARP 应答就结束了。我们来把一个 ping 从第一个 ARP 请求一直抓到最后。除了帧，还用 `ip monitor neigh` 记下 `netns2` 邻居表的变化。（两行 `until` 都是等观察员就位。）

# %% magic_args="--no-raise-error" language="bash"
# rm -f /run/whole.pcap
# ip netns exec netns1 tcpdump -i veth1 -U --immediate-mode -w /run/whole.pcap arp or icmp >/dev/null 2>&1 &
# stdbuf -oL ip -n netns2 monitor neigh >/run/states.log 2>&1 &
# jobs -p >/run/observers.pid
# timeout 5 sh -c "until grep -qs 00000004 /proc/$!/net/netlink; do sleep 0.05; done"
# timeout 5 sh -c "until [ -s /run/whole.pcap ]; do sleep 0.05; done"
# ip -n netns1 neigh flush dev veth1
# ip -n netns2 neigh flush dev veth1-peer
# ip netns exec netns1 ping -c 1 -W 2 172.16.0.2
# ip -n netns2 neigh show dev veth1-peer

# %% [markdown] lang="en"
# The last line comes from `netns2`: it knows 172.16.0.1, although it never asked. It took the MAC address from the *question*, which says who is asking. So its answer to the ping could leave without delay. But its knowledge is second-hand and untested: the kernel writes `DELAY`, *used, to be confirmed soon*.

# %% [markdown] lang="zh"
# 最后一行来自 `netns2`：它认识 172.16.0.1，虽然从没问过。MAC 地址是从**请求**里得来的，里面写着是谁在问。所以它可以立刻应答 ping。不过这只是听来的，没有核实过，内核就标上 `DELAY`：**用过了，稍后确认**。

# %%
lab.predict("six seconds later")

# %% [markdown] lang="en"
# This cell takes about five seconds: it waits for two more ARP frames.

# %% [markdown] lang="zh"
# 这个单元格要跑五秒左右：它在等另外两个 ARP 帧。

# %% magic_args="--no-raise-error" language="bash"
# timeout 12 sh -c 'until [ $(tcpdump -r /run/whole.pcap arp 2>/dev/null | wc -l) -ge 4 ]; do sleep 0.1; done'
# tcpdump -ttt -enr /run/whole.pcap 2>/dev/null
# echo "---"; cat /run/states.log
# kill $(cat /run/observers.pid)
# timeout 5 sh -c 'while ip netns pids netns2 | grep -q .; do sleep 0.05; done'

# %%
lab.compare("six seconds later")

# %% [markdown] lang="en"
# Six frames, then:
#
# | frame | from | to | what it says |
# |---|---|---|---|
# | 1 | `netns1` | everybody | Who has 172.16.0.2? Tell 172.16.0.1. |
# | 2 | `netns2` | `netns1` alone (**unicast**) | I have it, this is my MAC address. |
# | 3 | `netns1` | `netns2` | The ping that waited in the queue. |
# | 4 | `netns2` | `netns1` | Its answer, by the kernel. |
# | 5 | `netns2` | `netns1` alone, about 5 seconds later | Do *you* still have 172.16.0.1? |
# | 6 | `netns1` | `netns2` | I do. |
#
# Below the frames are the monitor's lines. The first two come from the `flush`; then `STALE` when the address was picked up from the question, `PROBE` while frame 5 asks, `REACHABLE` once frame 6 has confirmed it. `DELAY` and `INCOMPLETE` are never announced; you saw them by asking the table itself. `netns1` needs no such check for now: its question was answered, and that is proof. It would ask again only if it kept sending for longer than its own limit, a random time between 15 and 45 seconds.
#
# The chapter says: “The other stack answers the ARP request.” True?

# %% [markdown] lang="zh"
# 一共六个帧：
#
# | 帧 | 谁发的 | 发给谁 | 说了什么 |
# |---|---|---|---|
# | 1 | `netns1` | 所有人 | 谁是 172.16.0.2？请告诉 172.16.0.1。 |
# | 2 | `netns2` | 只给 `netns1`（**单播**） | 是我，这是我的 MAC 地址。 |
# | 3 | `netns1` | `netns2` | 在队列里等着的那个 ping。 |
# | 4 | `netns2` | `netns1` | 内核发出的回显应答。 |
# | 5 | `netns2` | 只给 `netns1`，约 5 秒之后 | 172.16.0.1 还是**你**吗？ |
# | 6 | `netns1` | `netns2` | 是我。 |
#
# 下面是监视器记的几行。头两行是 `flush` 留下的；此后，顺带听来这个地址时是 `STALE`，第 5 帧发问时是 `PROBE`，第 6 帧确认之后是 `REACHABLE`。`DELAY` 和 `INCOMPLETE` 从不广而告之，前面是直接查表才看到的。`netns1` 眼下用不着核实：它问过，也得到了应答，这就是证明。只有一直发包、超过它自己的期限（15 到 45 秒之间的一个随机值），它才会再问。
#
# 原文说：“对面的协议栈应答 ARP 请求。”是这样吗？

# %% claim="C28"
lab.claims.C28.check(capture="/run/whole.pcap")

# %% [markdown] lang="en"
# ### A word that sounds worse than it is
#
# An entry that has not been *confirmed* for a while becomes `STALE`, used or not. That takes up to a minute, so we set it by hand.

# %% [markdown] lang="zh"
# ### 一个听上去很吓人的词
#
# 一个条目有一段时间没有得到**确认**，不管用没用过，都会变成 `STALE`（陈旧）。要等上一分钟左右，我们就直接给它标上。

# %%
lab.predict("a stale entry")

# %% misconception="M9"
# !ip -n netns1 neigh change 172.16.0.2 dev veth1 nud stale
# !ip -n netns1 neigh
# !ip netns exec netns1 ping -c 1 -W 1 172.16.0.2
# !ip -n netns1 neigh

# %%
lab.compare("a stale entry")

# %% [markdown] lang="en"
# `STALE` means: *known, but not confirmed for a while*. It is used at once, turns to `DELAY`, and is confirmed in the background if need be. The words that mean trouble are `INCOMPLETE` (asked, no answer yet) and `FAILED` (gave up).

# %% [markdown] lang="zh"
# `STALE` 的意思是：**知道，只是有一段时间没有确认**。它立刻就能用，随即变成 `DELAY`，有必要时再在后台确认。真正说明有麻烦的是 `INCOMPLETE`（问了，还没有应答）和 `FAILED`（放弃了）。

# %% [markdown] lang="en"
# ## 6. Everybody hears, but who learns?
#
# A broadcast goes to everybody, and the question says who is asking. To try that, we need three namespaces that share a network. A **bridge** joins several wires: what comes in at one goes out to the others. (Lesson 4 has more about it.)

# %% [markdown] lang="zh"
# ## 6. 人人都收到，谁会记住？
#
# 广播发给所有人，而 ARP 请求里写着是谁在问。要看这件事，得有三个命名空间同在一个网段里。**网桥**把几根线接在一起：从一根进来的，就送到其余各根。（第 4 课会细讲。）

# %% magic_args="--no-raise-error" language="bash"
# ip link add meeting type bridge
# ip link set meeting up
# for n in 1 2 3; do
#   ip netns add guest$n
#   ip link add seat$n master meeting type veth peer name eth netns guest$n
#   ip -n guest$n addr add 172.16.5.$n/24 dev eth
#   ip -n guest$n link set eth up
#   ip link set seat$n up
# done

# %%
lab.picture()

# %%
lab.predict("who learns")

# %% misconception="M8" magic_args="--no-raise-error" language="bash"
# rm -f /run/heard.pcap
# ip netns exec guest3 tcpdump -i eth -U --immediate-mode -w /run/heard.pcap arp or icmp >/dev/null 2>&1 &
# timeout 5 sh -c "until [ -s /run/heard.pcap ]; do sleep 0.05; done"
# ip netns exec guest1 ping -c 1 -W 2 172.16.5.2
# timeout 5 sh -c "until tcpdump -r /run/heard.pcap 2>/dev/null | grep -q who-has; do sleep 0.05; done"
# kill %1; wait
# echo "--- guest3 heard:"; tcpdump -enr /run/heard.pcap 2>/dev/null
# for n in 1 2 3; do echo "--- guest$n knows:"; ip -n guest$n neigh show dev eth; done

# %%
lab.compare("who learns")

# %% [markdown] lang="en"
# `guest3` heard the question, and only that: the answer and the ping were not for it. It made no entry. The question was not meant for it, and a table full of strangers would be no use: only the one being asked expects to talk to the asker soon. (If `guest3` had already had an entry for 172.16.5.1, the question would have updated it.)

# %% [markdown] lang="zh"
# `guest3` 收到了 ARP 请求，也只收到这一个：应答和 ping 都不是发给它的。它没有新增条目。问的不是它，记一堆素不相识的人也没有用处：只有被问到的那一方，才料得到马上要和提问者打交道。（要是 `guest3` 的表里原来就有 172.16.5.1，这个请求倒会让它更新。）

# %%
# !ip netns del guest1
# !ip netns del guest2
# !ip netns del guest3
# !ip link del meeting

# %% [markdown] lang="en"
# ## 7. Why is the first ping slower?
#
# In the chapter the first answer takes 0.309 ms, the second 0.079 ms. The first ping had to wait for ARP; that much is clear by now.

# %% [markdown] lang="zh"
# ## 7. 第一个 ping 为什么慢？
#
# 原文里，第一个应答用了 0.309 毫秒，第二个 0.079 毫秒。第一个 ping 要等 ARP，这一点已经清楚了。

# %%
lab.predict("all arp")

# %% [markdown] lang="en"
# First, a close look at one pair of pings. The tables are emptied, `ping` sends two (`-D` also prints the clock), and the recorder listens. Then each step of both pings, on the same scale:

# %% [markdown] lang="zh"
# 先仔细看一对 ping。清空两边的表，让 `ping` 发两个（`-D` 让它把时刻也打印出来），同时抓包。然后把两个 ping 的每一步放在同一把尺上比：

# %%
# !ip -n netns1 neigh flush all
# !ip -n netns2 neigh flush all
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
# 不过，只量一次说明不了什么：电脑同时还在忙别的，时间总在变。所以下一个单元格把这件事做很多遍，轮流来：一遍清空邻居表（`ip neigh flush all`），一遍留着。不清空的时候，只把表读一遍，好让两边的差别只在条目上。每次都是新启动的 `ping -c 2 -i 0.002`；第二个只隔 2 毫秒，免得处理器在中间打盹。要跑几秒钟。

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
# The chapter says: “The first round trip.” True?

# %% [markdown] lang="zh"
# 逐行比较：
#
# - **第一行和第三行：** 原文里的现象，第一个 ping 比紧跟着的第二个慢。
# - **第一行和第二行：** 都是各自 `ping` 的第一个，差别只在有没有邻居条目。两者之间的差距就是 ARP 的代价：请求、应答、放行等着的包。
# - **第二行和第四行：** 两者都没有 ARP 请求，第一个却还是慢一些。这剩下的部分不可能是 ARP。可能的原因是：程序、套接字、内核里的代码都是头一回用到，还不在处理器的高速缓存里。这部分有多大，因机器而异。
# - **圆点和菱形：** 圆点是 `ping` 显示的，菱形是帧上看到的，从请求离开到应答到达。单看线上，第一个 ping 并不比后面的慢多少。
#
# 原文说：“第一次往返。”是这样吗？

# %% claim="C23"
lab.claims.C23.check(flushed=trips.output(flushed=True), kept=trips.output(flushed=False))

# %% [markdown] lang="en"
# Your figures differ from the chapter's, and from those you would measure a minute from now: only the order stays the same. With one ping a second, as `ping` does by itself, even the order may change: a processor that has slept for a second starts every ping cold, not only the first. Try it: `ping -c 5 172.16.0.2` in `netns1`.

# %% [markdown] lang="zh"
# 你的数字和原文不同，过一分钟再量又会不同：不变的只有快慢的次序。要是像 `ping` 平常那样一秒一个，连次序都未必守得住：处理器睡了一秒，每个 ping 都是冷启动，不只第一个。在 `netns1` 里跑一下 `ping -c 5 172.16.0.2` 就知道了。

# %% [markdown] lang="en"
# ## 8. Your turn
#
# Three goals, and no cell that does it for you. Write your commands below each goal, run the cell, then its check: it looks at what is there and whether it works, not at the way. `lab.hint("3.1")` in a new cell opens the first of three hints, made for what is there at that moment.
#
# The wire of this lesson still stands: `netns1` is 172.16.0.1, `netns2` is 172.16.0.2. First the part that is invisible when all goes well: the neighbour that is asked for.

# %% [markdown] lang="zh"
# ## 8. 轮到你了
#
# 三个目标，没有现成的单元格替你做。把命令写在目标下面，运行，再运行检查：它只看现在有什么、通不通，不管你用的是哪种做法。新建一个单元格运行 `lab.hint("3.1")`，会看到三条提示中的第一条，它是照着机器此刻的样子给的。
#
# 本课的那根线还在：`netns1` 是 172.16.0.1，`netns2` 是 172.16.0.2。先来看一切顺利时看不见的部分：正在询问的邻居。

# %% task="3.1"

# %% task="3.1" tags=["solution"]
# !ip netns exec netns1 ping -c 1 -W 1 172.16.0.7
# !ip -n netns1 neigh

# %% task="3.1"
lab.check.task("3.1")

# %% [markdown] lang="en"
# Nobody replied, so the entry stays empty. Now see to it that somebody does.

# %% [markdown] lang="zh"
# 没有谁应答，所以条目一直是空的。现在让它有人应答。

# %% task="3.2"

# %% task="3.2" tags=["solution"]
# !ip -n netns2 addr add 172.16.0.7/24 dev veth1-peer
# !ip netns exec netns1 ping -c 1 -W 2 172.16.0.7

# %% task="3.2"
lab.check.task("3.2")

# %% [markdown] lang="en"
# And whose MAC address is in which frame? Say it to yourself before you try: which of the four frames of a ping (ARP request and reply, echo request and reply) will show the new MAC, and where in the frame?

# %% [markdown] lang="zh"
# 哪个帧里写着谁的 MAC 地址？动手之前先自己说一遍：一次 ping 的四个帧（ARP 请求和应答，回显请求和应答）里，哪几个会出现这个新的 MAC，写在帧的什么位置？

# %% task="3.3"

# %% task="3.3" tags=["solution"]
# !ip -n netns1 link set veth1 address 02:00:00:00:00:01
with lab.capture(one, filter="arp or icmp") as changed:
    one.run("ping -c 1 -W 2 172.16.0.2")
for packet in changed.packets:
    print(packet.kind, packet.data[:6].hex(":"), packet.data[6:12].hex(":"))

# %% task="3.3"
lab.check.task("3.3")

# %% [markdown] lang="en"
# In all four: as the source of both requests, as the destination of both replies, and inside the ARP messages once more. A new MAC changes nothing for IP: `netns1` empties its neighbour table and asks again, and the request tells the other side.
#
# ## 9. Tidy up

# %% [markdown] lang="zh"
# 四个帧里都有：两个请求以它为源 MAC，两个应答以它为目的 MAC，ARP 报文里面还各写了一次。换了 MAC，IP 这一层什么也没变：`netns1` 清空邻居表，重新询问，而请求本身就把新地址告诉了对方。
#
# ## 9. 收拾

# %% build="nothing"
# !ip netns del netns1
# !ip netns del netns2
# !rm -f /run/*.pcap /run/late.* /run/ping.trace /run/states.log /run/*.pid /run/echo.py /run/scapy_echo.py

# %%
lab.check.empty()

# %% [markdown] lang="en"
# ## 10. Mend it
#
# The next cell builds the wire again and changes **one** thing. Go through the five layers from the top: program, address and route, neighbour, wire, far side. The first one that is not in order is where to look.

# %% [markdown] lang="zh"
# ## 10. 修好它
#
# 下一个单元格重新搭好这根线，再动**一处**手脚。从上往下过一遍五层：程序、地址与路由、邻居、线、对面。第一个不对的，就是该查的地方。

# %%
lab.empty()
lab.faults.wire(2)

# %%
# !ip netns exec netns1 ping -c 1 -W 2 172.16.0.2

# %% task="3.4"

# %% task="3.4" tags=["solution"]
# !ip -n netns1 link set veth1 up

# %% task="3.4"
lab.check.task("3.4")

# %% [markdown] lang="en"
# ## What you have seen
#
# - A route names the link to leave by and the source address to sign with. A namespace reaches its own address through `lo`.
# - `ping` makes an ICMP message of 64 bytes and hands it to a socket. The kernel adds the headers; you can do the same in ten lines.
# - Without a MAC address a packet waits: the entry is `INCOMPLETE`, ARP asks by broadcast, and the answer releases the waiting packet.
# - What leaves by one end of a veth pair arrives at the other, the same bytes, a few microseconds later.
# - No program answers a ping: the network stack of the other side does, with *its* ttl. It learns the asker's MAC address from the question and confirms it later, by unicast.
# - `UP` does not yet mean connected; `STALE` does not mean broken; `@if2` counts on the far side; overhearing a question teaches nothing.
# - The first ping is slower, and only part of that is ARP; most of what `ping` prints is not spent on the wire.

# %% [markdown] lang="zh"
# ## 你看到了什么
#
# - 路由给出两样东西：从哪个接口出去，署哪个源地址。去自己的地址，走的是 `lo`。
# - `ping` 造一个 64 字节的 ICMP 报文，交给套接字，各层首部由内核来加。十来行代码，你也能做到。
# - 没有 MAC 地址，包就得等：条目标着 `INCOMPLETE`，发出 ARP 请求（广播），有了应答，等着的包才上路。
# - 从 veth 对一端出去的，原样到达另一端，只晚几微秒。
# - 应答 ping 的不是程序，而是对方的协议栈，用的是**它的** ttl。它从 ARP 请求里得知提问方的 MAC 地址，过后再用单播确认。
# - `UP` 不等于连上了；`STALE` 不等于坏了；`@if2` 按对端的序号来算；旁边的收到了请求，并不会记住提问方。
# - 第一个 ping 更慢，其中只有一部分是 ARP 造成的；`ping` 显示的时间，大部分不是花在线上。

# %% [markdown] lang="en"
# ## What you can now do
#
# Ticked where a check has shown it. What is not ticked is waiting for you: its task is above.

# %% [markdown] lang="zh"
# ## 现在你会做什么
#
# 打勾的，是检查已经证明的。没打勾的还等着你：任务在上面。

# %%
lab.learned(3)

# %% [markdown] lang="en"
# The last cell leaves the machine as you found it.

# %% [markdown] lang="zh"
# 最后一个单元格让机器恢复原样。

# %%
lab.empty()
lab.check.empty()

# %% [markdown] lang="en"
# Next: [Reaching the host, and beyond](04_beyond.ipynb). How far you are: [the start page](00_start.ipynb).

# %% [markdown] lang="zh"
# 下一课：[《连通主机，再到外网》](04_beyond.ipynb)。学到了哪里，看[课程首页](00_start.ipynb)。
