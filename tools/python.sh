#!/bin/sh
# The python3 that makes the environment: prints its path; status 1 if none is new enough.
# PYTHON=… decides.  Otherwise the system's own comes first, then those on PATH.  One that
# can make an environment (it has ensurepip) is preferred to one that cannot.
set -u

oldest="3, 11"
candidates="/usr/bin/python3 python3 python3.14 python3.13 python3.12 python3.11"

new_enough() {
    "$1" -c "import sys; sys.exit(sys.version_info < ($oldest))" 2>/dev/null
}

complete() {
    "$1" -c "import ensurepip, venv" 2>/dev/null
}

fallback=
for name in ${PYTHON:-$candidates}; do
    path=$(command -v "$name") || continue
    new_enough "$path" || continue
    if complete "$path"; then
        echo "$path"
        exit 0
    fi
    : "${fallback:=$path}"
done

[ -n "$fallback" ] || exit 1
echo "$fallback"
