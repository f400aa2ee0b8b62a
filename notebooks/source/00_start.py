# %% [markdown] lang="en"
# # Start here
#
# You are going to make networks on this one computer, join them with wires, send a ping through, and watch the kernel work. Nothing is simulated, and nothing on your real network can break.
#
# A lesson is a page like this one: text, and cells with commands. Click into a cell and press <kbd>Shift</kbd>+<kbd>Enter</kbd> to run it. Try it with the next one: it shows how far you are, and keeps up while you work in other tabs.

# %% [markdown] lang="zh"
# # 从这里开始
#
# 接下来，你要在这台电脑上亲手造出几个网络，用线把它们连起来，让 ping 从中走过，再看看内核一路上做了什么。一切都是真的，没有模拟；你真正的网络也绝不会因此弄坏。
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
# | 1. [One wire, two worlds](01_one_wire.ipynb) | How do you make two networks on one computer, and how does a ping get from one to the other? | 55 |
# | 1. [One wire, by clicks](01_one_wire_clicks.ipynb) | The same network again, without typing: with forms that show the command for each click. | 12 |
# | 2. [A network namespace of your own](02_own_namespace.ipynb) | What does `ip netns add` make, what keeps it alive, what is its own, and what does it not hide? | 60 |
# | 3. [ARP and the answer](03_arp_and_answer.ipynb) | How does a packet find the other side, and who answers? | 60 |
# | 3. [Inside ping](03_inside_ping.ipynb) | What does `ping` ask of the kernel, and why is the first one slower? | 30 |
# | 4. [Reaching the host, and beyond](04_beyond.ipynb) | How does one wire become a network, with a bridge, a router and a way out? | 60 |
# | 5. [Two Nginx on port 80](05_two_nginx.ipynb) | Why can two servers have the same port, and what do they still share? | 40 |
# | 6. [Eight kinds of namespace](06_eight_kinds.ipynb) | What else can be isolated besides the network, and who sees whom? | 50 |
# | 7. [A container by hand](07_container.ipynb) | What is a container made of, and what gives it away? | 40 |
# | 8. [Find the fault](08_find_the_fault.ipynb) | Which layer does a symptom point to? Broken networks to mend, on three levels. | 45 |
# | 9. [Reading the wire](09_reading_the_wire.ipynb) | What is each of the 98 bytes of a ping for? | 55 |
# | 20. [The last page is blank](20_blank_page.ipynb) | Can you build it all by yourself: two containers on a bridge, one published, one kept from the world? | 45 |
#
# New to all of this? Lesson 1 explains the five words you need. If you have 90 minutes, take lesson 1 and *ARP and the answer*.

# %% [markdown] lang="zh"
# ## 课程一览
#
# 可以按顺序学，也可以从任何一课开始：每一课都自己搭好所需的一切，结束时恢复原样。
#
# | 课 | 回答什么问题 | 分钟 |
# |---|---|---|
# | 1. [一根线，两个世界](01_one_wire.ipynb) | 一台电脑上怎么会有两个网络？ping 又怎样从这个走到那个？ | 55 |
# | 1. [一根线，点着做](01_one_wire_clicks.ipynb) | 同样的网络再来一遍，一条命令也不用敲：全用表单，每次点击都显示对应的命令。 | 12 |
# | 2. [自己的网络命名空间](02_own_namespace.ipynb) | `ip netns add` 造出了什么？它靠什么活着？哪些归它独有，哪些并不隔离？ | 60 |
# | 3. [ARP 与应答](03_arp_and_answer.ipynb) | 包怎么找到对方？又是谁在应答？ | 60 |
# | 3. [ping 的内部](03_inside_ping.ipynb) | `ping` 请内核做了什么？第一个 ping 为什么慢？ | 30 |
# | 4. [通向主机，走向更远](04_beyond.ipynb) | 一根线怎样长成一个网络，有网桥，有路由器，还有出口？ | 60 |
# | 5. [两个 Nginx，同一个 80 端口](05_two_nginx.ipynb) | 两个服务器凭什么能用同一个端口？它们还有什么是共用的？ | 40 |
# | 6. [八种命名空间](06_eight_kinds.ipynb) | 除了网络，还有什么可以隔离？谁看得见谁？ | 50 |
# | 7. [亲手做一个容器](07_container.ipynb) | 容器是用什么拼出来的？在哪里会露馅？ | 40 |
# | 8. [故障排查](08_find_the_fault.ipynb) | 看到一种现象，该查哪一层？三个难度的故障网络等你来修。 | 45 |
# | 9. [读懂线上的每个字节](09_reading_the_wire.ipynb) | 一个 ping 的 98 个字节，各是干什么用的？ | 55 |
# | 20. [最后一页是空白的](20_blank_page.ipynb) | 全靠自己能搭出来吗：网桥上的两个容器，一个对外发布，一个与外界隔绝？ | 45 |
#
# 完全没接触过？第 1 课会先讲清楚要用到的五个词。只有 90 分钟的话，就学第 1 课和《ARP 与应答》。

# %% [markdown] lang="en"
# ## The chapter, sentence by sentence
#
# The lessons follow a chapter of a Chinese book, *The basis of network virtualisation: network namespace*. It makes 32 claims, C01 to C32, and for each there is an experiment that you run yourself. The first column says where the claim is made: 2.1 is the first paragraph of the second section, not counting pictures. The sentences below are ours, not the chapter's.
#
# ### 1. Namespaces
#
# | place | claim | experiment |
# |---|---|---|
# | 1.1 | Namespaces isolate resources of the kernel. | [C01, lesson 6](06_eight_kinds.ipynb#C01) |
# | 1.2 | There are six kinds of them. | [C02, lesson 6](06_eight_kinds.ipynb#C02) |
# | 1.3 | They were made above all for containers. | [C03, lesson 7](07_container.ipynb#C03) |
# | 1.4 | Processes in one namespace notice each other's changes and know nothing of the outside. | [C04, lesson 6](06_eight_kinds.ipynb#C04) |
#
# ### 2. The network namespace
#
# | place | claim | experiment |
# |---|---|---|
# | 2.1 | It has its own firewall, | [C05, lesson 2](02_own_namespace.ipynb#C05) |
# | 2.1 | its own interfaces, | [C06, lesson 2](02_own_namespace.ipynb#C06) |
# | 2.1 | its own routing table, | [C07, lesson 2](02_own_namespace.ipynb#C07) |
# | 2.1 | its own neighbour table, | [C08, lesson 2](02_own_namespace.ipynb#C08) |
# | 2.1 | and its own protocol stack. | [C09, lesson 2](02_own_namespace.ipynb#C09) |
# | 2.1 | A container or a virtual machine in it looks like a separate host. | [C10, lesson 7](07_container.ipynb#C10) |
# | 2.2 | So two Nginx on port 80 run on one host. | [C11, lesson 5](05_two_nginx.ipynb#C11) |
#
# ### 3. The first steps
#
# | place | claim | experiment |
# |---|---|---|
# | 3.1 | `ip netns` creates, removes, queries and changes network namespaces. | [C12, lesson 2](02_own_namespace.ipynb#C12) |
# | 3.3 | A new one gets a mount point under `/var/run/netns`. | [C13, lesson 2](02_own_namespace.ipynb#C13) |
# | 3.3 | The mount point keeps it alive with no process in it. | [C14, lesson 2](02_own_namespace.ipynb#C14) |
# | 3.5 | A new one holds only `lo`, and that is down. | [C15, lesson 2](02_own_namespace.ipynb#C15) |
#
# ### 4. Two namespaces and a wire
#
# | place | claim | experiment |
# |---|---|---|
# | 4.1 | Two namespaces cannot reach each other directly. | [C16, lesson 1](01_one_wire.ipynb#C16) |
# | 4.1 | To communicate, one must create a veth pair inside the namespace. | [C17, lesson 1](01_one_wire.ipynb#C17) |
# | 4.2 | The commands that make both namespaces (one of them twice). | [C18, lesson 1](01_one_wire.ipynb#C18) |
# | 4.3 | New interfaces start in the state `DOWN`. | [C19, lesson 1](01_one_wire.ipynb#C19) |
# | 4.3 | The commands that set addresses and switch links on. | [C20, lesson 1](01_one_wire.ipynb#C20) |
# | 4.3 | Left out: `lo` stays down on both sides. | [C32, lesson 1](01_one_wire.ipynb#C32) |
# | 4.4 | What `ip addr` shows of a wire's end. | [C21, lesson 1](01_one_wire.ipynb#C21) |
# | 4.5 | The ping is answered: `ttl=64`, 56(84) bytes. | [C22, lesson 1](01_one_wire.ipynb#C22) |
# | 4.5 | The first round trip is slower than the second. | [C23, lesson 3](03_inside_ping.ipynb#C23) |
# | 4.6 | `ping` builds an ICMP packet and gives it to the stack through a socket. | [C24, lesson 3](03_inside_ping.ipynb#C24) |
# | 4.6 | According to the routing table, it goes out of the 172.16.0.1 port. | [C25, lesson 3](03_arp_and_answer.ipynb#C25) |
# | 4.6 | The stack hands an ARP packet to `veth1`. | [C26, lesson 3](03_arp_and_answer.ipynb#C26) |
# | 4.6 | `veth1-peer` gets it, being the other end. | [C27, lesson 3](03_arp_and_answer.ipynb#C27) |
# | 4.6 | The stack on that side answers. | [C28, lesson 3](03_arp_and_answer.ipynb#C28) |
# | 4.7 | Now namespaces and host can reach each other, both ways. | [C29, lesson 4](04_beyond.ipynb#C29) |
# | 4.7 | Point to point, communication works. | [C30, lesson 4](04_beyond.ipynb#C30) |
# | 4.7 | Left out: how to clean up. | [C31, lesson 1](01_one_wire.ipynb#C31) |
#
# In a terminal, `nslabkit claims` runs all 32 and prints what each one showed.

# %% [markdown] lang="zh"
# ## 原文逐句对照
#
# 课程所依据的，是书中的一章：《网络虚拟化的基础：network namespace》。其中一共有 32 条论断，编号 C01 到 C32，每一条都配了一个由你亲手来做的实验。第一列是它在原文里的位置：2.1 指第 2 节的第 1 段，图片不算在内。下面的句子是我们的转述，不是原文。
#
# ### 1. 命名空间
#
# | 位置 | 论断 | 实验 |
# |---|---|---|
# | 1.1 | 命名空间用来隔离内核资源。 | [C01，第 6 课](06_eight_kinds.ipynb#C01) |
# | 1.2 | 一共有六种。 | [C02，第 6 课](06_eight_kinds.ipynb#C02) |
# | 1.3 | 主要是为容器而做的。 | [C03，第 7 课](07_container.ipynb#C03) |
# | 1.4 | 同一个命名空间里的进程能察觉彼此的变化，对外面一无所知。 | [C04，第 6 课](06_eight_kinds.ipynb#C04) |
#
# ### 2. 网络命名空间
#
# | 位置 | 论断 | 实验 |
# |---|---|---|
# | 2.1 | 它有自己的防火墙， | [C05，第 2 课](02_own_namespace.ipynb#C05) |
# | 2.1 | 自己的网络接口， | [C06，第 2 课](02_own_namespace.ipynb#C06) |
# | 2.1 | 自己的路由表， | [C07，第 2 课](02_own_namespace.ipynb#C07) |
# | 2.1 | 自己的邻居表， | [C08，第 2 课](02_own_namespace.ipynb#C08) |
# | 2.1 | 还有自己的协议栈。 | [C09，第 2 课](02_own_namespace.ipynb#C09) |
# | 2.1 | 容器或虚拟机在里面运行，看起来就像一台单独的主机。 | [C10，第 7 课](07_container.ipynb#C10) |
# | 2.2 | 所以一台主机能运行两个都用 80 端口的 Nginx。 | [C11，第 5 课](05_two_nginx.ipynb#C11) |
#
# ### 3. 动手第一步
#
# | 位置 | 论断 | 实验 |
# |---|---|---|
# | 3.1 | `ip netns` 管网络命名空间的增、删、查、改。 | [C12，第 2 课](02_own_namespace.ipynb#C12) |
# | 3.3 | 新建一个，`/var/run/netns` 下就多一个挂载点。 | [C13，第 2 课](02_own_namespace.ipynb#C13) |
# | 3.3 | 有挂载点在，里面没有进程，它也能继续存在。 | [C14，第 2 课](02_own_namespace.ipynb#C14) |
# | 3.5 | 新建的里面只有 `lo`，而且没有启用。 | [C15，第 2 课](02_own_namespace.ipynb#C15) |
#
# ### 4. 两个命名空间，一根线
#
# | 位置 | 论断 | 实验 |
# |---|---|---|
# | 4.1 | 两个命名空间之间不能直接通信。 | [C16，第 1 课](01_one_wire.ipynb#C16) |
# | 4.1 | 要通信，就得在命名空间里面创建一个 veth 对。 | [C17，第 1 课](01_one_wire.ipynb#C17) |
# | 4.2 | 创建两个命名空间的命令（其中一个是第二次创建）。 | [C18，第 1 课](01_one_wire.ipynb#C18) |
# | 4.3 | 网络接口刚创建时的状态是 `DOWN`。 | [C19，第 1 课](01_one_wire.ipynb#C19) |
# | 4.3 | 配地址、启用接口的命令。 | [C20，第 1 课](01_one_wire.ipynb#C20) |
# | 4.3 | 没有提到：两边的 `lo` 一直没有启用。 | [C32，第 1 课](01_one_wire.ipynb#C32) |
# | 4.4 | `ip addr` 怎样显示线的一头。 | [C21，第 1 课](01_one_wire.ipynb#C21) |
# | 4.5 | ping 得到回答：`ttl=64`，56(84) 字节。 | [C22，第 1 课](01_one_wire.ipynb#C22) |
# | 4.5 | 第一次往返比第二次慢。 | [C23，第 3 课](03_inside_ping.ipynb#C23) |
# | 4.6 | `ping` 构造 ICMP 包，通过套接字交给协议栈。 | [C24，第 3 课](03_inside_ping.ipynb#C24) |
# | 4.6 | 按照路由表，包从 172.16.0.1 口出去。 | [C25，第 3 课](03_arp_and_answer.ipynb#C25) |
# | 4.6 | 协议栈把一个 ARP 包交给 `veth1`。 | [C26，第 3 课](03_arp_and_answer.ipynb#C26) |
# | 4.6 | `veth1-peer` 是线的另一头，所以由它收到。 | [C27，第 3 课](03_arp_and_answer.ipynb#C27) |
# | 4.6 | 那一边的协议栈作出应答。 | [C28，第 3 课](03_arp_and_answer.ipynb#C28) |
# | 4.7 | 到这一步，命名空间和主机之间，两个方向都通了。 | [C29，第 4 课](04_beyond.ipynb#C29) |
# | 4.7 | 点对点的通信已经实现。 | [C30，第 4 课](04_beyond.ipynb#C30) |
# | 4.7 | 没有提到：用完怎么清理。 | [C31，第 1 课](01_one_wire.ipynb#C31) |
#
# 在终端里输入 `nslabkit claims`，会把这 32 个实验全部运行一遍，并列出各自的结果。

# %% [markdown] lang="en"
# ## Where the chapter slips
#
# Not everything in the chapter is right, and some of it is out of date. This table gives the answers away: you may want to find them yourself first.
#
# | place | what it says | what you find | experiment |
# |---|---|---|---|
# | 1.2 | six kinds of namespace | Eight: `cgroup` came in 2016, `time` in 2020. | [C02, lesson 6](06_eight_kinds.ipynb#C02) |
# | 1.2 | a UTS namespace isolates the domain name | Only that of NIS, which hardly anybody uses. Names such as `www.example.org` are looked up through a file. | [C03, lesson 7](07_container.ipynb#C03) |
# | 1.4 | nothing is known of the outside | True only of what that kind isolates. And with `pid`, `user` and `cgroup`, the parent sees in. | [C04, lesson 6](06_eight_kinds.ipynb#C04) |
# | 2.1 | a virtual machine in a namespace looks like a host | It does so even without one: it brings its own kernel. A container shares the kernel, and that shows. | [C10, lesson 7](07_container.ipynb#C10) |
# | 2.2 | namespaces make two servers on one port possible | Two addresses in one namespace do, too. | [C11, lesson 5](05_two_nginx.ipynb#C11) |
# | 3.3 | the system makes the mount point | The program `ip` does. The kernel knows nothing of names. | [C13, lesson 2](02_own_namespace.ipynb#C13) |
# | 4.1 | separate namespaces do not communicate | True, but `Network is unreachable` does not prove it: that only means that a route is missing. | [C16, lesson 1](01_one_wire.ipynb#C16) |
# | 4.1 | one must make a veth pair, inside the namespace | That is one way among several, and the chapter's own command makes the pair outside and moves its ends. | [C17, lesson 1](01_one_wire.ipynb#C17) |
# | 4.2 | `netns1` is added twice | The second attempt fails: `File exists`. | [C18, lesson 1](01_one_wire.ipynb#C18) |
# | 4.3 | nothing about `lo` | While it is down, a namespace cannot even reach its own address, and some errors go unreported. | [C32, lesson 1](01_one_wire.ipynb#C32) |
# | 4.3 | nothing about routes | The address brings one route, and `up` brings the others. | [C20, lesson 1](01_one_wire.ipynb#C20) |
# | 4.6 | the packet goes out of the 172.16.0.1 port | It leaves by the interface `veth1`; the address is the sender's. | [C25, lesson 3](03_arp_and_answer.ipynb#C25) |
# | 4.6 | an ARP packet is handed to `veth1` | Before that, the neighbour table is searched without success, and the ping waits in a queue. | [C26, lesson 3](03_arp_and_answer.ipynb#C26) |
# | 4.6 | the request is forwarded to `veth1-peer` | Nobody forwards it: the same bytes come out at the other end. | [C27, lesson 3](03_arp_and_answer.ipynb#C27) |
# | 4.6 | the story ends with the ARP reply | Then the ping leaves, the kernel answers it, and about five seconds later it asks back. | [C28, lesson 3](03_arp_and_answer.ipynb#C28) |
# | 4.7 | host and namespaces reach each other | Not with its commands: both ends of the wire have left the host. | [C29, lesson 4](04_beyond.ipynb#C29) |
# | 4.7 | nothing about cleaning up | Delete one namespace, and its wire goes with it, both ends. | [C31, lesson 1](01_one_wire.ipynb#C31) |

# %% [markdown] lang="zh"
# ## 原文的疏漏
#
# 原文并非句句都对，有些说法也过时了。下表直接给出了答案：想自己发现的话，先别往下看。
#
# | 位置 | 原文怎么说 | 实验看到什么 | 实验 |
# |---|---|---|---|
# | 1.2 | 命名空间有六种 | 八种：`cgroup` 是 2016 年来的，`time` 是 2020 年来的。 | [C02，第 6 课](06_eight_kinds.ipynb#C02) |
# | 1.2 | UTS 命名空间隔离域名 | 指的是 NIS 的域名，如今几乎没人用。`www.example.org` 这类名字该问谁，写在一个文件里。 | [C03，第 7 课](07_container.ipynb#C03) |
# | 1.4 | 对外面一无所知 | 只限于这一种命名空间所隔离的东西；而且 `pid`、`user` 和 `cgroup`，父层看得见子层。 | [C04，第 6 课](06_eight_kinds.ipynb#C04) |
# | 2.1 | 虚拟机运行在命名空间里，就像一台主机 | 虚拟机不靠命名空间也是如此：它自带内核。容器共用内核，这一点会露馅。 | [C10，第 7 课](07_container.ipynb#C10) |
# | 2.2 | 有了命名空间，两个服务器才能用同一个端口 | 在一个命名空间里用两个地址，同样可以。 | [C11，第 5 课](05_two_nginx.ipynb#C11) |
# | 3.3 | 挂载点是系统生成的 | 是 `ip` 这个程序建的，内核根本不知道什么名字。 | [C13，第 2 课](02_own_namespace.ipynb#C13) |
# | 4.1 | 不同的命名空间互不相通 | 没错，但 `Network is unreachable` 证明不了：它只说明缺一条路由。 | [C16，第 1 课](01_one_wire.ipynb#C16) |
# | 4.1 | 必须在命名空间里面创建 veth 对 | 办法不止这一种；而且书中自己的命令是在外面创建，再把两头搬进去。 | [C17，第 1 课](01_one_wire.ipynb#C17) |
# | 4.2 | `netns1` 创建了两次 | 第二次会失败：`File exists`。 | [C18，第 1 课](01_one_wire.ipynb#C18) |
# | 4.3 | 没有提到 `lo` | 它没启用时，连自己的地址都联系不上，有些报错也传不过来。 | [C32，第 1 课](01_one_wire.ipynb#C32) |
# | 4.3 | 没有提到路由 | 配地址带来一条路由，启用接口才带来其余的。 | [C20，第 1 课](01_one_wire.ipynb#C20) |
# | 4.6 | 包从 172.16.0.1 口出去 | 包从接口 `veth1` 出去；地址是发送方的。 | [C25，第 3 课](03_arp_and_answer.ipynb#C25) |
# | 4.6 | 把 ARP 包交给 `veth1` | 在这之前还要查邻居表，没查到，ping 就排队等着。 | [C26，第 3 课](03_arp_and_answer.ipynb#C26) |
# | 4.6 | 请求转发给了 `veth1-peer` | 没有谁在转发：另一头出来的就是同样的字节。 | [C27，第 3 课](03_arp_and_answer.ipynb#C27) |
# | 4.6 | 讲到 ARP 应答就结束了 | 接着 ping 才上路，由内核回答；大约五秒之后，应答方还会反过来问一次。 | [C28，第 3 课](03_arp_and_answer.ipynb#C28) |
# | 4.7 | 主机和命名空间已经相通 | 照书中的命令并不通：线的两头都离开了主机。 | [C29，第 4 课](04_beyond.ipynb#C29) |
# | 4.7 | 没有讲怎么清理 | 删掉一个命名空间，接在上面的线也跟着消失，两头都不留。 | [C31，第 1 课](01_one_wire.ipynb#C31) |

# %% [markdown] lang="en"
# ## Glossary
#
# The words as the lessons and the program `ip` use them, with their Chinese equivalents.
#
# | word | 中文 | what it means |
# |---|---|---|
# | namespace | 命名空间 | A view of one kind of the kernel's resources that a group of processes has to itself. |
# | network namespace | 网络命名空间 | A network of its own: interfaces, addresses, routes, neighbours, firewall, ports. |
# | host | 主机 | Here: the network namespace in which the notebook itself runs. |
# | sandbox | 沙箱 | The small machine, cut off from everything else, in which a notebook lives. |
# | kernel | 内核 | The core of the operating system. (JupyterLab also calls the program behind a notebook a kernel.) |
# | process | 进程 | A running program, with a number. |
# | root | root | The user who may change anything. |
# | inode | inode | The number of a file; for a namespace, its identity. |
# | mount | 挂载 | A file system, or a namespace, made reachable at a place in the file tree. |
# | interface, link | 网络接口 | A network card, real or made of software. |
# | loopback, `lo` | 回环接口 | The interface through which a machine talks to itself. |
# | veth pair | veth 对 | A wire with a plug at each end: two interfaces, and what goes in at one comes out of the other. |
# | peer | 对端 | The other end of such a wire. |
# | carrier | 载波 | The sign that the other end of a wire is alive; without it, `NO-CARRIER`. |
# | bridge | 网桥 | A software switch: it joins many wires into one network. |
# | MAC address | MAC 地址 | The number of one interface, by which neighbours on a wire find each other. |
# | IP address | IP 地址 | The number by which programs find each other, across networks. |
# | prefix length, `/24` | 前缀长度 | How many bits of an address name the network. |
# | route, routing table | 路由，路由表 | Rules that say by which interface packets leave, and who is next. |
# | default route | 默认路由 | The route for everything that no other route matches. |
# | router, forwarding | 路由器，转发 | Somebody in two networks who passes on what is meant for others. |
# | NAT | 网络地址转换 | A router replaces the sender's address with its own, and remembers whom the answer is for. |
# | firewall | 防火墙 | Rules in the kernel that say which packets may pass. |
# | packet, frame | 包，帧 | A piece of data with its addresses; a frame is the packet in its Ethernet wrapping, as it goes over a wire. |
# | broadcast, unicast | 广播，单播 | To everybody on the wire; to a single recipient. |
# | ARP | 地址解析协议（ARP） | The way to ask on a wire: “who has this IP address? tell me your MAC address”. |
# | neighbour table | 邻居表 | Where the kernel keeps what it has learned by ARP. |
# | ICMP | 互联网控制报文协议（ICMP） | The kernel's short messages about the network; ping is one kind. |
# | ttl | 生存时间 | How many more routers a packet may pass. |
# | protocol stack | 协议栈 | The part of the kernel that handles packets, layer by layer. |
# | socket | 套接字 | The handle by which a program uses the network. |
# | port | 端口 | The number that tells servers at one address apart. |
# | system call | 系统调用 | A program's request to the kernel. |
# | capture | 抓包 | A record of the frames that passed an interface. |
# | queueing discipline, qdisc | 排队规则 | The order in which, and how fast, an interface sends what is waiting. |
# | container | 容器 | A process in namespaces of its own, with files of its own. |
# | control group, cgroup | 控制组 | A limit on how much memory and processor time a group of processes may use. |

# %% [markdown] lang="zh"
# ## 术语表
#
# 课程和 `ip` 命令里用到的词，附英文。
#
# | 词 | 英文 | 意思 |
# |---|---|---|
# | 命名空间 | namespace | 一组进程独享的一份视图，看到的是某一种内核资源。 |
# | 网络命名空间 | network namespace | 一套自成一体的网络：接口、地址、路由、邻居表、防火墙、端口都是自己的。 |
# | 主机 | host | 在这里指笔记本自己所在的那个网络命名空间。 |
# | 沙箱 | sandbox | 笔记本所在的那台与外界隔开的小机器。 |
# | 内核 | kernel | 操作系统的核心。（JupyterLab 把笔记本背后的程序也叫内核。） |
# | 进程 | process | 运行中的程序，有一个编号。 |
# | root | root | 什么都能改的那个用户。 |
# | inode | inode | 文件的编号；对命名空间来说，就是它的身份。 |
# | 挂载 | mount | 把一个文件系统或命名空间接到文件树的某个位置，从那里就能找到它。 |
# | 网络接口 | interface, link | 一块网卡，可以是真的，也可以是软件做的。 |
# | 回环接口 `lo` | loopback | 机器用来和自己说话的接口。 |
# | veth 对 | veth pair | 一根两头带插头的线：两个接口，从这头进去的，从那头出来。 |
# | 对端 | peer | 这样一根线的另一头。 |
# | 载波 | carrier | 说明线的另一头有动静；没有时显示 `NO-CARRIER`。 |
# | 网桥 | bridge | 软件做的交换机，把许多根线接成一个网络。 |
# | MAC 地址 | MAC address | 一个接口的编号，同一根线上的邻居靠它找到对方。 |
# | IP 地址 | IP address | 程序之间互相寻找时用的编号，可以跨越网络。 |
# | 前缀长度 `/24` | prefix length | 地址里有多少位代表网络。 |
# | 路由，路由表 | route, routing table | 一条条规则：包从哪个接口出去，下一站是谁。 |
# | 默认路由 | default route | 其他路由都不适用时，走这一条。 |
# | 路由器，转发 | router, forwarding | 同时接在两个网络上，替别人把包送往下一站。 |
# | 网络地址转换 | NAT | 路由器把发送方换成自己的地址，并记住回答该给谁。 |
# | 防火墙 | firewall | 内核里的规则：哪些包可以通过。 |
# | 包，帧 | packet, frame | 一段带着地址的数据；帧是套上以太网外壳、在线上走的样子。 |
# | 广播，单播 | broadcast, unicast | 发给线上所有人；只发给一个。 |
# | 地址解析协议 | ARP | 在线上打听：“谁是这个 IP 地址？告诉我你的 MAC 地址。” |
# | 邻居表 | neighbour table | 内核把用 ARP 打听来的结果记在这里。 |
# | 互联网控制报文协议 | ICMP | 内核之间关于网络的短消息，ping 是其中一种。 |
# | 生存时间 | ttl | 一个包还能再经过多少台路由器。 |
# | 协议栈 | protocol stack | 内核里一层一层处理包的那一部分。 |
# | 套接字 | socket | 程序使用网络的把手。 |
# | 端口 | port | 同一个地址上，靠它区分不同的服务器。 |
# | 系统调用 | system call | 程序向内核提出的请求。 |
# | 抓包 | capture | 把经过某个接口的帧记录下来。 |
# | 排队规则 | queueing discipline, qdisc | 接口按什么次序、以多快的速度发送排着队的包。 |
# | 容器 | container | 身处自己的命名空间、带着自己的文件的进程。 |
# | 控制组 | control group, cgroup | 规定一组进程能用多少内存和处理器时间。 |
