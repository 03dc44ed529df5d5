"""Code, tests, pages and TOML files have no unclear expressions."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CODE = sorted(path for room in ("des", "ledger", "runs") for path in (ROOT / room).rglob("*.py"))
CODE += sorted(ROOT.glob("moneytrail*.py"))
TESTS = [each for each in sorted((ROOT / "tests").rglob("*.py")) if each != Path(__file__)]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
NOTES = [*(ROOT / "runs").glob("*.toml"), *(ROOT / "runs").glob("[a-z]*/*.toml")]
PRINTING = [path for path in CODE if path.is_relative_to(ROOT / "runs") or "reports" in path.parts]

COMMENT = re.compile(r"(?:^|\s)# (.*)$", re.MULTILINE)

# A regular expression for each expression to avoid, with advice for the writer.
FORMS = {
    r"\b(?:some|every|no|any)body\b": "name who: a firm, a customer, each entity, no source",
    r"\bwhoever\b": "name who",
    r"\bfor good\b": "until the end",
    r"\bin vain\b": "say what was refused",
    r"\bcame? to that\b": "say what was reached",
    r"\bto be had\b": "is there, or is not",
    r"\bthat where\b": "two sentences",
    r"\bno colour\b": "money is commingled",
    r"\bchips\b": "claims",
    r"\bfurthest off\b": "the largest deviation",
    r"\bnever came\b": "never reached, never entered",
    r"\blarge hand\b": "a large effect",
    r"\bwould have fetched\b": "the computed value",
    r"\bin the till\b": "cash of the exchange",
    r"\bheld against\b": "compared with",
    r"\bfar surer\b": "much more precise",
    r"\bas good as nothing\b": "almost zero",
    r"\bwhat became of\b|\bwhat came of\b": "the results",
    r"\bknow nothing\b": "uninformed; do not depend on",
    r"\bmend it\b": "correct it",
    r"\btake fright\b": "the start of fear",
    r"\bwhatever\b|\bwhichever\b|\bwherever\b": "any; for any, in any, with any",
    r"\bstands? (?:apart|together|alone|beside)\b": "is, are; are needed together",
    r"^(?!.*\bneither\b).*\bnor\b": "and no; or two sentences",
    r"\bfor want of\b": "because there is no",
    r"\bso as to\b": "to",
}
FORMS_OF_PROSE = FORMS | {
    r"\bwho is who\b": "all who keep books, by role",
    r"\btakes? down\b": "record, add, append",
    r"\bhold\b.*\bagainst\b": "compare with",
    r"\boff (?:the|its|their) books\b": "from the books",
    r"\banew\b": "again",
}


def docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    """Yield the docstrings of a file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield first.value


@cache
def texts_of(path: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return two tuples: a file's strings that contain a space, and its docstrings and comments."""
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    said = {id(docstring): str(docstring.value) for docstring in docstrings(tree)}
    printed = tuple(
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if " " in node.value and id(node) not in said
    )
    return printed, tuple(
        " ".join(text.split()) for text in (*said.values(), *COMMENT.findall(source))
    )


def names_of(path: Path) -> tuple[str, ...]:
    """Return the test names of a file. Spaces replace the underscores."""
    names = re.findall(r"^def test_(\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    return tuple(name.replace("_", " ") for name in names)


@cache
def paragraphs_of(path: Path) -> tuple[str, ...]:
    """Return the paragraphs of a page, without blocks of code and words in backticks."""
    text = re.sub(r"```.*?```|`[^`]*`", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return tuple(" ".join(each.split()) for each in re.split(r"\n\s*\n|\n(?=- |\|)", text))


def found(form: str, texts: dict[Path, tuple[str, ...]], flags: int = 0) -> list[str]:
    """Return the texts that match a regular expression, each with the name of its file."""
    return [
        f"{path.relative_to(ROOT)}: {text}"
        for path, said in texts.items()
        for text in said
        if re.search(form, text, flags)
    ]


@pytest.mark.parametrize("form", FORMS)
def test_no_printed_text_has_an_unclear_expression(form):
    assert found(form, {path: texts_of(path)[0] for path in PRINTING}) == [], FORMS[form]


@pytest.mark.parametrize("form", FORMS_OF_PROSE)
def test_no_docstring_or_comment_has_an_unclear_expression(form):
    wrong = found(form, {path: texts_of(path)[1] for path in (*CODE, *TESTS)}, re.IGNORECASE)

    assert wrong == [], FORMS_OF_PROSE[form]


@pytest.mark.parametrize("form", FORMS)
def test_no_test_name_has_an_unclear_expression(form):
    assert found(form, {path: names_of(path) for path in TESTS}) == [], FORMS[form]


@pytest.mark.parametrize("form", FORMS)
def test_no_page_has_an_unclear_expression(form):
    wrong = found(form, {path: paragraphs_of(path) for path in PAGES}, re.IGNORECASE)

    assert wrong == [], FORMS[form]


@cache
def notes_of(path: Path) -> tuple[str, ...]:
    """Return the comments of a TOML file, and its strings that contain a space."""
    text = path.read_text(encoding="utf-8")
    return (*COMMENT.findall(text), *re.findall(r'"([^"\n]* [^"\n]*)"', text))


@pytest.mark.parametrize("form", FORMS)
def test_no_toml_file_has_an_unclear_expression(form):
    wrong = found(form, {path: notes_of(path) for path in sorted(NOTES)}, re.IGNORECASE)

    assert wrong == [], FORMS[form]


def test_the_strings_docstrings_and_comments_of_a_file_are_found(tmp_path):
    path = tmp_path / "one.py"
    path.write_text(
        '"""Nobody."""\n\nSAID = "nobody came", "x"  # to it\n\n\n'
        'def f():\n    """Nobody\n    at all."""\n'
    )

    assert texts_of(path) == (("nobody came",), ("Nobody.", "Nobody at all.", "to it"))
