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

# Chinese where nslabkit/base/language.py speaks it; `make lab LANG_UI=zh` sets NSLAB_LANG.
case ${NSLAB_LANG:-${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}} in
[Zz][Hh]*) say() { echo "$2"; } ;;
*) say() { echo "$1"; } ;;
esac
step() { say "set-up: $1" "准备：$2"; }

python=$(tools/python.sh) || {
    say "The kit needs Python 3.11 or newer, but none was found${PYTHON:+ as PYTHON=$PYTHON}." \
        "本工具包需要 Python 3.11 或更新版本，可是没有找到${PYTHON:+（PYTHON=$PYTHON）}。"
    say "Install one, then name it: make setup PYTHON=/path/to/python3" \
        "请先安装，再写明它在哪里：make setup PYTHON=/路径/python3"
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

pip() { .venv/bin/python -m pip --quiet --disable-pip-version-check "$@"; }
# Both names: pip up to 25.2 reads the first for what builds the package, newer ones the second.
export PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt
export PIP_ROOT_USER_ACTION=ignore

if [ -f .venv/complete-use ] && [ "$(head -n 1 .venv/complete-use)" = "$(echo "$made_from" | head -n 1)" ] &&
    grep -qxF "$(pwd)" .venv/complete-use; then
    step "bringing .venv up to date" "更新环境 .venv"
else
    step "making the environment .venv with $python ($("$python" -V))" \
        "用 $python（$("$python" -V)）创建环境 .venv"
    "$python" -m venv --clear .venv
fi
rm -f .venv/complete-*

step "installing the kit and what it needs, as locked in constraints.txt (a minute or two)" \
    "按 constraints.txt 锁定的版本，安装本工具包和它需要的一切（要一两分钟）"
pip install --constraint constraints.txt --editable .
if [ "$level" = dev ]; then
    step "installing what the tests and checks need" "安装测试和检查需要的东西"
    "$python" tools/groups.py dev >.venv/dev-requirements.txt
    pip install --constraint constraints.txt --requirement .venv/dev-requirements.txt
    echo "$made_from" >.venv/complete-dev
fi
echo "$made_from" >.venv/complete-use
step "done: everything is in the folder .venv; make uninstall removes it" \
    "完成：一切都在目录 .venv 里；用 make uninstall 删除"

# Whether the lessons can run depends on the machine, not the environment: report it and go on.
.venv/bin/nslabkit doctor ||
    step "the table above says what this machine lacks, and how to fix it." "上表列出了这台机器缺什么，怎么办。"
