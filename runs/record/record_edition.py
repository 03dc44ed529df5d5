"""The edition of the public record, and the fit to the record that a run's manifest states.

Every report states the fit. So this module is fast: it computes the hash of the record's file, but
does not read single facts, and it does not read the books.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ledger.run_folder import MANIFEST

FACTS = Path(__file__).with_name("facts.toml")
DIGITS = 12  # number of digits of the record's SHA-256 that identify an edition of the record


def edition() -> str:
    """Return the beginning of the SHA-256 of the shipped record's file."""
    return hashlib.sha256(FACTS.read_bytes()).hexdigest()[:DIGITS]


def stated_fit(folder: Path) -> Mapping[str, Any] | None:
    """Return the fit in a run's manifest, to any edition of the record, or None.

    Raises:
        OSError: the run has no manifest.
        ValueError: the file is not a manifest.
    """
    fit: Mapping[str, Any] | None
    fit = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["run"].get("fit")
    return fit


def current_fit(folder: Path) -> Mapping[str, Any] | None:
    """Return the fit in a run's manifest if it is to the shipped edition, which an audit checks.

    Raises:
        OSError: the run has no manifest.
        ValueError: the file is not a manifest.
    """
    fit = stated_fit(folder)
    return fit if fit and fit.get("record") == edition() else None
