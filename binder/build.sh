#!/usr/bin/env bash
# Builds an image with Podman, also on a machine where containers may do little.
#
# usage: binder/build.sh [OPTION OF podman build]…        (image: localhost/nslabkit)
#
#   binder/build.sh --target hub --tag localhost/nslabkit-hub
#   binder/build.sh --build-arg BASE=localhost/nslabkit-base     after binder/base.sh
#
# EXTRA   more options, for what this machine alone needs and an image must not hold, such as
#         EXTRA="--volume /etc/ssl/certs:/etc/ssl/certs:ro --network host"
#
# DIGEST  sha256:… that the base must have; the build ends where the registry gives another.  The
#         digest of what was taken is printed, and is what to set next time (docs/binder.md).
#
# Where Docker runs: docker build -f binder/Dockerfile -t nslabkit .
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
command -v podman >/dev/null || { echo "The administrator: apt install podman" >&2; exit 1; }

case " $* " in
*" --tag "* | *" -t "* | *" --tag="*) tag=() ;;
*) tag=(--tag localhost/nslabkit) ;;
esac
base=$(sed -n 's/^ARG BASE=//p' "$here/binder/Dockerfile")
for word in "$@"; do
    case $word in BASE=*) base=${word#BASE=} ;; --build-arg=BASE=*) base=${word#--build-arg=BASE=} ;; esac
done
case $base in
localhost/*) ;; # made here by base.sh: no registry could have changed it
*)
    podman pull --quiet "$base" >/dev/null
    digest=$(podman image inspect --format '{{.Digest}}' "$base")
    echo "base $base has the digest $digest"
    if [ -n "${DIGEST:-}" ] && [ "$DIGEST" != "$digest" ]; then
        echo "It is not the one that was asked for: $DIGEST. Nothing was built." >&2
        exit 1
    fi
    # By digest from here on, so that what was looked at is what is built upon.
    set -- "$@" --build-arg "BASE=${base%%:*}@$digest"
    ;;
esac
# In a chroot, because making namespaces for each step is refused on many a machine; --layers keeps
# each step's result, so that the next build begins where something has changed.
# shellcheck disable=SC2086 # EXTRA holds options
exec podman build --isolation chroot --layers "${tag[@]}" ${EXTRA:-} "$@" \
    --file "$here/binder/Dockerfile" "$here"
