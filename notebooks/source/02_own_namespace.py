# %% [markdown] lang="en"
# # A network namespace of your own
#
# **What you find out:** what `ip netns add` really makes, where its name is kept and what keeps
# it alive; which five things a network namespace has to itself; and what it does not hide.
#
# **Time:** about 40 minutes; sections 1–4 (25 minutes) and 5–7 (15 minutes) can be two sittings.
#
# **You need:** nothing from other lessons; this one builds what it needs. Words
# such as *veth*, *address* and *route* are explained in [One wire, two worlds](01_one_wire.ipynb).
#
# This notebook is a small machine of its own, with `root` rights inside and no way to the real
# network. Its first network namespace, the one you are in now, we call **the host**. If anything
# gets tangled: *Kernel → Restart* empties the machine. For a shell inside it, type
# `nslabkit enter` in a terminal.

# %% [markdown] lang="zh"
# # 自己的网络命名空间
#
# **这一课要弄清楚：** `ip netns add` 究竟造出了什么，名字存放在哪里，它靠什么活着；网络命名空间有哪五样东西是独有的；又有哪些东西它其实并不隔离。
#
# **用时：** 约 40 分钟。可以分两次做：第 1–4 节 25 分钟，第 5–7 节 15 分钟。
#
# **准备：** 不依赖其他课留下的任何东西，需要什么，这里现建。**veth**、**地址**、**路由**这些词在[《一根线，两个世界》](01_one_wire.ipynb)里解释过。
#
# 这个笔记本自成一台小机器：里面你就是 `root`，但没有通往真实网络的路。一开始所在的那个网络命名空间，我们称为**主机**。要是哪里弄乱了，**内核 → 重启内核**，机器就清空了。想在里面开一个 shell，请在终端里输入 `nslabkit enter`。

# %% [markdown] lang="en"
# The first cell loads the kit, lays out four empty notes in which we will write down what we
# see, and checks that the machine is empty.

# %% [markdown] lang="zh"
# 第一格载入工具包，准备四张空白便笺，用来记下看到的东西，再看看机器是不是空的。

# %% build="on"
import nslabkit as lab
listed, before, kept, lost = [], [], {}, {}
lab.check.empty()

# %% [markdown] lang="en"
# Lost, or late? `lab.catch_up("2.5")` in a new cell empties the machine and builds what step 2.5 starts from; `lab.catch_up()` lists the steps.

# %% [markdown] lang="zh"
# 跟丢了，或者来晚了？新建一个单元格运行 `lab.catch_up("2.5")`，机器会被清空，再搭好第 2.5 步开始时该有的东西；`lab.catch_up()` 列出全部步骤。

# %% [markdown] lang="en"
# ## 1. Make one
#
# First we put an observer in place. `ip netns monitor` prints a line whenever a name appears or
# disappears. It never ends, so it runs in the background (`&`) and writes to a file that we read
# later. `$!` is the number of the process just started; we keep it so that we can end it later.
# The cell after it waits until the observer is watching: lines that begin with `timeout` only
# wait, for at most five seconds, until the next step can work.

# %% [markdown] lang="zh"
# ## 1. 造一个出来
#
# 先安排一位观察员。`ip netns monitor` 会在每个名字出现或消失时打印一行。它自己不会结束，所以放到后台（`&`）运行，输出写进文件，稍后再看。`$!` 是刚刚启动的那个进程的编号，先记下来，最后好结束它。紧接着的一格等的是观察员就位：凡是以 `timeout` 开头的行，都只是等后面的事情可以做了为止，最多等五秒。

# %% build="on" language="bash"
# stdbuf -oL ip netns monitor >/run/names.log 2>&1 &
# echo $! >/run/monitor.pid

# %% build="on"
# !timeout 5 sh -c "until grep -qs inotify /proc/$(cat /run/monitor.pid)/fdinfo/*; do sleep 0.05; done"

# %% [markdown] lang="en"
# Now the chapter's command, and a look at the list of names:

# %% [markdown] lang="zh"
# 然后是原文的命令，再看看名字列表：

# %% build="on"
# !ip netns add netns1
# !ip netns list

# %% [markdown] lang="en"

# %% [markdown] lang="zh"

# %%
lab.predict("new-namespace")

# %% [markdown] lang="en"
# `ip netns exec NAME COMMAND` runs a command in the namespace NAME.

# %% [markdown] lang="zh"
# `ip netns exec 名字 命令` 的意思是：到那个命名空间里去运行这条命令。

# %%
# !ip netns exec netns1 ip link list
# !ip netns exec netns1 ping -c 1 127.0.0.1

# %%
lab.compare("new-namespace")

# %% [markdown] lang="en"
# One device, `lo`, and between the angle brackets there is no `UP`; `state DOWN` says the same.
# A device that is down has no address and no routes, so the kernel does not know a way even to
# 127.0.0.1: *Network is unreachable*.
#
# The chapter says so, too. It makes 32 claims, and this is number 15. `check()` reads the kernel
# and says whether the claim holds:

# %% [markdown] lang="zh"
# 只有一个设备 `lo`，尖括号里没有 `UP`，`state DOWN` 说的是同一件事。设备没有启用，就没有地址，也没有路由，所以内核连去 127.0.0.1 的路都不知道：*Network is unreachable*（网络不可达）。
#
# 原文也是这么说的。那一章书一共有 32 条论断，这是第 15 条。`check()` 会去问内核，看这条论断站不站得住：

# %% claim="C15"
lab.claims.C15.check()

# %% [markdown] lang="en"
# Switch it on, and the namespace can at least talk to itself:

# %% [markdown] lang="zh"
# 启用它之后，这个命名空间至少可以和自己说话了：

# %% build="on"
# !ip netns exec netns1 ip link set lo up
# !ip netns exec netns1 ping -c 1 127.0.0.1

# %% [markdown] lang="en"
# A mistake that everybody makes once: adding a name that already exists. Read what the
# error says; it speaks of a *file*. Section 3 shows which.

# %% [markdown] lang="zh"
# 有一个弯路人人都走过：名字已经有了，又加一次。读一读报错，它提到了一个**文件**。是哪个文件，第 3 节见分晓。

# %% build="on"
# !ip netns add netns1
# !ip netns add short
# !ip netns del short
# !ip netns list

# %% [markdown] lang="en"
# ## 2. Go in, and find out where you are
#
# Every namespace has a number, unique while it lives. A process finds the number of its own
# namespace in `/proc/self/ns/net`:

# %% [markdown] lang="zh"
# ## 2. 走进去，再弄清自己在哪里
#
# 每个命名空间都有一个编号，只要它还活着，编号就是唯一的。进程在 `/proc/self/ns/net` 里能读到自己所在命名空间的编号：

# %%
# !readlink /proc/self/ns/net
# !ip netns exec netns1 readlink /proc/self/ns/net

# %% [markdown] lang="en"
# Two numbers, two namespaces. Now let a program stay in `netns1` for a while: `sleep`, which does
# nothing.

# %% [markdown] lang="zh"
# 两个编号，两个命名空间。现在让一个程序在 `netns1` 里待一阵子：什么也不做的 `sleep`。

# %% build="on" language="bash"
# ip netns exec netns1 sleep infinity >/dev/null 2>&1 &

# %%
# !timeout 5 sh -c "until ip netns pids netns1 | grep -q .; do sleep 0.05; done" 2>/dev/null
# !ip netns pids netns1
# !ip netns identify $(ip netns pids netns1)

# %% [markdown] lang="en"
# `pids` asks *who is in there?*, `identify` asks the other way round: *where is this process?*
#
# Besides its name a namespace can have an **id**: the number by which *this* namespace, the host,
# refers to it. In the output of `ip addr` it is the number after `link-netnsid`. Usually the
# kernel assigns the id as soon as a wire leads there; here we assign one by hand:

# %% [markdown] lang="zh"
# `pids` 问的是“里面有谁”，`identify` 反过来问“这个进程在哪里”。
#
# 除了名字，命名空间还可以有一个 **id**：**当前**命名空间（主机）用来称呼它的号码，也就是 `ip addr` 输出中 `link-netnsid` 后面的那个数。通常一有线连过去，内核就会自动分配；这里我们手工给一个：

# %% build="on"
# !ip netns set netns1 7
# !ip netns list-id

# %% [markdown] lang="en"
# And a namespace can have several names. `attach` takes a process and gives *its* namespace one:

# %% [markdown] lang="zh"
# 一个命名空间还可以有好几个名字。`attach` 的做法是：给出一个进程，为**它所在的**命名空间起名：

# %%
# !ip netns attach nickname $(ip netns pids netns1)
# !ip netns list
# !ls -1i /run/netns

# %% [markdown] lang="en"
# Both names have the same number: one namespace, two names. You have now met what `ip netns`
# can do, and the observer has written it down.

# %% [markdown] lang="zh"
# 两个名字前面是同一个编号：一个命名空间，两个名字。到这里，`ip netns` 的本事你差不多都见过了，观察员也都记下来了。

# %% claim="C12"
# log = !cat /run/names.log
lab.claims.C12.check(log=log)

# %%
# !ip netns del nickname
# !ip netns list

# %% [markdown] lang="en"
# ### A trap inside `exec`
#
# `ip netns exec` does one thing that its name does not say: the command also gets a **mount
# namespace** of its own, a private view of the file tree. Compare the numbers:

# %% [markdown] lang="zh"
# ### `exec` 里的一个陷阱
#
# `ip netns exec` 还做了一件从名字上看不出来的事：那条命令同时得到一个自己的 **mount 命名空间**，也就是一份私有的文件树视图。对比一下编号：

# %%
# !readlink /proc/self/ns/mnt
# !ip netns exec netns1 readlink /proc/self/ns/mnt

# %% [markdown] lang="en"
# The reason: `/sys/class/net` must list the devices of `netns1`, and files in
# `/etc/netns/netns1/` must replace those of the same name in `/etc`. Both are mounts, and both
# are meant for this one command only. So a mount made in there is not visible out here, and
# `ip netns add` makes a mount:

# %% [markdown] lang="zh"
# 原因在于：`/sys/class/net` 里要列出 `netns1` 的设备，`/etc/netns/netns1/` 里的文件要盖住 `/etc` 里的同名文件。这两件事都靠挂载，而且只对这一条命令有效。所以在里面做的挂载，外面看不见；偏偏 `ip netns add` 就要做一次挂载：

# %%
# !ip netns exec netns1 ip netns add inner
# !ip netns list
# !ip netns exec inner true

# %% [markdown] lang="en"
# The name `inner` made it out, the namespace did not: what is left is an empty file, and `ip`
# complains whenever it comes across it (*Peer netns reference is invalid*, *Invalid argument*).
# Remove it, and remember: run `ip netns add` outside `ip netns exec`.

# %% [markdown] lang="zh"
# 名字 `inner` 留在了外面，命名空间却没有出来：剩下的只是一个空文件，`ip` 每次碰到它都会抱怨（*Peer netns reference is invalid*、*Invalid argument*）。把它删掉，并且记住：不要在 `ip netns exec` 里面运行 `ip netns add`。

# %%
# !ip netns del inner
# !ip netns list

# %% [markdown] lang="en"
# ## 3. Where is the name?

# %% [markdown] lang="zh"
# ## 3. 名字在哪里？

# %%
lab.predict("who-names")

# %%
# !ls -1i /var/run/netns
# !grep nsfs /proc/self/mountinfo
# !ip netns exec netns1 readlink /proc/self/ns/net

# %% [markdown] lang="en"
# The second line lists a **mount**. Read it from the fourth column: what is mounted
# (`net:[number]`), where (`/run/netns/netns1`), and after the dash its type (`nsfs`, the
# kernel's file system of namespaces). The number is the same in all three lines. The file is
# only a place to mount on.
#
# Who did that? Let us make a namespace without `ip`. `unshare --net` starts a program in a new one.

# %% [markdown] lang="zh"
# 第二行是一个**挂载**。从第四列读起：挂的是什么（`net:[编号]`），挂在哪里（`/run/netns/netns1`），短横线后面是类型（`nsfs`，内核专门放命名空间的文件系统）。三行里的编号一模一样。那个文件不过是个挂载用的落脚点。
#
# 是谁挂上去的呢？我们不用 `ip`，自己造一个命名空间看看。`unshare --net` 会在一个新的网络命名空间里启动程序。

# %% language="bash"
# unshare --net sleep infinity >/dev/null 2>&1 &
# echo $! >/run/handmade.pid

# %%
# !timeout 5 sh -c "until grep -qx sleep /proc/$(cat /run/handmade.pid)/comm; do sleep 0.05; done"
# !readlink /proc/$(cat /run/handmade.pid)/ns/net

# %%
# listed = !ip netns list
listed

# %% [markdown] lang="en"
# The kernel has made a namespace, number and all, yet `ip netns` does not list it: a
# namespace needs no name. What `ip` does for a name, we can do by hand: an empty file, and a mount
# on it.

# %% [markdown] lang="zh"
# 内核已经造好了一个命名空间，编号也有了，`ip netns` 却没有列出它：命名空间并不需要名字。`ip` 为名字所做的事，我们可以亲手来做：一个空文件，再挂载到它上面。

# %%
# !touch /run/netns/handmade
# !mount --bind /proc/$(cat /run/handmade.pid)/ns/net /run/netns/handmade
# !ip netns list

# %% claim="C13"
# pid = !cat /run/handmade.pid
lab.claims.C13.check(before=listed, pid=pid)

# %%
lab.compare("who-names")

# %% [markdown] lang="en"
# So the chapter is right, with one word made precise: "the system" that makes the mount point is
# the program `ip`. Removing a name by hand is the same, backwards:

# %% [markdown] lang="zh"
# 可见原文说得对，只是有一个词要说准：建立挂载点的“系统”，其实是 `ip` 这个程序。去掉名字，就是把手工步骤倒着做一遍：

# %%
# !umount /run/netns/handmade
# !rm /run/netns/handmade
# !kill $(cat /run/handmade.pid)
# !ip netns list

# %% [markdown] lang="en"
# ## 4. What keeps it alive?
#
# To see whether a namespace is alive, we run a wire into it: a veth pair with one end, `wire`, on
# the host. It is our canary in the mine: when the namespace dies, the end inside dies,
# and `wire` with it. What `ip` says about `wire` goes into the notes: into `kept` while something
# holds the namespace, into `lost` once that has been taken away.

# %% [markdown] lang="zh"
# ## 4. 它靠什么活着？
#
# 怎么知道一个命名空间是否还活着？拉一根线进去：一个 veth 对，一端 `wire` 留在主机上。它就像矿井里的金丝雀：命名空间一死，里面那一端跟着消失，`wire` 也就没了。`ip` 怎么说 `wire`，就怎么记：还有东西维持着命名空间时，记在 `kept` 里；拿掉之后，记在 `lost` 里。

# %% [markdown] lang="en"
# ### A name, and no process

# %% [markdown] lang="zh"
# ### 有名字，没有进程

# %% claim="C14"
# !ip netns add kept
# !ip link add wire type veth peer name inside netns kept
# !ip netns pids kept
kept["name"] = !ip -br link show wire
kept["name"]

# %% [markdown] lang="en"
# `pids` prints nothing: nobody is in there, and yet it lives. Now the name goes. The kernel
# cleans up a moment later, so the second line waits until `wire` is gone.

# %% [markdown] lang="zh"
# `pids` 什么也没打印：里面没有任何进程，它却活着。现在去掉名字。内核要稍后才收拾，所以第二行等到 `wire` 找不到为止。

# %%
# !ip netns del kept
# !timeout 5 sh -c "while ip link show wire; do sleep 0.1; done" >/dev/null 2>&1
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
# !timeout 5 sh -c "until ip netns pids kept | grep -q .; do sleep 0.05; done" 2>/dev/null
# !ip netns del kept
# !sleep 0.5; ip netns list
# !nsenter --net=/proc/$(cat /run/sleeper.pid)/ns/net ip -br link

# %%
kept["process"] = !ip -br link show wire
kept["process"]

# %%
lab.compare("name-gone")

# %% [markdown] lang="en"
# `ip netns list` no longer knows `kept`. But half a second later the wire is still there, and
# `nsenter` enters the namespace through its process: `inside` is still in it. The name is
# not the namespace. (`ip netns attach` with the number of the process would name it again.)
#
# End the process, and it is over:

# %% [markdown] lang="zh"
# `ip netns list` 里已经没有 `kept` 了。可是过了半秒，线还在；用 `nsenter` 顺着进程走进去，`inside` 也原样待在里面。名字并不等于命名空间。（用 `ip netns attach` 加上进程号，还能再给它起个名字。）
#
# 结束这个进程，它才真正消失：

# %%
# !kill $(cat /run/sleeper.pid)
# !timeout 5 sh -c "while ip link show wire; do sleep 0.1; done" >/dev/null 2>&1
lost["process"] = !ip -br link show wire
lost["process"]

# %% [markdown] lang="en"
# ### An open file
#
# Neither a name nor a process inside: only a `sleep` here on the host, holding the file open
# (as number 9):

# %% [markdown] lang="zh"
# ### 一个打开的文件
#
# 没有名字，里面也没有进程，只有主机上的一个 `sleep` 打开着那个文件（9 号）：

# %% language="bash"
# ip netns add kept
# ip link add wire type veth peer name inside netns kept
# sleep infinity 9</run/netns/kept >/dev/null 2>&1 &
# echo $! >/run/holder.pid

# %%
# !timeout 5 sh -c "until grep -qx sleep /proc/$(cat /run/holder.pid)/comm; do sleep 0.05; done"
# !ls -l /proc/$(cat /run/holder.pid)/fd/9
# !ip netns pids kept
# !ip netns del kept
# !sleep 0.5
kept["file"] = !ip -br link show wire
kept["file"]

# %%
# !kill $(cat /run/holder.pid)
# !timeout 5 sh -c "while ip link show wire; do sleep 0.1; done" >/dev/null 2>&1
lost["file"] = !ip -br link show wire
lost["file"]

# %% [markdown] lang="en"
# ### An open socket
#
# The strangest keeper. A program opens a socket (number 9) inside `kept`, then moves out to the
# host's namespace with `nsenter` and takes the socket along. `/proc/1/ns/net` is the host's
# namespace, because process 1 of this machine is there. Nobody is left inside, but a socket
# stays forever in the namespace in which it was made.

# %% [markdown] lang="zh"
# ### 一个打开的套接字
#
# 这是最出人意料的一种。一个程序在 `kept` 里打开一个套接字（9 号），然后用 `nsenter` 搬回主机的命名空间，随身带着它。`/proc/1/ns/net` 就是主机的命名空间，因为这台机器的 1 号进程在那里。里面已经没有人了；可是套接字在哪个命名空间里创建，就永远属于哪个命名空间。

# %% language="bash"
# ip netns add kept
# ip link add wire type veth peer name inside netns kept
# ip -n kept link set lo up
# ip netns exec kept bash -c "exec 9<>/dev/udp/127.0.0.1/9
#   exec nsenter --net=/proc/1/ns/net sleep infinity" >/dev/null 2>&1 &
# echo $! >/run/carrier.pid

# %%
# !timeout 5 sh -c "until grep -qx sleep /proc/$(cat /run/carrier.pid)/comm; do sleep 0.05; done"
# !ls -l /proc/$(cat /run/carrier.pid)/fd/9
# !ip netns pids kept
# !ip netns del kept
# !sleep 0.5
kept["socket"] = !ip -br link show wire
kept["socket"]

# %%
# !kill $(cat /run/carrier.pid)
# !timeout 5 sh -c "while ip link show wire; do sleep 0.1; done" >/dev/null 2>&1
lost["socket"] = !ip -br link show wire
lost["socket"]

# %% claim="C14"
lab.claims.C14.check(kept=kept, lost=lost)

# %% [markdown] lang="en"
# A namespace lives as long as something refers to it: a mount, a process, a file, a socket. The
# mount is the one that asks for nothing in return, which is why `ip netns add` makes it.
#
# A good place for a break. If you restart the machine in between, run the cell with `import` again;
# the rest needs only `netns1`, and makes it if it is missing.

# %% [markdown] lang="zh"
# 只要还有什么引用着它，命名空间就活着：挂载、进程、文件、套接字都算。其中只有挂载不需要谁一直守着，这正是 `ip netns add` 要做挂载的原因。
#
# 这里适合歇一会儿。中途要是重启过，请先把 `import` 那一格再运行一次；后面只用得到 `netns1`，没有就会先建好。

# %% [markdown] lang="en"
# ## 5. Five things of its own
#
# The chapter names five: firewall, interfaces, routing table, neighbour table, protocol stack.
# We take them in the order in which they can be built, and each time ask the same question in
# several namespaces. (`ip -n netns1 …` is short for `ip netns exec netns1 ip …`.)
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
# !ip route

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
# `veth1` is gone from the host, and is now in `netns1`: an interface is in exactly one namespace.
# The move switched it off and dropped its address, and its routes with it. The MAC
# address after `link/ether` is the same: it belongs to the card, not to the place.

# %% [markdown] lang="zh"
# 主机上的 `veth1` 不见了，`netns1` 里多了一个：一个接口只能在一个命名空间里。这一移，它被停用，地址丢了，路由也随地址一起丢了。`link/ether` 后面的 MAC 地址没有变：它属于网卡，和身在何处无关。

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
# We give each side a route to a distant network, by way of the other side, and then ask three
# namespaces for the way to the same address in it. (Addresses that begin with 203.0.113
# are reserved for examples; nobody has them. What comes after `src` does not matter here.)

# %% [markdown] lang="zh"
# ### 路由表
#
# 给两边各加一条路由，去同一个远方的网络，都要经过对面；然后拿那里的同一个地址去问三个命名空间：怎么走？（203.0.113 开头的地址是专门留给示例的，没有人使用。输出里 `src` 以后的部分，这里不必理会。）

# %%
# !ip -n netns1 route add 203.0.113.0/24 via 172.16.0.2
# !ip -n netns2 route add 203.0.113.0/24 via 172.16.0.1
# !ip -n netns1 route get 203.0.113.7
# !ip -n netns2 route get 203.0.113.7
# !ip route get 203.0.113.7

# %% [markdown] lang="en"
# One destination, two opposite answers, and from the host an error: it has no route at all.

# %% [markdown] lang="zh"
# 同一个目的地，两个相反的回答；主机则报了错：它一条路由也没有。

# %% claim="C07"
lab.claims.C07.check()

# %% [markdown] lang="en"
# ### Neighbour table
#
# In it the kernel notes which MAC address belongs to each IP address on the wire. It learns that
# when needed, so send one ping first:

# %% [markdown] lang="zh"
# ### 邻居表
#
# 内核在这张表里记着：线上的某个 IP 地址对应哪个 MAC 地址。它是用到时才去学的，所以先发一个 ping：

# %%
# !ip netns exec netns1 ping -c 1 172.16.0.2

# %%
# !ip -n netns1 neigh
# !ip -n netns2 neigh
# !ip neigh

# %% [markdown] lang="en"
# Each side knows the other, and the host, which is on no wire, knows nobody: the third
# command prints nothing.

# %% [markdown] lang="zh"
# 两边各自认识了对方；主机没有接在任何线上，谁也不认识：第三条命令什么都没打印。

# %% claim="C08"
lab.claims.C08.check()

# %% [markdown] lang="en"
# ### Firewall
#
# `nft` manages the kernel's packet filter. In `netns2` we add a rule: an incoming ping
# (an *echo request*) is dropped, without an answer.

# %% [markdown] lang="zh"
# ### 防火墙
#
# `nft` 管理内核的包过滤器。我们在 `netns2` 里加一条规则：收到 ping（**回显请求**，echo request）就丢弃，不作回答。

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
# 同一根线上，`netns1` 得不到回答，`netns2` 却得到了。规则只在一边：

# %%
# !ip netns exec netns2 nft list ruleset
# !ip netns exec netns1 nft list ruleset
# !nft list ruleset

# %% claim="C05"
lab.claims.C05.check()

# %%
# !ip netns exec netns2 nft delete table inet guard
# !ip netns exec netns1 ping -c 1 172.16.0.2

# %% [markdown] lang="en"
# ### Protocol stack
#
# That is the rest of the kernel's networking: its settings, its ports and sockets, its counters.
# First a setting: the range of ports that the kernel lends to programs that ask for any port.

# %% [markdown] lang="zh"
# ### 协议栈
#
# 内核网络的其余部分都归在这里：设置、端口和套接字、计数器。先看一项设置：程序不指定端口时，内核从哪个范围里借一个给它。

# %% build="on"
# !ip netns exec netns1 sysctl -w net.ipv4.ip_local_port_range="40000 40009"
# !ip netns exec netns2 sysctl net.ipv4.ip_local_port_range
# !sysctl net.ipv4.ip_local_port_range

# %% [markdown] lang="en"
# Then ports. Two web servers, both on port 8080, on one machine. `ss -ltn` lists the ports on
# which somebody listens:

# %% [markdown] lang="zh"
# 再看端口。同一台机器上，两个网页服务器都用 8080 端口。`ss -ltn` 列出有人监听的端口：

# %% build="on" language="bash"
# ip netns exec netns1 python3 -m http.server 8080 >/dev/null 2>&1 &
# ip netns exec netns2 python3 -m http.server 8080 >/dev/null 2>&1 &

# %% build="on"
# !timeout 5 sh -c "until ip netns exec netns1 ss -ltn | grep -q 8080; do sleep 0.05; done" 2>/dev/null
# !timeout 5 sh -c "until ip netns exec netns2 ss -ltn | grep -q 8080; do sleep 0.05; done" 2>/dev/null
# !ip netns exec netns1 ss -ltn sport = :8080
# !ip netns exec netns2 ss -ltn sport = :8080
# !ss -ltn sport = :8080

# %% [markdown] lang="en"
# Neither complained that the port was taken, and on the host nobody listens on 8080 at all: the
# third list is only a heading. (`*` and `0.0.0.0` both mean: at any address.) The kernel's
# own account of the network, `/proc/net`, also differs in each namespace (`cut` shows the
# first 30 characters of each line: what was received.)

# %% [markdown] lang="zh"
# 谁也没有抱怨端口被占，而主机的 8080 端口上根本没有人监听：第三份列表只有表头。（`*` 和 `0.0.0.0` 都表示“任何地址”。）内核自己的网络账目 `/proc/net`，也是一个命名空间一份。（`cut` 只显示每行的前 30 个字符，也就是收到了多少。）

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
# Both lists are the same, up to `ps` itself: both web servers are in both, and so is `nslab-init`,
# process 1 of this machine. A *network* namespace hides the network. Hiding processes is the job
# of another kind, the PID namespace.
#
# And sockets? Some have nothing to do with the network: *unix sockets*, through which
# programs on one machine talk. Some have a place in the file tree, such as `/run/meeting`; others,
# called *abstract*, have only a name: `@meeting`. This program waits at one of each kind:

# %% [markdown] lang="zh"
# 除了 `ps` 自己，两份列表完全一样：两个网页服务器都在，这台机器的 1 号进程 `nslab-init` 也在。**网络**命名空间隔离的是网络；要把进程藏起来，得靠另一种：PID 命名空间。
#
# 那套接字呢？有一种套接字和网络并无关系：**unix 套接字**，供同一台机器上的程序互相说话。有的在文件树里有位置，例如 `/run/meeting`；有的只有名字，称为**抽象**套接字：`@meeting`。下面这个程序在两种门口各守一个：

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
# (`\0`, a zero byte, is how a program writes what tools show as `@`.) The other program knocks at
# both doors and prints what the kernel answers: *Success* if one opens:

# %% [markdown] lang="zh"
# （`\0` 是一个零字节，程序里这样写，工具显示为 `@`。）另一个程序去敲这两扇门，并打印内核的答复，门开了就是 *Success*：

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
# !timeout 5 sh -c "until ip netns exec netns1 ss -xl | grep -q @meeting; do sleep 0.05; done" 2>/dev/null
# !ip netns exec netns1 python3 /run/knock.py
# !python3 /run/knock.py

# %%
lab.compare("unix-sockets")

# %% [markdown] lang="en"
# The first pair of lines comes from `netns1`, where both doors open. From the host (second pair)
# the abstract one does not exist: its names are kept
# per network namespace. The other is found through the file tree, and files are not the
# network: anyone who sees the file can knock.
#
# The same is true of everything else: files, the clock, the processors, the kernel.

# %% [markdown] lang="zh"
# 前两行是从 `netns1` 里敲的，两扇门都开。后两行是从主机上敲的，抽象的那扇根本不存在：抽象名字是每个网络命名空间各有一套的。另一扇是顺着文件树找到的，而文件不归网络管：看得见文件，就敲得开门。
#
# 其他东西也一样：文件、时钟、处理器、内核，都是共用的。

# %%
# !ip netns exec netns1 sh -c "echo hello >/run/note"
# !ip netns exec netns2 cat /run/note
# !ip netns exec netns2 uname -nr; uname -nr
# !ip netns exec netns2 uptime; uptime
# !ip netns exec netns2 nproc; nproc

# %% claim="C09"
lab.claims.C09.check()

# %% [markdown] lang="en"
# The chapter says that anything in a namespace of its own looks like a separate host. On the
# network, yes: own addresses, own ports, own firewall, and no command above could tell `netns2`
# from a second computer on a cable. But look beyond the network and you see through it: one kernel
# version, one uptime, one host name, the same files and the same list of processes. A container
# adds other kinds of namespaces, each of which hides one of these. A virtual machine needs none
# of them: it brings its own kernel.

# %% [markdown] lang="zh"
# 原文说，运行在独立命名空间里，就像一台单独的主机。就网络而言，确实如此：地址、端口、防火墙都是自己的，上面没有一条网络命令能分辨 `netns2` 到底是命名空间，还是网线另一头的第二台电脑。但只要往网络旁边看一眼，就露馅了：同一个内核版本，同一个开机时间，同一个主机名，同样的文件，同一份进程列表。容器会再加上别的几种命名空间，一种藏起一样。虚拟机则一样也不需要：它自带内核。

# %% [markdown] lang="en"
# ## 7. The same in Python, and tidy up
#
# The package does what the commands did, with the same words. It reads and changes the same
# kernel, so it does not matter who made what:

# %% [markdown] lang="zh"
# ## 7. 用 Python 再来一遍，然后收拾
#
# 上面那些命令能做的，这个软件包用同样的词也能做。读的、改的都是同一个内核，所以谁建的都一样：

# %%
blue = lab.namespaces.add("blue")
print(lab.namespaces.names())
print(lab.namespaces.pids("netns1"), lab.namespaces.identify())
blue.run("ip link list")
lab.namespaces.remove(blue)

# %% [markdown] lang="en"
# `identify()` without a process asks about this notebook itself: `None`, since the host has no name.
#
# Now end what is still running, remove the names, and remove the files:

# %% [markdown] lang="zh"
# `identify()` 不给进程，问的就是这个笔记本自己：`None`，主机没有名字。
#
# 最后，把还在运行的结束掉，去掉名字，删掉文件：

# %%
# !kill $(ip netns pids netns1) $(ip netns pids netns2)
# !ip netns del netns1
# !ip netns del netns2
# !rm -f /run/note /run/meeting /run/wait.py /run/knock.py

# %% [markdown] lang="en"
# The observer has seen all of it, and goes last:

# %% [markdown] lang="zh"
# 观察员把这一切都看在眼里，最后一个离开：

# %%
# !tail -n 3 /run/names.log
# !kill $(cat /run/monitor.pid)
# !rm -f /run/names.log /run/*.pid

# %%
lab.check.empty()

# %% [markdown] lang="en"
# ## What you have seen
#
# - A new network namespace holds only `lo`, and it is down.
# - `ip netns` creates, lists, enters, names and removes. The name is a mount in `/run/netns`,
#   made by `ip`; the kernel knows only numbers.
# - A namespace lives as long as a mount, a process, an open file or a socket refers to it. The
#   name is not the namespace.
# - Interfaces, routes, neighbours, firewall and protocol stack are its own: the same question has
#   a different answer in each.
# - Processes, files, unix sockets in the file tree, clock, processors and kernel are not.
#
# Next: [What happens in one ping](03_one_ping.ipynb). How far you are: [the start page](00_start.ipynb).

# %% [markdown] lang="zh"
# ## 这一课你看到了
#
# - 新的网络命名空间里只有 `lo`，而且没有启用。
# - `ip netns` 管创建、列出、进入、起名、删除。名字是 `/run/netns` 下的一个挂载，由 `ip` 建立；内核只认编号。
# - 只要挂载、进程、打开的文件或套接字还引用着它，命名空间就活着。名字不等于命名空间。
# - 网络接口、路由表、邻居表、防火墙、协议栈是独有的：同一个问题，各有各的答案。
# - 进程、文件、文件树里的 unix 套接字、时钟、处理器、内核，则是共用的。
#
# 下一课：[《一次 ping 的来龙去脉》](03_one_ping.ipynb)。学到了哪里，看[课程首页](00_start.ipynb)。
