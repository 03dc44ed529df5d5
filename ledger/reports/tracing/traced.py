"""Who paid for what under one rule: what tracing comes to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ledger.money import dollars


@dataclass(slots=True)
class Paid:
    """Money of one source that went to one use, and the first and last day of it."""

    cents: int
    first: date
    last: date

    def add(self, cents: int, day: date) -> None:
        """Add a later payment."""
        self.cents += cents
        self.last = day


@dataclass(frozen=True, slots=True)
class Traced:
    """Who paid for what, and what is left of whose money in which account.

    Every use is the sum over its sources, and every source the sum over its uses and what is left.
    """

    paid: Mapping[tuple[str, str], Paid]  # by source and use
    left_cents: Mapping[tuple[str, str], int]  # by source and account
    # By source, then day: by how much more of its money is there than the day before.
    change_cents: Mapping[str, Mapping[date, int]]

    def left_of(self, source: str) -> int:
        """Return how many cents of a source are left, in all accounts."""
        return sum(cents for (whose, _), cents in self.left_cents.items() if whose == source)

    def cents_of(self, source: str) -> int:
        """Return how many cents a source brought: what it paid for, and what is left of it."""
        return self.left_of(source) + sum(
            paid.cents for (whose, _), paid in self.paid.items() if whose == source
        )

    def paid_usd(self, source: str, use: str) -> Decimal:
        """Return what a source paid for a use."""
        paid = self.paid.get((source, use))
        return dollars(paid.cents if paid else 0)

    def left_usd(self, source: str, account: str) -> Decimal:
        """Return what is left of a source in an account."""
        return dollars(self.left_cents.get((source, account), 0))
