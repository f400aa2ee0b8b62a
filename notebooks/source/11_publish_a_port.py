# %% [markdown] lang="en"
# # Publish a port, name a host
#
# **What you find out:** what happens behind `docker run -p 8080:80`: how a port of the host leads to a server in a namespace, who gets in that way and who does not, and how people find it by name instead of by number.
#
# **Time:** about 30 minutes.
#
# **You need:** [Reaching the host, and beyond](04_beyond.ipynb), for *bridge*, *forwarding*, *NAT* and *connection tracking*. What you built there is not needed. The namespace in which this notebook runs is **the host**.

# %% [markdown] lang="zh"
# # 发布端口，给主机起名
#
# **这一课要弄清楚：** `docker run -p 8080:80` 背后发生了什么：命名空间里的服务器怎样在主机上有了对外的端口，谁能从这里进来、谁不能，以及别人怎样凭名字而不是数字找到它。
#
# **用时：** 约 30 分钟。
#
# **准备：** 先学完[《连通主机，再到外网》](04_beyond.ipynb)，**网桥**、**转发**、**NAT**、**连接跟踪**在那里讲过；那一课里搭的东西，这里用不到。笔记本所在的命名空间，称为**主机**。

# %%
import nslabkit as lab
lab.recall(11)

# %% [markdown] lang="en"
# Lost, or late? `lab.catch_up("11.3")` in a new cell empties the machine and builds what step 11.3 starts from; `lab.catch_up()` lists the steps.
#
# ## 1. A port of the host
#
# A small world: `shop` and `neighbour` on a bridge, and `visitor` outside, who knows the host's address 203.0.113.1 and nothing else. (`/run/before` keeps the old values of two settings for the end; the second one, on machines that have it, would apply the IP rules even to what only crosses the bridge.)

# %% [markdown] lang="zh"
# 跟丢了，或者来晚了？新建一个单元格运行 `lab.catch_up("11.3")`，机器会被清空，再搭好第 11.3 步开始时该有的东西；`lab.catch_up()` 列出全部步骤。
#
# ## 1. 主机上的一个端口
#
# 一个小世界：`shop`（商店）和 `neighbour`（邻居）接在同一个网桥上；`visitor`（访客）在外面，除了主机的地址 203.0.113.1，什么也不知道。（`/run/before` 记下两项设置，最后恢复；第二项不是每台机器都有，它会让 IP 规则去管只是穿过网桥的包。）

# %% build="on"
# %%bash
settings="net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables"
[ -e /run/before ] || sysctl -e $settings >/run/before
sysctl -qew net.ipv4.ip_forward=1 net.bridge.bridge-nf-call-iptables=0
ip link add br0 type bridge
for place in shop=172.16.0.2 neighbour=172.16.0.3 visitor=203.0.113.9; do
  name=${place%=*}; ip netns add $name
  ip link add to-$name type veth peer name eth0 netns $name
  ip -n $name addr add ${place#*=}/24 dev eth0
  ip link set to-$name up; ip -n $name link set eth0 up
done

# %% build="on"
# %%bash
ip link set to-shop master br0; ip link set to-neighbour master br0
ip addr add 172.16.0.254/24 dev br0; ip link set br0 up
ip addr add 203.0.113.1/24 dev to-visitor
for name in shop neighbour; do ip -n $name route add default via 172.16.0.254; done
mkdir -p /run/shop; echo shop >/run/shop/index.html
ip netns exec shop python3 -m http.server 80 --bind 0.0.0.0 --directory /run/shop >/run/shop.log 2>&1 &
until ip netns exec shop ss -Hltn | grep -q :80; do sleep 0.1; done

# %%
lab.picture()

# %% [markdown] lang="en"
# A server with the page `shop` waits on port 80 of `shop`; a **port** number says which program at an address is meant. To **publish** the server is to make a port of the host lead there. One `nft` rule does it, before the host looks for a route (`prerouting`): what is meant for port 8080 of the host gets a new *destination*. This is **DNAT**, destination network address translation. The visitor asks with `curl`, before and after:

# %% [markdown] lang="zh"
# `shop` 的 80 端口上有一个服务器，页面是 `shop`。**发布**它，就是让主机的一个端口通到那里。只要一条 `nft` 规则，放在包到达时的第一个阶段（`prerouting`）：凡是发给主机 8080 端口的，都换一个**目的地址**。这叫 **DNAT**，目的网络地址转换。访客在加规则前后各访问一次：

# %% build="on"
# %%bash
ip netns exec visitor curl -sSm 3 --noproxy "*" http://203.0.113.1:8080/ 2>&1
nft add table ip publish
nft add chain ip publish arriving "{ type nat hook prerouting priority dstnat; }"
nft add rule ip publish arriving ip daddr 203.0.113.1 tcp dport 8080 dnat to 172.16.0.2:80
ip netns exec visitor curl -sSm 3 --noproxy "*" http://203.0.113.1:8080/

# %%
lab.predict("who asks")

# %%
with lab.capture("to-visitor", "to-shop", filter="tcp") as way:
    lab.HOST.run('ip netns exec visitor curl -sSm 3 --noproxy "*" http://203.0.113.1:8080/')
for packet in way.packets[:4]:
    print(packet.interface.name, packet.summary, sep="  ")
!tail -n 1 /run/shop.log

# %%
lab.compare("who asks")

# %% [markdown] lang="en"
# The first packet of a connection (`SYN`) twice: at `to-visitor` it goes to 203.0.113.1, port 8080; at `to-shop` to 172.16.0.2, port 80. The sender is the visitor both times, and the server's log says so, too. The rule is used for this first packet only; for the rest, including the answers, the kernel looks at its list of tracked connections:

# %% [markdown] lang="zh"
# 同一个包（连接的第一个包）看到两次：在 `to-visitor`，发往 203.0.113.1 的 8080 端口；在 `to-shop`，发往 172.16.0.2 的 80 端口。发送方两次都是访客，服务器的日志也这么说。规则只用在连接的第一个包上；此后的包，连同应答，内核都去查连接跟踪表：

# %% claim="B06"
display(lab.connections.connections())
lab.claims.B06.check()

# %% [markdown] lang="en"
# Read a line like this: packets go from the visitor to the host's port 8080; answers come from port 80 of `shop`, and the kernel turns them back into answers from 203.0.113.1:8080. The visitor never sees 172.16.0.2.
#
# ## 2. Who does not get in
#
# The page is there for the visitor. Is it there for everybody?

# %% [markdown] lang="zh"
# 一行这样读：包从访客发往主机的 8080 端口；应答来自 `shop` 的 80 端口，内核再把它改回成 203.0.113.1:8080 的应答。172.16.0.2 这个地址，访客从头到尾都没见过。
#
# ## 2. 谁进不来
#
# 访客看得到页面了。是不是谁都看得到？

# %%
lab.predict("from the host")

# %%
!curl -sSm 3 --noproxy "*" http://203.0.113.1:8080/

# %%
lab.compare("from the host")

# %% [markdown] lang="en"
# Refused, and at once (`curl` calls it “couldn't connect”): `prerouting` is for what *arrives*. What the host itself sends passes another stage, `output`, and there is no rule there yet. First the claim, then the rule:

# %% [markdown] lang="zh"
# 被拒绝了，而且是立刻：`curl` 写明只过了几毫秒（有的版本只说 `Couldn't connect to server`）。`prerouting` 只管**到达**的包。主机自己发的包走另一个阶段 `output`，那里还没有规则。先看论断，再加规则：

# %% claim="B07"
lab.claims.B07.check()

# %% build="on"
# %%bash
nft add chain ip publish own "{ type nat hook output priority -100; }"
nft add rule ip publish own ip daddr 203.0.113.1 tcp dport 8080 dnat to 172.16.0.2:80
curl -sSm 3 --noproxy "*" http://203.0.113.1:8080/

# %% [markdown] lang="en"
# (`-100` is the number behind the name `dstnat`, which not every version of `nft` accepts in this chain.)
#
# The neighbour's packets do arrive at the host, over the bridge, and so they meet the first rule. Is that enough?

# %% [markdown] lang="zh"
# （`-100` 就是 `dstnat` 所代表的数；有的版本的 `nft` 在这里不认这个名字。）
#
# 邻居的包倒是会到达主机：它们经网桥进来，自然会碰到第一条规则。这样就够了吗？

# %%
lab.predict("the neighbour")

# %%
with lab.capture("neighbour/eth0", "to-neighbour", filter="tcp") as wire:
    lab.HOST.run('ip netns exec neighbour curl -sSm 2 --noproxy "*" http://203.0.113.1:8080/ 2>&1')
for packet in wire.packets:
    if packet.interface.namespace == "neighbour":
        print(packet.summary)
wire.ladder()

# %%
lab.compare("the neighbour")

# %% [markdown] lang="en"
# The question goes to 203.0.113.1, and the host sends it on to `shop`. But `shop` sees its neighbour's address, 172.16.0.3, and answers it *directly* over the bridge, past the host's rules. So the answer comes from 172.16.0.2, with which `neighbour` has no connection; `neighbour` says so with `RST`, reset. (It tries again after a second, with the same result.) A packet that must leave where it came in is said to make a **hairpin** turn.
#
# First the claim, then the remedy: the host also puts in its own address as the source, so that the answer must come back to it. `ct status dnat` picks the connections that a DNAT rule has changed:

# %% [markdown] lang="zh"
# 请求发往 203.0.113.1，主机把它转给 `shop`。可是 `shop` 看到的是邻居的地址 172.16.0.3，就经网桥**直接**应答，绕过了主机。于是应答来自 172.16.0.2，`neighbour` 和它并没有连接，便回了一个 `RST`（复位）。（一秒后内核重发 `SYN`，结果还是一样。）包从哪里来又折回哪里去，这种走法叫**发夹**（hairpin）。
#
# 先看论断，再看办法：主机把源地址也换成自己的，应答就只能回到主机。`ct status dnat` 挑出被 DNAT 规则改过的连接：

# %% claim="B08"
lab.claims.B08.check()

# %% build="on"
# %%bash
nft add chain ip publish leaving "{ type nat hook postrouting priority srcnat; }"
nft add rule ip publish leaving ip saddr 172.16.0.0/24 ct status dnat masquerade
ip netns exec neighbour curl -sSm 3 --noproxy "*" http://203.0.113.1:8080/
tail -n 1 /run/shop.log

# %% [markdown] lang="en"
# The price: for such a question, the log names 172.16.0.254, the host, instead of whoever really asked.
#
# ## 3. A name
#
# Nobody likes to type 203.0.113.1. A **resolver** is a server that answers a name with an address. It is asked by UDP, which means in single messages without a connection, on port 53; the rules for that are called **DNS**. The file `/etc/resolv.conf` says which resolver to ask (`nameserver`). Here is one in a dozen lines; you tell it where to wait, and then names and addresses.

# %% [markdown] lang="zh"
# 代价是：这样来的请求，日志里记的是主机 172.16.0.254，而不是真正的提问者。
#
# ## 3. 名字
#
# 谁也不愿意敲 203.0.113.1。问名字，是往**解析器**（resolver）的 53 端口发一个 UDP 数据报（一条独立的消息，不建立连接）；解析器用地址来回答。这套规矩叫 **DNS**。该问哪个解析器，写在 `/etc/resolv.conf` 里。下面是一个十来行的解析器，参数依次是：在哪个地址等待，以及一对对的名字和地址。

# %% build="on"
# %%writefile /run/resolver.py
import socket, sys
wire = lambda name: b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
known = {wire(name): socket.inet_aton(at) for name, at in zip(sys.argv[2::2], sys.argv[3::2])}
door = socket.socket(type=socket.SOCK_DGRAM); door.bind((sys.argv[1], 53))
while True:
    asked, who = door.recvfrom(512)
    end = asked.index(0, 12)
    found = known.get(asked[12:end], b"")
    count = int(found != b"" and asked[end + 2] == 1)
    reply = asked[:2] + (b"\x81\x80" if found else b"\x81\x83") + bytes([0, 1, 0, count, 0, 0, 0, 0])
    door.sendto(reply + asked[12:end + 5] + count * (b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + found), who)

# %% [markdown] lang="en"
# Two of them run on the host, one facing the visitor and one facing the bridge. Which of them a namespace asks is a matter of *files*, and a network namespace has none of its own. But `ip netns exec NAME` puts the files from `/etc/netns/NAME/` in place of those in `/etc`, for the command that it starts. (An ordinary user may not write to `/etc`, so this notebook gets its own copy of it to work with.)

# %% [markdown] lang="zh"
# 主机上运行两个，一个面向访客，一个面向网桥。命名空间问哪一个，是由**文件**决定的，而网络命名空间并没有自己的文件。不过，`ip netns exec NAME` 会为它启动的命令，用 `/etc/netns/NAME/` 里的文件盖住 `/etc` 里的同名文件。（普通用户不能写 `/etc`，所以给这个笔记本换上一份副本。）

# %% build="on"
# %%bash
[ -e /run/etc ] || { mkdir /run/etc; cp -a /etc/. /run/etc 2>/dev/null
  rm -f /run/etc/resolv.conf; touch /run/etc/resolv.conf
  mount --bind /run/etc /etc
}
mkdir -p /etc/netns/visitor /etc/netns/neighbour
echo nameserver 203.0.113.1 >/etc/netns/visitor/resolv.conf
echo nameserver 172.16.0.254 >/etc/netns/neighbour/resolv.conf
python3 /run/resolver.py 203.0.113.1 shop.test 203.0.113.1 >/run/dns.log 2>&1 &
python3 /run/resolver.py 172.16.0.254 shop.test 172.16.0.2 >/run/dns.log 2>&1 &
until [ $(ss -Hlun | grep -c :53) = 2 ]; do sleep 0.1; done

# %%
lab.predict("same name")

# %%
!ip netns exec visitor getent ahostsv4 shop.test | head -n 1
!ip netns exec neighbour getent ahostsv4 shop.test | head -n 1
!ip netns exec visitor curl -sSm 3 --noproxy "*" http://shop.test:8080/
!ip netns exec neighbour curl -sSm 3 --noproxy "*" http://shop.test/

# %%
lab.compare("same name")

# %% [markdown] lang="en"
# One name, two answers, and both are right: each leads to the shop from the place where it was asked. (`getent` looks a name up as most programs do. The neighbour needs no hairpin now.)
#
# And if you enter the same namespace another way?

# %% [markdown] lang="zh"
# 一个名字，两个回答，两个都对：各自从所在的地方都能走到商店。（`getent` 的问法和别的程序一样。邻居现在用不着发夹了。）
#
# 换一种方式进入同一个命名空间呢？

# %% claim="B09"
# by_exec = !ip netns exec visitor cat /etc/resolv.conf
# by_nsenter = !nsenter --net=/run/netns/visitor cat /etc/resolv.conf
lab.claims.B09.check(by_exec=by_exec, by_nsenter=by_nsenter)

# %% [markdown] lang="en"
# So the file belongs to the command, not to the namespace. A container engine does it differently: it gives the container a mount namespace, that is, a file tree of its own, and puts the file in there.
#
# Before they ask any resolver, programs look in the file `/etc/hosts`. We give the visitor one with a wrong address, and record what goes to port 53:

# %% [markdown] lang="zh"
# 可见这个文件归命令，不归命名空间。容器引擎的做法不同：给容器一个 mount 命名空间，把文件写在那里面。
#
# 在问任何解析器之前，程序先查文件 `/etc/hosts`。给访客写一份地址不对的，再在 53 端口上抓包：

# %% claim="B10"
!echo 203.0.113.77 shop.test >/etc/netns/visitor/hosts
with lab.capture("visitor/eth0", filter="port 53") as recording:
    found = lab.HOST.run("ip netns exec visitor getent ahostsv4 shop.test | head -n 1")
!rm /etc/netns/visitor/hosts
lab.claims.B10.check(found=found, recording=recording)

# %% [markdown] lang="en"
# The order is set in `/etc/nsswitch.conf`, in the line `hosts:` (`files` before `dns`).
#
# ## 4. Your turn
#
# Any way is right that gets there. `lab.hint("11.1")` in a new cell opens the first of three hints. All three tasks go on from what is there now. Is something tangled? `lab.catch_up("11.4")`.

# %% [markdown] lang="zh"
# 先后次序写在 `/etc/nsswitch.conf` 的 `hosts:` 那一行（`files` 在 `dns` 前面）。
#
# ## 4. 轮到你了
#
# 只要达到目标，什么做法都行。新建一个单元格运行 `lab.hint("11.1")`，会看到三条提示中的第一条。三个任务都接着这里搭好的做。弄乱了？运行 `lab.catch_up("11.4")`。

# %% task="11.1"

# %% task="11.1" tags=["solution"] magic_args="--no-raise-error" language="bash"
# mkdir -p /run/second; echo second >/run/second/index.html
# ip netns exec neighbour python3 -m http.server 80 --directory /run/second >/run/second.log 2>&1 &
# until ip netns exec neighbour ss -Hltn | grep -q :80; do sleep 0.1; done
# for chain in arriving own; do
#   nft add rule ip publish $chain ip daddr 203.0.113.1 tcp dport 8081 dnat to 172.16.0.3:80
# done

# %% task="11.1"
lab.check.task("11.1")

# %% task="11.2"

# %% task="11.2" tags=["solution"] magic_args="--no-raise-error" language="bash"
# mkdir -p /etc/netns/shop
# echo 203.0.113.1 second.test >/etc/netns/visitor/hosts
# echo 172.16.0.3 second.test >/etc/netns/shop/hosts

# %% task="11.2"
lab.check.task("11.2")

# %% [markdown] lang="en"
# Now chance picks one of three faults (and `alias` leaves a note for the check): the visitor no longer gets a page. Find the fault, and mend it.

# %% [markdown] lang="zh"
# 下面从三种故障里随机挑一种（`alias` 给检查留个记号），访客就取不到页面了。查出是哪一种，把它修好。

# %%
import random
shop, gate = "ip -n shop route del default", "sysctl -qw net.ipv4.ip_forward=0"
rule = "nft insert rule ip publish arriving tcp dport 8080 dnat to 172.16.0.2:8"
!ip -n visitor link set lo alias broken; {random.choice([shop, gate, rule])}

# %% task="11.3"

# %% task="11.3" tags=["solution"] magic_args="--no-raise-error" language="bash"
# sysctl -qw net.ipv4.ip_forward=1
# ip -n shop route replace default via 172.16.0.254
# nft flush chain ip publish arriving
# for door in 8080,172.16.0.2 8081,172.16.0.3; do
#   nft add rule ip publish arriving ip daddr 203.0.113.1 tcp dport ${door%,*} dnat to ${door#*,}:80
# done

# %% task="11.3"
lab.check.task("11.3")

# %% [markdown] lang="en"
# ## What you have seen
#
# - Publishing a port is DNAT: a rule changes the first packet's destination, the tracked connection does the rest, and the source stays as it is.
# - There are three kinds of asker, and three stages: those outside (`prerouting`), the host itself (`output`), and a neighbour on the same bridge (`postrouting` as well, which makes the answer come back).
# - A name is usually looked up in the hosts file first, then at the resolver that `/etc/resolv.conf` names.
# - `/etc/netns/NAME/` holds files for what `ip netns exec` starts; the network namespace itself has no files.

# %% [markdown] lang="zh"
# ## 你看到了什么
#
# - 发布端口就是 DNAT：第一个包的目的地址被换掉，其余靠连接跟踪，源地址不变。
# - 来访的有三种，规则也在三个阶段：外面来的（`prerouting`），主机自己（`output`），同一网桥上的邻居（`postrouting`，好让应答非回来不可）。
# - 名字先查 hosts 文件，再问 `/etc/resolv.conf` 指定的解析器。
# - `/etc/netns/NAME/` 里的文件，是给 `ip netns exec` 启动的命令用的；网络命名空间本身没有文件。

# %% [markdown] lang="en"
# ## What you can now do
#
# Ticked where a check has shown it. What is not ticked is waiting for you: its task is above.

# %% [markdown] lang="zh"
# ## 现在你会做什么
#
# 打勾的，是检查已经证明的。没打勾的还等着你：任务在上面。

# %%
lab.learned(11)

# %% [markdown] lang="en"
# The last cell leaves the machine as you found it.

# %% [markdown] lang="zh"
# 最后一个单元格让机器恢复原样。

# %%
lab.empty()
!test ! -e /run/etc || umount -l /etc
!sysctl -qep /run/before
!rm -rf /run/etc /run/shop /run/second /run/shop.log /run/second.log /run/dns.log /run/resolver.py /run/before
lab.check.empty()

# %% [markdown] lang="en"
# Next: [TCP on the wire](12_tcp_on_the_wire.ipynb). How far you are: [the start page](00_start.ipynb).

# %% [markdown] lang="zh"
# 下一课：[《线上的 TCP》](12_tcp_on_the_wire.ipynb)。学到了哪里，看[课程首页](00_start.ipynb)。
