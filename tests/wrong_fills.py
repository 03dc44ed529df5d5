"""Recomputes the fills of a run in one process. An audit does the same in several processes."""

from collections.abc import Iterator

from ledger.proof.recompute import Recomputation
from ledger.run_folder import RunFolder


def wrong_fills(run: RunFolder) -> Iterator[str]:
    """Yield a sentence for each error in the fills."""
    recomputation = Recomputation(run)
    for day in recomputation.days:
        yield from recomputation.wrong_within(day)
    yield from recomputation.wrong_between_days()
    yield from recomputation.wrong_on_margin()
