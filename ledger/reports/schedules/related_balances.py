"""The net debt of the captive maker to the exchange, and the payments between the two."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ledger.accounts import lent, owed
from ledger.money import dollars
from ledger.reports.days import calendar, posted_cents
from ledger.reports.table import Cell, Table
from ledger.reports.tracing.group_cash import cash_passed
from ledger.run_folder import RunFolder
from ledger.transaction import entity_of


@dataclass(frozen=True, slots=True)
class RelatedBalance:
    """Two debts between exchange and maker at the end of a day, and the payments of the month.

    The debts are in dollars, without agent deposits. The payments are cash that exchange and
    maker paid each other from the first of the month to this day.
    """

    day: date
    credit_line_usd: Decimal  # the maker's debt on its credit line
    account_usd: Decimal  # the exchange's debt to the maker, who is also its customer
    cash_to_maker_usd: Decimal
    cash_to_house_usd: Decimal

    @property
    def net_usd(self) -> Decimal:
        """Return the maker's debt on its credit line, less the exchange's debt to the maker."""
        return self.credit_line_usd - self.account_usd


def related_balances(run: RunFolder, end: date) -> list[RelatedBalance]:
    """Return the debts on each month's last day and on *end*, with the payments of the month."""
    parties = run.chart.parties
    days = calendar(run)
    accounts = [[lent(parties.house, parties.maker)], [owed(parties.house, parties.maker)]]
    balances = posted_cents(run, accounts).cumsum(axis=0)
    cash: dict[tuple[int, int, str], int] = {}
    for each in cash_passed(run):
        if isinstance(each.giver, str) and isinstance(each.taker, str) and each.day <= end:
            taker = entity_of(each.taker)
            if taker != entity_of(each.giver):
                key = (each.day.year, each.day.month, taker)
                cash[key] = cash.get(key, 0) + each.cents
    months = {(day.year, day.month): i for i, day in enumerate(days) if day <= end}
    return [
        RelatedBalance(
            days[i],
            dollars(balances[i, 0]),
            -dollars(balances[i, 1]),
            dollars(cash.get((*month, parties.maker), 0)),
            dollars(cash.get((*month, parties.house), 0)),
        )
        for month, i in months.items()
    ]


def related_table(balances: list[RelatedBalance], house: str, maker: str) -> Table:
    """Return a table with a row for each month. The last month may be incomplete."""
    columns = ("day", "credit_line_usd", "deposit_usd", "net_debt_usd", "cash_to_maker_usd")
    rows: list[tuple[Cell, ...]] = [
        (
            each.day,
            each.credit_line_usd,
            each.account_usd,
            each.net_usd,
            each.cash_to_maker_usd,
            each.cash_to_house_usd,
        )
        for each in balances
    ]
    return Table(
        "related",
        f"The net debt of {maker} to {house} at each month's end, and on the last day",
        (*columns, "cash_to_house_usd"),
        rows,
        (
            f"The net debt is the dollars that {maker} has drawn on its credit line, less the "
            f"deposit of {maker} as a customer of {house}. Other debts between the two are left "
            f"out. The cash columns have the payments between {house} and {maker} in the month, up "
            "to the row's day.",
        ),
    )
