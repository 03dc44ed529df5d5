"""The life of the group: its debts, its assets, and the days on which debts exceeded assets.

The report compares debts with assets in four ways. If claims exceed the exchange's cash, customers'
money is in use. If claims exceed the group's liquid assets, the group could not pay all customers
at once. If claims and loans exceed liquid assets, the group could not pay all customers and lenders
at once. If claims and debts to lenders exceed the sum of liquid assets, tokens at mark, ventures at
cost and loans to customers, the group is insolvent even at market prices.
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
    days: int  # the number of days of the run
    shown: tuple[Standing, ...]  # the last day of each month, or all days
    firsts: Mapping[Milestone, First]

    def answer(self) -> str:
        """State when customers' money was in use, and when the group was insolvent.

        The last sentence states when withdrawals had to wait, and when they were halted.
        """
        return " ".join(key_dates(self.firsts))

    def tables(self) -> list[Table]:
        """Return a table of the milestones, and three tables with a row for each day shown."""
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
        by: "month" shows the last day of each month, and "day" shows every day.
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
    return Table(
        "firsts",
        "The first day and the number of days of each milestone",
        ("milestone", "first_day", "amount_usd", "number_of_days", "every_day_since"),
        [
            (each.what, each.day, each.usd, each.days, each.continuous_since)
            for each in found.firsts.values()
        ],
        (
            f"Balances are compared at the end of each of {found.days} days. The amount is that of "
            "the first day: the drawn credit, the excess of debts over assets, or the unpaid sum. "
            "A blank first date means that the milestone was not reached. The last column has a "
            "date if the milestone lasts until the end.",
            "If a withdrawal has to wait, the amount is the sum of the first day's requests that "
            "had to wait, or the queue at the end of that day if the queue is larger. If "
            "withdrawals are halted, the amount is all claims of customers. An unpaid use, recall "
            "or interest payment counts on the day on which the books note it.",
        ),
    )


def _timeline_table(found: Timeline) -> Table:
    return Table(
        "timeline",
        "Claims, cash, loans and the holes at the end of each day shown",
        (
            "day",
            "claims_usd",
            "cash_of_exchange_usd",
            "hole_of_exchange_usd",
            "credit_drawn_usd",
            "hole_of_group_usd",
            "loans_usd",
            "tokens_at_mark_usd",
            "queued_withdrawals_usd",
        ),
        [
            (
                at.day,
                at.claims_usd,
                at.house_cash_usd,
                at.hole_of_exchange_usd,
                at.credit_drawn_usd,
                at.hole_usd,
                at.loans_usd,
                at.paper_usd,
                at.queue_usd,
            )
            for at in found.shown
        ],
        (
            "Claims are the claims of customers outside the group. The hole of the exchange is "
            f"claims less {found.house}'s own cash. The hole of the group is claims less all "
            "liquid assets of the group. A negative hole is a surplus.",
            "Tokens are at the mark of the day, and the group's own token counts as zero. Loans "
            "are debts to outside lenders. Drawn credit is a debt within the group. Queued "
            "withdrawals are part of the claims.",
        ),
    )


def _worth_table(found: Timeline) -> Table:
    return Table(
        "worth",
        "Is the group solvent at mark?",
        (
            "day",
            "liquid_assets_usd",
            "tokens_at_mark_usd",
            "ventures_at_cost_usd",
            "lent_to_customers_usd",
            "claims_usd",
            "loans_usd",
            "net_worth_usd",
        ),
        [
            (
                at.day,
                at.liquid_usd,
                at.paper_usd,
                at.at_cost_usd,
                at.lent_to_customers_usd,
                at.claims_usd,
                at.loans_usd,
                at.net_at_mark_usd,
            )
            for at in found.shown
        ],
        (
            "Net worth is the sum of liquid assets, tokens at mark, ventures at cost and loans to "
            "customers, less claims and debts to lenders. If net worth is negative, the group is "
            "insolvent even if it could sell its tokens at their marks. Loans to customers are "
            "secured by tokens, and count in full.",
        ),
    )


def _identity_table(found: Timeline) -> Table:
    return Table(
        "identity",
        "The hole by its definition and as the sum of its kinds, and debts within the group",
        ("day", "hole_usd", "sum_of_kinds_usd", "unexplained_usd", "within_group_usd"),
        [
            (at.day, at.hole_usd, at.kinds_usd, at.unexplained_usd, at.within_group_usd)
            for at in found.shown
        ],
        ("The last two columns must be 0.00 on every line.",),
    )
