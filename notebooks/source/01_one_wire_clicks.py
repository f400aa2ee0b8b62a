# %% [markdown] lang="en"
# # One wire, by clicks
#
# The gentle way in: the network of lesson 1, built without typing a command. Two small networks on this computer, a wire between them, a ping across. Each form shows the command that your click stands for, in a shell and in Python. Read it before you press **Run**; before long you will know it by heart, and lesson 1 will be easy.
#
# **Time:** about 13 minutes. **You need:** nothing but this page. Run a cell with <kbd>Shift</kbd>+<kbd>Enter</kbd>; in a form, <kbd>Tab</kbd> moves from field to field and <kbd>Space</kbd> presses a button. Four words: a **network namespace** is a network of its own on this machine; an **interface** is where its packets leave and arrive; an **IP address** such as `172.16.0.1` belongs to an interface; and `/24` says that the first 24 of its 32 bits name the network.

# %% [markdown] lang="zh"
# # 一根线，点着做
#
# 这一课起点最低：搭的是第 1 课的网络，一条命令也不用敲。这台电脑上的两个小网络，中间一根线，ping 从一边走到另一边。每个表单都会显示你这一点相当于哪条命令，shell 的写法和 Python 的写法都有。按**执行**之前先读一遍，读几次就记住了，再学第 1 课就轻松了。
#
# **时间：** 约 13 分钟。**准备：** 打开这一页就够了。按 <kbd>Shift</kbd>+<kbd>Enter</kbd> 运行一个单元格；在表单里，<kbd>Tab</kbd> 跳到下一栏，<kbd>空格</kbd> 按下按钮。先认四个词：**网络命名空间**是这台机器里一套自成一体的网络；**接口**是包进出的地方；**IP 地址**（例如 `172.16.0.1`）配在接口上；`/24` 表示 32 位地址里的前 24 位代表网段。

# %%
import nslabkit as lab
lab.check.empty()

# %% [markdown] lang="en"
# Lost, or late? Add a cell with **+** in the toolbar and run `lab.catch_up("clicks.3")` in it: that empties the machine and builds what section 3 starts from. It also says which cells to run again so that their picture or form is on the page.

# %% [markdown] lang="zh"
# 跟丢了，或者来晚了？点工具栏上的 **+** 新建一个单元格，运行 `lab.catch_up("clicks.3")`：机器会被清空，再搭好第 3 节开始时该有的东西。哪些单元格要再运行一次，好让图和表单出现在页面上，它也会告诉你。

# %% [markdown] lang="en" step="clicks.1"
# ## 1. Two worlds
#
# Type `netns1` as the name and press **Run**. Then type `netns2` and press it again. What happens if you press it a third time, with the same name? The form tells you before you can: read the reason below the field.

# %% [markdown] lang="zh" step="clicks.1"
# ## 1. 两个世界
#
# 名称填 `netns1`，按**执行**；再填 `netns2`，再按一次。名字不改，第三次再按会怎样？不等你按，表单就先说了：原因写在那一栏下面。

# %%
lab.forms.namespace()

# %% tags=["solution"] build="on"
for name in "netns1", "netns2":
    lab.forms.namespace().fill(name=name).run()

# %% tags=["not-yet"]
lab.check.namespace_exists("netns1")

# %% tags=["not-yet"]
lab.check.namespace_exists("netns2")

# %% [markdown] lang="en"
# Now watch them. The picture follows the kernel, whoever changes something, so keep it in sight: right-click it and choose **Create New View for Cell Output** to put it beside the page.

# %% [markdown] lang="zh"
# 现在来看看它们。这张图一直跟着内核走，谁改的都算，最好让它一直看得见：在图上点右键，选**为单元格输出创建新视图**，就能把它放到旁边。

# %% build="yourself"
lab.topology()

# %% [markdown] lang="en" step="clicks.2"
# ## 2. The wire
#
# A wire has two ends, and each end is in one namespace. Put `veth1` into `netns1` and `veth1-peer` into `netns2`. The two ends are a **veth pair**. Leave the box for switching on empty.

# %% [markdown] lang="zh" step="clicks.2"
# ## 2. 线
#
# 一根线有两端，每端在一个命名空间里；这样的两端称为一个 **veth 对**。把 `veth1` 放进 `netns1`，`veth1-peer` 放进 `netns2`。“启用两端”那个方框先别勾。

# %%
lab.predict("a wire by clicks")

# %%
lab.forms.veth()

# %% tags=["solution"] build="on"
lab.forms.veth().fill(namespace="netns1", to="netns2").run()

# %% tags=["not-yet"]
lab.check.wire("veth1", "netns1", "veth1-peer", "netns2")

# %% [markdown] lang="en"
# The command is one line, `ip link add … type veth peer name …`, and it makes both ends at once. The picture says of both that they are down.

# %% [markdown] lang="zh"
# 命令只有一行，`ip link add … type veth peer name …`，两端一次建好。图里两端都写着“未启用”。

# %%
lab.compare("a wire by clicks")

# %% [markdown] lang="en" step="clicks.3"
# ## 3. Addresses, and both ends up
#
# Give `veth1` in `netns1` the address `172.16.0.1/24` and tick the box that also switches the link on. Then do the same for `veth1-peer` in `netns2` with `172.16.0.2/24`. Try it without the `/24` first: the form says what is missing.

# %% [markdown] lang="zh" step="clicks.3"
# ## 3. 配地址，启用接口
#
# 给 `netns1` 里的 `veth1` 配上地址 `172.16.0.1/24`，并勾上“同时启用接口”。再给 `netns2` 里的 `veth1-peer` 配上 `172.16.0.2/24`，同样启用。不妨先不写 `/24` 试试：表单会告诉你缺了什么。

# %%
lab.forms.address()

# %% tags=["solution"] build="on"
form = lab.forms.address()
form.fill(namespace="netns1", link="veth1", address="172.16.0.1/24", up="yes").run()
form.fill(namespace="netns2", link="veth1-peer", address="172.16.0.2/24", up="yes").run()

# %% tags=["not-yet"]
lab.check.address("172.16.0.1/24", "veth1", "netns1")

# %% tags=["not-yet"]
lab.check.link_up("veth1", "netns1")

# %% [markdown] lang="en"
# Below the form you see two commands here: one for the address, one for the switch. Neither does the other's job.

# %% [markdown] lang="zh"
# 这里表单下面显示的是两条命令：一条配地址，一条启用接口。哪一条也代替不了另一条。

# %% [markdown] lang="en" step="clicks.4"
# ## 4. The ping
#
# From `netns1` to `172.16.0.2`: the list offers the existing addresses. A ping takes time, so a bar shows its progress, and **Cancel** ends it early.

# %% [markdown] lang="zh" step="clicks.4"
# ## 4. ping 一下
#
# 从 `netns1` 到 `172.16.0.2`：列表里就有现成的地址可选。ping 要花点时间，进度条会显示进行到了哪里，按**取消**可以提前结束。

# %% build="yourself"
lab.forms.ping()

# %% tags=["solution"]
lab.forms.ping().fill(namespace="netns1", address="172.16.0.2").run()

# %% tags=["not-yet"]
lab.check.reach("172.16.0.2", "netns1")

# %% [markdown] lang="en" step="clicks.5"
# ## 5. What passed?
#
# Choose `netns2` and `veth1-peer` and press **Run** to record. While it runs, press **Run** in the form of section 4 again. Afterwards the frames (packets as they go over a wire) are listed, each with its meaning.

# %% [markdown] lang="zh" step="clicks.5"
# ## 5. 线上走过了什么？
#
# 选 `netns2` 和 `veth1-peer`，按**执行**开始抓包。趁它在抓，回到第 4 节的表单再按一次**执行**。抓完以后会列出每一帧（帧就是包在线上的样子），并说明它的意思。

# %%
lab.forms.capture()

# %% [markdown] lang="en" step="clicks.6"
# ## 6. A rule in between
#
# Make `netns2` drop the pings that arrive, then ping again.

# %% [markdown] lang="zh" step="clicks.6"
# ## 6. 中间加一条规则
#
# 让 `netns2` 把收到的 ping 丢掉，再 ping 一次。

# %%
lab.predict("a rule by clicks")

# %%
lab.forms.firewall()

# %% tags=["solution"]
lab.forms.firewall().fill(namespace="netns2", what="ping").run()
lab.HOST.run("ip netns exec netns1 ping -c 1 -W 1 172.16.0.2")
lab.forms.firewall().fill(namespace="netns2", what="remove").run()

# %%
lab.compare("a rule by clicks")

# %% [markdown] lang="en"
# Dropped is dropped: nobody tells the sender. The picture shows one firewall rule in `netns2` and none in `netns1`: each namespace has a firewall of its own. Remove the rule with the same form and ping again.

# %% [markdown] lang="zh"
# 丢弃就是丢弃，谁也不会通知发送方。图上 `netns2` 有一条防火墙规则，`netns1` 没有：每个命名空间都有自己的防火墙。用同一个表单把规则去掉，再 ping 一次。

# %% [markdown] lang="en" step="clicks.7"
# ## 7. Take it away
#
# Choose **remove**, then `netns1`, and watch the picture: the wire goes with it, both ends. Then `netns2`.

# %% [markdown] lang="zh" step="clicks.7"
# ## 7. 拆掉
#
# 选**删除**，再选 `netns1`，同时看着图：线也跟着没了，两端都没了。然后是 `netns2`。

# %%
lab.forms.namespace()

# %% tags=["solution"]
for name in "netns1", "netns2":
    lab.forms.namespace().fill(what="remove", namespace=name).run()

# %%
lab.check.empty()

# %% [markdown] lang="en"
# ## What you have seen
#
# - Each click stands for a command. The form shows it first; once you have read it a few times, you can type it.
# - A wire needs both ends, an address on each, and both switched on.
# - A form knows what exists now, because it asks the kernel as `ip` does.

# %% [markdown] lang="zh"
# ## 你看到了什么
#
# - 每一次点击都相当于一条命令。表单会先把它显示出来，看过几遍就会自己敲了。
# - 要从一端 ping 通另一端，线的两端都要在，都要有地址，都要启用。
# - 表单知道现在有什么，因为它和 `ip` 一样，问的是内核。

# %% [markdown] lang="en"
# ## What you can now do
#
# Ticked where a check has shown it. What is not ticked is waiting for you: its task is above.

# %% [markdown] lang="zh"
# ## 现在你会做什么
#
# 打勾的，是检查已经证明的。没打勾的还等着你：任务在上面。

# %%
lab.learned("01_one_wire_clicks")

# %% [markdown] lang="en"
# Next: [One wire, two worlds](01_one_wire.ipynb), the same network with commands. How far you are: [the start page](00_start.ipynb).

# %% [markdown] lang="zh"
# 下一课：[《一根线，两个世界》](01_one_wire.ipynb)，用命令再搭一遍同样的网络。学到了哪里，看[课程首页](00_start.ipynb)。
