"""Compiled functions are kept on disk until a source file that they may depend on changes.

A compiled function contains code, constants and types of other files too, but numba checks the
function's own file alone. After an edit elsewhere numba would run the old code, or fail on a type
that has moved. So the compiled functions are in a folder named by a digest of all sources.
"""

import hashlib
import os
import shutil
from pathlib import Path

from numba import config, njit

__all__ = ["njit"]

WORLD = Path(__file__).parent
SOURCES = (*WORLD.rglob("*.py"), *(WORLD.parent / "ledger").glob("*.py"))
BEGINNING = "moneytrail-"  # of the name of a cache folder
CHOSEN_BY_USER = os.environ.get("NUMBA_CACHE_DIR")


def folder() -> Path:
    """Return the folder for functions compiled from the present sources."""
    digest = hashlib.sha256()
    for path in sorted(SOURCES):
        digest.update(path.read_bytes())
    beside = WORLD / "__pycache__"
    # Without the right to write beside the sources the folder is in the user's home, as numba's is.
    chosen = beside if os.access(WORLD, os.W_OK) else Path.home() / ".cache" / "numba"
    return Path(CHOSEN_BY_USER or chosen) / f"{BEGINNING}{digest.hexdigest()[:16]}"


def keep_in(new: Path) -> None:
    """Have numba keep compiled functions in *new*, and delete those of older sources."""
    if not new.exists():
        for old in new.parent.glob(f"{BEGINNING}*"):
            shutil.rmtree(old, ignore_errors=True)
    config.CACHE_DIR = str(new)  # type: ignore[attr-defined]  # numba gives it its settings at start


keep_in(folder())
