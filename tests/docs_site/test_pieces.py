"""What the site is made of, without building it: links, checks, questions, players, search."""

from __future__ import annotations

import json
import re
from pathlib import Path

import docs_check
import docs_lessons
import docs_pages
import docs_site
import nbformat
import pytest
import site_extension
from docs_lessons import Source
from docs_pages import Site

import nslabkit
from nslabkit import cli

ROOT = Path(__file__).resolve().parents[2]
LESSON = {
    language: ROOT / "notebooks" / language / "01_one_wire.ipynb" for language in ("en", "zh")
}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site of which only some places are known."""
    known = Site("en", tmp_path)
    known.places = {
        ROOT / "docs/capture.md": "docs/capture.md",
        ROOT / "docs/decisions/005-widgets-without-a-build.md": "docs/decisions/005.md",
        LESSON["en"]: "lessons/01_one_wire.ipynb",
        LESSON["en"].with_name("03_arp_and_answer.ipynb"): "lessons/03_arp_and_answer.ipynb",
    }
    return known


def test_a_links_target_is_found_in_the_site_or_in_the_repository(site: Site) -> None:
    text = (
        "[a](decisions/005-widgets-without-a-build.md) [b](../Makefile) [c](../tests) "
        "[d](https://x.y) [e](#here) `[f](nowhere.md)`\n```\n[g](nowhere.md)\n```\n"
    )
    found = site.linked(text, ROOT / "docs/capture.md")
    where = docs_pages.repository()
    assert "[a](decisions/005.md)" in found
    assert f"[b]({where}/blob/main/Makefile)" in found
    assert f"[c]({where}/tree/main/tests)" in found
    assert "[d](https://x.y) [e](#here) `[f](nowhere.md)`" in found
    assert "\n[g](nowhere.md)\n" in found


def test_a_link_to_nowhere_ends_the_build(site: Site) -> None:
    with pytest.raises(SystemExit, match=r"capture\.md: no such file: nowhere\.md"):
        site.linked("[a](nowhere.md)", ROOT / "docs/capture.md")


def test_a_link_to_a_cell_leads_to_its_place(site: Site) -> None:
    markdown = site.linked("[a](03_arp_and_answer.ipynb#cell-id=ab-1)", LESSON["en"])
    assert markdown == "[a](#at-03-arp-and-answer-ab-1)"
    built = site.linked('<a href="03_arp_and_answer.ipynb#cell-id=ab-1">', LESSON["en"], built=True)
    assert built == '<a href="03_arp_and_answer.html#at-03-arp-and-answer-ab-1">'


GOOD = '<html><body><h1 id="top">x</h1><a href="#top">a</a><img src="p.png" alt=""></body></html>'


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<a href="gone.html">', "link to gone.html: there is no such file"),
        ('<a href="good.html#gone">', "no such place"),
        ('<script src="https://cdn.example/x.js"></script>', "from another site"),
        ('<link rel="stylesheet" href="//cdn.example/x.css">', "from another site"),
        ('<img src="gone.png" alt="">', "needs gone.png"),
        ('<img src="p.png">', "without a text alternative"),
    ],
)
def test_the_check_finds_what_leads_nowhere(tmp_path: Path, body: str, fault: str) -> None:
    (tmp_path / "good.html").write_text(GOOD)
    (tmp_path / "p.png").write_bytes(b"")
    (tmp_path / "ok.html").write_text('<a href="https://x.y"><a href="good.html#top">')
    assert docs_check.problems(tmp_path) == []
    (tmp_path / "bad.html").write_text(body)
    [found] = docs_check.problems(tmp_path)
    assert found.startswith("bad.html: ")
    assert fault in found


def test_the_check_finds_a_style_from_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "x.css").write_text("a { background: url('data:image/png;base64,') }")
    assert docs_check.problems(tmp_path) == []
    (tmp_path / "y.css").write_text("@import 'https://fonts.example/f.css';")
    assert docs_check.problems(tmp_path) == ["y.css: loads from another site"]


@pytest.mark.parametrize("language", LESSON)
def test_a_page_needs_no_kernel(language: str) -> None:
    """Questions, hints and the player of a lesson that was executed, made by hand here."""
    source = Source(LESSON[language], language)
    story = {"title": "</script><b>", "steps": []}
    view = {docs_lessons.WIDGET: {"model_id": "m"}, "text/plain": "a form"}
    hints = [nbformat.v4.new_output("display_data", {"text/html": f"<i>{n}</i>"}) for n in range(4)]
    cells = [
        nbformat.v4.new_code_cell('lab.predict("one end up")'),
        nbformat.v4.new_code_cell('lab.compare("one end up")'),
        nbformat.v4.new_code_cell("# the goal", metadata={"task": "1.1"}),
        nbformat.v4.new_code_cell("x", metadata={"site": "hints"}, outputs=hints),
        nbformat.v4.new_code_cell("y", outputs=[nbformat.v4.new_output("display_data", view)]),
        nbformat.v4.new_code_cell("z", outputs=[nbformat.v4.new_output("display_data", view)]),
    ]
    cells[5].outputs[0].data[docs_lessons.WIDGET] = {"model_id": "other"}
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata.widgets = {docs_lessons.STATE: {"state": {"m": {"state": {"story": story}}}}}
    made, stories = docs_lessons.page(source, notebook)
    shown = [cell.outputs[0].data["text/html"] for cell in made.cells]
    assert len(shown) == 5  # the cell that asked for the hints is gone
    assert stories == [story]
    guess, answers, folded, player, form = shown
    assert guess.count("<details") == 3
    assert guess.count("✔") == 1
    assert "✔" not in "".join(re.findall(r"<summary>(.*?)</summary>", guess))
    assert answers.count("<li>") == 3
    assert re.findall(r"<i>(\d)</i>", folded) == ["0", "1", "2", "3"]
    assert folded.count("<details>") == 4
    frames = re.search(r'<script type="application/json">(.*)</script>', player)
    assert frames
    assert json.loads(frames[1]) == story
    assert player.count("</script>") == 1
    assert "<pre>a form</pre>" in form
    assert "widgets" not in made.metadata


def test_the_tasks_and_recalls_of_the_lessons_are_asked_about() -> None:
    notebook = nbformat.read(LESSON["en"].with_name("02_own_namespace.ipynb"), as_version=4)
    before = len(notebook.cells)
    docs_lessons._add_cells(notebook)
    kinds = [cell.metadata["site"] for cell in notebook.cells if "site" in cell.metadata]
    assert kinds.count("recall") == 1
    assert kinds.count("hints") == 3
    assert len(notebook.cells) == before + 4


def test_every_public_name_has_its_place_in_the_reference() -> None:
    names = docs_pages.public_names()
    assert [name for name, _kind, _where in names] == nslabkit.__all__
    text = docs_pages.api()
    for name, kind, where in names:
        assert f"### lab.{name}\n" in text
        assert f".. auto{kind}:: {where}" in text


@pytest.mark.parametrize(("language", "usage"), [("zh", "用法："), ("en", "Usage: ")])
def test_every_command_has_its_place_in_the_reference(language: str, usage: str) -> None:
    text = docs_pages.commands(language)
    for name in cli._COMMANDS:
        assert f" nslabkit {name}\n" in text
        assert f"{usage}nslabkit {name}" in text


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("网络命名空间", ["网络", "络命", "命名", "名空", "空间"]),
        ("用 ip netns 创建", ["用", "ip", "netns", "创建"]),
        ("桥", ["桥"]),
    ],
)
def test_chinese_is_found_by_pairs(text: str, terms: list[str]) -> None:
    assert site_extension.terms(text) == terms


def test_anchors_are_jupyterlabs() -> None:
    assert site_extension.heading_anchor("Look deeper") == "Look-deeper"


def test_a_module_becomes_a_plain_script() -> None:
    module = (ROOT / "nslabkit/show/scrubber/scrubber.js").read_text()
    script = docs_site.plain_script("scrubber", module)
    assert "export " not in script
    assert "window.nslabWidgets.scrubber = { render };" in script
    with pytest.raises(SystemExit):
        docs_site.plain_script("scrubber", "export const x = 1;\n")


TWINS = sorted((ROOT / "docs").glob("*.zh.md"))


def test_a_document_with_a_twin_is_there_in_each_language(tmp_path: Path) -> None:
    for language, heading in (("en", "# The live picture"), ("zh", "# 网络实时图")):
        made = Site(language, tmp_path / language)
        made.lay_out([])
        assert (made.source / "docs/live-picture.md").read_text().startswith(heading)
        assert not list(made.source.glob("docs/*.zh.md"))
        assert (made.source / "docs/uml.md").exists()  # in English in both
        # A link to either twin stays in this language.
        for name in ("live-picture.md", "live-picture.zh.md"):
            assert made.linked(f"[a]({name})", ROOT / "docs/uml.md") == "[a](live-picture.md)"


@pytest.mark.parametrize("chinese", TWINS, ids=lambda path: path.name)
def test_twins_have_the_same_outline(chinese: Path) -> None:
    stem = chinese.name.removesuffix(".zh.md")
    [english] = [path for path in chinese.parent.glob(f"{stem}*.md") if path != chinese]

    def outline(path: Path) -> list[object]:
        text = path.read_text()
        return [
            re.findall(r"^#+(?= )", text, re.MULTILINE),
            len(re.findall(r"^\|", text, re.MULTILINE)),
            len(re.findall(r"^- ", text, re.MULTILINE)),
            text.count("```"),
        ]

    assert outline(chinese) == outline(english)


def test_both_languages_have_the_same_own_pages() -> None:
    pages = ROOT / "docs/site/pages"
    own = {
        language: {path.relative_to(pages / language) for path in (pages / language).rglob("*.md")}
        for language in ("en", "zh")
    }
    assert own["en"] == own["zh"]
    for text in (
        path.read_text() for path in pages.rglob("index.md") if path.parent.parent == pages
    ):
        assert docs_site.PLAYER in text
