"""Profitable hits that were prevented by limits.

A firm's order is limited to a share of the firm's claim on the venue. A firm's position is limited
by the firm's maximum leverage. The number of firms is limited too. These limits are not on public
record, so this report shows where they reduce hits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ledger.notes import HitLimits
from ledger.reports.dollars import ZERO, percent
from ledger.reports.once import once
from ledger.reports.table import Table
from ledger.run_folder import RunFolder

# The end of an event's name, and two of the event's values.
STATUS, WAITING, TRADING = ":status", "waiting", "trading"
# Limits bind in a market and month if they prevented more than this percentage of profitable hits.
BINDS_FROM_PCT = Decimal(1)


@dataclass(frozen=True, slots=True)
class Cut:
    """The volume of firms' hits in a market and month, and the volume prevented by limits."""

    market: str
    month: str
    taken_usd: Decimal
    by_order_share_usd: Decimal
    by_leverage_usd: Decimal
    trading: int  # the number of firms that trade, at the last note of the month
    waiting: int  # the number of firms that wait to enter, at the same note

    @property
    def cut_pct(self) -> Decimal | None:
        """Return the prevented volume as a percentage of taken and prevented volume together."""
        cut_usd = self.by_order_share_usd + self.by_leverage_usd
        return percent(cut_usd, cut_usd + self.taken_usd)

    @property
    def binds(self) -> bool:
        """Return whether limits prevented more than BINDS_FROM_PCT per cent of profitable hits."""
        return (self.cut_pct or ZERO) > BINDS_FROM_PCT


def cuts(run: RunFolder) -> tuple[Cut, ...]:
    """Return hits and prevented hits by market and month.

    The result is empty for older books, which have no notes on limits.
    """
    found: dict[tuple[str, str], Cut] = {}
    for day, note in run.dated_notes(HitLimits):
        market, month = place = note.market, f"{day:%Y-%m}"
        found[place] = Cut(
            market,
            month,
            note.taken_usd,
            note.cut_by_order_share_usd,
            note.cut_by_leverage_usd,
            note.firms_trading,
            note.firms_waiting,
        )
    return tuple(found[place] for place in sorted(found))


@dataclass(frozen=True, slots=True)
class AllCame:
    """The day on which the last waiting firm entered, and the number of all firms.

    No firm can enter after this day. So the number of firms limits the hits.
    """

    since: date
    firms: int  # the number of all firms, including those that entered during the run


def all_came(run: RunFolder) -> AllCame | None:
    """Return the day since which no firm waits to enter, and the number of firms.

    The result is None if a firm still waits, or if no firm ever waited. A firm that has left never
    enters again.
    """
    changes = status_changes(run)
    waited = {firm for firm, status, _ in changes if status == WAITING}
    came = {firm: day for firm, status, day in changes if status == TRADING and firm in waited}
    if not waited or waited != set(came):
        return None
    return AllCame(max(came.values()), len(run.chart.parties.firms))


@once
def status_changes(run: RunFolder) -> Sequence[tuple[str, str, date]]:
    """Return each firm's first and later statuses, in order: the firm, the status and the day."""
    found = run.select("SELECT name, value, date FROM events WHERE ends_with(name, ?)", [STATUS])
    return [(name.removesuffix(STATUS), status, day) for name, status, day in found]


def limits_lines(found: Sequence[Cut], none_left: AllCame | None) -> tuple[str, ...]:
    """Return a text on order and position limits, and a text on the number of firms.

    The first text is left out if limits bind in no market and month. The second text is left out if
    a firm still waits, if no firm ever waited, or if there were no hits in or after the month in
    which the last firm entered.
    """
    return (*_cut_line(found), *_none_left_line(found, none_left))


def _none_left_line(found: Sequence[Cut], none_left: AllCame | None) -> tuple[str, ...]:
    if none_left is None:
        return ()
    later = [each for each in found if each.month >= f"{none_left.since:%Y-%m}"]
    taken_usd = sum((each.taken_usd for each in later), ZERO)
    if not taken_usd:
        return ()
    months = len({each.month for each in later})
    return (
        f"Since {none_left.since} no firm waited to enter. So the number of firms, "
        f"{none_left.firms}, limited the hits. From {none_left.since:%Y-%m} on, the firms' hits "
        f"were {taken_usd:,.2f} USD in {months} {'month' if months == 1 else 'months'}.",
    )


def _cut_line(found: Sequence[Cut]) -> tuple[str, ...]:
    binding = [each for each in found if each.binds]
    if not binding:
        return ()
    order_usd = sum((each.by_order_share_usd for each in binding), ZERO)
    leverage_usd = sum((each.by_leverage_usd for each in binding), ZERO)
    whole_usd = order_usd + leverage_usd + sum((each.taken_usd for each in binding), ZERO)
    none_waits = sum(not each.waiting for each in binding)
    return (
        "Limits prevented more than 1 % of the trading firms' profitable hits in "
        f"{len(binding)} of {len(found)} market-months (one market in one month). In these "
        "market-months together the limits prevented "
        f"{percent(order_usd + leverage_usd, whole_usd)} % of profitable hits: {order_usd:,.2f} "
        "USD because an order is limited to a share of the firm's claim, and "
        f"{leverage_usd:,.2f} USD because a position is limited by leverage. In {none_waits} of "
        "these market-months no firm waited to enter.",
    )


def limits_table(found: Sequence[Cut], none_left: AllCame | None) -> Table:
    """Return a table of hits and of prevented hits, by market and month."""
    return Table(
        "hit-limits",
        "Profitable hits, and the part that the firms' limits prevented",
        (
            "market",
            "month",
            "taken_usd",
            "cut_by_order_share_usd",
            "cut_by_leverage_usd",
            "cut_pct",
            "firms_trading",
            "firms_waiting",
        ),
        [
            (
                each.market,
                each.month,
                each.taken_usd,
                each.by_order_share_usd,
                each.by_leverage_usd,
                each.cut_pct,
                each.trading,
                each.waiting,
            )
            for each in found
        ],
        (
            "A prevented hit is the size that a firm without limits would have taken with profit, "
            "and that no other order took before the quote was replaced. It is valued at the "
            "quote's best price.",
            *limits_lines(found, none_left),
        ),
    )
