"""The result of tracing under one rule: the source of each payment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ledger.money import dollars


@dataclass(slots=True)
class Paid:
    """Money of one source paid for one use, with the first and the last day of payment."""

    cents: int
    first: date
    last: date

    def add(self, cents: int, day: date) -> None:
        """Add a payment that is later than all before."""
        self.cents += cents
        self.last = day


@dataclass(frozen=True, slots=True)
class Traced:
    """The payments of each source, and the money of each source left in each account.

    Every use is the sum over its sources. Every source is the sum over its uses and the money left.
    """

    paid: Mapping[tuple[str, str], Paid]  # the key is (source, use)
    left_cents: Mapping[tuple[str, str], int]  # the key is (source, account)
    # By source, then by day: the change of the source's balance on that day.
    change_cents: Mapping[str, Mapping[date, int]]

    def left_of(self, source: str) -> int:
        """Return the cents of a source that are left in all accounts."""
        return sum(cents for (whose, _), cents in self.left_cents.items() if whose == source)

    def cents_of(self, source: str) -> int:
        """Return the cents that a source supplied: the cents paid plus the cents left."""
        return self.left_of(source) + sum(
            paid.cents for (whose, _), paid in self.paid.items() if whose == source
        )

    def paid_usd(self, source: str, use: str) -> Decimal:
        """Return the dollars of a source that were paid for a use."""
        paid = self.paid.get((source, use))
        return dollars(paid.cents if paid else 0)

    def left_usd(self, source: str, account: str) -> Decimal:
        """Return the dollars of a source that are left in an account."""
        return dollars(self.left_cents.get((source, account), 0))
