"""Where did the money go? Two statements, and the bridge that connects them.

The hole by kind lists uses and sources. Cash by receiver lists the parties that received cash. The
two statements differ because a claim is not cash, and the bridge explains the difference. The
report also has the parts of the thread's mechanism, two views of the maker's quotes, the day on
which the hole opened, and the payments while customers' money was in use.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.parties import Parties
from ledger.reports.market.hit_limits import AllCame, Cut, all_came, cuts, limits_lines
from ledger.reports.market.maker_share import MakerShare, maker_share, volume_table
from ledger.reports.money.bridge import ClaimBridge, bridge, bridge_table
from ledger.reports.money.cash import CashStatement, cash_by_receiver, cash_change, cash_statement
from ledger.reports.money.hole import (
    Hole,
    hole,
    hole_by_definition,
    hole_by_kind,
    in_a_sentence,
    largest_uses,
)
from ledger.reports.money.hole_by_cause import assets_and_spending, hole_by_cause
from ledger.reports.money.hole_in_kind import HoleInKind, hole_in_kind
from ledger.reports.money.hole_opened import HoleOpened, hole_opened
from ledger.reports.money.mechanism import Mechanism, mechanism, mechanism_table, stale_quotes
from ledger.reports.money.paid_in_use import PaidInUse, paid_in_use, paid_in_use_table
from ledger.reports.money.quote_views import QuoteViews, quote_views, views_table
from ledger.reports.table import Table
from ledger.run_folder import RunFolder


@dataclass(frozen=True, slots=True)
class Where:
    """Where the money went: both statements, the bridge between them, the thread's mechanism."""

    parties: Parties
    hole: Hole
    cash: CashStatement
    bridges: tuple[ClaimBridge, ...]  # one for each class of customers, and a total
    volume: MakerShare
    cuts: tuple[Cut, ...]  # hits of firms that limits prevented
    none_left: AllCame | None  # from when no firm waited any more
    mechanism: Mechanism
    views: QuoteViews
    in_kind: HoleInKind | None  # None if the house owes only dollars to customers
    stale_quotes: str  # a sentence on the cost, with its error if hours were sampled
    opened: HoleOpened | None  # None if there is no hole at the end
    paid_in_use: Sequence[PaidInUse]  # payments while customers' money was in use

    def answer(self) -> str:
        """State the hole, when it opened, the largest uses, and the cost of stale quotes."""
        said = (
            in_a_sentence(self.hole, self.parties.house, self.in_kind is not None),
            self.opened.in_a_sentence() if self.opened else None,
            largest_uses(self.hole),
            assets_and_spending(self.hole),
            self.stale_quotes,
            self.in_kind.answer() if self.in_kind else None,
        )
        return " ".join(filter(None, said))

    def tables(self) -> list[Table]:
        """Return tables of the hole, payments, mechanism, quotes, cash, bridge and volume."""
        in_kind = (self.in_kind.beside_dollars(),) if self.in_kind else ()
        return [
            hole_by_kind(self.hole, self.opened.deeper() if self.opened else ()),
            hole_by_cause(self.hole),
            paid_in_use_table(self.paid_in_use, self.parties.house),
            hole_by_definition(self.hole, self.parties.house, self.in_kind is not None),
            *(self.in_kind.tables() if self.in_kind else ()),
            mechanism_table(self.mechanism),
            views_table(self.views),
            cash_by_receiver(self.cash, " and ".join(self.parties.group), in_kind),
            cash_change(self.cash, in_kind),
            bridge_table(self.bridges, self.parties.house, in_kind),
            volume_table(self.volume, limits_lines(self.cuts, self.none_left)),
        ]


def where(run: RunFolder) -> Where:
    """Read from the books where the money went."""
    the_hole, opened = hole(run), hole_opened(run)
    return Where(
        run.chart.parties,
        the_hole,
        cash_statement(run),
        bridge(run),
        maker_share(run),
        cuts(run),
        all_came(run),
        mechanism(run, the_hole),
        quote_views(run),
        hole_in_kind(run),
        stale_quotes(run, the_hole),
        opened,
        paid_in_use(run, opened),
    )
