# %% [markdown] lang="en"
# # A network namespace of your own
#
# `ip netns add` prints nothing. What has it made? In this lesson you find out where the name of a namespace is kept and what keeps the namespace alive, which five things it has to itself, and what it does not hide.
#
# **Time:** about 60 minutes. Sections 1–4 and 5–6 can be two sittings.
#
# **You need:** [One wire, two worlds](01_one_wire.ipynb), which explains *veth*, *address* and *route*. Nothing that you built there is needed.
#
# The network namespace in which this notebook starts is called **the host**. If anything gets tangled, *Kernel → Restart* empties the machine.

# %% [markdown] lang="zh"
# # 自己的网络命名空间
#
# `ip netns add` 什么也不打印，那它究竟造出了什么？这一课要弄清楚：命名空间的名字存放在哪里，它靠什么继续存在；哪五样东西是它独有的；又有哪些东西它并不隔离。
#
# **用时：** 约 60 分钟。可以分两次做：第 1–4 节一次，第 5–6 节一次。
#
# **准备：** 先学完[《一根线，两个世界》](01_one_wire.ipynb)，**veth**、**地址**、**路由**这些词在那里解释过；那一课里搭的东西，这里用不到。
#
# 笔记本一开始所在的网络命名空间，称为**主机**。要是哪里弄乱了，**内核 → 重启内核**，机器就清空了。

# %% build="on"
import nslabkit as lab
lab.check.empty()

# %% [markdown] lang="en"
# First, what do you remember?

# %% [markdown] lang="zh"
# 先回想一下：

# %%
lab.recall(2)

# %% [markdown] lang="en"
# Lost, or late? `lab.catch_up("2.5")` in a new cell empties the machine and builds what step 2.5 starts from; `lab.catch_up()` lists the steps.

# %% [markdown] lang="zh"
# 跟丢了，或者来晚了？新建一个单元格运行 `lab.catch_up("2.5")`，机器会被清空，再搭好第 2.5 步开始时该有的东西；`lab.catch_up()` 列出全部步骤。

# %% [markdown] lang="en"
# ## 1. Make one, and have it watched
#
# `ip netns monitor` prints a line whenever a name appears or disappears. It never ends, so it runs in the background (`&`) and writes to a file that you read later (`stdbuf -oL`: each line at once). `$!` is the number of the process just started: you need it to end the process. The next cell waits until the monitor is at work. `lab.wait_for` runs a command again and again until it prints what is awaited (here: that the monitor watches a folder), and shows it.

# %% [markdown] lang="zh"
# ## 1. 创建一个，并监视它
#
# 每有一个名字出现或消失，`ip netns monitor` 就打印一行。它自己不会结束，所以放到后台（`&`）运行，输出写进文件（`stdbuf -oL` 让它每打印一行就写一行），稍后再看。`$!` 是刚启动的那个进程的进程号，要结束它时用得着。再下一格等它准备好：`lab.wait_for` 会反复运行一条命令，直到输出里出现要等的内容，并把它显示出来（这里等的是 `inotify`，说明监视程序已经盯住了放名字的目录）。

# %% build="on" language="bash"
# stdbuf -oL ip netns monitor >/run/names.log 2>&1 &
# echo $! >/run/monitor.pid

# %% build="on"
lab.wait_for("cat /proc/$(cat /run/monitor.pid)/fdinfo/*", "inotify")

# %% build="on"
# !ip netns add netns1
# !ip netns add short
# !ip netns del short
# !ip netns list

# %% [markdown] lang="en"
# `netns1` is new. The chapter says: “A new network namespace holds only the loopback device lo, and it is down.” True?

# %% [markdown] lang="zh"
# `netns1` 刚刚建好。原文说：“新的网络命名空间里只有回环设备 lo，而且没有启用。”是这样吗？

# %% claim="C15"
lab.claims.C15.check()

# %% [markdown] lang="en"
# ## 2. Go in, and find out where you are
#
# Every namespace has a number, unique while it lives: its *inode number*. A process finds the one of its own namespace in `/proc/self/ns/net`:

# %% [markdown] lang="zh"
# ## 2. 走进去，再弄清自己在哪里
#
# 内核给每个文件编一个号，叫作 inode 号；命名空间也各有一个，只要它还存在，这个号就是唯一的。进程在 `/proc/self/ns/net` 里能读到自己所在命名空间的 inode 号：

# %%
# !readlink /proc/self/ns/net
# !ip netns exec netns1 readlink /proc/self/ns/net

# %% [markdown] lang="en"
# Two numbers, two namespaces. Now let a program stay in `netns1` for a while: `sleep`, which does nothing.

# %% [markdown] lang="zh"
# 两个号，两个命名空间。现在让一个程序在 `netns1` 里待一阵子：什么也不做的 `sleep`。

# %% build="on" language="bash"
# ip netns exec netns1 sleep infinity >/dev/null 2>&1 &

# %%
lab.wait_for("ip netns pids netns1")

# %%
# !ip netns identify $(ip netns pids netns1)

# %% [markdown] lang="en"
# `pids` asks *who is in there?* `identify` asks the other way round: *where is this process?*
#
# Besides its name, a namespace can have an **nsid**, the id by which *this* namespace, the host, refers to it. In the output of `ip addr` it stands after `link-netnsid`. As a rule, the kernel assigns it as soon as a wire leads there. Here you assign one by hand:

# %% [markdown] lang="zh"
# `pids` 问的是“里面有谁”，`identify` 反过来问“这个进程在哪里”。
#
# 除了名字，命名空间还可以有一个 **nsid**：**当前**命名空间（主机）用来称呼它的号码，也就是 `ip addr` 输出里 `link-netnsid` 后面的那个数。通常一有线连过去，内核就会自动分配；这里手工给一个：

# %% build="on"
# !ip netns set netns1 7
# !ip netns list-id

# %% [markdown] lang="en"
# A namespace can have several names, too. `attach` takes the number of a process and gives the namespace *of that process* a name:

# %% [markdown] lang="zh"
# 一个命名空间还可以有好几个名字。`attach` 的用法是：给出一个进程号，为**那个进程所在的**命名空间起名：

# %%
# !ip netns attach nickname $(ip netns pids netns1)
# !ip netns list
# !ls -1i /run/netns

# %% [markdown] lang="en"
# The same number stands before both names: one namespace, two names. The chapter says: “`ip netns` creates, removes, queries and changes network namespaces.” True? You have now used all of it, and the monitor has written down which names came and went:

# %% [markdown] lang="zh"
# 两个名字前面是同一个 inode 号：一个命名空间，两个名字。原文说：“`ip netns` 能对网络命名空间增、删、查、改。”是这样吗？现在每一样你都用过了，哪些名字来过、去过，监视程序也记下来了：

# %% claim="C12"
# log = !cat /run/names.log
lab.claims.C12.check(log=log)

# %% build="on"
# !kill $(cat /run/monitor.pid)
# !rm /run/names.log /run/monitor.pid

# %%
# !ip netns del nickname
# !ip netns list

# %% [markdown] lang="en"
# ## 3. Where is the name?
#
# `ls` above showed files. Who puts them there?

# %% [markdown] lang="zh"
# ## 3. 名字在哪里？
#
# 上面 `ls` 列出的是文件。它们是谁放进去的？

# %%
lab.predict("who-names")

# %%
# !grep nsfs /proc/self/mountinfo
# !ip netns exec netns1 readlink /proc/self/ns/net

# %% [markdown] lang="en"
# The first line lists a **mount**. Read it from the fourth column: what is mounted (`net:[number]`), where (`/run/netns/netns1`), and after the dash its type (`nsfs`, the kernel's file system of namespaces). The second line shows the same number. The file is only a place to mount on.
#
# Who mounted it? Make a namespace without `ip`: `unshare --net` starts a program in a new one.

# %% [markdown] lang="zh"
# 第一行是一个**挂载**。从第四列读起：挂的是什么（`net:[inode 号]`），挂在哪里（`/run/netns/netns1`），短横线后面是类型（`nsfs`，内核专门放命名空间的文件系统）。第二行里的 inode 号和它一样。那个文件不过是个挂载点。
#
# 是谁挂上去的呢？不用 `ip`，自己造一个命名空间看看。`unshare --net` 会在一个新的网络命名空间里启动程序。

# %% language="bash"
# unshare --net sleep infinity >/dev/null 2>&1 &
# echo $! >/run/handmade.pid

# %%
lab.wait_for("cat /proc/$(cat /run/handmade.pid)/comm", "sleep")
# !readlink /proc/$(cat /run/handmade.pid)/ns/net
# listed = !ip netns list
listed

# %% [markdown] lang="en"
# The kernel has made a namespace, number and all, yet `ip netns` does not list it: a namespace needs no name. What `ip` does for a name can be done by hand: an empty file, and a mount on it.

# %% [markdown] lang="zh"
# 内核已经造好了一个命名空间，inode 号也有了，`ip netns` 却没有列出它：命名空间并不需要名字。`ip` 为名字所做的事，可以亲手来做：先建一个空文件，再把命名空间挂载到这个文件上。

# %%
# !touch /run/netns/handmade
# !mount --bind /proc/$(cat /run/handmade.pid)/ns/net /run/netns/handmade
# !ip netns list

# %% [markdown] lang="en"
# The chapter says: “`ip netns add` makes a mount point under /var/run/netns.” True?

# %% [markdown] lang="zh"
# 原文说：“`ip netns add` 会在 /var/run/netns 下建立一个挂载点。”是这样吗？

# %% claim="C13"
# pid = !cat /run/handmade.pid
lab.claims.C13.check(before=listed, pid=pid)

# %%
lab.compare("who-names")

# %% [markdown] lang="en"
# So it is true. Only “the system”, which makes the mount point by the chapter's words, is the program `ip`. To remove a name by hand, do the same backwards:

# %% [markdown] lang="zh"
# 可见原文说得对，只是有一处要说准：原文写的是“系统”生成挂载点，其实是 `ip` 这个程序。要去掉名字，把刚才的手工步骤倒过来做就行：

# %%
# !umount /run/netns/handmade
# !rm /run/netns/handmade
# !kill $(cat /run/handmade.pid)
# !ip netns list

# %% [markdown] lang="en"
# ### Your turn
#
# The goal of each task stands in its first cell. Any way is right that gets there. `lab.hint("2.1")` in a new cell opens the first of three hints.

# %% [markdown] lang="zh"
# ### 轮到你了
#
# 每个任务的目标写在它的第一个单元格里。只要达到目标，什么做法都行。新建一个单元格运行 `lab.hint("2.1")`，会看到第一条提示，一共三条。

# %% task="2.1"

# %% task="2.1" tags=["solution"]
# !ip netns add left
# !touch /run/netns/right
# !mount --bind /run/netns/left /run/netns/right

# %% task="2.1"
lab.check.task("2.1")

# %% [markdown] lang="en"
# ## 4. What keeps it alive?
#
# To see whether a namespace is alive, run a wire into it: a veth pair with one end, `wire`, on the host. When the namespace dies, the end inside dies, and `wire` with it. The cells note what `ip` says about `wire`: in `kept` while something holds the namespace, in `lost` once that has been taken away.
#
# ### A name, and no process

# %% [markdown] lang="zh"
# ## 4. 它靠什么存在？
#
# 怎么知道一个命名空间是否还存在？拉一根线进去：一个 veth 对，一端 `wire` 留在主机上。命名空间一消失，里面那一端跟着消失，`wire` 也就没了。下面的单元格把 `ip` 对 `wire` 的回答记下来：还有东西维持着命名空间时，记在 `kept` 里；去掉之后，记在 `lost` 里。
#
# ### 有名字，没有进程

# %% claim="C14"
kept, lost = {}, {}
# !ip netns add kept
# !ip link add wire type veth peer name inside netns kept
# !ip netns pids kept
kept["name"] = !ip -br link show wire
kept["name"]

# %% [markdown] lang="en"
# `pids` prints nothing: nobody is in there, and yet it lives. Now the name goes. The kernel cleans up a moment later, so the second line waits until `ip link` no longer shows `wire`.

# %% [markdown] lang="zh"
# `pids` 什么也没打印：里面没有任何进程，它却仍然存在。现在去掉名字。内核要稍后才清理，所以第二行等到 `wire` 消失为止。

# %%
# !ip netns del kept
lab.wait_for("ip link show wire", gone=True)
lost["name"] = !ip -br link show wire
lost["name"]

# %% [markdown] lang="en"
# ### A process, and no name
#
# Now the other way round: a program in the namespace, and the name taken away.

# %% [markdown] lang="zh"
# ### 有进程，没有名字
#
# 反过来再试：里面有程序在运行，名字却被去掉了。

# %% misconception="M11"
lab.predict("name-gone")

# %% language="bash"
# ip netns add kept
# ip link add wire type veth peer name inside netns kept
# ip netns exec kept sleep infinity >/dev/null 2>&1 &
# echo $! >/run/sleeper.pid

# %%
lab.wait_for("ip netns pids kept")
# !ip netns del kept
# !sleep 0.5; ip netns list
# !nsenter --net=/proc/$(cat /run/sleeper.pid)/ns/net ip -br link

# %%
kept["process"] = !ip -br link show wire
kept["process"]

# %%
lab.compare("name-gone")

# %% [markdown] lang="en"
# `ip netns list` no longer knows `kept`. But half a second later the wire is still there, and `nsenter` enters the namespace through its process: `inside` is still in it. The name is not the namespace. End the process, and it is over:

# %% [markdown] lang="zh"
# `ip netns list` 里已经没有 `kept` 了。可是过了半秒，线还在；用 `nsenter` 凭进程号进去，`inside` 也还在里面。名字并不等于命名空间。结束这个进程，命名空间才真正消失：

# %%
# !kill $(cat /run/sleeper.pid)
lab.wait_for("ip link show wire", gone=True)
lost["process"] = !ip -br link show wire
lost["process"]

# %% [markdown] lang="en"
# The chapter says: “The mount point keeps a network namespace alive with no process in it.” True?

# %% [markdown] lang="zh"
# 原文说：“有挂载点在，没有进程的网络命名空间也能继续存在。”是这样吗？

# %% claim="C14"
lab.claims.C14.check(kept=kept, lost=lost)

# %% [markdown] lang="en"
# A namespace lives as long as something refers to it. The mount needs nobody to stand by, and that is why `ip netns add` makes it.
#
# ### Your turn
#
# The next cell leaves a namespace without a name behind. Only its process holds it, and the wire `treasure` leads into it from the host.

# %% [markdown] lang="zh"
# 只要还有什么引用着它，命名空间就存在。挂载不需要谁一直守着，所以 `ip netns add` 用的就是挂载。
#
# ### 轮到你了
#
# 下一格会留下一个没有名字的命名空间：只有里面的进程维持着它，主机上的 `treasure` 有一根线通进去。

# %% language="bash"
# ip link del treasure 2>/dev/null
# ip netns add lost
# ip link add treasure type veth peer name chest netns lost
# ip netns exec lost sleep infinity >/dev/null 2>&1 &

# %%
lab.wait_for("ip netns pids lost")
# !ip netns del lost

# %% task="2.2"

# %% task="2.2" tags=["solution"] language="bash"
# for pid in $(pgrep -x sleep); do
#   if [ -z "$(ip netns identify $pid)" ]; then ip netns attach found $pid; fi
# done
# ip -n found link

# %% task="2.2"
lab.check.task("2.2")

# %% [markdown] lang="en"
# A name and a process are not the only keepers. Remember what the kernel counts: whatever refers to the namespace.

# %% [markdown] lang="zh"
# 能维持命名空间的，不只是名字和进程。记住内核数的是什么：凡是引用着它的，都算。

# %% task="2.3"

# %% task="2.3" tags=["solution"]
# !ip netns add secret
# !ip link add canary type veth peer name cage netns secret
keeper = open("/run/netns/secret")
# !ip netns del secret

# %% task="2.3"
lab.check.task("2.3")

# %% [markdown] lang="en"
# A good place for a break. The second half starts with an empty machine.

# %% [markdown] lang="zh"
# 这里适合歇一会儿。后一半从一台空机器开始。

# %%
lab.empty()

# %% [markdown] lang="en"
# ## 5. Five things of its own
#
# The chapter names five: firewall, interfaces, routing table, neighbour table, protocol stack.
# Here they come in the order in which they can be built, and each time the same question goes to several namespaces. (`ip -n netns1 …` is short for `ip netns exec netns1 ip …`.)
#
# ### Interfaces
#
# A veth pair, made on the host and set up there, with an address on one end:

# %% [markdown] lang="zh"
# ## 5. 五样独有的东西
#
# 原文点了五样：防火墙、网络接口、路由表、邻居表、协议栈。我们按搭建的先后来看，每一次都拿同一个问题去问几个命名空间。（`ip -n netns1 …` 是 `ip netns exec netns1 ip …` 的简写。）
#
# ### 网络接口
#
# 一个 veth 对，建在主机上，也在主机上启用，一端带地址：

# %% build="on"
# !ip netns add netns1 2>/dev/null
# !ip netns add netns2
# !ip link add veth1 type veth peer name veth1-peer
# !ip addr add 172.16.0.1/24 dev veth1
# !ip link set veth1 up
# !ip link set veth1-peer up
# !ip addr show veth1

# %%
lab.predict("moved-link")

# %% build="on"
# before = !ip -j addr show veth1
# !ip link set veth1 netns netns1
# !ip -br link
# !ip -n netns1 addr show veth1

# %%
lab.compare("moved-link")

# %% [markdown] lang="en"
# The host has let go of `veth1`, and it arrived in `netns1` switched off, without its address. The MAC address after `link/ether` is the same: it belongs to the device, not to the place.
#
# The chapter says: “A network namespace has its own interfaces.” True?

# %% [markdown] lang="zh"
# 主机上的 `veth1` 不见了，到了 `netns1` 里，它未启用，地址也没了。`link/ether` 后面的 MAC 地址没有变：它属于设备本身，和身在何处无关。
#
# 原文说：“网络命名空间有自己的网络接口。”是这样吗？

# %% claim="C06"
lab.claims.C06.check(before=before)

# %% [markdown] lang="en"
# So: move first, then assign addresses and switch on, as the chapter does.

# %% [markdown] lang="zh"
# 所以顺序应该是：先移动，再配地址、启用，原文正是这样做的。

# %% build="on"
# !ip link set veth1-peer netns netns2
# !ip -n netns1 addr add 172.16.0.1/24 dev veth1
# !ip -n netns1 link set veth1 up
# !ip -n netns2 addr add 172.16.0.2/24 dev veth1-peer
# !ip -n netns2 link set veth1-peer up

# %%
lab.picture()

# %% [markdown] lang="en"
# ### Routing table
#
# Give each side a route to a distant network, by way of the other side, and then ask three namespaces for the way to the same address in it. (Addresses that begin with 203.0.113 are reserved for examples; nobody has them. What comes after `src` does not matter here.)

# %% [markdown] lang="zh"
# ### 路由表
#
# 给两边各加一条路由，去同一个远方的网络，都经过对端；然后拿那里的同一个地址去问三个命名空间：怎么走？（203.0.113 开头的地址是专门留给示例的，没有人使用。输出里 `src` 以后的部分，这里不必理会。）

# %%
# !ip -n netns1 route add 203.0.113.0/24 via 172.16.0.2
# !ip -n netns2 route add 203.0.113.0/24 via 172.16.0.1
# !ip -n netns1 route get 203.0.113.7
# !ip -n netns2 route get 203.0.113.7
# !ip route get 203.0.113.7

# %% [markdown] lang="en"
# One destination, two opposite answers, and from the host `Network is unreachable`: it has no route at all. That is the second of the [five layers](01_one_wire.ipynb), and each namespace has its own.
#
# The chapter says: “A network namespace has its own routing table.” True?

# %% [markdown] lang="zh"
# 同一个目的地，两个相反的回答；主机则报 `Network is unreachable`：它一条路由也没有。这是[五层](01_one_wire.ipynb)里的第二层，每个命名空间各有一份。
#
# 原文说：“网络命名空间有自己的路由表。”是这样吗？

# %% claim="C07"
lab.claims.C07.check()

# %% [markdown] lang="en"
# ### Neighbour table
#
# Here the kernel notes which MAC address belongs to each IP address on the wire. It asks when it needs to know, so send one ping first:

# %% [markdown] lang="zh"
# ### 邻居表
#
# 内核在这张表里记着：线上的某个 IP 地址对应哪个 MAC 地址。它要用到时才去问，所以先发一个 ping：

# %%
# !ip netns exec netns1 ping -c 1 172.16.0.2

# %%
# !ip -n netns1 neigh
# !ip -n netns2 neigh
# !ip neigh

# %% [markdown] lang="en"
# Each side knows the other, and the host, which is on no wire, knows nobody: the third
# command prints nothing.
#
# The chapter says: “A network namespace has its own neighbour table.” True?

# %% [markdown] lang="zh"
# 两边各自认识了对方；主机没有接在任何线上，谁也不认识：第三条命令什么都没打印。
#
# 原文说：“网络命名空间有自己的邻居表。”是这样吗？

# %% claim="C08"
lab.claims.C08.check()

# %% [markdown] lang="en"
# ### Firewall
#
# `nft` manages the kernel's packet filter. Add a rule in `netns2`: an incoming ping (an *echo request*) is dropped, without an answer. (The second line makes a chain, a list of rules, at the point where packets for this namespace arrive: `hook input`.)

# %% [markdown] lang="zh"
# ### 防火墙
#
# `nft` 管理内核的包过滤器：规则写在链（chain）里，链放在表（table）里，`hook input` 表示这条链管的是发给这个命名空间的包。在 `netns2` 里加一条规则：收到 ping（**回显请求**，echo request）就丢弃，不应答。

# %%
# !ip netns exec netns2 nft add table inet guard
# !ip netns exec netns2 nft add chain inet guard input "{ type filter hook input priority 0; }"
# !ip netns exec netns2 nft add rule inet guard input icmp type echo-request drop

# %%
# !ip netns exec netns1 ping -c 1 -W 1 172.16.0.2
# !ip netns exec netns2 ping -c 1 -W 1 172.16.0.1

# %% [markdown] lang="en"
# Over the same wire: `netns1` gets no answer, `netns2` gets one. The rule is on one side only:

# %% [markdown] lang="zh"
# 同一根线上，`netns1` 得不到应答，`netns2` 却得到了。规则只在一边：

# %%
# !ip netns exec netns2 nft list ruleset
# !ip netns exec netns1 nft list ruleset
# !nft list ruleset

# %% [markdown] lang="en"
# The chapter says: “A network namespace has its own firewall.” True?

# %% [markdown] lang="zh"
# 原文说：“网络命名空间有自己的防火墙。”是这样吗？

# %% claim="C05"
lab.claims.C05.check()

# %%
# !ip netns exec netns2 nft delete table inet guard
# !ip netns exec netns1 ping -c 1 172.16.0.2

# %% [markdown] lang="en"
# ### Protocol stack
#
# That is the rest of the kernel's networking: its settings, its ports (numbers that tell the programs at one address apart) and sockets (what a program sends and receives through), its counters.
# First a setting: the range of ports that the kernel lends to programs that ask for any port.

# %% [markdown] lang="zh"
# ### 协议栈
#
# 内核网络的其余部分都归在这里：设置、端口（区分同一地址上不同程序的号码）和套接字（程序收发数据的口子）、计数器。先看一项设置：程序不指定端口时，内核从哪个范围里借一个给它。

# %% build="on"
# !ip netns exec netns1 sysctl -w net.ipv4.ip_local_port_range="40000 40009"
# !ip netns exec netns2 sysctl net.ipv4.ip_local_port_range
# !sysctl net.ipv4.ip_local_port_range

# %% [markdown] lang="en"
# Then ports. Start a web server on port 8080 of `netns1`. `ss -ltn` lists the ports on which somebody listens:

# %% [markdown] lang="zh"
# 再看端口。在 `netns1` 的 8080 端口上启动一个 Web 服务器。`ss -ltn` 列出有程序监听的端口：

# %% build="on" language="bash"
# ip netns exec netns1 python3 -m http.server 8080 >/dev/null 2>&1 &

# %% build="on"
lab.wait_for("ip netns exec netns1 ss -ltn sport = :8080", ":8080")
# !ip netns exec netns1 ss -ltn sport = :8080
# !ip netns exec netns2 ss -ltn sport = :8080
# !ss -ltn sport = :8080

# %% [markdown] lang="en"
# Only `netns1` has a listener there; the other two lists are nothing but a heading. The counters in `/proc/net` differ, too (`cut` shows the first 30 characters of each line: what was received):

# %% [markdown] lang="zh"
# 只有 `netns1` 里有程序监听，另外两份列表只有表头。`/proc/net` 里的计数器也是一个命名空间一份（`cut` 只显示每行的前 30 个字符，也就是收到了多少）：

# %%
# !cut -c -30 /proc/net/dev
# !ip netns exec netns1 cut -c -30 /proc/net/dev

# %% [markdown] lang="en"
# ## 6. What it does not hide
#
# Five things are separate. And the rest of the machine, first of all the programs that run on it?

# %% [markdown] lang="zh"
# ## 6. 它并不隔离什么
#
# 五样东西是分开的。那机器的其余部分呢？先看正在运行的程序。

# %% misconception="M1"
lab.predict("processes")

# %%
# !ip netns exec netns2 ps ax

# %%
# !ps ax

# %%
lab.compare("processes")

# %% [markdown] lang="en"
# Both lists are the same, but for `ps` itself: the web server of `netns1` is in both, and so is process 1 of this machine.
#
# And sockets? Some have nothing to do with the network: *unix sockets*, through which programs on one machine talk. Some have a place in the file tree, such as `/run/meeting`. Others, called *abstract*, have only a name, such as `@meeting`. This program listens on one of each kind:

# %% [markdown] lang="zh"
# 除了 `ps` 自己，两份列表完全一样：`netns1` 里的 Web 服务器在，这台机器的 1 号进程也在。
#
# 那套接字呢？有一种套接字和网络无关：**unix 套接字**，供同一台机器上的程序互相通信。有的在文件树里有位置，例如 `/run/meeting`；有的只有名字，称为**抽象**套接字，例如 `@meeting`。下面这个程序两种各建一个，并在上面监听：

# %%
# %%writefile /run/wait.py
import signal, socket

doors = [socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)]
doors[0].bind("/run/meeting")
doors[1].bind("\0meeting")
for door in doors:
    door.listen()
signal.pause()

# %% [markdown] lang="en"
# (`\0`, a zero byte, is how a program writes what tools show as `@`.) The other program connects to both and prints what the kernel answers, *Success* if it gets through:

# %% [markdown] lang="zh"
# （`\0` 是一个零字节，程序里这样写，工具显示为 `@`。）另一个程序去连接这两个套接字，并打印内核的答复，连上了就是 `Success`：

# %%
# %%writefile /run/knock.py
import os, socket

for address in "/run/meeting", "\0meeting":
    caller = socket.socket(socket.AF_UNIX)
    print(ascii(address), os.strerror(caller.connect_ex(address)))

# %% misconception="M2"
lab.predict("unix-sockets")

# %% language="bash"
# rm -f /run/meeting
# ip netns exec netns1 python3 /run/wait.py >/dev/null 2>&1 &

# %%
lab.wait_for("ip netns exec netns1 ss -xl", "@meeting")
# !ip netns exec netns1 python3 /run/knock.py
# !python3 /run/knock.py

# %%
lab.compare("unix-sockets")

# %% [markdown] lang="en"
# The first two lines come from `netns1`, where both can be reached. From the host, the abstract one does not exist. The other one is a file, and files are not the network: anyone who sees the file, and may write to it, can connect.
#
# Files, host name, clock, processors and kernel are shared in the same way:

# %% [markdown] lang="zh"
# 前两行是从 `netns1` 里连接的，两个都连上了。后两行是从主机上连接的，抽象的那个不存在。另一个是文件，而文件不归网络命名空间管：看得见文件、又有权写它，就连得上。
#
# 文件、主机名、时钟、处理器、内核也是共用的：

# %%
# !ip netns exec netns1 sh -c "echo hello >/run/note"
# !ip netns exec netns2 cat /run/note
# !ip netns exec netns2 uname -nr; uname -nr
# !ip netns exec netns2 uptime; uptime
# !ip netns exec netns2 nproc; nproc

# %% [markdown] lang="en"
# The chapter says: “A network namespace has its own protocol stack.” True?

# %% [markdown] lang="zh"
# 原文说：“网络命名空间有自己的协议栈。”是这样吗？

# %% claim="C09"
lab.claims.C09.check()

# %% [markdown] lang="en"
# Does a program in a network namespace of its own seem to be on a host of its own? On the network, nearly: own addresses, own ports, own firewall. But the output above gave it away: `@if…` and `link-netnsid` say that a wire ends in another namespace of *this* machine. And beyond the network you see straight through it: one kernel version, one uptime, one host name, the same files and the same processes. A container adds other kinds of namespaces, which hide the files, the processes and the host name, but never the kernel. A virtual machine needs none of them: it brings its own kernel.

# %% [markdown] lang="zh"
# 那么，在自己的网络命名空间里运行的程序，是不是就像在一台单独的主机上？就网络而言，差不多：地址、端口、防火墙都是自己的。可是前面的输出已经露了底：`@if…` 和 `link-netnsid` 说明，线的另一端就在**这台**机器的另一个命名空间里。网络以外就更藏不住了：同一个内核版本，同一个开机时间，同一个主机名，同样的文件，同样的进程。容器会再加上别的几种命名空间，把文件、进程、主机名藏起来，内核却藏不住。虚拟机则一样也不需要：它自带内核。

# %% [markdown] lang="en" jp-MarkdownHeadingCollapsed=true
# ## Look deeper
#
# Not needed for what follows. Open it (the arrow beside the heading) when you want to know more.

# %% [markdown] lang="zh" jp-MarkdownHeadingCollapsed=true
# ## 深入一步
#
# 后面用不到这一节。想知道更多时，点标题旁的箭头展开。

# %% [markdown] lang="en"
# ### A trap inside `exec`
#
# `ip netns exec` does one thing that its name does not say: the command also gets a **mount namespace** of its own, a private view of the file tree. Compare the numbers:

# %% [markdown] lang="zh"
# ### `exec` 里的一个陷阱
#
# `ip netns exec` 还做了一件从名字上看不出来的事：那条命令同时得到一个自己的 **mount 命名空间**，也就是一份私有的文件树视图。对比一下 inode 号：

# %%
# !readlink /proc/self/ns/mnt
# !ip netns exec netns1 readlink /proc/self/ns/mnt

# %% [markdown] lang="en"
# The reason: `/sys/class/net` must list the devices of `netns1`, and files in `/etc/netns/netns1/` must replace those of the same name in `/etc`. Both are mounts, and both are meant for this one command only. So a mount made in there is not visible out here, and `ip netns add` makes a mount:

# %% [markdown] lang="zh"
# 原因在于：`/sys/class/net` 里要列出 `netns1` 的设备，`/etc/netns/netns1/` 里的文件要盖住 `/etc` 里的同名文件。这两件事都靠挂载，而且只对这一条命令有效。所以在里面做的挂载，外面看不见；偏偏 `ip netns add` 就要做一次挂载：

# %%
# !ip netns exec netns1 ip netns add inner
# !ip netns list
# !ip netns exec inner true

# %% [markdown] lang="en"
# The name `inner` made it out, the namespace did not. What is left is an empty file, and `ip` complains whenever it comes across it (`Peer netns reference is invalid`, `Invalid argument`). Remove it, and run `ip netns add` outside `ip netns exec`.

# %% [markdown] lang="zh"
# 名字 `inner` 留在了外面，命名空间却没有出来：剩下的只是一个空文件，`ip` 每次碰到它都会抱怨（`Peer netns reference is invalid`、`Invalid argument`）。把它删掉；以后不要在 `ip netns exec` 里面运行 `ip netns add`。

# %%
# !ip netns del inner
# !ip netns list

# %% [markdown] lang="en"
# ### The same in Python
#
# The kit does what the commands did, with the same words. It reads and changes the same kernel, so it does not matter who made what:

# %% [markdown] lang="zh"
# ### 用 Python 再来一遍
#
# 上面那些命令能做的，工具包用同样的词也能做。读的、改的都是同一个内核，所以谁建的都一样：

# %%
blue = lab.namespaces.add("blue")
print(lab.namespaces.names())
print(lab.namespaces.pids("netns1"), lab.namespaces.identify())
blue.run("ip link list")
lab.namespaces.remove(blue)

# %% [markdown] lang="en"
# `identify()` without a process asks about this notebook itself: `None`, since the host has no name.

# %% [markdown] lang="zh"
# `identify()` 不给进程号，问的就是这个笔记本自己：`None`，主机没有名字。

# %% [markdown] lang="en"
# ## What you have seen
#
# - `ip netns` creates, lists, enters, queries, changes and removes. The name is a mount in `/run/netns`, made by `ip`; the kernel knows only numbers.
# - A namespace lives as long as something refers to it: a mount, a process, and more that you found yourself. The name is not the namespace.
# - Interfaces, routes, neighbours, firewall and protocol stack are its own: the same question has a different answer in each.
# - Processes, files, unix sockets in the file tree, clock, processors and kernel are not.

# %% [markdown] lang="zh"
# ## 你看到了什么
#
# - `ip netns` 管创建、列出、进入、查询、修改、删除。名字是 `/run/netns` 下的一个挂载，由 `ip` 建立；内核只认号码。
# - 只要还有什么引用着它，命名空间就存在：挂载、进程，还有你自己找到的那些。名字不等于命名空间。
# - 网络接口、路由表、邻居表、防火墙、协议栈是独有的：同一个问题，各有各的答案。
# - 进程、文件、文件树里的 unix 套接字、时钟、处理器、内核，则是共用的。

# %% [markdown] lang="en"
# ## What you can now do
#
# Ticked where a check has shown it. What is not ticked is waiting for you: its task is above.

# %% [markdown] lang="zh"
# ## 现在你会做什么
#
# 打勾的，是检查已经证明的。没打勾的还等着你：任务在上面。

# %%
lab.learned(2)

# %% [markdown] lang="en"
# The last cell leaves the machine as you found it.

# %% [markdown] lang="zh"
# 最后一个单元格让机器恢复原样。

# %%
# !rm -f /run/note /run/meeting /run/wait.py /run/knock.py /run/*.pid
lab.empty()
lab.check.empty()

# %% [markdown] lang="en"
# Next: [ARP and the answer](03_arp_and_answer.ipynb). How far you are: [the start page](00_start.ipynb).

# %% [markdown] lang="zh"
# 下一课：[《ARP 与应答》](03_arp_and_answer.ipynb)。学到了哪里，看[课程首页](00_start.ipynb)。
