"""The text of one month of the general ledger, in parts."""

from functools import lru_cache
from pathlib import Path


def parts_of(path: Path) -> list[str]:
    """Split a month's file at empty lines into its entries, notes and other parts."""
    return path.read_text(encoding="utf-8").split("\n\n")


def entries_of(path: Path) -> dict[int, str]:
    """Return the text of each entry in a month's file, by the entry's number (seq)."""
    file = path.stat()  # another run may have replaced the file since the last call
    return _entries_of(path, (file.st_ino, file.st_mtime_ns, file.st_size))


@lru_cache(maxsize=2)  # days are read in order, so a cache of two months is enough
def _entries_of(path: Path, state: tuple[int, ...]) -> dict[int, str]:
    found = {}
    for part in parts_of(path):
        _, _, rest = part.partition("\n  seq: ")
        if rest:
            found[int(rest.split("\n", 1)[0])] = f"{part}\n\n"
    return found


def line_of(path: Path, seq: int) -> int:
    """Return the number of the line in a month's file at which the entry with this seq begins."""
    before, _, _ = path.read_text(encoding="utf-8").partition(f"\n  seq: {seq}\n")
    return before.count("\n") + 1
