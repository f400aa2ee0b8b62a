#!/bin/sh
# What a release publishes: dist/*.whl and dist/*.tar.gz, the same bytes from the same commit, whoever
# builds them; and the recipe for conda-forge that belongs to them.
#
#   tools/release.sh          build, examine, install in an empty environment elsewhere and run
#   tools/release.sh build    only build
#   tools/release.sh build DIR    … into another folder than dist
set -eu
cd "$(dirname "$0")/.."
dist=${2:-dist}
python=.venv/bin/python

# One time for every file: the commit's.  The source package is built first and the wheel from it, so
# that what people build from the source package is the wheel that was examined.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 1577836800)}
export SOURCE_DATE_EPOCH
umask 022
mkdir -p "$dist"
rm -f "$dist"/nslabkit-*
# The locked hatchling of .venv, so no download; PYTHONDONTWRITEBYTECODE leaves no cache to be packed.
PYTHONDONTWRITEBYTECODE=1 $python -m build --quiet --no-isolation --outdir "$dist" .
$python tools/conda_recipe.py "$dist"
(cd "$dist" && sha256sum nslabkit-*)
[ "${1:-}" = build ] && exit

echo "release: the texts that the package index shows, and the wheel's contents"
$python -m twine check --strict "$dist"/nslabkit-*
.venv/bin/check-wheel-contents "$dist"/nslabkit-*.whl

echo "release: into an empty environment, elsewhere"
elsewhere=$(mktemp -d)
trap 'rm -rf "$elsewhere"' EXIT
trap 'exit 1' INT TERM
$python -m venv "$elsewhere/venv"
# Without the constraints: a stranger has none.
"$elsewhere/venv/bin/pip" install --quiet --disable-pip-version-check "$dist"/nslabkit-*.whl
cd "$elsewhere"
venv/bin/nslabkit --version
venv/bin/nslabkit doctor
venv/bin/nslabkit run 1 --lang en
venv/bin/nslabkit run 1 --lang zh
echo "release: done"
