"""The edition of the public record, and the fit to the record that a run's manifest states.

Reports on a run state the fit, so this module must be fast. It computes the hash of the record's
file, but parses no facts. It reads the manifest, but not the books.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ledger.run_folder import MANIFEST

FACTS = Path(__file__).with_name("facts.toml")
DIGITS = 12  # the number of SHA-256 digits that identify an edition


def edition() -> str:
    """Return the first digits of the SHA-256 of the shipped record's file."""
    return hashlib.sha256(FACTS.read_bytes()).hexdigest()[:DIGITS]


def stated_fit(folder: Path) -> Mapping[str, Any] | None:
    """Return the fit in a run's manifest, or None.

    The fit may be to an older edition of the record.

    Raises:
        OSError: the run has no manifest.
        ValueError: the manifest is not valid JSON.
    """
    fit: Mapping[str, Any] | None
    fit = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["run"].get("fit")
    return fit


def current_fit(folder: Path) -> Mapping[str, Any] | None:
    """Return the fit in a run's manifest. None: it has no fit, or a fit to another edition.

    An audit can check only a fit to the shipped edition.

    Raises:
        OSError: the run has no manifest.
        ValueError: the manifest is not valid JSON.
    """
    fit = stated_fit(folder)
    return fit if fit and fit.get("record") == edition() else None
