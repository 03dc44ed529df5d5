"""The folder of a result: the one that a user names, or a temporary one."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def chosen_folder(out: Path | None) -> Iterator[Path]:
    """Give *out*; or, if it is None, a path in a temporary folder, which is deleted at the end."""
    if out is not None:
        yield out
        return
    with tempfile.TemporaryDirectory(prefix="moneytrail-") as folder:
        yield Path(folder) / "result"
