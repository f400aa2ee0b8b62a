#!/usr/bin/env bash
# Runs a command, or an image, as Binder would: in a container that allows next to nothing.
#
# usage: binder/emulate.sh [--memory 1g] COMMAND…
#        binder/emulate.sh --image NAME [--memory 1g] [--name CONTAINER] [COMMAND…]
#
# uid 1000, every capability dropped, no new privileges, Docker's default seccomp filter, no network,
# a limit of memory, 64 MB of /dev/shm mounted noexec.
#
# Without --image the container sees this machine's files through an overlay: what it writes is gone
# afterwards.  Where Podman and runc run (as root; Debian: apt install podman runc), a real container
# engine does it.  Elsewhere the closest is used: no new privileges and a seccomp filter that refuses
# unshare, mount, setns and sethostname, without the limit of memory and, for an ordinary user, with
# the network.  The first line on standard error says which one it is.
#
# With --image it is the image of binder/build.sh, started as it is; without a COMMAND, by what
# BinderHub starts for a visitor, with the token `visitor`.  It needs the engine.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
usage() { sed -n '4,5s/^# //p' "$0" >&2; exit 2; }
memory=1g image='' name=()
while (($#)); do
    case $1 in
    --memory) (($# > 1)) || usage; memory=$2; shift 2 ;;
    --image) (($# > 1)) || usage; image=$2; shift 2 ;;
    --name) (($# > 1)) || usage; name=(--name "$2"); shift 2 ;;
    *) break ;;
    esac
done
(($#)) || [[ -n $image ]] || usage

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
profile=$work/seccomp.json
confined() { # confined OPTION…: run a container that may do as little as Binder's
    podman --runtime runc run --rm --network none --user 1000:1000 --cap-drop ALL \
        --security-opt no-new-privileges --security-opt "seccomp=$profile" --shm-size 64m \
        --memory "$memory" --ulimit nofile=1024:1024 --ulimit nproc=4096:4096 "$@"
}
engine() { # engine COMMAND…: run it in a container that sees this machine's files
    confined --env "PATH=$PATH" --env HOME=/tmp --env USER=learner \
        ${NSLAB_UML_KERNEL:+--env "NSLAB_UML_KERNEL=$NSLAB_UML_KERNEL"} \
        --env "NSLAB_BACKEND=${NSLAB_BACKEND:-auto}" --env "NSLAB_LANG=${NSLAB_LANG:-en}" \
        --workdir "$PWD" --rootfs /:O "$@"
}
# What BinderHub's chart starts: JupyterLab where Python finds one.
binderhubs=(python3 -c 'import os, sys, jupyterlab; os.execvp("jupyter-lab", sys.argv)'
    --ip=0.0.0.0 --port=8888 --NotebookApp.base_url=/user/visitor/ --NotebookApp.token=visitor
    --NotebookApp.trust_xheaders=True)

if [[ -n $image ]]; then
    ((EUID == 0)) && command -v podman >/dev/null && command -v runc >/dev/null || {
        echo "emulate: an image needs root, Podman and runc: apt install podman runc" >&2
        exit 1
    }
    podman image exists "$image" || {
        echo "emulate: there is no image $image; binder/build.sh builds one" >&2
        exit 1
    }
    python3 "$here/seccomp.py" >"$profile"
    echo "emulate: $image in a container of $(podman --version), runc, Docker's default filter, $memory" >&2
    (($#)) || set -- "${binderhubs[@]}"
    confined "${name[@]}" "$image" "$@"
elif ((EUID == 0)) && command -v podman runc >/dev/null &&
    python3 "$here/seccomp.py" >"$profile" && engine true 2>"$work/why"; then
    echo "emulate: a container of $(podman --version), runc, Docker's default filter, $memory" >&2
    engine "$@"
else
    echo "emulate: no container engine runs here; no new privileges and a seccomp filter instead" >&2
    filter=(python3 "$here/../tests/machine/sandbox/refuse.py" unshare,mount,setns,sethostname)
    ((EUID)) || filter=(unshare --net setpriv --reuid 1000 --regid 1000 --clear-groups
        --bounding-set=-all --inh-caps=-all env HOME=/tmp USER=learner "${filter[@]}")
    "${filter[@]}" "$@"
fi
