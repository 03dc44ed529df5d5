"""How well a run fits the record, in three counts that its seal keeps.

They are computed from the finished books when a run is sealed, so that every answer can say them
and no command has to ask the record again. A made-up world has no record to meet: none of its
figures has a source. Nor has a run that covers no recorded outcome.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from ledger.run_folder import MANIFEST, RunFolder
from runs.record.compare import facts_to_meet, held_against
from runs.record.compared import TENTH, judged
from runs.record.facts import FACTS, Record, load_record
from runs.record.measured_books import MeasuredBooks

DIGITS = 12  # of the record's SHA-256, enough to tell one edition of it from another


@dataclass(frozen=True, slots=True)
class Fit:
    """How many recorded outcomes a run can speak to, and how many of them it comes near."""

    outcomes: int
    inside: int  # the recorded range
    near: int  # outside it, by a tenth at most

    @classmethod
    def of(cls, run: RunFolder, record: Record) -> Self | None:
        """Hold a run against the record; None where it can speak to no outcome.

        Args:
            run: the books; they need no seal yet.
            record: the facts.
        """
        facts = [fact for fact in facts_to_meet(run, record) if fact.role == "outcome"]
        rows = judged(held_against(MeasuredBooks(run), facts)[0])
        said = Counter(row.verdict for row in rows)
        return cls(len(rows), said["inside"], said[TENTH]) if rows else None


def sealed_fit(run: RunFolder, sources: Mapping[str, str]) -> Mapping[str, object]:
    """Return what a manifest keeps of the fit to the shipped record: nothing where there is none.

    `record` names the edition of the record by the beginning of its file's SHA-256.

    Args:
        run: the books; they need no seal yet.
        sources: of the scenario's figures, by their keys.
    """
    fit = Fit.of(run, load_record()) if sources else None
    if fit is None:
        return {}
    counts = {"outcomes": fit.outcomes, "inside": fit.inside, "near": fit.near}
    return {"fit": {"record": _edition(), **counts}}


def kept_fit(folder: Path) -> Mapping[str, object] | None:
    """Return what a manifest keeps by today's edition of the record.

    None where a run has no record to meet, was sealed before runs said their fit, or by another
    edition.

    Raises:
        OSError: there is no manifest.
        ValueError: it is none.
    """
    fit: Mapping[str, object] | None
    fit = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["run"].get("fit")
    return fit if fit and fit.get("record") == _edition() else None


def wrong_fit(run: RunFolder, sources: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence if the fit that a manifest keeps is not what the books give."""
    said, due = kept_fit(run.path), sealed_fit(run, sources).get("fit")
    if said and said != due:
        yield f"{MANIFEST}: its fit is {said}, the books give {due}"


def _edition() -> str:
    return hashlib.sha256(FACTS.read_bytes()).hexdigest()[:DIGITS]
