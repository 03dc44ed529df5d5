"""Where did the money go? Two statements, and the bridge that connects them.

The hole by kind lists uses and sources of money. Cash by party lists the parties that received
cash. The two statements differ because a claim is not cash, and the bridge explains the difference.
The report also has the parts of the thread's mechanism, two views of the maker's quotes, the
maker's volume, the day since which the hole has been open, and the payments while customers'
money was in use.
"""

from dataclasses import dataclass

from ledger.reports.market.hit_limits import all_came, cuts, limits_lines
from ledger.reports.market.maker_share import has_volume, maker_share, volume_table
from ledger.reports.money.bridge import bridge, bridge_table
from ledger.reports.money.cash import cash_by_receiver, cash_change, cash_statement
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
from ledger.reports.money.mechanism import mechanism, mechanism_table, stale_quotes
from ledger.reports.money.paid_in_use import paid_in_use, paid_in_use_table, was_paid_in_use
from ledger.reports.money.quote_views import quote_views, views_table
from ledger.reports.table import LaterTable, Table
from ledger.run_folder import RunFolder


@dataclass(frozen=True, slots=True)
class Where:
    """Where the money went. Some tables are computed only when they are read."""

    run: RunFolder
    hole: Hole
    in_kind: HoleInKind | None  # None if the house owes only dollars to customers
    stale_quotes: str  # sentences on the result of quotes; empty if the hole has no kind PickOff
    opened: HoleOpened | None  # None if there is no hole at the end

    def answer(self) -> str:
        """State the hole and its first day, the largest uses, and the cost of stale quotes."""
        house = self.run.chart.parties.house
        said = (
            in_a_sentence(self.hole, house, self.in_kind is not None),
            self.opened.in_a_sentence() if self.opened else None,
            largest_uses(self.hole),
            assets_and_spending(self.hole),
            self.stale_quotes,
            self.in_kind.answer() if self.in_kind else None,
        )
        return " ".join(filter(None, said))

    def tables(self) -> list[Table]:
        """Return the tables on the hole, payments, mechanism, quotes, cash, bridge and volume."""
        run, house = self.run, self.run.chart.parties.house
        return [
            hole_by_kind(self.hole, self.opened.deeper() if self.opened else ()),
            hole_by_cause(self.hole),
            LaterTable("paid-in-use", self._paid_in_use, has_rows=was_paid_in_use(run)),
            hole_by_definition(self.hole, house, self.in_kind is not None),
            *(self.in_kind.tables() if self.in_kind else ()),
            LaterTable("the-mechanism", self._mechanism, has_rows=True),
            LaterTable("views", lambda: views_table(quote_views(run)), has_rows=True),
            LaterTable("cash-by-receiver", self._cash_by_receiver, has_rows=True),
            LaterTable("cash-change", self._cash_change, has_rows=True),
            LaterTable("bridge", self._bridge, has_rows=True),
            LaterTable("volume", self._volume, has_rows=has_volume(run)),
        ]

    @property
    def _in_coins(self) -> tuple[str, ...]:
        """The note for tables with only dollars, if customers are owed coins too."""
        return (self.in_kind.beside_dollars(),) if self.in_kind else ()

    def _paid_in_use(self) -> Table:
        payments = paid_in_use(self.run, self.opened)
        return paid_in_use_table(payments, self.run.chart.parties.house)

    def _mechanism(self) -> Table:
        return mechanism_table(mechanism(self.run, self.hole))

    def _cash_by_receiver(self) -> Table:
        group = " and ".join(self.run.chart.parties.group)
        return cash_by_receiver(cash_statement(self.run), group, self._in_coins)

    def _cash_change(self) -> Table:
        return cash_change(cash_statement(self.run), self._in_coins)

    def _bridge(self) -> Table:
        return bridge_table(bridge(self.run), self.run.chart.parties.house, self._in_coins)

    def _volume(self) -> Table:
        limits = limits_lines(cuts(self.run), all_came(self.run))
        return volume_table(maker_share(self.run), limits)


def where(run: RunFolder) -> Where:
    """Read from the books where the money went."""
    the_hole = hole(run)
    return Where(run, the_hole, hole_in_kind(run), stale_quotes(run, the_hole), hole_opened(run))
