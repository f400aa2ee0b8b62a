# %% [markdown] lang="en"
# # Two Nginx on port 80
#
# **What you find out:** why two web servers on one machine cannot have the same port, how two namespaces make it possible, as the chapter says, and what they still share.
#
# **Time:** about 20 minutes.
#
# **You need:** nothing from other lessons; this one builds what it needs. Words such as *veth*, *address* and *route* are explained in [One wire, two worlds](01_one_wire.ipynb).
#
# This notebook is a machine of its own, and nothing in it can be reached from outside. We call the namespace that it runs in **the host**. If anything gets tangled, *Kernel → Restart* empties the machine; `nslabkit enter` in a terminal opens a shell inside it.

# %% [markdown] lang="zh"
# # 两个 Nginx，同一个 80 端口
#
# **这一课要弄清楚：** 为什么一台机器上的两个网页服务器不能用同一个端口；原文说的两个命名空间怎样让它成为可能；它们又还有什么是共用的。
#
# **用时：** 约 20 分钟。
#
# **准备：** 不依赖其他课留下的任何东西，需要什么，这里现建。**veth**、**地址**、**路由**这些词在[《一根线，两个世界》](01_one_wire.ipynb)里解释过。
#
# 这个笔记本自成一台机器，里面的东西从外面都访问不到。它所在的命名空间，我们称为**主机**。要是哪里弄乱了，**内核 → 重启内核**，机器就清空了；在终端里输入 `nslabkit enter`，可以在里面开一个 shell。

# %%
import nslabkit as lab

# %% [markdown] lang="en"
# Lost, or late? `lab.catch_up("5.2")` in a new cell empties the machine and builds what step 5.2 starts from; `lab.catch_up()` lists the steps.

# %% [markdown] lang="zh"
# 跟丢了，或者来晚了？新建一个单元格运行 `lab.catch_up("5.2")`，机器会被清空，再搭好第 5.2 步开始时该有的东西；`lab.catch_up()` 列出全部步骤。

# %% [markdown] lang="en"
# ## 1. A web server
#
# A **port** is a number by which a machine with one address tells its servers apart: mail on 25, web pages on 80. A server **listens** on its port.
#
# Nginx is a web server that many sites use. It takes its orders from a configuration file: here its process number goes to a *pid file*, its log to a file of its own, and it listens on an address and port and serves the pages in a folder. The next cell does not start anything; it writes a short script that will: `$1` is a name, `$2` an address, `$3` the place for the pid file. The last line waits until the server is listening; lines with `timeout` only wait, for at most five seconds.

# %% [markdown] lang="zh"
# ## 1. 一个网页服务器
#
# 一台机器只有一个地址，服务器却不止一个，靠什么区分？靠**端口**，它是一个编号：邮件用 25，网页用 80。服务器守在自己的端口上，叫作**监听**。
#
# Nginx 是许多网站都在用的网页服务器，一切听从配置文件：这里写明进程号记在哪个 **pid 文件**里，日志写进自己的哪个文件，监听哪个地址和端口，展示哪个文件夹里的页面。下一格还不启动什么，只是写一个负责启动的小脚本：`$1` 是名字，`$2` 是地址，`$3` 是 pid 文件的位置。最后一行等的是服务器开始监听；凡是带 `timeout` 的行，都只是在等待，最多等五秒。

# %% build="on"
!mkdir -p /run/web/one /run/web/two
!echo "<b>one</b>" >/run/web/one/index.html
!echo "<b>two</b>" >/run/web/two/index.html

# %% build="on"
# %%writefile /run/web/start-nginx
cat >/run/web/$1/conf <<END
pid $3; error_log /run/web/$1/error.log;
events {}
http {
  access_log /run/web/$1/access.log;
  server { listen $2:80; root /run/web/$1; }
}
END
nginx -c /run/web/$1/conf || exit
timeout 5 sh -c "until ss -Hltnp | grep -q pid=\$(cat $3),; do sleep 0.05; done" 2>/dev/null

# %% [markdown] lang="en"
# Not every machine has Nginx, and this lesson does not need it: Python comes with a small web server. This second script starts it in the same way (`setsid` keeps it alive after the cell has ended), waits until it is listening, and shows its last words if it could not start:

# %% [markdown] lang="zh"
# 不是每台机器都装了 Nginx，这一课也不是非它不可：Python 自带一个小网页服务器。下面这第二个脚本用同样的方式启动它（有了 `setsid`，单元格结束后它还能继续运行），等到它开始监听；要是没启动成，就把它的最后一句话显示出来：

# %% build="on"
# %%writefile /run/web/start-python
cd /run/web/$1
setsid python3 -m http.server 80 --bind $2 >access.log 2>&1 &
echo $! >$3
timeout 5 sh -c "until ss -Hltnp | grep -q pid=$!, || ! kill -0 $!; do sleep 0.05; done" 2>/dev/null
kill -0 $! 2>/dev/null || tail -n 1 access.log

# %% [markdown] lang="en"
# Which of the two does this machine have? The printed line tells you. From here on, `/run/web/start` is that script. With `start-python`, everything works the same way; wherever the text says Nginx, think of Python's server.

# %% [markdown] lang="zh"
# 这台机器用哪一个？打印出来的那一行会告诉你。从现在起，`/run/web/start` 就是那个脚本。如果是 `start-python`，后面一切照旧，文中说 Nginx 的地方，当作 Python 的服务器来读就行。

# %% build="on"
# %%bash
choice=start-python
if command -v nginx >/dev/null; then choice=start-nginx; fi
cp /run/web/$choice /run/web/start
echo $choice

# %% [markdown] lang="en"
# Start the first one, on the host. `0.0.0.0` means: on all addresses of this namespace. `ss -ltnp` lists who is listening; a page is requested with two words, `GET /`, which bash can send by itself: `exec 9<>…` opens a connection and calls it 9, and the next two lines write to it and read from it.

# %% [markdown] lang="zh"
# 在主机上启动第一个。`0.0.0.0` 的意思是：这个命名空间的所有地址。`ss -ltnp` 列出谁在监听；要一个页面，只需发一句 `GET /`，bash 自己就能发：`exec 9<>…` 打开一个连接，编号为 9，后面两行向它写入、从它读出。

# %% build="on"
# %%bash
sh /run/web/start one 0.0.0.0 /run/web/one/pid
ss -ltnp sport = :80
exec 9<>/dev/tcp/127.0.0.1/80
printf 'GET / HTTP/1.0\r\n\r\n' >&9
cat <&9

# %% [markdown] lang="en"
# First the server's answer in lines meant for programs: `200 OK`, and after `Server:` its name. Then, after an empty line, the page. (Nginx shows up twice in the output of `ss`: a master process, and a worker process that does the answering.)

# %% [markdown] lang="zh"
# 先是服务器写给程序看的几行：`200 OK`，`Server:` 后面是它的名字；空一行之后，才是页面。（Nginx 在 `ss` 的列表里出现两次：一个主进程，一个负责回答的工作进程。）

# %%
lab.predict("second-on-80")

# %% [markdown] lang="en"
# Nginx does not give up at once, so this takes three seconds.

# %% [markdown] lang="zh"
# Nginx 不会马上放弃，所以要等大约三秒。

# %% build="on"
refused = !sh /run/web/start two 0.0.0.0 /run/web/two/pid 2>&1
print(refused.n)

# %%
lab.compare("second-on-80")

# %% [markdown] lang="en"
# `Address already in use`: within one namespace the kernel gives an address and port to only one server (unless both explicitly ask to share). That is the conflict the chapter speaks of.
#
# *Address*, it says, not *port*. So one way out needs no namespace at all: two addresses. The loopback interface has not just `127.0.0.1` but every address that begins with `127.`:

# %% [markdown] lang="zh"
# `Address already in use`，地址已被占用：在一个命名空间里，同一个地址加端口，内核只给一个服务器（除非两个都特意申请共用）。原文说的难处就在这里。
#
# 注意，报错说的是**地址**，不是**端口**。所以有一条出路根本用不着命名空间：用两个地址。回环接口不只有 `127.0.0.1`，凡是以 `127.` 开头的都是它的：

# %% build="on"
# %%bash
kill $(cat /run/web/one/pid)
timeout 5 sh -c "while ss -Hltn sport = :80 | grep -q .; do sleep 0.05; done"
sh /run/web/start one 127.0.0.1 /run/web/one/pid
sh /run/web/start two 127.0.0.2 /run/web/two/pid
ss -ltnp sport = :80

# %% [markdown] lang="en"
# Two servers on port 80, one namespace. Good to know; but each must be told its address, and somebody else's image that insists on `0.0.0.0:80` cannot be told. We stop both.

# %% [markdown] lang="zh"
# 一个命名空间，两个服务器都在 80 端口。知道有这个办法很好；可是每个服务器都得专门配上地址，而别人做好的、认准了 `0.0.0.0:80` 的镜像，可不理会你的安排。先把两个都停掉。

# %% build="on"
# %%bash
kill $(cat /run/web/one/pid) $(cat /run/web/two/pid)
timeout 5 sh -c "while ss -Hltn sport = :80 | grep -q .; do sleep 0.05; done"

# %% [markdown] lang="en"
# ## 2. Two namespaces
#
# Each server gets a namespace, and each namespace a wire to the host, with a network of its own: `172.16.1.0/24` and `172.16.2.0/24`. Inside, the end is called `eth0` both times; that is no conflict either.

# %% [markdown] lang="zh"
# ## 2. 两个命名空间
#
# 一个服务器一个命名空间，每个命名空间拉一根线到主机，各用一个网络：`172.16.1.0/24` 和 `172.16.2.0/24`。里面那一头都叫 `eth0`，这也不冲突。

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
# Now the same script twice, both times with `0.0.0.0`, port 80:

# %% [markdown] lang="zh"
# 现在把同一个脚本运行两次，两次都是 `0.0.0.0`，都是 80 端口：

# %% build="on"
!ip netns exec netns1 sh /run/web/start one 0.0.0.0 /run/web/one/pid
!ip netns exec netns2 sh /run/web/start two 0.0.0.0 /run/web/two/pid

# %% [markdown] lang="en"
# No complaint. Who listens in each of the three namespaces?

# %% [markdown] lang="zh"
# 没有抱怨。三个命名空间里，各是谁在监听？

# %%
!ip netns exec netns1 ss -ltnp sport = :80
!ip netns exec netns2 ss -ltnp sport = :80
!ss -ltnp sport = :80

# %% [markdown] lang="en"
# Two lists with one server each, both at `0.0.0.0:80`, and an empty one: on the host the port is still free. Let us fetch the two pages, from the host:

# %% [markdown] lang="zh"
# 两份列表各有一个服务器，都在 `0.0.0.0:80`；主机的那份是空的，端口还闲着。从主机把两个页面取来：

# %% build="on"
# %%writefile /run/web/get
exec 9<>/dev/tcp/$1/80
printf 'GET / HTTP/1.0\r\n\r\n' >&9
cat <&9

# %%
!bash /run/web/get 172.16.1.1
!bash /run/web/get 172.16.2.1

# %% [markdown] lang="en"
# Does the chapter's claim hold? It is number 11 of 32; we give the check what the refused server said and both answers, and it looks at the servers itself.

# %% [markdown] lang="zh"
# 原文的论断站得住吗？它是全部 32 条里的第 11 条。把先前被拒绝的服务器说的话和两个回答都交给检查，服务器则由它自己去看。

# %% claim="C11"
first = !bash /run/web/get 172.16.1.1
second = !bash /run/web/get 172.16.2.1
answers = {"netns1": first, "netns2": second}
lab.claims.C11.check(refused=refused, pages=answers)

# %% [markdown] lang="en"
# And the last line of each answer, the page, as a browser would show it:

# %% [markdown] lang="zh"
# 每个回答的最后一行就是页面，像浏览器那样显示出来：

# %%
from IPython.display import HTML
HTML("".join(f"<p>{name}: {lines[-1]}</p>" for name, lines in answers.items()))

# %% [markdown] lang="en"
# So the chapter is right: one machine, one kernel, two servers, one port number. Each namespace has its own list of ports in use. A packet finds the right server by the address, that is, by the wire.

# %% [markdown] lang="zh"
# 可见原文说得没错：一台机器，一个内核，两个服务器，同一个端口号。哪些端口被占了，每个命名空间各有一份账。包靠地址，也就是靠走哪根线，找到该找的服务器。

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
# %%bash
kill $(cat /run/web/one/pid) $(cat /run/web/two/pid)
for name in netns1 netns2; do
  timeout 5 sh -c "while ip netns exec $name ss -Hltn | grep -q :80; do sleep 0.05; done"
done
ip netns exec netns1 sh /run/web/start one 0.0.0.0 /run/web/pid
ip netns exec netns1 cat /run/web/pid
ip netns exec netns2 sh /run/web/start two 0.0.0.0 /run/web/pid
ip netns exec netns1 cat /run/web/pid

# %%
lab.compare("one-pid-file")

# %% [markdown] lang="en"
# The second command overwrote what the first had noted; both times we looked from `netns1`. A *network* namespace isolates the network, not the files. Anyone who now tries to stop the first server by its pid file stops the second:

# %% [markdown] lang="zh"
# 两次都是从 `netns1` 里看的，第一个记下的号码被第二个盖掉了。**网络**命名空间隔离的是网络，不是文件。这时要是有人照着 pid 文件去停第一个服务器，停掉的却是第二个：

# %% build="on"
# %%bash
kill $(cat /run/web/pid)
timeout 5 sh -c "while ip netns exec netns2 ss -Hltn | grep -q :80; do sleep 0.05; done"
echo "netns1: $(ip netns exec netns1 ss -Hltn sport = :80)"
echo "netns2: $(ip netns exec netns2 ss -Hltn sport = :80)"

# %% [markdown] lang="en"
# The first one is still running, and nobody has its number any more; the next cell finds it with `ip netns pids`. Logs, temporary files and the folder with the pages are shared in the same way. A container therefore adds a *mount* namespace, and with it files of its own: lessons 6 and 7.
#
# ## 4. The same in Python, and tidy up
#
# The package asks who is in `netns1`, and stops them. Then the two namespaces go, and the files:

# %% [markdown] lang="zh"
# 第一个还在运行，可谁也不知道它的进程号了；下一格用 `ip netns pids` 把它找出来。日志、临时文件、放页面的文件夹，也都这样共用。所以容器还要加上一个**挂载**命名空间，这才有自己的文件：见第 6、7 课。
#
# ## 4. 用 Python 再来一遍，然后收拾
#
# 用软件包问问谁在 `netns1` 里，并停掉它。然后去掉两个命名空间，删掉文件：

# %%
!ip netns pids netns1
lab.namespaces.pids("netns1")

# %%
for pid in lab.namespaces.pids("netns1"):
    lab.HOST.run(f"kill {pid}", quiet=True)
for name in lab.namespaces.names():
    lab.namespaces.remove(name)
!rm -r /run/web
!timeout 5 sh -c "while ip -br link | grep -q wire; do sleep 0.05; done"

# %%
lab.check.empty()

# %% [markdown] lang="en"
# ## What you have seen
#
# - Within one namespace, an address and port belong to one server: the second gets `Address already in use`.
# - Two addresses are one way out. Two namespaces are the other: each has all 65,535 ports to itself, and no server needs any special set-up.
# - From the host, both are reached by their addresses, as if they were two machines.
# - Files are still shared: pid files, logs, pages.
#
# Next: [Eight kinds of namespace](06_eight_kinds.ipynb). How far you are: [the start page](00_start.ipynb).

# %% [markdown] lang="zh"
# ## 这一课你看到了
#
# - 在一个命名空间里，同一个地址加端口只归一个服务器，第二个会碰到 `Address already in use`。
# - 用两个地址是一条出路；用两个命名空间是另一条：每个命名空间都独享全部 65535 个端口，服务器什么都不用改。
# - 从主机看，凭地址就能访问到它们，就像两台机器。
# - 文件却仍是共用的：pid 文件、日志、页面。
#
# 下一课：[《八种命名空间》](06_eight_kinds.ipynb)。学到了哪里，看[课程首页](00_start.ipynb)。
