# %% [markdown] lang="en"
# # Two Nginx on port 80
#
# Two programs want the same port on the same machine. Why can they not both have it, how do two namespaces settle it, and what do the two still share?
#
# **Time:** about 40 minutes.
#
# **You need:** [One wire, two worlds](01_one_wire.ipynb), which explains *veth*, *address* and *route*. Nothing that you built there is needed. The namespace in which this notebook runs is **the host**. If anything gets tangled, *Kernel → Restart* empties the machine.

# %% [markdown] lang="zh"
# # 两个 Nginx，同一个 80 端口
#
# 两个程序要用同一台机器的同一个端口。为什么只有一个能用？用两个命名空间怎样解决？它们又还有什么是共用的？
#
# **用时：** 约 40 分钟。
#
# **准备：** 先学完[《一根线，两个世界》](01_one_wire.ipynb)，**veth**、**地址**、**路由**这些词在那里解释过；那一课里搭的东西，这里用不到。笔记本所在的命名空间，称为**主机**。要是哪里弄乱了，**内核 → 重启内核**，机器就清空了。

# %%
import nslabkit as lab

# %% [markdown] lang="en"
# First, what do you remember?

# %% [markdown] lang="zh"
# 先回想一下：

# %%
lab.recall(5)

# %% [markdown] lang="en"
# Lost, or late? `lab.catch_up("5.2")` in a new cell empties the machine and builds what step 5.2 starts from; `lab.catch_up()` lists the steps.

# %% [markdown] lang="zh"
# 跟丢了，或者来晚了？新建一个单元格运行 `lab.catch_up("5.2")`，机器会被清空，再搭好第 5.2 步开始时该有的东西；`lab.catch_up()` 列出全部步骤。

# %% [markdown] lang="en"
# ## 1. A web server
#
# An IP address names an interface. A **port** names a program behind it: mail is on port 25, web pages are on port 80. A server **listens** on its port.
#
# Make two pages, and a configuration file for Nginx, a web server that many sites use. It says who the server is (`root`, of this machine only), where the logs go, on which port to listen, and which folder holds the pages (`.`: the folder that is named when Nginx is started).

# %% [markdown] lang="zh"
# ## 1. 一个 Web 服务器
#
# IP 地址指的是接口，**端口**指的是接口后面的程序：邮件用 25，网页用 80。服务器在自己的端口上等待连接，叫作**监听**。
#
# 先写两个页面，再给 Nginx 写一份配置文件。Nginx 是许多网站都在用的 Web 服务器。配置里写明服务器以谁的身份运行（`root`，只是这台机器里的）、日志放在哪里、监听哪个端口、页面在哪个目录（`.` 就是启动时指定的那个目录）。

# %% build="on"
# !mkdir -p /run/web/one /run/web/two
# !echo "<b>one</b>" >/run/web/one/index.html
# !echo "<b>two</b>" >/run/web/two/index.html

# %% build="on"
# %%writefile /run/web/nginx.conf
user root;
error_log error.log;
events {}
http {
  access_log access.log;
  server { listen 0.0.0.0:80; root .; }
}

# %% [markdown] lang="en"
# Not every machine has Nginx, and this lesson does not need it: Python comes with a small web server. This script starts it, and shows its last words if it could not start:

# %% [markdown] lang="zh"
# 不是每台机器都装了 Nginx，这一课也不是非它不可：Python 自带一个小 Web 服务器。下面的脚本启动它；要是没启动成，就显示它的最后一句话：

# %% build="on"
# %%writefile /run/web/python-server
cd /run/web/$name
setsid python3 -m http.server 80 --bind 0.0.0.0 >access.log 2>&1 &
echo $! >$pid
until ss -Hltnp | grep -q pid=$!, || ! kill -0 $! 2>/dev/null; do sleep 0.1; done
kill -0 $! 2>/dev/null || tail -n 1 access.log

# %% [markdown] lang="en"
# The next cell puts together the command that starts a server here, for a folder `{0}` and a **pid file** `{1}`, in which the server notes its process number. If it begins with `env`, there is no Nginx here: wherever the text says Nginx, think of Python's server.

# %% [markdown] lang="zh"
# 下一格拼出在这台机器上启动服务器的命令：`{0}` 是目录，`{1}` 是 **pid 文件**，服务器把自己的进程号记在里面。如果命令以 `env` 开头，就是没有 Nginx：后面文中说 Nginx 的地方，当作 Python 的服务器来读就行。

# %% build="on"
import shutil
serve = "nginx -p /run/web/{0} -c /run/web/nginx.conf -g 'pid {1};'"
if not shutil.which("nginx"):
    serve = "env name={0} pid={1} sh /run/web/python-server"
one = serve.format("one", "/run/web/one/pid")
two = serve.format("two", "/run/web/two/pid")
one

# %% [markdown] lang="en"
# Start the first one, on the host. `0.0.0.0` means: at all addresses of this namespace. `ss -ltnp` lists who is listening, and `curl` fetches a page, as a browser does (`-i` shows what comes before it, too).

# %% [markdown] lang="zh"
# 在主机上启动第一个。`0.0.0.0` 的意思是：这个命名空间的所有地址。`ss -ltnp` 列出谁在监听；`curl` 像浏览器那样取一个页面（加上 `-i`，页面前面的内容也显示出来）。

# %% build="on"
# !{one}

# %%
# !ss -ltnp sport = :80
# !curl -si --noproxy "*" http://127.0.0.1/

# %% [markdown] lang="en"
# First the server's answer in lines meant for programs: `200 OK`, and after `Server:` its name. Then, after an empty line, the page. (Nginx shows up twice in the output of `ss`: a master process, and a worker process that does the answering. `--noproxy "*"` asks the server itself, whatever proxy this machine may use.)

# %% [markdown] lang="zh"
# 先是服务器写给程序看的几行：`200 OK`，`Server:` 后面是它的名字；空一行之后，才是页面。（Nginx 在 `ss` 的列表里出现两次：一个主进程，一个负责应答的工作进程。`--noproxy "*"` 表示不管这台机器用了什么代理，都直接去问服务器。）

# %%
lab.predict("second-on-80")

# %% [markdown] lang="en"
# Nginx does not give up at once, so this takes three seconds.

# %% [markdown] lang="zh"
# Nginx 不会马上放弃，所以要等大约三秒。

# %% build="on"
refused = !{two} 2>&1
print(refused.n)

# %%
lab.compare("second-on-80")

# %% [markdown] lang="en"
# `Address already in use`: within one namespace, the kernel gives an address and port to one server, unless both ask to share it (with the option `SO_REUSEPORT`). In the [five layers](01_one_wire.ipynb) this is the first: the program cannot even start to listen.
#
# *Address*, it says, not *port*. So one way out needs no namespace at all: two addresses. The loopback interface has not just `127.0.0.1` but every address that begins with `127.`. Python's server takes an address on its command line:

# %% [markdown] lang="zh"
# `Address already in use`，地址已被占用：在一个命名空间里，同一个地址加端口，内核只给一个服务器，除非两个都申请共用（选项叫 `SO_REUSEPORT`）。在[五层](01_one_wire.ipynb)里，这是第一层：程序连监听都没能开始。
#
# 注意，报错说的是**地址**，不是**端口**。所以有一条出路根本用不着命名空间：用两个地址。回环接口不只有 `127.0.0.1`，凡是以 `127.` 开头的都是它的。Python 的服务器可以在命令行上指定地址：

# %% build="on"
# !kill $(cat /run/web/one/pid)
lab.wait_for("ss -Hltn sport = :80", gone=True)

# %% language="bash"
# python3 -m http.server 80 --bind 127.0.0.1 --directory /run/web/one >/dev/null 2>&1 &
# echo $! >/run/web/one/pid
# python3 -m http.server 80 --bind 127.0.0.2 --directory /run/web/two >/dev/null 2>&1 &
# echo $! >/run/web/two/pid

# %%
# !curl -s --noproxy "*" --retry 9 --retry-connrefused http://127.0.0.1/ http://127.0.0.2/
# !ss -ltn sport = :80

# %% [markdown] lang="en"
# Two servers on port 80, one namespace. But each must be told its address, and a program that insists on `0.0.0.0:80` cannot be told. Stop both.

# %% [markdown] lang="zh"
# 一个命名空间，两个服务器都在 80 端口。可是每个服务器都得专门指定地址，而认准了 `0.0.0.0:80` 的程序是没法指定的。把两个都停掉。

# %%
# !kill $(cat /run/web/one/pid) $(cat /run/web/two/pid)
lab.wait_for("ss -Hltn sport = :80", gone=True)

# %% [markdown] lang="en"
# ## 2. Two namespaces
#
# Each server gets a namespace, and each namespace a wire to the host, with a subnet of its own: `172.16.1.0/24` and `172.16.2.0/24`. Inside, the end is called `eth0` both times; that is no conflict either.

# %% [markdown] lang="zh"
# ## 2. 两个命名空间
#
# 一个服务器一个命名空间，每个命名空间拉一根线到主机，各用一个网段：`172.16.1.0/24` 和 `172.16.2.0/24`。命名空间里的那端都叫 `eth0`，这也不冲突。

# %% build="on"
# %%bash
for n in 1 2; do
  ip netns add netns$n
  ip link add wire$n type veth peer name eth0 netns netns$n
  ip addr add 172.16.$n.254/24 dev wire$n
  ip link set wire$n up
  ip -n netns$n addr add 172.16.$n.1/24 dev eth0
  ip -n netns$n link set eth0 up
done

# %%
lab.picture()

# %% [markdown] lang="en"
# Now the same two commands again, one in each namespace:

# %% [markdown] lang="zh"
# 现在还是那两条命令，一个命名空间里运行一条：

# %% build="on"
# !ip netns exec netns1 {one}
# !ip netns exec netns2 {two}

# %% [markdown] lang="en"
# No error. Both listen at `0.0.0.0:80`.

# %% [markdown] lang="zh"
# 没有报错。两个都在监听 `0.0.0.0:80`。

# %%
lab.predict("which address finds it")

# %%
# !curl -sS --noproxy "*" http://127.0.0.1/

# %%
lab.compare("which address finds it")

# %% [markdown] lang="en"
# `Failed to connect`: the host itself refused, since nobody listens there. Here are all three lists, and then each server by its own address:

# %% [markdown] lang="zh"
# `Failed to connect`：主机自己拒绝了，因为那里没有程序在监听。三份列表都看一看，再用各自的地址去访问两个服务器：

# %%
# !ip netns exec netns1 ss -ltnp sport = :80
# !ip netns exec netns2 ss -ltnp sport = :80
# !ss -ltnp sport = :80

# %%
# first = !curl -s --noproxy "*" http://172.16.1.1/
# second = !curl -s --noproxy "*" http://172.16.2.1/
first, second

# %% [markdown] lang="en"
# The chapter says: “Two Nginx, both on port 80, run on one host.” True? The check gets what the refused server said and both pages, and looks at the servers itself.

# %% [markdown] lang="zh"
# 原文说：“一台主机上运行两个 Nginx，都用 80 端口。”是这样吗？把先前被拒绝的服务器说的话和两个页面交给检查，服务器则由它自己去看。

# %% claim="C11"
answers = {"netns1": first, "netns2": second}
lab.claims.C11.check(refused=refused, pages=answers)

# %% [markdown] lang="en"
# One machine, one kernel, two servers, one port number. Each namespace has its own list of ports in use. A packet finds the right server by the address: the route to it leads to one wire or the other.

# %% [markdown] lang="zh"
# 一台机器，一个内核，两个服务器，同一个端口号。哪些端口已被占用，每个命名空间各有一份记录。包凭地址找到该找的服务器：去那个地址的路由，走的是其中一根线。

# %% [markdown] lang="en"
# ## 3. What they still share
#
# You have seen that each server was given a pid file of its own.

# %% [markdown] lang="zh"
# ## 3. 它们还有什么是共用的
#
# 你看到了，每个服务器都有自己的 pid 文件。

# %%
lab.predict("one-pid-file")

# %% build="on"
# !kill $(cat /run/web/one/pid) $(cat /run/web/two/pid)
lab.wait_for("ip netns exec netns1 ss -Hltn", ":80", gone=True)
lab.wait_for("ip netns exec netns2 ss -Hltn", ":80", gone=True)

# %% build="on"
same = serve.format("one", "/run/web/pid"), serve.format("two", "/run/web/pid")
# !ip netns exec netns1 {same[0]}
# !ip netns exec netns1 cat /run/web/pid
# !ip netns exec netns2 {same[1]}
# !ip netns exec netns1 cat /run/web/pid

# %%
lab.compare("one-pid-file")

# %% [markdown] lang="en"
# The second server overwrote what the first had noted; both times the file was read in `netns1`. Anyone who now tries to stop the first server by its pid file stops the second:

# %% [markdown] lang="zh"
# 两次都是在 `netns1` 里读的，第一个记下的进程号被第二个盖掉了。这时要是有人照着 pid 文件去停第一个服务器，停掉的却是第二个：

# %% build="on"
# !kill $(cat /run/web/pid)
lab.wait_for("ip netns exec netns2 ss -Hltn", ":80", gone=True)
# !ip netns exec netns1 ss -ltn sport = :80
# !ip netns exec netns2 ss -ltn sport = :80

# %% [markdown] lang="en"
# The first one is still running, and nobody has its number any more. Logs, temporary files and the folder with the pages are shared in the same way. A container therefore adds a *mount* namespace, and with it files of its own: lessons 6 and 7.
#
# ## 4. Your turn
#
# Any way is right that gets there. `lab.hint("5.1")` in a new cell opens the first of three hints.

# %% [markdown] lang="zh"
# 第一个还在运行，可谁也不知道它的进程号了。日志、临时文件、放页面的目录，也都这样共用。所以容器还要加上一个**挂载**命名空间，这才有自己的文件：见第 6、7 课。
#
# ## 4. 轮到你了
#
# 只要达到目标，什么做法都行。新建一个单元格运行 `lab.hint("5.1")`，会看到第一条提示，一共三条。

# %% task="5.1"

# %% task="5.1" tags=["solution"]
# !kill $(ip netns pids netns1)
lab.wait_for("ip netns exec netns1 ss -Hltn", ":80", gone=True)

# %% task="5.1"
lab.check.task("5.1")

# %% [markdown] lang="en"
# For the next task both servers run again. (If `netns1` or `netns2` is gone, run `lab.catch_up("5.3")`.)

# %% [markdown] lang="zh"
# 下一个任务开始前，先让两个服务器重新运行。（如果 `netns1` 或 `netns2` 没有了，运行 `lab.catch_up("5.3")`。）

# %%
# !ip netns pids netns1 | xargs -r kill
# !ip netns pids netns2 | xargs -r kill
lab.wait_for("ip netns exec netns1 ss -Hltn", ":80", gone=True)
lab.wait_for("ip netns exec netns2 ss -Hltn", ":80", gone=True)
# !ip netns exec netns1 {one}
# !ip netns exec netns2 {two}

# %% task="5.2"

# %% task="5.2" tags=["solution"]
# !mkdir -p /run/web/three
# !echo "<b>three</b>" >/run/web/three/index.html
three = serve.format("three", "/run/web/three/pid")
# !{three}

# %% task="5.2"
lab.check.task("5.2")

# %% [markdown] lang="en"
# The last one is about the exception: two servers that ask to share.

# %% [markdown] lang="zh"
# 最后一个说的是那个例外：两个服务器都申请共用。

# %% task="5.3"

# %% task="5.3" tags=["solution"]
import socket
place = ("127.0.0.1", 8081)
sharers = [socket.create_server(place, reuse_port=True) for number in range(2)]
# !ss -ltn sport = :8081

# %% task="5.3"
lab.check.task("5.3")

# %% [markdown] lang="en"
# And the other way out, two addresses, inside one namespace: one server for everybody, one for its own programs.

# %% [markdown] lang="zh"
# 再来看另一条出路，在同一个命名空间里用两个地址：一个服务器给大家用，一个只给自己的程序用。

# %% task="5.4"

# %% task="5.4" tags=["solution"] magic_args="--no-raise-error" language="bash"
# kill $(ip netns pids netns2)
# ip -n netns2 link set lo up
# mkdir -p /run/web/secret
# echo secret >/run/web/secret/index.html
# inside="ip netns exec netns2 setsid python3 -m http.server 80"
# $inside --bind 172.16.2.1 --directory /run/web/two >/dev/null 2>&1 &
# $inside --bind 127.0.0.1 --directory /run/web/secret >/dev/null 2>&1 &
# curl -s --retry 9 --retry-connrefused http://172.16.2.1/
# ip netns exec netns2 curl -s --retry 9 --retry-connrefused http://127.0.0.1/

# %% task="5.4"
lab.check.task("5.4")

# %% [markdown] lang="en"
# ## What you have seen
#
# - Within one namespace, an address and port belong to one server. The second gets `Address already in use`, unless both ask to share.
# - Two addresses are one way out. Two namespaces are the other: each has all 65,535 ports to itself, and no server needs any special set-up.
# - From the host, both are reached by their addresses, as if they were two machines.
# - Files are still shared: pid files, logs, pages.

# %% [markdown] lang="zh"
# ## 你看到了什么
#
# - 在一个命名空间里，同一个地址加端口只归一个服务器。第二个会碰到 `Address already in use`，除非两个都申请共用。
# - 用两个地址是一条出路；用两个命名空间是另一条：每个命名空间都独享全部 65535 个端口，服务器什么都不用改。
# - 从主机看，凭地址就能访问到它们，就像两台机器。
# - 文件却仍是共用的：pid 文件、日志、页面。

# %% [markdown] lang="en"
# ## What you can now do
#
# Ticked where a check has shown it. What is not ticked is waiting for you: its task is above.

# %% [markdown] lang="zh"
# ## 现在你会做什么
#
# 打勾的，是检查已经证明的。没打勾的还等着你：任务在上面。

# %%
lab.learned(5)

# %% [markdown] lang="en"
# The last cell leaves the machine as you found it.

# %% [markdown] lang="zh"
# 最后一个单元格让机器恢复原样。

# %%
lab.empty()
# !rm -rf /run/web
lab.check.empty()

# %% [markdown] lang="en"
# Next: [Eight kinds of namespace](06_eight_kinds.ipynb). How far you are: [the start page](00_start.ipynb).

# %% [markdown] lang="zh"
# 下一课：[《八种命名空间》](06_eight_kinds.ipynb)。学到了哪里，看[课程首页](00_start.ipynb)。
