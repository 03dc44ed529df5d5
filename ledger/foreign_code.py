"""Refuses books of a run that could make Beancount or Fava run code that is not ours.

A plugin is code that Beancount runs. Some options decide where Beancount finds plugins, and whether
it checks balances. After a syntax error, Beancount accepts the words `plugin` and `option` even in
the middle of a line. So this module divides a text into words as Beancount does, with Beancount's
lexer. Some `custom` directives name modules that Fava imports. The type of these directives begins
with "fava-".
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from beancount.parser import lexer

from ledger.fava_links import EXTENSION
from ledger.mistake import MistakeError

# The options of our own books. Other options could change how lines are read.
_OPTIONS = {"title", "operating_currency", "tolerance_multiplier"}
_MONTH = re.compile(r"\d{4}-\d{2}\.beancount", re.ASCII)
NOTHING = re.compile(r"(?!)")  # matches no file name

# A text without these words has no refused directive. The lexer is slow, and need not read such a
# text. The word "includes" does not count: it is in a comment of each month's file, and the lexer
# does not read it as a directive.
_WORDS = re.compile(rb"plugin|option|include(?!s)|fava-")


class ForeignCodeError(MistakeError):
    """A run's books could make Beancount or Fava run code that is not ours."""


def refuse_foreign_code(path: Path) -> None:
    """Check a file of books, and the monthly files beside it, before Beancount loads them.

    The file may include monthly files. Monthly files must not include any file.

    Raises:
        ForeignCodeError: a file has a directive that is not allowed: a plugin, an include, an
            option or a directive for Fava.
    """
    months = [each for each in sorted(path.parent.iterdir()) if _MONTH.fullmatch(each.name)]
    for file in (path, *months):
        if file.is_file():
            _refuse(file.name, file.read_bytes(), _MONTH if file == path else NOTHING)


def refuse_foreign_code_in(name: str, text: str, may_include: re.Pattern[str] = NOTHING) -> None:
    """Check a text that Beancount or Fava loads alone, such as a day ledger.

    Args:
        name: the name of the text's file.
        text: the text.
        may_include: matches the names of files that the text may include. The caller must check
            these files.

    Raises:
        ForeignCodeError: the text has a directive that is not allowed: a plugin, an include, an
            option or a directive for Fava.
    """
    _refuse(name, text.encode(), may_include)


def _refuse(name: str, text: bytes, may_include: re.Pattern[str]) -> None:
    for line, what in _foreign(text, may_include):
        raise ForeignCodeError(
            f"{name}:{line}: this line names {what}, but no run writes such a line, so the "
            "ledger is not loaded; remove the line, because it could change all other directives"
        )


def _foreign(text: bytes, may_include: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    """For each directive that our books never have, yield its line and what it names."""
    if not _WORDS.search(text):
        return
    # Beancount's lexer has no annotations.
    words = lexer.lex_iter_string(text)  # type: ignore[no-untyped-call]
    for (word, line, _, said), (_, _, _, named) in pairwise(words):
        match word:
            case "PLUGIN":
                yield line, "a plugin"
            case "OPTION" if named not in _OPTIONS:
                yield line, f"the option {named!r}"
            case "INCLUDE" if not may_include.fullmatch(str(named)):
                yield line, f"the file {named!r}"
            case "STRING" if said.startswith("fava-") and not _is_ours(said, named):
                yield line, f"{said!r}, which Fava obeys"


def _is_ours(for_fava: str, named: object) -> bool:
    """Return whether our own books may have the directive *for_fava* with the value *named*."""
    return for_fava == "fava-sidebar-link" or (for_fava, named) == ("fava-extension", EXTENSION)
