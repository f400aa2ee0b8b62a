# %% [markdown] lang="en"
# # Two hosts, one network: overlay
#
# **What you find out:** how containers on two machines become neighbours, as if one wire joined them. Two namespaces play the machines. You look at frames inside packets, see what a tunnel learns, and fall into a trap that is 50 bytes deep. At the end you write by hand what flannel writes in a Kubernetes cluster.
#
# **Time:** about 30 minutes.
#
# **You need:** lessons [1](01_one_wire.ipynb), [3](03_arp_and_answer.ipynb) and [4](04_beyond.ipynb). This one builds what it needs.

# %% [markdown] lang="zh"
# # 两台主机，一个网络：overlay
#
# **这一课要弄清楚：** 两台机器上的容器怎样成为邻居，就像接在同一根线上。两个命名空间扮演两台机器。你会看到装在包里的帧，看隧道学到了什么，还会掉进一个 50 字节深的坑。最后亲手写下 flannel 在 Kubernetes 集群里写的那几条记录。
#
# **用时：** 约 30 分钟。
#
# **准备：** 学过[第 1 课](01_one_wire.ipynb)、[第 3 课](03_arp_and_answer.ipynb)和[第 4 课](04_beyond.ipynb)。需要什么，这里现建。

# %%
import nslabkit as lab

# %%
lab.recall(15)

# %% [markdown] lang="en"
# Lost, or late? `lab.catch_up("15.3")` in a new cell empties the machine and builds what step 15.3 starts from; `lab.catch_up()` lists the steps.

# %% [markdown] lang="zh"
# 跟丢了，或者来晚了？新建一个单元格运行 `lab.catch_up("15.3")`，机器会被清空，再搭好第 15.3 步开始时该有的东西；`lab.catch_up()` 列出全部步骤。

# %% [markdown] lang="en"
# ## 1. Two hosts, two bridges
#
# `host1` and `host2` play two machines on one switch, the bridge `lan` in the notebook's own namespace (`host` in the picture):

# %% [markdown] lang="zh"
# ## 1. 两台主机，两个网桥
#
# `host1` 和 `host2` 扮演接在同一台交换机上的两台机器；交换机是笔记本自己这个命名空间里的网桥 `lan`。（图上这个命名空间标着“主机”；文中说的两台主机，是 `host1` 和 `host2`。）

# %% build="on"
# %%bash
ip link add lan type bridge
ip link set lan up
for n in 1 2; do
  ip netns add host$n
  ip netns exec host$n sysctl -qew net.ipv6.conf.default.disable_ipv6=1
  ip link add lan$n type veth peer name eth0 netns host$n
  ip link set lan$n master lan up
  ip -n host$n addr add 192.168.0.$n/24 dev eth0
  ip -n host$n link set eth0 up
done

# %% [markdown] lang="en"
# In each host there is a bridge `br0` with one container on it, `c1` or `c2` (here, only a namespace). Both containers have addresses in **one** subnet, 10.42.0.0/24. (`sysctl` keeps IPv6 quiet, as in lesson 4.)

# %% [markdown] lang="zh"
# 每台主机里有一个网桥 `br0`，各接一个容器，`c1` 和 `c2`（这里的容器，只是一个命名空间）。两个容器的地址属于**同一个**网段 10.42.0.0/24。（和第 4 课一样，带 `sysctl` 的行不让 IPv6 自己发包。）

# %% build="on"
# %%bash
for n in 1 2; do
  ip netns add c$n
  ip netns exec c$n sysctl -qew net.ipv6.conf.default.disable_ipv6=1
  ip -n host$n link add br0 type bridge
  ip -n host$n link add port type veth peer name eth0 netns c$n
  ip -n host$n link set port master br0 up
  ip -n host$n link set br0 up
  ip -n c$n addr add 10.42.0.$n/24 dev eth0
  ip -n c$n link set eth0 up
  ip -n c$n link set lo up
done

# %%
lab.picture()

# %%
lab.predict("two bridges apart")

# %%
!ip netns exec host1 ping -c 1 192.168.0.2
!ip netns exec c1 ping -c 1 10.42.0.2

# %%
lab.compare("two bridges apart")

# %% [markdown] lang="en"
# The hosts reach each other, the containers do not: the ARP request of `c1` ends at `br0` of `host1`, which has no port to the other host.
#
# ## 2. A port that leads to another machine
#
# A wire between the two bridges is missing. A **tunnel** does without one: the frames travel inside packets that the hosts can already exchange. The containers' network then lies on top of the hosts', and is called an **overlay**.
#
# A link of type **VXLAN** is one end of such a tunnel. We plug one into each bridge:

# %% [markdown] lang="zh"
# 两台主机互通，容器却不通：`c1` 的 ARP 请求，到 `host1` 的 `br0` 就到头了，那里没有通向另一台主机的网桥端口。
#
# ## 2. 通往另一台机器的端口
#
# 缺的是两个网桥之间的一根线。不拉线也行：把帧装进主机之间本来就能互发的包里，这就是**隧道**。容器的网络架在主机的网络之上，叫作 **overlay**（叠加网络）。
#
# 类型为 **VXLAN** 的接口就是这种隧道的一端。每个网桥上接一个：

# %% build="on"
# %%bash
for n in 1 2; do
  ip -n host$n link add vx type vxlan id 42 local 192.168.0.$n dev eth0 dstport 4789
  ip -n host$n link set vx master br0 up
done
bridge -n host1 fdb append 00:00:00:00:00:00 dev vx dst 192.168.0.2
bridge -n host2 fdb append 00:00:00:00:00:00 dev vx dst 192.168.0.1

# %% [markdown] lang="en"
# `id 42` is the number of the virtual network (*VNI*): both ends need the same one. `4789` is VXLAN's **UDP** port (single messages, without a connection). The last two lines say where frames go: `00:00:00:00:00:00` stands for every receiver that `vx` does not know, and for everybody.

# %% [markdown] lang="zh"
# `id 42` 是虚拟网络的编号（VNI），两端必须相同。`4789` 是 VXLAN 用的 **UDP** 端口（UDP 发的是一条条独立的消息，不建立连接）。最后两行说的是往哪里发：`00:00:00:00:00:00` 代表 `vx` 不认识的所有接收方，也代表所有人。

# %%
!ip netns exec c1 ping -c 1 10.42.0.2
!ip -n c1 neigh
!ip -n c2 -br link show eth0
lab.check.reach("10.42.0.2", "c1")

# %% [markdown] lang="en"
# Answered, and with `ttl=64`: no router in between. And `c1` knows the MAC address of `c2` itself, which is on another machine:

# %% [markdown] lang="zh"
# 有应答，而且 `ttl=64`：中间没有路由器。`c1` 知道的就是 `c2` 自己的 MAC 地址，而 `c2` 在另一台机器里：

# %% claim="B26"
lab.claims.B26.check()

# %%
lab.picture()

# %% [markdown] lang="en"
# The dotted line joins links with the same number. It is no wire: the frames go through `eth0`.
#
# ## 3. A frame in a frame
#
# The ping of `c1` is a frame of 98 bytes. Between the hosts it is inside something larger.

# %% [markdown] lang="zh"
# 点线连的是同一个虚拟网络的接口。它不是线：帧走的是 `eth0`。
#
# ## 3. 帧里的帧
#
# `c1` 的 ping 是一个 98 字节的帧。在两台主机之间，它装在一个更大的东西里。

# %%
lab.predict("larger by how much")

# %% build="on"
!ip -n c2 neigh flush all; ip -n c1 neigh flush all
c1 = lab.namespaces.namespace("c1")
with lab.capture("c1", "host1/port", "host1/eth0", "host2/eth0", "host2/port", "c2",
                 filter="arp or icmp or udp port 4789") as tunnel:
    c1.run("ping -c 1 10.42.0.2", quiet=True)

# %%
for packet in tunnel.packets:
    if packet.interface.namespace == "host1":
        print(packet.interface.name, packet.summary)
tunnel.ladder()

# %%
lab.compare("larger by how much")

# %% [markdown] lang="en"
# Outside, `192.168.0.1` talks to `192.168.0.2`; inside, `10.42.0.1` to `10.42.0.2`. Even the ARP request for everybody travels as a packet to one host. In front of each frame are 14 bytes of Ethernet, 20 of IPv4, 8 of UDP, and 8 of VXLAN with the number of the network: 50. Not one byte of the container's frame is changed:

# %% [markdown] lang="zh"
# 外层是 `192.168.0.1` 和 `192.168.0.2` 在通信，内层是 `10.42.0.1` 和 `10.42.0.2`。连发给所有人的 ARP 请求，也成了发给一台主机的包。每个帧前面加了以太网首部 14 个字节、IPv4 首部 20 个、UDP 首部 8 个，还有写着网络编号的 VXLAN 首部 8 个，一共 50。容器的帧一个字节也没有改：

# %% claim="B27"
lab.claims.B27.check(recording=tunnel)

# %% [markdown] lang="en"
# ## 4. Who is where?
#
# The answer came in a packet from `192.168.0.2`, and `vx` has taken note. `dst` is the host where a MAC address is:

# %% [markdown] lang="zh"
# ## 4. 谁在哪里？
#
# 带着应答的包是从 `192.168.0.2` 来的，`vx` 记下了这一点。`dst` 说的是某个 MAC 地址在哪台主机后面：

# %% claim="B28"
!bridge -n host1 fdb show dev vx | grep dst
lab.claims.B28.check()

# %% [markdown] lang="en"
# The line for `c2` was learnt, from the *outer* source address. The one with the zeros is ours: a frame for somebody unknown goes to each host on such a line, which is called **flooding**. What if that line is gone?

# %% [markdown] lang="zh"
# `c2` 那一行是学来的，依据是收到的包的**外层**源地址。全零的那一行是我们写的：收件人不认识的帧，会发给列在这种行里的每一台主机，这叫**泛洪**（flooding）。要是删掉这一行呢？

# %%
lab.predict("no flooding")

# %%
!bridge -n host1 fdb del 00:00:00:00:00:00 dev vx dst 192.168.0.2
!ip netns exec c1 ping -c 1 -W 1 10.42.0.2
!ip -n c2 neigh flush all; ip -n c1 neigh flush all
!ip netns exec c1 ping -c 1 -W 1 10.42.0.2
!bridge -n host1 fdb append 00:00:00:00:00:00 dev vx dst 192.168.0.2
lab.wait_for("ip netns exec c1 ping -c 1 -W 1 10.42.0.2", "1 received")

# %%
lab.compare("no flooding")

# %% [markdown] lang="en"
# ## 5. Fifty bytes too many
#
# Each link's **MTU** (*maximum transmission unit*) says how large a packet may be: 1500 bytes for each `eth0`. `vx` has 1450, because its 50 bytes must fit in, too. `c1` does not know, and sends the largest packet that its own link allows: 1472 bytes of data, 8 of ICMP and 20 of IPv4. `-M do` forbids splitting it up; for TCP, Linux forbids it by default.

# %% [markdown] lang="zh"
# ## 5. 多出的五十个字节
#
# 一个包最大能有多大，由接口的 **MTU**（最大传输单元）规定：容器和主机的 `eth0` 都是 1500。`vx` 是 1450，因为隧道还要再加 50 个字节。`c1` 对此一无所知，发一个自己的接口允许的最大的包：1472 字节数据，加上 ICMP 的 8 个和 IPv4 的 20 个。`-M do` 表示不许分片；TCP 的包，Linux 本来就不许分片。

# %%
lab.predict("the largest one")

# %% build="on"
with lab.capture("c1", "host1/port", "host1/eth0", filter="udp port 4789 and greater 1000 or icmp") as large:
    c1.run("ping -M do -s 1472 -c 1 -W 1 10.42.0.2")
for packet in large.packets:
    print(packet.interface.where, packet.summary)

# %%
lab.compare("the largest one")

# %% [markdown] lang="en"
# The frame reaches the bridge port, but never `eth0`. A router would say by ICMP what is wrong; the bridge drops the frame and tells nobody. That is hard to find, because small pings work:

# %% [markdown] lang="zh"
# 帧到了网桥端口，在 `eth0` 上却看不到。换成路由器，会用 ICMP 说明哪里不对；网桥只管帧，不用 ICMP：帧被丢弃，谁也得不到通知。这种故障很难找，因为小的 ping 都是通的：

# %% claim="B29"
lab.claims.B29.check()

# %% [markdown] lang="en"
# ## 6. Your turn
#
# Any way is right that gets there. `lab.hint("15.1")` in a new cell opens the first of three hints.

# %% [markdown] lang="zh"
# ## 6. 轮到你了
#
# 做法不限，结果对就行。卡住了，就新建一个单元格运行 `lab.hint("15.1")`：每运行一次打开一条提示，一共三条，然后是一种解法。

# %% task="15.1"

# %% task="15.1" tags=["solution"]
!ip -n c1 link set eth0 mtu 1450
!ip -n c2 link set eth0 mtu 1450

# %% task="15.1"
lab.check.task("15.1")

# %% [markdown] lang="en"
# Now a third machine. (The check makes containers and tunnels forget what they have learnt.)

# %% [markdown] lang="zh"
# 现在再来第三台机器。检查会先让容器和隧道忘掉学到的东西。

# %% task="15.2"

# %% task="15.2" tags=["solution"] magic_args="--no-raise-error" language="bash"
# ip netns add host3; ip netns add c3
# ip link add lan3 type veth peer name eth0 netns host3
# ip link set lan3 master lan up
# ip -n host3 addr add 192.168.0.3/24 dev eth0; ip -n host3 link set eth0 up
# ip -n host3 link add br0 type bridge; ip -n host3 link set br0 up
# ip -n host3 link add port type veth peer name eth0 netns c3
# ip -n host3 link set port master br0 up
# ip -n c3 addr add 10.42.0.3/24 dev eth0; ip -n c3 link set eth0 mtu 1450 up

# %% task="15.2" tags=["solution"] magic_args="--no-raise-error" language="bash"
# ip -n host3 link add vx type vxlan id 42 local 192.168.0.3 dev eth0 dstport 4789
# ip -n host3 link set vx master br0 up
# for n in 1 2; do
#   bridge -n host3 fdb append 00:00:00:00:00:00 dev vx dst 192.168.0.$n
#   bridge -n host$n fdb append 00:00:00:00:00:00 dev vx dst 192.168.0.3
# done

# %% task="15.2"
lab.check.task("15.2")

# %% [markdown] lang="en"
# ## 7. What flannel writes
#
# With a thousand hosts, each frame to everybody would be sent 999 times. **flannel**, one of the programs that build the network of a Kubernetes cluster (containers on many machines), does without that. Each host becomes the router of a subnet of its own, here 10.244.1.0/24 or 10.244.2.0/24:

# %% [markdown] lang="zh"
# ## 7. flannel 写了什么
#
# 要是有一千台主机，每个发给所有人的帧都得发 999 份。**flannel** 是给 Kubernetes 集群搭网络的程序之一，它不这么干。每台主机各当一个网段的路由器，这里是 10.244.1.0/24 和 10.244.2.0/24：

# %% build="on" magic_args="--no-raise-error" language="bash"
# for n in 1 2; do
#   ip -n host$n link del vx
#   ip netns exec host$n sysctl -qw net.ipv4.ip_forward=1
#   ip -n host$n addr add 10.244.$n.1/24 dev br0
#   ip -n c$n addr flush dev eth0
#   ip -n c$n addr add 10.244.$n.2/24 dev eth0
#   ip -n c$n link set eth0 mtu 1500
#   ip -n c$n route add default via 10.244.$n.1
# done

# %% [markdown] lang="en"
# The end of the tunnel, `flannel.1`, is no bridge port. It has an address, 10.244.1.0 or 10.244.2.0, and a MAC address that is known beforehand.

# %% [markdown] lang="zh"
# 隧道的一端叫 `flannel.1`，它不是网桥端口：它有自己的地址 10.244.1.0 或 10.244.2.0，MAC 地址也是事先就知道的。

# %% build="on"
# %%bash
for n in 1 2; do
  ip -n host$n link add flannel.1 address 02:00:00:00:00:0$n type vxlan \
     id 1 local 192.168.0.$n dev eth0 dstport 8472 nolearning
  ip -n host$n addr add 10.244.$n.0/32 dev flannel.1
  ip -n host$n link set flannel.1 up
done

# %% [markdown] lang="en"
# Now three entries for each other host; flannel takes them from the cluster's database. A **route**: that subnet is behind the neighbour 10.244.2.0. A **neighbour**: 10.244.2.0 has this MAC address. And a line for the tunnel: this MAC address is at that **host**.

# %% [markdown] lang="zh"
# 接下来，为其余每台主机写三条记录；flannel 是从集群的数据库里得知的。一条**路由**：那个网段在邻居 10.244.2.0 后面。一条**邻居**：10.244.2.0 的 MAC 地址是这个。再给隧道一行：这个 MAC 地址在那台**主机**上。

# %% build="on"
# %%bash
for n in 1 2; do
  far=$((3 - n))
  ip -n host$n route add 10.244.$far.0/24 via 10.244.$far.0 dev flannel.1 onlink
  ip -n host$n neigh add 10.244.$far.0 lladdr 02:00:00:00:00:0$far dev flannel.1 nud permanent
  bridge -n host$n fdb add 02:00:00:00:00:0$far dev flannel.1 dst 192.168.0.$far
done

# %% build="on"
c1 = lab.namespaces.namespace("c1")
with lab.capture("host1/eth0", "host2/eth0", filter="udp port 8472") as routed:
    c1.run("ping -c 1 10.244.2.2")
for packet in routed.packets:
    print(packet.interface.where, packet.summary)

# %% [markdown] lang="en"
# `ttl=62`: two routers, the two hosts. And not a single ARP frame in the tunnel: nobody had to ask.

# %% [markdown] lang="zh"
# `ttl=62`：经过两台路由器，也就是那两台主机。而且主机之间的隧道里，一个 ARP 帧也没有，谁都不用问。

# %% claim="B30"
lab.claims.B30.check(recording=routed)

# %% [markdown] lang="en"
# Is section 5's trap still there?

# %% [markdown] lang="zh"
# 第 5 节的坑还在吗？

# %%
!ip netns exec c1 ping -M do -s 1472 -c 1 -W 1 10.244.2.2

# %% [markdown] lang="en"
# This time somebody says what is wrong: `host1` is a router now, and answers `Frag needed` (*needs splitting*).
#
# ## 8. Mend it
#
# `host2` fails and is set up again. All *its* entries come back:

# %% [markdown] lang="zh"
# 这回有人说明哪里不对：`host1` 现在是路由器，回了一句 `Frag needed`。
#
# ## 8. 修好它
#
# `host2` 坏了，重新装过。它的各条记录都照原样写了回来：

# %% magic_args="--no-raise-error" language="bash"
# ip -n host2 link del flannel.1
# ip -n host2 link add flannel.1 type vxlan id 1 local 192.168.0.2 dev eth0 dstport 8472 nolearning
# ip -n host2 addr add 10.244.2.0/32 dev flannel.1
# ip -n host2 link set flannel.1 up
# ip -n host2 route add 10.244.1.0/24 via 10.244.1.0 dev flannel.1 onlink
# ip -n host2 neigh add 10.244.1.0 lladdr 02:00:00:00:00:01 dev flannel.1 nud permanent
# bridge -n host2 fdb add 02:00:00:00:00:01 dev flannel.1 dst 192.168.0.1
# ip netns exec c1 ping -c 1 -W 1 10.244.2.2

# %% task="15.3"

# %% task="15.3" tags=["solution"]
!ip -n host2 -br link show flannel.1
[new] = [link.json["address"] for link in lab.links.links("host2") if link.name == "flannel.1"]
!ip -n host1 neigh replace 10.244.2.0 lladdr {new} dev flannel.1 nud permanent
!bridge -n host1 fdb add {new} dev flannel.1 dst 192.168.0.2

# %% task="15.3"
lab.check.task("15.3")

# %%
lab.empty()
lab.check.empty()

# %% [markdown] lang="en" jp-MarkdownHeadingCollapsed=true
# ## On two real machines
#
# If you have two Linux machines in one subnet, the tunnel of section 2 works between them. Replace `A` by the address of the first machine and `B` by that of the second; on the second machine, swap the two and use `10.42.0.2`. The firewalls must let UDP port 4789 in.
#
# ```
# sudo ip link add vx type vxlan id 42 local A remote B dstport 4789 dev INTERFACE
# sudo ip addr add 10.42.0.1/24 dev vx
# sudo ip link set vx up
# ping 10.42.0.2
# ```
#
# `remote B` writes the line with the zeros for you. `sudo ip link del vx` takes all of it away.

# %% [markdown] lang="zh" jp-MarkdownHeadingCollapsed=true
# ## 在两台真实的机器上
#
# 手边有接在同一个网段上的两台 Linux 机器，就能在它们之间搭起第 2 节的隧道。把下面命令里的 `A` 换成这一台的地址，`B` 换成另一台的；到第二台上两个对调，地址用 `10.42.0.2`。防火墙要放行 UDP 端口 4789。
#
# ```
# sudo ip link add vx type vxlan id 42 local A remote B dstport 4789 dev 接口名
# sudo ip addr add 10.42.0.1/24 dev vx
# sudo ip link set vx up
# ping 10.42.0.2
# ```
#
# `remote B` 会替你写好全零的那一行。`sudo ip link del vx` 把这一切去掉。

# %% [markdown] lang="en"
# ## What you have seen
#
# - A VXLAN link puts whole frames into UDP packets, 50 bytes larger. Whoever does not know loses large packets without a word.
# - It learns from the outer source addresses who is where, and floods everything else to the hosts on its list.
# - flannel needs neither, only a route, a neighbour and a line for the tunnel, for each other host.

# %% [markdown] lang="zh"
# ## 你看到了什么
#
# - VXLAN 接口把整个帧装进 UDP 包里，多出 50 个字节。谁不知道这一点，谁的大包就会无声无息地消失。
# - 它根据外层源地址学会谁在哪里；不认识的，就泛洪给名单上的主机。
# - flannel 两样都不做：为其余每台主机各写一条路由、一条邻居，再给隧道写一行。

# %% [markdown] lang="en"
# ## What you can now do
#
# Ticked where a check has shown it. What is not ticked is waiting for you: its task is above.

# %% [markdown] lang="zh"
# ## 现在你会做什么
#
# 打勾的，是检查已经证明的。没打勾的还等着你：任务在上面。

# %%
lab.learned(15)

# %% [markdown] lang="en"
# Next: [Attack and defence](16_attack_and_defence.ipynb). How far you are: [the start page](00_start.ipynb).

# %% [markdown] lang="zh"
# 下一课：[《攻与防》](16_attack_and_defence.ipynb)。学到了哪里，看[课程首页](00_start.ipynb)。
