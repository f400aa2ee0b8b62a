#!/bin/sh
# Which versions belong together?  Writes uv.lock (for every supported Python) and, from it,
# constraints.txt for plain pip.  Both are committed.
#
#   tools/lock.sh              after a change of the dependencies in pyproject.toml
#   tools/lock.sh --upgrade    take the newest versions (make lock)
#   tools/lock.sh --check      status 1 if one of the two is out of date; changes nothing
set -eu
cd "$(dirname "$0")/.."

# The lock names the public index whatever index this machine is set up with: UV_NO_CONFIG keeps
# out the user's settings.  Certificates come from the system, as behind many a proxy.
UV_NO_CONFIG=1 UV_SYSTEM_CERTS=1
export UV_NO_CONFIG UV_SYSTEM_CERTS
unset UV_INDEX UV_INDEX_URL UV_DEFAULT_INDEX UV_EXTRA_INDEX_URL UV_FIND_LINKS

constraints() {
    echo "# The versions of uv.lock for plain pip: pip install -c constraints.txt nslabkit"
    echo "# Written by tools/lock.sh (make lock); do not edit."
    .venv/bin/uv export --quiet --frozen --all-groups --no-hashes --no-emit-project \
        --no-annotate --no-header
}

if [ "${1:-}" = --check ]; then
    .venv/bin/uv lock --check --offline --quiet
    constraints | cmp - constraints.txt
    exit
fi
.venv/bin/uv lock --quiet "$@"
constraints >constraints.txt
