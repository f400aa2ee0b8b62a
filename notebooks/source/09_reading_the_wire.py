# %% [markdown] lang="en"
# # Reading the wire
#
# **What you find out:** what exactly passes a wire during one ping, byte by byte. `ping` speaks of “56(84) bytes of data”; on the wire there are 98. You account for every one of them, read addresses out of bare numbers, and find out where ping keeps the time. At the end you write frames yourself, byte by byte, and the other kernel answers.
#
# **Time:** about 55 minutes.
#
# **You need:** nothing from other lessons; this one builds what it needs. Words such as *veth*, *MAC address* and *neighbour table* are explained in [One wire, two worlds](01_one_wire.ipynb) and in [ARP and the answer](03_arp_and_answer.ipynb).
#
# This notebook is a machine of its own. *Kernel → Restart* empties it; `nslabkit enter`, typed in a terminal, opens a shell inside.

# %% [markdown] lang="zh"
# # 读懂线上的每个字节
#
# **这一课要弄清楚：** 一次 ping，线上走过的究竟是什么，一个字节一个字节地看。`ping` 说的是“56(84) bytes of data”，线上走的却是 98 个字节。每一个字节你都要说得出来历，还要从一串光秃秃的数字里读出地址，并找到 ping 把时间记在了哪里。最后自己动手，一个字节一个字节地写出帧来，让另一个内核应答。
#
# **用时：** 约 55 分钟。
#
# **准备：** 不依赖其他课留下的任何东西，需要什么，这里现建。**veth**、**MAC 地址**、**邻居表**这些词，[《一根线，两个世界》](01_one_wire.ipynb)和[《ARP 与应答》](03_arp_and_answer.ipynb)里讲过。
#
# 这个笔记本自成一台机器。弄乱了就点**内核 → 重启内核**，机器会清空；想在里面开一个 shell，在终端里输入 `nslabkit enter`。

# %%
import nslabkit as lab
lab.check.empty()

# %%
lab.recall(9)

# %% [markdown] lang="en"
# Lost, or late? `lab.catch_up("9.5")` in a new cell empties the machine and builds what step 9.5 starts from; `lab.catch_up()` lists the steps. The ping is recorded again, so times, MAC addresses and checksums are not the ones you saw before.

# %% [markdown] lang="zh"
# 跟丢了，或者来晚了？新建一个单元格运行 `lab.catch_up("9.5")`，机器会被清空，再搭好第 9.5 步开始时该有的东西；`lab.catch_up()` 列出全部步骤。ping 会重新抓一次，所以时间、MAC 地址、校验和会和先前看到的不一样。

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
# In lesson 3, `tcpdump` sat at one end of the wire and wrote down what passed. `lab.capture` does the same at both ends at once; from the moment its block begins, no frame can be missed. Both neighbour tables are emptied first, so that everything that belongs to a *first* ping is in the recording.

# %% [markdown] lang="zh"
# ## 1. 抓下一次 ping
#
# 第 3 课里，`tcpdump` 在线的一端，把经过的帧都抄下来。`lab.capture` 做的是同一件事，不过两端一起抓；从代码块开始的那一刻起，一个帧也不会漏。抓之前先清空两边的邻居表，这样**第一个** ping 该有的，抓包记录里就都有了。

# %%
lab.predict("how many frames")

# %% build="on"
# !ip -n netns2 neigh flush all
# !ip -n netns1 neigh flush all
one, two = lab.namespaces.namespace("netns1"), lab.namespaces.namespace("netns2")
with lab.capture(one, two, filter="arp or icmp") as recording:
    one.run("ping -c 1 172.16.0.2")
recording

# %%
lab.compare("how many frames")

# %% [markdown] lang="en"
# Four frames, each seen twice: where it leaves and where it arrives. The first two are the ARP request for the MAC address and its reply; only then come the echo request and the echo reply. From now on we look at what passed `veth1`, each frame once, and name the four:

# %% [markdown] lang="zh"
# 四个帧，每个都看到两次：离开的时候一次，到达的时候一次。头两个是问 MAC 地址的 ARP 请求和应答，然后才轮到回显请求和回显应答。接下来只看经过 `veth1` 的，每个帧一份，给四个帧各起一个名字：

# %% build="on"
question, answer, request, reply = (
    packet for packet in recording.packets if packet.interface.name == "veth1"
)
lab.check.recorded(recording, "ARP request", "ARP reply", "ICMP echo request", "ICMP echo reply")

# %% [markdown] lang="en"
# ## 2. The Ethernet header: 14 bytes
#
# Here is the ARP request as it went over the wire. `.hex(" ")` writes each byte as two hexadecimal digits: `ff` is 255, `10` is 16.

# %% [markdown] lang="zh"
# ## 2. 以太网首部：14 个字节
#
# 这就是那个 ARP 请求在线上的样子。`.hex(" ")` 把每个字节写成两位十六进制数：`ff` 是 255，`10` 是 16。

# %%
print(len(question.data), question.data.hex(" "))

# %% [markdown] lang="en"
# Every Ethernet frame begins like this: 6 bytes *destination MAC*, 6 bytes *source MAC*, 2 bytes *type*, which says what is inside. Think of what is written on an envelope. `frame[0:6]` cuts out bytes 0 to 5: counting begins at 0, and the last number is not included.

# %% [markdown] lang="zh"
# 以太网上的帧，开头都一样：6 个字节是**目的 MAC**，6 个字节是**源 MAC**，2 个字节是**类型**，说明里面装的是什么。这就好比信封上的收信人和寄信人。`frame[0:6]` 切出第 0 到第 5 个字节：从 0 数起，末尾那个数不算在内。

# %%
lab.predict("to whom")

# %%
frame = question.data
print(frame[0:6].hex(":"), frame[6:12].hex(":"), frame[12:14].hex())
# !ip -n netns1 link show veth1

# %%
lab.compare("to whom")

# %% [markdown] lang="en"
# `ff:ff:ff:ff:ff:ff` means everybody on the wire. The source is `veth1` itself: compare it with `link/ether` in the last line. And `0806` says that an ARP message is inside; `0800` would say IPv4.

# %% [markdown] lang="zh"
# `ff:ff:ff:ff:ff:ff` 表示发给线上的所有接口，叫作广播地址。源 MAC 是 `veth1` 自己的，和最后一行的 `link/ether` 对照一下。`0806` 说里面装的是 ARP 报文；要是 `0800`，装的就是 IPv4。

# %%
lab.check.field(question, "Ethernet", "type", frame[12:14])

# %% [markdown] lang="en"
# ## 3. ARP, with one field empty: 28 bytes
#
# What follows is ARP, 28 bytes. It is like a form to fill in: the *sender* (MAC and IP address), the *target* (MAC and IP address), and before these the *operation*: a request (1) or a reply (2).

# %% [markdown] lang="zh"
# ## 3. ARP，有一个字段空着：28 个字节
#
# 后面是 ARP，28 个字节。它像一张要填的表格：**发送方**（MAC 和 IP 地址）、**目标**（MAC 和 IP 地址），这些之前是**操作码**：请求（1）或应答（2）。

# %%
lab.predict("the empty line")

# %%
for frame in (question.data, answer.data):
    print(frame[20:22].hex(), frame[22:28].hex(":"), list(frame[28:32]),
          frame[32:38].hex(":"), list(frame[38:42]))

# %%
lab.compare("the empty line")

# %% [markdown] lang="en"
# Zeros: this field *is* what is being asked for. In the reply (operation `0002`) sender and target are swapped, and the MAC address that was asked for stands in the sender's place. `list` shows bytes as decimal numbers, which is how IPv4 addresses are written: `[172, 16, 0, 2]` is 172.16.0.2.
#
# Did you notice that the two layers disagree? In the Ethernet header, the destination is everybody; in the ARP message, the target's MAC is all zeros. The header says to whom the frame goes, the message who is asked for.

# %% [markdown] lang="zh"
# 是零：空着的这个字段，**正是**要问的东西。应答（操作码 `0002`）里，发送方和目标换了位置，写在发送方一栏的就是所问的那个 MAC 地址。`list` 把字节显示成十进制数，IPv4 地址平常就是这么写的：`[172, 16, 0, 2]` 就是 172.16.0.2。
#
# 注意到了吗？两层对不上：以太网首部里，目的 MAC 是所有人；ARP 报文里，目标的 MAC 却全是零。首部管的是这个帧发给谁，报文写的是要问谁。

# %%
lab.check.field(question, "ARP", "target IP", question.data[38:42])

# %% [markdown] lang="en"
# 14 bytes of Ethernet and 28 of ARP: 42. That is the whole request, and the whole reply. (On a real cable, the card fills up a frame as short as this with zeros to 60 bytes, the shortest that Ethernet allows, not counting the FCS of section 5. A veth pair does not.)
#
# ## 4. Frame by frame
#
# Now step through the whole ping with **Next**. Before each frame you are asked what comes next; your guess stays private. The boxes show both neighbour tables at that moment. Below are the frame's bytes: point at a byte, and its field lights up; point at a field, and its bytes do. On the keyboard, → and ← step through the frames, ↑ and ↓ through the fields.

# %% [markdown] lang="zh"
# 以太网首部 14 个字节，ARP 28 个，一共 42 个。请求是这么多，应答也是这么多，全在这里了。（在真实的网线上，这么短的帧会补零到 60 个字节：这是以太网允许的最短长度，不算帧尾那 4 个字节的校验和。veth 对不补。）
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

# %% [markdown] lang="zh"
# ## 5. 84 是怎么来的
#
# `ping` 说 `56(84) bytes of data`。装着它们的是第三个帧。

# %%
lab.predict("98")

# %%
frame = request.data
header = 4 * (frame[14] & 15)
total = int.from_bytes(frame[16:18], "big")
print(len(frame), header, total, total - header - 8)

# %%
lab.compare("98")

# %% [markdown] lang="en"
# | bytes | from – to | what it is |
# |---|---|---|
# | 14 | 0–13 | Ethernet: destination MAC, source MAC, type |
# | 20 | 14–33 | IPv4: source and destination address, ttl, and more |
# | 8 | 34–41 | ICMP: type 8 (*echo request*), checksum, which ping, which number |
# | 56 | 42–97 | data, to be sent back unchanged |
#
# 56 is the data, 84 the IP packet around it (56 + 8 + 20), 98 the frame around that. The packet itself says how long it is: bytes 16 and 17 hold 84, in two bytes, the most significant first, which is called *network byte order*. And the first half of byte 14 says which version of IP this is, 4; its second half says how long the header is, in units of 4 bytes: 5 × 4 = 20.
#
# (On a cable, 8 more bytes go before the frame, the *preamble* with its start mark, by which the receiver finds the rhythm; and 4 behind it, the *frame check sequence* (FCS), a checksum of the whole frame. A veth pair needs neither: the frame stays in memory.)

# %% [markdown] lang="zh"
# | 字节数 | 从–到 | 是什么 |
# |---|---|---|
# | 14 | 0–13 | 以太网：目的 MAC、源 MAC、类型 |
# | 20 | 14–33 | IPv4：源地址、目的地址、ttl 等 |
# | 8 | 34–41 | ICMP：类型 8（**回显请求**）、校验和、哪一个 ping、第几个 |
# | 56 | 42–97 | 数据，对方原样送回 |
#
# 56 是数据，84 是外面那层 IP 包（56 + 8 + 20），98 是再外面那层帧。包自己写明了有多长：第 16、17 两个字节合起来是 84，高位在前，这叫**网络字节序**。第 14 个字节的前一半写的是 IP 的版本，4；后一半写的是首部有多长，以 4 个字节为单位：5 × 4 = 20。
#
# （在网线上，帧前面还有 8 个字节，即**前导码**和帧起始定界符，接收方靠它对准节拍；帧后面还有 4 个字节的**帧校验序列**（FCS），是整个帧的校验和。veth 对用不着这两样：帧一直在内存里。）

# %%
lab.check.field(request, "IPv4", "total length", request.data[16:18])

# %% [markdown] lang="en"
# Now it is your turn. The *source* address is the four bytes 26 to 29, cut out below. The *ttl* is a single byte, but which? The cell uses byte 23; read what the check thinks of that. Look for the ttl in the byte view above, correct both places where it says 23 (and 24, which is one more), and run the cell again:

# %% [markdown] lang="zh"
# 轮到你了。**源地址**是第 26 到 29 这四个字节，下面已经切了出来。**ttl** 只占一个字节，是哪一个呢？这一格先拿第 23 个充数，看看检查怎么说。再到上面的字节视图里找到 ttl，把写着 23 的两处改对（24 总比它大 1，也跟着改），重新运行：

# %% tags=["not-yet"]
print(request.data[23], list(request.data[26:30]))
lab.check.field(request, "IPv4", "ttl", request.data[23:24])

# %% [markdown] lang="en"
# ## 6. How an error would be noticed
#
# Bytes 24 and 25 are a *checksum*: a number computed from other bytes, so that the receiver of the header can tell whether it arrived intact. Cut the header into two-byte words, add them up, and add whatever overflows 16 bits back at the low end: for an intact header the result is `ffff`, checksum included.

# %% [markdown] lang="zh"
# ## 6. 出了错怎么发现
#
# 第 24、25 个字节是**校验和**：由其他字节算出来的一个数，收到首部的一方用它判断路上有没有弄坏。把首部按两个字节一组切开，全部加起来，超出 16 位的部分再加回低位：完好的首部，连校验和一起算，结果是 `ffff`。

# %%
lab.predict("checksum")

# %% build="on"
def folded(data):
    total = sum(int.from_bytes(data[at:at + 2], "big") for at in range(0, len(data), 2))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return hex(total)

packet = request.data[14:]
print(folded(packet[:20]), folded(packet), folded(packet[20:]))

# %%
lab.compare("checksum")

# %% [markdown] lang="en"
# The header alone gives `0xffff`, and so does the ICMP message from byte 20 on: it has a checksum of its own, which covers its data. Even both together give `0xffff`: when two sums are right, so is their sum. To be certain that IP's checksum does not cover the data, corrupt one byte of the data, and one of the header (`^= 1` flips one bit):

# %% [markdown] lang="zh"
# 单是 IP 首部，得到 `0xffff`；从第 20 个字节起的 ICMP 报文也是 `0xffff`：它有自己的校验和，管着自己的数据。两段合在一起还是 `0xffff`：两个和都对，加起来自然也对。要确认 IP 的校验和看不见数据，就在数据里弄坏一个字节，再在首部里弄坏一个（`^= 1` 翻转一位）：

# %%
spoilt = bytearray(packet)
spoilt[60] ^= 1
print(folded(spoilt[:20]), folded(spoilt[20:]))
spoilt[8] ^= 1
print(folded(spoilt[:20]), folded(spoilt[20:]))

# %% [markdown] lang="en"
# Corrupted data: only ICMP's sum is off. Corrupted ttl (byte 8 of the header): now IP's is, too. So each router, which lowers the ttl by one, must put this sum right. It need not even add up the header again: by RFC 1624 the new sum follows from the old one and from what has changed. The data are the business of the two ends.
#
# Be that router. `request.scapy` is the same frame as an object of the package `scapy`, which you know from lesson 3: its fields can be changed, and one that you delete, such as the checksum, is worked out anew when it becomes bytes again. Below are the four bytes from the ttl to the checksum, before and after:

# %% [markdown] lang="zh"
# 弄坏数据：只有 ICMP 的和不对了。弄坏 ttl（首部的第 8 个字节）：IP 的和也不对了。所以每台路由器把 ttl 减一之后，都得改这个校验和。它连首部也不必重新加一遍：按 RFC 1624，由旧的校验和与改动的部分就能算出新的。数据则由收发两端自己负责。
#
# 来当一回路由器。`request.scapy` 是同一个帧，只不过成了第 3 课用过的 `scapy` 的对象：字段可以改；把校验和这样的字段删掉，重新变成字节时它就会另算一个。下面是从 ttl 到校验和的四个字节，先是改之前，再是改之后：

# %%
passed_on = request.scapy["IP"]
passed_on.ttl -= 1
del passed_on.chksum
print(request.data[22:26].hex(" "), "->", bytes(passed_on)[8:12].hex(" "))
print(folded(bytes(passed_on)[:20]))

# %% [markdown] lang="en"
# The ttl went from `40` (64) down to `3f` (63), the checksum went up by 0x0100, and the header is sound again: `0xffff`.
#
# ## 7. Where ping keeps the time
#
# To print `time=0.079 ms`, `ping` must know when it sent the packet.

# %% [markdown] lang="zh"
# ttl 从 `40`（64）减到 `3f`（63），校验和增加了 0x0100，首部又是完好的了：`0xffff`。
#
# ## 7. ping 把时间记在哪里
#
# 要显示 `time=0.079 ms`，`ping` 得知道包是什么时候发的。

# %%
lab.predict("the time")

# %% [markdown] lang="en"
# The first 16 bytes of the data are not padding. Read them as two numbers, seconds and microseconds, in the processor's own byte order (on most `<`, the least significant byte first), and compare them with the time when the kernel saw the frame leave:

# %% [markdown] lang="zh"
# 数据的前 16 个字节不是填充。把它们当作两个数来读，一个是秒，一个是微秒，用处理器自己的字节序（多数机器上是 `<`，低位字节在前）；再和内核看到这个帧离开的时刻比一比：

# %%
import struct, sys
order = "<" if sys.byteorder == "little" else ">"
seconds, micro = struct.unpack(order + "qq", request.data[42:58])
print(seconds, micro, "->", request.time - (seconds * 10**9 + micro * 1000), "ns")
print(request.data[58:].hex(" "))

# %%
lab.compare("the time")

# %% [markdown] lang="en"
# The packet carries the moment it was made, counted from 1970, and the reply brings it back: `ping` need not remember anything. The difference in the first line is the time from the program to the wire; for this first packet it includes the wait for ARP. What follows is padding: `10 11 12 …`, counting up.
#
# (`ping` writes the time in the byte order of its own machine. Nobody else reads it, so nobody minds. Others must understand addresses and lengths, so those are in network byte order.)

# %% [markdown] lang="zh"
# 包自己带着出发的时刻（从 1970 年算起），应答再把它带回来：`ping` 什么也不用记。第一行的差，是从程序走到线上所用的时间；这是第一个包，等 ARP 的时间也在里面。后面的才是填充：`10 11 12 …`，一路数上去。
#
# （时间是按自家机器的字节序写的。别人不读它，也就无所谓。地址和长度是要给别人看的，所以用网络字节序。）

# %%
lab.check.field(request, "ICMP", "data", request.data[42:])

# %% [markdown] lang="en"
# ## 8. What comes back?

# %% [markdown] lang="zh"
# ## 8. 送回来的是什么？

# %%
lab.predict("what changed")

# %%
changed = [at for at, pair in enumerate(zip(request.data, reply.data)) if len(set(pair)) == 2]
names = [(field.layer, field.name) for field in reply.fields
         if set(changed) & set(range(field.offset, field.offset + field.size))]
print(changed, names, sep="\n")

# %%
lab.compare("what changed")

# %% [markdown] lang="en"
# Destination and source MAC are swapped; so are the two IP addresses. The answering stack writes a fresh IP header (its own number in *identification*, its own flags, its own checksum), and turns type 8 into 0. Type and code are one 16-bit word of the sum: `0800` becomes `0000`, so the checksum must go up by 0x0800. Check it (`% 0xFFFF` carries the overflow round):

# %% [markdown] lang="zh"
# 目的 MAC 和源 MAC 换了位置，两个 IP 地址也换了。应答方的协议栈重新写了一个 IP 首部（**标识**用自己的编号，标志位和校验和也是自己的），又把类型 8 改成了 0。类型和代码合起来是求和时的一个 16 位字：`0800` 变成了 `0000`，所以校验和要增加 0x0800。验证一下（`% 0xFFFF` 处理溢出）：

# %%
sums = [int.from_bytes(packet.data[36:38], "big") for packet in (request, reply)]
hex((sums[1] - sums[0]) % 0xFFFF)

# %% [markdown] lang="en"
# Everything else goes back as it came, including the time.
#
# ## 9. Take it with you
#
# `recording.save` writes a file that Wireshark opens, with both links by name and times in nanoseconds. Here `tcpdump` reads it:

# %% [markdown] lang="zh"
# 其余的怎么来就怎么回去，时间也在其中。
#
# ## 9. 带走
#
# `recording.save` 存成一个 Wireshark 打得开的文件，两个接口各有其名，时间精确到纳秒。这里用 `tcpdump` 来读：

# %%
recording.save("/run/ping.pcapng")
# !tcpdump -nr /run/ping.pcapng icmp 2>/dev/null

# %% [markdown] lang="en"
# ## 10. Your turn
#
# Now you write the frames. Each goes into a file, as bare bytes, whichever way you make them. The check sends the file's bytes from `veth1` exactly as they are, and waits for what `netns2` answers; the kernel there has no patience with a wrong byte. `lab.hint("9.1")` in a new cell opens the first of three hints, made for what the file holds at that moment.
#
# Bytes are made with `bytes.fromhex("0806")`, `bytes([172, 16, 0, 77])` or `(98).to_bytes(2, "big")`, joined with `+`, and written with `pathlib.Path("/run/arp.bin").write_bytes(…)`. The first frame is one that you have seen, asked by somebody who does not exist.

# %% [markdown] lang="zh"
# ## 10. 轮到你了
#
# 现在由你来写帧。每个帧存成一个文件，里面就是字节本身，怎么造出来都行。检查会把文件里的字节原样从 `veth1` 发出去，再看 `netns2` 应答什么；错一个字节，那边的内核都不会理睬。新建一个单元格运行 `lab.hint("9.1")`，会看到三条提示中的第一条，它是照着文件此刻的内容给的。
#
# 造字节可以用 `bytes.fromhex("0806")`、`bytes([172, 16, 0, 77])` 或 `(98).to_bytes(2, "big")`，用 `+` 连起来，再用 `pathlib.Path("/run/arp.bin").write_bytes(…)` 存好。第一个帧你见过，只不过提问的是一个并不存在的主机。

# %% task="9.1"

# %% task="9.1" tags=["solution"]
from pathlib import Path
asker = bytes.fromhex("02 00 00 00 00 77")
header = bytes.fromhex("ff ff ff ff ff ff") + asker + bytes.fromhex("08 06")
arp = bytes.fromhex("0001 0800 06 04 0001") + asker + bytes([172, 16, 0, 77])
arp += bytes(6) + bytes([172, 16, 0, 2])
Path("/run/arp.bin").write_bytes(header + arp)

# %% task="9.1"
lab.check.task("9.1")

# %% [markdown] lang="en"
# Look at `ip -n netns2 neigh`: it now knows a host that has never existed. That is how easily ARP believes. The next frame has two checksums. Two things to watch: the first 14 bytes may come from `request.data`, and a sum of 16-bit words needs an even number of bytes.

# %% [markdown] lang="zh"
# 看看 `ip -n netns2 neigh`：里面多了一台根本不存在的主机。ARP 就是这么轻信。下一个帧有两个校验和。留意两点：开头的 14 个字节可以取自 `request.data`；按 16 位的字求和，字节数得是偶数。

# %% task="9.2"

# %% task="9.2" tags=["solution"]
def summed(data):
    even = data + bytes(len(data) % 2)
    return (0xFFFF - int(folded(even), 16)).to_bytes(2, "big")

icmp = bytes.fromhex("08 00 00 00 12 34 00 01") + b"hello, kernel"
icmp = icmp[:2] + summed(icmp) + icmp[4:]
ip = bytes.fromhex("45 00") + (20 + len(icmp)).to_bytes(2, "big") + bytes.fromhex("00 01 00 00 40 01 00 00")
ip += bytes([172, 16, 0, 1, 172, 16, 0, 2])
ip = ip[:10] + summed(ip) + ip[12:]
Path("/run/echo.bin").write_bytes(request.data[:14] + ip + icmp)

# %% task="9.2"
lab.check.task("9.2")

# %% [markdown] lang="en"
# The last one is of a kind that this lesson has not shown. UDP is protocol 17 in the IP header. Its own header has four numbers of two bytes each: source port, destination port, length of header and data, and a checksum, which may be 0, *not computed*. No program in `netns2` listens on any port.

# %% [markdown] lang="zh"
# 最后一个是这一课没有出现过的。UDP 在 IP 首部里的协议号是 17。它自己的首部是四个两字节的数：源端口、目的端口、首部加数据的长度、校验和；校验和可以填 0，表示**没有计算**。`netns2` 里没有程序在任何端口上监听。

# %% task="9.3"

# %% task="9.3" tags=["solution"]
udp = b"".join(number.to_bytes(2, "big") for number in (5000, 9, 8 + 5, 0)) + b"hello"
ip = bytes.fromhex("45 00") + (20 + len(udp)).to_bytes(2, "big") + bytes.fromhex("00 02 00 00 40 11 00 00")
ip += bytes([172, 16, 0, 1, 172, 16, 0, 2])
ip = ip[:10] + summed(ip) + ip[12:]
Path("/run/udp.bin").write_bytes(request.data[:14] + ip + udp)

# %% task="9.3"
lab.check.task("9.3")

# %% [markdown] lang="en"
# ICMP has a message that hardly anybody sends any more: a question about the time (type 13, code 0; RFC 792). Behind id and sequence number stand three times of 4 bytes each; the other side fills in the last two. Nobody has shown you its bytes: the RFC's picture is all you need.

# %% [markdown] lang="zh"
# ICMP 里有一种如今几乎没人发的报文：问时间（类型 13，代码 0，见 RFC 792）。标识和序号后面是三个时间，各 4 字节，后两个由对方填写。这种报文的字节没有给你看过，有 RFC 里的那张图就够了。

# %% task="9.4"

# %% task="9.4" tags=["solution"]
ask = bytes.fromhex("0d 00 00 00 12 67 00 01") + (3_600_000).to_bytes(4, "big") + bytes(8)
ask = ask[:2] + summed(ask) + ask[4:]
ip = bytes.fromhex("45 00") + (20 + len(ask)).to_bytes(2, "big") + bytes.fromhex("00 03 00 00 40 01 00 00")
ip += bytes([172, 16, 0, 1, 172, 16, 0, 2])
ip = ip[:10] + summed(ip) + ip[12:]
Path("/run/time.bin").write_bytes(request.data[:14] + ip + ask)

# %% task="9.4"
lab.check.task("9.4")

# %% [markdown] lang="en"
# ## 11. Tidy up

# %% [markdown] lang="zh"
# ## 11. 收拾

# %%
# !ip netns del netns1
# !ip netns del netns2
# !rm -rf /run/ping.pcapng /run/arp.bin /run/echo.bin /run/udp.bin /run/time.bin

# %%
lab.check.empty()

# %% [markdown] lang="en"
# ## What you have seen
#
# - A frame begins with 14 bytes of Ethernet: destination MAC, source MAC, type.
# - ARP takes 28 bytes; the request leaves empty the field that it asks for.
# - 56 bytes of data, 8 of ICMP, 20 of IPv4, 14 of Ethernet: 98 bytes. `ping` counts the first three as 84.
# - A packet states its own length, and its headers have checksums. IP's covers only the header.
# - `ping` puts the time of sending into the packet; the reply brings it back.
# - The reply is the request with the addresses swapped, a new IP header, type 0 in place of 8, and the same data.

# %% [markdown] lang="zh"
# ## 你看到了什么
#
# - 帧的开头是 14 个字节的以太网首部：目的 MAC、源 MAC、类型。
# - ARP 是 28 个字节；请求里空着的那个字段，就是要问的东西。
# - 数据 56 个字节，ICMP 8 个，IPv4 20 个，以太网 14 个：一共 98 个字节。`ping` 说的 84，是前三样加起来。
# - 包自己写明有多长，各层首部带着校验和。IP 的校验和只管首部。
# - `ping` 把发送时刻写在包里，应答再把它带回来。
# - 应答就是把请求的地址对调，换上新的 IP 首部，类型由 8 变成 0，数据原样不动。

# %% [markdown] lang="en"
# ## What you can now do
#
# Ticked where a check has shown it. What is not ticked is waiting for you: its task is above.

# %% [markdown] lang="zh"
# ## 现在你会做什么
#
# 打勾的，是检查已经证明的。没打勾的还等着你：任务在上面。

# %%
lab.learned(9)

# %% [markdown] lang="en"
# The last cell leaves the machine as you found it.

# %% [markdown] lang="zh"
# 最后一个单元格让机器恢复原样。

# %%
lab.empty()
lab.check.empty()

# %% [markdown] lang="en"
# Next: [A veth pair from close up](10_veth_close_up.ipynb). How far you are, and what is still open: [the start page](00_start.ipynb).

# %% [markdown] lang="zh"
# 下一课：[《近看 veth 对》](10_veth_close_up.ipynb)。学到了哪里、还有什么没做，看[课程首页](00_start.ipynb)。
