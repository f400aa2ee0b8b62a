#!/bin/sh
# Is the project's own environment complete, and if not, what makes it so?
#
#   tools/setup.sh use    what a learner needs: the kit with its dependencies, in .venv
#   tools/setup.sh dev    in addition what tests and checks need
#
# .venv/complete is written last and says what the environment was made from; where it says the
# same as today, nothing is to do.  Where it is missing, an earlier run was cut short and the
# environment is made anew; where it says something older, it is brought up to date.
set -eu
cd "$(dirname "$0")/.."
level=${1:-use}

# A second `make` in the same folder waits here for the first one.
exec 9<tools/setup.sh
flock 9

python=$(tools/python.sh) || {
    echo "The kit needs Python 3.11 or newer, and found none${PYTHON:+ as PYTHON=$PYTHON}."
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

complete() { # complete LEVEL: "dev" has all that "use" has
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
    step "installing what its tests and checks need"
    "$python" tools/groups.py dev >.venv/dev-requirements.txt
    pip install --constraint constraints.txt --requirement .venv/dev-requirements.txt
    echo "$made_from" >.venv/complete-dev
fi
echo "$made_from" >.venv/complete-use
step "done: all of it is in the folder .venv; make uninstall removes it"

# Whether the lessons can run is the machine's matter, not the environment's: say it, go on.
.venv/bin/nslabkit doctor || echo "set-up: the table above says what this machine lacks, and the remedy."
