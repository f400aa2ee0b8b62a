#!/usr/bin/env bash
# Builds the Linux kernel that runs as a program, for machines where no sandbox can be made.
#
# usage: build.sh [OUTPUT]        (default: linux.uml in this folder's ../../build)
#
# Takes Debian's package linux-source-6.12 and the file `config` beside this one.  The same source,
# configuration and compiler give the same bytes, wherever it is built.  Beside OUTPUT it writes
# OUTPUT.txt: what it was made of, under which licence, and where the source is.
#
# NSLAB_UML_SOURCE   a linux-source-*.tar.xz to take instead of downloading the package
# NSLAB_UML_WORK     the folder to build in (1.8 GB; default: a new one, removed at the end)
set -euo pipefail

package=linux-source-6.12
here=$(cd "$(dirname "$0")" && pwd)
output=$(realpath -m "${1:-$here/../../build/linux.uml}")

missing=()
for pair in gcc:gcc make:make flex:flex bison:bison bc:bc xz:xz-utils strip:binutils perl:perl; do
    command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
done
echo 'int main(void) { return 0; }' | gcc -static -x c -o /dev/null - 2>/dev/null || missing+=(libc6-dev)
if ((${#missing[@]})); then
    echo "Building the kernel needs programs that are not here." >&2
    echo "The administrator: sudo apt install ${missing[*]}" >&2
    exit 1
fi

if [[ -n ${NSLAB_UML_WORK:-} ]]; then
    mkdir -p "$NSLAB_UML_WORK"
    work=$(realpath "$NSLAB_UML_WORK")
else
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi
cd "$work"

source=${NSLAB_UML_SOURCE:-}
if [[ -z $source && -f /usr/src/$package.tar.xz ]]; then
    source=/usr/src/$package.tar.xz
fi
if [[ -z $source ]]; then
    echo "1/3 Downloading $package (150 MB) with apt-get …"
    if ! apt-get download "$package" >download.log 2>&1; then
        cat download.log >&2
        echo "apt does not find $package. Debian 12 and 13 have it; run \`sudo apt update\` first," >&2
        echo "or name a linux-source-*.tar.xz in NSLAB_UML_SOURCE." >&2
        exit 1
    fi
    dpkg-deb --fsys-tarfile "$package"_*.deb | tar -x "./usr/src/$package.tar.xz"
    source=$work/usr/src/$package.tar.xz
fi

echo "2/3 Unpacking $source …"
rm -rf linux && mkdir linux
tar -xf "$source" -C linux --strip-components=1
cd linux

# Nothing of this machine, its user or the time may get into the kernel.
export KBUILD_BUILD_TIMESTAMP='2026-01-01 00:00:00 UTC' KBUILD_BUILD_VERSION=1
export KBUILD_BUILD_USER=nslabkit KBUILD_BUILD_HOST=nslabkit
export LC_ALL=C TZ=UTC ARCH=um SUBARCH=x86_64
unset CFLAGS LDFLAGS MAKEFLAGS

make -s KCONFIG_ALLCONFIG="$here/config" allnoconfig >/dev/null
# Linux drops a setting without a word if something that it needs is off.
lost=0
while IFS= read -r line; do
    case $line in
    CONFIG_*=n) ! grep -q "^${line%n}" .config || { echo "still on: $line" >&2; lost=1; } ;;
    CONFIG_*) grep -qxF "$line" .config || { echo "dropped: $line" >&2; lost=1; } ;;
    esac
done <"$here/config"
((lost == 0)) || exit 1

echo "3/3 Compiling with $(nproc) processes; 4 minutes on two processors …"
make -s -j"$(nproc)" linux
mkdir -p "$(dirname "$output")"
strip -o "$output.new" linux
mv "$output.new" "$output"

version=$(make -s kernelversion)
cat >"$output.txt" <<END
Linux $version for User-mode Linux, built by binder/uml/build.sh of nslabkit.

Licence: GNU General Public License, version 2 only (file COPYING in the source).
Source: Debian's package $package ($(sha256sum <"$source" | cut -d' ' -f1), SHA-256 of
  $package.tar.xz), from the Debian archive: \`apt-get source linux\` or \`apt-get download $package\`;
  every version that ever was in Debian is kept at https://snapshot.debian.org/package/linux/.
  It was not changed.
Configuration: binder/uml/config, also in /proc/config.gz of the running kernel.
Compiler: $(gcc --version | head -n 1)
SHA-256: $(sha256sum <"$output" | cut -d' ' -f1)
END
echo "$output ($(stat -c %s "$output") bytes)"
