"""Can the images be built from what the repository holds, with nothing but what is locked?"""

from __future__ import annotations

import fnmatch
import re
import shlex
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REQUIREMENTS = (
    "requirements.txt",
    "requirements-hub.txt",
    "requirements-hub5.txt",
    "requirements-wheel.txt",
)


def instructions() -> list[tuple[str, str]]:
    """Return the Dockerfile's instructions with what follows each, lines joined."""
    lines = (ROOT / "binder/Dockerfile").read_text().splitlines()
    joined = "\n".join(line for line in lines if not line.startswith("#")).replace("\\\n", " ")
    pairs = [line.partition(" ") for line in joined.splitlines() if line.strip()]
    return [(word, rest.strip()) for word, _space, rest in pairs]


def stages() -> dict[str, list[tuple[str, str]]]:
    """Return each stage's name with its instructions, the one that it begins from first."""
    found: dict[str, list[tuple[str, str]]] = {}
    for word, rest in instructions():
        if word == "FROM":
            origin, _as, name = rest.split()
            found[name] = [(word, origin)]
        elif found:
            found[list(found)[-1]].append((word, rest))
    return found


def copied() -> list[tuple[str, list[str]]]:
    """Return each COPY's stage (empty: the repository) and its sources."""
    found = []
    for word, rest in instructions():
        if word == "COPY":
            words = shlex.split(rest)
            origin = "".join(one for one in words if one.startswith("--from=")).partition("=")[2]
            found.append((origin, [one for one in words if not one.startswith("--")][:-1]))
    return found


def sent(path: str) -> bool:
    """Whether .dockerignore lets `path` reach the builder: the last pattern that fits decides."""
    allowed = True
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        pattern = line.removeprefix("!")
        parents = [path, *map(str, Path(path).parents)]
        if any(fnmatch.fnmatch(one, pattern) for one in parents if one != "."):
            allowed = line.startswith("!")
    return allowed


def test_every_instruction_is_known() -> None:
    known = {"ARG", "FROM", "RUN", "COPY", "ENV", "WORKDIR", "EXPOSE", "ENTRYPOINT", "USER", "CMD"}
    assert {word for word, _rest in instructions()} <= known


def test_the_base_is_one_release_of_debian() -> None:
    (base,) = (rest for word, rest in instructions() if word == "ARG" and rest.startswith("BASE="))
    assert re.search(r"/debian:[a-z]+-\d{8}-slim$", base)


def test_every_stage_begins_from_the_base_or_an_earlier_one() -> None:
    seen = {"${BASE}"}
    for name, [(_from, origin), *others] in stages().items():
        assert origin in seen
        for word, rest in others:
            if word == "COPY" and "--from=" in rest:
                assert rest.partition("--from=")[2].split()[0] in seen
        seen.add(name)
    assert list(stages())[-1] == "binder"  # what is built if nobody names a stage
    assert "hub" in stages()


@pytest.mark.parametrize("source", [one for origin, all_ in copied() if not origin for one in all_])
def test_every_source_is_there_and_is_sent(source: str) -> None:
    assert (ROOT / source).exists()
    assert sent(source)


def test_what_is_large_or_local_is_not_sent() -> None:
    for path in (".git", ".venv", "build", "frontend/node_modules", "notebooks/source", "tests"):
        assert not sent(path), path


def test_every_set_of_packages_is_on_the_list() -> None:
    listed = (ROOT / "nslabkit/doctor/system-packages.txt").read_text().splitlines()
    sets = {line.partition("|")[0] for line in listed if line and not line.startswith("#")}
    asked = {
        name
        for word, rest in instructions()
        if word == "RUN" and "system.sh" in rest
        for name in rest.partition("system.sh ")[2].partition("&&")[0].split()
    }
    assert asked
    assert asked <= sets
    assert not [rest for _word, rest in instructions() if "apt-get install" in rest]


def test_no_compiler_is_in_the_images() -> None:
    """Only the stage whose result is copied has them."""
    for name, steps in stages().items():
        asks = [rest for word, rest in steps if word == "RUN" and "system.sh kernel" in rest]
        assert bool(asks) == (name == "kernel")
    assert [origin for _from, origin in (steps[0] for steps in stages().values())].count(
        "kernel"
    ) == 0


def test_a_lesson_is_copied_after_all_that_takes_long() -> None:
    steps = [rest for _word, rest in stages()["wheel"]]
    lessons = steps.index("notebooks notebooks")
    assert not [step for step in steps[lessons:] if "pip install" in step or "system.sh" in step]
    final = [rest for _word, rest in stages()["binder"]]
    wheel = next(index for index, step in enumerate(final) if step.startswith("--from=wheel"))
    assert not [step for step in final[wheel + 1 :] if "COPY" in step or "requirements" in step]
    installs = [step for step in final[wheel:] if "pip install" in step]
    assert all(
        "--no-index --no-deps" in step or "--no-deps --no-index" in step for step in installs
    )


def locked() -> dict[tuple[str, str], set[str]]:
    """Return name and version of each package in uv.lock with its files' hashes."""
    lock = tomllib.loads((ROOT / "uv.lock").read_text())
    return {
        (one["name"], one["version"]): {
            file["hash"] for file in [*one.get("wheels", []), *filter(None, [one.get("sdist")])]
        }
        for one in lock["package"]
        if "registry" in one["source"]
    }


def required(file: str) -> dict[tuple[str, str], set[str]]:
    text = (ROOT / "binder" / file).read_text().replace("\\\n", " ")
    found = {}
    for line in text.splitlines():
        if match := re.match(r"([a-z0-9._-]+)==(\S+) .*?--hash", line):
            found[match[1], match[2]] = set(re.findall(r"--hash=(\S+)", line))
        else:
            assert line.startswith("#")
    return found


@pytest.mark.parametrize("file", REQUIREMENTS)
def test_every_version_is_the_locked_one_with_its_hashes(file: str) -> None:
    lock = locked()
    for package, hashes in required(file).items():
        assert hashes
        assert hashes <= lock[package]


def test_nothing_that_the_kit_needs_is_missing() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    needs = {re.split("[><=]", one)[0].lower() for one in project["project"]["dependencies"]}
    names = {file: {name for name, _version in required(file)} for file in REQUIREMENTS}
    for file in REQUIREMENTS[:3]:
        assert needs <= names[file]
        assert "nbgitpuller" in names[file]
        assert "pytest" not in names[file]
    for file, major in (("requirements-hub.txt", "6"), ("requirements-hub5.txt", "5")):
        assert [one[1].split(".")[0] for one in required(file) if one[0] == "jupyterhub"] == [major]
    assert "jupyterhub" not in names["requirements.txt"]
    assert "hatchling" in names["requirements-wheel.txt"]


@pytest.mark.parametrize("stage", ["python", "python-hub", "wheel"])
def test_nothing_is_installed_without_its_hash(stage: str) -> None:
    (install,) = (rest for word, rest in stages()[stage] if "pip install" in rest)
    assert "--require-hashes" in install
    assert "--only-binary :all:" in install
