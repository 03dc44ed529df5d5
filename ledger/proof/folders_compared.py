"""Compares two folders that should hold the same run, and finds each file's first difference."""

import re
from collections.abc import Iterator
from pathlib import Path

from ledger.proof.first_difference import line_that_differs, row_that_differs
from ledger.proof.seal import sealed_files

_FOLDERS = (".", "fills", "postings", "days")
_MONTH = re.compile(r"\d{4}-\d\d")


def differences(found: Path, due: Path, giver: str) -> Iterator[str]:
    """Yield a sentence for each file that differs, with its first difference.

    `_place` gives the order of the files. Manifests and signatures are not compared. A manifest
    names the version of the program, so two versions give different manifests even if the books are
    the same.

    Args:
        found: the folder that is checked.
        due: the expected folder.
        giver: words for the source of the expected folder, such as "the scenario gives".
    """
    ours, theirs = sealed_files(found), sealed_files(due)
    for name in sorted({*ours, *theirs}, key=_place):
        if name not in ours:
            yield f"{name}: this file is missing, but {giver} it"
        elif name not in theirs:
            yield f"{name}: this file is unexpected; {giver} no file of this name"
        elif name.endswith(".parquet"):
            yield from row_that_differs(name, found / name, due / name, giver)
        elif (found / name).read_bytes() != (due / name).read_bytes():
            yield from line_that_differs(name, _text(found / name), _text(due / name), giver)


def _place(name: str) -> tuple[str, int, str]:
    """Return the sort key of a file.

    Most files of the whole run come first. Then come the files of each month: text, fills,
    postings, days. The group's own books and the Parquet file of directives come last, because they
    are made from the general ledger and change with it.
    """
    if name.startswith(("group.", "check-group.", "fava-group.", "directives.")):
        return ("9", 0, name)
    month = _MONTH.match(Path(name).name)
    folder = Path(name).parent.as_posix()
    rank = _FOLDERS.index(folder) if folder in _FOLDERS else len(_FOLDERS)
    return (month[0] if month else "", rank, name)


def _text(path: Path) -> str:
    # Different bytes must give different texts. So line endings stay as they are, and each byte
    # that is not UTF-8 becomes a special character.
    return path.read_bytes().decode("utf-8", errors="surrogateescape")
