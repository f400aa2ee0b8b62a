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
    while IFS='|' read -r set probe debian fedora why; do
        case " $* " in *" $set "*) ;; *) continue ;; esac
        # shellcheck disable=SC2086 # a probe is a kind and a name
        is_there $probe && continue
        package=$(package_for "$debian" "$fedora")
        case " $missing " in *" $package "*) ;; *) missing="$missing $package" ;; esac
        reasons="$reasons  $(printf '%-20s %s' "$package" "$why")
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
        echo "nginx is installed for the tests; its service was not started and stays off at boot."
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

hand_over() { # hand_over WHY: print the administrator's command and give up
    echo "$1 Hand this one command to this machine's administrator:"
    echo
    echo "  sudo sh -c '$(administrators_command)'"
    echo
    echo "Then run your command again."
    exit 1
}

[ $# -gt 0 ] || set -- lab test
manager=$(package_manager)
find_missing "$@"
[ -n "$missing" ] || exit 0

echo "These packages, which the kit needs, are missing:"
printf '%s' "$reasons"

if [ -z "$manager" ]; then
    echo "This machine has neither apt-get nor dnf: install these with your system's package manager,"
    echo "then run your command again. Nothing was changed."
    exit 1
fi
[ "${SYSTEM:-yes}" != no ] || hand_over "SYSTEM=no: nothing was installed."

if [ "$(id -u)" = 0 ]; then
    echo "Installing exactly these and their dependencies. No service is started."
    install_as_root "$@" || { echo "The installation failed; the lines above say why."; exit 1; }
elif may_sudo; then
    echo "Installing exactly these and their dependencies, through sudo. No service is started."
    sudo PYTHON="${PYTHON:-}" sh "$here/system.sh" "$@" ||
        hand_over "sudo did not install them."
else
    hand_over "Only root can install them, and you cannot use sudo; nothing was changed."
fi

# What was installed must now be found; if not, say so here rather than fail later.
find_missing "$@"
[ -z "$missing" ] || {
    echo "Still missing after the installation: $missing"
    exit 1
}
echo "The system packages are complete."
