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
from ledger.reports.where import ZERO, hole, usd_balances
from ledger.run_folder import RunFolder

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Till:
    """Cash, and whom it is owed to."""

    cash_usd: Decimal
    claims_usd: Mapping[str, Decimal]  # by customer, none of them below zero

    def claim_usd(self, customers: Collection[str]) -> Decimal:
        """Return what some customers are owed."""
        return sum((self.claims_usd[customer] for customer in customers), ZERO)

    def pro_rata_usd(self) -> dict[str, Decimal]:
        """Give everybody the same share of their claim; odd cents go to the largest remainders."""
        claims = {customer: int(usd / CENT) for customer, usd in self.claims_usd.items()}
        owed_cents = sum(claims.values())
        cents = min(int(self.cash_usd / CENT), owed_cents)
        if not owed_cents:
            return dict.fromkeys(claims, ZERO)
        shares = {customer: cents * claim // owed_cents for customer, claim in claims.items()}
        by_remainder = sorted(claims, key=lambda customer: -(cents * claims[customer] % owed_cents))
        for customer in by_remainder[: cents - sum(shares.values())]:
            shares[customer] += 1
        return {customer: share * CENT for customer, share in shares.items()}

    def first_usd(self, customers: Collection[str]) -> Decimal:
        """Return what some customers receive who are all served before everybody else."""
        return min(self.claim_usd(customers), self.cash_usd)

    def last_usd(self, customers: Collection[str]) -> Decimal:
        """Return what some customers receive who are all served after everybody else."""
        others_usd = self.claim_usd(self.claims_usd) - self.claim_usd(customers)
        return min(self.claim_usd(customers), max(self.cash_usd - others_usd, ZERO))


class Tills(NamedTuple):
    """What the claims on the house can be held against."""

    house: Till  # the exchange's own cash
    group: Till  # all liquid assets of exchange and maker


def tills(run: RunFolder) -> Tills:
    """Read cash and claims off the general ledger."""
    parties, balances, the_hole = run.chart.parties, usd_balances(run), hole(run)
    claims_usd = {
        customer: -balances[owed(parties.house, customer)]
        for customer in parties.house_customers
        if customer != parties.maker
    }
    liquid_usd = sum(the_hole.liquid_usd.values(), ZERO)
    return Tills(Till(the_hole.house_cash_usd, claims_usd), Till(liquid_usd, claims_usd))
