"""Makes numba compile functions again if a source file on which they may depend has changed.

Numba stores compiled functions on disk. A compiled function can contain code, constants and types
from other files, but numba checks only the function's own file. After an edit of another file,
numba would run old code, or fail because a type has moved to another file. So the folder of the
compiled functions is named after a digest of all Python files in `des` and of those directly in
`ledger`.
"""

import hashlib
import os
import shutil
from pathlib import Path

from numba import config, njit

__all__ = ["njit"]

WORLD = Path(__file__).parent
SOURCES = (*WORLD.rglob("*.py"), *(WORLD.parent / "ledger").glob("*.py"))
BEGINNING = "moneytrail-"  # the first part of a cache folder's name
CHOSEN_BY_USER = os.environ.get("NUMBA_CACHE_DIR")


def folder() -> Path:
    """Return the folder for functions compiled from the current sources."""
    digest = hashlib.sha256()
    for path in sorted(SOURCES):
        digest.update(path.read_bytes())
    beside = WORLD / "__pycache__"
    # If the folder of the sources is read-only, use a folder in the user's home, as numba does.
    chosen = beside if os.access(WORLD, os.W_OK) else Path.home() / ".cache" / "numba"
    return Path(CHOSEN_BY_USER or chosen) / f"{BEGINNING}{digest.hexdigest()[:16]}"


def keep_in(new: Path) -> None:
    """Make numba store compiled functions in *new*.

    If *new* does not exist yet, first delete the cache folders that were made from other sources.
    """
    if not new.exists():
        for old in new.parent.glob(f"{BEGINNING}*"):
            shutil.rmtree(old, ignore_errors=True)
    config.CACHE_DIR = str(new)  # type: ignore[attr-defined]  # numba adds it at import


keep_in(folder())
