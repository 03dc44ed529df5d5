"""Answers "where did the money go?" in one paragraph. Each figure is read from the books."""

from dataclasses import dataclass

from ledger.reports.life.milestones import firsts, key_dates
from ledger.reports.life.standing import standings
from ledger.reports.money.hole import Hole, hole, hole_by_kind, in_a_sentence, largest_uses
from ledger.reports.money.hole_in_kind import hole_in_kind
from ledger.reports.money.hole_opened import hole_opened
from ledger.reports.money.mechanism import mechanism, stale_quotes
from ledger.reports.table import Table
from ledger.run_folder import RunFolder


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer in one paragraph, and the hole that the paragraph explains."""

    paragraph: str
    hole: Hole

    def answer(self) -> str:
        """Return the paragraph."""
        return self.paragraph

    def tables(self) -> list[Table]:
        """Return a table of the hole by kind."""
        return [hole_by_kind(self.hole)]


def answer(run: RunFolder) -> str:
    """State the hole, the uses of money, the cost of the thread's mechanism, and the key dates."""
    return answered(run).paragraph


def answered(run: RunFolder) -> Answer:
    """Return the answer as one paragraph, and the hole that the paragraph states."""
    the_hole, days, in_kind = hole(run), standings(run), hole_in_kind(run)
    dated, opened = firsts(run, days), hole_opened(run)
    house = run.chart.parties.house
    paragraph = " ".join(
        (
            f"After the run from {days[0].day} to {days[-1].day},",
            in_a_sentence(the_hole, house, in_kind is not None),
            *([in_kind.answer()] if in_kind else ()),
            *([opened.in_a_sentence()] if opened else ()),
            largest_uses(the_hole),
            stale_quotes(run, the_hole),
            mechanism(run, the_hole).in_a_sentence(),
            *key_dates(dated),
        )
    )
    return Answer(paragraph, the_hole)
