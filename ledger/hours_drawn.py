"""The note on the hours that a sampled run plays, if these hours are drawn by groups."""

from dataclasses import dataclass
from typing import ClassVar

from ledger.notes import Figures, Note


@dataclass(frozen=True, slots=True)
class HoursDrawn(Note):
    """The number of hours that each hour of a day represents, if hours are drawn by groups.

    An hour that is not traded has 0; the numbers of a day sum to 24.
    """

    kind: ClassVar[str] = "hours-drawn"
    weight_of_hours: Figures  # one for each of 24 hours
    group_cents_of_hours: Figures  # predicted loss of the hour's group per dollar shown, in cents
