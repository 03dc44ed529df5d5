"""Refuses a run's books that could make Beancount or Fava run foreign code on loading the books.

A plugin is code that Beancount runs, and some options decide where Beancount finds plugins and
whether Beancount checks balances. Beancount also accepts the words `plugin` and `option` after a
syntax error, in the middle of a line. So the words of a text are found by Beancount's own lexer.
Fava imports the modules that some custom directives name. The type of these directives begins with
"fava-".
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
NOTHING = re.compile(r"(?!)")  # fits no name of a file

# A text without these words has none of the directives, and need not be split by the lexer, which
# is slow. A comment in every month's file says that the main file includes this file. The lexer
# reads the word "includes" as an error, not as an include.
_WORDS = re.compile(rb"plugin|option|include(?!s)|fava-")


class ForeignCodeError(MistakeError):
    """A run's books could make Beancount or Fava run code that is not ours."""


def refuse_foreign_code(path: Path) -> None:
    """Check a file of books, and the months that it may include, before Beancount loads them.

    Raises:
        ForeignCodeError: a file names a plugin, an option or a module for Fava that our books do
            not have, or a file that is not a month's file beside it.
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
        may_include: fits the names of files that the text may include, and that the caller checks.

    Raises:
        ForeignCodeError: the text names a plugin, a file that it may not include, or an option or a
            module for Fava that our books do not have.
    """
    _refuse(name, text.encode(), may_include)


def _refuse(name: str, text: bytes, may_include: re.Pattern[str]) -> None:
    for line, what in _foreign(text, may_include):
        raise ForeignCodeError(
            f"{name}:{line}: this line names {what}, which no run writes, so the ledger is not "
            "loaded; remove the line, because it could change all other directives"
        )


def _foreign(text: bytes, may_include: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    """Yield the line of each directive that our books never have, and what the directive names."""
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
    """Return whether our own books have the word *for_fava*, followed by *named*."""
    return for_fava == "fava-sidebar-link" or (for_fava, named) == ("fava-extension", EXTENSION)
