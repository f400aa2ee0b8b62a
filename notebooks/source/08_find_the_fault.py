# %% [markdown] lang="en"
# # Find the fault
#
# By the end of this lesson you can go from a symptom to the layer that causes it, and you have mended six networks, each with exactly one thing wrong.
#
# **Time:** about 40 minutes, for as many networks as you like. **You need:** the wire of [lesson 1](01_one_wire.ipynb) and the router of [lesson 4](04_beyond.ipynb). This page builds everything else itself; *Kernel → Restart* empties the machine.
#
# It helps to have a second window on the same machine: type `nslabkit enter` in a terminal. [The start page](00_start.ipynb) shows which lessons you have finished.

# %% [markdown] lang="zh"
# # 找故障
#
# 学完这一课，你能从现象推断出是哪一层出了问题，并亲手修好六个网络，每个网络恰好有一处毛病。
#
# **时间：** 约 40 分钟，想做几个网络都行。**准备：** 学过[第 1 课](01_one_wire.ipynb)的线和[第 4 课](04_beyond.ipynb)的路由器。其余的一切，这一页会自己搭好；**内核 → 重启内核**会把它清空。
#
# 最好再开一个窗口看同一台机器：在终端里输入 `nslabkit enter`。哪些课已经学完，看[课程首页](00_start.ipynb)。

# %%
import nslabkit as lab
lab.check.empty()

# %% [markdown] lang="en"
# ## The ladder
#
# A packet climbs down on one side and up on the other. Where it gets stuck decides what you see. Read the table from top to bottom: each line means that everything above it works.
#
# | what you see | how fast | who says it | where to look |
# |---|---|---|---|
# | `Network is unreachable` | at once | your own machine | the **route** at your end |
# | `Destination Host Unreachable` | after about 3 seconds | the last machine that knew a way; its address is at the start of the line | the **neighbour** beyond that machine: link, address, `/24` |
# | nothing at all, `100% packet loss` | never | nobody | **forwarding** on the way, the route **back**, a firewall |
# | `Connection refused` | at once | the destination itself | the **service**: is it running, and at this address? |
# | `timed out`, while ping works | never | nobody | a **firewall** in front of the service |
#
# The second column is worth as much as the first: a quick *no* comes from somebody who is there; silence comes from nobody.

# %% [markdown] lang="zh"
# ## 从现象到层次
#
# 数据包在这边一层层往下走，到那边再一层层往上走。卡在哪一层，决定了你看到什么。下表从上往下读：看到某一行的现象，说明它上面的各层都没问题。
#
# | 看到的现象 | 多快出现 | 谁说的 | 该查哪里 |
# |---|---|---|---|
# | `Network is unreachable` | 立刻 | 你自己这台机器 | 自己这边的**路由** |
# | `Destination Host Unreachable` | 大约 3 秒后 | 最后一台还认得路的机器，行首就是它的地址 | 那台机器再往前的**邻居**：接口、地址、`/24` |
# | 什么都没有，`100% packet loss` | 一直没有 | 没有人 | 途中的**转发**、**回程**路由、防火墙 |
# | `Connection refused` | 立刻 | 目的主机自己 | **服务**：在运行吗？监听的是这个地址吗？ |
# | ping 得通，却 `timed out` | 一直没有 | 没有人 | 服务前面的**防火墙** |
#
# 第二列和第一列一样有用：立刻得到拒绝，说明那边有人；一片沉默，说明没有人应。

# %% [markdown] lang="en"
# Lost, or late? `lab.catch_up("8.2")` in a new cell empties the machine and builds what step 8.2 starts from; `lab.catch_up()` lists the steps.

# %% [markdown] lang="zh"
# 跟丢了，或者来晚了？新建一个单元格运行 `lab.catch_up("8.2")`，机器会被清空，再搭好第 8.2 步开始时该有的东西；`lab.catch_up()` 列出全部步骤。

# %% [markdown] lang="en" step="8.1"
# ## The network, with a fault
#
# `lab.faults.build(1)` builds three namespaces in a row, `client`, `router` and `server`, and breaks **one** thing. The number chooses which; share it with your neighbour and you both have the same network. Which number means which fault is not written anywhere: you find out. For another network, change the number and run the cells below again.

# %% [markdown] lang="zh" step="8.1"
# ## 一个有毛病的网络
#
# `lab.faults.build(1)` 搭出排成一行的三个命名空间 `client`、`router` 和 `server`，并弄坏**一处**。弄坏哪里由数字决定；把数字告诉邻座，你们就有一模一样的网络。哪个数字对应哪种毛病，哪里都不写，要靠你自己找。想换一个网络，就改这个数字，再把下面的单元格重新运行一遍。

# %% build="on"
number = 1
lab.faults.build(number)
lab.picture()

# %% [markdown] lang="en"
# How it should be: the client `10.1.0.2/24` and the server `10.2.0.2/24` each have a default route to the router's near side (`10.1.0.1`, `10.2.0.1`); the router forwards; the server answers on TCP port 8080.
#
# The picture shows links and addresses, so it reveals some faults but not others.
#
# ### Observe

# %% [markdown] lang="zh"
# 正常的样子是：`client` 的地址是 `10.1.0.2/24`，`server` 的是 `10.2.0.2/24`，两者的默认路由都指向路由器靠近自己的一侧（`10.1.0.1`、`10.2.0.1`）；路由器负责转发；`server` 在 TCP 8080 端口上应答。
#
# 图上画的是接口和地址，所以有的毛病看图就能看出来，有的看不出来。
#
# ### 观察

# %%
lab.predict("only silence")

# %%
# !ip netns exec client ping -c 2 -W 4 10.2.0.2

# %%
lab.compare("only silence")

# %% [markdown] lang="en"
# Now the service: one line of Python asks it for its page.

# %% [markdown] lang="zh"
# 再问问那个服务：用一行 Python 向它要页面。

# %%
ask = "import urllib.request as u; print(u.urlopen('http://10.2.0.2:8080', timeout=2).read())"
# !ip netns exec client python3 -c "{ask}" 2>&1 | tail -1

# %% [markdown] lang="en"
# Find your symptom in the ladder. Then ask the layer it points to. These questions find every fault in this lesson; run the ones you need, and add cells of your own:

# %% [markdown] lang="zh"
# 在上面的表里找到你看到的现象，再去问它所指的那一层。下面这些问题足以找出本课的每一种毛病；需要哪个就运行哪个，也可以自己加单元格：

# %%
# !ip netns exec client ip route get 10.2.0.2
# !ip netns exec server ip route get 10.1.0.2

# %%
# !ip -n router -br link
# !ip -n server -br link

# %%
# !ip netns exec router sysctl net.ipv4.ip_forward
# !ip netns exec server ss -ltn
# !ip netns exec server nft list ruleset

# %% [markdown] lang="en"
# Still unsure? There are three hints, each giving away more than the one before:

# %% [markdown] lang="zh"
# 还没有头绪？这里有三条提示，一条比一条说得多：

# %%
lab.faults.hint(number, 1)

# %% [markdown] lang="en" step="8.2"
# ### Mend it
#
# Type the command that mends it in the empty cell below (begin with `!`), run it, and then the check. The check pings from the client and asks the service: it only wants packets to get through, however you did it.

# %% [markdown] lang="zh" step="8.2"
# ### 修好它
#
# 在下面的空单元格里写上修复命令（以 `!` 开头）并运行，再运行检查。检查会从 `client` 发 ping，还会访问那个服务：只要数据包真的通了就行，不管你用的是什么办法。

# %%


# %% tags=["not-yet"]
lab.faults.mended(number)

# %% [markdown] lang="en" step="8.3"
# ✔? Change `number = 1` above to the next number, up to 6, and continue. From 7 on, the same six faults come in a different order.
#
# ## One of them, mended
#
# Here is a whole case, from symptom to check, for network number 4. Skip it if you would rather find that one yourself.

# %% [markdown] lang="zh" step="8.3"
# 得到 ✔ 了吗？把上面的 `number = 1` 改成下一个数字，一直做到 6。从 7 开始，还是这六种毛病，只是换了顺序。
#
# ## 完整地修一个
#
# 下面以 4 号网络为例，从现象一直走到检查通过。如果想自己找，就先跳过这一段。

# %%
lab.faults.build(4)

# %%
# !ip netns exec client ping -c 1 -W 4 10.2.0.2

# %% [markdown] lang="en"
# `Network is unreachable`, and at once: that is the top of the ladder. The client itself said it, so no packet was sent. Its routes:

# %% [markdown] lang="zh"
# `Network is unreachable`，而且立刻就出现：这是表里最上面的一行。话是 `client` 自己说的，一个包也没有发出去。看看它的路由：

# %%
# !ip -n client route

# %% [markdown] lang="en"
# It knows its own network `10.1.0.0/24` and nothing else. `10.2.0.2` is not in it, and no line says `default`. So:

# %% [markdown] lang="zh"
# 它只认得自己所在的网络 `10.1.0.0/24`。`10.2.0.2` 不在里面，也没有 `default` 这一行。所以：

# %%
# !ip -n client route add default via 10.1.0.1

# %%
lab.faults.mended(4)

# %% [markdown] lang="en"
# The same repair in Python would be `lab.routes.add("default", via="10.1.0.1", namespace="client")`.
#
# ## What you have seen
#
# - The symptom names the layer: who answers, how fast, and whether anybody answers at all.
# - Silence says nothing about the direction. `tcpdump` at the far end does.
# - Ping and a service are two things: an answered ping clears links, addresses, routes and forwarding in one go, but not ports and firewalls.
# - Look first, mend second. A second change on top of a wrong guess turns one fault into two.
#
# The last cells leave the machine as it was at the start.

# %% [markdown] lang="zh"
# 用 Python 修，写法是 `lab.routes.add("default", via="10.1.0.1", namespace="client")`。
#
# ## 这一课你看到了什么
#
# - 现象会告诉你是哪一层：谁在回应，多快回应，还是根本没有人回应。
# - 一片沉默看不出是去还是回出了问题，在对面用 `tcpdump` 一看便知。
# - ping 和服务是两回事：ping 通了，接口、地址、路由、转发就都没问题；端口和防火墙却未必。
# - 先看清楚，再动手。猜错了还接着改，一处毛病就变成了两处。
#
# 最后两个单元格让机器恢复原样。

# %%
lab.faults.clear()

# %%
lab.check.empty()
