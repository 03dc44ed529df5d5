"""Payments from one party to another for purposes other than trading."""

from dataclasses import dataclass
from enum import StrEnum

from ledger.accounts import expense, income
from ledger.kinds import AT_COST, Kind


class Spent(StrEnum):
    """The tags of the entries that book a `Spending`."""

    VENTURE = "venture"
    USE = "use"
    OPERATIONS = "operations"


@dataclass(frozen=True, slots=True)
class Spending:
    """Payments of one kind from one payer to one payee, for a purpose other than trading."""

    payer: str
    kind: str
    to: str

    @property
    def is_at_cost(self) -> bool:
        """Return whether the payer gets an asset for the payment. The asset is carried at cost."""
        return self.kind in AT_COST

    @property
    def tag(self) -> Spent:
        """Return the tag of the entries that book these payments."""
        if self.kind == Kind.OPERATIONS:
            return Spent.OPERATIONS
        return Spent.VENTURE if self.is_at_cost else Spent.USE

    @property
    def spent(self) -> str:
        """The payer's account for the payment: an expense, or an asset carried at cost."""
        if self.is_at_cost:
            return f"Assets:{self.payer}:{self.kind}:{self.to}"
        return expense(self.payer, self.kind)

    @property
    def received(self) -> str:
        """The payee's account for the payment: income, or paid-in capital."""
        if self.is_at_cost:
            return f"Equity:{self.to}:{self.kind}:{self.payer}"
        return income(self.to, self.kind)
