# %% [markdown] lang="en"
# # Reaching the host, and beyond
#
# **What you find out:** whether the host takes part in the network of lesson 1; and then how one wire grows into a network: a router, a bridge with three namespaces, and a way out to the world through address translation. At the end you build such a network yourself.
#
# **Time:** about 60 minutes; sections 1–2 (20 minutes), 3–5 (20 minutes) and the tasks (20 minutes) can be three sittings.
#
# **You need:** nothing from other lessons; this one builds what it needs. Words such as *veth*, *address* and *route* are explained in [One wire, two worlds](01_one_wire.ipynb).
#
# This notebook is a machine of its own. We call the namespace that it runs in **the host**. If anything gets tangled, *Kernel → Restart* empties the machine; `nslabkit enter` in a terminal opens a shell inside it.

# %% [markdown] lang="zh"
# # 连通主机，再到外网
#
# **这一课要弄清楚：** 主机能不能和第 1 课的两个命名空间通信；然后看一根线怎样扩展成一个网络：一台路由器、接着三个命名空间的一个网桥，以及借助地址转换通往外网的出口。最后由你自己搭一个。
#
# **用时：** 约 60 分钟。可以分三次做：第 1–2 节、第 3–5 节、任务各 20 分钟。
#
# **准备：** 不依赖其他课留下的任何东西，需要什么，这里现建。**veth**、**地址**、**路由**这些词在[《一根线，两个世界》](01_one_wire.ipynb)里解释过。
#
# 这个笔记本自成一台机器，它所在的命名空间，我们称为**主机**。要是哪里弄乱了，**内核 → 重启内核**，机器就清空了；在终端里输入 `nslabkit enter`，可以在里面开一个 shell。

# %%
import nslabkit as lab

# %%
lab.recall(4)

# %% [markdown] lang="en"
# Lost, or late? `lab.catch_up("4.3")` in a new cell empties the machine and builds what step 4.3 starts from; `lab.catch_up()` lists the steps.

# %% [markdown] lang="zh"
# 跟丢了，或者来晚了？新建一个单元格运行 `lab.catch_up("4.3")`，机器会被清空，再搭好第 4.3 步开始时该有的东西；`lab.catch_up()` 列出全部步骤。

# %% [markdown] lang="en"
# ## 1. Does the host take part?
#
# First the network of lesson 1, with all its commands in one cell (`ip -n netns1 …` is short for `ip netns exec netns1 ip …`):

# %% [markdown] lang="zh"
# ## 1. 主机参与其中吗？
#
# 先搭好第 1 课的网络，全部命令放在一个单元格里（`ip -n netns1 …` 是 `ip netns exec netns1 ip …` 的简写）：

# %% build="on"
# %%bash
ip netns add netns1
ip netns add netns2
ip link add veth1 type veth peer name veth1-peer
ip link set veth1 netns netns1
ip link set veth1-peer netns netns2
ip -n netns1 addr add 172.16.0.1/24 dev veth1
ip -n netns1 link set dev veth1 up
ip -n netns2 addr add 172.16.0.2/24 dev veth1-peer
ip -n netns2 link set dev veth1-peer up

# %%
lab.picture()

# %%
!ip netns exec netns1 ping -c 1 172.16.0.2

# %% [markdown] lang="en"
# The chapter says: “Now two namespaces can communicate, point to point.” True? The check sends a ping each way:

# %% [markdown] lang="zh"
# 原文说：“到这一步，两个命名空间实现了点对点通信。”是这样吗？检查会两个方向各 ping 一次：

# %% claim="C30"
lab.claims.C30.check()

# %% [markdown] lang="en"
# The two ends reach each other. But the same sentence of the chapter says more: “Namespace to host and host to namespace both work now.” True?

# %% [markdown] lang="zh"
# 两端确实互通。可原文的同一句话还说：“到这一步，命名空间到主机、主机到命名空间都已经能通信。”是这样吗？

# %%
lab.predict("host-to-namespace")

# %%
!ping -c 1 -W 1 172.16.0.1
!ip addr
!ip route

# %%
lab.compare("host-to-namespace")

# %% [markdown] lang="en"
# The host has `lo` and nothing else: no address in `172.16.0.0/24`, no route (`ip route` prints nothing). Both ends of the wire were *moved away* from it. And in the other direction, the host does not even have an address that `netns1` could ping.
#
# On your real machine, outside this notebook, the same ping ends differently, but no better: it has a default route, so the packet leaves for your router. Then nobody answers, or some stranger's machine in your office that happens to have `172.16.0.1` does.

# %% [markdown] lang="zh"
# 主机上只有 `lo`，别的什么都没有：没有 `172.16.0.0/24` 里的地址，也没有路由（`ip route` 什么都没打印）。线的两端都已经从主机**移走**了。反过来，想从 `netns1` ping 主机，连个可以 ping 的地址都没有。
#
# 在笔记本外面、你真正的机器上，同样的 ping 结局不同，却也好不到哪里去：那里有默认路由，包会发给你的路由器。结果要么一直没有应答，要么应答的是办公室里碰巧也用着 `172.16.0.1` 的某台不相干的机器。

# %% claim="C29"
lab.claims.C29.check()

# %% [markdown] lang="en"
# So it is not true, and the picture shows what is missing: a wire that ends in the host. We run one to `netns1`, with a subnet of its own, `10.0.0.0/24`. (`netns netns1` at the end of the line puts the far end there at once.)

# %% [markdown] lang="zh"
# 可见并非如此。缺的是什么，看图就知道：一根有一端接在主机上的线。我们拉一根到 `netns1`，用单独的网段 `10.0.0.0/24`。（行尾的 `netns netns1` 会把对端直接放进去。）

# %% build="on"
# %%bash
ip link add veth2 type veth peer name veth2-peer netns netns1
ip addr add 10.0.0.1/24 dev veth2
ip link set veth2 up
ip -n netns1 addr add 10.0.0.2/24 dev veth2-peer
ip -n netns1 link set veth2-peer up

# %%
!ping -c 1 10.0.0.2
!ip netns exec netns1 ping -c 1 10.0.0.1

# %%
lab.picture()

# %% [markdown] lang="en"
# Both directions work now. The same two pings from the kit, and the claim again with them as evidence:

# %% [markdown] lang="zh"
# 现在两个方向都通了。用工具包再 ping 这两次，作为证据一并交给这条论断：

# %% claim="C29"
there = lab.HOST.run("ping -c 1 10.0.0.2")
back = lab.namespaces.namespace("netns1").run("ping -c 1 10.0.0.1")
lab.claims.C29.check(own_wire=[there, back])

# %% [markdown] lang="en"
# ## 2. Two subnets and a router
#
# The host reaches `netns1`. And `netns2`, one wire further? The host does not know a way to `172.16.0.0/24` yet; we give it one: by way of (`via`) `10.0.0.2`, that is `netns1`. Anything that is connected to two subnets and forwards packets between them is a **router**. Here is the switch for forwarding, in `netns1`; we set it to 0, so that all machines start the same:

# %% [markdown] lang="zh"
# ## 2. 两个网段，一台路由器
#
# 主机 ping 得通 `netns1` 了。那再隔一根线的 `netns2` 呢？主机还不知道去 `172.16.0.0/24` 的路，我们来告诉它：经由（`via`）`10.0.0.2`，也就是 `netns1`。同时接在两个网段上、替别人转发包的，就叫**路由器**。转不转发有个开关，下面在 `netns1` 里先把它设为 0，好让每台机器都从同样的状态开始：

# %% build="on"
!ip route add 172.16.0.0/24 via 10.0.0.2
!ip netns exec netns1 sysctl -w net.ipv4.ip_forward=0
!ping -c 1 172.16.0.1
!ping -c 1 -W 1 172.16.0.2

# %% [markdown] lang="en"
# `172.16.0.1` answers: it belongs to `netns1` itself, so nothing has to be forwarded. `172.16.0.2` is silent: `netns1` receives the packet, sees that it is for somebody else, and drops it without a word.
#
# Which value would the switch have had without our line? A new namespace copies it from the *real* machine's first namespace, far outside this sandbox: 0 on most machines, 1 where a container engine such as Docker is installed. That is why the same lesson can work on one machine and fail on the next. (The kernel's setting `net.core.devconf_inherit_init_net` can change this rule.)
#
# Now switch forwarding on:

# %% [markdown] lang="zh"
# `172.16.0.1` 有应答：这个地址就是 `netns1` 自己的，用不着转发。`172.16.0.2` 没有应答：`netns1` 收到包，发现是给别人的，就丢掉了，没有任何提示。
#
# 如果没有我们那一行，开关会是多少？新的命名空间会从**真实**机器的第一个命名空间（远在这个沙箱之外）抄来一个值：多数机器上是 0，装了 Docker 之类容器引擎的机器上是 1。所以同一套操作，在这台机器上能通，换一台就不通。（内核参数 `net.core.devconf_inherit_init_net` 可以改变这条规矩。）
#
# 现在打开转发：

# %% build="on"
!ip netns exec netns1 sysctl -w net.ipv4.ip_forward=1
!ping -c 1 -W 1 172.16.0.2

# %% [markdown] lang="en"
# Still silent! This time the echo request has arrived. Ask `netns2` for its way back to the host:

# %% [markdown] lang="zh"
# 还是没有应答！不过这回回显请求已经送到了。问问 `netns2`，回主机怎么走：

# %%
!ip -n netns2 route get 10.0.0.1

# %% [markdown] lang="en"
# It has none, so it cannot answer. A route is needed *there and back*; the way back is what people most often forget.

# %% [markdown] lang="zh"
# 没有路由，它自然没法应答。路由要**有去有回**；最容易忘的就是回程那条。

# %% build="on"
!ip -n netns2 route add 10.0.0.0/24 via 172.16.0.1
!ping -c 1 172.16.0.2

# %% [markdown] lang="en"
# An answer, and with `ttl=63`: `netns2` sent it with 64, and each router on the way subtracts one.

# %% [markdown] lang="zh"
# 有应答了，而且是 `ttl=63`：`netns2` 发出时是 64，路上每经过一台路由器就减一。

# %%
lab.check.reach("172.16.0.2")

# %% [markdown] lang="en"
# ### Whose MAC address?
#
# Before a packet goes onto a wire, the kernel needs the MAC address of a neighbour there. If it does not know it, it asks by ARP: “who has this IP address?” The host has just reached `172.16.0.2`, two wires away. We make it forget all its neighbours and send again.

# %% [markdown] lang="zh"
# ### 谁的 MAC 地址？
#
# 包要上线，内核得先知道线上某个邻居的 MAC 地址。不知道，就发 ARP 请求：“这个 IP 地址是谁的？”主机刚刚 ping 通了 `172.16.0.2`，中间隔着两根线。我们让它忘掉所有邻居，再发一次。

# %% misconception="M10"
lab.predict("arp-for-whom")

# %% [markdown] lang="en"
# `lab.capture` writes down what crosses `veth2`:

# %% [markdown] lang="zh"
# 用 `lab.capture` 记下经过 `veth2` 的包：

# %%
!ip neigh flush all
with lab.capture("veth2", filter="arp or icmp") as wire:
    lab.HOST.run("ping -c 1 172.16.0.2", quiet=True)
for packet in wire.packets:
    print(packet.summary)

# %%
!ip neigh
!ip -n netns1 neigh

# %%
lab.compare("arp-for-whom")

# %% [markdown] lang="en"
# The ARP request says `who-has 10.0.0.2`, and the ping to `172.16.0.2` follows. The host's table has only the router. ARP finds the *next* stop, not the destination: a bridge (section 3) carries a request on, a router does not. `netns1`, which is on both wires, knows both: the host on one side, `netns2` on the other. (The word in capitals at the end of a line is the entry's state; see lesson 3.)

# %% [markdown] lang="zh"
# ARP 请求问的是 `who-has 10.0.0.2`，随后才是发往 `172.16.0.2` 的 ping。主机的邻居表里只有路由器。ARP 找的是**下一跳**，不是终点：网桥（见第 3 节）会把请求传下去，路由器不会。`netns1` 同时接在两个网段上，所以两边都认识：一边是主机，一边是 `netns2`。（行尾的大写单词是条目的状态，第 3 课会讲。）

# %%
lab.routes.lookup("172.16.0.2")

# %% [markdown] lang="en"
# The kit says it in one line: via `10.0.0.2`. A good place for a break. The next cell removes everything; sections 3 and 4 need none of it. (If you restart in between, run the cell with `import` again.)

# %% [markdown] lang="zh"
# 工具包用一行就说清楚了：经由 `10.0.0.2`。这里适合歇一会儿。下一格把一切拆掉，第 3、4 节用不到它们。（中途要是重启过，请先把 `import` 那一格再运行一次。）

# %% build="nothing"
for name in lab.namespaces.names():
    lab.namespaces.remove(name)
lab.wait_for("ip link show veth2", gone=True)
lab.check.empty()

# %% [markdown] lang="en"
# ## 3. Three on a bridge
#
# A veth pair has two ends, so it joins two. For three or more, you use a **bridge**: a software switch into which many wires can be plugged. Ours is in the host. From there one wire leads to each namespace; `master br0` plugs the host's end into it and makes it a *bridge port* (which has nothing to do with port numbers such as 80).
#
# (IPv6 sends some packets by itself whenever a link comes up. The line with `sysctl` switches that off, so that the bridge sees only what we send.)

# %% [markdown] lang="zh"
# ## 3. 一个网桥，三个命名空间
#
# veth 对只有两端，只能连两个。要连三个以上，就用**网桥**（bridge）：用软件实现的交换机，可以接很多根线。它放在主机里，每个命名空间各拉一根线过来；`master br0` 把主机这一端接到网桥上，成为一个**网桥端口**（和 80 这样的端口号是两回事）。
#
# （接口一启用，IPv6 就会自己发几个包。带 `sysctl` 的那一行把它关掉，好让网桥只看到我们发的东西。）

# %% build="on"
# %%bash
ip link add br0 type bridge
ip link set br0 up
for n in 1 2 3; do
  ip netns add netns$n
  ip netns exec netns$n sysctl -qew net.ipv6.conf.default.disable_ipv6=1
  ip link add port$n type veth peer name eth0 netns netns$n
  ip link set port$n master br0 up
  ip -n netns$n addr add 172.16.0.$n/24 dev eth0
  ip -n netns$n link set eth0 up
done

# %%
lab.picture()

# %% [markdown] lang="en"
# A bridge does not look at IP addresses, only at MAC addresses. Where is which? It learns that by watching. `bridge fdb` shows its table; the `dynamic` entries are the ones it has learned:

# %% [markdown] lang="zh"
# 网桥不看 IP 地址，只看 MAC 地址。哪个地址在哪个网桥端口后面？它是边转发边学的。学到的表用 `bridge fdb` 查看，`dynamic` 表示只列学来的条目：

# %%
!bridge fdb show br br0 dynamic

# %% [markdown] lang="en"
# Nothing yet.

# %% [markdown] lang="zh"
# 还什么都没有。

# %%
lab.predict("bridge-learns")

# %%
!ip netns exec netns1 ping -c 1 172.16.0.2
!bridge fdb show br br0 dynamic

# %%
lab.compare("bridge-learns")

# %% [markdown] lang="en"
# It learns from the *source MAC* of each frame: the request came in by `port1`, the reply by `port2`. `netns3` has received the ARP request, since that goes out to everybody, but has sent nothing, so the bridge has not learned about it. Compare with the MAC addresses in the namespaces, then let `netns3` send something:

# %% [markdown] lang="zh"
# 它看的是每个帧的**源 MAC**：请求从 `port1` 进来，应答从 `port2` 进来。`netns3` 也收到了 ARP 请求（那是广播），但它什么也没发，所以网桥不知道它。和命名空间里的 MAC 地址对一对，再让 `netns3` 也发一个：

# %%
!ip -n netns1 -br link show eth0
!ip netns exec netns3 ping -c 1 172.16.0.1
!bridge fdb show br br0 dynamic

# %% [markdown] lang="en"
# And the host? It carries the bridge, but is not a member of that network. One address is enough: towards the host, the bridge has an interface of the same name.

# %% [markdown] lang="zh"
# 那主机呢？网桥在主机里，但主机还不算这个网络的一员。给一个地址就行：网桥朝主机这边，有一个与它同名的接口。

# %% build="on"
!ping -c 1 172.16.0.3
!ip addr add 172.16.0.254/24 dev br0
!ping -c 1 172.16.0.3

# %%
lab.check.reach("172.16.0.3")

# %% [markdown] lang="en"
# First `Network is unreachable`, then an answer. This is the second way to include the host, and the one that container engines use: Docker's `docker0` is such a bridge with an address.

# %% [markdown] lang="zh"
# 先是 `Network is unreachable`，然后有了应答。这是让主机参与进来的第二种办法，容器引擎用的就是它：Docker 的 `docker0` 正是这样一个带地址的网桥。

# %% [markdown] lang="en"
# ## 4. Out into the world
#
# This machine has no Internet, so a fourth namespace plays it: `outside`, with the address `203.0.113.9` (from a range reserved for examples). A wire leads there from the host; its end here is called `wan`. The host becomes a router as `netns1` was above (`/run/forward-before` keeps the old value of its switch), and `netns1` sends everything for which it knows no better way (`default`) to the host:

# %% [markdown] lang="zh"
# ## 4. 访问外网
#
# 这台机器没有接互联网，就让第四个命名空间来扮演它：`outside`，地址是 `203.0.113.9`（这一段专门留给示例用）。从主机拉一根线过去，主机这端叫 `wan`。主机像前面的 `netns1` 那样当起路由器（`/run/forward-before` 记下开关原来的值）；而 `netns1` 把所有不知道怎么走的包（`default`，默认路由）都交给主机：

# %% build="on"
# %%bash
ip netns add outside
ip link add wan type veth peer name eth0 netns outside
ip addr add 203.0.113.1/24 dev wan
ip link set wan up
ip -n outside addr add 203.0.113.9/24 dev eth0
ip -n outside link set eth0 up
sysctl net.ipv4.ip_forward >/run/forward-before
sysctl -w net.ipv4.ip_forward=1
ip -n netns1 route add default via 172.16.0.254

# %%
!ip netns exec netns1 ping -c 1 -W 1 203.0.113.9
!ip -n outside route

# %% [markdown] lang="en"
# You know this silence: there is no way back. `outside` knows only its own network, not `172.16.0.0/24`. In section 2 we gave the other side a route. But the Internet will not accept one from us: addresses that begin with `172.16.` are in use in countless places at once.
#
# The usual way out is **NAT**, network address translation: when a packet leaves by `wan`, the host puts in *its own* address as the source address. With `nft` that is one rule, `masquerade`, at the last stage before a packet leaves (`postrouting`):

# %% [markdown] lang="zh"
# 这种没有应答你已经见过了：缺回程路由。`outside` 只知道自己的网段，不知道 `172.16.0.0/24`。第 2 节里，我们给对面加了一条路由。可互联网上的路由器不归我们管：以 `172.16.` 开头的地址，同时有无数个地方在用。
#
# 常用的办法是 **NAT**（网络地址转换）：包从 `wan` 出去时，主机把源地址改写成**自己的**地址。用 `nft` 只需一条规则 `masquerade`，放在包离开前的最后一个阶段（`postrouting`）：

# %% build="on"
# %%bash
nft add table ip gate
nft add chain ip gate leaving "{ type nat hook postrouting priority srcnat; }"
nft add rule ip gate leaving oifname wan masquerade
nft list ruleset

# %% [markdown] lang="en"
# The host now stands between the two. Does `outside` notice?

# %% [markdown] lang="zh"
# 现在主机夹在两边中间。`outside` 看得出来吗？

# %%
lab.predict("seen-from-outside")

# %% [markdown] lang="en"
# The same ping is recorded twice: at `port1`, where it enters the host, and in `outside`.

# %% [markdown] lang="zh"
# 同一个 ping 抓两次：一次在它进入主机的 `port1` 上抓，一次在 `outside` 里面抓。

# %%
with lab.capture("port1", "outside/eth0", filter="icmp") as both:
    lab.namespaces.namespace("netns1").run("ping -c 1 203.0.113.9")
for packet in both.packets:
    print(packet.interface.where, packet.summary, sep="  ")

# %%
lab.compare("seen-from-outside")

# %% [markdown] lang="en"
# Inside, the packet comes from `172.16.0.1`; outside, it comes from `203.0.113.1`, and that is an address to which `outside` can answer. But how does the host know that the answer to `203.0.113.1` is meant for `172.16.0.1`? It has taken a note. The kernel keeps a list of the connections that it **tracks**. The command to show it is `conntrack -L`, a program that few machines have; the kit reads the same list from the kernel:

# %% [markdown] lang="zh"
# 里面看，包来自 `172.16.0.1`；外面看，它来自 `203.0.113.1`，而这个地址 `outside` 是有路由可回的。可是应答送到 `203.0.113.1` 时，主机怎么知道该转交 `172.16.0.1`？它做了记录。内核有一张**连接跟踪**（connection tracking）表。查看它的命令是 `conntrack -L`，但很少有机器装了这个程序；工具包从内核读出的是同一张表：

# %%
lab.connections.connections()

# %% [markdown] lang="en"
# One line, two directions: the packets go from `172.16.0.1` to `203.0.113.9`, and the answers are expected from `203.0.113.9` at `203.0.113.1`. Where the two do not mirror each other, an address was translated. The entry for a ping is dropped after 30 seconds: if you see none, run the cell with the ping again. (On some machines what merely crosses the bridge is tracked, too; such lines mirror each other.)

# %% [markdown] lang="zh"
# 一行，两个方向：包从 `172.16.0.1` 发往 `203.0.113.9`；应答则预计从 `203.0.113.9` 送到 `203.0.113.1`。两个方向不对称的地方，就是地址被转换过。一个 ping 的记录，30 秒后就会清除：要是一行也没有，把上面带 ping 的那一格再运行一次。（有的机器连只是穿过网桥的包也要跟踪，那样的行两个方向是对称的。）

# %%
lab.check.reach("203.0.113.9", "netns1")

# %% [markdown] lang="en"
# ### Does NAT keep the outside out?
#
# You often read that it does. From `outside` you can ping `203.0.113.1`, but not `172.16.0.1`:

# %% [markdown] lang="zh"
# ### NAT 挡得住外面吗？
#
# 常有人说挡得住。从 `outside` 能 ping 通 `203.0.113.1`，却 ping 不通 `172.16.0.1`：

# %%
!ip netns exec outside ping -c 1 203.0.113.1
!ip netns exec outside ping -c 1 172.16.0.1

# %% [markdown] lang="en"
# Read the second message: nobody refused anything. `outside` has no *route* to `172.16.0.1`, and its kernel did not send the packet. So this says nothing about NAT. Change that one thing.

# %% [markdown] lang="zh"
# 看第二条报错：并没有谁拒绝。`outside` 没有通往 `172.16.0.1` 的**路由**，它的内核根本没发包。所以这说明不了 NAT 的作用。只改这一处再试。

# %%
lab.predict("a way in")

# %% build="on"
!ip -n outside route add 172.16.0.0/24 via 203.0.113.1
!ip netns exec outside ping -c 1 172.16.0.1

# %%
lab.compare("a way in")

# %% [markdown] lang="en"
# Answered, with the NAT rule in place: `masquerade` rewrites what leaves, and blocks nothing. Strangers far away cannot have such a route, since routers on the Internet do not carry private addresses such as `172.16.0.1`; but anybody on the same wire as your router's outer side needs just this line. What keeps them out is a rule that says so, a **firewall**: drop what begins a new connection (`ct state new`) and comes in by `wan`.

# %% [markdown] lang="zh"
# NAT 规则还在，照样有应答：`masquerade` 改写出去的包，什么也不拦。远处的陌生人配不了这样的路由，因为互联网上的路由器不转发 `172.16.0.1` 这类私有地址；但和你的路由器外侧接在同一根线上的人，只要这一行就够了。要拦住他们，得有明说要拦的规则，也就是**防火墙**：凡是从 `wan` 进来、要新建连接（`ct state new`）的包，一律丢弃。

# %% magic_args="--no-raise-error" language="bash" build="on"
# nft add chain ip gate passing "{ type filter hook forward priority filter; }"
# nft add rule ip gate passing iifname wan ct state new drop
# ip netns exec outside ping -c 1 -W 1 172.16.0.1
# ip netns exec netns1 ping -c 1 203.0.113.9

# %% [markdown] lang="en"
# In: dropped. Out: answered as before, because an answer begins no new connection. A home router has both rules, and so it is easy to credit NAT with what the firewall does.

# %% [markdown] lang="zh"
# 进来的被丢弃；出去的照样有应答，因为应答并不新建连接。家用路由器两条规则都有，所以防火墙的功劳很容易算到 NAT 头上。

# %%
lab.picture()

# %% [markdown] lang="en"
# ## 5. The same in Python, and tidy up
#
# The bridge again, in the kit's words, for one more namespace:

# %% [markdown] lang="zh"
# ## 5. 用 Python 再来一遍，然后收拾
#
# 用工具包的写法，再往网桥上接一个命名空间：

# %%
lab.namespaces.add("netns4")
lab.links.add_veth("port4", "eth0", peer_namespace="netns4")
lab.bridges.attach("port4", "br0")
lab.links.up("port4")
lab.addresses.add("172.16.0.4/24", "eth0", namespace="netns4")
lab.links.up("eth0", namespace="netns4")
lab.routes.add("default", via="172.16.0.254", namespace="netns4")
lab.namespaces.namespace("netns4").run("ping -c 1 203.0.113.9")

# %%
lab.check.reach("203.0.113.9", "netns4")

# %% [markdown] lang="en"
# Finally everything goes: the names and with them the wires, the bridge and the rule; the forwarding switch goes back to its old value.

# %% [markdown] lang="zh"
# 最后全部拆掉：名字（线也随之消失）、网桥、规则，转发开关也恢复原来的值。

# %%
# %%bash
for name in netns1 netns2 netns3 netns4 outside; do ip netns del $name; done
ip link del br0
nft delete table ip gate
sysctl -qp /run/forward-before
rm /run/forward-before

# %%
lab.wait_for("ip -br link | grep -E 'port|wan'", gone=True)
lab.check.empty()

# %% [markdown] lang="en"
# ## 6. Your turn
#
# Three tasks on an empty machine; each goes on with what the one before has built. Any way is right that brings the result. Stuck? `lab.hint("4.1")` in a new cell opens a hint, each call the next of three, and then a solution.

# %% [markdown] lang="zh"
# ## 6. 轮到你了
#
# 机器空了，下面是三个任务，后面的接着前面搭好的网络做。做法不限，结果对就行。卡住了，就新建一个单元格运行 `lab.hint("4.1")`：每运行一次打开一条提示，一共三条，然后是一种解法。

# %% task="4.1"

# %% task="4.1" tags=["solution"] magic_args="--no-raise-error" language="bash"
# for host in a1 a2 b1 b2; do
#   ip netns add $host
#   ip link add port-$host type veth peer name eth0 netns $host
#   ip link set port-$host up
#   ip -n $host link set eth0 up
# done
# ip -n a1 addr add 10.1.0.1/24 dev eth0; ip -n a2 addr add 10.1.0.2/24 dev eth0
# ip -n b1 addr add 10.2.0.1/24 dev eth0; ip -n b2 addr add 10.2.0.2/24 dev eth0

# %% task="4.1" tags=["solution"] magic_args="--no-raise-error" language="bash"
# for side in a b; do
#   ip link add br-$side type bridge; ip link set br-$side up
#   ip link set port-${side}1 master br-$side
#   ip link set port-${side}2 master br-$side
# done
# ip addr add 10.1.0.254/24 dev br-a; ip addr add 10.2.0.254/24 dev br-b
# sysctl -w net.ipv4.ip_forward=1
# for host in a1 a2; do ip -n $host route add 10.2.0.0/24 via 10.1.0.254; done
# for host in b1 b2; do ip -n $host route add 10.1.0.0/24 via 10.2.0.254; done

# %% task="4.1"
lab.check.task("4.1")

# %% [markdown] lang="en"
# Where several routes fit a destination, the kernel takes the one with the longest prefix: /32 before /24, and /24 before `default`, which is /0.

# %% [markdown] lang="zh"
# 一个目的地址有几条路由都匹配时，内核选前缀最长的那条：/32 先于 /24，/24 先于 `default`（也就是 /0）。

# %% task="4.2"

# %% task="4.2" tags=["solution"]
!ip -n a1 route add blackhole 10.2.0.2/32

# %% task="4.2"
lab.check.task("4.2")

# %% [markdown] lang="en"
# A way there and a way back let everybody begin. Who may begin, and who may only answer, is another matter.

# %% [markdown] lang="zh"
# 有去有回，谁都可以先开口。谁可以先开口，谁只能应答，又是另一回事。

# %% task="4.3"

# %% task="4.3" tags=["solution"] magic_args="--no-raise-error" language="bash"
# nft add table ip guard
# nft add chain ip guard through "{ type filter hook forward priority filter; }"
# nft add rule ip guard through ip saddr 10.2.0.1 ip daddr 10.1.0.1 ct state new drop

# %% task="4.3"
lab.check.task("4.3")

# %% [markdown] lang="en"
# ## 7. Mend it
#
# The next cell empties the machine, builds the wire of lesson 1, and then changes **one** thing. The [five layers](01_one_wire.ipynb) tell you where to look.

# %% [markdown] lang="zh"
# ## 7. 修好它
#
# 下一个单元格会清空机器，搭好第 1 课的那根线，再动**一处**手脚。该看哪里，[五层图](01_one_wire.ipynb)会告诉你。

# %%
lab.empty()
lab.faults.wire(3)

# %%
!ip netns exec netns1 ping -c 1 -W 2 172.16.0.2

# %% [markdown] lang="en"
# Answered! Is that `netns2`?

# %% [markdown] lang="zh"
# 有应答！可应答的是 `netns2` 吗？

# %% [markdown] lang="en"
# In which layer is it? A wrong choice costs nothing and says what you would have to see. The repair counts once the layer is named.

# %% [markdown] lang="zh"
# 是哪一层？选错了也没关系，它会告诉你那样的话该看到什么。先说对是哪一层，修好了才算数。

# %%
lab.faults.wire_layer(3)

# %% task="4.4"

# %% task="4.4" tags=["solution"]
lab.faults.wire_layer(3, "route")
!ip -n netns1 addr del 172.16.0.2/24 dev veth1
!ip -n netns2 addr add 172.16.0.2/24 dev veth1-peer

# %% task="4.4"
lab.check.task("4.4")

# %%
lab.empty()
lab.check.empty()

# %% [markdown] lang="en"
# ## What you have seen
#
# - In the network of lesson 1 the host is left out: both ends of the wire have been moved away from it. It takes part with a wire of its own, or with an address on a bridge.
# - A router needs an interface in each of two subnets, and `ip_forward` 1. Routes are needed there and back.
# - ARP asks for the next stop, not for the destination. A bridge passes it on, a router does not.
# - A bridge joins many wires and learns from each frame's source MAC where everybody is.
# - `masquerade` puts in the router's own address as the source and remembers whom the answer is for. It blocks nothing: a route leads in, and only a firewall rule keeps people out.

# %% [markdown] lang="zh"
# ## 你看到了什么
#
# - 第 1 课的网络里没有主机的份：线的两端都从它那里移走了。要让它参与，就给它自己的一根线，或者在网桥上给它一个地址。
# - 路由器要同时接在两个网段上，还要 `ip_forward` 为 1。路由要有去有回。
# - ARP 问的是下一跳，不是终点。网桥会转发 ARP，路由器不会。
# - 网桥连接许多根线，靠每个帧的源 MAC 学会谁在哪里。
# - `masquerade` 把源地址换成路由器自己的，并记住应答该给谁。它什么也不拦：有路由就能进来，要拦只能靠防火墙规则。

# %% [markdown] lang="en"
# ## What you can now do
#
# Ticked where a check has shown it. What is not ticked is waiting for you: its task is above.

# %% [markdown] lang="zh"
# ## 现在你会做什么
#
# 打勾的，是检查已经证明的。没打勾的还等着你：任务在上面。

# %%
lab.learned(4)

# %% [markdown] lang="en"
# Next: [Two Nginx on port 80](05_two_nginx.ipynb). How far you are: [the start page](00_start.ipynb).

# %% [markdown] lang="zh"
# 下一课：[《两个 Nginx，同一个 80 端口》](05_two_nginx.ipynb)。学到了哪里，看[课程首页](00_start.ipynb)。
