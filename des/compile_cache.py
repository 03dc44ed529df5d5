"""Compiled functions, kept on disk for as long as no source changes that they may be made from.

A compiled function holds the code, the constants and the types of other files too, but numba looks
at the function's own file alone: after an edit elsewhere it would run what was compiled before, or
fail on a type that has moved. So what is kept stands in a folder named by a digest of all sources.
"""

import hashlib
import os
import shutil
from pathlib import Path

from numba import config, njit

__all__ = ["njit"]

WORLD = Path(__file__).parent
SOURCES = (*WORLD.rglob("*.py"), *(WORLD.parent / "ledger").glob("*.py"))
BEGINNING = "moneytrail-"  # of a folder's name
CHOSEN_BY_USER = os.environ.get("NUMBA_CACHE_DIR")


def folder() -> Path:
    """Return where to keep what is compiled from the sources as they are."""
    digest = hashlib.sha256()
    for path in sorted(SOURCES):
        digest.update(path.read_bytes())
    beside = WORLD / "__pycache__"
    # Whoever may not write beside the sources keeps it at home, as numba does.
    chosen = beside if os.access(WORLD, os.W_OK) else Path.home() / ".cache" / "numba"
    return Path(CHOSEN_BY_USER or chosen) / f"{BEGINNING}{digest.hexdigest()[:16]}"


def keep_in(new: Path) -> None:
    """Let numba keep in *new* what it compiles from now on; what older sources left there goes."""
    if not new.exists():
        for old in new.parent.glob(f"{BEGINNING}*"):
            shutil.rmtree(old, ignore_errors=True)
    config.CACHE_DIR = str(new)  # type: ignore[attr-defined]  # numba gives it its settings at start


keep_in(folder())
