"""The result of tracing under one rule: which sources paid for each use, and what is left."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ledger.money import dollars


@dataclass(slots=True)
class Paid:
    """The cash that one source paid for one use, with the first and the last day of payment."""

    cents: int
    first: date
    last: date

    def add(self, cents: int, day: date) -> None:
        """Add a payment, which must not be earlier than the payments added before."""
        self.cents += cents
        self.last = day


@dataclass(frozen=True, slots=True)
class Traced:
    """Each source's cash: the amounts paid for each use, and the amounts left in each account.

    The amount of a use is the sum of the sources' payments for it. The amount of a source is the
    sum of its payments, plus its money that is left.
    """

    paid: Mapping[tuple[str, str], Paid]  # the key is (source, use)
    left_cents: Mapping[tuple[str, str], int]  # the key is (source, account)
    # For each source and day, the change of the source's money in all accounts together. Equal
    # sharing leaves this empty.
    change_cents: Mapping[str, Mapping[date, int]]

    def left_of(self, source: str) -> int:
        """Return how many cents of a source's money are left in all accounts together."""
        return sum(cents for (whose, _), cents in self.left_cents.items() if whose == source)

    def cents_of(self, source: str) -> int:
        """Return the cents that a source supplied: the cents paid plus the cents left."""
        return self.left_of(source) + sum(
            paid.cents for (whose, _), paid in self.paid.items() if whose == source
        )

    def paid_usd(self, source: str, use: str) -> Decimal:
        """Return the dollars that a source paid for a use."""
        paid = self.paid.get((source, use))
        return dollars(paid.cents if paid else 0)

    def left_usd(self, source: str, account: str) -> Decimal:
        """Return how many dollars of a source's money are left in an account."""
        return dollars(self.left_cents.get((source, account), 0))
