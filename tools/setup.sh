#!/bin/sh
# The project's own environment: completes it if anything is missing.
#
#   tools/setup.sh use    what a learner needs: the kit and its dependencies, in .venv
#   tools/setup.sh dev    also what the tests and checks need
#
# .venv/complete is written last and says what the environment was made from; if that is
# unchanged, there is nothing to do.  If the file is missing, an earlier run was cut short and the
# environment is made again; if it says something older, the environment is brought up to date.
set -eu
cd "$(dirname "$0")/.."
level=${1:-use}

# A second `make` in the same folder waits here for the first one.
exec 9<tools/setup.sh
flock 9

python=$(tools/python.sh) || {
    echo "The kit needs Python 3.11 or newer, but none was found${PYTHON:+ as PYTHON=$PYTHON}."
    echo "Install one, then name it: make setup PYTHON=/path/to/python3"
    exit 1
}

# What the environment is made from: this Python, in this folder, these files.
fingerprint() {
    "$python" -c 'import sys; print(sys.version)'
    pwd
    sha256sum pyproject.toml constraints.txt tools/setup.sh
    find kernels -type f -exec sha256sum {} + | sort
}
made_from=$(fingerprint)

complete() { # complete LEVEL: "dev" includes everything in "use"
    [ -x .venv/bin/nslabkit ] && [ -f ".venv/complete-$1" ] &&
        [ "$(cat ".venv/complete-$1")" = "$made_from" ]
}
if complete dev || complete "$level"; then
    exit 0
fi

step() { echo "set-up: $*"; }
pip() { .venv/bin/python -m pip --quiet --disable-pip-version-check "$@"; }
# Both names: pip up to 25.2 reads the first for what builds the package, newer ones the second.
export PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt
export PIP_ROOT_USER_ACTION=ignore

if [ -f .venv/complete-use ] && [ "$(head -n 1 .venv/complete-use)" = "$(echo "$made_from" | head -n 1)" ] &&
    grep -qxF "$(pwd)" .venv/complete-use; then
    step "bringing .venv up to date"
else
    step "making the environment .venv with $python ($("$python" -V))"
    "$python" -m venv --clear .venv
fi
rm -f .venv/complete-*

step "installing the kit and what it needs, as locked in constraints.txt (a minute or two)"
pip install --constraint constraints.txt --editable .
if [ "$level" = dev ]; then
    step "installing what the tests and checks need"
    "$python" tools/groups.py dev >.venv/dev-requirements.txt
    pip install --constraint constraints.txt --requirement .venv/dev-requirements.txt
    echo "$made_from" >.venv/complete-dev
fi
echo "$made_from" >.venv/complete-use
step "done: everything is in the folder .venv; make uninstall removes it"

# Whether the lessons can run depends on the machine, not the environment: report it and go on.
.venv/bin/nslabkit doctor || echo "set-up: the table above says what this machine lacks, and how to fix it."
