"""How does Sphinx make the pages of one language?  `tools/docs_site.py` lays out the sources.

NSLAB_SITE_LANG is the language, ``en`` or ``zh``.
"""

from __future__ import annotations

import os
import sys
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))

LANGUAGE = os.environ["NSLAB_SITE_LANG"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

project = "nslabkit"
html_title = {
    "en": "nslabkit: Linux network namespaces made visible",
    "zh": "nslabkit：看得见的 Linux 网络命名空间",
}[LANGUAGE]
author = project_copyright = PROJECT["authors"][0]["name"]
release = PROJECT["version"]
locale_dirs = ["locale"]
language = {"en": "en", "zh": "zh_CN"}[LANGUAGE]

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "site_extension",
]
nb_execution_mode = "off"  # tools/docs_lessons.py has executed them, in the sandbox
nb_ipywidgets_js: dict[str, Any] = {}
nb_merge_streams = True
myst_heading_anchors = 4
myst_enable_extensions = ["attrs_block"]


# As JupyterLab makes a heading's anchor, which the lessons' links name.
myst_heading_slug_func = "site_extension.heading_anchor"
myst_html_meta = {"viewport": "width=device-width, initial-scale=1"}
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say them, in a reader's words
add_module_names = False
napoleon_google_docstring = False
# Types stay the words of the docstrings: as cross-references, "path" would lead to some `path`.
napoleon_use_param = napoleon_use_rtype = False
napoleon_use_ivar = True

html_theme = "pydata_sphinx_theme"
html_static_path = [str(HERE / "static"), os.environ["NSLAB_SITE_STATIC"]]
templates_path = [str(HERE / "templates")]
html_css_files = ["palette.css", "widgets.css", "site.css"]
html_js_files = ["widgets.js", "play.js"]
html_show_sourcelink = False
html_copy_source = False
html_search_language = LANGUAGE
html_theme_options = {
    "logo": {"text": "nslabkit"},
    "navbar_end": ["language", "theme-switcher"],
    "navbar_persistent": ["search-button"],
    "secondary_sidebar_items": ["page-toc"],
    "show_toc_level": 2,
    "navigation_depth": 2,
    "header_links_before_dropdown": 4,
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
# `%%writefile` cells hold text that is no Python; they are coloured as far as that goes.
suppress_warnings = ["misc.highlighting_failure"]
