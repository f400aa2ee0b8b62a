#!/bin/sh
# The quick tests with versions other than the locked ones.
#
#   tools/test-versions.sh lowest-direct    the oldest that pyproject.toml allows
#   tools/test-versions.sh highest          the newest available
#
# The environment goes to build/; the one in .venv stays as it is.
set -eu
cd "$(dirname "$0")/.."
resolution=$1
environment=build/versions-$resolution
UV_NO_CONFIG=1 UV_SYSTEM_CERTS=1 UV_LINK_MODE=copy
export UV_NO_CONFIG UV_SYSTEM_CERTS UV_LINK_MODE

mkdir -p build
.venv/bin/uv pip compile --quiet --python .venv/bin/python --resolution "$resolution" \
    --group test --output-file "$environment.txt" pyproject.toml
echo "== the versions: $environment.txt"
.venv/bin/uv venv --quiet --clear --seed --python .venv/bin/python "$environment"
.venv/bin/uv pip install --quiet --python "$environment/bin/python" \
    --requirement "$environment.txt" --editable .
PATH=$PWD/$environment/bin:$PATH "$environment/bin/python" tools/test.py \
    unit kernel sandbox notebooks
