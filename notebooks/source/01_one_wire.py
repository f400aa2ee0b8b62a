# %% [markdown] lang="en"
# # One wire, two worlds
#
# At the end of this lesson, two separate networks live on this one computer, a wire that you connected yourself joins them, and a ping crosses it. You will have met the errors along the way and know how to read them.
#
# **Time:** about 55 minutes, the ping after 30. **You need:** nothing but this page. Run a cell with <kbd>Shift</kbd>+<kbd>Enter</kbd>.

# %% [markdown] lang="zh"
# # 一根线，两个世界
#
# 学完这一课，这台电脑上会有两个互不相干的网络，中间由你亲手接上一根线，ping 从一边走到另一边。一路上会碰到几个真实的报错，你也会学着读懂它们。
#
# **时间：** 约 55 分钟，半小时就能 ping 通。**准备：** 打开这一页就够了。按 <kbd>Shift</kbd>+<kbd>Enter</kbd> 运行一个单元格。

# %% [markdown] lang="en"
# ## Five words
#
# | word | what it means here |
# |---|---|
# | **root** | The user who may change anything. Inside this notebook that is you; outside it you remain an ordinary user. |
# | **MAC address** | The hardware address of one network interface, such as `92:02:64:b0:9f:0e`. By it, neighbours on a wire find each other. |
# | **IP address** | The address by which everybody, however far away, finds an interface, such as `172.16.0.1`. You choose it. |
# | **/24** | How much of an IP address names the network: here the first 24 of its 32 bits. So `172.16.0.1/24` and `172.16.0.2/24` are in the same network, a *subnet*: everything that begins with `172.16.0.`. |
# | **route** | A rule that says: packets for this network leave by that interface. |
#
# All of them meet at an **interface**: the place where packets, small pieces of data, leave and arrive. It may be a network card, or made of software; `ip` calls it a *link*.

# %% [markdown] lang="zh"
# ## 五个词
#
# | 词 | 在这里的意思 |
# |---|---|
# | **root** | 什么都能改的那个用户。在这个笔记本里就是你；出了笔记本，你仍是普通用户。 |
# | **MAC 地址** | 网络接口的硬件地址，例如 `92:02:64:b0:9f:0e`。同一根线上的邻居靠它找到对方。 |
# | **IP 地址** | 接口的地址，离得再远也凭它找到这个接口，例如 `172.16.0.1`。由你来定。 |
# | **/24** | IP 地址的前多少位代表网段：这里是 32 位中的前 24 位。所以 `172.16.0.1/24` 和 `172.16.0.2/24` 在同一个**网段**，凡是以 `172.16.0.` 开头的都在里面。 |
# | **路由** | 一行规则：发往某个网段的包，从哪个接口出去。 |
#
# 它们都和**接口**有关：包（一小段数据）进出的地方。接口可以是一块真实的网卡，也可以是用软件实现的；`ip` 把它叫作 *link*。

# %% [markdown] lang="en"
# ## This notebook is a machine of its own
#
# The `!` in front hands a line to the shell, as if you had typed it in a terminal. Ask for all interfaces and addresses:

# %% [markdown] lang="zh"
# ## 这个笔记本自成一台机器
#
# 行首的 `!` 把这一行交给 shell，和在终端里敲一样。先看看有哪些接口和地址：

# %%
# !ip addr

# %% [markdown] lang="en"
# Just one interface: `lo`, through which a machine talks to itself. No Wi-Fi card, no Ethernet card: your computer's real network is not in here, and nothing you do here can reach or break it.
#
# - **Kernel → Restart** empties this machine. That is always a way out. (*Kernel* in this menu is the program behind the notebook; everywhere else in the course, *the kernel* is that of Linux, the core of the system.)
# - To stop a cell that does not end, press **■** in the toolbar.
# - A terminal that you open elsewhere is *outside* this machine and does not know your namespaces. `nslabkit enter` opens a shell inside; so does a terminal in a JupyterLab that was started by `make lab` or `nslabkit lab`.
# - If you copy a command from a book, leave out the `$` in front of it: that is the terminal's prompt. Put a `!` there instead.
# - Each line with `!` gets a shell of its own, so a `cd` in it is forgotten by the next line. `%cd /run` changes the folder for the whole notebook.
#
# The next cell loads the *kit*, the software of this course, and checks that we start with an empty machine. If a later cell says that nothing is called `lab`, run this one again.

# %% [markdown] lang="zh"
# 只有一个接口：`lo`，机器用它和自己说话。没有无线网卡，也没有以太网卡：你电脑真正的网络不在这里面，在这里做什么都碰不到它，更弄不坏它。
#
# - **内核 → 重启内核**会把这台机器清空。实在不行时，这总是一条退路。（菜单里的“内核”指笔记本背后的程序；课里别处说的内核，都是 Linux 内核。）
# - 单元格停不下来时，点工具栏上的 **■**。
# - 在别处打开的终端在这台机器**外面**，看不到你的命名空间。想进来，就用 `nslabkit enter`；如果 JupyterLab 是用 `make lab` 或 `nslabkit lab` 启动的，在它里面新开的终端也在机器里面。
# - 从书上抄命令时，别抄行首的 `$`：那是终端的提示符。把它换成 `!`。
# - 每个 `!` 行都有自己的 shell，所以里面的 `cd` 到下一行就不算数了。想让整个笔记本换个目录，用 `%cd /run`。
#
# 下面这一格载入这门课的工具包（叫 `nslabkit`，以后简写成 `lab`），并看看机器是不是空的。以后若有单元格说不知道 `lab` 是什么，回来再运行一次这一格即可。

# %%
import nslabkit as lab
lab.check.empty()

# %% [markdown] lang="en"
# Lost, or late? `lab.catch_up("1.5")` in a new cell empties the machine and builds what step 1.5 starts from; `lab.catch_up()` lists the steps.

# %% [markdown] lang="zh"
# 跟丢了，或者来晚了？新建一个单元格运行 `lab.catch_up("1.5")`，机器会被清空，再搭好第 1.5 步开始时该有的东西；`lab.catch_up()` 列出全部步骤。

# %% [markdown] lang="en"
# ## 1. A second world
#
# A **network namespace** is a network of its own: with its own interfaces, addresses and routes. The command `ip netns` makes and lists them.

# %% [markdown] lang="zh"
# ## 1. 第二个世界
#
# **网络命名空间**（network namespace）就是一套自成一体的网络：接口、地址、路由都是它自己的。创建它、列出它，用的都是 `ip netns`。

# %% claim="C12" build="on"
# !ip netns add netns1
# !ip netns

# %%
lab.check.namespace_exists("netns1")

# %% [markdown] lang="en"
# Only the second command printed something: the list, with one name. `ip netns add` said nothing, and that is how most Unix commands say “done”.

# %% [markdown] lang="zh"
# 有输出的只是第二条命令：列表里有一个名字。`ip netns add` 什么也没打印，这表示成功了：Unix 命令大多如此。

# %%
lab.predict("the same name again")

# %% claim="C18"
# !ip netns add netns1

# %%
lab.compare("the same name again")

# %% [markdown] lang="en"
# The course tests a chapter of a book, [claim by claim](00_claims.ipynb). Claim number 18 is not a sentence but a listing, in which this very line stands twice. Does that work? `lab.claims.C18.check()` runs the line once more and says how the claim stands, with the evidence.

# %% [markdown] lang="zh"
# 这门课用实验来检验书里的一章，[逐条对照](00_claims.ipynb)。第 18 条不是一句话，而是一段命令：同样的这一行，书里执行了两次。行得通吗？`lab.claims.C18.check()` 会再执行一次，说明这条论断是否成立，并列出证据。

# %% claim="C18"
lab.claims.C18.check()

# %% [markdown] lang="en"
# Read the message from its end: `File exists`. A *file*? It is named, too: `/run/netns/netns1`. So the name of a namespace is a file ([more at the end of this page](#Look-deeper)). Nothing is broken: the first `netns1` is as it was. You will meet this message whenever you run such a cell twice.

# %% [markdown] lang="zh"
# 报错从末尾读起：`File exists`，文件已存在。怎么会是**文件**？报错里写明了是哪个：`/run/netns/netns1`。原来命名空间的名字就是一个文件（[页尾有详解](#深入一步)）。什么也没弄坏，先前的 `netns1` 还是原样。以后把这类单元格运行两遍，都会再见到这句话。

# %% [markdown] lang="en"
# ## 2. What is in a new namespace?
#
# `ip netns exec netns1 COMMAND` runs a command inside `netns1`.

# %% [markdown] lang="zh"
# ## 2. 新的命名空间里有什么？
#
# `ip netns exec netns1 命令` 会在 `netns1` 里面运行这条命令。

# %%
lab.predict("a new namespace")

# %% claim="C15"
# !ip netns exec netns1 ip link list

# %%
lab.compare("a new namespace")

# %% [markdown] lang="en"
# `state DOWN`, and no `UP` between the angle brackets: it is down, that is, switched off. On some machines you see more interfaces (`tunl0`, `sit0` …): tunnels that the kernel puts into every namespace; you can ignore them.
#
# The whole line, word by word, from the output on *your* machine:

# %% [markdown] lang="zh"
# `state DOWN`，尖括号里也没有 `UP`：它**未启用**。有的机器上还会多出几个接口（`tunl0`、`sit0` 等），那是内核给每个命名空间都放上的隧道，不用管。
#
# 下面把**你这台机器**上的输出逐项拆开：

# %%
lab.explain("ip link", namespace="netns1")

# %%
lab.check.only_lo("netns1")

# %% [markdown] lang="en"
# A second namespace, and a picture of everything so far. It is drawn from the kernel's state at this moment, so you can ask for one at any time. The dashed box is the **host**: the namespace in which this notebook itself runs.

# %% [markdown] lang="zh"
# 再建一个命名空间，然后画张图看看现状。图是照着内核此刻的状态画的，随时可以再要一张。虚线框是**主机**：这个笔记本自己所在的命名空间。

# %% build="on"
# !ip netns add netns2

# %%
lab.picture()

# %% [markdown] lang="en"
# ## 3. No wire, no answer
#
# Try to reach the other world right away. `-c 1` sends only one packet. (`172.16.0.2` will be the address of `netns2`; nobody has it yet.)

# %% [markdown] lang="zh"
# ## 3. 没有线，就没有应答
#
# 现在就试试联系另一个世界。`-c 1` 表示只发一个包。（`172.16.0.2` 以后会是 `netns2` 的地址，眼下还没有谁用它。）

# %%
# !ip netns exec netns1 ping -c 1 172.16.0.2

# %% [markdown] lang="en"
# `Network is unreachable` means: there is no *route*. That proves nothing about separation: nobody has an address yet. An honest test changes **one** thing only. So first, both addresses are in the host, each on one end of a wire whose other end hangs loose beside it (section 4 is about such wires, `veth`; `%%bash` hands the whole cell to the shell; `-W 1` waits at most a second for the answer):

# %% [markdown] lang="zh"
# `Network is unreachable` 的意思是：没有**路由**。这说明不了隔离：谁都还没有地址。可靠的对照实验只改**一处**。所以先把两个地址都放在主机里，各在一根线上，线的另一端就放在旁边，没接到别处（这种线叫 veth，第 4 节再讲；`%%bash` 把整个单元格交给 shell；`-W 1` 表示最多等一秒）：

# %% magic_args="--no-raise-error" language="bash"
# for n in 1 2; do
#   ip link add alone$n type veth peer name loose$n
#   ip addr add 172.16.0.$n/24 dev alone$n
#   ip link set alone$n up; ip link set loose$n up
# done
# ping -c 1 -W 1 172.16.0.2

# %% [markdown] lang="en"
# Answered, although no wire joins the two: a namespace reaches each address of its own, whichever interface has it. Now change one thing: each wire, both its ends, moves to a namespace of its own, with the same address. (`ip -n netns1 …` is short for `ip netns exec netns1 ip …`.)

# %% [markdown] lang="zh"
# 有应答，可这两个接口之间并没有线：在同一个命名空间里，地址是谁的谁就应答。现在只改一处：两根线连同各自的两端，分别移到一个命名空间里，地址不变。（`ip -n netns1 …` 是 `ip netns exec netns1 ip …` 的简写。）

# %% claim="C16" magic_args="--no-raise-error" language="bash"
# for n in 1 2; do
#   ip link set alone$n netns netns$n; ip link set loose$n netns netns$n
#   ip -n netns$n addr add 172.16.0.$n/24 dev alone$n
#   ip -n netns$n link set alone$n up; ip -n netns$n link set loose$n up
# done
# ip netns exec netns1 ip route get 172.16.0.2
# ip netns exec netns1 ping -c 1 -W 1 172.16.0.2

# %% [markdown] lang="en"
# The first line is the route that a packet would take; so there is an address and a route, and still nobody answers: `100% packet loss`. All that has changed: the two are now in different namespaces. (`1 packets transmitted` counts what ping handed to the kernel. The packet itself never left: the kernel first asked who has 172.16.0.2, and that question never reached `netns2`.)
#
# The chapter says: “Different namespaces cannot reach each other directly.” True?

# %% [markdown] lang="zh"
# 第一行是包要走的路由；可见地址有了，路由也有了，却没有应答：`100% packet loss`。变的只是它们所在的命名空间，别的都没动。（`1 packets transmitted` 数的是 ping 交给内核的包。包本身并没有发出去：内核先要问“谁是 172.16.0.2”，而这个请求只到得了线的另一端，到不了 `netns2`。）
#
# 原文说：“不同的网络命名空间之间不能直接通信。”是这样吗？

# %% claim="C16"
lab.claims.C16.check()

# %%
# !ip -n netns1 link del alone1
# !ip -n netns2 link del alone2

# %% [markdown] lang="en"
# ## 4. The wire
#
# A **veth pair** is like a wire with a plug at each end: two interfaces, and what goes in at one comes out of the other. It is not the only way to connect namespaces, but the most common one.

# %% [markdown] lang="zh"
# ## 4. 接线
#
# **veth 对**（veth pair）好比一根两头带插头的线：它是两个接口，从一端进去的，从另一端出来；一端把另一端称为**对端**（peer）。连接命名空间的办法不止这一种，但它最常用。

# %% claim="C17" build="on"
# !ip link add veth1 type veth peer name veth1-peer
# !ip link

# %%
lab.picture()

# %% [markdown] lang="en"
# Both ends are in the host, not in `netns1` or `netns2`: that is where the command ran. The name after the `@` is the other end. Now each end moves to its place.

# %% [markdown] lang="zh"
# 两端都还在主机里，不在 `netns1` 或 `netns2` 里：命令是在主机里运行的。`@` 后面的名字就是对端。接下来，把两端各自移到该去的命名空间。

# %%
lab.predict("after the move")

# %% build="on"
# !ip link set veth1 netns netns1
# !ip link set veth1-peer netns netns2
# !ip link

# %%
lab.compare("after the move")

# %% [markdown] lang="en"
# An interface is in exactly one namespace. The host has let go of both ends.

# %% [markdown] lang="zh"
# 一个接口同一时刻只属于一个命名空间。两端都已离开主机。

# %%
lab.check.wire("veth1", "netns1", "veth1-peer", "netns2")

# %%
lab.picture()

# %% [markdown] lang="en"
# ## 5. Addresses, and both ends up
#
# The wire is in place, but it is dead: both ends are down, as every new interface is.
#
# The chapter says: “New interfaces start in the state DOWN.” True?

# %% [markdown] lang="zh"
# ## 5. 配地址，启用接口
#
# 线接好了，却还传不了包：和所有新接口一样，两端都未启用。
#
# 原文说：“网络接口创建后的初始状态是 DOWN。”是这样吗？

# %% claim="C19"
lab.claims.C19.check()

# %% [markdown] lang="en"
# First an address for `veth1`. `route show table all` then lists every route of `netns1`.

# %% [markdown] lang="zh"
# 先给 `veth1` 配地址，再用 `route show table all` 列出 `netns1` 的全部路由。

# %% claim="C20" build="on"
# !ip netns exec netns1 ip addr add 172.16.0.1/24 dev veth1
# !ip netns exec netns1 ip route show table all

# %%
lab.check.address("172.16.0.1/24", "veth1", "netns1")

# %% [markdown] lang="en"
# One line: `local 172.16.0.1`, “that is me”. There is no route to the rest of `172.16.0.0/24` while the link is off. Now switch `veth1` on, and only `veth1`.

# %% [markdown] lang="zh"
# 只有一行：`local 172.16.0.1`，意思是“这是我自己的地址”。接口未启用时，没有通往 `172.16.0.0/24` 其余地址的路由。现在启用 `veth1`，只启用这一端。

# %%
lab.predict("one end up")

# %% claim="C19" build="on"
# !ip netns exec netns1 ip link set dev veth1 up
# !ip netns exec netns1 ip link show veth1
# !ip netns exec netns1 ip route show table all

# %%
lab.compare("one end up")

# %% [markdown] lang="en"
# `UP` says that somebody switched it on. `NO-CARRIER` says that there is no signal from the other end. Only `LOWER_UP` would say that the wire is live.
#
# Two routes came with `up`: `172.16.0.0/24 dev veth1`, the way to all neighbours, and a `broadcast` one for calling all of them at once; both are marked `linkdown`. (Before Linux 5.14 there were two broadcast routes, one of them for `172.16.0.0`. You may see lines with `fe80` and `ff00`, too: those are IPv6, and the kernel sets them up by itself.)

# %% [markdown] lang="zh"
# `UP` 只表示这一端启用了；`NO-CARRIER` 表示没有**载波**，也就是对端没有启用。要看到 `LOWER_UP`，线才真的通了。
#
# 随着 `up` 还多出两条路由：`172.16.0.0/24 dev veth1` 通往所有邻居；`broadcast` 那条用来一次发给全体邻居。它们都标着 `linkdown`。（Linux 5.14 之前有两条广播路由，另一条是 `172.16.0.0`。可能还有带 `fe80`、`ff00` 的行：那是 IPv6，由内核自行配置。）

# %%
lab.picture()

# %% [markdown] lang="en"
# The picture shows it in words and in shape: `veth1` is up without a carrier, and the wire is dashed. Ask the check, too; it is not content yet, and says what to do:

# %% [markdown] lang="zh"
# 图里用文字和线型都标明了：`veth1` 已启用但无载波，线是虚线。再问问检查：它还不满意，并会告诉你该怎么办：

# %% tags=["not-yet"]
lab.check.link_up("veth1", "netns1")

# %% [markdown] lang="en"
# Now the same for the other side.

# %% [markdown] lang="zh"
# 对端也照样做一遍。

# %% build="on"
# !ip netns exec netns2 ip addr add 172.16.0.2/24 dev veth1-peer
# !ip netns exec netns2 ip link set dev veth1-peer up

# %%
lab.check.link_up("veth1", "netns1")

# %% [markdown] lang="en"
# The chapter says: “ip addr add and ip link set up configure the two ends.” True?

# %% [markdown] lang="zh"
# 原文说：“ip addr add 和 ip link set up 配置好两端。”是这样吗？

# %% claim="C20"
lab.claims.C20.check()

# %%
lab.picture()

# %% [markdown] lang="en"
# ## 6. Read what `ip addr` says
#
# Both ends are on, and the wire is live. What does `netns1` itself say about it?

# %% [markdown] lang="zh"
# ## 6. 读懂 `ip addr`
#
# 两端都启用了，线也通了。`netns1` 自己怎么说？

# %% claim="C21"
# !ip netns exec netns1 ip addr

# %% [markdown] lang="en"
# Index numbers and MAC addresses differ from machine to machine, so a book cannot tell you yours. Here are yours:

# %% [markdown] lang="zh"
# 序号和 MAC 地址每台机器都不一样，书上写的不会是你的。你的在这里：

# %%
lab.explain("ip addr show veth1", namespace="netns1")

# %% [markdown] lang="en"
# The most interesting part is `@if…`: where does the wire lead? The kernel gives two numbers: the other end's **index**, which counts in *its* namespace, and an id for that namespace (**nsid**), which is valid only where you are looking from. Older versions of `ip` print the id (`link-netnsid 1`), newer ones look up the name (`link-netns netns2`).

# %% [markdown] lang="zh"
# 最有意思的是 `@if…`：这根线通向哪里？内核给出两个数：一个是对端的**序号**（ifindex），按**对端自己**的命名空间来数；一个是对端所在命名空间的 **nsid**，只在当前命名空间里有意义。旧版 `ip` 直接显示 nsid（`link-netnsid 1`），新版会查出名字（`link-netns netns2`）。

# %%
near = lab.links.link("veth1", "netns1")
{key: near.json[key] for key in ("ifindex", "link_index", "link_netnsid")}

# %%
# !ip netns exec netns1 ip netns list-id

# %% [markdown] lang="en"
# In that list `netns1` keeps its nsids for other namespaces. Find the `link_netnsid` from above in it: next to it is `netns2`. (A line without a name is the host.) And in `netns2` the interface with that index is:

# %% [markdown] lang="zh"
# 这张表里是 `netns1` 给别的命名空间分配的 nsid。找到上面那个 `link_netnsid`，后面写的就是 `netns2`。（没有名字的那行是主机。）再到 `netns2` 里按序号找，找到的是：

# %%
lab.links.peer("veth1", "netns1")

# %% [markdown] lang="en"
# The chapter says: “ip addr shows veth1@if12 and link-netnsid 1.” True?

# %% [markdown] lang="zh"
# 原文说：“ip addr 显示 veth1@if12 和 link-netnsid 1。”是这样吗？

# %% claim="C21"
lab.claims.C21.check()

# %% [markdown] lang="en"
# ## 7. The ping
#
# Run as written, `ping` never stops. Watch a few lines, then stop it with **■** in the toolbar.

# %% [markdown] lang="zh"
# ## 7. ping 一下
#
# 照这样写，`ping` 会一直跑下去。看几行就点工具栏上的 **■** 停下来。

# %% claim="C22" interrupt_after=3
# !ip netns exec netns1 ping 172.16.0.2

# %% [markdown] lang="en"
# An answer! With `-c 2` it ends by itself:

# %% [markdown] lang="zh"
# 有应答了！加上 `-c 2`，它会自己停：

# %%
# !ip netns exec netns1 ping -c 2 172.16.0.2

# %% [markdown] lang="en"
# - `56(84) bytes`: ping sends 56 bytes of its own. With 8 bytes of ICMP header (ICMP is the protocol that ping speaks) and 20 bytes of IP header (a *header* says what follows and for whom) that makes 84. On the wire, 14 bytes of Ethernet are added: 98.
# - `64 bytes`: what came back, this time without the IP header: 56 + 8.
# - `icmp_seq`: which ping is answered.
# - `ttl=64`: `netns2` set it to 64, and each router on the way (a machine that passes packets on from one network to another) takes one off; the one that gets to zero throws the packet away. So it can pass 63 routers; here there was none.
# - `time`: there and back. The first one is usually slower; lesson 3 shows why.
#
# The chapter says: “ping 172.16.0.2 is answered: ttl 64, 56(84) bytes.” True?

# %% [markdown] lang="zh"
# - `56(84) bytes`：ping 自己的数据是 56 字节，加上 8 字节 ICMP **首部**（ICMP 是 ping 用的协议，首部写明后面装的是什么、发给谁）和 20 字节 IP 首部，一共 84 字节。到了线上，还要加 14 字节以太网首部，共 98 字节。
# - `64 bytes`：收到的应答，同样不算 IP 首部，即 56 + 8。
# - `icmp_seq`：应答的是第几个 ping。
# - `ttl=64`：`netns2` 发出时设成 64，每经过一台路由器（把包从一个网段转到另一个网段的机器）减 1，减到 0 的那台就把包丢掉。所以最多能过 63 台路由器；这里一台也没有。
# - `time`：一来一回的时间。第一个往往慢些，为什么慢，第 3 课再讲。
#
# 原文说：“ping 172.16.0.2 得到应答：ttl 为 64，56(84) 字节。”是这样吗？

# %% claim="C22"
lab.claims.C22.check()

# %% [markdown] lang="en"
# The wire works. So now we can judge another sentence of the chapter: “To communicate, one must create a veth pair inside the namespace.” True? Mind the words *must* and *inside*.

# %% [markdown] lang="zh"
# 线上能传包了。现在可以来评一评原文的另一句话：“要通信，就必须在命名空间里面创建一对 veth。”是这样吗？留意**必须**和**里面**这两个词。

# %% claim="C17"
lab.claims.C17.check()

# %% [markdown] lang="en"
# ## 8. What happened on the way?
#
# Five steps lead from your command to the answer. Some of them leave a trace that you can look at. First: which way will a packet to `172.16.0.2` leave?

# %% [markdown] lang="zh"
# ## 8. 路上发生了什么？
#
# 从你敲下命令到收到应答，一共有五步，其中几步会留下看得见的痕迹。先问：发往 `172.16.0.2` 的包从哪里出去？

# %% claim="C25"
# !ip netns exec netns1 ip route get 172.16.0.2

# %%
lab.explain("ip route get 172.16.0.2", namespace="netns1")

# %% [markdown] lang="en"
# It leaves by the *interface* `veth1`; the *address* `172.16.0.1` goes with it as the sender. The two are easily mixed up. Next: which MAC addresses have the two sides learned from each other?

# %% [markdown] lang="zh"
# 包从**接口** `veth1` 出去，**地址** `172.16.0.1` 只是作为发送方写在包里。这两样很容易混为一谈。再问：两边各自学到了对方的哪个 MAC 地址？

# %%
# !ip netns exec netns1 ip neigh
# !ip netns exec netns2 ip neigh

# %% [markdown] lang="en"
# Each knows the other: address, interface, and after `lladdr` the MAC address of the far end. (The last word says how fresh that knowledge is; lesson 3 watches it change.) And which program in `netns2` answered the ping? The next cell counts the processes in it:

# %% [markdown] lang="zh"
# 两边互相认识了：地址、接口，还有 `lladdr` 后面那个对端的 MAC 地址。（最后一个词表示这条记录有多新，第 3 课会看它怎么变。）那么在 `netns2` 里，是哪个程序应答了 ping？下面数一数里面有几个进程：

# %%
# !ip netns pids netns2 | wc -l

# %% [markdown] lang="en"
# None. The kernel answers by itself. So this is the path of your ping:
#
# | step | who | where you saw it |
# |---|---|---|
# | 1. A packet is made: “172.16.0.2, are you there?” | `ping`, inside `netns1` | `PING 172.16.0.2 …` |
# | 2. The way out is chosen: by `veth1`, from 172.16.0.1 | the routes of `netns1` | `ip route get` |
# | 3. “Who has 172.16.0.2? Tell me your MAC address.” (ARP) | the kernel, through `veth1` | an entry in `ip neigh` |
# | 4. What goes into `veth1` comes out of `veth1-peer` | the wire | the picture, `@if…` |
# | 5. “I have it”; then the ping itself crosses and is answered | the kernel, on the side of `netns2` | `64 bytes from 172.16.0.2` |

# %% [markdown] lang="zh"
# 一个也没有：应答的是内核自己。所以，你的 ping 是这样走的：
#
# | 步骤 | 谁来做 | 在哪里看到 |
# |---|---|---|
# | 1. 造一个包：“172.16.0.2，你在吗？” | `netns1` 里的 `ping` | `PING 172.16.0.2 …` |
# | 2. 选出口：走 `veth1`，发送方写 172.16.0.1 | `netns1` 的路由 | `ip route get` |
# | 3. “谁是 172.16.0.2？告诉我你的 MAC 地址。”（ARP） | 内核，经由 `veth1` | `ip neigh` 里的一行 |
# | 4. 进了 `veth1`，就从 `veth1-peer` 出来 | 线 | 图，`@if…` |
# | 5. “是我。”然后 ping 本身才发出去，得到应答 | `netns2` 那边的内核 | `64 bytes from 172.16.0.2` |

# %% [markdown] lang="en"
# The same five places are where a ping can get stuck. Whatever goes wrong in this course, it is in one of these **five layers** (not to be confused with the layers of network models):
#
# ```text
#        netns1                                   netns2
#   1  program            ping                    5  far side: all of this again,
#   2  address and route  which way out?             from the wire upwards,
#   3  neighbour          which MAC address?         and the way back
#   4  wire               up? carrier? ───────────── up? carrier?
# ```
#
# What you see tells you where to look: no route (2), `Network is unreachable` at once; no MAC address (3), `Destination Host Unreachable` after about 3 seconds, so ask next whether the far side has that address (2) and whether the wire works (4); silence, look at the wire (4) and at the far side (5), and whether the ping waited those 3 seconds.

# %% [markdown] lang="zh"
# ping 不通，也就卡在这五处之一。这门课里不管出什么故障，都在下面**五层**当中（这是排查的顺序，不是网络模型的分层）：
#
# ```text
#        netns1                                   netns2
#   1  程序          ping                         5  对面：同样这几层，
#   2  地址与路由    从哪里出去？                     从线往上走一遍，
#   3  邻居          对方的 MAC 是什么？              还有回来的路
#   4  线            启用了吗？有载波吗？ ──────────── 启用了吗？有载波吗？
# ```
#
# 看到的现象说明该查哪里：没有路由（2），立刻是 `Network is unreachable`；问不到 MAC 地址（3），约 3 秒后是 `Destination Host Unreachable`，接着查对面有没有那个地址（2）、线通不通（4）；什么提示也没有，就查线（4）和对面（5），也看看 ping 是不是没等够 3 秒。

# %%
lab.check.route("172.16.0.2", "veth1", "netns1")

# %% [markdown] lang="en"
# ## 9. A trap
#
# `netns1` reaches its neighbour.

# %% [markdown] lang="zh"
# ## 9. 一个陷阱
#
# `netns1` 已经 ping 得通邻居。

# %%
lab.predict("its own address")

# %% claim="C32"
# !ip netns exec netns1 ping -c 1 -W 1 172.16.0.1
# !ip netns exec netns1 ip route get 172.16.0.1

# %%
lab.compare("its own address")

# %% [markdown] lang="en"
# The second command gives it away: `dev lo`. What you send to yourself never touches the wire: it goes through `lo`, and `lo` is still down. No error, just silence.
#
# This trap is one of two things that the chapter leaves out (C32); its check asks whether you have walked into it:

# %% [markdown] lang="zh"
# 第二条命令露了底：`dev lo`。发给自己的包根本不上线，走的是 `lo`，而 `lo` 还没有启用。没有报错，也没有应答。
#
# 这个陷阱原文没有提到（C32，两处遗漏之一）；下面的检查看看你是不是正在陷阱里：

# %% claim="C32"
lab.claims.C32.check()

# %% [markdown] lang="en"
# The same `lo` carries the kernel's own messages to you. So an address that nobody has (`172.16.0.9`) is met with silence, too. `-w 4` gives up after 4 seconds; without it, you would wait 10.

# %% [markdown] lang="zh"
# 内核要报告的差错，也得经这个 `lo` 送到。所以 ping 一个没有谁在用的地址（`172.16.0.9`），同样毫无提示。`-w 4` 表示 4 秒后放弃；不加的话要等 10 秒。

# %%
# !ip netns exec netns1 ping -c 1 -w 4 172.16.0.9

# %% [markdown] lang="en"
# Switch `lo` on, and try both again:

# %% [markdown] lang="zh"
# 启用 `lo`，两个都再试一遍：

# %% claim="C32" build="on"
# !ip netns exec netns1 ip link set lo up
# !ip netns exec netns1 ping -c 1 -W 1 172.16.0.1
# !ip netns exec netns1 ping -c 1 -w 4 172.16.0.9

# %% [markdown] lang="en"
# `netns1` reaches itself, and for the address that nobody has it now says after about 3 seconds what is wrong: `Destination Host Unreachable`. In a new namespace, make `ip link set lo up` a habit.

# %% [markdown] lang="zh"
# `netns1` ping 得通自己了；对那个没有谁在用的地址，约 3 秒后也说出了原因：`Destination Host Unreachable`，目的主机不可达。新建命名空间后，养成先 `ip link set lo up` 的习惯。

# %%
lab.check.reach("172.16.0.1", "netns1")

# %% [markdown] lang="en"
# ## 10. Your turn
#
# From here on no cell does it for you. The goal stands in the first cell of each task: write your commands below it (with `!`, or in Python), run it, then run the check. Any way is right that gets there. `lab.hint("1.1")` in a new cell opens the first of three hints, made for what is there at that moment; after the third, a solution.

# %% [markdown] lang="zh"
# ## 10. 轮到你了
#
# 从这里起，没有现成的单元格替你做了。每个任务的目标写在它的第一个单元格里：把命令写在下面（行首加 `!`，或者用 Python），运行，再运行检查。只要达到目标，什么做法都行。新建一个单元格运行 `lab.hint("1.1")`，会看到第一条提示，它是照着机器此刻的样子给的；一共三条，再往后就是解法。

# %% task="1.1"

# %% task="1.1" tags=["solution"]
# !ip netns add solo
# !ip -n solo link set lo up

# %% task="1.1"
lab.check.task("1.1")

# %% task="1.2"

# %% task="1.2" tags=["solution"] magic_args="--no-raise-error" language="bash"
# ip netns add netns3
# ip link add to3 netns netns1 type veth peer name to1 netns netns3
# ip -n netns1 addr add 10.0.3.1/24 dev to3
# ip -n netns3 addr add 10.0.3.2/24 dev to1
# ip -n netns1 link set to3 up
# ip -n netns3 link set to1 up

# %% task="1.2"
lab.check.task("1.2")

# %% [markdown] lang="en"
# ## 11. Take it away

# %% [markdown] lang="zh"
# ## 11. 拆掉

# %%
lab.predict("the other end")

# %% claim="C31" build="nothing" magic_args="--no-raise-error" language="bash"
# ip netns del netns1
# ip -n netns2 -brief link

# %% build="nothing"
lab.wait_for("ip -n netns2 link show veth1-peer", gone=True)
# !ip -n netns2 -brief link

# %%
lab.compare("the other end")

# %% [markdown] lang="en"
# Cleaning up is the other thing that the chapter leaves out (C31):

# %% [markdown] lang="zh"
# 怎么清理，是原文的另一处遗漏（C31）：

# %% claim="C31"
lab.claims.C31.check()

# %% [markdown] lang="en"
# A veth pair cannot have one end only: both go. Above, the first list was made right after `del`, the second one once `veth1-peer` was gone. The kernel cleans up a moment after `ip netns del` returns, so the first list often still shows it.

# %% [markdown] lang="zh"
# veth 对不能只剩一端：两端一起消失。上面第一份列表是 `del` 之后立刻取的，第二份是等 `veth1-peer` 消失后取的。`ip netns del` 返回之后，内核要稍过片刻才收拾完，所以第一份里往往还看得到它。

# %%
# !ip netns del netns2

# %% [markdown] lang="en"
# ## 12. Mend it
#
# The next cell empties the machine, builds the wire of this lesson, and then changes **one** thing. The five layers tell you where to look.

# %% [markdown] lang="zh"
# ## 12. 修好它
#
# 下一个单元格会清空机器，搭好本课的这根线，再动**一处**手脚。该看哪里，五层图会告诉你。

# %%
lab.empty()
lab.faults.wire(1)

# %%
# !ip netns exec netns1 ping -c 1 -W 2 172.16.0.2

# %% [markdown] lang="en"
# In which layer is it? A wrong choice costs nothing and says what you would have to see. The repair counts once the layer is named.

# %% [markdown] lang="zh"
# 是哪一层？选错了也没关系，它会告诉你那样的话该看到什么。先说对是哪一层，修好了才算数。

# %%
lab.faults.wire_layer(1)

# %% task="1.3"

# %% task="1.3" tags=["solution"]
lab.faults.wire_layer(1, "route")
# !ip -n netns2 addr add 172.16.0.2/24 dev veth1-peer

# %% task="1.3"
lab.check.task("1.3")

# %% [markdown] lang="en"
# ## A question to take along
#
# `netns1` and `netns2` reach each other. And the **host**: can it ping `172.16.0.2` now? Look at the picture and decide. Then add a new cell below this one (key <kbd>B</kbd>) and try it: `!ping -c 1 -W 1 172.16.0.2`. Lesson 4 begins with the answer.

# %% [markdown] lang="zh"
# ## 带走一个问题
#
# `netns1` 和 `netns2` 已经相通。那么**主机**呢，它现在能 ping 通 `172.16.0.2` 吗？看着图先下个判断，再在下面插入一个单元格（按 <kbd>B</kbd> 键）试一试：`!ping -c 1 -W 1 172.16.0.2`。第 4 课就从这个答案讲起。

# %% [markdown] lang="en" jp-MarkdownHeadingCollapsed=true
# ## Look deeper
#
# Nothing in here is needed for the next lesson, and its time is not counted. Unfold it when you want to know more. It begins with an empty machine.

# %% [markdown] lang="zh" jp-MarkdownHeadingCollapsed=true
# ## 深入一步
#
# 这一节的内容下一课都用不着，时间也不算在内。想多了解一点，再展开来看。它从一台空机器开始。

# %%
lab.empty()

# %% [markdown] lang="en"
# ### Which kernel answers?
#
# Which Linux kernel is answering you here? The lessons are the same on each kind; on some they are slower.

# %% [markdown] lang="zh"
# ### 谁在回答？
#
# 在这里回答你的是哪一个 Linux 内核？课程内容都一样，只是有的慢一些。

# %%
lab.backend()

# %% [markdown] lang="en"
# ### The file behind the name
#
# The first line below is the number (inode) of the file in `/run/netns`, the second comes from the kernel's list of mounts.

# %% [markdown] lang="zh"
# ### 名字背后的文件
#
# 下面第一行输出是 `/run/netns` 里那个文件的 inode 号，第二行取自内核的挂载列表。

# %% claim="C13"
# !ip netns add netns1
# !ls -i /run/netns
# !grep netns1 /proc/self/mountinfo

# %% [markdown] lang="en"
# Mounted on the file is the namespace itself: `nsfs` is the file system of namespaces, and `net:[…]` has the same number as the file. The program `ip` made this mount, not the kernel. It keeps the namespace alive while nobody is in it. (`/var/run` in older texts is the same place: a link to `/run`.)

# %% [markdown] lang="zh"
# 挂载在这个文件上的正是命名空间本身：`nsfs` 是命名空间专用的文件系统，`net:[…]` 里的数字就是文件的 inode 号。这个挂载点是 `ip` 这个程序建的，不是内核建的。有它在，命名空间里哪怕一个进程也没有，也不会消失。（老资料里写的 `/var/run` 是同一个地方，它只是指向 `/run` 的链接。）

# %% [markdown] lang="en"
# ### The same in Python
#
# Everything again, as calls to the kit. Each does the same as the command you already know; if something is wrong, it says what you tried, what the kernel said, why, and what helps.

# %% [markdown] lang="zh"
# ### 用 Python 再来一遍
#
# 同样的事，这回用工具包来做。每个调用对应一条你已经认识的命令；出错时，它会说明你做了什么、内核怎么说、原因在哪、怎么解决。

# %%
lab.empty()
lab.namespaces.add("netns1")
lab.namespaces.add("netns2")
lab.links.add_veth("veth1", "veth1-peer", namespace="netns1", peer_namespace="netns2")
lab.addresses.add("172.16.0.1/24", "veth1", namespace="netns1")
lab.addresses.add("172.16.0.2/24", "veth1-peer", namespace="netns2")
lab.links.up("veth1", namespace="netns1")
lab.links.up("veth1-peer", namespace="netns2")
lab.picture()

# %% [markdown] lang="en"
# `add_veth` puts both ends straight where they belong. The kernel cannot tell who made them: `ip` and the kit see the same thing.

# %% [markdown] lang="zh"
# `add_veth` 一步就把两端放进了各自的命名空间。是谁建的，内核分不出来：用 `ip` 看和用工具包看，都一样。

# %%
# !ip netns exec netns1 ip addr show veth1

# %%
lab.addresses.addresses("netns1")

# %%
lab.routes.lookup("172.16.0.2", namespace="netns1")

# %%
lab.namespaces.namespace("netns1").run("ping -c 2 172.16.0.2")

# %%
lab.neighbours.neighbours("netns1")

# %% [markdown] lang="en"
# ## What you have seen
#
# - A network namespace is a network of its own. A new one holds only `lo`, switched off.
# - Its name is a file in `/run/netns` onto which `ip` mounts the namespace.
# - Two namespaces do not reach each other, whatever their addresses, until something such as a wire joins them.
# - A veth pair is such a wire: made in one place, then its ends are moved to two others.
# - It carries packets when both ends are `UP`; for a ping, each end also needs an address. `NO-CARRIER` means: look at the other end.
# - `Network is unreachable`: no route. Silence: perhaps `lo` is down. `Destination Host Unreachable`: nobody has that address, or the wire does not work.
# - Delete a namespace, and its wires go with it, both ends.

# %% [markdown] lang="zh"
# ## 你看到了什么
#
# - 网络命名空间是一套自成一体的网络。刚建好时只有一个 `lo`，而且未启用。
# - 它的名字是 `/run/netns` 里的一个文件，`ip` 把命名空间挂载在上面。
# - 不管配什么地址，没有线相连，两个命名空间就互不相通。
# - veth 对就是这样一根线：在一处建好，两端再移到两处。
# - 两端都有地址、都是 `UP`，线才通。看到 `NO-CARRIER`，就去查对端。
# - `Network is unreachable`：没有路由。没有应答也没有提示：也许 `lo` 还没有启用。`Destination Host Unreachable`：问不到 MAC 地址：没有谁在用那个地址，或者线不通。
# - 删掉一个命名空间，接在上面的线也跟着消失，两端都不留。

# %% [markdown] lang="en"
# ## What you can now do
#
# Ticked where a check has shown it. What is not ticked is waiting for you: its task is above.

# %% [markdown] lang="zh"
# ## 现在你会做什么
#
# 打勾的，是检查已经证明的。没打勾的还等着你：任务在上面。

# %%
lab.learned(1)

# %% [markdown] lang="en"
# The last cell leaves the machine as you found it.

# %% [markdown] lang="zh"
# 最后一个单元格让机器恢复原样。

# %%
lab.empty()
lab.check.empty()

# %% [markdown] lang="en"
# Next: [A network namespace of your own](02_own_namespace.ipynb). How far you are: [the start page](00_start.ipynb).

# %% [markdown] lang="zh"
# 下一课：[《自己的网络命名空间》](02_own_namespace.ipynb)。学到了哪里，看[课程首页](00_start.ipynb)。
