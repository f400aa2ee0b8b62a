# %% [markdown] lang="en"
# # ARP and the answer
#
# One line of output, `64 bytes from 172.16.0.2`, and behind it six frames (packets as they go over a wire) and two tables. In this lesson you follow one ping over the wire, from the route to the very last frame: how does it find the other side, and who answers? Each step leaves evidence, and you examine it.
#
# **Time:** about 60 minutes; sections 1–3 and 4–8 can be two sittings. **You need:** nothing from other lessons; this one builds what it needs. Words such as *veth*, *route* and *MAC address* come from [lesson 1](01_one_wire.ipynb).
#
# This notebook is a machine of its own. *Kernel → Restart* empties it; `nslabkit enter`, typed in a terminal, opens a shell inside.

# %% [markdown] lang="zh"
# # ARP 与应答
#
# 屏幕上只有一行 `64 bytes from 172.16.0.2`，背后却有六个帧（套上以太网首部的包）、两张表。这一课跟着一个 ping 走过这根线，从路由一直到最后一个帧：它怎么找到对方，又是谁在应答？每一步都会留下证据，我们逐一查看。
#
# **时间：** 约 60 分钟。可以分两次做：第 1–3 节一次，第 4–8 节一次。**准备：** 不依赖其他课留下的任何东西，需要什么，这里现建。**veth**、**路由**、**MAC 地址**这些词，[第 1 课](01_one_wire.ipynb)讲过。
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
# 东西还没发出去，`netns1` 的内核先得知道从哪里走。它拿目的地址去查路由；你也可以让它查一次给你看：

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
# `local … dev lo`：自己发给自己。最后几行是 `lo` 的收发计数，一共两个包：一个回显请求，一个回显应答。线上什么也没走过。

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
# `UP` only says that somebody switched `veth1` on. Whether the wire leads anywhere is what `NO-CARRIER` and `LOWER_UP` tell you: `UP` is not the same as *connected*. Of the [five layers](01_one_wire.ipynb) of lesson 1, this was the fourth: the wire. (The last two lines of the cell switched the far end on again and cleared what the failed ping had left behind; section 2 shows what that is.)

# %% [markdown] lang="zh"
# `UP` 只表示 `veth1` 已启用。对端通不通，要看 `NO-CARRIER` 和 `LOWER_UP`：`UP` 不等于**连上了**。按第 1 课的[五层图](01_one_wire.ipynb)，这是第 4 层：线。（单元格最后两行重新启用对端，并清掉那个失败的 ping 留下的东西；留下的是什么，第 2 节揭晓。）

# %%
lab.check.link_up("veth1", "netns1")

# %% [markdown] lang="en"
# ## 2. Who has this address?
#
# The route says: by `veth1`. But on a wire, a packet travels in a **frame**, its Ethernet wrapping, and a frame needs a MAC address to go to, and all we have is an IP address. What the kernel knows about its neighbours is in the **neighbour table**:

# %% [markdown] lang="zh"
# ## 2. 谁是这个地址？
#
# 路由说：走 `veth1`。可是包要装进帧里才能上线，帧的首部要写对方的 MAC 地址，手头却只有 IP 地址。内核对邻居的了解，都记在**邻居表**里：

# %%
# !ip netns exec netns1 ping -c 1 172.16.0.2
# !ip -n netns1 neigh

# %% [markdown] lang="en"
# It has already met 172.16.0.2. To see how they met, we need somebody it has not met: 172.16.0.9, an address that nobody has yet. We ping it once (`-c 1`), and *while ping waits* we give the address to `netns2`.

# %% [markdown] lang="zh"
# 172.16.0.2 它已经认识了。要看它怎么认识一位邻居，得找个没见过的：172.16.0.9，眼下谁也没用这个地址。我们 ping 它一次（`-c 1`），**趁 ping 还在等**，把这个地址配给 `netns2`。

# %%
lab.predict("a late neighbour")

# %% [markdown] lang="en"
# Somebody must watch: `tcpdump` copies every frame that passes a link. It does not end by itself, so it runs in the background (`&`) and writes the frames to one file (`-w`), its remarks to another. `lab.wait_for` runs a command again and again until it prints what we wait for: here the remark that `tcpdump` listens.

# %% [markdown] lang="zh"
# 得有人盯着：`tcpdump` 把经过某个接口的每个**帧**（加上以太网首部的包）都抄一份。它不会自己结束，所以放到后台（`&`）运行，帧写进一个文件（`-w`），它自己的话写进另一个。`lab.wait_for` 会反复运行一条命令，直到输出里有我们要等的内容；这里等的是 `tcpdump` 说它开始监听了。

# %% magic_args="--no-raise-error" language="bash"
# rm -f /run/late.pcap
# ip netns exec netns1 tcpdump -i veth1 -U --immediate-mode -w /run/late.pcap arp or icmp >/run/late.log 2>&1 &
# echo $! >/run/tcpdump.pid

# %%
lab.wait_for("cat /run/late.log", "listening")

# %% [markdown] lang="en"
# Now the ping, in the background, too. As soon as `netns1` has an entry for 172.16.0.9, we keep a copy of its neighbour table, and only then does the address come into existence.

# %% [markdown] lang="zh"
# 接下来让 ping 也在后台跑。等 `netns1` 的邻居表里有了 172.16.0.9，就把表抄一份下来，然后才配上这个地址。

# %%
import subprocess
waiting = subprocess.Popen("ip netns exec netns1 ping -c 1 -W 5 172.16.0.9 >/run/late.txt", shell=True)
lab.wait_for("ip -n netns1 neigh", "172.16.0.9")
# !ip -n netns1 neigh | tee /run/late.neigh
# !ip -n netns2 addr add 172.16.0.9/24 dev veth1-peer
waiting.wait()
# !cat /run/late.txt

# %%
lab.compare("a late neighbour")

# %% [markdown] lang="en"
# `1 packets transmitted`, and it was answered after a second, although nobody was there when it was sent. So where was it for that second? The table says `INCOMPLETE`: there is an entry, but without `lladdr`, the MAC address. And here is what passed `veth1`; `-e` shows the MAC addresses, `-ttt` the seconds since the previous line:

# %% [markdown] lang="zh"
# `1 packets transmitted`，只发了一个，发的时候那边还没人，过了一秒却得到了应答。这一秒里它在哪里？表里写着 `INCOMPLETE`（不完整）：有这个条目，但没有 `lladdr`，也就是 MAC 地址。再看经过 `veth1` 的都有什么；`-e` 显示 MAC 地址，`-ttt` 显示离上一行隔了多少秒：

# %%
lab.wait_for("tcpdump -nr /run/late.pcap", "echo reply")
# !kill $(cat /run/tcpdump.pid)
# !tcpdump -ttt -enr /run/late.pcap host 172.16.0.9 2>/dev/null

# %% [markdown] lang="en"
# So this is what the chapter's “hands an ARP packet to veth1” is short for (layer 3 of the five, the neighbour):
#
# 1. The stack looks for 172.16.0.9 in the neighbour table and finds nothing.
# 2. It makes an entry, `INCOMPLETE`, and puts the ping *into that entry's queue*. (As far as the program knows, it is sent: its call to the kernel, `sendto`, returned at once.)
# 3. It asks with **ARP**: *who has 172.16.0.9?* Since it does not know whom to ask, it asks everybody: `ff:ff:ff:ff:ff:ff` is the **broadcast** address.
# 4. No answer within a second: it asks again, three times in all. If nobody had answered by then, it would have thrown the ping away and said `Destination Host Unreachable`.
# 5. The answer comes, the entry is complete, and some microseconds later the waiting ping leaves.
#
# The chapter says: “The stack hands an ARP packet to veth1.” True?

# %% [markdown] lang="zh"
# 原文一句“将 ARP 包交给 veth1”，展开来是这样的（五层里的第 3 层，邻居）：
#
# 1. 协议栈在邻居表里找 172.16.0.9，没有找到。
# 2. 它新建一个条目，状态是 `INCOMPLETE`，并把这个 ping **放进这个条目的等待队列**。（在程序看来已经发出去了：它请内核发送的那次调用 `sendto` 立刻就返回了。）
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
# ## 3. Both ends of the wire

# %% [markdown] lang="zh"
# ## 3. 线的两端

# %%
lab.predict("both ends")

# %% [markdown] lang="en"
# One observer at each end would mean two files, and times to be compared by hand. From here on, `lab.capture` does that: it records at both ends at once, with the kernel's own times, along with what the kernel reports about its neighbour tables. It is already listening when its block begins, so there is nothing to wait for. Both tables are emptied (`neigh flush`), so that the question is asked again:

# %% [markdown] lang="zh"
# 要是两端各放一个 `tcpdump`，就会有两个文件，时间还得自己对。往后就交给 `lab.capture`：它在两端同时抓包，用的是内核自己的时间，还把内核关于邻居表的通知一并记下。代码块一开始，它就已经在监听，所以什么也不用等。先清空两边的邻居表（`neigh flush`），好让它再问一次：

# %%
# !ip -n netns2 neigh flush all
# !ip -n netns1 neigh flush all
one, two = lab.namespaces.namespace("netns1"), lab.namespaces.namespace("netns2")
with lab.capture(one, two, filter="arp or icmp") as recording:
    one.run("ping -c 1 172.16.0.2")

# %%
near = [packet for packet in recording.packets if packet.interface.name == "veth1"]
far = [packet for packet in recording.packets if packet.interface.name == "veth1-peer"]
for packet in (near[0], far[0]):
    print(packet.time, packet.data.hex(" "), sep="\n")

# %%
lab.compare("both ends")

# %% [markdown] lang="en"
# The first number of each pair is the time in nanoseconds, from the one clock that both namespaces share; below it are the 42 bytes. They are the same, a few microseconds later on the far side: nobody in between decided anything; `veth1-peer` gets the frame because it is the other end.
#
# The chapter says: “veth1-peer gets the ARP request because it is the other end of veth1.” True?

# %% [markdown] lang="zh"
# 每一对里，第一个数是时间，单位纳秒，两个命名空间用的是同一只钟；下面是 42 个字节。字节一模一样，只是到对端晚了几微秒：中间没有谁做过什么决定，`veth1-peer` 收到它，只因为它是对端。
#
# 原文说：“veth1-peer 收到 ARP 请求，因为它是 veth1 的另一端。”是这样吗？

# %% claim="C27"
lab.claims.C27.check(near=near, far=far)

# %% [markdown] lang="en"
# ### The whole ping in one picture
#
# All that was recorded, at both ends:

# %% [markdown] lang="zh"
# ### 一张图看完整个 ping
#
# 两端抓到的全部内容：

# %%
recording.ladder()

# %% [markdown] lang="en"
# Time runs downwards, and the two thick lines are the two namespaces. Each arrow is a frame: it begins where the frame was sent and ends where it was received. It slopes because the crossing takes time; how long a side takes to answer is written beside its line. (Your figures will differ; the order is the same.)
#
# The bars are the neighbour tables. See how `netns2` has its entry before it ever asked: from the first arrow on. In `netns1` the bar becomes `REACHABLE` with the answer, and right after it the third arrow starts: the ping had been waiting for just that. (Before, the entry was `INCOMPLETE`, as in section 2. The kernel does not announce that, and here it was over too soon to be read from the table.)

# %% [markdown] lang="zh"
# 时间从上往下走，两条粗线是两个命名空间。一个箭头就是一个帧：起点是发出的地方，终点是收到的地方。箭头是斜的，因为路上要花时间；线旁边写的，是那一方应答所用的时间。（你的数字会不一样，次序是一样的。）
#
# 线两侧的色条是邻居表。看 `netns2`：它一句也没问过，从第一个箭头起就有了条目。再看 `netns1`：应答一到，色条变成 `REACHABLE`，第三个箭头紧跟着出发，ping 等的正是这一刻。（在那之前，条目是 `INCOMPLETE`，和第 2 节一样。只是内核不通知这个状态，这里它又太短，来不及从表里读到。）

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
# ## 4. The answer

# %% [markdown] lang="zh"
# ## 4. 应答

# %%
lab.predict("nobody there")

# %% misconception="M3"
# !ip netns pids netns2 | wc -l
# !ip netns exec netns1 ping -c 1 -W 1 172.16.0.2

# %%
lab.compare("nobody there")

# %% [markdown] lang="en"
# 0 programs, and an answer: the network stack of `netns2`, a part of the kernel, answers both the ARP question and the ping by itself. The answer carries `ttl=64`: each router on the way takes one off, and the one that gets to zero throws the packet away. So it can pass 63 routers.

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
# What you see is the ttl of the *answer*, set by the answering side. (Our packet set out with 64, but only `netns2`, where it arrived, gets to see that figure.)
#
# ### The whole story
#
# The chapter ends its account with the ARP reply. Let us record one ping from the first question to the very end: this time the recording goes on when the ping is over.

# %% [markdown] lang="zh"
# 看到的是**应答**的 ttl，由应答方设定。（我们的包出发时带的也是 64，不过那要到 `netns2` 那边才看得到。）
#
# ### 完整的经过
#
# 原文讲到 ARP 应答就结束了。我们来把一个 ping 从第一个 ARP 请求一直抓到最后：这一次，ping 结束了还接着抓。

# %%
# !ip -n netns2 neigh flush all
# !ip -n netns1 neigh flush all
recorder = lab.capture("netns1", "netns2", filter="arp or icmp")
whole = recorder.start()
# !ip netns exec netns1 ping -c 1 -W 2 172.16.0.2
# !ip -n netns2 neigh show dev veth1-peer

# %% [markdown] lang="en"
# The last line comes from `netns2`: it knows 172.16.0.1, although it never asked. It took the MAC address from the *question*, which says who is asking. So its answer to the ping could leave without delay. But its knowledge is second-hand and untested: the kernel writes `DELAY`, *used, to be confirmed soon*.

# %% [markdown] lang="zh"
# 最后一行来自 `netns2`：它认识 172.16.0.1，虽然从没问过。MAC 地址是从**请求**里得来的，里面写着是谁在问。所以它可以立刻应答 ping。不过这只是听来的，没有核实过，内核就标上 `DELAY`：**用过了，稍后确认**。

# %%
lab.predict("six seconds later")

# %% [markdown] lang="en"
# This cell takes about five seconds: it waits until `netns2` has confirmed what it knows.

# %% [markdown] lang="zh"
# 这个单元格要跑五秒左右：它在等 `netns2` 核实完毕。

# %%
lab.wait_for("ip -n netns2 neigh show dev veth1-peer", "REACHABLE", seconds=20)
recorder.stop()
whole.ladder()

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
# The bar beside `netns2` tells the rest: `STALE` when the address was picked up from the question, `PROBE` while frame 5 asks, `REACHABLE` once frame 6 has confirmed it. `DELAY` and `INCOMPLETE` are never announced; you saw them by asking the table itself. `netns1` needs no such check for now: its question was answered, and that is proof. It would ask again only if it kept sending for longer than its own limit, a random time between 15 and 45 seconds.
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
# `netns2` 旁边的色条讲的是其余的事：从请求里顺带得知这个地址时是 `STALE`，第 5 帧发问时是 `PROBE`，第 6 帧确认之后是 `REACHABLE`。`DELAY` 和 `INCOMPLETE` 内核从不通知，前面是直接查表才看到的。`netns1` 眼下用不着核实：它问过，也得到了应答，这就是证明。只有一直发包、超过它自己的期限（15 到 45 秒之间的一个随机值），它才会再问。
#
# 原文说：“对面的协议栈应答 ARP 请求。”是这样吗？

# %% claim="C28"
lab.claims.C28.check(capture=[packet for packet in whole.packets if packet.interface.name == "veth1"])

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
# ## 5. Everybody hears, but who learns?
#
# A broadcast goes to everybody, and the question says who is asking. To try that, we need three namespaces that share a network. A **bridge** joins several wires: a broadcast that comes in by one goes out by all the others; what is meant for a single receiver goes only there, once the bridge knows where that is. (Lesson 4 has more about it.)

# %% [markdown] lang="zh"
# ## 5. 人人都收到，谁会记住？
#
# 广播发给所有人，而 ARP 请求里写着是谁在问。要看这件事，得有三个命名空间同在一个网段里。**网桥**把几根线接在一起：从一根进来的广播，送到其余各根；只发给一个接收者的，知道它在哪根线上之后，就只送到那一根。（第 4 课会细讲。）

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

# %% misconception="M8"
with lab.capture("guest3", filter="arp or icmp") as heard:
    lab.namespaces.namespace("guest1").run("ping -c 1 -W 2 172.16.5.2")
for packet in heard.packets:
    print(packet.summary)

# %%
# !for n in 1 2 3; do echo "--- guest$n"; ip -n guest$n neigh show dev eth; done

# %%
lab.compare("who learns")

# %% [markdown] lang="en"
# `guest3` heard the question, and only that: the answer and the ping were not for it. It made no entry. The question was not meant for it, and a table full of strangers would be no use: only the one being asked expects to talk to the asker soon. (If `guest3` had already had an entry for 172.16.5.1, the question would have updated it.)

# %% [markdown] lang="zh"
# `guest3` 收到了 ARP 请求，也只收到这一个：应答和 ping 都不是发给它的。它没有新增条目。问的不是它，记下一堆不打交道的主机也没有用处：只有被问到的那一方，才料得到马上要和提问方通信。（要是 `guest3` 的表里原来就有 172.16.5.1，这个请求倒会让它更新。）

# %%
# !ip netns del guest1
# !ip netns del guest2
# !ip netns del guest3
# !ip link del meeting

# %% [markdown] lang="en"
# ## 6. Your turn
#
# Four goals, and no cell that does it for you. Write your commands below each goal, run the cell, then its check: it looks at what is there and whether it works, not at the way. `lab.hint("3.1")` in a new cell opens the first of three hints, made for what is there at that moment.
#
# The wire of this lesson still stands: `netns1` is 172.16.0.1, `netns2` is 172.16.0.2. First the part that is invisible when all goes well: the neighbour that is asked for.

# %% [markdown] lang="zh"
# ## 6. 轮到你了
#
# 四个目标，没有现成的单元格替你做。把命令写在目标下面，运行，再运行检查：它只看现在有什么、通不通，不管你用的是哪种做法。新建一个单元格运行 `lab.hint("3.1")`，会看到三条提示中的第一条，它是照着机器此刻的样子给的。
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
with lab.capture("netns1", filter="arp or icmp") as changed:
    lab.namespaces.namespace("netns1").run("ping -c 1 -W 2 172.16.0.2")
for packet in changed.packets:
    print(packet.kind, packet.data[:6].hex(":"), packet.data[6:12].hex(":"))

# %% task="3.3"
lab.check.task("3.3")

# %% [markdown] lang="en"
# In all four: as the source of both requests, as the destination of both replies, and inside the ARP messages once more. A new MAC changes nothing for IP: `netns1` empties its neighbour table and asks again, and the request tells the other side.
#
# ARP learns by asking, and what it has learned it doubts after a while. There is a way without either.

# %% [markdown] lang="zh"
# 四个帧里都有：两个请求以它为源 MAC，两个应答以它为目的 MAC，ARP 报文里面还各写了一次。换了 MAC，IP 这一层什么也没变：`netns1` 清空邻居表，重新询问，而请求本身就把新地址告诉了对方。
#
# ARP 靠询问来学，学到的过一阵又要重新确认。还有一种办法，两样都不用。

# %% task="3.4"

# %% task="3.4" tags=["solution"]
# !ip -n netns1 neigh replace 172.16.0.2 lladdr $(ip netns exec netns2 cat /sys/class/net/veth1-peer/address) dev veth1 nud permanent
# !ip netns exec netns1 ping -c 1 -W 2 172.16.0.2

# %% task="3.4"
lab.check.task("3.4")

# %% [markdown] lang="en"
# Such an entry is quick and never asks; and when the other side gets a new MAC address, it goes on sending to the old one.
#
# ## 7. Tidy up

# %% [markdown] lang="zh"
# 这样的条目又快又不用问；可对方一换 MAC 地址，它还是照旧往老地址发。
#
# ## 7. 收拾

# %% build="nothing"
# !ip netns del netns1
# !ip netns del netns2
# !rm -f /run/late.* /run/tcpdump.pid

# %%
lab.check.empty()

# %% [markdown] lang="en"
# ## 8. Mend it
#
# The next cell builds the wire again and changes **one** thing. Go through the five layers from the top: program, address and route, neighbour, wire, far side. The first one that is not in order is where to look.

# %% [markdown] lang="zh"
# ## 8. 修好它
#
# 下一个单元格重新搭好这根线，再动**一处**手脚。从上往下过一遍五层：程序、地址与路由、邻居、线、对面。第一个不对的，就是该查的地方。

# %%
lab.empty()
lab.faults.wire(2)

# %%
# !ip netns exec netns1 ping -c 1 -W 2 172.16.0.2

# %% [markdown] lang="en"
# In which layer is it? A wrong choice costs nothing and says what you would have to see. The repair counts once the layer is named.

# %% [markdown] lang="zh"
# 是哪一层？选错了也没关系，它会告诉你那样的话该看到什么。先说对是哪一层，修好了才算数。

# %%
lab.faults.wire_layer(2)

# %% task="3.5"

# %% task="3.5" tags=["solution"]
lab.faults.wire_layer(2, "wire")
# !ip -n netns1 link set veth1 up

# %% task="3.5"
lab.check.task("3.5")

# %% [markdown] lang="en"
# ## What you have seen
#
# - A route names the link to leave by and the source address to sign with. A namespace reaches its own address through `lo`.
# - Without a MAC address a packet waits: the entry is `INCOMPLETE`, ARP asks by broadcast, and the answer releases the waiting packet.
# - What leaves by one end of a veth pair arrives at the other, the same bytes, a few microseconds later.
# - No program answers a ping: the network stack of the other side does, with *its* ttl. It learns the asker's MAC address from the question and confirms it later, by unicast.
# - `UP` does not yet mean connected; `STALE` does not mean broken; `@if2` counts on the far side; overhearing a question teaches nothing.

# %% [markdown] lang="zh"
# ## 你看到了什么
#
# - 路由给出两样东西：从哪个接口出去，署哪个源地址。去自己的地址，走的是 `lo`。
# - 没有 MAC 地址，包就得等：条目标着 `INCOMPLETE`，发出 ARP 请求（广播），有了应答，等着的包才上路。
# - 从 veth 对一端出去的，原样到达另一端，只晚几微秒。
# - 应答 ping 的不是程序，而是对方的协议栈，用的是**它的** ttl。它从 ARP 请求里得知提问方的 MAC 地址，过后再用单播确认。
# - `UP` 不等于连上了；`STALE` 不等于坏了；`@if2` 按对端的序号来算；旁边的收到了请求，并不会记住提问方。

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
# Next: [Inside ping](03_inside_ping.ipynb). How far you are: [the start page](00_start.ipynb).

# %% [markdown] lang="zh"
# 下一课：[《ping 的内部》](03_inside_ping.ipynb)。学到了哪里，看[课程首页](00_start.ipynb)。
