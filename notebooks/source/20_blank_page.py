# %% [markdown] lang="en"
# # The last page is blank
#
# No cell below does it for you. You get a specification, a small world with two people in it, a live picture, and a check for each requirement. What you build is what a container engine builds when somebody types `docker run` twice: two containers on a bridge, one with a port that everybody may use, the other kept from the world.
#
# **Time:** about 45 minutes. **You need:** what lessons 4, 5 and 7 have taught: [a bridge and a way out](04_beyond.ipynb), [servers and ports](05_two_nginx.ipynb), [a container by hand](07_container.ipynb). Looking things up there is allowed; this is not a test of memory.
#
# This notebook is a machine of its own; **Kernel → Restart** empties it. `nslabkit enter` in a terminal opens a shell inside, which may be handier here than cells.

# %% [markdown] lang="zh"
# # 最后一页是空白的
#
# 下面没有现成的单元格替你做。给你的只有一份需求、一个住着两个人的小世界、一张实时的图，还有逐条的检查。要搭的东西，就是别人敲两次 `docker run` 时容器引擎搭的那些：网桥上的两个容器，一个开放端口给大家用，另一个与外界隔绝。
#
# **时间：** 约 45 分钟。**准备：** 第 4、5、7 课的内容：[网桥和出口](04_beyond.ipynb)、[服务器与端口](05_two_nginx.ipynb)、[亲手做容器](07_container.ipynb)。可以随时翻回去查，这里考的不是记性。
#
# 这个笔记本自成一台机器，**内核 → 重启内核**会把它清空。在终端里输入 `nslabkit enter`，可以进到里面开一个 shell，做这一课也许比在单元格里更顺手。

# %%
import nslabkit as lab
lab.check.empty()

# %%
lab.recall(20)

# %% [markdown] lang="en"
# ## 1. The world
#
# The only cell that builds something for you: the world, and the host's place in it. On the host's link `wan` there are two people. The *visitor* knows nothing of your networks. The *snoop* has guessed that you use 172.16.0.0/24, and has typed a route to it by way of your host: no one can forbid them that.

# %% [markdown] lang="zh"
# ## 1. 外面的世界
#
# 只有这一个单元格替你搭东西：外面的世界，以及主机在其中的位置。主机的接口 `wan` 上有两个人。**访客**（`visitor`）对你的网络一无所知。**窥探者**（`snoop`）猜到你用的是 172.16.0.0/24，就加了一条经你的主机过来的路由：这谁也拦不住。

# %% build="on" magic_args="--no-raise-error" language="bash"
# ip link add wan type bridge
# ip addr add 203.0.113.1/24 dev wan
# ip link set wan up
# for name in visitor snoop; do
#   ip netns add $name
#   ip link add to-$name master wan type veth peer name eth0 netns $name
#   ip link set to-$name up && ip -n $name link set eth0 up
# done
# ip -n visitor addr add 203.0.113.9/24 dev eth0
# ip -n snoop addr add 203.0.113.66/24 dev eth0
# ip -n snoop route add 172.16.0.0/24 via 203.0.113.1

# %% [markdown] lang="en"
# The picture follows whatever you do, in cells or in a terminal:

# %% [markdown] lang="zh"
# 不管在单元格里还是在终端里，你做什么，这张图都跟着变：

# %%
lab.topology()

# %% [markdown] lang="en" varies="on"
# ## 2. The specification
#
# | | requirement |
# |---|---|
# | 1 | **Two containers** wait. In each, the first process has a host name, files (`/`), processes and a network of its own. Host names: `shop` and `vault`. Their network namespaces have the same names in `ip netns`. |
# | 2 | **One bridge** in the host joins them: host 172.16.0.1, `shop` 172.16.0.2, `vault` 172.16.0.3, all `/24`. Everybody on it reaches everybody else. |
# | 3 | **A way out:** `shop` reaches the visitor at 203.0.113.9. The visitor's routes stay as they are. |
# | 4 | **Published:** the visitor opens `http://203.0.113.1:8080/` and reads one word, `shop`. The page comes from a server on port 80 in the network of `shop`. |
# | 5 | **Kept:** a server on port 80 in the network of `vault` has the page `vault`, and `shop` can read it. No packet from the world gets into the vault, and none from the vault gets out, answered or not. Requirement 4 still holds. |
#
# Any way is right that brings this about, by whatever commands. Programs for the servers: `python3 -m http.server`, `busybox httpd`, `nginx`; started from here in a container's network (`ip netns exec`), they need not be among the container's files.
#
# ## 3. Your turn
#
# One requirement after the other: each check looks only at its own, and says what is missing. Stuck? `lab.hint("20.1")` in a new cell opens a hint, made for what is there at that moment; each call opens the next of three, and then one way to do it.

# %% [markdown] lang="zh" varies="on"
# ## 2. 需求
#
# | | 要求 |
# |---|---|
# | 1 | **两个容器**在运行：各有一个进程等在里面，不会自己结束。每个容器的第一个进程都有自己的主机名、文件（`/`）、进程和网络。主机名分别是 `shop` 和 `vault`；在 `ip netns` 里，网络命名空间也叫这两个名字。 |
# | 2 | 主机上的**一个网桥**把它们接在一起：主机 172.16.0.1，`shop` 172.16.0.2，`vault` 172.16.0.3，都是 `/24`。网桥上的各方都互通。 |
# | 3 | **出口：** `shop` 能 ping 通访客 203.0.113.9。访客的路由不变。 |
# | 4 | **发布：** 访客打开 `http://203.0.113.1:8080/`，读到一个词：`shop`。页面来自 `shop` 网络里 80 端口上的服务器。 |
# | 5 | **隔离：** `vault` 的网络里，80 端口上有一个服务器，页面是 `vault`，`shop` 读得到。外面的包一个也进不了 vault，vault 的包一个也出不去，有没有应答都一样。第 4 条仍然满足。 |
#
# 用什么命令都行，结果对就行。服务器程序可以用 `python3 -m http.server`、`busybox httpd` 或 `nginx`；从这边用 `ip netns exec` 在容器的网络里启动即可，不必放进容器的文件里。
#
# ## 3. 轮到你了
#
# 一条一条来：每个检查只看它自己那一条，缺什么会告诉你。卡住了，就新建一个单元格运行 `lab.hint("20.1")`，它会按机器此刻的样子给出提示；每运行一次多给一条，一共三条，然后是一种做法。

# %% task="20.1"

# %% task="20.1" tags=["solution"]
# %%writefile /run/start
hostname $NAME
mount -t tmpfs none /mnt && cd /mnt
mkdir old proc usr
mount --rbind /usr usr
for name in $(ls -d /bin /lib*); do
    [ -L $name ] && cp -P $name . || { mkdir .$name; mount --rbind $name .$name; }
done
mount -t proc proc proc
pivot_root . old
umount -l /old
exec sleep infinity

# %% task="20.1" tags=["solution"] magic_args="--no-raise-error" language="bash"
# for name in shop vault; do
#     NAME=$name unshare --mount --uts --ipc --pid --net --fork sh /run/start >/run/$name.log 2>&1 &
#     echo $! >/run/$name.outer
# done

# %% task="20.1" tags=["solution"]
for name in ("shop", "vault"):
    lab.wait_for(f"pgrep -P $(cat /run/{name}.outer) sleep | tee /run/{name}.pid")
    !ip netns attach {name} $(cat /run/{name}.pid)
    !ip -n {name} link set lo up
    !nsenter --target $(cat /run/{name}.pid) --mount --uts --pid sh -c 'hostname; ls -x /; ps ax'

# %% task="20.1"
lab.check.task("20.1")

# %% task="20.2"

# %% task="20.2" tags=["solution"] magic_args="--no-raise-error" language="bash"
# ip link add br0 type bridge
# ip addr add 172.16.0.1/24 dev br0
# ip link set br0 up
# for name in shop vault; do
#     ip link add port-$name master br0 type veth peer name eth0 netns $name
#     ip link set port-$name up
#     ip -n $name link set eth0 up
# done
# ip -n shop addr add 172.16.0.2/24 dev eth0
# ip -n vault addr add 172.16.0.3/24 dev eth0

# %% task="20.2"
lab.check.task("20.2")

# %% task="20.3"

# %% task="20.3" tags=["solution"] magic_args="--no-raise-error" language="bash"
# ip -n shop route add default via 172.16.0.1
# sysctl -w net.ipv4.ip_forward=1
# nft add table ip gate
# nft add chain ip gate leaving "{ type nat hook postrouting priority srcnat; }"
# nft add rule ip gate leaving oifname wan masquerade
# ip netns exec shop ping -c 1 203.0.113.9

# %% task="20.3"
lab.check.task("20.3")

# %% task="20.4"

# %% task="20.4" tags=["solution"] magic_args="--no-raise-error" language="bash"
# mkdir -p /run/web/shop
# echo shop >/run/web/shop/index.html
# ip netns exec shop python3 -m http.server 80 --directory /run/web/shop >/dev/null 2>&1 &
# nft add chain ip gate arriving "{ type nat hook prerouting priority dstnat; }"
# nft add rule ip gate arriving iifname wan tcp dport 8080 dnat to 172.16.0.2:80
# ip netns exec visitor curl -s --retry 9 --retry-connrefused http://203.0.113.1:8080/

# %% task="20.4"
lab.check.task("20.4")

# %% task="20.5"

# %% task="20.5" tags=["solution"] magic_args="--no-raise-error" language="bash"
# mkdir -p /run/web/vault
# echo vault >/run/web/vault/index.html
# ip netns exec vault python3 -m http.server 80 --directory /run/web/vault >/dev/null 2>&1 &
# nft add table ip keep
# nft add chain ip keep through "{ type filter hook forward priority filter; }"
# nft add rule ip keep through iifname wan ip daddr 172.16.0.3 drop
# nft add rule ip keep through oifname wan ip saddr 172.16.0.3 drop
# ip netns exec shop curl -s --retry 9 --retry-connrefused http://172.16.0.3/

# %% task="20.5"
lab.check.task("20.5")

# %% [markdown] lang="en" varies="on"
# ## 4. Look back
#
# Once all five are fulfilled, ask yourself:
#
# - **Who signs?** A packet from `shop` to the visitor leaves with 203.0.113.1 as its source; a packet from the visitor to port 8080 arrives in `shop` with the visitor's own address. Why the difference? (Watch with `tcpdump` in both namespaces.)
# - **What did NAT protect?** Take your rules for requirement 5 away, keep everything else, and let the snoop ping 172.16.0.3. Masquerading changed an address; it blocked nothing.
# - **What would an engine do differently?** Very little: `docker network create --internal` is your requirement 5, and `-p 8080:80` your requirement 4.
#
# The next cell ends the containers with all that runs in them, and takes the networks away. Files stay behind under `/run` until the notebook's kernel stops.

# %% [markdown] lang="zh" varies="on"
# ## 4. 回头看
#
# 五条都满足之后，问问自己：
#
# - **源地址是谁的？** 从 `shop` 发往访客的包，出去时源地址是 203.0.113.1；访客发往 8080 端口的包，到 `shop` 时源地址却是访客自己的。为什么不一样？（在两个命名空间里各用 `tcpdump` 看一看。）
# - **NAT 保护了什么？** 把为第 5 条写的规则去掉，其余不动，让窥探者 ping 172.16.0.3 试试。masquerade 只改了地址，什么也没拦。
# - **容器引擎会怎么做？** 差不多：`docker network create --internal` 就是第 5 条，`-p 8080:80` 就是第 4 条。
#
# 下一个单元格结束两个容器和里面的一切，并拆掉网络。`/run` 下面的文件会留到笔记本的内核停止为止。

# %%
lab.empty()
lab.check.empty()

# %% [markdown] lang="en"
# ## What you can now do
#
# Ticked by the checks that passed:

# %% [markdown] lang="zh"
# ## 现在你会做什么
#
# 打勾的，是检查已经证明的：

# %%
lab.learned(20)

# %% [markdown] lang="en"
# Next: nothing; this was the last page. How far you are: [the start page](00_start.ipynb). If a requirement stayed open, come back: `lab.catch_up("20.2")` begins this page anew.

# %% [markdown] lang="zh"
# 下一课：没有了，这是最后一页。学到了哪里，看[课程首页](00_start.ipynb)。要是有哪一条还没满足，随时可以回来：`lab.catch_up("20.2")` 会让这一页重新开始。
