"""How Sphinx builds the pages of this repository: `make docs`, from Markdown, into build/docs.

The source folder is the root of the repository, so that a link from one page to another works on
the site as it works in the checkout. A link to a file that is no page becomes a download of it.
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

# Every heading is an anchor, as on the web pages of a code host.
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
    """A console whose prompt is a dollar and a space: a line of output may begin with $40,647."""

    _ps1rgx = re.compile(r"(\$ )(.*\n?)")


def list_pages(app: Sphinx, name: str, source: list[str]) -> None:
    """Make the links on the contents page the table of contents; a page left out is a warning."""
    if name == root_doc:
        pages = "\n".join(dict.fromkeys(PAGE.findall(source[0])))
        source[0] += f"\n```{{toctree}}\n:hidden:\n\n{pages}\n```\n"


def setup(app: Sphinx) -> None:
    """Take what Markdown cannot say."""
    app.connect("source-read", list_pages)
    app.add_lexer("console", ConsoleLexer)
    for plain in ("beancount", "csv"):
        app.add_lexer(plain, TextLexer)
