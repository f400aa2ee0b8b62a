# %% [markdown] lang="en"
# # Reading the wire
#
# **What you find out:** what exactly passes a wire during one ping, byte by byte. `ping` speaks of “56(84) bytes of data”; on the wire it is 98. You account for every one of them, read addresses out of bare numbers, and find out where ping keeps the time.
#
# **Time:** about 35 minutes.
#
# **You need:** nothing from other lessons is running here, this one builds what it needs. Words such as *veth*, *MAC address* and *neighbour table* are explained in [One wire, two worlds](01_one_wire.ipynb) and in [What happens in one ping](03_one_ping.ipynb).
#
# This notebook is a machine of its own. *Kernel → Restart* empties it; `nslabkit enter`, typed in a terminal, opens a shell inside.

# %% [markdown] lang="zh"
# # 读懂线上的每个字节
#
# **这一课要弄清楚：** 一次 ping，线上走过的究竟是什么，一个字节一个字节地看。`ping` 说的是“56(84) bytes of data”，线上走的却是 98 个字节。每一个字节你都要说得出来历，还要从一串光秃秃的数字里读出地址，并找到 ping 把时间记在了哪里。
#
# **用时：** 约 35 分钟。
#
# **准备：** 不依赖其他课留下的任何东西，需要什么，这里现建。**veth**、**MAC 地址**、**邻居表**这些词，[《一根线，两个世界》](01_one_wire.ipynb)和[《一次 ping 的来龙去脉》](03_one_ping.ipynb)里讲过。
#
# 这个笔记本自成一台机器。弄乱了就点**内核 → 重启内核**，机器会清空；想在里面开一个 shell，在终端里输入 `nslabkit enter`。

# %%
import nslabkit as lab
lab.check.empty()

# %% [markdown] lang="en"
# Lost, or late? `lab.catch_up("9.5")` in a new cell empties the machine and builds what step 9.5 begins with; `lab.catch_up()` lists the steps. The ping is recorded anew, so times, MAC addresses and checksums are not those that you saw before.

# %% [markdown] lang="zh"
# 跟丢了，或者来晚了？新建一个单元格运行 `lab.catch_up("9.5")`，机器会被清空，再搭好第 9.5 步开始时该有的东西；`lab.catch_up()` 列出全部步骤。ping 会重新录一次，所以时间、MAC 地址、校验和会和先前看到的不一样。

# %% [markdown] lang="en"
# Two namespaces, one wire, as always:

# %% [markdown] lang="zh"
# 照例是两个命名空间，一根线：

# %% build="on" magic_args="--no-raise-error" language="bash"
# ip netns add netns1
# ip netns add netns2
# ip link add veth1 netns netns1 type veth peer name veth1-peer netns netns2
# ip -n netns1 addr add 172.16.0.1/24 dev veth1
# ip -n netns2 addr add 172.16.0.2/24 dev veth1-peer
# ip -n netns1 link set veth1 up
# ip -n netns2 link set veth1-peer up

# %% [markdown] lang="en"
# ## 1. Record one ping
#
# In lesson 3, `tcpdump` stood at one end of the wire and wrote down what passed. `lab.capture` does the same at both ends at once; when its block begins, no frame can be missed. Both neighbour tables are emptied before, so that everything that belongs to a *first* ping is in the recording.
#
# **Your guess:** `ping -c 1` sends one packet. How many **frames** will be recorded, both ends taken together?
#
# - **A** — 2: the packet and its answer
# - **B** — 4
# - **C** — 8

# %% [markdown] lang="zh"
# ## 1. 录下一次 ping
#
# 第 3 课里，`tcpdump` 守在线的一头，把经过的都抄下来。`lab.capture` 做的是同一件事，不过两头一起录；从代码块开始的那一刻起，一个帧也不会漏。录之前先清空两边的邻居表，这样**第一个** ping 该有的，录像里就都有了。
#
# **先猜一猜：** `ping -c 1` 只发一个包。两头合起来，会录下几个**帧**？
#
# - **A** —— 2 个：一来一回
# - **B** —— 4 个
# - **C** —— 8 个

# %%
lab.predict("how many frames", "ABC")

# %% build="on"
# !ip -n netns1 neigh flush all
# !ip -n netns2 neigh flush all
one, two = lab.namespaces.namespace("netns1"), lab.namespaces.namespace("netns2")
with lab.capture(one, two, filter="arp or icmp") as recording:
    one.run("ping -c 1 172.16.0.2")
recording

# %%
lab.predict("how many frames", answer="C")

# %% [markdown] lang="en"
# Four frames, each seen twice: where it leaves and where it arrives. The first two are the question for the MAC address and its answer; only then come the ping and the echo. From now on we look at what passed `veth1`, each frame once, and give the four names:

# %% [markdown] lang="zh"
# 四个帧，每个都看到两次：离开的时候一次，到达的时候一次。头两个是打听 MAC 地址的一问一答，然后才轮到 ping 和它的回答。接下来只看经过 `veth1` 的，每个帧一份，给四个帧各起一个名字：

# %% build="on"
question, answer, request, reply = (
    packet for packet in recording.packets if packet.interface.name == "veth1"
)
lab.check.recorded(recording, "ARP request", "ARP reply", "ICMP echo request", "ICMP echo reply")

# %% [markdown] lang="en"
# ## 2. The envelope: 14 bytes
#
# Here is the question, as it went over the wire. `.hex(" ")` writes each byte as two hexadecimal digits: `ff` is 255, `10` is 16.

# %% [markdown] lang="zh"
# ## 2. 信封：14 个字节
#
# 这就是那句询问在线上的样子。`.hex(" ")` 把每个字节写成两位十六进制数：`ff` 是 255，`10` 是 16。

# %%
print(len(question.data), question.data.hex(" "))

# %% [markdown] lang="en"
# Every frame on an Ethernet begins like this: 6 bytes *to whom*, 6 bytes *from whom*, 2 bytes *what is inside*. `frame[0:6]` cuts out the bytes number 0 to 5: counting begins at 0, and the last number is left out.
#
# **Your guess:** to whom is the question addressed?
#
# - **A** — to the MAC address of `veth1-peer`
# - **B** — to everybody
# - **C** — to nobody: all zeros

# %% [markdown] lang="zh"
# 以太网上的帧，开头都一样：6 个字节写**寄给谁**，6 个字节写**谁寄的**，2 个字节写**里面装的是什么**。`frame[0:6]` 切出第 0 到第 5 个字节：从 0 数起，末尾那个数不算在内。
#
# **先猜一猜：** 这句询问寄给谁？
#
# - **A** —— 寄给 `veth1-peer` 的 MAC 地址
# - **B** —— 寄给所有人
# - **C** —— 谁也不寄：全是零

# %%
lab.predict("to whom", "ABC")

# %%
frame = question.data
print(frame[0:6].hex(":"), frame[6:12].hex(":"), frame[12:14].hex())
# !ip -n netns1 link show veth1

# %%
lab.predict("to whom", answer="B")

# %% [markdown] lang="en"
# `ff:ff:ff:ff:ff:ff` means everybody on the wire. The second one is `veth1` itself: compare it with `link/ether` in the last line. And `0806` says that an ARP message is inside; `0800` would say IPv4.

# %% [markdown] lang="zh"
# `ff:ff:ff:ff:ff:ff` 的意思是线上的每一个人。第二个是 `veth1` 自己，和最后一行的 `link/ether` 对照一下。`0806` 说里面装的是 ARP 报文；要是 `0800`，装的就是 IPv4。

# %%
lab.check.field(question, "Ethernet", "type", frame[12:14])

# %% [markdown] lang="en"
# ## 3. A form with one empty line: 28 bytes
#
# What follows is ARP, 28 bytes. It is a form: who speaks (MAC and IP address), whom it is about (MAC and IP address), and before these, whether it is a question (1) or an answer (2).
#
# **Your guess:** the form has a line for the *target's MAC address*. What stands there in the question?
#
# - **A** — zeros
# - **B** — `ff:ff:ff:ff:ff:ff` again
# - **C** — the MAC address of `veth1-peer`

# %% [markdown] lang="zh"
# ## 3. 空着一栏的表格：28 个字节
#
# 后面是 ARP，28 个字节。它是一张表格：谁在说话（MAC 和 IP 地址）、说的是谁（MAC 和 IP 地址），这些之前还有一栏，写明是询问（1）还是应答（2）。
#
# **先猜一猜：** 表格里有一栏是**对方的 MAC 地址**。询问里，这一栏填的是什么？
#
# - **A** —— 零
# - **B** —— 还是 `ff:ff:ff:ff:ff:ff`
# - **C** —— `veth1-peer` 的 MAC 地址

# %%
lab.predict("the empty line", "ABC")

# %%
for frame in (question.data, answer.data):
    print(frame[20:22].hex(), frame[22:28].hex(":"), list(frame[28:32]),
          frame[32:38].hex(":"), list(frame[38:42]))

# %%
lab.predict("the empty line", answer="A")

# %% [markdown] lang="en"
# Zeros: this line *is* the question. The answer (operation `0002`) has speaker and target swapped, and in the speaker's place the MAC address that was asked for. `list` shows bytes as decimal numbers, which is how IPv4 addresses are written: `[172, 16, 0, 2]` is 172.16.0.2.
#
# Did you notice that the envelope and the form disagree? On the envelope, the question is addressed to everybody; in the form, its target is all zeros. The envelope is for the wire, the form for the one who answers.

# %% [markdown] lang="zh"
# 是零：空着的这一栏，**正是**要问的东西。应答（操作码 `0002`）把说话人和对方换了个位置，说话人那一栏里，就是要打听的 MAC 地址。`list` 把字节显示成十进制数，IPv4 地址平常就是这么写的：`[172, 16, 0, 2]` 就是 172.16.0.2。
#
# 注意到了吗？信封和表格对不上：信封上写的是寄给所有人，表格里对方那一栏却全是零。信封是给线看的，表格是给回答的人看的。

# %%
lab.check.field(question, "ARP", "target IP", question.data[38:42])

# %% [markdown] lang="en"
# 14 bytes of envelope and 28 of form: 42. That is the question and that is the answer, complete.
#
# ## 4. Frame by frame
#
# Now step through the whole ping with **Next**. Before each frame you are asked what will come; the guess stays with you. The boxes show both neighbour tables at that moment. Below are the frame's bytes: point at a byte, and its field lights up; point at a field, and its bytes do. With the keyboard: → and ← step, ↑ and ↓ walk through the fields.

# %% [markdown] lang="zh"
# 信封 14 个字节，表格 28 个，一共 42 个。询问是这么多，应答也是这么多，全在这里了。
#
# ## 4. 一个帧一个帧地走
#
# 现在用**下一步**把整个 ping 走一遍。每个帧出现之前，都会先问你猜是什么；猜错了也没人知道。方框里是那一刻两边的邻居表。下面是这个帧的字节：指着一个字节，它所属的字段就亮起来；指着一个字段，它的字节就亮起来。用键盘的话：→ 和 ← 前进后退，↑ 和 ↓ 在字段之间移动。

# %% build="yourself"
lab.scrubber(recording)

# %% [markdown] lang="en"
# ## 5. Where 84 comes from
#
# `ping` says `56(84) bytes of data`. The third frame carries them.
#
# **Your guess:** how many bytes does the third frame have on the wire?
#
# - **A** — 56
# - **B** — 84
# - **C** — 98

# %% [markdown] lang="zh"
# ## 5. 84 是怎么来的
#
# `ping` 说 `56(84) bytes of data`。装着它们的是第三个帧。
#
# **先猜一猜：** 第三个帧在线上有多少个字节？
#
# - **A** —— 56
# - **B** —— 84
# - **C** —— 98

# %%
lab.predict("98", "ABC")

# %%
frame = request.data
header = 4 * (frame[14] & 15)
total = int.from_bytes(frame[16:18], "big")
print(len(frame), header, total, total - header - 8)

# %%
lab.predict("98", answer="C")

# %% [markdown] lang="en"
# | bytes | from – to | what it is |
# |---|---|---|
# | 14 | 0–13 | Ethernet: to whom, from whom, what is inside |
# | 20 | 14–33 | IPv4: from which address to which, how many routers it may still cross |
# | 8 | 34–41 | ICMP: type 8 (*echo request*), checksum, which ping, which number |
# | 56 | 42–97 | data, to be sent back as it is |
#
# 56 is the data, 84 the IP packet around it (56 + 8 + 20), 98 the frame around that. The packet says itself how long it is: bytes 16 and 17 hold 84, in two bytes, the larger place first, which is called *network byte order*. And the first half of byte 14 says which IP this is, 4; its second half how long the header is, counted in units of 4 bytes: 5 × 4 = 20.
#
# (A wire of copper would add 4 bytes of checksum behind the frame, and 8 bytes of rhythm before it. A veth pair is no copper: what is in memory needs neither.)

# %% [markdown] lang="zh"
# | 字节数 | 从–到 | 是什么 |
# |---|---|---|
# | 14 | 0–13 | 以太网：寄给谁，谁寄的，里面装的是什么 |
# | 20 | 14–33 | IPv4：从哪个地址到哪个地址，还能经过几台路由器 |
# | 8 | 34–41 | ICMP：类型 8（**回显请求**）、校验和、哪一个 ping、第几个 |
# | 56 | 42–97 | 数据，对方原样送回 |
#
# 56 是数据，84 是外面那层 IP 包（56 + 8 + 20），98 是再外面那层帧。包自己写明了有多长：第 16、17 两个字节合起来是 84，高位在前，这叫**网络字节序**。第 14 个字节的前一半写的是 IP 的版本，4；后一半写的是头有多长，以 4 个字节为单位：5 × 4 = 20。
#
# （铜线上还要在帧后面加 4 个字节的校验码，在帧前面加 8 个字节的节拍。veth 对不是铜线：数据就在内存里，这两样都用不着。）

# %%
lab.check.field(request, "IPv4", "total length", request.data[16:18])

# %% [markdown] lang="en"
# Now it is your turn. The *source* address is the four bytes 26 to 29, cut out below. The *ttl* is a single byte, but which? The cell takes byte 23 for it; read what the check thinks of that. Look for the ttl in the byte view above, correct both places where 23 stands (and 24, which is one more), and run the cell again:

# %% [markdown] lang="zh"
# 轮到你了。**源地址**是第 26 到 29 这四个字节，下面已经切了出来。**ttl** 只占一个字节，是哪一个呢？这一格先拿第 23 个充数，看看检查怎么说。再到上面的字节视图里找到 ttl，把写着 23 的两处改对（24 总比它大 1，也跟着改），重新运行：

# %% tags=["not-yet"]
print(request.data[23], list(request.data[26:30]))
lab.check.field(request, "IPv4", "ttl", request.data[23:24])

# %% [markdown] lang="en"
# ## 6. How an error would be noticed
#
# Bytes 24 and 25 are a *checksum*: a number made of other bytes, so that whoever receives the header can tell whether it arrived unspoilt. Cut the header into words of two bytes, add them up, and add what overflows 16 bits at the bottom again: for a sound header the result is `ffff`, checksum included.
#
# **Your guess:** which bytes does this checksum watch over?
#
# - **A** — the whole frame
# - **B** — the whole IP packet, with ICMP and data
# - **C** — the IP header only

# %% [markdown] lang="zh"
# ## 6. 出了错怎么发现
#
# 第 24、25 个字节是**校验和**：由其他字节算出来的一个数，收到头的人用它判断路上有没有弄坏。把头按两个字节一组切开，全部加起来，超出 16 位的部分再加回低位：完好的头，连校验和一起算，结果是 `ffff`。
#
# **先猜一猜：** 这个校验和管的是哪些字节？
#
# - **A** —— 整个帧
# - **B** —— 整个 IP 包，连同 ICMP 和数据
# - **C** —— 只有 IP 头

# %%
lab.predict("checksum", "ABC")

# %%
def folded(data):
    total = sum(int.from_bytes(data[at:at + 2], "big") for at in range(0, len(data), 2))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return hex(total)

packet = request.data[14:]
print(folded(packet[:20]), folded(packet), folded(packet[20:]))

# %%
lab.predict("checksum", answer="C")

# %% [markdown] lang="en"
# The header alone gives `0xffff`, and the ICMP message from byte 20 on does, too: it has a checksum of its own, which watches over its data. Even both together give `0xffff`: when two sums are right, so is the sum of them. To be certain that IP's does not see the data, spoil one byte of the data, and one of the header:

# %% [markdown] lang="zh"
# 单是 IP 头，得到 `0xffff`；从第 20 个字节起的 ICMP 报文也是 `0xffff`：它有自己的校验和，管着自己的数据。两段合在一起还是 `0xffff`：两个和都对，加起来自然也对。要确认 IP 的校验和看不见数据，就在数据里弄坏一个字节，再在头里弄坏一个：

# %%
spoilt = bytearray(packet)
spoilt[60] ^= 1
print(folded(spoilt[:20]), folded(spoilt[20:]))
spoilt[8] ^= 1
print(folded(spoilt[:20]), folded(spoilt[20:]))

# %% [markdown] lang="en"
# Spoilt data: only ICMP's sum is off. Spoilt ttl (byte 8 of the header): now IP's is, too. That is why the IP checksum leaves the data out: each router lowers the ttl by one and must correct the sum, and it shall not have to read the whole packet for that.
#
# Be that router. `request.scapy` is the same frame as an object of the package `scapy`, which you know from lesson 3: its fields can be changed, and one that you delete, such as the checksum, is worked out anew when it becomes bytes again. Below are the four bytes from the ttl to the checksum, before and after:

# %% [markdown] lang="zh"
# 弄坏数据：只有 ICMP 的和不对了。弄坏 ttl（头的第 8 个字节）：IP 的和也不对了。IP 的校验和不管数据，道理就在这里：每台路由器都要把 ttl 减一，还得改校验和，总不能为此把整个包读一遍。
#
# 来当一回路由器。`request.scapy` 是同一个帧，只不过成了第 3 课用过的 `scapy` 的对象：字段可以改；把校验和这样的字段删掉，重新变成字节时它就会另算一个。下面是从 ttl 到校验和的四个字节，先是改之前，再是改之后：

# %%
passed_on = request.scapy["IP"]
passed_on.ttl -= 1
del passed_on.chksum
print(request.data[22:26].hex(" "), "->", bytes(passed_on)[8:12].hex(" "))
print(folded(bytes(passed_on)[:20]))

# %% [markdown] lang="en"
# The ttl went from `40` (64) down to `3f` (63), the sum went up by as much, and the header is sound again: `0xffff`.
#
# ## 7. Where ping keeps the time
#
# To print `time=0.079 ms`, `ping` must know when it sent the packet.
#
# **Your guess:** where does it keep that time until the reply comes?
#
# - **A** — in its own memory, one note for each packet
# - **B** — in the packet
# - **C** — the kernel keeps it

# %% [markdown] lang="zh"
# ttl 从 `40`（64）减到 `3f`（63），和就加上了同样多，头又是完好的了：`0xffff`。
#
# ## 7. ping 把时间记在哪里
#
# 要印出 `time=0.079 ms`，`ping` 得知道包是什么时候发的。
#
# **先猜一猜：** 在回答到来之前，这个时间记在哪里？
#
# - **A** —— 自己的内存里，每个包记一笔
# - **B** —— 就在包里
# - **C** —— 由内核记着

# %%
lab.predict("the time", "ABC")

# %% [markdown] lang="en"
# The first 16 bytes of the data are no filling. Read them as two numbers, seconds and millionths of a second, in the processor's own byte order (`<`), and compare them with the time at which the kernel saw the frame leave:

# %% [markdown] lang="zh"
# 数据的前 16 个字节不是凑数的。把它们当作两个数来读，一个是秒，一个是百万分之一秒，用处理器自己的字节序（`<`）；再和内核看到这个帧离开的时刻比一比：

# %%
import struct, sys
order = "<" if sys.byteorder == "little" else ">"
seconds, micro = struct.unpack(order + "qq", request.data[42:58])
print(seconds, micro, "->", request.time - (seconds * 10**9 + micro * 1000), "ns")
print(request.data[58:].hex(" "))

# %%
lab.predict("the time", answer="B")

# %% [markdown] lang="en"
# The packet carries the moment at which it was made, since 1970, and the reply brings it back: `ping` need not remember anything. The difference in the first line is the way from the program to the wire; for this first packet the wait for ARP is in it. What follows is filling: `10 11 12 …`, counted up.
#
# (`ping` writes the time in the byte order of its own machine. Nobody else reads it, so nobody minds. Addresses and lengths others must understand, and so they have the network's order.)

# %% [markdown] lang="zh"
# 包自己带着出发的时刻（从 1970 年算起），回答再把它带回来：`ping` 什么也不用记。第一行的差，是从程序走到线上所用的时间；这是第一个包，等 ARP 的时间也在里面。后面的才是凑数的：`10 11 12 …`，一路数上去。
#
# （时间是按自家机器的字节序写的。别人不读它，也就没人在意。地址和长度是要给别人看的，所以用网络字节序。）

# %%
lab.check.field(request, "ICMP", "data", request.data[42:])

# %% [markdown] lang="en"
# ## 8. What comes back?
#
# **Your guess:** the reply has 98 bytes, too. Which of these is *different* in it?
#
# - **A** — the sequence number of the ping
# - **B** — the 56 bytes of data
# - **C** — the type of the ICMP message

# %% [markdown] lang="zh"
# ## 8. 送回来的是什么？
#
# **先猜一猜：** 回答也是 98 个字节。下面哪一样和请求里的**不同**？
#
# - **A** —— ping 的序号
# - **B** —— 那 56 个字节的数据
# - **C** —— ICMP 报文的类型

# %%
lab.predict("what changed", "ABC")

# %%
changed = [at for at, pair in enumerate(zip(request.data, reply.data)) if len(set(pair)) == 2]
names = [(field.layer, field.name) for field in reply.fields
         if set(changed) & set(range(field.offset, field.offset + field.size))]
print(changed, names, sep="\n")

# %%
lab.predict("what changed", answer="C")

# %% [markdown] lang="en"
# On the envelope, sender and receiver are swapped; so are the two IP addresses. The answering stack writes a fresh IP header (its own number in *identification*, its own flags, its own checksum), and turns type 8 into 0. ICMP's checksum follows from that: by what the type became smaller, the sum became larger. Everything else goes back as it came, the time included.
#
# ## 9. Take it with you
#
# `recording.save` writes a file that Wireshark opens, with both links by name and times in nanoseconds. `tcpdump` reads it here:

# %% [markdown] lang="zh"
# 信封上，寄信人和收信人换了位置；两个 IP 地址也换了。应答方的协议栈重新写了一个 IP 头（**标识**用自己的编号，标志位和校验和也是自己的），又把类型 8 改成了 0。ICMP 的校验和跟着变：类型小了多少，和就大出多少。其余的怎么来就怎么回去，时间也在其中。
#
# ## 9. 带走
#
# `recording.save` 存成一个 Wireshark 打得开的文件，两个接口各有其名，时间精确到纳秒。这里用 `tcpdump` 来读：

# %%
recording.save("/run/ping.pcapng")
# !tcpdump -nr /run/ping.pcapng icmp 2>/dev/null

# %% [markdown] lang="en"
# ## 10. Tidy up

# %% [markdown] lang="zh"
# ## 10. 收拾

# %%
# !ip netns del netns1
# !ip netns del netns2
# !rm -f /run/ping.pcapng

# %%
lab.check.empty()

# %% [markdown] lang="en"
# ## What you have seen
#
# - A frame begins with 14 bytes of envelope: to whom, from whom, what is inside.
# - ARP is a form of 28 bytes; the question leaves the line empty that it asks for.
# - 56 bytes of data, 8 of ICMP, 20 of IPv4, 14 of Ethernet: 98 bytes. `ping` counts the first three as 84.
# - A packet says its own length, and its headers have checksums. That of IP watches over the header only.
# - `ping` puts the time of sending into the packet; the reply brings it back.
# - The reply is the request with the addresses swapped, a new IP header, type 0 in place of 8, and the same data.
#
# This was the last lesson. How far you are: [the start page](00_start.ipynb).

# %% [markdown] lang="zh"
# ## 你看到了什么
#
# - 帧的开头是 14 个字节的信封：寄给谁，谁寄的，里面装的是什么。
# - ARP 是一张 28 个字节的表格；询问里空着的那一栏，就是要问的东西。
# - 数据 56 个字节，ICMP 8 个，IPv4 20 个，以太网 14 个：一共 98 个字节。`ping` 说的 84，是前三样加起来。
# - 包自己写明有多长，各层的头带着校验和。IP 的校验和只管头。
# - `ping` 把发送时刻写在包里，回答再把它带回来。
# - 回答就是把请求的地址对调，换上新的 IP 头，类型由 8 变成 0，数据原样不动。
#
# 最后一课到此结束。学到了哪里，看[课程首页](00_start.ipynb)。
