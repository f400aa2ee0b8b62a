# %% [markdown] lang="en"
# # A container by hand
#
# From namespaces, a folder and a shell, you build what container engines build: its own files, host name, processes, network and root user, and a memory limit if your machine allows it. Then you look at what still gives it away, and compare with an engine line by line.
#
# **Time:** about 40 minutes. **You need:** nothing but this page; it builds everything itself. `unshare` and `nsenter` are explained in [Eight kinds of namespace](06_eight_kinds.ipynb), veth pairs in [One wire, two worlds](01_one_wire.ipynb).
#
# This notebook is a machine of its own; **Kernel → Restart** empties it. `nslabkit enter` in a terminal opens a shell inside.

# %% [markdown] lang="zh"
# # 亲手做一个容器
#
# 用命名空间、一个目录和一个 shell，做出容器引擎做的东西：自己的文件、主机名、进程、网络和 root 用户，机器允许的话再加上内存限制。做好之后看看它在哪里露馅，再和容器引擎逐行对照。
#
# **时间：** 约 40 分钟。**准备：** 不需要先运行别的，全在这一页里做。`unshare` 和 `nsenter` 见[《八种命名空间》](06_eight_kinds.ipynb)，veth 对见[《一根线，两个世界》](01_one_wire.ipynb)。
#
# 这个笔记本自成一台机器，**内核 → 重启内核**会把它清空。在终端里输入 `nslabkit enter`，可以进到里面开一个 shell。

# %%
import nslabkit as lab
lab.check.empty()

# %%
lab.recall(7)

# %% [markdown] lang="en"
# Lost, or late? `lab.catch_up("7.4")` in a new cell empties the machine and builds what step 7.4 starts from, including the running container; `lab.catch_up()` lists the steps.

# %% [markdown] lang="zh"
# 跟丢了，或者来晚了？新建一个单元格运行 `lab.catch_up("7.4")`，机器会被清空，再搭好第 7.4 步开始时该有的东西，包括正在运行的容器；`lab.catch_up()` 列出全部步骤。

# %% [markdown] lang="en"
# Before you build one: what is it that you are going to build?

# %% [markdown] lang="zh"
# 动手之前先想一想：要做的到底是什么？

# %%
lab.predict("what a container is")

# %% [markdown] lang="en"
# Keep your answer in mind; section 3 has the kernel's.
#
# ## 1. Files of its own
#
# A container needs a root file system: a folder that will be its `/`. An engine downloads one (an *image*). We use programs that this machine has: `busybox`, one program that can act as many, or the individual programs if it is missing. A program that is not self-contained needs its libraries; `ldd` names them.

# %% [markdown] lang="zh"
# 先记住你的答案，内核的答案在第 3 节。
#
# ## 1. 自己的文件
#
# 我们的容器叫 `box`，下面就称它为**盒子**。容器要有一个根文件系统，也就是将来充当它的 `/` 的目录。容器引擎会去下载一个（**镜像**）。我们就地取材，用这台机器上有的程序：`busybox`，一个程序能当许多个用；没有它，就把要用的程序一个个拿来。程序若不是自带一切，还得带上它的库，`ldd` 会列出是哪些。

# %% build="on"
# %%bash
mkdir -p /run/box/{bin,dev,etc,old,proc,usr}
ln -sfn ../bin /run/box/usr/bin
touch /run/box/dev/null
echo 'root:x:0:0:the root of the box:/:/bin/sh' >/run/box/etc/passwd
programs=$(type -P busybox || type -P sh ls cat head ps id hostname ip ping sleep umount dd)
for file in $programs $(ldd $programs 2>/dev/null | grep -o '/[^ :]*'); do
    mkdir -p /run/box$(dirname $file)
    [ -e /run/box$file ] || cp $file /run/box$file
done

# %% [markdown] lang="en"
# Each command gets a name in `/bin`; with `busybox` they all lead to the same program, which checks the name it was called by.

# %% [markdown] lang="zh"
# 再给每条命令在 `/bin` 里起个名字；用 `busybox` 时，它们都指向同一个程序，程序会看自己是以哪个名字被叫起来的。

# %% build="on"
# %%bash
for name in sh ls cat head ps id hostname ip ping sleep kill umount dd; do
    program=$(type -P busybox || type -P $name)
    [ -e /run/box/bin/$name ] || [ -z "$program" ] || ln -sf $program /run/box/bin/$name
done
ls /run/box /run/box/bin
du -sh /run/box

# %% [markdown] lang="en"
# To a program this is a whole operating system, in a few megabytes. A kernel is not among the files, and none is needed.
#
# ## 2. What the first process does
#
# The container's first process gives it its shape, before it becomes the program that the container is for (here `sleep`). We write that down as a shell script, for later (`%%writefile` puts the cell into a file).

# %% [markdown] lang="zh"
# 对程序来说，这就是整个操作系统了，才几兆字节。文件里没有内核，也用不着内核。
#
# ## 2. 第一个进程做什么
#
# 容器的第一个进程先把环境收拾好，然后再变成容器要跑的那个程序（这里是 `sleep`）。我们把它要做的事写成一个 shell 脚本，留着待会儿用（`%%writefile` 把这个单元格存成文件）。

# %% build="on"
# %%writefile /run/start-box
hostname box
mount --bind /run/box /run/box
mount --bind /dev/null /run/box/dev/null
mount -t proc proc /run/box/proc
cd /run/box
pivot_root . old
PATH=/bin
umount -l /old
exec sleep infinity

# %% [markdown] lang="en"
# - `mount --bind` makes the folder a mount of its own: the kernel swaps roots only between mounts.
# - The second lends a single device, `/dev/null`; the third mounts a `/proc` that matches the new process numbers.
# - `pivot_root . old` makes the folder the new `/` and puts the old one below it, at `/old`. `umount -l` removes that: from now on no path leads out. (`chroot` only changes where `/` is looked up; the old mounts stay within reach of a root that wants out.)
# - `exec` replaces the shell with the program, so that the program is process 1.
#
# ## 3. Start it
#
# All eight kinds at once. (The first line ends any box left from an earlier run of this cell.) The cell after it waits until the script has reached `sleep` and notes the number that its process has *for us*.

# %% [markdown] lang="zh"
# - 第一个 `mount --bind` 让这个目录自成一个挂载：内核只肯在挂载之间调换根目录。
# - 第二个只借来一个设备 `/dev/null`；接下来挂上一个与新进程号相配的 `/proc`。
# - `pivot_root . old` 让这个目录成为新的 `/`，把旧的挂到它下面的 `/old`；`umount -l` 再把旧的摘掉，从此没有路径通往外面。（`chroot` 只改变从哪里开始找 `/`，旧的挂载都还在，存心要出去的 root 够得着。）
# - `exec` 用程序取代 shell，于是这个程序成了 1 号进程。
#
# ## 3. 启动
#
# 同时新建全部八种。（要是这个单元格以前运行过，第一行会先结束上一次的盒子。）下一个单元格等脚本走到 `sleep`，并记下这个进程**在我们这边**的进程号。

# %% build="on"
# %%bash
pkill -KILL -P "$(cat /run/unshare.pid 2>/dev/null)" 2>/dev/null
time=$(test -e /proc/self/ns/time && echo --time)   # where this Linux has that kind
unshare --mount --uts --ipc --pid --net --user --map-root-user --cgroup $time \
    --fork sh /run/start-box >/run/box.log 2>&1 &
echo $! >/run/unshare.pid

# %% build="on"
lab.wait_for("pgrep -P $(cat /run/unshare.pid) sleep | tee /run/box.pid")

# %% [markdown] lang="en"
# For us it is one process among others, with an ordinary number; nothing in the kernel is called “container”.

# %% [markdown] lang="zh"
# 在我们这边看，它就是众多进程中的一个，进程号普普通通；内核里没有任何东西叫做“容器”。

# %%
# !ps -f -p $(cat /run/box.pid)
# !ls -l /proc/$(cat /run/box.pid)/ns

# %%
lab.compare("what a container is")

# %% [markdown] lang="en"
# To get in, `nsenter` enters all namespaces of that process (`--all`) and keeps our user's number (`--preserve-credentials`, because changing it is refused in some sandboxes). The command is long and always the same, so we keep its text in `enter`; `{enter}` inserts it.

# %% [markdown] lang="zh"
# 想进去，就让 `nsenter` 进入那个进程的全部命名空间（`--all`），同时保留我们的用户号（`--preserve-credentials`，因为有的沙箱不允许更改）。这条命令很长，每次又都一样，所以把它的文字存进 `enter`，用的时候写 `{enter}`。

# %% build="on"
enter = "nsenter --target $(cat /run/box.pid) --all --preserve-credentials"

# %% claim="C03"
# !{enter} hostname
# !{enter} ps
# !{enter} ls -l /
# !{enter} id
# !{enter} cat /proc/self/uid_map

# %% [markdown] lang="en"
# Its own name; its own processes, with `sleep` as number 1; its own files; and you are root, although the map says that this is only you: *0 inside, your number outside, one user*. (Outside means this notebook, where you are 0, too. An owner 65534, if you see one, is a user the map does not know.)
#
# ### Host name and domain name
#
# You often read that the UTS namespace isolates “host name and domain name”. Which domain name? We set it in the box:

# %% [markdown] lang="zh"
# 名字是自己的；进程是自己的，`sleep` 是 1 号；文件是自己的；而且你是 root，尽管映射说这不过就是你：**里面的 0，外面你的 UID，一共一个用户**。（外面指的是这个笔记本，你在这里也是 0 号。要是看到所有者 65534，那是映射里没有的用户。）
#
# ### 主机名和域名
#
# 常有资料说，UTS 命名空间隔离的是“主机名和域名”。哪个域名？在盒子里设一个看看：

# %% claim="C03" build="on"
# !nsenter --uts=/proc/$(cat /run/box.pid)/ns/uts domainname nis.example
# !{enter} cat /proc/sys/kernel/domainname
# !cat /proc/sys/kernel/domainname
# !{enter} ls /etc

# %% [markdown] lang="en"
# It is the domain name of NIS, a directory service of the 1980s that hardly anybody runs any more. Names such as `www.example.org` (DNS) are a different matter: where to ask for those is written in a *file*, `/etc/resolv.conf`. The box has none; an engine writes one for it.
#
# ## 4. A network with a way out
#
# At the moment the box has only `lo`. One end of a veth pair goes straight into the namespace of the process, and is called `eth0` there.

# %% [markdown] lang="zh"
# 原来是 NIS 的域名。NIS 是 20 世纪 80 年代的目录服务，如今几乎没人用了。`www.example.org` 这类名字（DNS）是另一回事：该去问谁，写在 `/etc/resolv.conf` 这个**文件**里。盒子里没有这个文件，容器引擎会往里写一份。
#
# ## 4. 有出口的网络
#
# 眼下盒子里只有 `lo`。给它一个 veth 对：一端直接放进那个进程的命名空间，在里面叫 `eth0`。

# %% claim="C10" build="on"
# %%bash --no-raise-error
box=$(cat /run/box.pid)
ip link add box0 type veth peer name eth0 netns $box
ip addr add 172.16.0.1/24 dev box0
ip link set box0 up
nsenter --target $box --net ip addr add 172.16.0.2/24 dev eth0
nsenter --target $box --net ip link set eth0 up
nsenter --target $box --net ip link set lo up
nsenter --target $box --net ip route add default via 172.16.0.1

# %% [markdown] lang="en"
# `--net` alone: the network from the box, the files from here, so this is *our* `ip` at work in *its* network. Engines do it the same way; the container needs no tools of its own for that.

# %% [markdown] lang="zh"
# 只用 `--net`：网络是盒子的，文件是这边的，也就是用**我们的** `ip` 去配**它的**网络。容器引擎也是这么做的，容器里不需要为此准备任何工具。

# %% claim="C10"
# !{enter} ip route
# !{enter} ping -c 2 172.16.0.1

# %% [markdown] lang="en"
# The default route points to us; what comes next (forwarding, NAT) is in lesson 4. Give the box's network namespace a name, and it appears in the picture:

# %% [markdown] lang="zh"
# 默认路由指向我们；接下来的转发和 NAT，见第 4 课。给盒子的网络命名空间起个名字，图上就有它了：

# %% build="on"
# !ip netns attach box $(cat /run/box.pid)
lab.picture()

# %% [markdown] lang="en"
# Everything is in place now. The chapter says: “Namespaces were made above all for light virtualisation: containers.” True? The check reads the box from outside, through `/proc` and the namespaces, and names what it still shares with us. It shows that a container *can* be built so; what people had in mind when they made namespaces, no check can show:

# %% [markdown] lang="zh"
# 东西都齐了。原文说：“命名空间主要是为轻量级虚拟化（容器）而做的。”是这样吗？下面的检查从外面经由 `/proc` 和各个命名空间来看这个盒子；要是它还有什么和我们共用，会指出来。它证明的是容器**可以**这样做出来；当初设计命名空间是为了什么，哪个检查都证明不了：

# %% claim="C03"
lab.claims.C03.check()

# %% [markdown] lang="en"
# ## 5. Like a separate host?
#
# You are in the box and may run any command. Much of what you see is the box's own. What is not?

# %% [markdown] lang="zh"
# ## 5. 像一台单独的主机吗？
#
# 你在盒子里，什么命令都能用。看到的东西多半是盒子自己的。哪些不是？

# %%
lab.predict("gives it away")

# %% claim="C10"
# !{enter} cat /proc/version /proc/uptime /proc/loadavg; {enter} head -5 /proc/cpuinfo
# !echo outside:; cat /proc/version /proc/uptime /proc/loadavg; head -5 /proc/cpuinfo

# %%
lab.compare("gives it away")

# %% [markdown] lang="en"
# The chapter says: “A virtual machine or a container in a namespace of its own looks like a separate host.” True?

# %% [markdown] lang="zh"
# 原文说：“虚拟机或容器在自己的命名空间里，看起来就像一台单独的主机。”是这样吗？

# %% claim="C10"
lab.claims.C10.check()

# %% [markdown] lang="en"
# This check compares what the box sees of the *machine*. That others on the network take it for a host of its own, section 4 has shown by one ping, and no check tests it further. On the network, the box is a host: its own interface, its own address, its own way out. But there is one kernel, so one version, one clock, one set of processors, one memory; even the load of everybody else on the machine shows. A *virtual machine* looks like a separate host as well, for quite a different reason: it has its own kernel, and needs no namespace for that.
#
# ## 6. Process 1 is special
#
# In the box, `sleep` is process 1.

# %% [markdown] lang="zh"
# 这个检查比较的是盒子眼里的**机器**。网络上的其他主机会不会把它当成一台独立的主机，第 4 节只用 ping 试过一次，检查并没有再测。在网络上，盒子就是一台主机：自己的接口、自己的地址、自己的出口。可是内核只有一个，所以版本、时钟、处理器、内存都只有一份；连同一台机器上别人有多忙都看得出来。**虚拟机**也像一台单独的主机，原因却完全不同：它有自己的内核，用不着命名空间。
#
# ## 6. 1 号进程与众不同
#
# 在盒子里，`sleep` 是 1 号进程。

# %%
lab.predict("kill one")

# %%
# !{enter} sh -c 'kill -KILL 1'
# !{enter} ps

# %%
lab.compare("kill one")

# %% [markdown] lang="en"
# From inside, process 1 cannot be killed: the kernel protects it, because the whole PID namespace would end with it. From outside, the same signal works; section 10 uses it.
#
# Process 1 also has a duty: it inherits processes whose parent has ended, and must collect them when they end in turn. Our `sleep` does not know that. Below, a shell starts something in the background and ends at once; then we wait until that something has ended.

# %% [markdown] lang="zh"
# 从里面杀不掉 1 号进程：内核保护它，因为它一结束，整个 PID 命名空间也就结束了。从外面发同样的信号却管用，第 10 节会用到。
#
# 1 号进程还有一项职责：父进程先结束的那些进程都归它收养，它们结束时，也得由它来回收。我们的 `sleep` 不做这件事。下面让一个 shell 在后台启动点什么就立刻退出，然后等那个后台进程结束。

# %%
# !{enter} sh -c 'sleep 0.1 &'
lab.wait_for("ps -eo stat=", "Z")
# !ps -o pid,ppid,stat --ppid $(cat /run/box.pid)

# %% [markdown] lang="en"
# The last command lists the children of process 1, with the numbers that it and they have out here. `Z` marks a *zombie*: ended, but not collected. A zombie takes almost no memory (its entry in the kernel's table of processes), but it takes a number. That is why engines offer a small *init* as process 1, a program made for this duty (`docker run --init`).
#
# ## 7. A memory limit
#
# Namespaces change what a process *sees*. What it may *use* is the job of control groups. A group is a folder; to set a limit, you write a number to a file in it, and the process's number to another:
#
# ```
# mkdir /run/cgroup/box
# echo 33554432 > /run/cgroup/box/memory.max
# echo PID > /run/cgroup/box/cgroup.procs
# ```
#
# May you? Only if the group in which this notebook runs was *delegated*, handed over to you; most machines do not do that, and then the kernel refuses. The next cell tries, and prints every command it uses. (On machines with version 1 of control groups the file is called `memory.limit_in_bytes`.)

# %% [markdown] lang="zh"
# 最后一条命令列出 1 号进程的子进程，用的是它们在外面这边的进程号。标着 `Z` 的是**僵尸进程**：已经结束，却还没有被回收。僵尸几乎不占内存（只剩内核进程表里的一项），但每个占着一个进程号。正因如此，容器引擎才提供一个小小的 init 来当 1 号进程，专管回收（`docker run --init`）。
#
# ## 7. 限制内存
#
# 命名空间改变的是进程**看到**什么；能**用**多少，归控制组管。一个控制组就是一个目录，要设限制，就往里面的一个文件写上数字，再往另一个文件写上进程号：
#
# ```
# mkdir /run/cgroup/box
# echo 33554432 > /run/cgroup/box/memory.max
# echo PID > /run/cgroup/box/cgroup.procs
# ```
#
# 你可以这么做吗？要看这个笔记本所在的控制组有没有交给你管（**委托**）。大多数机器没有，内核就会拒绝。下面这一格试一试，用到的每条命令都会显示。（控制组版本 1 的机器上，那个文件叫 `memory.limit_in_bytes`。）

# %% claim="C03" build="on"
lab.cgroups.limit_memory(int(open("/run/box.pid").read()), 32 * 2**20)

# %% [markdown] lang="en"
# The limit is 32 MiB, 33554432 bytes. Now something greedy: `dd` copies one block of 90 million bytes, and needs that much memory for it. The first line puts the shell into the group, if there is one.

# %% [markdown] lang="zh"
# 上限是 32 MiB，也就是 33554432 字节。再来一个很占内存的：`dd` 只复制一块，这一块却有九千万字节，得占这么多内存。第一行让 shell 加入那个控制组（要是有的话）。

# %%
# %%bash --no-raise-error
[ -d /run/cgroup/box ] && echo $$ >/run/cgroup/box/cgroup.procs
nsenter --target $(cat /run/box.pid) --all --preserve-credentials \
    dd bs=90000000 count=1 of=/dev/null </dev/zero 2>&1

# %% [markdown] lang="en"
# - `1+0 records in`, one block: no limit was set, and the program got what it asked for.
# - `Killed`: the limit was reached, and the kernel ended `dd`.
#
# ## 8. Two containers, one network
#
# Nothing says that a container must have every kind to itself. We start a second one that takes *user* and *network* from the box, and makes four others new:

# %% [markdown] lang="zh"
# - `1+0 records in`，也就是一块：没有限制，要多少给多少。
# - `Killed`：碰到了上限，内核终止了 `dd`。
#
# ## 8. 两个容器，一个网络
#
# 谁也没规定容器必须样样独占。我们再启动一个，它沿用盒子的**用户**和**网络**，另外新建四种：

# %% claim="C03"
# %%bash
nsenter --target $(cat /run/box.pid) --user --net --preserve-credentials \
    unshare --mount --uts --ipc --pid --fork sh -c 'hostname second; hostname; ip -br addr'
nsenter --target $(cat /run/box.pid) --uts hostname

# %% [markdown] lang="en"
# Two host names, but the same `eth0`. Kubernetes calls such a group a *pod*: its containers reach each other through `127.0.0.1`, and two of them cannot both use port 80.
#
# ## What an engine does, line by line
#
# | here | an engine (Docker, Podman, containerd) |
# |---|---|
# | a folder with copied programs | layers of an image, stacked by the file system *overlayfs*; changes go to the top one |
# | `mount --bind`, `pivot_root`, `umount` | the same |
# | `/proc`, `/dev/null` | also `/sys` (read only), a small `/dev`, and covers over parts of `/proc` |
# | `unshare --mount --uts --ipc --pid --net --cgroup --time` | the same kinds, mostly without `time`; `--hostname` sets the name |
# | `--user --map-root-user` | always in rootless engines; otherwise often not: root inside is then root outside |
# | all the rights of root inside | most capabilities removed, a filter on system calls (seccomp), AppArmor or SELinux |
# | veth pair, address, default route | the same, with the host's end on a bridge, NAT, and `/etc/resolv.conf` |
# | `memory.max` in a control group | `--memory 32m`, also processor time and number of processes |
# | `exec sleep` as process 1 | your program; with `--init` a small init before it |
# | `nsenter --all` | `docker exec` |
# | `kill -KILL` from outside | `docker kill` |
#
# The first line and the sixth are where most of an engine's work is. Ours is a teaching model: it hides the outside well, but it is no wall against somebody who wants to break out.

# %% [markdown] lang="zh"
# 主机名有两个，`eth0` 却是同一个。Kubernetes 把这样的一组叫做 *pod*：里面的容器可以经 `127.0.0.1` 互访，但不能有两个同时占用 80 端口。
#
# ## 和容器引擎逐行对照
#
# | 这里 | 容器引擎（Docker、Podman、containerd） |
# |---|---|
# | 一个目录，程序是拷来的 | 镜像分层，用 *overlayfs* 文件系统叠起来，改动写在最上面一层 |
# | `mount --bind`、`pivot_root`、`umount` | 一样 |
# | `/proc`、`/dev/null` | 另有只读的 `/sys` 和一个小型的 `/dev`，`/proc` 的一部分会遮住 |
# | `unshare --mount --uts --ipc --pid --net --cgroup --time` | 种类相同，但大多不用 `time`；`--hostname` 设定名字 |
# | `--user --map-root-user` | rootless 引擎必用；其他引擎往往不用，那样里面的 root 就是外面的 root |
# | 里面的 root 什么都能做 | 拿走大部分 capability，过滤系统调用（seccomp），外加 AppArmor 或 SELinux |
# | veth 对、地址、默认路由 | 一样，主机那端接在网桥上，还有 NAT 和 `/etc/resolv.conf` |
# | 控制组里的 `memory.max` | `--memory 32m`，还能限制处理器时间和进程数 |
# | `exec sleep` 成为 1 号进程 | 你的程序；加 `--init`，前面会多一个小小的 init |
# | `nsenter --all` | `docker exec` |
# | 从外面 `kill -KILL` | `docker kill` |
#
# 引擎的功夫大半花在第一行和第六行。我们做的是教学模型：外面藏得挺好，可要拦住存心逃逸的人，它做不到。

# %% [markdown] lang="en"
# ## 9. Your turn
#
# The box still runs. Three tasks; any way is right that brings the result. Stuck? `lab.hint("7.1")` in a new cell opens a hint, each call the next of three, and then a solution.

# %% [markdown] lang="zh"
# ## 9. 轮到你了
#
# 盒子还在运行。三个任务，做法不限，结果对就行。卡住了，就新建一个单元格运行 `lab.hint("7.1")`：每运行一次打开一条提示，一共三条，然后是一种解法。

# %% task="7.1"

# %% task="7.1" tags=["solution"] magic_args="--no-raise-error" language="bash"
# ip netns add outside
# ip link add wan type veth peer name eth0 netns outside
# ip addr add 203.0.113.1/24 dev wan
# ip link set wan up
# ip -n outside addr add 203.0.113.9/24 dev eth0
# ip -n outside link set eth0 up
# sysctl -w net.ipv4.ip_forward=1
# nft add table ip gate
# nft add chain ip gate leaving "{ type nat hook postrouting priority srcnat; }"
# nft add rule ip gate leaving oifname wan masquerade

# %% task="7.1"
lab.check.task("7.1")

# %% task="7.2"

# %% task="7.2" tags=["solution"]
# !echo 'nameserver 203.0.113.9' >/run/box/etc/resolv.conf

# %% task="7.2"
lab.check.task("7.2")

# %% task="7.3"

# %% task="7.3" tags=["solution"] magic_args="--no-raise-error" language="bash"
# nsenter --target $(cat /run/box.pid) --user --net --preserve-credentials \
#     unshare --uts sh -c 'hostname second; exec sleep infinity' >/dev/null 2>&1 &
# echo $! >/run/second.pid

# %% task="7.3" tags=["solution"]
lab.wait_for("nsenter --target $(cat /run/second.pid) --user --uts --preserve-credentials hostname", "second")

# %% task="7.3"
lab.check.task("7.3")

# %% [markdown] lang="en"
# ## 10. The end
#
# When process 1 dies, the kernel ends everything in its PID namespace. Mounts, host name and network were in namespaces that nobody is in any more; only the name `box` keeps the network until it is deleted (and the process of task 7.3, if it is waiting: `lab.empty` ends it). Files remain files.

# %% [markdown] lang="zh"
# ## 10. 收场
#
# 1 号进程一死，内核就会结束它那个 PID 命名空间里的一切。挂载、主机名、网络都属于各自的命名空间，里面已经空无一人；只有网络还被 `box` 这个名字留着，删掉名字才消失（任务 7.3 的进程要是还在等，也留着它，`lab.empty` 会结束这个进程）。文件则仍旧是文件。

# %%
# %%bash --no-raise-error
kill -KILL $(cat /run/box.pid)
ip netns del box
rm -rf /run/box /run/start-box /run/box.log /run/box.pid /run/unshare.pid

# %%
lab.empty()
lab.check.empty()

# %% [markdown] lang="en"
# ## What you have seen
#
# - To the kernel, a container is a process in other namespaces; combining these is all the magic.
# - Its root file system is a folder; `pivot_root` makes it `/`.
# - The domain name of a UTS namespace is that of NIS; DNS is a file.
# - Network, host name, processes and files are its own; kernel, clock, processors and memory are not. Only a virtual machine has its own kernel.
# - Process 1 cannot be killed from inside, must collect orphans, and takes everything with it when it ends.
# - Control groups limit what a process may use, if one was delegated to you.
# - Containers may share some kinds: in a pod, the network.

# %% [markdown] lang="zh"
# ## 你看到了什么
#
# - 对内核来说，容器就是一个身处别的命名空间的进程；把几种命名空间组合起来，奥妙全在这里。
# - 它的根文件系统是一个目录，`pivot_root` 让它成为 `/`。
# - UTS 命名空间里的域名是 NIS 的域名；DNS 则写在文件里。
# - 网络、主机名、进程、文件是它自己的；内核、时钟、处理器、内存不是。只有虚拟机才有自己的内核。
# - 1 号进程从里面杀不掉，要回收孤儿进程；它一结束，别的也都跟着结束。
# - 能用多少资源由控制组限制，前提是有一个控制组委托给了你。
# - 有些种类容器之间可以共用：在 pod 里，共用的是网络。

# %% [markdown] lang="en"
# ## What you can now do
#
# Ticked where a check has shown it. What is not ticked is waiting for you: its task is above.

# %% [markdown] lang="zh"
# ## 现在你会做什么
#
# 打勾的，是检查已经证明的。没打勾的还等着你：任务在上面。

# %%
lab.learned(7)

# %% [markdown] lang="en"
# Next: [Find the fault](08_find_the_fault.ipynb). How far you are: [the start page](00_start.ipynb).

# %% [markdown] lang="zh"
# 下一课：[《故障排查》](08_find_the_fault.ipynb)。学到了哪里，看[课程首页](00_start.ipynb)。
