"""Writes the source of an answer as one line. A report on a run ends with this line."""

import hashlib
import json
from collections.abc import Sequence

from ledger.reports.market.bridged_gaps import bridged_gaps
from ledger.run_folder import MANIFEST, RunFolder
from runs.record.record_edition import current_fit

SEAL_DIGITS = 12


def provenance(run: RunFolder) -> str:
    """Return one line: a run's folder, seed, seal, simulated hours, fit and filled gaps.

    The seal is the start of the SHA-256 of the manifest, as `sha256sum manifest.json` prints it.
    The fit to the record is in the manifest (see `runs.record.fit`). The line has no fit if the
    manifest has none, or if its fit is to another edition of the record. The filled gaps are gaps
    in the user's candles. For a ledger that is not a run, the line has the ledger's name,
    and says that seal and fills are missing.
    """
    if not run.has_fills:
        return f"{run.path.name}: a ledger without a seal or fills"
    return "; ".join((f"{_seal_of(run)}, {_fidelity(run)}", *_fit(run), *bridged_gaps(run)))


def of_several(runs: Sequence[RunFolder]) -> str:
    """Return the folder, seed and seal of each run. For a single run, return its `provenance`."""
    return provenance(runs[0]) if len(runs) == 1 else "; ".join(map(_seal_of, runs))


def _seal_of(run: RunFolder) -> str:
    manifest = _manifest(run)
    seed = json.loads(manifest)["run"]["seed"]
    seal = hashlib.sha256(manifest).hexdigest()[:SEAL_DIGITS]
    return f"{run.path.resolve().name}: seed {seed}, seal {seal}"


def _manifest(run: RunFolder) -> bytes:
    return (run.path / MANIFEST).read_bytes()


def _fit(run: RunFolder) -> list[str]:
    fit = current_fit(run.path)
    if not fit:
        return []
    close, outcomes = fit["inside"] + fit["near"], fit["outcomes"]
    return [f"{close} of {outcomes} recorded outcomes inside the recorded range or near it"]


def _fidelity(run: RunFolder) -> str:
    played = run.scenario["run"]
    hours, full_days = played.get("one_hour_in", 1), len(played.get("full_days", ()))
    if hours == 1:
        return "every hour simulated"
    told = f"one hour in {hours} simulated: each fill represents {hours} fills"
    if "group_loss_usd_max" in played:
        told = f"a sample of hours simulated: each fill represents 1 to {hours} fills"
    return f"{told}; {full_days} days simulated in full" if full_days else told
