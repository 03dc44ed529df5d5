"""Monthly income minus expenses, from the general ledger."""

from collections.abc import Sequence

from ledger.accounts import expense, income
from ledger.journal import Journal
from ledger.kinds import LEAD_QUOTING, Kind

YEAR = 12  # months


class MonthlyIncome:
    """Income minus expenses in given accounts, in cents for each month since the run's start."""

    def __init__(self, journal: Journal, accounts: Sequence[str]) -> None:
        """Start at zero."""
        self._journal, self._accounts = journal, accounts
        self._total_cents = 0
        self.months_cents: list[int] = []

    def close_month(self) -> int:
        """Add the month that ended. The last day of the month must be closed in the books.

        Returns:
            The month's income minus its expenses, in cents.
        """
        # In the books income is negative, and expenses are positive.
        total = -sum(self._journal.balance(account) for account in self._accounts)
        self.months_cents.append(total - self._total_cents)
        self._total_cents = total
        return self.months_cents[-1]


def year_cents(months_cents: Sequence[int]) -> int:
    """Return the sum of the last twelve months."""
    return sum(months_cents[-YEAR:])


def year_before_cents(months_cents: Sequence[int]) -> int:
    """Return the sum of the twelve months before the last twelve. A missing month counts as 0."""
    return sum(months_cents[-2 * YEAR : -YEAR])


def quotes_on_house(maker: str) -> tuple[str, ...]:
    """Return the accounts of the captive maker's quotes on the house, and of its hedging costs."""
    kinds = (Kind.SPREAD, Kind.PICKOFF, Kind.LIQUIDATION)
    return (*(income(maker, kind) for kind in kinds), expense(maker, Kind.HEDGING))


def quotes_on_lead(maker: str) -> tuple[str, ...]:
    """Return the accounts of the captive maker's quotes on the lead venue."""
    return tuple(income(maker, kind) for kind in LEAD_QUOTING)
