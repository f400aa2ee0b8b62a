# %% [markdown] lang="en"
# # The same without ARP: IPv6
#
# Take the wire of lesson 1, and give it no addresses. With IPv6, a ping crosses it all the same. Where does the address come from, who is asked for the MAC address if there is no ARP, and what if two machines want the same address? At the end, a single frame configures a whole machine.
#
# **Time:** about 30 minutes. **You need:** [lesson 1](01_one_wire.ipynb) and [ARP and the answer](03_arp_and_answer.ipynb), which explain *MAC address*, *neighbour table* and *broadcast*.

# %% [markdown] lang="zh"
# # 没有 ARP，照样通：IPv6
#
# 还是第 1 课的那根线，这次一个地址也不配。换成 IPv6，照样 ping 得通。地址从哪里来？没有 ARP，向谁问 MAC 地址？两台机器想要同一个地址又怎么办？最后你会看到，一个帧就能配好整台机器。
#
# **用时：** 约 30 分钟。**准备：** 先学[第 1 课](01_one_wire.ipynb)和[《ARP 与应答》](03_arp_and_answer.ipynb)，**MAC 地址**、**邻居表**、**广播**这些词在那里讲过；那两课里搭的东西，这里用不到。

# %%
import nslabkit as lab
# !ls -d /proc/sys/net/ipv6
lab.check.empty()

# %%
lab.recall(14)

# %% [markdown] lang="en"
# An IPv6 address has 128 bits, written as eight groups of four hexadecimal digits. Leading zeros in a group are left out, and `::` may stand, once, for a run of groups that are all zero: `fd00::2` is `fd00:0:0:0:0:0:0:2`. As a rule the first half says which network (`/64`), and the second half which interface.
#
# (If the first cell said `No such file or directory`, this machine's kernel has no IPv6. Then start the lessons with `NSLAB_BACKEND=uml nslabkit lab`, on the kit's own kernel; `nslabkit kernel build-uml` builds it.)

# %% [markdown] lang="zh"
# IPv6 地址有 128 位，写成八组，每组四位十六进制数。组前面的零不写；中间连着的若干组零可以缩成 `::`，只能用一次：`fd00::2` 就是 `fd00:0:0:0:0:0:0:2`。通常前一半表示哪个网段，后一半表示哪个接口，写作 `/64`。
#
# （第一格要是说 `No such file or directory`，这台机器的内核就没有 IPv6。这时改用 `NSLAB_BACKEND=uml nslabkit lab` 启动，课程会运行在工具包自己的内核上；那个内核用 `nslabkit kernel build-uml` 编译。）

# %% [markdown] lang="en"
# ## 1. An address that nobody gave
#
# A wire with both ends down. Its MAC addresses are chosen to be easy to recognise. (Late? `lab.catch_up("14.2")` builds what section 2 starts from.)

# %% [markdown] lang="zh"
# ## 1. 没人配的地址
#
# 一根线，两端都没启用。MAC 地址是特意选的，一眼就能认出来。（新建一个单元格运行 `lab.catch_up("14.2")`，会搭好第 2 节开始时该有的东西。）

# %% build="on" magic_args="--no-raise-error" language="bash"
# ip netns add netns1
# ip netns add netns2
# ip -n netns1 link add veth1 type veth peer name veth1-peer netns netns2
# ip -n netns1 link set veth1 address 02:00:00:00:00:01
# ip -n netns2 link set veth1-peer address 02:00:00:00:00:02

# %% [markdown] lang="en"
# Now both ends go `up`, and nothing else: no address, no program. It takes a few seconds.

# %% [markdown] lang="zh"
# 接下来只启用两端：不配地址，也不运行程序。要等几秒钟。

# %%
lab.predict("nobody speaks")

# %% build="on"
recorder = lab.capture("netns1", "netns2")
alone = recorder.start()
# !ip -n netns1 link set veth1 up
# !ip -n netns2 link set veth1-peer up
lab.wait_for("ip -n netns1 -6 addr show -tentative", "scope link")
lab.wait_for("ip -n netns2 -6 addr show -tentative", "scope link")
recorder.stop()
for packet in alone.packets:
    if packet.outgoing:
        print(packet.interface.namespace, packet.summary)

# %%
lab.compare("nobody speaks")

# %% [markdown] lang="en"
# With IPv4, an interface without an address is silent. These two spoke:
#
# - *Multicast listener report*: “I want the frames for these groups.” A **group**, or multicast address, reaches all who have joined it.
# - *Neighbour solicitation* from `::`, which means *no address yet*: “Is this address taken?” That is section 3.
# - *Router solicitation*, unless it comes only after the recording: “Is there a router?” That is section 4.
#
# All this was about an address. Compare it with the MAC address, `02:00:00:00:00:01`, before you read on:

# %% [markdown] lang="zh"
# 用 IPv4 时，没有地址的接口什么也不发。这两个却先把自己介绍了一遍：
#
# - *multicast listener report*：“发给这些组的帧，我要收。”**组**就是组播地址，发给它的帧，加入了这个组的都能收到。
# - *neighbour solicitation*，源地址是 `::`，意思是**还没有地址**：“这个地址有人用吗？”第 3 节讲。
# - *router solicitation*（也可能等抓包结束才发）：“有路由器吗？”第 4 节讲。
#
# 这一切，为的都是下面这个地址。先和 MAC 地址 `02:00:00:00:00:01` 对一对，再往下读：

# %%
# !ip -n netns1 -6 addr show dev veth1
# !ip netns exec netns1 ping -c 1 fe80::ff:fe00:2%veth1

# %% [markdown] lang="en"
# The kernel cut the MAC address in half, put `ff:fe` in between, and flipped one bit of the first byte: `02` became `00`. In front of that it put `fe80::/64`, the same on every link in the world. Such an address is **link-local**: no router passes it on. As every link has that network, the ping says after the `%` which link is meant.
#
# Claim B21: “A link that is up has an IPv6 address made from its MAC address, and nobody has to give it.” True? (Not everywhere: on laptops and phones, the second half is often random, so that nobody can follow the MAC address from network to network.)

# %% [markdown] lang="zh"
# `fe80::ff:fe00:1` 的后一半写全了，是 `0000:00ff:fe00:0001`。内核把 MAC 地址从中间切开，塞进 `ff:fe`，再把第一个字节里的一位翻转：`02` 成了 `00`。前面加上 `fe80::/64`，全世界每条链路都一样。这样的地址叫**链路本地地址**：只在这根线上有效，路由器不会转发。既然每条链路上都是这个网段，ping 就要用 `%` 写明走哪条链路。
#
# 论断 B21：“接口启用后，就有一个由 MAC 地址生成的 IPv6 地址，不用谁来配。”是这样吗？（也有例外：笔记本电脑和手机上，后一半往往是随机的，免得有人凭 MAC 地址在各个网络之间跟踪它。）

# %% claim="B21"
lab.claims.B21.check()

# %% [markdown] lang="en"
# ## 2. The question without ARP
#
# Both ends get an IPv4 and an IPv6 address; those that begin with `fd` are for private use, as `172.16.` is.

# %% [markdown] lang="zh"
# ## 2. 没有 ARP，怎么问
#
# 两端各配一个 IPv4 地址、一个 IPv6 地址；`fd` 开头的地址供内部使用，和 `172.16.` 一样。

# %% build="on"
# !ip -n netns1 addr add 172.16.0.1/24 dev veth1
# !ip -n netns2 addr add 172.16.0.2/24 dev veth1-peer
# !ip -n netns1 addr add fd00::1/64 dev veth1
# !ip -n netns2 addr add fd00::2/64 dev veth1-peer
one, two = lab.namespaces.namespace("netns1"), lab.namespaces.namespace("netns2")
lab.wait_for("ip netns exec netns1 ping -c 1 -W 1 fd00::2", "bytes from")

# %%
lab.predict("whom to ask")

# %% [markdown] lang="en"
# Both tables are emptied, then one ping of each kind is recorded. (The filter leaves out the router solicitations, which go on all the time.)

# %% [markdown] lang="zh"
# 先清空两边的邻居表，再把两种 ping 各抓一次。（过滤条件去掉了 router solicitation，它一直在发。）

# %%
# !ip -n netns2 neigh flush all; ip -n netns1 neigh flush all
with lab.capture(one, two, filter="arp or icmp or (icmp6 and icmp6[0] != 133)") as both:
    one.run("ping -c 1 172.16.0.2")
    one.run("ping -c 1 fd00::2")
for packet in both.packets:
    if packet.outgoing:
        print(packet.data[0:6].hex(":"), packet.data[12:14].hex(), packet.kind)
both.ladder(scale="log")

# %%
lab.compare("whom to ask")

# %% [markdown] lang="en"
# At the top ARP's ping, below it IPv6's: the same four steps, the same bars. The entry is `STALE` on one side and `REACHABLE` on the other, as in lesson 3, and all are in one neighbour table. What differs:
#
# | | IPv4 | IPv6 |
# |---|---|---|
# | who asks | ARP, a protocol of its own beside IP (type `0806`) | **neighbour discovery**: messages of ICMPv6, within IPv6 (type `86dd`) |
# | the question goes to | everybody: `ff:ff:ff:ff:ff:ff` | a group: `33:33:ff:00:00:02` |
# | it is called | ARP request | *neighbour solicitation* |
# | the answer | ARP reply | *neighbour advertisement* |
#
# Which group? `ff02::1:ff` and the last three bytes of the address asked for; as a MAC address, `33:33` and the last four bytes of the group. Whoever has such an address has joined that group: the next cell lists the groups of `veth1-peer`. A network card can drop the frames for groups that it has not joined, so in a large network the question disturbs hardly anybody.
#
# Claim B22: “IPv6 asks only the group of the address, where ARP asks everybody.” True?

# %% [markdown] lang="zh"
# 上半截是 ARP 的那个 ping，下半截是 IPv6 的：同样的四步，同样的色条。和第 3 课一样，一边是 `STALE`，一边是 `REACHABLE`，都记在同一张邻居表里。不同之处：
#
# | | IPv4 | IPv6 |
# |---|---|---|
# | 谁来问 | ARP，与 IP 并列的协议（类型 `0806`） | **邻居发现**：ICMPv6 的几种报文，装在 IPv6 里（类型 `86dd`） |
# | 发给谁 | 所有人：`ff:ff:ff:ff:ff:ff` | 一个组：`33:33:ff:00:00:02` |
# | 请求叫 | ARP 请求 | **邻居请求**（neighbour solicitation） |
# | 应答叫 | ARP 应答 | **邻居通告**（neighbour advertisement） |
#
# 是哪个组？`ff02::1:ff` 加上所问地址的最后三个字节；写成 MAC 地址，就是 `33:33` 加上组的最后四个字节。谁有这样的地址，谁就加入了这个组：下一格列出 `veth1-peer` 加入的组。没有加入的组，发给它的帧，网卡硬件就能丢掉；所以在大的网段里，这样的请求几乎不打扰别人。
#
# 论断 B22：“ARP 问所有人，IPv6 只问那个地址所属的组。”是这样吗？

# %% claim="B22"
# !ip -n netns2 maddr show dev veth1-peer
lab.claims.B22.check(recording=both)

# %% [markdown] lang="en"
# ## 3. Is it taken?
#
# `netns1` has `172.16.0.1` and `fd00::1`. Now `netns2` is given both, too. (Both tables are emptied first, so that no neighbour is asked meanwhile.)

# %% [markdown] lang="zh"
# ## 3. 有人用了吗？
#
# `172.16.0.1` 和 `fd00::1` 是 `netns1` 的。现在给 `netns2` 也配上这两个。（先清空两边的邻居表，免得中途又去问邻居。）

# %%
lab.predict("two of a kind")

# %%
# !ip -n netns1 neigh flush all; ip -n netns2 neigh flush all
with lab.capture(one, two, filter="arp or (icmp6 and icmp6[0] != 133)") as taken:
    two.run("ip addr add 172.16.0.1/24 dev veth1-peer")
    two.run("ip addr add fd00::1/64 dev veth1-peer")
    lab.wait_for("ip -n netns2 addr show dadfailed", "fd00::1")
# !ip -n netns2 addr show dev veth1-peer
taken.ladder()

# %%
lab.compare("two of a kind")

# %% [markdown] lang="en"
# `ip` accepted both without a word. But an IPv6 address is `tentative` at first, on probation: the kernel asks the group whether anybody has it, and waits for a second. That is **duplicate address detection** (DAD), and it is why section 1 took a while. `netns1` objected, to everybody (`ff02::1`), because the asker has no address yet. So the address is `dadfailed`: it is listed, but not used. For `172.16.0.1` there is no frame: nobody is asked, and now both have it. Claim B23: “Before IPv6 uses an address, it asks whether it is taken.” True?

# %% [markdown] lang="zh"
# `ip` 没有报错，两个都收下了。不过 IPv6 地址刚配上时是 `tentative`（试用）：内核先向那个组问一声有没有人在用，等上一秒。这叫**重复地址检测**（DAD），第 1 节要等一会儿，就是因为它。`netns1` 提出了异议，而且是告诉所有人（`ff02::1`），因为提问的一方还没有地址，没法单独答复。于是这个地址成了 `dadfailed`：摆在那里，但不用。至于 `172.16.0.1`，一个帧也没有：Linux 什么都不问，两边就都有了。论断 B23：“IPv6 使用一个地址之前，先问有没有人在用。”是这样吗？

# %% claim="B23"
lab.claims.B23.check(recording=taken)

# %% [markdown] lang="en"
# ## 4. One frame configures a machine
#
# The cell takes the two addresses away again, and makes `netns2` a router: a second wire leads from it to `netns3`. (`nodad`: without the check, so that you need not wait.) Its last line tries to reach `netns3`.

# %% [markdown] lang="zh"
# ## 4. 一个帧配好一台机器
#
# 这一格先去掉那两个地址，再让 `netns2` 当路由器：从它再拉一根线到 `netns3`。（`nodad` 表示不做检测，省得等。）最后一行试试走不走得通。

# %% build="on" magic_args="--no-raise-error" language="bash"
# ip -n netns2 addr del fd00::1/64 dev veth1-peer 2>/dev/null
# ip -n netns2 addr del 172.16.0.1/24 dev veth1-peer 2>/dev/null
# ip netns add netns3
# ip -n netns2 link add far type veth peer name eth0 netns netns3
# ip -n netns2 addr add fd00:3::1/64 dev far nodad
# ip -n netns3 addr add fd00:3::3/64 dev eth0 nodad
# ip -n netns2 link set far up; ip -n netns3 link set eth0 up
# ip -n netns3 route add default via fd00:3::1
# ip -n netns2 addr add fd00:1::1/64 dev veth1-peer nodad
# ip netns exec netns2 sysctl -qw net.ipv6.conf.all.forwarding=1
# ip netns exec netns1 ping -c 1 -W 1 fd00:3::3 2>&1

# %% [markdown] lang="en"
# `netns1` knows no way there. It has been asking for a router all the time, and nobody answered. These few lines do, once, with `scapy`, which builds packets (and is slow to start). They send a **router advertisement**: “I am a router, for so many seconds; addresses here begin with this **prefix**.” It goes to `ff02::1`, everybody.

# %% [markdown] lang="zh"
# `netns1` 没有路由可走。它一直在问有没有路由器，没人理会。下面几行用 `scapy`（造包用的 Python 库，启动有点慢）答一次，发一个**路由器通告**（router advertisement）：“我是路由器，有效多少秒；这里的地址都以这个**前缀**开头。”发给 `ff02::1`，也就是所有人。

# %% build="on"
# %%writefile /run/advertise.py
import sys
from scapy.all import Ether, IPv6, ICMPv6ND_RA, ICMPv6NDOptPrefixInfo, sendp
limit, lifetime, prefix, valid = sys.argv[1:]
frame = Ether(src="02:00:00:00:00:02", dst="33:33:00:00:00:01")
frame /= IPv6(src="fe80::ff:fe00:2", dst="ff02::1", hlim=int(limit))
frame /= ICMPv6ND_RA(routerlifetime=int(lifetime), prf=0)
lives = {"validlifetime": int(valid), "preferredlifetime": int(valid)}
frame /= ICMPv6NDOptPrefixInfo(prefix=prefix, prefixlen=64, **lives)
sendp(frame, iface="veth1-peer", verbose=False)

# %%
lab.predict("one frame")

# %% build="on"
import sys
with lab.capture(one, two, filter="icmp6 and icmp6[0] == 134") as heard:
    two.run([sys.executable, "/run/advertise.py", "255", "1800", "fd00:1::", "7200"])
for part in heard.packets[0].fields:
    if part.layer == "ICMPv6":
        print(f"{part.name}: {part.value}")
lab.wait_for("ip -n netns1 -6 addr show -tentative", "fd00:1::")
# !ip -n netns1 -6 addr show dev veth1; ip -n netns1 -6 route
lab.picture()

# %%
lab.compare("one frame")

# %% [markdown] lang="en"
# First the frame's fields, then what they brought: an address in `fd00:1::/64`, its second half made from the MAC address as before, and a default route that `expires` (`proto ra`: from a router advertisement). Nobody ran a command in `netns1`, and yet it reaches the other network. Claim B24: “One router advertisement gives a machine an address and a default route.” True?

# %% [markdown] lang="zh"
# 上面是那个帧的各个字段，下面是它带来的东西：一个 `fd00:1::/64` 里的地址，后一半照旧由 MAC 地址生成；一条会过期（`expires`）的默认路由（`proto ra`：来自路由器通告）。没有人在 `netns1` 里运行过命令，它却到得了另一个网段。论断 B24：“一个路由器通告，就让一台机器有了地址和默认路由。”是这样吗？

# %% claim="B24"
# !ip netns exec netns1 ping -c 1 -W 2 fd00:3::3
lab.claims.B24.check()

# %% [markdown] lang="en"
# So could anybody, anywhere, send such a frame to your machine? Neighbour discovery guards against that with IPv6's *hop limit*, which is the ttl under a new name. It must be 255, the largest number that fits into its byte. Each router takes one off, so whoever reads 255 knows that there was no router in between. The same frame once more, with 254 and another prefix: it arrives in `netns1`, but is not believed. Claim B25: “A router advertisement that may have passed a router is ignored.” True?

# %% [markdown] lang="zh"
# 那么，不管是谁，不管在哪里，都能给你的机器发这样一个帧？邻居发现的所有报文都防着这一手，靠的是 IPv6 的**跳数限制**（hop limit，也就是换了名字的 ttl）：必须是 255，那是一个字节里最大的数。每过一台路由器减一，所以读到 255，就知道中间没有路由器。同样的帧再发一次，改成 254，前缀也换一个：帧到了 `netns1`，但它不信。论断 B25：“可能经过了路由器的路由器通告，一律不理。”是这样吗？

# %% claim="B25"
with lab.capture(one, two, filter="icmp6 and icmp6[0] == 134") as afar:
    two.run([sys.executable, "/run/advertise.py", "254", "1800", "fd00:bad::", "7200"])
for packet in afar.packets:
    print(packet.interface.where, packet.summary)
# !ip -n netns1 -6 addr show dev veth1
lab.claims.B25.check(recording=afar)

# %% [markdown] lang="en"
# From somebody on *your own* wire, however, 255 does arrive, and the kernel believes it without any proof, just as it believes an ARP reply: [Attack and defence](16_attack_and_defence.ipynb).
#
# ## 5. Your turn
#
# Three tasks in this network; if it is in disorder, `lab.catch_up("14.5")` builds it again. Any way is right that gets there. `lab.hint("14.1")` in a new cell opens the first of three hints.

# %% [markdown] lang="zh"
# 不过，要是对方就在**你这根线**上，收到的就是 255，内核不要任何证明就信了。ARP 应答也是这样，后果见[《攻与防》](16_attack_and_defence.ipynb)。
#
# ## 5. 轮到你了
#
# 三个任务，都在这个网络里做；弄乱了，`lab.catch_up("14.5")` 会重新搭好。只要达到目标，什么做法都行。新建一个单元格运行 `lab.hint("14.1")`，会看到第一条提示，一共三条。

# %% task="14.1"

# %% task="14.1" tags=["solution"]
two.run([sys.executable, "/run/advertise.py", "255", "0", "fd00:7::", "3600"])
lab.wait_for("ip -n netns1 -6 addr show -tentative", "fd00:7::")

# %% task="14.1"
lab.check.task("14.1")

# %% [markdown] lang="en"
# So a router steps down and a network gets a new prefix. Next, what you read off the address in section 1.

# %% [markdown] lang="zh"
# 路由器就是这样卸任的，网段就是这样换号的。下一个任务，要用上第 1 节里从地址读出来的东西。

# %% task="14.2"

# %% task="14.2" tags=["solution"] magic_args="--no-raise-error" language="bash"
# ip -n netns1 link set veth1 down
# ip -n netns1 link set veth1 address 52:54:00:12:34:56
# ip -n netns1 link set veth1 up

# %% task="14.2"
lab.check.task("14.2")

# %% [markdown] lang="en"
# Last, a fault to mend. Somebody has read that ICMP is dangerous, and drops all of it in `netns2`. See what is left of TCP, over IPv4 and over IPv6: `bash` connects to port 80 through `/dev/tcp/ADDRESS/80`. (Nobody waits there: “refused” means “heard”.) ARP is no part of ICMP; neighbour discovery is part of ICMPv6.

# %% [markdown] lang="zh"
# 最后一个是要修的故障。有人听说 ICMP 危险，就在 `netns2` 里把它全丢了。看看 TCP 还剩多少，IPv4 和 IPv6 各试一次：在 `bash` 里把输出重定向到 `/dev/tcp/地址/80`，就是去连这个地址的 80 端口。（那里没有程序在监听：`Connection refused` 就说明对方收到了。）ARP 不属于 ICMP，邻居发现却属于 ICMPv6。

# %% magic_args="--no-raise-error" language="bash"
# nft="ip netns exec netns2 nft"
# $nft add table inet guard
# $nft add chain inet guard in "{ type filter hook input priority filter; }"
# $nft add rule inet guard in meta l4proto "{ icmp, ipv6-icmp }" drop
# ip -n netns2 neigh flush all; ip -n netns1 neigh flush all
# ip netns exec netns1 timeout 5 bash -c ": >/dev/tcp/172.16.0.2/80" 2>&1
# ip netns exec netns1 timeout 5 bash -c ": >/dev/tcp/fe80::ff:fe00:2%veth1/80" 2>&1
# [ $? = 124 ] && echo "5 seconds, and no answer"

# %% task="14.3"

# %% task="14.3" tags=["solution"] magic_args="--no-raise-error" language="bash"
# ip netns exec netns2 nft insert rule inet guard in icmpv6 type "{ nd-neighbor-solicit, nd-neighbor-advert }" accept

# %% task="14.3"
lab.check.task("14.3")

# %% [markdown] lang="en"
# ## What you have seen
#
# - A link that is up gives itself a link-local address. It asks whether that address is free, and whether there is a router, without being told to.
# - Neighbour discovery does what ARP does, with the same table and the same states; its question goes to a group, not to everybody, and it is part of ICMPv6. Whoever drops all ICMPv6 drops IPv6.
# - A new address is tentative until it is clear that nobody objects. IPv4 does not ask.
# - One router advertisement gives an address and a default route. It is believed if its hop limit is 255: from anybody on the wire, and from nobody beyond it.

# %% [markdown] lang="zh"
# ## 你看到了什么
#
# - 接口启用后，自己就有了链路本地地址。地址有没有人用、有没有路由器，它自己会去问。
# - 邻居发现做的是 ARP 的事，用同一张邻居表、同样的状态；不过它只问一个组，不问所有人，而且属于 ICMPv6。谁把 ICMPv6 全丢了，谁就丢了 IPv6。
# - 新地址先试用，没人反对才算数。IPv4 不问。
# - 一个路由器通告，就给了地址和默认路由。跳数限制是 255 就信：线上的谁都信，线外的谁都不信。

# %% [markdown] lang="en"
# ## What you can now do
#
# Ticked where a check has shown it. What is not ticked is waiting for you: its task is above.

# %% [markdown] lang="zh"
# ## 现在你会做什么
#
# 打勾的，是检查已经证明的。没打勾的还等着你：任务在上面。

# %%
lab.learned(14)

# %% [markdown] lang="en"
# The last cell leaves the machine as you found it.

# %% [markdown] lang="zh"
# 最后一个单元格让机器恢复原样。

# %%
lab.empty()
# !rm -f /run/advertise.py
lab.check.empty()

# %% [markdown] lang="en"
# Next: [Two hosts, one network: overlay](15_overlay.ipynb). How far you are: [the start page](00_start.ipynb).

# %% [markdown] lang="zh"
# 下一课：[《两台主机，一个网络：overlay》](15_overlay.ipynb)。学到了哪里，看[课程首页](00_start.ipynb)。
