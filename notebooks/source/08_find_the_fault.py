# %% [markdown] lang="en"
# # Find the fault
#
# By the end of this lesson you can go from a symptom to the layer that causes it, and you have mended four broken networks on your own. Eighteen more are waiting.
#
# **Time:** about 45 minutes. **You need:** the wire of [lesson 1](01_one_wire.ipynb) and the router of [lesson 4](04_beyond.ipynb). This page builds everything else itself; *Kernel → Restart* empties the machine.
#
# It helps to have a second window on the same machine: type `nslabkit enter` in a terminal. [The start page](00_start.ipynb) shows which lessons you have finished.

# %% [markdown] lang="zh"
# # 故障排查
#
# 学完这一课，你能从现象推断出是哪一层出了问题，并独立修好四个坏掉的网络。另外还有十八个等着你。
#
# **时间：** 约 45 分钟。**准备：** 学过[第 1 课](01_one_wire.ipynb)的线和[第 4 课](04_beyond.ipynb)的路由器。其余的一切，这一页会自己搭好；**内核 → 重启内核**会把它清空。
#
# 最好再开一个窗口看同一台机器：在终端里输入 `nslabkit enter`。哪些课已经学完，看[课程首页](00_start.ipynb)。

# %%
import nslabkit as lab
lab.recall(8)

# %%
lab.check.empty()

# %% [markdown] lang="en"
# ## The plan
#
# Every network of this lesson should look like this:
#
# ```text
#   client                      router                      server
#   eth0 10.1.0.2/24 ────── left 10.1.0.1/24
#                           right 10.2.0.1/24 ────── eth0 10.2.0.2/24
#   default via 10.1.0.1    forwards                    default via 10.2.0.1
#                                                       answers on TCP port 8080
# ```
#
# Every wire carries packets of up to 1500 bytes (its *mtu*). From network 15 on, the router also publishes the server's page at `10.1.0.1`, port 80 (a NAT rule).
#
# `lab.faults.build(4)` builds it and breaks **one** thing. The number chooses which: share it with your neighbour and you both have the same network (from 15 on not always, if your class gives each of you tasks of your own). One thing, but perhaps several traces: when a link goes down, the routes over it vanish with it. Mend the cause, and the traces go.
#
# ## The five layers again
#
# Lesson 1 drew where a ping can get stuck. With a router in between, every machine on the way has these layers, and you look for the *one* that fails:
#
# | layer | the question | ask it with |
# |---|---|---|
# | 1 program | Does the right program listen, at this address and port? | `ss -ltnp` |
# | 2 address and route | Has each machine on the way its address, does it know the next step, and is the right table of routes asked (`ip rule`)? | `ip addr`, `ip route get`, `ip rule`, `sysctl net.ipv4.ip_forward` |
# | 3 neighbour | Does the next machine's MAC address come back, and is it the right one? | `ip neigh` |
# | 4 wire | Are both ends there, up, and wide enough for the packet? | `ip link`: name, state, mtu |
# | 5 far side | The packet arrives: is it let in, and does the answer come back? | `tcpdump` there, `nft list ruleset`, `ip route get` back |

# %% [markdown] lang="zh"
# ## 正常的样子
#
# 本课的每个网络都应当是这样的：
#
# ```text
#   client                      router                      server
#   eth0 10.1.0.2/24 ────── left 10.1.0.1/24
#                           right 10.2.0.1/24 ────── eth0 10.2.0.2/24
#   默认路由指向 10.1.0.1        负责转发                默认路由指向 10.2.0.1
#                                                       在 TCP 8080 端口上应答
# ```
#
# 每根线都能传最大 1500 字节的包（这个上限叫 `mtu`）。从 15 号网络起，路由器还把服务器的页面发布在 `10.1.0.1` 的 80 端口上（靠一条 NAT 规则，把发到那里的包的目的地址改成服务器的）。
#
# `lab.faults.build(4)` 搭出这个网络，并弄坏**一处**。弄坏哪里由编号决定；把编号告诉邻座，你们的网络就一模一样（如果班上每人一份任务，15 号以后的未必相同）。故障只有一处，现象却可能不止一处：接口一停用，经过它的路由也跟着消失。把根源修好，其余的也就没了。
#
# ## 再看五层
#
# 第 1 课画过 ping 会卡在哪里。中间多了路由器，沿途每台机器都有这几层，要找的是出问题的那**一**层：
#
# | 层 | 要问什么 | 用什么问 |
# |---|---|---|
# | 1 程序 | 这个地址和端口上，有该有的程序在监听吗？ | `ss -ltnp` |
# | 2 地址与路由 | 沿途每台机器的地址对吗，知道下一跳吗，查的是该查的路由表吗（路由表可以有好几张，查哪张由 `ip rule` 列出的规则决定）？ | `ip addr`、`ip route get`、`ip rule`、`sysctl net.ipv4.ip_forward` |
# | 3 邻居 | 下一台机器的 MAC 地址问得到吗，对不对？ | `ip neigh` |
# | 4 线 | 两端都在、都启用、包也装得下吗？ | `ip link`：名字、状态、mtu |
# | 5 对面 | 包到了：让进吗，应答回得来吗？ | 在那边 `tcpdump`、`nft list ruleset`、反方向的 `ip route get` |

# %% [markdown] lang="en"
# ## From the symptom to the layer
#
# | what you see | how fast | who says it | what it tells you |
# |---|---|---|---|
# | `Network is unreachable` | at once | your own kernel | no route here (2); nothing was sent |
# | `Destination Net Unreachable` | at once | the router named at the start of the line (`From …`) | no route *there* (2), perhaps because a link is down (4) |
# | `Destination Host Unreachable` | after about 3 seconds | the machine named at the start of the line, perhaps your own | it asked for a MAC address and got none (3): why not? |
# | `Connection refused` | at once | whoever has the address, or a firewall in its name | nobody listens (1), or a rule rejects (5) |
# | `timed out`, while ping works | late | nobody | this port is filtered (5), or this packet is too large (4), or a program is stuck (1) |
# | nothing at all, `100% packet loss` | never | nobody | only that nobody said no |
#
# The second column is worth as much as the first: a quick *no* comes from somebody who is there. Silence is the one symptom that leaves everything open: a rule that drops, a router that does not forward, a wrong MAC address, a missing way back, even your own `lo` switched off.
#
# Lost, or late? `lab.catch_up("8.2")` in a new cell empties the machine and builds what step 8.2 starts from; `lab.catch_up()` lists the steps.

# %% [markdown] lang="zh"
# ## 从现象到层
#
# | 看到的现象 | 多快出现 | 谁说的 | 说明什么 |
# |---|---|---|---|
# | `Network is unreachable` | 立刻 | 你自己的内核 | 这里没有路由（2），什么也没发出去 |
# | `Destination Net Unreachable` | 立刻 | 行首 `From` 后面那台路由器 | **那里**没有路由（2），也许是因为接口未启用（4） |
# | `Destination Host Unreachable` | 大约 3 秒后 | 行首 `From` 后面那台机器，也可能是你自己 | 它问 MAC 地址，没有问到（3）：为什么？ |
# | `Connection refused` | 立刻 | 用着那个地址的机器，或者以它的名义拒绝的防火墙 | 没有程序监听（1），或被规则拒绝（5） |
# | ping 得通，却 `timed out` | 很久以后 | 没有人 | 这个端口被过滤（5），或这个包太大（4），或程序卡住了（1） |
# | 什么都没有，`100% packet loss` | 一直没有 | 没有人 | 只说明没有人拒绝 |
#
# 第二列和第一列一样有用：立刻得到拒绝，说明那边有人。而没有应答，什么也排除不了：规则在丢包、路由器没开转发、MAC 地址不对、没有回程路由，甚至自己的 `lo` 没启用，都是这个样子。
#
# 跟丢了，或者来晚了？新建一个单元格运行 `lab.catch_up("8.2")`，机器会被清空，再搭好第 8.2 步开始时该有的东西；`lab.catch_up()` 列出全部步骤。

# %% [markdown] lang="en" step="8.1"
# ## 1. A case, worked
#
# Network 4, from symptom to repair. First the symptom, in full:

# %% [markdown] lang="zh" step="8.1"
# ## 1. 完整地做一遍
#
# 以 4 号网络为例，从现象一直做到修好。先把现象看全：

# %% build="on"
lab.faults.build(4)

# %%
# !ip netns exec client ping -c 2 -W 2 10.2.0.2

# %% [markdown] lang="en"
# An answer at once, but not from the server: the line begins with `From 10.1.0.1`, so the router says it. So the client's route, its neighbour and its wire are all in order: the packet got as far as the router. The *router* knows no way on. What does it know?

# %% [markdown] lang="zh"
# 立刻就返回一行，但不是服务器的应答：行首是 `From 10.1.0.1`，话是路由器说的。可见 client 的路由、邻居、线都没问题，包已经到了路由器。不知道往哪里走的是**路由器**。它知道些什么？

# %%
# !ip -n router route

# %% [markdown] lang="en"
# The line for `10.2.0.0/24` is missing. Is that the fault? Nobody types such a line: the kernel adds it for each address whose link is up. So either the address is missing, or the link is not up:

# %% [markdown] lang="zh"
# 少了 `10.2.0.0/24` 那一行。故障就在这里吗？这样的路由不是人敲进去的：接口有地址、又已启用，内核就自动加上。所以，要么地址没了，要么接口未启用：

# %%
# !ip -n router -br addr

# %% [markdown] lang="en"
# The address is there, and `right` is `DOWN`. The missing route was a trace; the cause is the wire. Name the layer, and only then mend it:

# %% [markdown] lang="zh"
# 地址还在，`right` 却是 `DOWN`。缺的那条路由只是后果，根源在线上。先说出是哪一层，再动手：

# %%
lab.faults.layer(4, "wire")

# %% build="on"
# !ip -n router link set right up

# %%
lab.faults.mended(4)

# %% [markdown] lang="en"
# The check pings with a small packet and a large one, asks for the page, and reads the counters of the router and the server: it wants the packets to go through the router to the server, however you did it.
#
# One more thing before you start: the network is whole now, so you can find out what a symptom does *not* tell you.

# %% [markdown] lang="zh"
# 检查会发一个小的和一个大的 ping，再去要页面，还会读路由器和服务器的计数器：数据包必须真的经过路由器到达服务器，至于怎么修的，随你。
#
# 动手之前再做一件事：网络现在是好的，正好看看一种现象**说明不了**什么。

# %%
ask = "import urllib.request as u; print(u.urlopen('http://10.2.0.2:8080', timeout=2).read(21))"
# !ip netns exec client python3 -c "{ask}" 2>&1 | tail -1

# %%
lab.predict("who refuses")

# %%
rule = "tcp dport 8080 reject with tcp reset"
# !ip netns exec server nft add table inet demo
# !ip netns exec server nft "add chain inet demo input {{ type filter hook input priority 0; }}"
# !ip netns exec server nft add rule inet demo input {rule}

# %%
# !ip netns exec client python3 -c "{ask}" 2>&1 | tail -1
# !ip netns exec server ss -ltn

# %%
lab.compare("who refuses")

# %% [markdown] lang="en" step="8.2"
# ## 2. Your turn, with a menu
#
# `lab.hint("8.1")` in a new cell opens the next of three hints, each giving away more than the one before; for the other tasks, too.

# %% [markdown] lang="zh" step="8.2"
# ## 2. 轮到你了：有命令可选
#
# 新建一个单元格运行 `lab.hint("8.1")`，会打开三条提示中的下一条，一条比一条说得多；后面的任务也一样。

# %% build="on"
lab.faults.build(6)

# %%
# !ip netns exec client ping -c 1 -W 4 10.2.0.2

# %% [markdown] lang="en"
# Find your symptom in the table. Then ask the layer it points to. Run what you need of these, with other names in place of `client`, `router` and `server`, and add cells of your own:

# %% [markdown] lang="zh"
# 在上面的表里找到你看到的现象，再去问它所指的那一层。下面的命令需要哪个就运行哪个，也可以换成别的名字（`client`、`router`、`server`），或者自己加单元格：

# %%
# !ip -n client -br addr
# !ip netns exec client ip route get 10.2.0.2

# %%
# !ip -n client neigh
# !ip -n router -br addr

# %%
# !ip netns exec router sysctl net.ipv4.ip_forward
# !ip netns exec server ss -ltn
# !ip netns exec server nft list ruleset

# %% [markdown] lang="en"
# Which layer is it? A wrong choice costs nothing and says what you would have to see. Then mend it in the empty cell.

# %% [markdown] lang="zh"
# 是哪一层？选错了也没关系，它会告诉你那样的话该看到什么。然后在空单元格里修好它。

# %%
lab.faults.layer(6)

# %% task="8.1"

# %% task="8.1" tags=["solution"]
lab.faults.layer(6, "route")
# !ip -n client route replace default via 10.1.0.1

# %% task="8.1"
lab.check.task("8.1")

# %% [markdown] lang="en" step="8.3"
# ## 3. Without a menu
#
# Network 9 belongs to the second level: one look is not enough, you have to compare two.

# %% [markdown] lang="zh" step="8.3"
# ## 3. 没有命令可选
#
# 9 号网络属于第二级：只看一处不够，要把两处放在一起比。

# %% build="on"
lab.faults.build(9)

# %%
lab.predict("only silence")

# %%
# !ip netns exec client ping -c 2 -W 1 10.2.0.2

# %% [markdown] lang="en"
# Which way does the silence come from? A recording at the server's door says whether anything arrives there, while the client pings:

# %% [markdown] lang="zh"
# 没有应答，是去程丢了还是回程丢了？client 发 ping 的时候，在服务器的接口上抓包，看有没有东西到达：

# %%
with lab.capture("server", filter="arp or icmp") as recording:
    lab.namespaces.namespace("client").run("ping -c 2 -W 1 10.2.0.2", quiet=True)
recording

# %%
lab.compare("only silence")

# %%
lab.faults.layer(9)

# %% task="8.2"

# %% task="8.2" tags=["solution"]
lab.faults.layer(9, "neighbour")
# !ip -n router neigh del 10.2.0.2 dev right

# %% task="8.2"
lab.check.task("8.2")

# %% [markdown] lang="en" step="8.4"
# ## 4. The third level
#
# Network 15. The client's ping is answered; ask for the page in both ways, at `10.2.0.2:8080` and at `10.1.0.1:80`. No more help than that.

# %% [markdown] lang="zh" step="8.4"
# ## 4. 第三级
#
# 15 号网络。client 的 ping 有应答；再用两种方式要页面：`10.2.0.2:8080` 和 `10.1.0.1:80`。能说的就这么多。

# %% build="on"
lab.faults.build(15)

# %%
lab.faults.layer(15)

# %% task="8.3"

# %% task="8.3" tags=["solution"]
lab.faults.layer(15, "far")
# !ip netns exec router nft delete table inet filter

# %% task="8.3"
lab.check.task("8.3")

# %% [markdown] lang="en"
# And one more, network 17. Here the client has a second wire to the router (`eth1` to `left2`, 10.3.0.0/24), and the router answers the client by that one. There and back by different ways: that is unusual, and allowed. The fault is something else.

# %% [markdown] lang="zh"
# 再来一个，17 号网络。这里 client 到路由器还有第二根线（`eth1` 接 `left2`，10.3.0.0/24），路由器就走这根线应答 client。来回走不同的路，少见，但允许。故障在别处。

# %% build="on"
lab.faults.build(17)

# %%
lab.faults.layer(17)

# %% task="8.4"

# %% task="8.4" tags=["solution"]
lab.faults.layer(17, "route")
# !ip netns exec router sysctl net.ipv4.conf.left.rp_filter
# !ip netns exec router sysctl -w net.ipv4.conf.left.rp_filter=0

# %% task="8.4"
lab.check.task("8.4")

# %% [markdown] lang="en" step="8.5"
# ## 5. As many as you like
#
# Numbers 1 to 7 are the first level, 8 to 14 the second, 15 to 23 the third. From 24 on, the same faults come in another order. `lab.faults.hint(number, 1)` has three hints for each; `lab.faults.serve()` starts the server's program again when you had to end it. Choose a number; the three cells below do the rest.

# %% [markdown] lang="zh" step="8.5"
# ## 5. 想做几个就做几个
#
# 1 到 7 号是第一级，8 到 14 号是第二级，15 到 23 号是第三级。从 24 号起，还是这些故障，只是换了顺序。每个网络都有三条提示：`lab.faults.hint(number, 1)`；如果你结束了服务器的程序，`lab.faults.serve()` 会重新启动它。选一个编号，用下面三个单元格就行。

# %%
number = 1
lab.faults.build(number)

# %%
lab.faults.layer(number)

# %% tags=["not-yet"]
lab.faults.mended(number)

# %% [markdown] lang="en"
# ## What you have seen
#
# - The symptom names the layer: who answers, how fast, and whether anybody answers at all.
# - Silence says nothing about the direction, nor about the layer. Look where the packet was seen last.
# - A quick *no* comes from somebody who is there; it need not be the one you asked.
# - Ping and a service are two things: an answered ping shows that links, addresses, routes and forwarding work for small packets; it says nothing of ports, firewalls or large packets.
# - One cause can leave several traces. Look first, mend second: a second change on top of a wrong guess turns one fault into two.

# %% [markdown] lang="zh"
# ## 你看到了什么
#
# - 现象会告诉你是哪一层：谁在应答，多快应答，还是根本没有应答。
# - 没有应答，看不出是哪个方向，也看不出是哪一层。要看数据包最后在哪里出现过。
# - 立刻得到的拒绝来自在场的一方，但未必是你问的那一方。
# - ping 和服务是两回事：ping 通了，说明接口、地址、路由、转发对小包都没问题；端口、防火墙有没有问题，大包过不过得去，还不知道。
# - 一个根源可能引起几处现象。先看清楚，再动手：猜错了还接着改，一处故障就变成了两处。

# %% [markdown] lang="en"
# ## What you can now do
#
# Ticked where a check has shown it. What is not ticked is waiting for you: its task is above.

# %% [markdown] lang="zh"
# ## 现在你会做什么
#
# 打勾的，是检查已经证明的。没打勾的还等着你：任务在上面。

# %%
lab.learned(8)

# %% [markdown] lang="en"
# The last cell leaves the machine as you found it.

# %% [markdown] lang="zh"
# 最后一个单元格让机器恢复原样。

# %%
lab.faults.clear()
lab.check.empty()

# %% [markdown] lang="en"
# Next: [Reading the wire](09_reading_the_wire.ipynb). How far you are: [the start page](00_start.ipynb).

# %% [markdown] lang="zh"
# 下一课：[《读懂线上的每个字节》](09_reading_the_wire.ipynb)。学到了哪里，看[课程首页](00_start.ipynb)。
