"""A claim is not cash: what could the house pay if all customers withdrew at once?

Cash has no colour, so the question has no answer without a rule for who is paid. The rule here is
*pro rata*: everybody receives the same share of their claim, as a court would have it. What
*first come, first served* would give depends on one's place in the queue; its ends are exact, and
stand beside the rule: whoever is first, and whoever is last.

All customers are those outside the house group; what the exchange owes its captive maker is left
out. What is paid with is the exchange's own cash. The group as a whole may have more (the maker's
cash, what stands to its credit on the lead venue), which nobody can withdraw until it is fetched.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from ledger.accounts import owed
from ledger.money import pro_rata
from ledger.reports.dollars import ZERO, usd_balances
from ledger.reports.money.hole import hole
from ledger.run_folder import RunFolder

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class CashCoverage:
    """Cash, and whom it is owed to."""

    cash_usd: Decimal
    claims_usd: Mapping[str, Decimal]  # by customer, none of them below zero

    def claim_usd(self, customers: Collection[str]) -> Decimal:
        """Return what some customers are owed."""
        return sum((self.claims_usd[customer] for customer in customers), ZERO)

    def pro_rata_usd(self) -> dict[str, Decimal]:
        """Give everybody the same share of their claim; odd cents go to the largest remainders."""
        claims = [int(usd / CENT) for usd in self.claims_usd.values()]
        shares = pro_rata(min(int(self.cash_usd / CENT), sum(claims)), claims)
        return {who: cents * CENT for who, cents in zip(self.claims_usd, shares, strict=True)}

    def first_usd(self, customers: Collection[str]) -> Decimal:
        """Return what some customers receive who are all served before everybody else."""
        return min(self.claim_usd(customers), self.cash_usd)

    def last_usd(self, customers: Collection[str]) -> Decimal:
        """Return what some customers receive who are all served after everybody else."""
        others_usd = self.claim_usd(self.claims_usd) - self.claim_usd(customers)
        return min(self.claim_usd(customers), max(self.cash_usd - others_usd, ZERO))


class Coverage(NamedTuple):
    """What the claims on the house can be held against."""

    house: CashCoverage  # the exchange's own cash
    group: CashCoverage  # all liquid assets of exchange and maker


def coverage(run: RunFolder) -> Coverage:
    """Read cash and claims off the general ledger."""
    parties, balances, the_hole = run.chart.parties, usd_balances(run), hole(run)
    claims_usd = {
        customer: -balances[owed(parties.house, customer)]
        for customer in parties.house_customers
        if customer != parties.maker
    }
    liquid_usd = sum(the_hole.liquid_usd.values(), ZERO)
    return Coverage(
        CashCoverage(the_hole.house_cash_usd, claims_usd), CashCoverage(liquid_usd, claims_usd)
    )
