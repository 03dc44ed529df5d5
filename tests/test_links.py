"""Every link from a page to this repository leads to an existing file and an existing heading."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    path
    for folder, files in {".": "*.md", "docs": "**/*.md", "runs": "**/*.md"}.items()
    for path in (ROOT / folder).glob(files)
    if "out" not in path.relative_to(ROOT).parts
)
ELSEWHERE = ("https://", "http://", "mailto:")
MARKDOWN = MarkdownIt("commonmark").enable("table")


def tokens(text: str) -> Iterator[Token]:
    """Yield the Markdown tokens of a text, including tokens within lines."""
    for token in MARKDOWN.parse(text):
        yield token
        yield from token.children or ()


def links(text: str) -> list[str]:
    """Return the targets of all links and pictures outside code."""
    found = (token.attrGet("href") or token.attrGet("src") for token in tokens(text))
    return [str(target) for target in found if target]


@cache
def anchors(path: Path) -> frozenset[str]:
    """Return the anchors that GitHub and Sphinx give to a page's headings."""
    seen: Counter[str] = Counter()
    made = []
    parsed = MARKDOWN.parse(path.read_text("utf-8"))
    for opening, inside in pairwise(parsed):
        if opening.type == "heading_open":
            words = "".join(token.content for token in inside.children or ())
            slug = re.sub(r"[^\w\- ]", "", words.lower()).strip().replace(" ", "-")
            made.append(f"{slug}-{seen[slug]}" if seen[slug] else slug)
            seen[slug] += 1
    return frozenset(made)


def broken(page: Path, text: str) -> list[str]:
    """Return the links whose file or heading does not exist. Web links are not checked."""
    wrong = []
    for link in links(text):
        if link.startswith(ELSEWHERE):
            continue
        file, _, anchor = link.partition("#")
        target = page.parent / file if file else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            wrong.append(link)
    return wrong


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_to_this_repository_leads_to_an_existing_file_and_heading(page):
    assert broken(page, page.read_text("utf-8")) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_reference_link_has_a_definition(page):
    text = " ".join(
        token.content for token in tokens(page.read_text("utf-8")) if token.type == "text"
    )

    assert re.findall(r"\]\[[^]]*\]", text) == []


def test_a_broken_link_is_found():
    page = ROOT / "docs" / "index.md"
    text = "[a](nosuch.md) [b](../README.md#nosuch) `[c](nosuch.md)` [d](../README.md#two-commands)"

    assert broken(page, text) == ["nosuch.md", "../README.md#nosuch"]


def test_the_pages_in_the_main_folder_and_in_docs_are_checked():
    assert {"README.md", "GLOSSARY.md", "index.md", "tutorial.md"} <= {page.name for page in PAGES}
