"""The note on the hours that a sampled run plays, if they are drawn by groups."""

from dataclasses import dataclass
from typing import ClassVar

from ledger.notes import Figures, Note


@dataclass(frozen=True, slots=True)
class HoursDrawn(Note):
    """The number of hours that each hour of a day represents, if hours are drawn by groups.

    An hour that is not traded has 0; the numbers of a day sum to 24.
    """

    kind: ClassVar[str] = "hours-drawn"
    weight_of_hours: Figures  # 24 of them
    group_cents_of_hours: Figures  # predicted loss of its group per dollar shown, in cents
