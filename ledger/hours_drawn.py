"""The note on a day's hours, for runs that play one hour of each group of similar hours."""

from dataclasses import dataclass
from typing import ClassVar

from ledger.notes import Figures, Note


@dataclass(frozen=True, slots=True)
class HoursDrawn(Note):
    """The number of hours that each hour of a day represents, and the predicted losses.

    An hour that is not played has zeros. The represented hours of a day sum to 24.
    """

    kind: ClassVar[str] = "hours-drawn"
    weight_of_hours: Figures  # hours represented by each of the day's 24 hours
    # For each played hour, its group's predicted loss in cents if each level displays one dollar.
    group_cents_of_hours: Figures
