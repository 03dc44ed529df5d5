"""What reports and commands print is plain English: some forms must not come back."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted(
    path for folder in ("ledger/reports", "runs") for path in (ROOT / folder).rglob("*.py")
)

# A form, and what to write in its place.
FORMS = {
    r"\b(?:some|every|no)body\b": "name who: a firm, a customer, each entity, no source",
    r"\bwhoever\b": "name who",
    r"\bfor good\b": "until the end",
    r"\bin vain\b": "say what was refused",
    r"\bcame? to that\b": "say what was reached",
    r"\bto be had\b": "is there, or is not",
    r"\bthat where\b": "two sentences",
}


def printed(path: Path) -> Iterator[str]:
    """Yield the strings of a file that are no docstrings, and have more than one word."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, owners) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and " " in node.value and id(node) not in docstrings:
            yield node.value


@pytest.mark.parametrize("form", FORMS)
def test_no_printed_text_has_a_form_that_must_be_read_twice(form):
    found = [
        f"{path.relative_to(ROOT)}: {text}"
        for path in FILES
        for text in printed(path)
        if re.search(form, text)
    ]

    assert found == [], FORMS[form]


def test_printed_text_is_found(tmp_path):
    path = tmp_path / "one.py"
    path.write_text(
        '"""Nobody."""\n\nSAID = "nobody came", "x"\n\n\ndef f():\n    """Nobody at all."""\n'
    )

    assert list(printed(path)) == ["nobody came"]
