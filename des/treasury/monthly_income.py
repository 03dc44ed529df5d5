"""What accounts brought in each month, as the general ledger has it."""

from collections.abc import Sequence

from ledger.accounts import expense, income
from ledger.journal import Journal
from ledger.kinds import LEAD_QUOTING, Kind

YEAR = 12  # months


class MonthlyIncome:
    """Income less expenses on some accounts, month by month from the run's start, in cents."""

    def __init__(self, journal: Journal, accounts: Sequence[str]) -> None:
        """Begin with nothing on them."""
        self._journal, self._accounts = journal, accounts
        self._total_cents = 0
        self.months_cents: list[int] = []

    def close_month(self) -> int:
        """Add the month that ended; the books are closed up to its last day.

        Returns:
            What it brought.
        """
        # Income is below zero where it is booked, and expenses above.
        total = -sum(self._journal.balance(account) for account in self._accounts)
        self.months_cents.append(total - self._total_cents)
        self._total_cents = total
        return self.months_cents[-1]


def year_cents(months_cents: Sequence[int]) -> int:
    """Sum up the last twelve months."""
    return sum(months_cents[-YEAR:])


def year_before_cents(months_cents: Sequence[int]) -> int:
    """Sum up the twelve months before those; what is before the first counts as zero."""
    return sum(months_cents[-2 * YEAR : -YEAR])


def quotes_on_house(maker: str) -> tuple[str, ...]:
    """Return where the captive maker books what its quotes on the house bring, and their hedges."""
    kinds = (Kind.SPREAD, Kind.PICKOFF, Kind.LIQUIDATION)
    return (*(income(maker, kind) for kind in kinds), expense(maker, Kind.HEDGING))


def quotes_on_lead(maker: str) -> tuple[str, ...]:
    """Return where it books what its quotes on the lead venue bring."""
    return tuple(income(maker, kind) for kind in LEAD_QUOTING)
