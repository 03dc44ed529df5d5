"""Compiled functions are stored on disk until a source file changes.

A compiled function contains code, constants and types of other files too, but numba checks only the
function's own file. After an edit of another file, numba would run old code, or fail on a type that
is now in another file. So the compiled functions are in a folder whose name is a digest of all
sources.
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
    # If the folder of the sources is read-only, use the folder in the user's home, as numba does.
    chosen = beside if os.access(WORLD, os.W_OK) else Path.home() / ".cache" / "numba"
    return Path(CHOSEN_BY_USER or chosen) / f"{BEGINNING}{digest.hexdigest()[:16]}"


def keep_in(new: Path) -> None:
    """Make numba store compiled functions in *new*. If *new* is missing, delete older folders."""
    if not new.exists():
        for old in new.parent.glob(f"{BEGINNING}*"):
            shutil.rmtree(old, ignore_errors=True)
    config.CACHE_DIR = str(new)  # type: ignore[attr-defined]  # numba adds its settings at start


keep_in(folder())
