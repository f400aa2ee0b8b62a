# %% [markdown] lang="en"
# # The chapter, claim by claim
#
# The lessons follow a chapter of a Chinese book. Here are its claims and omissions, C01 to C32: 30 claims, and two things that it leaves out (C31 and C32). For each there is an experiment that you run yourself. The first column says where the claim is made: 2.1 is the first paragraph of the second section, not counting pictures. The headings are the chapter's; the sentences below them are ours.
#
# Back to [the start page](00_start.ipynb), or down to [where the chapter slips](#Where-the-chapter-slips) and the [glossary](#Glossary).
#
# ## The basis of network virtualisation: network namespace
#
# | place | claim | experiment |
# |---|---|---|
# | 1.1 | Namespaces isolate resources of the kernel. | [C01, lesson 6](06_eight_kinds.ipynb#C01) |
# | 1.2 | There are six kinds of them. | [C02, lesson 6](06_eight_kinds.ipynb#C02) |
# | 1.3 | They were made above all for containers. | [C03, lesson 7](07_container.ipynb#C03) |
# | 1.4 | Processes in one namespace notice each other's changes and know nothing of the outside. | [C04, lesson 6](06_eight_kinds.ipynb#C04) |
#
# ## Network namespace
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
# ## Network namespaces in practice
#
# | place | claim | experiment |
# |---|---|---|
# | 3.1 | `ip netns` creates, removes, queries and changes network namespaces. | [C12, lesson 2](02_own_namespace.ipynb#C12) |
# | 3.3 | A new one gets a mount point under `/var/run/netns`. | [C13, lesson 2](02_own_namespace.ipynb#C13) |
# | 3.3 | The mount point keeps it alive with no process in it. | [C14, lesson 2](02_own_namespace.ipynb#C14) |
# | 3.5 | A new one holds only `lo`, and that is down. | [C15, lesson 2](02_own_namespace.ipynb#C15) |
#
# ### Setting up a network namespace
#
# | place | claim | experiment |
# |---|---|---|
# | 4.1 | Two namespaces cannot reach each other directly. | [C16, lesson 1](01_one_wire.ipynb#C16) |
# | 4.1 | To communicate, one must create a veth pair inside the namespace. | [C17, lesson 1](01_one_wire.ipynb#C17) |
# | 4.2 | The commands that make both namespaces (one of them twice). | [C18, lesson 1](01_one_wire.ipynb#C18) |
# | 4.3 | New interfaces start in the state `DOWN`. | [C19, lesson 1](01_one_wire.ipynb#C19) |
# | 4.3 | The commands that set addresses and switch links on. | [C20, lesson 1](01_one_wire.ipynb#C20) |
# | 4.3 | *Omission:* `lo` stays down on both sides. | [C32, lesson 1](01_one_wire.ipynb#C32) |
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
# | 4.7 | *Omission:* how to clean up. | [C31, lesson 1](01_one_wire.ipynb#C31) |
#
# ### Beyond the chapter
#
# Lessons 10 to 16 go further than the chapter, and make claims of their own.
#
# | claim | experiment |
# |---|---|
# | On a veth pair, a frame has arrived by the time the call that sent it returns. | [B01, lesson 10](10_veth_close_up.ipynb#B01) |
# | A frame that is too long for the far end is dropped, and both ends count it. | [B02, lesson 10](10_veth_close_up.ipynb#B02) |
# | Frames that are longer than the MTU pass a veth pair. | [B03, lesson 10](10_veth_close_up.ipynb#B03) |
# | The checksum in a frame captured on a veth pair is not that of its data. | [B04, lesson 10](10_veth_close_up.ipynb#B04) |
# | An end that is moved away stays the other end of the same wire. | [B05, lesson 10](10_veth_close_up.ipynb#B05) |
# | Publishing changes the destination; the server sees who really asks. | [B06, lesson 11](11_publish_a_port.ipynb#B06) |
# | What the host itself sends passes no prerouting rule. | [B07, lesson 11](11_publish_a_port.ipynb#B07) |
# | For those on the server's own bridge, the source must be translated, too. | [B08, lesson 11](11_publish_a_port.ipynb#B08) |
# | /etc/netns/NAME/resolv.conf counts only for what `ip netns exec` starts. | [B09, lesson 11](11_publish_a_port.ipynb#B09) |
# | For a name in the hosts file, no resolver is asked. | [B10, lesson 11](11_publish_a_port.ipynb#B10) |
# | Three frames open a TCP connection, before the first byte of data. | [B11, lesson 12](12_tcp_on_the_wire.ipynb#B11) |
# | A closed port answers with RST, a rejecting firewall with ICMP, a dropping one not at all. | [B12, lesson 12](12_tcp_on_the_wire.ipynb#B12) |
# | What nobody acknowledges is sent again, after pauses that double. | [B13, lesson 12](12_tcp_on_the_wire.ipynb#B13) |
# | Whoever closes a connection first keeps it in TIME-WAIT; the other forgets it. | [B14, lesson 12](12_tcp_on_the_wire.ipynb#B14) |
# | A connection lives in its two ends only: one may outlive the other unawares. | [B15, lesson 12](12_tcp_on_the_wire.ipynb#B15) |
# | While something waits, a link with `tbf` sends at its rate, no faster and no slower. | [B16, lesson 13](13_slow_narrow_lossy.ipynb#B16) |
# | A ping in a queue waits as long as the bytes before it take to leave. | [B17, lesson 13](13_slow_narrow_lossy.ipynb#B17) |
# | In a class of `htb` of its own, a ping passes a queue however long. | [B18, lesson 13](13_slow_narrow_lossy.ipynb#B18) |
# | Where the message “too long” is dropped, short packets arrive and long ones never. | [B19, lesson 13](13_slow_narrow_lossy.ipynb#B19) |
# | A wire that loses packets costs a TCP stream time, and not a byte. | [B20, lesson 13](13_slow_narrow_lossy.ipynb#B20) |
# | A link that is up has an IPv6 address made from its MAC address. | [B21, lesson 14](14_without_arp.ipynb#B21) |
# | IPv6 asks only the group of an address for its MAC, where ARP asks everybody. | [B22, lesson 14](14_without_arp.ipynb#B22) |
# | Before IPv6 uses an address, it asks whether it is taken; IPv4 does not. | [B23, lesson 14](14_without_arp.ipynb#B23) |
# | One router advertisement gives a machine an address and a default route. | [B24, lesson 14](14_without_arp.ipynb#B24) |
# | A router advertisement that may have passed a router is ignored. | [B25, lesson 14](14_without_arp.ipynb#B25) |
# | By a tunnel, containers on two hosts are neighbours, as on one wire. | [B26, lesson 15](15_overlay.ipynb#B26) |
# | The tunnel puts 50 bytes before each frame and changes nothing in it. | [B27, lesson 15](15_overlay.ipynb#B27) |
# | A tunnel learns from what comes in at which host a MAC address is. | [B28, lesson 15](15_overlay.ipynb#B28) |
# | A bridge drops what is too large for the tunnel, and tells nobody. | [B29, lesson 15](15_overlay.ipynb#B29) |
# | With three entries for each other host, nothing is learnt or flooded. | [B30, lesson 15](15_overlay.ipynb#B30) |
# | A neighbour entry follows whoever claims the address. | [B31, lesson 16](16_attack_and_defence.ipynb#B31) |
# | A ping is answered, although all of it passes a stranger. | [B32, lesson 16](16_attack_and_defence.ipynb#B32) |
# | ARP does not change a static neighbour entry. | [B33, lesson 16](16_attack_and_defence.ipynb#B33) |
# | A rule at a bridge's port stops the false claim, and only that. | [B34, lesson 16](16_attack_and_defence.ipynb#B34) |
#
# In a terminal, `nslabkit claims` runs all these experiments and prints what each one showed.

# %% [markdown] lang="zh"
# # 论断对照
#
# 这门课依据的是书中的一章。下面逐条列出它的论断与遗漏，C01 到 C32：30 条论断，两处遗漏（C31 和 C32）。每一条都配了一个由你亲手来做的实验。第一列是它在原文里的位置：2.1 指第 2 节的第 1 段，图片不算在内。标题用的是原文的标题，标题下面的句子是我们的转述。
#
# 回到[课程首页](00_start.ipynb)，或者往下看[原文的疏漏](#原文的疏漏)和[术语表](#术语表)。
#
# ## 网络虚拟化的基础：network namespace
#
# | 位置 | 论断 | 实验 |
# |---|---|---|
# | 1.1 | 命名空间用来隔离内核资源。 | [C01，第 6 课](06_eight_kinds.ipynb#C01) |
# | 1.2 | 一共有六种。 | [C02，第 6 课](06_eight_kinds.ipynb#C02) |
# | 1.3 | 主要是为容器而做的。 | [C03，第 7 课](07_container.ipynb#C03) |
# | 1.4 | 同一个命名空间里的进程能察觉彼此的变化，对外面一无所知。 | [C04，第 6 课](06_eight_kinds.ipynb#C04) |
#
# ## network namespace
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
# ## network namespace 实践
#
# | 位置 | 论断 | 实验 |
# |---|---|---|
# | 3.1 | `ip netns` 管网络命名空间的增、删、查、改。 | [C12，第 2 课](02_own_namespace.ipynb#C12) |
# | 3.3 | 新建一个，`/var/run/netns` 下就多一个挂载点。 | [C13，第 2 课](02_own_namespace.ipynb#C13) |
# | 3.3 | 有挂载点在，里面没有进程，它也能继续存在。 | [C14，第 2 课](02_own_namespace.ipynb#C14) |
# | 3.5 | 新建的里面只有 `lo`，而且没有启用。 | [C15，第 2 课](02_own_namespace.ipynb#C15) |
#
# ### 配置 network namespace
#
# | 位置 | 论断 | 实验 |
# |---|---|---|
# | 4.1 | 两个命名空间之间不能直接通信。 | [C16，第 1 课](01_one_wire.ipynb#C16) |
# | 4.1 | 要通信，就得在命名空间里面创建一个 veth 对。 | [C17，第 1 课](01_one_wire.ipynb#C17) |
# | 4.2 | 创建两个命名空间的命令（其中一个是第二次创建）。 | [C18，第 1 课](01_one_wire.ipynb#C18) |
# | 4.3 | 网络接口刚创建时的状态是 `DOWN`。 | [C19，第 1 课](01_one_wire.ipynb#C19) |
# | 4.3 | 配地址、启用接口的命令。 | [C20，第 1 课](01_one_wire.ipynb#C20) |
# | 4.3 | **遗漏：** 两边的 `lo` 一直没有启用。 | [C32，第 1 课](01_one_wire.ipynb#C32) |
# | 4.4 | `ip addr` 怎样显示线的一端。 | [C21，第 1 课](01_one_wire.ipynb#C21) |
# | 4.5 | ping 得到应答：`ttl=64`，56(84) 字节。 | [C22，第 1 课](01_one_wire.ipynb#C22) |
# | 4.5 | 第一次往返比第二次慢。 | [C23，第 3 课](03_inside_ping.ipynb#C23) |
# | 4.6 | `ping` 构造 ICMP 包，通过套接字交给协议栈。 | [C24，第 3 课](03_inside_ping.ipynb#C24) |
# | 4.6 | 按照路由表，包从 172.16.0.1 口出去。 | [C25，第 3 课](03_arp_and_answer.ipynb#C25) |
# | 4.6 | 协议栈把一个 ARP 包交给 `veth1`。 | [C26，第 3 课](03_arp_and_answer.ipynb#C26) |
# | 4.6 | `veth1-peer` 是线的另一端，所以由它收到。 | [C27，第 3 课](03_arp_and_answer.ipynb#C27) |
# | 4.6 | 那一边的协议栈作出应答。 | [C28，第 3 课](03_arp_and_answer.ipynb#C28) |
# | 4.7 | 到这一步，命名空间和主机之间，两个方向都通了。 | [C29，第 4 课](04_beyond.ipynb#C29) |
# | 4.7 | 点对点的通信已经实现。 | [C30，第 4 课](04_beyond.ipynb#C30) |
# | 4.7 | **遗漏：** 用完怎么清理。 | [C31，第 1 课](01_one_wire.ipynb#C31) |
#
# ### 原文之外
#
# 第 10 到 16 课讲的内容原文没有，论断也是课程自己的。
#
# | 论断 | 实验 |
# |---|---|
# | 在 veth 对上，发送的调用一结束，帧就已经在接收方那里了。 | [B01，第 10 课](10_veth_close_up.ipynb#B01) |
# | 对端嫌太长的帧会被丢弃，两端都会计数。 | [B02，第 10 课](10_veth_close_up.ipynb#B02) |
# | veth 对上会走比 MTU 还长的帧。 | [B03，第 10 课](10_veth_close_up.ipynb#B03) |
# | 在 veth 对上抓到的帧，校验和并不是按数据算出来的。 | [B04，第 10 课](10_veth_close_up.ipynb#B04) |
# | 移走的一端，仍是同一根线的对端。 | [B05，第 10 课](10_veth_close_up.ipynb#B05) |
# | 发布端口换的是目的地址；服务器看到的是真正的来访者。 | [B06，第 11 课](11_publish_a_port.ipynb#B06) |
# | 主机自己发的包，不经过 prerouting 的规则。 | [B07，第 11 课](11_publish_a_port.ipynb#B07) |
# | 和服务器同在一个网桥上的，要用发布的端口，源地址也得转换。 | [B08，第 11 课](11_publish_a_port.ipynb#B08) |
# | /etc/netns/NAME/resolv.conf 只对 `ip netns exec` 启动的命令有效。 | [B09，第 11 课](11_publish_a_port.ipynb#B09) |
# | hosts 文件里写着的，就不去问解析器。 | [B10，第 11 课](11_publish_a_port.ipynb#B10) |
# | 三个帧建立一个 TCP 连接，然后才有第一个字节的数据。 | [B11，第 12 课](12_tcp_on_the_wire.ipynb#B11) |
# | 没有监听的端口回 RST，防火墙拒绝回 ICMP，防火墙丢弃什么也不回。 | [B12，第 12 课](12_tcp_on_the_wire.ipynb#B12) |
# | 没有得到确认的会重发，间隔每次加倍。 | [B13，第 12 课](12_tcp_on_the_wire.ipynb#B13) |
# | 谁先关闭连接，谁就留在 TIME-WAIT；另一方随即忘掉它。 | [B14，第 12 课](12_tcp_on_the_wire.ipynb#B14) |
# | 连接只存在于两端：一端没了，另一端可以毫不知情。 | [B15，第 12 课](12_tcp_on_the_wire.ipynb#B15) |
# | 只要有包在排队，带 `tbf` 的接口就按规定的速率发送，不快也不慢。 | [B16，第 13 课](13_slow_narrow_lossy.ipynb#B16) |
# | ping 在队列里等待的时间，就是前面的字节数除以速率。 | [B17，第 13 课](13_slow_narrow_lossy.ipynb#B17) |
# | 有了自己的 `htb` 类，队列再长，ping 也能越过去。 | [B18，第 13 课](13_slow_narrow_lossy.ipynb#B18) |
# | “太长”的通知被丢弃时，短的包能到，长的包永远到不了。 | [B19，第 13 课](13_slow_narrow_lossy.ipynb#B19) |
# | 线上丢包，TCP 的数据流多花时间，字节一个不少。 | [B20，第 13 课](13_slow_narrow_lossy.ipynb#B20) |
# | 接口启用后，就有一个由 MAC 地址生成的 IPv6 地址。 | [B21，第 14 课](14_without_arp.ipynb#B21) |
# | 问 MAC 地址时，ARP 问所有人，IPv6 只问那个地址所属的组。 | [B22，第 14 课](14_without_arp.ipynb#B22) |
# | IPv6 使用一个地址之前，先问有没有人在用；IPv4 不问。 | [B23，第 14 课](14_without_arp.ipynb#B23) |
# | 一个路由器通告，就让一台机器有了地址和默认路由。 | [B24，第 14 课](14_without_arp.ipynb#B24) |
# | 可能经过了路由器的路由器通告，一律不理。 | [B25，第 14 课](14_without_arp.ipynb#B25) |
# | 借助隧道，两台主机上的容器成了邻居，就像接在同一根线上。 | [B26，第 15 课](15_overlay.ipynb#B26) |
# | 隧道在每个帧前面加 50 个字节，帧本身不作任何改动。 | [B27，第 15 课](15_overlay.ipynb#B27) |
# | 隧道从收到的包里学会：哪个 MAC 地址在哪台主机上。 | [B28，第 15 课](15_overlay.ipynb#B28) |
# | 对隧道来说太大的帧，网桥丢弃了也不通知任何人。 | [B29，第 15 课](15_overlay.ipynb#B29) |
# | 为其余每台主机各写三条记录，就既不用学习，也不用泛洪。 | [B30，第 15 课](15_overlay.ipynb#B30) |
# | 谁声称拥有这个地址，邻居条目就跟着谁走。 | [B31，第 16 课](16_attack_and_defence.ipynb#B31) |
# | ping 有应答，尽管全程都经过一个外人。 | [B32，第 16 课](16_attack_and_defence.ipynb#B32) |
# | 静态邻居条目，ARP 改不了。 | [B33，第 16 课](16_attack_and_defence.ipynb#B33) |
# | 网桥端口上的一条规则，拦得住冒名的帧，也只拦它。 | [B34，第 16 课](16_attack_and_defence.ipynb#B34) |
#
# 在终端里输入 `nslabkit claims`，会把上面的实验全部运行一遍，并列出各自的结果。

# %% [markdown] lang="en"
# ## Where the chapter slips
#
# Not everything in the chapter is right, and some of it is out of date. This table gives the answers away: you may want to find them yourself first.
#
# | place | what it says | what you find | experiment |
# |---|---|---|---|
# | 1.2 | six kinds of namespace | Eight: `cgroup` came in 2016, `time` in 2020. | [C02, lesson 6](06_eight_kinds.ipynb#C02) |
# | 1.2 | a UTS namespace isolates the domain name | Only that of NIS, which hardly anybody uses. Where to ask for names such as `www.example.org` is written in a file. | [C03, lesson 7](07_container.ipynb#C03) |
# | 1.4 | nothing is known of the outside | True only of what that kind isolates. And `pid` and `user` namespaces have parents, which see in. | [C04, lesson 6](06_eight_kinds.ipynb#C04) |
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
# | 1.2 | 命名空间有六种 | 八种：`cgroup` 是 2016 年加入的，`time` 是 2020 年加入的。 | [C02，第 6 课](06_eight_kinds.ipynb#C02) |
# | 1.2 | UTS 命名空间隔离域名 | 指的是 NIS 的域名，如今几乎没人用。`www.example.org` 这类名字该问谁，写在一个文件里。 | [C03，第 7 课](07_container.ipynb#C03) |
# | 1.4 | 对外面一无所知 | 只限于这一种命名空间所隔离的东西；而且 `pid` 和 `user` 有父层，父层看得见子层。 | [C04，第 6 课](06_eight_kinds.ipynb#C04) |
# | 2.1 | 虚拟机运行在命名空间里，就像一台主机 | 虚拟机不靠命名空间也是如此：它自带内核。容器共用内核，这一点会露馅。 | [C10，第 7 课](07_container.ipynb#C10) |
# | 2.2 | 有了命名空间，两个服务器才能用同一个端口 | 在一个命名空间里用两个地址，同样可以。 | [C11，第 5 课](05_two_nginx.ipynb#C11) |
# | 3.3 | 挂载点是系统生成的 | 是 `ip` 这个程序建的，内核根本不知道什么名字。 | [C13，第 2 课](02_own_namespace.ipynb#C13) |
# | 4.1 | 不同的命名空间互不相通 | 没错，但 `Network is unreachable` 证明不了这一点：它只说明缺一条路由。 | [C16，第 1 课](01_one_wire.ipynb#C16) |
# | 4.1 | 必须在命名空间里面创建 veth 对 | 办法不止这一种；而且原文自己的命令是在外面创建，再把两端移进去。 | [C17，第 1 课](01_one_wire.ipynb#C17) |
# | 4.2 | `netns1` 创建了两次 | 第二次会失败：`File exists`。 | [C18，第 1 课](01_one_wire.ipynb#C18) |
# | 4.3 | 没有提到 `lo` | 它未启用时，连自己的地址都 ping 不通，有些报错也传不过来。 | [C32，第 1 课](01_one_wire.ipynb#C32) |
# | 4.3 | 没有提到路由 | 配地址带来一条路由，启用接口才带来其余的。 | [C20，第 1 课](01_one_wire.ipynb#C20) |
# | 4.6 | 包从 172.16.0.1 口出去 | 包从接口 `veth1` 出去；地址是发送方的。 | [C25，第 3 课](03_arp_and_answer.ipynb#C25) |
# | 4.6 | 把 ARP 包交给 `veth1` | 在这之前还要查邻居表，没查到，ping 就排队等着。 | [C26，第 3 课](03_arp_and_answer.ipynb#C26) |
# | 4.6 | 请求转发给了 `veth1-peer` | 没有谁在转发：另一端出来的就是同样的字节。 | [C27，第 3 课](03_arp_and_answer.ipynb#C27) |
# | 4.6 | 讲到 ARP 应答就结束了 | 接着 ping 才上路，由内核应答；大约五秒之后，应答方还会反过来问一次。 | [C28，第 3 课](03_arp_and_answer.ipynb#C28) |
# | 4.7 | 主机和命名空间已经相通 | 照原文的命令并不通：线的两端都离开了主机。 | [C29，第 4 课](04_beyond.ipynb#C29) |
# | 4.7 | 没有讲怎么清理 | 删掉一个命名空间，接在上面的线也跟着消失，两端都不留。 | [C31，第 1 课](01_one_wire.ipynb#C31) |

# %% [markdown] lang="en"
# ## Glossary
#
# The words as the lessons and the program `ip` use them, with their Chinese equivalents.
#
# <!-- glossary -->

# %% [markdown] lang="zh"
# ## 术语表
#
# 课程和 `ip` 命令里用到的词，附英文。
#
# <!-- glossary -->
