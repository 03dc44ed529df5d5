"""The note on a day's played hours, if a run plays one hour of each group of similar hours."""

from dataclasses import dataclass
from typing import ClassVar

from ledger.notes import Figures, Note


@dataclass(frozen=True, slots=True)
class HoursDrawn(Note):
    """The number of hours that each hour of a day represents.

    An hour that is not played has the number 0. The numbers of a day sum to 24.
    """

    kind: ClassVar[str] = "hours-drawn"
    weight_of_hours: Figures  # one number for each of the day's 24 hours
    # The loss predicted for the hour's group: cents for each dollar that the maker shows on each
    # level. An hour that is not played has the number 0.
    group_cents_of_hours: Figures
