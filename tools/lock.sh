#!/bin/sh
# Locked versions: writes uv.lock (for every supported Python) and, from it, constraints.txt for
# plain pip and, with the hash of every file, what the images of binder/ install.
# All are committed.
#
#   tools/lock.sh              after changing the dependencies in pyproject.toml
#   tools/lock.sh --upgrade    take the newest versions (make lock)
#   tools/lock.sh --check      status 1 if any of them is out of date; changes nothing
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
    .venv/bin/uv export --quiet --frozen --all-groups --no-group hub5 --no-hashes --no-emit-project \
        --no-annotate --no-header
}

image() { # image OPTION…: requirements of one image
    echo "# What binder/Dockerfile installs.  Written by tools/lock.sh (make lock); do not edit."
    .venv/bin/uv export --quiet --frozen --no-dev --no-emit-project --no-annotate --no-header "$@"
}

hub_packages() { # what the extra "workshop" adds to the kit's own, for `nslabkit workshop start`
    echo "# What a workshop adds to the kit.  Written by tools/lock.sh (make lock); do not edit."
    .venv/bin/uv export --quiet --frozen --no-dev --no-hashes --no-emit-project --no-annotate \
        --no-header --extra workshop >build/with-workshop.txt
    .venv/bin/uv export --quiet --frozen --no-dev --no-hashes --no-emit-project --no-annotate \
        --no-header | grep -Fxv -f - build/with-workshop.txt
    rm build/with-workshop.txt
}

check() { # check FILE: is it what comes in?
    cmp - "$1" || { echo "$1 is out of date: run tools/lock.sh" && return 1; }
}

if [ "${1:-}" = --check ]; then
    .venv/bin/uv lock --check --offline --quiet
    constraints | check constraints.txt
    image --group binder | check binder/requirements.txt
    image --group hub | check binder/requirements-hub.txt
    image --group hub5 | check binder/requirements-hub5.txt
    image --only-group wheel | check binder/requirements-wheel.txt
    mkdir -p build
    hub_packages | check nslabkit/workshop/hub-packages.txt
    exit
fi
.venv/bin/uv lock --quiet "$@"
constraints >constraints.txt
image --group binder >binder/requirements.txt
image --group hub >binder/requirements-hub.txt
image --group hub5 >binder/requirements-hub5.txt
image --only-group wheel >binder/requirements-wheel.txt
mkdir -p build
hub_packages >nslabkit/workshop/hub-packages.txt
