#!/usr/bin/env bash
# Runs a command as Binder would: in a container that allows next to nothing.
#
# usage: binder/emulate.sh [--memory 1g] COMMAND…
#
# uid 1000, every capability dropped, no new privileges, Docker's default seccomp filter, no network,
# a limit of memory, 64 MB of /dev/shm mounted noexec.  The container sees this machine's files
# through an overlay: what it writes is gone afterwards.
#
# Where Podman and runc run (as root; Debian: apt install podman runc), a real container engine does
# it.  Elsewhere the closest is used: no new privileges and a seccomp filter that refuses unshare,
# mount, setns and sethostname, without the limit of memory and, for an ordinary user, with the
# network.  The first line on standard error says which one it is.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
memory=1g
if [[ ${1:-} == --memory ]]; then
    memory=$2
    shift 2
fi
(($#)) || { echo "usage: binder/emulate.sh [--memory 1g] COMMAND…" >&2; exit 2; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
profile=$work/seccomp.json
engine() { # engine COMMAND…: run it in the container
    podman --runtime runc run --rm --network none --user 1000:1000 --cap-drop ALL \
        --security-opt no-new-privileges --security-opt "seccomp=$profile" \
        --memory "$memory" --ulimit nofile=1024:1024 --ulimit nproc=4096:4096 \
        --env "PATH=$PATH" --env HOME=/tmp --env USER=learner \
        ${NSLAB_UML_KERNEL:+--env "NSLAB_UML_KERNEL=$NSLAB_UML_KERNEL"} \
        --env "NSLAB_BACKEND=${NSLAB_BACKEND:-auto}" --env "NSLAB_LANG=${NSLAB_LANG:-en}" \
        --workdir "$PWD" --rootfs /:O "$@"
}

if ((EUID == 0)) && command -v podman runc >/dev/null &&
    python3 "$here/seccomp.py" >"$profile" && engine true 2>"$work/why"; then
    echo "emulate: a container of $(podman --version), runc, Docker's default filter, $memory" >&2
    engine "$@"
else
    echo "emulate: no container engine runs here; no new privileges and a seccomp filter instead" >&2
    filter=(python3 "$here/../tests/sandbox/refuse.py" unshare,mount,setns,sethostname)
    ((EUID)) || filter=(unshare --net setpriv --reuid 1000 --regid 1000 --clear-groups
        --bounding-set=-all --inh-caps=-all env HOME=/tmp USER=learner "${filter[@]}")
    "${filter[@]}" "$@"
fi
