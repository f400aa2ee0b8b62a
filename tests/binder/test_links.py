"""Do the badges and the documents lead to what is there?"""

from __future__ import annotations

import json
import re
import urllib.parse
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from nslabkit.course import lessons

ROOT = Path(__file__).parents[2]
READMES = {"en": ROOT / "README.md", "zh": ROOT / "README.zh.md"}
DOCUMENTS = (ROOT / "docs/binder.md", ROOT / "docs/binder.zh.md")
BADGE = re.compile(r"\[!\[([^\]]+)\]\(([^)]+)\)\]\((https://mybinder\.org/[^)]+)\)")


@pytest.mark.parametrize("language", lessons.FOLDERS)
def test_each_readme_has_the_badge_of_its_language(language: str) -> None:
    ((words, image, address),) = BADGE.findall(READMES[language].read_text())
    drawing = ET.parse(ROOT / image).getroot()  # noqa: S314 - a file of ours
    assert f"badge.{language}" in image
    assert "".join(drawing[0].itertext()).strip() == words  # its title is what the link says
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(address).query)
    assert query["urlpath"] == [f"nslabkit/open/{language}/00_start.ipynb"]
    assert "00_start.ipynb" in {path.name for path in lessons.available(language)}


def test_the_badges_are_loaded_from_nowhere_else() -> None:
    for language in lessons.FOLDERS:
        text = (ROOT / f"docs/images/badge.{language}.svg").read_text()
        assert "http" not in text.replace('xmlns="http://www.w3.org/2000/svg"', "")


@pytest.mark.parametrize(("language", "document"), [("en", "binder.md"), ("zh", "binder.zh.md")])
def test_the_readme_leads_to_the_document(language: str, document: str) -> None:
    assert f"(docs/{document})" in READMES[language].read_text()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_the_document_names_only_what_is_there(document: Path) -> None:
    text = document.read_text()
    named = re.findall(
        r"`(?:[A-Z]+=\S+ )?((?:binder|benchmarks|tests|\.devcontainer)/[\w./-]+)", text
    )
    assert "binder/build.sh" in named
    for path in named:
        assert (ROOT / path).exists(), path
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert (document.parent / target).exists(), target
    for lesson in re.findall(r"nslabkit/open/(?:en|zh)/([\w.]+\.ipynb)", text):
        assert lesson in {path.name for path in lessons.available("en")}


def test_the_devcontainer_starts_what_the_makefile_has() -> None:
    settings = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text())
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for step in ("postCreateCommand", "postAttachCommand"):
        program, target = settings[step].split()
        assert program == "make"
        assert target in targets
    assert settings["forwardPorts"] == [8888]  # the first that `nslabkit lab` takes
    # As README says for a container in which the sandbox itself is to work.
    readme = READMES["en"].read_text()
    for option in settings["runArgs"][1::2]:
        assert f"--security-opt {option}" in readme
