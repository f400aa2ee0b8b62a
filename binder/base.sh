#!/usr/bin/env bash
# Makes a base for binder/Dockerfile from Debian's archive, where no container registry is reached.
#
# usage: binder/base.sh [NAME]        (default: localhost/nslabkit-base)
#
# As root, with mmdebstrap and Podman (Debian: apt install mmdebstrap podman).  The archive's
# address and keys are this machine's own.  Then: binder/build.sh --build-arg BASE=NAME
set -euo pipefail

name=${1:-localhost/nslabkit-base}
suite=bookworm
for program in mmdebstrap podman; do
    command -v "$program" >/dev/null || { echo "The administrator: apt install $program" >&2; exit 1; }
done
((EUID == 0)) || { echo "Only root can make a base for root's Podman: sudo $0 $*" >&2; exit 1; }

archive=$(mktemp --suffix=.tar)
trap 'rm -f "$archive"' EXIT
mmdebstrap --variant=minbase --include=ca-certificates "$suite" "$archive" \
    "deb http://deb.debian.org/debian $suite main" \
    "deb http://deb.debian.org/debian $suite-updates main" \
    "deb http://deb.debian.org/debian-security $suite-security main"
podman import --change "CMD bash" "$archive" "$name" >/dev/null
echo "$name is made of Debian $suite; build with: binder/build.sh --build-arg BASE=$name"
