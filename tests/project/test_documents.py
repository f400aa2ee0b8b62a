"""Do the project's public papers say only what is there: citation, figures, tests, accounts?"""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from PIL import Image
from scripts import loaded

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


@pytest.fixture
def tool(request: pytest.FixtureRequest) -> ModuleType:
    return loaded(f"tools/{request.param}.py")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one of each kind of address."""
    (tmp_path / "pyproject.toml").write_text(
        '[project.urls]\nHomepage = "https://OWNER.github.io/nslabkit/"\n'
        '[tool.nslabkit]\nowner = "OWNER"\n'
    )
    (tmp_path / "README.md").write_text(
        "https://mybinder.org/v2/gh/OWNER/nslabkit/HEAD and "
        "https://raw.githubusercontent.com/OWNER/nslabkit/main/a.svg and "
        "https://github.com/OWNER/nslabkit-course and https://github.com/other/thing"
    )
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    return tmp_path


@pytest.mark.parametrize("tool", ["owner"], indirect=True)
def test_the_account_is_written_everywhere_from_one_place(
    tool: ModuleType, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tool.main(["--check"], repository) == 0  # not set: a reminder, no failure
    assert "reminder" in capsys.readouterr().out

    tool.set_owner("acme-1", repository)
    assert tool.main(["--check"], repository) == 1
    assert "README.md" in capsys.readouterr().out
    assert tool.main([], repository) == 0
    assert tool.main(["--check"], repository) == 0
    assert "reminder" not in capsys.readouterr().out
    readme = (repository / "README.md").read_text()
    assert "gh/acme-1/nslabkit/HEAD" in readme
    assert "raw.githubusercontent.com/acme-1/nslabkit" in readme
    assert "https://github.com/OWNER/nslabkit-course and https://github.com/other/thing" in readme
    assert "https://acme-1.github.io/nslabkit/" in (repository / "pyproject.toml").read_text()

    assert tool.main(["other"], repository) == 0  # from any account to any other
    assert "gh/other/nslabkit/HEAD" in (repository / "README.md").read_text()


@pytest.mark.parametrize("tool", ["owner"], indirect=True)
@pytest.mark.parametrize("account", ["-a", "a/b", "a b", "a" * 40, ""])
def test_no_account_can_be_called_so(tool: ModuleType, repository: Path, account: str) -> None:
    before = (repository / "pyproject.toml").read_text()
    with pytest.raises(SystemExit):
        tool.set_owner(account, repository)
    assert (repository / "pyproject.toml").read_text() == before


@pytest.mark.parametrize("tool", ["owner"], indirect=True)
def test_the_placeholder_stands_in_no_text_by_hand(tool: ModuleType) -> None:
    """Besides the one place, only in addresses, which are generated."""
    for path in tool.texts():
        text = path.read_text(encoding="utf-8")
        for line in tool.derived(text, "somebody").splitlines():
            if re.search(r"\bOWNER\b", line):
                assert "make owner OWNER=" in line or line == 'owner = "OWNER"', (path, line)


@pytest.mark.parametrize("tool", ["schemas"], indirect=True)
def test_what_other_services_read_has_their_form(tool: ModuleType, tmp_path: Path) -> None:
    assert tool.problems() == []
    for name in (".github", "CITATION.cff"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)  # type: ignore[operator]
    citation = tmp_path / "CITATION.cff"
    citation.write_text(citation.read_text().replace("cff-version", "version-of-cff"))
    form = tmp_path / ".github/ISSUE_TEMPLATE/bug.yml"
    form.write_text(form.read_text().replace("type: textarea", "type: painting"))
    assert len(tool.problems(tmp_path)) == 2


@pytest.mark.parametrize("tool", ["release_version"], indirect=True)
def test_a_tag_must_name_the_version_of_all(tool: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2"\n')
    (tmp_path / "CITATION.cff").write_text("version: 1.2\n")
    (tmp_path / "CHANGELOG.md").write_text("## 1.2, today\n")
    assert tool.problems("v1.2", tmp_path) == []
    assert len(tool.problems("v1.3", tmp_path)) == 3
    assert len(tool.problems("1.2", tmp_path)) == 1


def test_the_citation_is_of_this_version() -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    project = PROJECT["project"]
    assert str(cited["version"]) == project["version"]
    assert cited["license"] == project["license"]
    assert cited["repository-code"] == project["urls"]["Repository"]
    assert [one["name"] for one in cited["authors"]] == [one["name"] for one in project["authors"]]


def test_the_forms_ask_for_the_doctors_report() -> None:
    forms = ROOT / ".github/ISSUE_TEMPLATE"
    for name in ("bug.yml", "lesson.yml"):
        assert "nslabkit doctor --report" in (forms / name).read_text(), name
    assert "nslabkit doctor --report" in (ROOT / ".github/pull_request_template.md").read_text()
    needed = {
        one["id"]: one.get("validations", {}).get("required")
        for one in yaml.safe_load((forms / "bug.yml").read_text())["body"]
        if "id" in one
    }
    assert needed["report"]


def test_only_the_publishing_job_may_prove_who_it_is() -> None:
    jobs = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text())["jobs"]
    allowed = {name for name, job in jobs.items() if "id-token" in job.get("permissions", {})}
    assert allowed == {"publish"}
    assert jobs["publish"]["environment"]["name"] == "pypi"
    assert jobs["publish"]["if"] == "github.ref_type == 'tag'"
    assert "secrets." not in (ROOT / ".github/workflows/release.yml").read_text()


def test_only_a_built_and_examined_site_is_published() -> None:
    jobs = yaml.safe_load((ROOT / ".github/workflows/docs.yml").read_text())["jobs"]
    assert jobs["publish"]["needs"] == "build"
    allowed = {name for name, job in jobs.items() if "id-token" in job.get("permissions", {})}
    assert allowed == {"publish"}
    steps = [step.get("run", "") for step in jobs["build"]["steps"]]
    built = next(place for place, step in enumerate(steps) if step.startswith("make docs"))
    assert any("tests/docs_site" in step for step in steps[built:])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_moving_picture_moves_and_stops(language: str) -> None:
    path = ROOT / f"docs/images/moving.{language}.png"
    assert path.stat().st_size < 1_000_000
    with Image.open(path) as picture:
        assert picture.n_frames > 8
        assert picture.info["loop"] == 3
        first = picture.convert("L").resize((40, 40)).tobytes()
        picture.seek(picture.n_frames - 1)
        assert picture.convert("L").resize((40, 40)).tobytes() != first


def test_the_accessibility_statement_names_tests_that_there_are() -> None:
    rows = re.findall(
        r"^\|.*\| (.*) \|$", (ROOT / "docs/accessibility.md").read_text(), re.MULTILINE
    )
    named = 0
    for row in rows:
        path = ""
        for part in re.findall(r"`([^`]+)`", row):
            path, _colons, test = (part if not part.startswith("::") else path + part).partition(
                "::"
            )
            text = (ROOT / path).read_text()
            assert f"def {test}" in text, (path, test)
            named += 1
    assert named > 8


PAPER = (ROOT / "docs/paper.md").read_text()


@pytest.mark.parametrize(
    ("figure", "document"),
    [
        ("4.0 ms", "docs/decisions/003-netlink-encoders.md"),
        ("124 ms", "docs/decisions/003-netlink-encoders.md"),
        ("2.8 ms", "docs/decisions/003-netlink-encoders.md"),
        ("1.1 s", "docs/decisions/007-reading-recordings.md"),
        ("3.9 s", "docs/decisions/007-reading-recordings.md"),
        ("4.4 s", "docs/binder.md"),
        ("235 MiB", "docs/binder.md"),
        ("84 MB", "docs/instructor.en.md"),
        ("11.5 s", "docs/instructor.en.md"),
    ],
)
def test_the_papers_figures_were_measured(figure: str, document: str) -> None:
    assert figure in PAPER
    text = (ROOT / document).read_text()
    number, unit = figure.split()
    # In a table the unit stands in the heading.
    assert figure in text or (f"| {number} |" in text and f"| {unit} |" in text)


def test_the_paper_gives_no_other_figure_with_a_unit() -> None:
    measured = set(re.findall(r"\d[\d.,]* (?:ms|s|MiB|GiB|MB)\b", PAPER))
    assert measured == {
        *("4.0 ms", "124 ms", "2.8 ms", "1.1 s", "3.9 s", "4.4 s", "235 MiB", "84 MB", "11.5 s")
    }


def test_the_paper_gives_the_lessons_minutes() -> None:
    rows = re.findall(r"^\| [^|]+ \| ([\d, ]+) \|$", PAPER, re.MULTILINE)
    readme = (ROOT / "README.md").read_text()
    minutes = re.findall(r"^\| \d+\. .* \| (\d+) \|$", readme, re.MULTILINE)
    assert sorted(int(one) for row in rows for one in row.split(",")) == sorted(map(int, minutes))


def test_the_paper_cites_what_it_lists_and_names_nobody() -> None:
    listed = set(re.findall(r"^@\w+\{(\w+),", (ROOT / "docs/paper.bib").read_text(), re.MULTILINE))
    assert set(re.findall(r"@(\w+)", PAPER)) == listed
    header = yaml.safe_load(PAPER.split("---")[1])
    assert [one["name"] for one in header["authors"]] == ["The nslabkit contributors"]
    words = len(PAPER.split("---", 2)[2].split())
    assert 600 < words < 1100  # two pages
