"""What one party pays another for something other than trading."""

from dataclasses import dataclass

from ledger.accounts import expense, income
from ledger.kinds import AT_COST


@dataclass(frozen=True, slots=True)
class Spending:
    """That one party pays another for something other than trading, and the accounts of both."""

    payer: str
    kind: str
    to: str

    @property
    def is_at_cost(self) -> bool:
        """Tell whether something is left of it, which stands in the books at cost."""
        return self.kind in AT_COST

    @property
    def spent(self) -> str:
        """Where the payer books it: as a cost, or at cost."""
        if self.is_at_cost:
            return f"Assets:{self.payer}:{self.kind}:{self.to}"
        return expense(self.payer, self.kind)

    @property
    def received(self) -> str:
        """Where the other books it: as income, or as money put into it."""
        if self.is_at_cost:
            return f"Equity:{self.to}:{self.kind}:{self.payer}"
        return income(self.to, self.kind)
