"""Which recipe does conda-forge need for the source package in a folder?

usage: tools/conda_recipe.py DIST

Writes ``DIST/recipe.yaml`` (rattler-build's form, which conda-forge takes) from pyproject.toml and
from the hash of the one source package in DIST, so that the two cannot drift apart.  rattler-build
itself then reads and renders it; building it needs conda-forge's channel.
"""

from __future__ import annotations

import hashlib
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = "https://raw.githubusercontent.com/prefix-dev/recipe-format/main/schema.json"
# Name on PyPI -> on conda-forge, where they differ by more than the case of letters.
CONDA_NAMES = {"jupyter-client": "jupyter_client", "matplotlib": "matplotlib-base"}
_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)\s*(.*)")


def requirement(text: str) -> str:
    """Return a requirement of pyproject.toml as conda writes it."""
    found = _REQUIREMENT.fullmatch(text)
    assert found, text
    name = found[1].lower()
    return f"{CONDA_NAMES.get(name, name)} {found[2]}".strip()


def recipe(project: dict[str, Any], needed_to_build: list[str], archive: Path) -> str:
    """Return the recipe.

    Parameters
    ----------
    project : dict
        The table ``[project]`` of pyproject.toml.
    needed_to_build : list of str
        What its ``[build-system]`` requires.
    archive : Path
        The source package that conda-forge will fetch from PyPI.
    """
    version, urls = project["version"], project["urls"]
    run = ["python >=${{ python_min }}", "__linux"]
    run += [requirement(one) for one in project["dependencies"]]
    lines = [
        f"# yaml-language-server: $schema={SCHEMA}",
        "schema_version: 1",
        "context:",
        f'  version: "{version}"',
        f'  python_min: "{project["requires-python"].removeprefix(">=")}"',
        "package:",
        "  name: nslabkit",
        "  version: ${{ version }}",
        "source:",
        "  url: https://pypi.org/packages/source/n/nslabkit/nslabkit-${{ version }}.tar.gz",
        f"  sha256: {hashlib.sha256(archive.read_bytes()).hexdigest()}",
        "build:",
        "  number: 0",
        "  noarch: python",
        "  script: ${{ PYTHON }} -m pip install . --no-deps --no-build-isolation -vv",
        "  python:",
        "    entry_points:",
        *(f"      - {name} = {place}" for name, place in project["scripts"].items()),
        "requirements:",
        "  host:",
        "    - python ${{ python_min }}.*",
        "    - pip",
        *(f"    - {requirement(one)}" for one in needed_to_build),
        "  run:",
        *(f"    - {one}" for one in run),
        "tests:",
        "  - python:",
        "      imports: [nslabkit, nslabkit.cli]",
        "      pip_check: true",
        "  - script:",
        "      - nslabkit --help",
        "      - nslabkit kernel list",
        "about:",
        f"  summary: {project['description']!r}",
        f"  license: {project['license']}",
        "  license_file: LICENSE",
        f"  homepage: {urls['Homepage']}",
        f"  documentation: {urls['Documentation']}",
        f"  repository: {urls['Repository']}",
        "extra:",
        "  recipe-maintainers:",
        f"    - {urls['Repository'].split('/')[3]}",
    ]
    return "\n".join(lines) + "\n"


def check(path: Path) -> None:
    """Let rattler-build read and render a recipe: it raises if it cannot."""
    import rattler_build

    parsed = rattler_build.Stage0Recipe.from_file(path)
    platform = rattler_build.PlatformConfig(target_platform="linux-64")
    variants = parsed.render(render_config=rattler_build.RenderConfig(platform=platform))
    assert len(variants) == 1, f"one package for all of Linux, not {len(variants)}"


def main(arguments: list[str]) -> int:
    """Write and check the recipe; return the exit status."""
    [folder] = map(Path, arguments)
    said = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    [archive] = folder.glob("nslabkit-*.tar.gz")
    path = folder / "recipe.yaml"
    path.write_text(
        recipe(said["project"], said["build-system"]["requires"], archive), encoding="utf-8"
    )
    check(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
