# %% [markdown] lang="en"
# # Eight kinds of namespace
#
# The network namespace has seven siblings. Here you try each of the eight in a small experiment, find out who sees whom, and learn the three tools for all of them: `lsns`, `unshare` and `nsenter`.
#
# **Time:** about 50 minutes, 20 of them for your own tasks. **You need:** nothing but this page; it builds everything it runs. *Namespace*, *root* and `lo` are explained in [One wire, two worlds](01_one_wire.ipynb).
#
# This notebook is a machine of its own; **Kernel → Restart** empties it. `nslabkit enter` in a terminal opens a shell inside.

# %% [markdown] lang="zh"
# # 八种命名空间
#
# 网络命名空间还有七个兄弟。这一课给八种各做一个小实验，弄清楚谁看得见谁，并认识三样对它们都管用的工具：`lsns`、`unshare` 和 `nsenter`。
#
# **时间：** 约 50 分钟，其中自己动手 20 分钟。**准备：** 打开这一页就够了，要用的东西都在这里现做。**命名空间**、*root* 和 `lo` 在[《一根线，两个世界》](01_one_wire.ipynb)里讲过。
#
# 这个笔记本自成一台机器，**内核 → 重启内核**会把它清空。在终端里输入 `nslabkit enter`，可以进到里面开一个 shell。

# %%
import nslabkit as lab
lab.check.empty()

# %%
lab.recall(6)

# %% [markdown] lang="en"
# Lost, or late? `lab.catch_up("6.4")` in a new cell empties the machine and builds what step 6.4 starts from, including the processes that wait in it; `lab.catch_up()` lists the steps.

# %% [markdown] lang="zh"
# 跟丢了，或者来晚了？新建一个单元格运行 `lab.catch_up("6.4")`，机器会被清空，再搭好第 6.4 步开始时该有的东西，连同等在里面的进程；`lab.catch_up()` 列出全部步骤。

# %% [markdown] lang="en"
# ## 1. Every process has a list
#
# Which namespaces is a process in? The network namespace is one of them. First a guess: how many kinds are there?

# %% [markdown] lang="zh"
# ## 1. 每个进程都有一张清单
#
# 一个进程身处哪些命名空间？网络命名空间是其中之一。先猜一猜：一共有几种？

# %%
lab.predict("number of kinds")

# %% [markdown] lang="en"
# The kernel keeps a list for each process, in the folder `/proc/PID/ns`; `self` is the process asking.

# %% [markdown] lang="zh"
# 内核给每个进程都记着一张清单，就在 `/proc/PID/ns` 目录里；`self` 指的是来查看的那个进程自己。

# %%
# !ls -l /proc/self/ns

# %%
lab.compare("number of kinds")

# %% [markdown] lang="en"
# Ten lines, but the two that end in `_for_children` are not separate kinds: they say where the *next child* of the process will be. That leaves eight. (A kernel before 5.6 shows fewer.)
#
# | name | what a namespace of this kind has to itself | in Linux since |
# |---|---|---|
# | `mnt` | the list of mounts: which file system is mounted where | 2.4.19 |
# | `uts` | the host name | 2.6.19 |
# | `ipc` | message queues, shared memory and semaphores | 2.6.19 |
# | `pid` | process numbers | 2.6.24 |
# | `net` | interfaces, addresses, routes, … | 2.6.29 |
# | `user` | users and their rights | 3.8 |
# | `cgroup` | where the tree of control groups appears to begin | 4.6 |
# | `time` | how long the machine appears to have been running | 5.6 |
#
# The number in brackets, an inode number, is the namespace's identity. Two processes with the same number on a line are in the same namespace.

# %% [markdown] lang="zh"
# 列出来有十行，不过末尾带 `_for_children` 的两行不算单独的种类：它们说的是这个进程的**下一个子进程**会落在哪里。剩下的正好八种。（5.6 以前的内核要少一些。）
#
# | 名称 | 这种命名空间独有的东西 | Linux 从哪一版起 |
# |---|---|---|
# | `mnt` | 挂载列表：哪个文件系统挂在哪里 | 2.4.19 |
# | `uts` | 主机名 | 2.6.19 |
# | `ipc` | 消息队列、共享内存、信号量 | 2.6.19 |
# | `pid` | 进程号 | 2.6.24 |
# | `net` | 网络接口、地址、路由等等 | 2.6.29 |
# | `user` | 用户和他们的权限 | 3.8 |
# | `cgroup` | 控制组这棵树看上去从哪里开始 | 4.6 |
# | `time` | 机器看上去从什么时候开始运行 | 5.6 |
#
# 方括号里的数字是 inode 号，也就是命名空间的身份。两个进程在同一行的数字相同，就在同一个命名空间里。

# %% [markdown] lang="en"
# ## 2. One command, two answers
#
# `unshare` starts a command in a new namespace of the kinds that you name. The simplest kind is `uts`: it holds the name of the machine. (UTS stands for *UNIX time-sharing system*; all that remains of it is the name of a C structure.)

# %% [markdown] lang="zh"
# ## 2. 同一条命令，两个答案
#
# `unshare` 会新建你点名的那几种命名空间，再到里面启动一条命令。最简单的一种是 `uts`，里面装的是机器的名字。（UTS 是 *UNIX time-sharing system* 的缩写，如今只留在一个 C 结构体的名字里。）

# %%
lab.predict("host name outside")

# %%
# !unshare --uts sh -c 'hostname box; hostname; readlink /proc/self/ns/uts'
# !hostname; readlink /proc/self/ns/uts

# %%
lab.compare("host name outside")

# %% [markdown] lang="en"
# The same two commands, twice: a different name, a different number. The new namespace was gone as soon as its only process ended. To look into one from outside, something must stay in it: `sleep infinity`, in the background (`&`). `$!` is the number of the process just started; the next cell waits until the name is set. (The first line ends any `sleep` left from an earlier run of this cell.)

# %% [markdown] lang="zh"
# 同样两条命令执行了两遍：名字不同，inode 号也不同。里面唯一的进程一结束，那个新的命名空间就没了。想从外面往里看，得有谁留在里面：让 `sleep infinity` 在后台（`&`）待着。`$!` 是刚刚启动的那个进程的进程号；下一个单元格等名字设好。（要是这个单元格以前运行过，第一行会先结束上一次的那个。）

# %% build="on"
# %%bash
pkill --pidfile /run/box.pid 2>/dev/null
unshare --uts sh -c 'hostname box; exec sleep infinity' >/dev/null 2>&1 &
echo $! >/run/box.pid

# %% build="on"
lab.wait_for("nsenter --uts=/proc/$(cat /run/box.pid)/ns/uts hostname", "box")

# %% [markdown] lang="en"
# `nsenter` is the counterpart of `unshare`: it starts a command in an existing namespace. The chapter says: “Namespaces isolate resources of the kernel.” True? The check does what we just did, and compares the numbers.

# %% [markdown] lang="zh"
# `nsenter` 和 `unshare` 相对：它把命令放进一个已经存在的命名空间里运行。原文说：“命名空间用来隔离内核资源。”是这样吗？检查做的就是我们刚才做的事，另外还比较 inode 号。

# %%
# !nsenter --uts=/proc/$(cat /run/box.pid)/ns/uts hostname

# %% claim="C01"
lab.claims.C01.check()

# %% [markdown] lang="en"
# ### A number lives as long as its namespace
#
# Three namespaces, one after the other. Look at the numbers:

# %% [markdown] lang="zh"
# ### inode 号只在命名空间存在时有效
#
# 先后造三个命名空间，注意看 inode 号：

# %% claim="C01"
# %%bash
for turn in 1 2 3; do unshare --uts readlink /proc/self/ns/uts; done

# %% [markdown] lang="en"
# They may well all be the same: each namespace died before the next was made, and a freed number is used again. So compare numbers of namespaces that live *now*; a number written down yesterday means nothing today.

# %% [markdown] lang="zh"
# 很可能三个都一样：下一个造出来的时候，上一个已经消失，空出来的号又被重新使用。所以只能比较**此刻**都存在的命名空间；昨天记下的号，今天说明不了什么。

# %% [markdown] lang="en"
# ## 3. The other seven, one by one
#
# Always the same pattern: once inside, once outside.
#
# **`mnt`: mounts.** Inside, an empty file system is mounted on `/mnt`, with one new file in it.

# %% [markdown] lang="zh"
# ## 3. 其余七种，一个一个来
#
# 方式都一样：里面一次，外面一次。
#
# **`mnt`：挂载。** 在里面给 `/mnt` 挂上一个空的文件系统，再放进一个新文件。

# %% claim="C02"
# !unshare --mount sh -c 'mount -t tmpfs none /mnt; touch /mnt/only-inside; ls /mnt'
# !echo outside:; ls /mnt

# %% [markdown] lang="en"
# The files themselves are not copied or hidden; what differs is which file system is mounted where. (This is the oldest kind, so old that its flag is simply called `CLONE_NEWNS`, “new namespace”: nobody expected a second one.)
#
# **`ipc`: message queues** and shared memory. Inside, a queue is made; both sides list theirs.

# %% [markdown] lang="zh"
# 文件本身既没有复制，也没有藏起来，不同的只是哪个文件系统挂在哪里。（它是最老的一种，老到它的标志就叫 `CLONE_NEWNS`，“新命名空间”：当年谁也没想到会有第二种。）
#
# **`ipc`：消息队列**和共享内存。在里面建一个队列，然后两边各列一次。

# %% claim="C02"
# !unshare --ipc sh -c 'ipcmk -Q; ipcs -q'
# !ipcs -q

# %% [markdown] lang="en"
# **`pid`: process numbers.** `$$` is the shell's own number. First, a mistake:

# %% [markdown] lang="zh"
# **`pid`：进程号。** `$$` 是 shell 自己的进程号。先故意走错一步：

# %% claim="C02"
# !unshare --pid --fork sh -c 'echo I am $$; ps ax | head -4'

# %% [markdown] lang="en"
# It is number 1, and yet `ps` shows this notebook's processes. `ps` does not ask the kernel directly; it reads the file system `/proc`, and that is still the old one. So a new PID namespace needs a new `/proc`, and thus a mount namespace too: `--mount-proc` makes both. (`--fork` is there because a process never changes its own number: only its children are in the new namespace.)

# %% [markdown] lang="zh"
# 它是 1 号，可 `ps` 列出的却是这个笔记本的进程。`ps` 并不直接问内核，它读的是 `/proc` 这个文件系统，而 `/proc` 还是原来那个。所以新的 PID 命名空间还要配一个新的 `/proc`，于是也要一个 mount 命名空间：`--mount-proc` 一次办好。（为什么要 `--fork`？进程自己的进程号从不改变，进入新命名空间的只有它的子进程。）

# %% claim="C02"
# !unshare --pid --fork --mount-proc sh -c 'echo I am $$; ps ax'

# %% [markdown] lang="en"
# **`net`: the network.** You know this one: only `lo`, switched off. The host's `lo` is on.

# %% [markdown] lang="zh"
# **`net`：网络。** 这个你认识：只有一个 `lo`，未启用。主机的 `lo` 是启用的。

# %% claim="C02"
# !unshare --net ip -br link
# !echo outside:; ip -br link

# %% [markdown] lang="en"
# **`user`: users.** Who are you: here, in a new user namespace, and in one with a *map*?

# %% [markdown] lang="zh"
# **`user`：用户。** 你是谁：在这里、在新的用户命名空间里、在带**映射**的用户命名空间里？

# %% claim="C02"
# !id -u
# !unshare --user id -u
# !unshare --user --map-root-user sh -c 'id -u; cat /proc/self/uid_map'

# %% [markdown] lang="en"
# A new user namespace knows nobody: 65534 stands for “some user who has no number in here”. The map says who is who: *number inside, number outside, how many*. With `--map-root-user` you are user 0, root, inside, and the same user as before outside. (Both numbers are 0 here, because in this notebook you are already root.) That is the trick that makes this whole notebook work without `sudo`: it lives in a user namespace, and the root of a user namespace may make the other seven kinds.
#
# This notebook's own map tells you as whom you really work:

# %% [markdown] lang="zh"
# 新的用户命名空间谁也不认识：65534 代表“在这里没有用户号的用户”。映射写的是谁对应谁：**里面的 UID、外面的 UID、一共几个**。有了 `--map-root-user`，你在里面是 0 号用户，也就是 root；在外面还是原来那个用户。（这里两个 UID 都是 0，因为在这个笔记本里你本来就是 root。）整个笔记本不用 `sudo` 就能做实验，靠的正是这一招：它活在一个用户命名空间里，而用户命名空间里的 root 可以创建另外七种。
#
# 你真正的身份，写在这个笔记本自己的映射里：

# %%
# !cat /proc/self/uid_map

# %% [markdown] lang="en"
# The first number is 0: root, in here. The second is your user on the real machine: often 1000, the first account that was created. For every file out there, and for the real kernel, you are that user and no other. (If it is 0, the notebook was started by root.)
#
# **`cgroup`: control groups.** Control groups share out memory and processor time; they form a tree of folders. A cgroup namespace changes nothing about that, only where the tree appears to begin. This notebook's sandbox already has one:

# %% [markdown] lang="zh"
# 第一个数是 0：在这里面是 root。第二个数是你在真实机器上的用户号（UID），常见的是 1000，也就是第一个创建的账号。对外面的文件、对真正的内核来说，你就是这个用户，别无特权。（要是显示 0，说明笔记本是由 root 启动的。）
#
# **`cgroup`：控制组。** 控制组用来分配内存和处理器时间，排成一棵目录树。cgroup 命名空间不改变分配，只改变这棵树看上去从哪里开始。这个笔记本的沙箱已经有一个了：

# %% claim="C02"
# !grep -E '^0|:memory:' /proc/self/cgroup
# !grep ' - cgroup' /proc/self/mountinfo | cut -d ' ' -f 4-5 | sort -u
# !readlink /proc/self/ns/cgroup; unshare --cgroup readlink /proc/self/ns/cgroup

# %% [markdown] lang="en"
# The first answer says: my group is `/`, the top of the tree. But the mounts in the middle were made outside, before the sandbox. If one of them begins with `/..`, it gives the secret away: the true top is that many levels *above* what is called `/` in here. (If all show `/`, the notebook really is in the top group.) The last two lines: a new namespace, a new number, although nothing else visibly changes.
#
# **`time`**, the youngest.

# %% [markdown] lang="zh"
# 第一段回答说：我的控制组是 `/`，也就是树顶。可是中间那些行是控制组的挂载，早在沙箱建好之前就在外面挂上了。哪一行以 `/..` 开头，就露出了真相：真正的树顶还在这里所谓的 `/` **上面**，一个 `..` 就是一层。（要是全都显示 `/`，那这个笔记本确实就在树顶。）最后两行：新的命名空间，新的 inode 号，尽管看不出别的变化。
#
# **`time`**，最年轻的一种。

# %%
lab.predict("ten days ahead")

# %% claim="C02"
# !date; cat /proc/uptime
# !echo inside:; unshare --time --boottime 864000 --fork sh -c 'date; cat /proc/uptime'

# %%
lab.compare("ten days ahead")

# %% [markdown] lang="en"
# The first number of `/proc/uptime` is the seconds since the machine started; only that has moved. A time namespace shifts the clocks that count *since the start* (so that a container can move to another machine without a jump). The date belongs to the whole machine. (If it says *Invalid argument*, this notebook's Linux kernel was built without this kind, and there are seven.)
#
# Now all eight at once, with a process that stays:

# %% [markdown] lang="zh"
# `/proc/uptime` 的第一个数是开机以来的秒数，挪动的只有它。time 命名空间拨动的是那些**从开机算起**的钟（这样容器搬到另一台机器上，时间也不会突然跳一下）。日期则是整台机器共有的。（如果显示 `Invalid argument`，说明这个笔记本的 Linux 内核没有编入这一种；那就只有七种。）
#
# 现在同时新建全部八种，并让一个进程留在里面：

# %% build="on"
# %%bash
pkill -KILL -P "$(cat /run/eight.pid 2>/dev/null)" 2>/dev/null
time=$(test -e /proc/self/ns/time && echo --time)   # where this Linux has that kind
unshare --mount --uts --ipc --pid --net --user --map-root-user --cgroup $time \
    --fork --mount-proc sleep infinity >/dev/null 2>&1 &
echo $! >/run/eight.pid

# %% build="on"
lab.wait_for("pgrep -P $(cat /run/eight.pid) sleep | tee /run/inside.pid")
# !ls -l /proc/$(cat /run/inside.pid)/ns

# %% [markdown] lang="en"
# Compare with the list of section 1: not one number is the same.
#
# The chapter says: “There are six kinds: mount, UTS, IPC, PID, network and user namespaces.” True?

# %% [markdown] lang="zh"
# 和第 1 节的清单比一比：没有一个 inode 号相同。
#
# 原文说：“一共有六种：mount、UTS、IPC、PID、网络和用户命名空间。”是这样吗？

# %% claim="C02"
lab.claims.C02.check()

# %% [markdown] lang="en"
# *Outdated* is the right word: there were only six when such lists were first written. `cgroup` came in 2016, `time` in 2020.

# %% [markdown] lang="zh"
# 说“过时”恰如其分：这类清单最初写成时，确实只有六种。`cgroup` 是 2016 年来的，`time` 是 2020 年来的。

# %% [markdown] lang="en"
# ## 4. Who sees whom?
#
# The chapter says: “Processes in one namespace notice each other's changes and know nothing of the outside.” True? Let us take that apart.
#
# **Members of one namespace.** Two commands, one after the other, enter the namespace of `box`. The first changes the name, the second reads it.

# %% [markdown] lang="zh"
# ## 4. 谁看得见谁？
#
# 原文说：“同一个命名空间里的进程能察觉彼此的变化，对外面一无所知。”是这样吗？这句话要拆开来验证。
#
# **同一个命名空间的成员。** 两条命令先后进入 `box` 的命名空间，前一条改名字，后一条读名字。

# %% claim="C04" build="on"
one = !nsenter --uts=/proc/$(cat /run/box.pid)/ns/uts sh -c 'hostname changed; hostname'
other = !nsenter --uts=/proc/$(cat /run/box.pid)/ns/uts hostname
print(one, other)

# %% [markdown] lang="en"
# **A PID namespace.** Remember the `sleep` in all eight.

# %% [markdown] lang="zh"
# **PID 命名空间。** 还记得那个身处八种新命名空间的 `sleep` 吧。

# %%
lab.predict("one way")

# %% claim="C04"
# !grep -E '^(Name|NSpid)' /proc/$(cat /run/inside.pid)/status
# !nsenter --target $(cat /run/inside.pid) --pid --mount ps ax

# %%
lab.compare("one way")

# %% [markdown] lang="en"
# The first answer comes from outside: we see the process, and it has two numbers (`NSpid`), ours and its own, 1. The second comes from inside: there is `sleep`, and the `ps` that we sent in, and nothing else. PID namespaces are nested, one inside the other: the parent sees in, the child does not see out. `user` namespaces have parents as well. With the other six kinds, two namespaces simply exist side by side.
#
# **A network namespace**, as in lesson 2: whom does one see from inside?

# %% [markdown] lang="zh"
# 第一个回答来自外面：我们看得见这个进程，它有两个进程号（`NSpid`），一个是我们这边的，一个是它自己的：1。第二个回答来自里面：除了 `sleep` 和我们在里面执行的 `ps`，再没有别的进程。PID 命名空间是一层套一层的：父层看得见子层，子层看不见父层。`user` 命名空间也有父层。其余六种没有父子之分，两个命名空间只是并排放着。
#
# **网络命名空间**，第 2 课见过：从里面看得见谁？

# %% claim="C04" build="on"
# %%bash
ip netns list | grep -q netns1 || ip netns add netns1
echo "processes outside: $(ls /proc | grep -c '^[0-9]')"
echo "processes inside:  $(ip netns exec netns1 ls /proc | grep -c '^[0-9]')"
ip netns exec netns1 tail -1 /etc/passwd

# %% [markdown] lang="en"
# Two numbers of about the same size (the counting programs are counted, too, so they may differ by one or two), and the files outside can be read. A network namespace hides the network and nothing else. So the sentence is true of *what a kind isolates*, and only of that.

# %% [markdown] lang="zh"
# 两个数差不多（数数的程序自己也被数了进去，所以可能差一两个），外面的文件也照样能读。网络命名空间藏起来的是网络，此外什么也不藏。所以那句话，只对**这一种命名空间所隔离的东西**成立。

# %% claim="C04"
lab.claims.C04.check(told=(one, other))

# %% [markdown] lang="en"
# ## 5. Three tools, and what is below them
#
# You have used `unshare` (a new one) and `nsenter` (into an existing one). The third is `lsns`: it lists namespaces, with the number of processes in each (`NPROCS`) and the first of them.

# %% [markdown] lang="zh"
# ## 5. 三样工具，以及它们的底层
#
# `unshare`（造新的）和 `nsenter`（进已有的）你都用过了。第三样是 `lsns`：列出命名空间、各有多少进程（`NPROCS`），以及其中的第一个进程。

# %%
# !lsns -o NS,TYPE,NPROCS,COMMAND

# %% [markdown] lang="en"
# The lone `sleep` near the middle is `box`, with one namespace of its own. Further down are the eight new ones: the waiting `unshare` is in six of them, and only its child is in `pid` and `time`, because these two kinds apply to children. But where is `netns1`? Ask for the network namespaces only, and compare with the number after the name:

# %% [markdown] lang="zh"
# 中间那个单独的 `sleep` 就是 `box`，它只有一个自己的命名空间。再往下是八个新的：等在那里的 `unshare` 身处其中六个；`pid` 和 `time` 里只有它的子进程，因为这两种只对子进程生效。可是 `netns1` 在哪儿？只列网络命名空间，再和名字背后的 inode 号对一对：

# %%
# !lsns -t net -o NS,NPROCS,COMMAND
# !ls -i /run/netns

# %% [markdown] lang="en"
# `lsns` goes through the processes, and there is none in `netns1`: Debian 12's version does not show it. (Newer versions find it through its name.) So an empty list from `lsns` does not mean that nothing is there.
#
# And below the tools? `unshare` is named after its system call, `unshare`. `nsenter` uses another one, `setns`: *let this thread enter the namespace that this file stands for*. `lsns` needs neither, it reads `/proc`. From Python you can call `setns` yourself, in a thread of its own so that the notebook itself stays where it is:

# %% [markdown] lang="zh"
# `lsns` 是挨个查进程的，而 `netns1` 里一个进程也没有：Debian 12 自带的版本就不显示它。（新一些的版本会顺着名字找到它。）所以 `lsns` 没列出来，不等于没有。
#
# 这些工具底下是什么？`unshare` 用的是同名的系统调用 `unshare`；`nsenter` 用的是 `setns`：**让这个线程进入这个文件所代表的命名空间**；`lsns` 两个都不用，它只读 `/proc`。在 Python 里也能直接调用 `setns`；放到单独的线程里做，笔记本自己就留在原地：

# %%
import ctypes, os, threading

def visit(pid):
    with open(f"/proc/{pid}/ns/uts") as door:
        ctypes.CDLL(None).setns(door.fileno(), 0)
    print(os.uname().nodename)

# %%
visitor = threading.Thread(target=visit, args=[open("/run/box.pid").read().strip()])
visitor.start()
visitor.join()
print(os.uname().nodename)

# %% [markdown] lang="en"
# The thread reads the name that was set in there; the notebook's own is unchanged. Strictly speaking, a *thread* is in a namespace, not a process: the threads of one process may be in different ones. `/proc/PID/ns` shows those of the first thread. (`ctypes` calls the C library. Since Python 3.12 there is `os.setns` as well.)

# %% [markdown] lang="zh"
# 这个线程读到的是里面设的名字，笔记本自己的名字没有变。严格地说，身处命名空间的是**线程**，不是进程：同一个进程的几个线程可以在不同的命名空间里。`/proc/PID/ns` 列出的是第一个线程的。（`ctypes` 用来调用 C 库。从 Python 3.12 起，也可以直接用 `os.setns`。）

# %% [markdown] lang="en"
# ## 6. What lives outside of all eight
#
# The `sleep` has eight namespaces of its own. We keep four questions in `look` and ask them twice: here, and by a command that enters all eight (`--all`; `--preserve-credentials` keeps our user's number):

# %% [markdown] lang="zh"
# ## 6. 八种都管不着的东西
#
# 那个 `sleep` 的八种命名空间，全是它自己的。把四个问题存进 `look`，问两遍：先在这里问，再用一条进入全部八种的命令去问（`--all`；`--preserve-credentials` 保留我们的用户号）：

# %%
look = "uname -r; grep -c ^processor /proc/cpuinfo; date +%F; grep MemTotal /proc/meminfo"
# !{look}
# !echo inside:; nsenter --target $(cat /run/inside.pid) --all --preserve-credentials sh -c '{look}'

# %% [markdown] lang="en"
# The same kernel, the same processors, the same date, the same memory; also the same kernel modules and the same kernel log. Namespaces give a process a different *view* of one machine. They do not make a second machine. The next lesson shows what you can build from them all the same: [A container by hand](07_container.ipynb).
#
# Finally, leave the machine as you found it:

# %% [markdown] lang="zh"
# 同一个内核，同样的处理器，同一个日期，同样多的内存；内核模块和内核日志也是同一份。命名空间让进程换一个**视角**来看同一台机器，并没有变出第二台机器。尽管如此，用它们能搭出什么，下一课见：[《亲手做一个容器》](07_container.ipynb)。
#
# 最后，把机器恢复原样：

# %% build="on"
# %%bash
pkill --pidfile /run/box.pid
pkill -KILL -P "$(cat /run/eight.pid)"
rm -f /run/box.pid /run/eight.pid /run/inside.pid

# %%
# !ip netns del netns1
lab.check.empty()

# %% [markdown] lang="en"
# ## 7. Your turn
#
# Four tasks; any way is right that brings the result. A process that *waits* is one that does not end by itself, such as `box` in section 2. Stuck? `lab.hint("6.1")` in a new cell opens a hint, each call the next of three, and then a solution.

# %% [markdown] lang="zh"
# ## 7. 轮到你了
#
# 四个任务，做法不限，结果对就行。所谓**等着**的进程，就是不会自己结束的进程，比如第 2 节的 `box`。卡住了，就新建一个单元格运行 `lab.hint("6.1")`：每运行一次打开一条提示，一共三条，然后是一种解法。

# %% task="6.1"

# %% task="6.1" tags=["solution"] magic_args="--no-raise-error" language="bash"
# unshare --uts sh -c 'hostname cave; exec sleep infinity' >/dev/null 2>&1 &
# echo $! >/run/cave.pid

# %% task="6.1" tags=["solution"]
lab.wait_for("nsenter --uts=/proc/$(cat /run/cave.pid)/ns/uts hostname", "cave")

# %% task="6.1"
lab.check.task("6.1")

# %% task="6.2"

# %% task="6.2" tags=["solution"] magic_args="--no-raise-error" language="bash"
# unshare --mount sh -c 'mount -t tmpfs none /mnt; touch /mnt/only-there; exec sleep infinity' \
#     >/dev/null 2>&1 &
# echo $! >/run/there.pid

# %% task="6.2" tags=["solution"]
lab.wait_for("ls /proc/$(cat /run/there.pid)/root/mnt", "only-there")

# %% task="6.2"
lab.check.task("6.2")

# %% [markdown] lang="en"
# Now the other way round. The next cell starts a process that has one kind to itself; `shuf` draws which, so nobody knows. Its number is in `/run/hidden.pid`.

# %% [markdown] lang="zh"
# 再反过来。下一格启动一个进程，它只有一种命名空间是自己的；是哪一种，由 `shuf` 抽签决定，谁也不知道。它的进程号在 `/run/hidden.pid` 里。

# %% magic_args="--no-raise-error" language="bash"
# rm -f /run/kind
# unshare --$(shuf -n 1 -e mount uts ipc net cgroup) sleep infinity >/dev/null 2>&1 &
# echo $! >/run/hidden.pid

# %%
lab.wait_for("cat /proc/$(cat /run/hidden.pid)/comm", "sleep")

# %% task="6.3"

# %% task="6.3" tags=["solution"] magic_args="--no-raise-error" language="bash"
# for kind in cgroup ipc mnt net pid time user uts; do
#   there=$(readlink /proc/$(cat /run/hidden.pid)/ns/$kind)
#   [ "$there" = "$(readlink /proc/self/ns/$kind)" ] || echo $kind >/run/kind
# done
# cat /run/kind

# %% task="6.3"
lab.check.task("6.3")

# %% [markdown] lang="en"
# Last, two kinds together: what a process in there sees must fit what it is.

# %% [markdown] lang="zh"
# 最后，两种一起用：它看到的，要和它的身份对得上。

# %% task="6.4"

# %% task="6.4" tags=["solution"] magic_args="--no-raise-error" language="bash"
# unshare --pid --fork --mount-proc sleep infinity >/dev/null 2>&1 &
# echo $! >/run/outer.pid

# %% task="6.4" tags=["solution"]
lab.wait_for("ls /proc/$(pgrep -P $(cat /run/outer.pid))/root/proc/1/comm")

# %% task="6.4"
lab.check.task("6.4")

# %%
# !rm -f /run/kind /run/hidden.pid
lab.empty()
lab.check.empty()

# %% [markdown] lang="en"
# ## What you have seen
#
# - Linux has eight kinds of namespace; `ls -l /proc/PID/ns` shows which ones a process is in. The number is the identity, as long as the namespace lives.
# - `unshare` makes (by the system call `unshare`), `nsenter` enters (by `setns`), `lsns` lists those with a process in them (from `/proc`).
# - Each kind isolates one thing. A network namespace hides no process and no file.
# - Only `pid` and `user` namespaces have parents: the parent sees in, the child does not see out.
# - A new PID namespace needs a new `/proc`, or `ps` shows the old one.
# - In a user namespace of your own you are root without being it outside. This notebook depends on that.
# - Kernel, processors, memory and the date are outside of all eight.

# %% [markdown] lang="zh"
# ## 你看到了什么
#
# - Linux 有八种命名空间；`ls -l /proc/PID/ns` 列出一个进程在哪些命名空间里。inode 号就是身份，只在命名空间存在时有效。
# - `unshare` 创建（系统调用 `unshare`），`nsenter` 进入（系统调用 `setns`），`lsns` 列出里面有进程的（读 `/proc`）。
# - 每一种只隔离一样东西。网络命名空间既不藏进程，也不藏文件。
# - 只有 `pid` 和 `user` 命名空间有父层：父层看得见子层，子层看不见父层。
# - 新的 PID 命名空间要配新的 `/proc`，不然 `ps` 列出的还是原来那些。
# - 在自己的用户命名空间里你就是 root，到了外面并不是。这个笔记本靠的就是它。
# - 内核、处理器、内存和日期，八种都管不着。

# %% [markdown] lang="en"
# ## What you can now do
#
# Ticked where a check has shown it. What is not ticked is waiting for you: its task is above.

# %% [markdown] lang="zh"
# ## 现在你会做什么
#
# 打勾的，是检查已经证明的。没打勾的还等着你：任务在上面。

# %%
lab.learned(6)

# %% [markdown] lang="en"
# Next: [A container by hand](07_container.ipynb). How far you are: [the start page](00_start.ipynb).

# %% [markdown] lang="zh"
# 下一课：[《亲手做一个容器》](07_container.ipynb)。学到了哪里，看[课程首页](00_start.ipynb)。
