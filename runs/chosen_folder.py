"""Chooses the folder of a result: the folder that a user names, or else a temporary folder."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def chosen_folder(out: Path | None) -> Iterator[Path]:
    """Yield *out*. If it is None, yield a path in a temporary folder that is deleted at the end."""
    if out is not None:
        yield out
        return
    with tempfile.TemporaryDirectory(prefix="moneytrail-") as folder:
        yield Path(folder) / "result"
