"""The life of the group: its debts, its assets, and the days on which debts exceeded assets.

There are four thresholds. If claims exceed the exchange's cash, customers' money is in use. If
claims exceed the group's liquid assets, the group could not pay all customers at once. If claims
and loans exceed liquid assets, the group could not pay if lenders recalled loans too. If claims and
loans exceed liquid assets, tokens at mark and ventures at cost, the group is insolvent even at
market prices.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ledger.reports.life.milestones import First, Milestone, firsts, key_dates
from ledger.reports.life.standing import Standing, month_ends, standings
from ledger.reports.table import Table
from ledger.run_folder import RunFolder

BY = ("month", "day")


@dataclass(frozen=True, slots=True)
class Timeline:
    """The group at the end of each month or day, and the first day of each milestone."""

    house: str
    days: int  # the number of days of the whole life
    shown: tuple[Standing, ...]  # the last day of each month, or all days
    firsts: Mapping[Milestone, First]

    def answer(self) -> str:
        """State when customers' money was in use, the group insolvent, and withdrawals waiting."""
        return " ".join(key_dates(self.firsts))

    def tables(self) -> list[Table]:
        """Return a table of the milestones, and tables of the ends of months or days."""
        return [
            _firsts_table(self),
            _timeline_table(self),
            _worth_table(self),
            _identity_table(self),
        ]


def timeline(run: RunFolder, by: str = "month") -> Timeline:
    """Return the milestones, and the group at the end of each month or day.

    Args:
        run: the run whose books are read.
        by: "month" or "day".
    """
    days = standings(run)
    return Timeline(
        run.chart.parties.house,
        len(days),
        tuple(days if by == "day" else month_ends(days)),
        firsts(run, days),
    )


# --------------------------------------------------------------------------- the tables


def _firsts_table(found: Timeline) -> Table:
    return Table.of(
        "firsts",
        "Milestones: when each was first reached",
        ("what", "day", "usd", "days", "continuous_since"),
        found.firsts.values(),
        (
            f"Each of {found.days} days is counted at its end. The amount is that of the first "
            "day. A blank date means that it never happened. The last column has the day from "
            "which it continues to the end.",
            "The amount of a wait is the sum refused that day, or the queue at its end if that "
            "is more. The amount of a halt is all unpaid claims. An unpaid use or lender "
            "counts on the day on which the books note it.",
        ),
    )


def _timeline_table(found: Timeline) -> Table:
    return Table.of(
        "timeline",
        "Claims, liquid assets and the hole, day by day",
        (
            "day",
            "claims_usd",
            "house_cash_usd",
            "hole_of_exchange_usd",
            "credit_drawn_usd",
            "hole_usd",
            "loans_usd",
            "paper_usd",
            "queue_usd",
        ),
        found.shown,
        (
            "Claims are those of customers outside the group. The hole of the exchange is "
            f"claims less {found.house}'s own cash; the hole is claims less all liquid assets "
            "of the group. Negative: a surplus of that amount.",
            "Paper is tokens at the day's mark; the group's own token counts zero. Loans are "
            "debts to outside lenders; the credit line is a debt within the group; the queue "
            "is part of the claims.",
        ),
    )


def _worth_table(found: Timeline) -> Table:
    return Table.of(
        "worth",
        "Is the group solvent at mark?",
        (
            "day",
            "liquid_usd",
            "paper_usd",
            "at_cost_usd",
            "claims_usd",
            "loans_usd",
            "net_at_mark_usd",
        ),
        found.shown,
        (
            "Net is liquid assets, paper and ventures at cost, less claims and loans. "
            "Negative: the group is insolvent even if it could sell these assets at their "
            "marks.",
        ),
    )


def _identity_table(found: Timeline) -> Table:
    return Table.of(
        "identity",
        "The hole by its definition and by its kinds, and debts within the group",
        ("day", "hole_usd", "kinds_usd", "unexplained_usd", "within_group_usd"),
        found.shown,
        ("The last two columns must be 0.00 on every line.",),
    )
