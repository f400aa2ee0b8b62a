/* What does the chapter's topology cost a C program that speaks raw netlink?
 *
 * usage: raw_netlink ROUNDS PREFIX
 *
 * Each round makes two named network namespaces, a veth pair with an end in each, an IPv4 address
 * on each end, and sets both ends up; then it removes them.  It prints one line per round: the
 * milliseconds that the making took.  Several requests go in one send, as few system calls as
 * possible: this is the limit against which the kit measures itself.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/if.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <arpa/inet.h>

#define FOLDER "/run/netns"
#define MAKE (NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL)

struct namespace { char path[64]; int fd; int socket; };
struct batch { char bytes[1024]; size_t length; int messages; };

static void fail(const char *what) { perror(what); exit(1); }

static double milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

/* Start a message in the batch; its length is set by finish(). */
static struct nlmsghdr *begin(struct batch *batch, int type, int flags, const void *body, size_t size)
{
    struct nlmsghdr *header = (void *)(batch->bytes + batch->length);
    memset(header, 0, NLMSG_LENGTH(size));
    header->nlmsg_type = type;
    header->nlmsg_flags = flags;
    header->nlmsg_seq = ++batch->messages;
    header->nlmsg_len = NLMSG_LENGTH(size);
    memcpy(NLMSG_DATA(header), body, size);
    return header;
}

/* Append an attribute; without data it is the beginning of a nest that end_nest() closes. */
static struct rtattr *add(struct nlmsghdr *header, int type, const void *data, size_t size)
{
    struct rtattr *attribute = (void *)((char *)header + NLMSG_ALIGN(header->nlmsg_len));
    attribute->rta_type = type;
    attribute->rta_len = RTA_LENGTH(size);
    if (size)
        memcpy(RTA_DATA(attribute), data, size);
    header->nlmsg_len = NLMSG_ALIGN(header->nlmsg_len) + RTA_ALIGN(attribute->rta_len);
    return attribute;
}

static void end_nest(struct nlmsghdr *header, struct rtattr *nest)
{
    nest->rta_len = (char *)header + header->nlmsg_len - (char *)nest;
}

static void finish(struct batch *batch, struct nlmsghdr *header)
{
    batch->length += NLMSG_ALIGN(header->nlmsg_len);
}

/* Send the batch and read every acknowledgement. */
static void transact(int socket, struct batch *batch)
{
    char answers[8192];
    if (send(socket, batch->bytes, batch->length, 0) < 0)
        fail("send");
    for (int left = batch->messages; left > 0;) {
        int size = recv(socket, answers, sizeof answers, 0);
        if (size < 0)
            fail("recv");
        struct nlmsghdr *header = (void *)answers;
        for (; NLMSG_OK(header, size); header = NLMSG_NEXT(header, size), left--) {
            struct nlmsgerr *result = NLMSG_DATA(header);
            if (result->error) {
                fprintf(stderr, "netlink: %s\n", strerror(-result->error));
                exit(1);
            }
        }
    }
    batch->length = batch->messages = 0;
}

static void make_namespace(struct namespace *made, const char *prefix, char letter)
{
    snprintf(made->path, sizeof made->path, FOLDER "/%s%c", prefix, letter);
    int file = open(made->path, O_RDONLY | O_CREAT | O_EXCL, 0);
    if (file < 0)
        fail(made->path);
    close(file);
    if (unshare(CLONE_NEWNET))
        fail("unshare");
    if (mount("/proc/thread-self/ns/net", made->path, "none", MS_BIND, NULL))
        fail("mount");
    made->fd = open(made->path, O_RDONLY | O_CLOEXEC);
    made->socket = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (made->fd < 0 || made->socket < 0)
        fail("open");
}

static void remove_namespace(struct namespace *gone)
{
    umount2(gone->path, MNT_DETACH);
    unlink(gone->path);
}

/* A veth pair, both ends placed by one message. */
static void put_veth(struct batch *batch, const char *name, const char *peer, int peer_namespace)
{
    struct ifinfomsg link = {0};
    struct nlmsghdr *header = begin(batch, RTM_NEWLINK, MAKE, &link, sizeof link);
    add(header, IFLA_IFNAME, name, strlen(name) + 1);
    struct rtattr *info = add(header, IFLA_LINKINFO, NULL, 0);
    add(header, IFLA_INFO_KIND, "veth", 4);
    struct rtattr *data = add(header, IFLA_INFO_DATA, NULL, 0);
    struct rtattr *other = add(header, VETH_INFO_PEER, &link, sizeof link);
    add(header, IFLA_IFNAME, peer, strlen(peer) + 1);
    add(header, IFLA_NET_NS_FD, &peer_namespace, sizeof peer_namespace);
    end_nest(header, other);
    end_nest(header, data);
    end_nest(header, info);
    finish(batch, header);
}

/* The only link beside lo in a new namespace has index 2. */
static void put_address(struct batch *batch, const char *text)
{
    struct ifaddrmsg body = {.ifa_family = AF_INET, .ifa_prefixlen = 24, .ifa_index = 2};
    in_addr_t address = inet_addr(text);
    struct nlmsghdr *header = begin(batch, RTM_NEWADDR, MAKE, &body, sizeof body);
    add(header, IFA_LOCAL, &address, sizeof address);
    add(header, IFA_ADDRESS, &address, sizeof address);
    finish(batch, header);
}

static void put_up(struct batch *batch)
{
    struct ifinfomsg body = {.ifi_index = 2, .ifi_flags = IFF_UP, .ifi_change = IFF_UP};
    finish(batch, begin(batch, RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK, &body, sizeof body));
}

int main(int count, char **arguments)
{
    if (count != 3) {
        fprintf(stderr, "usage: raw_netlink ROUNDS PREFIX\n");
        return 2;
    }
    int home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    for (int round = atoi(arguments[1]); round > 0; round--) {
        struct namespace one, two;
        struct batch batch = {.length = 0, .messages = 0};
        double start = milliseconds();
        make_namespace(&one, arguments[2], 'a');
        make_namespace(&two, arguments[2], 'b');
        put_veth(&batch, "veth1", "veth1-peer", two.fd);
        put_address(&batch, "172.16.0.1");
        put_up(&batch);
        transact(one.socket, &batch);
        put_address(&batch, "172.16.0.2");
        put_up(&batch);
        transact(two.socket, &batch);
        close(one.socket), close(one.fd), close(two.socket), close(two.fd);
        if (setns(home, CLONE_NEWNET))
            fail("setns");
        printf("%.4f\n", milliseconds() - start);
        remove_namespace(&one);
        remove_namespace(&two);
    }
    return 0;
}
