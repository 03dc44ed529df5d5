"""Two folders of one run, file by file: where does each file first differ?"""

import re
from collections.abc import Iterator
from pathlib import Path

from ledger.proof.first_difference import line_that_differs, row_that_differs
from ledger.proof.seal import sealed_files

_FOLDERS = (".", "fills", "postings", "days")
_MONTH = re.compile(r"\d{4}-\d\d")


def differences(found: Path, due: Path, giver: str) -> Iterator[str]:
    """Yield the first difference of each file that differs; what was booked first comes first.

    Manifests and signatures are left out: they say which program sealed a folder, and when two
    programs give the same bytes it does not matter which.

    Args:
        found: the folder looked at.
        due: what it must be.
        giver: who says so, as in "the scenario gives".
    """
    ours, theirs = sealed_files(found), sealed_files(due)
    for name in sorted({*ours, *theirs}, key=_place):
        if name not in ours:
            yield f"{name}: it is missing; {giver} it"
        elif name not in theirs:
            yield f"{name}: it is one too many; {giver} none of that name"
        elif name.endswith(".parquet"):
            yield from row_that_differs(name, found / name, due / name, giver)
        elif (found / name).read_bytes() != (due / name).read_bytes():
            yield from line_that_differs(name, _text(found / name), _text(due / name), giver)


def _place(name: str) -> tuple[str, int, str]:
    """Put what is said of the whole run first, then month by month text, fills and the rest.

    What only follows from the general ledger comes last: whoever changes that changes these.
    """
    if name.startswith(("group.", "check-group.", "directives.")):
        return ("9", 0, name)
    month = _MONTH.match(Path(name).name)
    folder = Path(name).parent.as_posix()
    rank = _FOLDERS.index(folder) if folder in _FOLDERS else len(_FOLDERS)
    return (month[0] if month else "", rank, name)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
