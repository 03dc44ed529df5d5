"""Configures Sphinx, which builds the site from Markdown (`make docs` writes it to build/docs).

The source folder is the root of the repository. So links between pages work both on the site and in
the checkout. A link to a file that is not a page becomes a download.
"""

import re

from pygments.lexers.shell import BashSessionLexer
from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

project = "moneytrail"
language = "en"

extensions = ["myst_parser"]
root_doc = "docs/index"
include_patterns = ["*.md", "docs/**.md"]
exclude_patterns = [".venv", "build", "dist", "runs/out"]

# Headings of levels 1 to 4 get anchors, so that links can point to them.
myst_heading_anchors = 4
nitpicky = True

html_theme = "alabaster"
html_theme_options = {"description": "Where did the money go?", "page_width": "70rem"}
html_sidebars = {"**": ["about.html", "searchfield.html", "navigation.html"]}
html_show_sourcelink = False
html_copy_source = False
html_additional_pages = {"index": "to_contents.html"}
templates_path = ["_site"]

PAGE = re.compile(r"\]\(([\w./-]+)\.md\)")


class ConsoleLexer(BashSessionLexer):
    """A console whose prompt is "$ ". A line that begins with $40,647 is output, not a command."""

    _ps1rgx = re.compile(r"(\$ )(.*\n?)")


def list_pages(app: Sphinx, name: str, source: list[str]) -> None:
    """Make the table of contents from the links on docs/index.md. Sphinx warns of missing pages."""
    if name == root_doc:
        pages = "\n".join(dict.fromkeys(PAGE.findall(source[0])))
        source[0] += f"\n```{{toctree}}\n:hidden:\n\n{pages}\n```\n"


def setup(app: Sphinx) -> None:
    """Add the table of contents, and the lexers of code blocks."""
    app.connect("source-read", list_pages)
    app.add_lexer("console", ConsoleLexer)
    for plain in ("beancount", "csv"):
        app.add_lexer(plain, TextLexer)
