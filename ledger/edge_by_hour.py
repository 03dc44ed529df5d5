"""What a day's hours brought takers, noted where only some hours are simulated.

The error of a total follows from these sums, so no report has to read all fills for it.
"""

import numpy as np

from ledger.motives import Motive
from ledger.notes import EdgeOfHours
from ledger.times import DAY_US, HOUR_US, HOURS_PER_DAY

NOTED = Motive.PICKOFF


def edge_note(rows: np.ndarray) -> EdgeOfHours | None:
    """Return the note on a day's fills (dtype ROW); None if no hour has anything to note."""
    asked = rows[rows["motive"] == NOTED]
    cents = np.zeros(HOURS_PER_DAY, dtype=np.int64)
    np.add.at(cents, asked["time_us"] % DAY_US // HOUR_US, asked["edge_cents"])
    return EdgeOfHours(NOTED.word, tuple(cents.tolist())) if cents.any() else None
