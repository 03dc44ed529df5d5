"""The amount that the house could pay if all customers withdrew at once: a claim is not cash.

The answer needs a rule of payment. The rule here is *pro rata*: each customer receives the same
share of its claim, as in court. Under *first come, first served* the result depends on the place in
the queue. The results of the first and the last place are shown beside the rule.

Customers are those outside the house group; the exchange's debt to its captive maker is left out.
They are paid from the exchange's own cash. The group may have more (the maker's cash and its claim
on the lead venue), but customers cannot withdraw that.
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
    """Cash, and the claims on it."""

    cash_usd: Decimal
    claims_usd: Mapping[str, Decimal]  # by customer, at least zero

    def claim_usd(self, customers: Collection[str]) -> Decimal:
        """Return the claims of some customers."""
        return sum((self.claims_usd[customer] for customer in customers), ZERO)

    def pro_rata_usd(self) -> dict[str, Decimal]:
        """Pay each customer the same share of its claim; odd cents go to the largest remainders."""
        claims = [int(usd / CENT) for usd in self.claims_usd.values()]
        shares = pro_rata(min(int(self.cash_usd / CENT), sum(claims)), claims)
        return {who: cents * CENT for who, cents in zip(self.claims_usd, shares, strict=True)}

    def first_usd(self, customers: Collection[str]) -> Decimal:
        """Return the payment to some customers if they are all served first."""
        return min(self.claim_usd(customers), self.cash_usd)

    def last_usd(self, customers: Collection[str]) -> Decimal:
        """Return the payment to some customers if they are all served last."""
        others_usd = self.claim_usd(self.claims_usd) - self.claim_usd(customers)
        return min(self.claim_usd(customers), max(self.cash_usd - others_usd, ZERO))


class Coverage(NamedTuple):
    """The cash that covers claims on the house."""

    house: CashCoverage  # the exchange's own cash
    group: CashCoverage  # all liquid assets of exchange and maker


def coverage(run: RunFolder) -> Coverage:
    """Read cash and claims from the general ledger."""
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
