"""Writes a folder completely or not at all, so that a failure leaves the old folder unchanged."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """Yield an empty folder, which replaces *target* if the block ends without an error.

    The empty folder is in a hidden folder beside *target*. The hidden folder is deleted at the end.

    Raises:
        OSError: a folder beside *target* can't be made, or *target* can't be replaced.
    """
    hidden = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    try:
        new = hidden / "new"
        new.mkdir()  # unlike `hidden`, `new` has the permissions of the user's umask
        yield new
        _put_in_place(new, target, hidden / "old")
    finally:
        shutil.rmtree(hidden, ignore_errors=True)


def _put_in_place(new: Path, target: Path, old: Path) -> None:
    try:
        if target.exists():
            target.rename(old)
        new.rename(target)
    except BaseException:
        # Ctrl-C may come between the two renames, or just after one of them.
        if old.exists() and not target.exists():
            old.rename(target)
        raise
