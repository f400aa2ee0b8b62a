# %% [markdown] lang="en"
# # Two servers, one port, one machine
#
# <!-- two servers -->
#
# Start a second server on port 80, and as a rule all you get is `Address already in use`. Yet here two run on it, side by side, because each has a network of its own, a **network namespace**. It is one of the things that containers are made of.
#
# **What you will build:** two networks on this computer and a wire between them; then a router, a bridge and a way out; the picture above, with real servers; and in the end a container by hand. On the way you follow one ping until you can account for each of its bytes, and you mend networks that somebody else has broken.
#
# <!-- button -->[Begin with lesson 1](01_one_wire.ipynb)
#
# Rather click than type at first? [One wire, by clicks](01_one_wire_clicks.ipynb) builds the same network with forms.
#
# Nothing is simulated: every answer comes from the Linux kernel. And nothing can break: each page is a machine of its own, cut off from your real network.

# %% [markdown] lang="zh"
# # 两个服务器，一个端口，一台机器
#
# <!-- two servers -->
#
# 在 80 端口上再启动一个服务器，通常只会得到 `Address already in use`。可这里有两个，同时都在 80 端口上运行，因为它们各有一套自己的网络，也就是**网络命名空间**。它也是容器的原料之一。
#
# **你将搭出：** 这台电脑上的两个网络，中间一根线；接着是路由器、网桥和通往外网的出口；然后是上图，里面是真实的服务器；最后亲手做一个容器。一路上，你会跟踪一个 ping，直到说得出它每个字节的来历；还要修好别人弄坏的网络。
#
# <!-- button -->[从第 1 课开始](01_one_wire.ipynb)
#
# 想先用鼠标点，不敲命令？[《一根线，点着做》](01_one_wire_clicks.ipynb)用表单搭同样的网络。
#
# 一切都是真的，没有模拟：每个结果都来自 Linux 内核。也弄不坏任何东西：每一页都是一台独立的机器，和你真正的网络隔开。

# %% [markdown] lang="en"
# ## How far you are
#
# A lesson is a page like this one: text, and cells with commands. Click into a cell and press <kbd>Shift</kbd>+<kbd>Enter</kbd> to run it. Try it with the next one: it shows how far you are, and keeps up while you work in other tabs.

# %% [markdown] lang="zh"
# ## 学到了哪里
#
# 每一课都是像这样的一页：文字，加上一格格的命令。点进一个单元格，按 <kbd>Shift</kbd>+<kbd>Enter</kbd> 运行。先拿下面这一格试试：它会告诉你学到了哪里；你在别的标签页里学习时，它也会跟着更新。

# %%
import nslabkit as lab
lab.progress()

# %% [markdown] lang="en"
# ## The lessons
#
# Take them in this order, or start anywhere: each one builds what it needs and leaves the machine as it was.
#
# | lesson | what it answers | minutes |
# |---|---|---|
# | 1. [One wire, by clicks](01_one_wire_clicks.ipynb) | The gentle way in: the network of lesson 1 without typing, with forms that show the command for each click. | 13 |
# | 1. [One wire, two worlds](01_one_wire.ipynb) | How do you make two networks on one computer, and how does a ping get from one to the other? | 55 |
# | 2. [A network namespace of your own](02_own_namespace.ipynb) | What does `ip netns add` make, what keeps it alive, what is its own, and what does it not hide? | 60 |
# | 3. [ARP and the answer](03_arp_and_answer.ipynb) | How does a packet find the other side, and who answers? | 60 |
# | 3. [Inside ping](03_inside_ping.ipynb) | What does `ping` ask of the kernel, and why is the first one slower? | 30 |
# | 4. [Reaching the host, and beyond](04_beyond.ipynb) | How does one wire become a network, with a bridge, a router and a way out? | 60 |
# | 5. [Two Nginx on port 80](05_two_nginx.ipynb) | Why can two servers have the same port, and what do they still share? | 40 |
# | 6. [Eight kinds of namespace](06_eight_kinds.ipynb) | What else can be isolated besides the network, and who sees whom? | 50 |
# | 7. [A container by hand](07_container.ipynb) | What is a container made of, and what gives it away? | 40 |
# | 8. [Find the fault](08_find_the_fault.ipynb) | Which layer does a symptom point to? Broken networks to mend, on three levels. | 45 |
# | 9. [Reading the wire](09_reading_the_wire.ipynb) | What is each of the 98 bytes of a ping for? | 55 |
# | 10. [A veth pair from close up](10_veth_close_up.ipynb) | Who carries a frame over a wire that is none, and why do captured frames look impossible? | 30 |
# | 11. [Publish a port, name a host](11_publish_a_port.ipynb) | What does `docker run -p` do, who gets in by it and who does not, and who answers for a name? | 30 |
# | 12. [TCP on the wire](12_tcp_on_the_wire.ipynb) | How do packets that may get lost become a connection, and what if nobody answers? | 30 |
# | 13. [Slow, narrow, lossy](13_slow_narrow_lossy.ipynb) | Why does an upload slow down everything, and a page stop half-way? | 30 |
# | 14. [The same without ARP: IPv6](14_without_arp.ipynb) | Where does an address come from that nobody gave, and whom do you ask without ARP? | 30 |
# | 15. [Two hosts, one network: overlay](15_overlay.ipynb) | How do containers on two machines become neighbours, and what does that cost? | 30 |
# | 16. [Attack and defence](16_attack_and_defence.ipynb) | Whom does a machine believe, what comes of it, and what stops it? A closed page. | 30 |
# | 20. [The last page is blank](20_blank_page.ipynb) | Can you build it all by yourself: two containers on a bridge, one published, one kept from the world? | 45 |
#
# New to all of this? Lesson 1 explains the five words you need. If you have 90 minutes, take lesson 1 and the first three sections of *ARP and the answer*.
#
# The lessons put a chapter of a book to the test: [the chapter, claim by claim](00_claims.ipynb). That page has the glossary, too.

# %% [markdown] lang="zh"
# ## 课程一览
#
# 可以按顺序学，也可以从任何一课开始：每一课都自己搭好所需的一切，结束时恢复原样。
#
# | 课 | 回答什么问题 | 分钟 |
# |---|---|---|
# | 1. [一根线，点着做](01_one_wire_clicks.ipynb) | 起点最低的一课：搭第 1 课的网络，一条命令也不用敲，全用表单，每次点击都显示对应的命令。 | 13 |
# | 1. [一根线，两个世界](01_one_wire.ipynb) | 一台电脑上怎么会有两个网络？ping 又怎样从这个走到那个？ | 55 |
# | 2. [自己的网络命名空间](02_own_namespace.ipynb) | `ip netns add` 造出了什么？它靠什么存在？哪些归它独有，哪些并不隔离？ | 60 |
# | 3. [ARP 与应答](03_arp_and_answer.ipynb) | 包怎么找到对方？又是谁在应答？ | 60 |
# | 3. [ping 的内部](03_inside_ping.ipynb) | `ping` 请内核做了什么？第一个 ping 为什么慢？ | 30 |
# | 4. [连通主机，再到外网](04_beyond.ipynb) | 一根线怎样扩展成一个网络，有网桥，有路由器，还有出口？ | 60 |
# | 5. [两个 Nginx，同一个 80 端口](05_two_nginx.ipynb) | 两个服务器凭什么能用同一个端口？它们还有什么是共用的？ | 40 |
# | 6. [八种命名空间](06_eight_kinds.ipynb) | 除了网络，还有什么可以隔离？谁看得见谁？ | 50 |
# | 7. [亲手做一个容器](07_container.ipynb) | 容器是用什么拼出来的？在哪里会露馅？ | 40 |
# | 8. [故障排查](08_find_the_fault.ipynb) | 看到一种现象，该查哪一层？三个难度的故障网络等你来修。 | 45 |
# | 9. [读懂线上的每个字节](09_reading_the_wire.ipynb) | 一个 ping 的 98 个字节，各是干什么用的？ | 55 |
# | 10. [近看 veth 对](10_veth_close_up.ipynb) | 这根“线”其实不是线，帧是谁送过去的？抓到的帧为什么看上去不可能存在？ | 30 |
# | 11. [发布端口，给主机起名](11_publish_a_port.ipynb) | `docker run -p` 做了什么？谁进得来，谁进不来？名字又由谁来回答？ | 30 |
# | 12. [线上的 TCP](12_tcp_on_the_wire.ipynb) | 包会丢，怎样做成可靠的连接？没人应答又会怎样？ | 30 |
# | 13. [慢、窄、丢](13_slow_narrow_lossy.ipynb) | 上传为什么拖慢一切？网页怎么会卡在半路？ | 30 |
# | 14. [没有 ARP，照样通：IPv6](14_without_arp.ipynb) | 没人配的地址从哪里来？没有 ARP，又向谁问？ | 30 |
# | 15. [两台主机，一个网络：overlay](15_overlay.ipynb) | 两台机器上的容器怎样成为邻居？代价是什么？ | 30 |
# | 16. [攻与防](16_attack_and_defence.ipynb) | 机器信谁的话？后果如何，怎么防？一个封闭的页面。 | 30 |
# | 20. [最后一页是空白的](20_blank_page.ipynb) | 全靠自己能搭出来吗：网桥上的两个容器，一个对外发布，一个与外界隔绝？ | 45 |
#
# 完全没接触过？第 1 课会先讲清楚要用到的五个词。只有 90 分钟的话，就学第 1 课和《ARP 与应答》的前三节。
#
# 这门课用实验检验了书里的一章：见[《论断对照》](00_claims.ipynb)。术语表也在那一页。
