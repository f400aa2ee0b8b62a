#!/bin/sh
# System packages: says which are missing, and installs them.
#
#   tools/system.sh SET…    SET is lab (to use the kit) or test (also to run its tests);
#                           long is for make test-long in addition,
#                           image and kernel are for binder/Dockerfile
#
# Says what is missing and why, then installs exactly that: at once as root, through sudo for a user
# who has it; any other user gets the one command to hand to the administrator, and status 1.
# SYSTEM=no installs nothing.  No service is started, now or at the next boot.  The list is
# nslabkit/doctor/system-packages.txt.  Ends at once, silently, if nothing is missing.
set -u
here=$(cd "$(dirname "$0")" && pwd)
list=$here/../nslabkit/doctor/system-packages.txt
# In Chinese as tools/setup.sh.
case ${NSLAB_LANG:-${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}} in
[Zz][Hh]*) say() { echo "$2"; } ;;
*) say() { echo "$1"; } ;;
esac

# An ordinary user's PATH lacks the sbin folders, where nft and nginx are.
SEARCH_PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

on_path() { (PATH=$SEARCH_PATH && command -v "$1" >/dev/null); }

is_there() { # is_there KIND NAME: the probes that the list's header explains
    case $1 in
    command) on_path "$2" ;;
    python)
        # A python3 that is too old is not missing: tools/setup.sh says what to do about it.
        if python=$("$here/python.sh"); then
            "$python" -c "import $2" 2>/dev/null
        else
            command -v python3 >/dev/null
        fi
        ;;
    browser) on_path chromium || on_path chromium-browser || on_path google-chrome ;;
    library) (PATH=$SEARCH_PATH && ldconfig -p 2>/dev/null) | grep -qF "$2 " ;;
    file) [ -e "$2" ] ;;
    font) on_path fc-list && fc-list ":lang=$2" 2>/dev/null | grep -q . ;;
    *) echo "tools/system.sh: unknown probe '$1' in $list" >&2 && exit 2 ;;
    esac
}

package_manager() { # apt, dnf or nothing
    if command -v apt-get >/dev/null; then
        echo apt
    elif command -v dnf >/dev/null; then
        echo dnf
    fi
}

is_ubuntu() { grep -qs '^ID=ubuntu' /etc/os-release; }

package_for() { # package_for DEBIAN FEDORA: the name here
    case $manager in
    dnf) echo "$2" ;;
    *)
        # On Ubuntu, Chromium is a snap, which this package brings.
        if [ "$1" = chromium ] && is_ubuntu; then echo chromium-browser; else echo "$1"; fi
        ;;
    esac
}

find_missing() { # find_missing SET…: fills `missing` (packages) and `reasons` (lines to print)
    missing= reasons=
    while IFS='|' read -r set probe debian fedora why chinese; do
        case " $* " in *" $set "*) ;; *) continue ;; esac
        # shellcheck disable=SC2086 # a probe is a kind and a name
        is_there $probe && continue
        package=$(package_for "$debian" "$fedora")
        case " $missing " in *" $package "*) ;; *) missing="$missing $package" ;; esac
        reasons="$reasons  $(printf '%-20s %s' "$package" "$(say "$why" "${chinese:-$why}")")
"
    done <"$list"
    missing=${missing# }
}

# The one command for an administrator.  Debian's nginx package starts a server on port 80, now
# and at each boot; the kit only needs the program, so the command switches that off again.
administrators_command() {
    case $manager in
    apt)
        quiet=
        case " $missing " in
        *" nginx-light "*) quiet=" && update-rc.d nginx disable && invoke-rc.d nginx stop" ;;
        esac
        echo "apt-get update && apt-get install --yes --no-install-recommends $missing$quiet"
        ;;
    dnf) echo "dnf install --assumeyes --setopt=install_weak_deps=False $missing" ;;
    esac
}

# While apt runs, the programs through which Debian's packages start their services are replaced
# by ones that do nothing.  They are found first on the PATH that apt hands to the packages'
# scripts, so nothing else on the machine changes and nothing remains if apt is killed.
install_with_apt() {
    shims=$(mktemp -d) || return 1
    trap 'rm -rf "$shims"' EXIT
    trap 'exit 1' INT TERM
    printf '%s\n' '#!/bin/sh' 'case " $* " in *" status "*) exit 3 ;; esac' >"$shims/invoke-rc.d"
    printf '%s\n' '#!/bin/sh' >"$shims/deb-systemd-invoke"
    chmod +x "$shims/invoke-rc.d" "$shims/deb-systemd-invoke"
    sbin_and_bin=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
    apt-get update || return 1
    # shellcheck disable=SC2086 # package names are words
    DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
        -o "DPkg::Path=$shims:$sbin_and_bin" $missing || return 1
    case " $missing " in
    *" nginx-light "*)
        update-rc.d nginx disable || return 1
        say "nginx is installed for the tests; its service was not started and stays off at boot." \
            "已安装测试要用的 nginx；它的服务没有启动，开机时也不会启动。"
        ;;
    esac
}

install_as_root() {
    case $manager in
    apt) install_with_apt ;;
    dnf) sh -c "$(administrators_command)" ;;
    esac
}

# Asked without a password, or able to type one: then sudo is worth trying.
may_sudo() {
    command -v sudo >/dev/null || return 1
    sudo -n true 2>/dev/null && return 0
    case " $(id -Gn) " in
    *" sudo "* | *" wheel "* | *" admin "*) [ -t 0 ] ;;
    *) return 1 ;;
    esac
}

hand_over() { # hand_over WHY IN_CHINESE: print the administrator's command and give up
    say "$1 Hand this one command to this machine's administrator:" \
        "$2请把下面这一条命令交给这台机器的管理员："
    echo
    echo "  sudo sh -c '$(administrators_command)'"
    echo
    say "Then run your command again." "然后重新运行你的命令。"
    exit 1
}

[ $# -gt 0 ] || set -- lab test
manager=$(package_manager)
find_missing "$@"
[ -n "$missing" ] || exit 0

say "These packages, which the kit needs, are missing:" "缺少本工具包需要的这些软件包："
printf '%s' "$reasons"

if [ -z "$manager" ]; then
    say "This machine has neither apt-get nor dnf: install these with your system's package manager," \
        "这台机器上没有 apt-get，也没有 dnf：请用系统自己的软件包管理器安装它们，"
    say "then run your command again. Nothing was changed." \
        "然后重新运行你的命令。现在什么都没有改动。"
    exit 1
fi
[ "${SYSTEM:-yes}" != no ] || hand_over "SYSTEM=no: nothing was installed." \
    "SYSTEM=no：什么都没有安装。"

if [ "$(id -u)" = 0 ]; then
    say "Installing exactly these and their dependencies. No service is started." \
        "只安装这些软件包和它们的依赖，不启动任何服务。"
    install_as_root "$@" || {
        say "The installation failed; the lines above say why." "安装失败，原因见上面几行。"
        exit 1
    }
elif may_sudo; then
    say "Installing exactly these and their dependencies, through sudo. No service is started." \
        "通过 sudo 只安装这些软件包和它们的依赖，不启动任何服务。"
    sudo PYTHON="${PYTHON:-}" NSLAB_LANG="${NSLAB_LANG:-}" sh "$here/system.sh" "$@" ||
        hand_over "sudo did not install them." "sudo 没有装上它们。"
else
    hand_over "Only root can install them, and you cannot use sudo; nothing was changed." \
        "只有 root 能安装它们，而你不能用 sudo；什么都没有改动。"
fi

# What was installed must now be found; if not, say so here rather than fail later.
find_missing "$@"
[ -z "$missing" ] || {
    say "Still missing after the installation: $missing" "安装之后仍然缺少：$missing"
    exit 1
}
say "The system packages are complete." "系统软件包齐全了。"
