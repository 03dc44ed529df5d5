"""Reads noise traders' hourly demand from the notes in the books.

The books have these notes only if demand follows the recorded volume.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from ledger.notes import WantedDay
from ledger.run_folder import RunFolder


def wanted_usd(run: RunFolder) -> Mapping[str, Mapping[date, tuple[int, ...]]]:
    """Return the demand in each played hour, in whole dollars, by market and day."""
    wanted: dict[str, dict[date, tuple[int, ...]]] = defaultdict(dict)
    for day, note in run.dated_notes(WantedDay):
        wanted[note.market][day] = note.usd_of_hours
    return wanted
