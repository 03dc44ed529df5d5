"""Counts how many outcomes of a run fit the record. The run's manifest stores the counts.

The counts are computed from the finished books when a run is sealed. So every answer can state them
without a new comparison. A run of an invented scenario has no fit, because the scenario has no
sources. A run without any recorded outcome has no fit either.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from ledger.hit_statistics import states_results
from ledger.run_folder import MANIFEST, RunFolder
from runs.record.compare import facts_to_meet, held_against
from runs.record.compared import TENTH, judged
from runs.record.facts import Record, load_record
from runs.record.measured_books import MeasuredBooks
from runs.record.record_edition import edition, stated_fit


@dataclass(frozen=True, slots=True)
class Fit:
    """How many recorded outcomes the run has, and how many of them are inside or near."""

    outcomes: int
    inside: int  # inside the recorded range
    near: int  # outside the recorded range by at most 10 % of the range's nearer end

    @classmethod
    def of(cls, run: RunFolder, record: Record) -> Self | None:
        """Compare a run with the record. The result is None if the run has no recorded outcome.

        Args:
            run: the run, which may be unsealed.
            record: the facts.
        """
        facts = [fact for fact in facts_to_meet(run, record) if fact.role == "outcome"]
        rows = judged(held_against(MeasuredBooks(run), facts)[0])
        said = Counter(row.verdict for row in rows)
        return cls(len(rows), said["inside"], said[TENTH]) if rows else None


def sealed_fit(run: RunFolder, sources: Mapping[str, str]) -> Mapping[str, object]:
    """Return the manifest's entry on the fit to the shipped record. Without a fit it is empty.

    The key `record` of the entry has the first digits of the SHA-256 of the record's file. They
    identify the edition of the record.

    Args:
        run: the run, which may be unsealed.
        sources: the sources of the scenario's figures, by key.
    """
    fit = Fit.of(run, load_record()) if sources else None
    if fit is None:
        return {}
    counts = {"outcomes": fit.outcomes, "inside": fit.inside, "near": fit.near}
    return {"fit": {"record": edition(), **counts}}


def wrong_fit(run: RunFolder, sources: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence if the fit in the manifest differs from the fit that the books give.

    A missing fit is wrong only if the run was sealed by a version that stores results in manifests.
    """
    said, due = stated_fit(run.path), sealed_fit(run, sources).get("fit")
    if said is None:
        if due and states_results(run):
            yield f"{MANIFEST}: its fit is missing, but the books give {due}"
    elif said != due:
        yield f"{MANIFEST}: its fit is {said}, but the books give {due}"
