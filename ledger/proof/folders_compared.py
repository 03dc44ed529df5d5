"""Compares two folders of the same run, and finds the first difference of each file."""

import re
from collections.abc import Iterator
from pathlib import Path

from ledger.proof.first_difference import line_that_differs, row_that_differs
from ledger.proof.seal import sealed_files

_FOLDERS = (".", "fills", "postings", "days")
_MONTH = re.compile(r"\d{4}-\d\d")


def differences(found: Path, due: Path, giver: str) -> Iterator[str]:
    """Yield the first difference of each file that differs, in the order of `_place`.

    Manifests and signatures are left out, because a manifest names the version of the program that
    sealed the folder. So two versions of the program may give the same books, but not the same
    manifest.

    Args:
        found: the folder that is checked.
        due: the expected folder.
        giver: the source of the expected folder and a verb, such as "the scenario gives".
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
    """Return the key by which files are sorted.

    Files of the whole run come first. Then come the files of each month: text, fills, postings,
    days. The group's own books and the Parquet file of directives come last, because they are made
    from the general ledger and change if the general ledger changes.
    """
    if name.startswith(("group.", "check-group.", "fava-group.", "directives.")):
        return ("9", 0, name)
    month = _MONTH.match(Path(name).name)
    folder = Path(name).parent.as_posix()
    rank = _FOLDERS.index(folder) if folder in _FOLDERS else len(_FOLDERS)
    return (month[0] if month else "", rank, name)


def _text(path: Path) -> str:
    # Different bytes must give different texts. So line ends are kept, and bytes that are not UTF-8
    # become special characters.
    return path.read_bytes().decode("utf-8", errors="surrogateescape")
