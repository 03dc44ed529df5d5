"""Judges the lives of a search together with the members of its study."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np

from ledger.reports.dollars import spoken
from ledger.reports.table import Cell, Table
from runs.study.member_figures import HOLE, MECHANISM
from runs.study.plausible import JudgedMembers
from runs.study.search import GENERATION
from runs.study.study_tables import digits
from runs.study.would_have_to_be import share_of_hole

BEST = (MECHANISM, HOLE, "pickoff_usd")  # figures of the life that `Searched.best` finds
NOTE = (
    "Generation 0 has the drawn members of the study. A generation of the search starts from "
    "plausible lives of all earlier generations. The last four columns describe one plausible life "
    "of the generation: the life with the largest share of the mechanism in the hole. Losses are "
    "positive."
)


@dataclass(frozen=True)
class Searched(JudgedMembers):
    """The members of a study, followed by the lives of a search that started from them."""

    @cached_property
    def share(self) -> np.ndarray:
        """For each drawn member, the mechanism's share of the hole, or -inf if there is no hole."""
        return np.nan_to_num(share_of_hole(self.members), nan=-np.inf)

    @cached_property
    def generation(self) -> np.ndarray:
        """For each drawn member, its generation: 0 if it is not a life of the search."""
        numbers = self.members.numbers[~self.members.is_base]
        of_design = self.members.study.base_members + self.members.study.members
        return np.maximum((numbers - of_design) // GENERATION + 1, 0)

    @property
    def of_search(self) -> np.ndarray:
        """For each drawn member, whether it is a life of the search."""
        return self.generation > 0

    def best(self, which: np.ndarray) -> int:
        """Return the index of the plausible member with the mechanism's largest share of the hole.

        Args:
            which: for each drawn member, whether it is considered.
        """
        return int(np.argmax(np.where(which & self.is_plausible, self.share, -np.inf)))

    def answer(self) -> str:
        """Return sentences on the size of the search, and on the mechanism's share of the hole."""
        found = int((self.of_search & self.is_plausible).sum())
        best = self.best(np.ones_like(self.of_search))
        loss_usd = self.members.drawn(MECHANISM)[self.is_plausible]
        said = (
            "To find plausible lives in which the mechanism is a larger part of the hole, a search "
            f"played {self.of_search.sum()} more lives. {found} of them are plausible"
        )
        if np.isinf(self.share[best]):
            return f"{said}, but no plausible life has a hole."
        loss, hole = (
            spoken(Decimal(f"{usd:.2f}"))
            for usd in (loss_usd.max(), self.members.drawn(HOLE)[best])
        )
        return (
            f"{said}. In all plausible lives of study and search, the mechanism's loss is at most "
            f"{loss}. The loss is at most {100 * self.share[best]:.1f} % of the hole. The life "
            f"with this share has a hole of {hole}."
        )

    def provenance(self) -> str:
        """Return the number of the search's lives, and how many of them are plausible."""
        found = int((self.of_search & self.is_plausible).sum())
        return f"a search with {self.of_search.sum()} lives, {found} plausible"

    def table(self) -> Table:
        """Return a table with a row for each generation."""
        return Table(
            "search",
            "A search for plausible lives in which the mechanism is a larger part of the hole",
            (
                "generation",
                "lives",
                "plausible",
                "largest_part_pct",
                "mechanism_usd",
                "hole_usd",
                "stale_quotes_usd",
            ),
            [self._row(number) for number in range(int(self.generation.max()) + 1)],
            (NOTE,),
        )

    def _row(self, number: int) -> tuple[Cell, ...]:
        which = self.generation == number
        found = int((which & self.is_plausible).sum())
        if not found:
            return number, int(which.sum()), 0, None, None, None, None
        best = self.best(which)
        amounts = [digits(float(self.members.drawn(name)[best])) for name in BEST]
        percent = digits(100 * float(self.share[best]))
        return number, int(which.sum()), found, percent, *amounts
