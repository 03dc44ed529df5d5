"""The files, modules, functions and tests that pages mention exist."""

import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = (
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "DECISIONS.md",
    "GLOSSARY.md",
    "README.md",
    "docs/books.md",
    "docs/evidence.md",
    "docs/findings.md",
    "docs/model.md",
)
LINES_MAX = 150

# Files that the recipes in CONTRIBUTING.md tell the reader to create.
MADE_BY_RECIPES = {"ledger/reports/money/payments.py", "tests/ledger/test_payments.py"}

# Files that the recipes tell the reader to change, each with code that the page quotes.
CHANGED_BY_RECIPES = (
    ("ledger/kinds.py", '_use("'),
    ("ledger/kinds.py", "Cause.SPENDING)"),
    ("des/custody/flow.py", "(env, custody, till, parties.house, code(parties.retail)"),
    ("des/custody/retail.py", "return self._till.ask(int(self._env.now), self._entity, "),
    ("des/scenario/customers.py", "PositiveUsd"),
    ("runs/cli/main.py", '"money_commands",'),
    ("runs/cli/money_commands.py", '@click.argument("run", type=RUN)'),
    ("tests/runs/cli/test_lazy_commands.py", "MAY_IMPORT"),
    ("moneytrail.py", "_HOMES"),
)

PATH = re.compile(r"(?<![\w/.-])(?:des|ledger|runs|tests)/[\w./*-]*[\w*/]")
MODULE = re.compile(r"(?<![\w/.-])(?:des|ledger|runs)(?:\.[a-z_]+)+(?!\w)")
TEST = re.compile(r"`(test_\w+)`")
SYMBOLS = re.compile(r"^\|[^|]*\| `([\w./-]+)` \| (`.*`) \|$", re.MULTILINE)


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def is_there(path: str) -> bool:
    return path.startswith("runs/out") or any(ROOT.glob(path))


def is_module(name: str) -> bool:
    """Return whether a name is a module or is defined in a module."""
    home, _, last = name.rpartition(".")
    try:
        return find_spec(name) is not None or hasattr(import_module(home), last)
    except ModuleNotFoundError:
        return False


@pytest.mark.parametrize("page", PAGES)
def test_every_path_that_a_page_mentions_exists(page):
    named = {*PATH.findall(text_of(page))} - MADE_BY_RECIPES

    assert sorted(path for path in named if not is_there(path)) == []


@pytest.mark.parametrize("page", PAGES)
def test_every_module_that_a_page_mentions_exists(page):
    named = set(MODULE.findall(text_of(page)))

    assert sorted(module for module in named if not is_module(module)) == []


def test_every_test_that_is_named_on_the_page_about_the_model_exists():
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    there = set(re.findall(r"^def (test_\w+)\(", sources, re.MULTILINE))
    named = set(TEST.findall(text_of("docs/model.md")))

    assert len(named) >= 30
    assert sorted(named - there) == []


def test_the_architecture_page_is_short_but_has_at_least_50_paths_and_20_rows_of_symbols():
    text = text_of("ARCHITECTURE.md")

    assert len(SYMBOLS.findall(text)) >= 20
    assert len(set(PATH.findall(text))) >= 50
    assert len(text.splitlines()) <= LINES_MAX


@pytest.mark.parametrize(("path", "symbols"), SYMBOLS.findall(text_of("ARCHITECTURE.md")))
def test_each_symbol_in_the_architecture_table_is_defined_in_the_file_that_its_row_names(
    path, symbols
):
    source = text_of(path)

    for symbol in re.findall(r"`(\w+)`", symbols):
        defined = rf"^\s*(?:def|class) {symbol}\b|^{symbol}\b.* = |^\[{symbol}"
        assert re.search(defined, source, re.MULTILINE), symbol


def test_files_that_the_recipes_create_do_not_exist_yet():
    assert [path for path in MADE_BY_RECIPES if (ROOT / path).exists()] == []


@pytest.mark.parametrize(("path", "line"), CHANGED_BY_RECIPES)
def test_code_that_a_recipe_shows_is_also_in_the_file_that_the_recipe_changes(path, line):
    assert line in text_of("CONTRIBUTING.md")
    assert line in text_of(path)


@pytest.mark.parametrize("folder", ["des", "ledger", "runs"])
def test_the_architecture_page_names_every_package(folder):
    rooms = {path.parent for path in (ROOT / folder).rglob("__init__.py")}
    named = text_of("ARCHITECTURE.md")
    left_out = [room.relative_to(ROOT).as_posix() + "/" for room in sorted(rooms)]

    assert [room for room in left_out if f"`{room}`" not in named] == []


def test_the_glossary_is_sorted_and_has_an_entry_for_each_word_in_italics():
    text = text_of("GLOSSARY.md")
    terms = re.findall(r"^\*\*([^*]+)\.\*\*", text, re.MULTILINE)
    known = {term.lower() for term in terms}
    used = set(re.findall(r"(?<!\*)\*([a-zA-Z ]+)\*(?!\*)", text)) - {"italics"}

    assert terms == sorted(terms, key=str.lower)
    assert 40 <= len(terms) <= 70
    assert [
        word for word in used if not known & {word.lower(), word.lower().removesuffix("s")}
    ] == []
