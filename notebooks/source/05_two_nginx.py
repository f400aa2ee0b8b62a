# %% [markdown] lang="en"
# # Two Nginx on port 80
#
# **What you find out:** why two web servers on one machine cannot have the same port, how two namespaces make it possible, as the chapter says, and what they still share.
#
# **Time:** about 20 minutes.
#
# **You need:** nothing from other lessons is running here, this one builds what it needs. Words such as *veth*, *address* and *route* are explained in [One wire, two worlds](01_one_wire.ipynb).
#
# This notebook is a machine of its own, and nothing in it can be reached from outside. The namespace that it runs in we call **the host**. If anything gets tangled, *Kernel → Restart* empties the machine; `nslabkit enter` in a terminal opens a shell inside it.

# %% [markdown] lang="zh"
# # 两个 Nginx，同一个 80 端口
#
# **这一课要弄清楚：**为什么一台机器上的两个网页服务器不能用同一个端口；原文说的两个命名空间怎样让它成为可能；它们又还有什么是共用的。
#
# **用时：**约 20 分钟。
#
# **准备：**不依赖其他课留下的任何东西，需要什么，这里现建。*veth*、*地址*、*路由*这些词在[《一根线，两个世界》](01_one_wire.ipynb)里解释过。
#
# 这个笔记本自成一台机器，里面的东西从外面都访问不到。它所在的命名空间，我们称为**主机**。要是哪里弄乱了，*内核 → 重启*，机器就清空了；在终端里输入 `nslabkit enter`，可以在里面开一个 shell。

# %%
import nslabkit as lab

# %% [markdown] lang="en"
# ## 1. A web server
#
# A **port** is a number by which a machine with one address tells its servers apart: mail at 25, web pages at 80. A server **listens** on its port.
#
# Nginx is a web server that many sites use. It reads its orders from a configuration file: here the number of its process goes to a *pid file*, its log to a file of its own, and it listens on an address and port and shows the pages in a folder. The next cell does not start anything, it writes a short script that will: `$1` is a name, `$2` an address, `$3` where the pid file goes.

# %% [markdown] lang="zh"
# ## 1. 一个网页服务器
#
# 一台机器只有一个地址，服务器却不止一个，靠什么区分？靠**端口**，它是一个编号：邮件用 25，网页用 80。服务器守在自己的端口上，叫作**监听**。
#
# Nginx 是许多网站都在用的网页服务器，一切听从配置文件：这里写明进程号记在哪个 *pid 文件*里，日志写进自己的哪个文件，监听哪个地址和端口，展示哪个文件夹里的页面。下一格还不启动什么，只是写一个负责启动的小脚本：`$1` 是名字，`$2` 是地址，`$3` 是 pid 文件的位置。

# %%
!mkdir -p /run/web/one /run/web/two
!echo "<b>one</b>" >/run/web/one/index.html
!echo "<b>two</b>" >/run/web/two/index.html

# %%
# %%writefile /run/web/start-nginx
cat >/run/web/$1/conf <<END
pid $3; error_log /run/web/$1/error.log;
events {}
http {
  access_log /run/web/$1/access.log;
  server { listen $2:80; root /run/web/$1; }
}
END
nginx -c /run/web/$1/conf

# %% [markdown] lang="en"
# Not every machine has Nginx, and this lesson does not need it: Python brings a small web server. This second script starts that one in the same manner, waits until it listens, and shows its last words if it could not:

# %% [markdown] lang="zh"
# 不是每台机器都装了 Nginx，这一课也不是非它不可：Python 自带一个小网页服务器。下面这第二个脚本用同样的方式启动它，等到它开始监听；要是没启动成，就把它的最后一句话显示出来：

# %%
# %%writefile /run/web/start-python
cd /run/web/$1
python3 -m http.server 80 --bind $2 >access.log 2>&1 &
echo $! >$3
timeout 5 sh -c "until ss -Hltnp | grep -q pid=$!, || ! kill -0 $!; do sleep 0.05; done" 2>&1
kill -0 $! 2>/dev/null || tail -n 1 access.log

# %% [markdown] lang="en"
# Which of the two does this machine have? The line that is printed says it. From here on `/run/web/start` is that script. With `start-python` everything goes the same way; wherever the text says Nginx, think of Python's server.

# %% [markdown] lang="zh"
# 这台机器用哪一个？打印出来的那一行会告诉你。从现在起，`/run/web/start` 就是那个脚本。如果是 `start-python`，后面一切照旧，文中说 Nginx 的地方，当作 Python 的服务器来读就行。

# %%
# %%bash
choice=start-python
if command -v nginx >/dev/null; then choice=start-nginx; fi
cp /run/web/$choice /run/web/start
echo $choice

