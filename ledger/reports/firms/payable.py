"""The amount that the house could pay if all customers withdrew at once.

If cash is less than claims, a customer's payment depends on the rule of payment. The rule here is
*pro rata*, as in insolvency: each customer receives the same percentage of its claim. If customers
are paid in the order of their requests, a payment depends on the place in the queue. So the report
also shows two amounts for each group of customers: the unpaid amount if the group is paid first,
and the unpaid amount if it is paid last.

Customers are the parties outside the house group, so the exchange's debt to its captive maker is
left out. Customers are paid from the exchange's own cash. The maker may have liquid assets too, but
customers cannot withdraw them. All amounts are in dollars. Customers' coins are left out.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from ledger.accounts import owed
from ledger.money import pro_rata
from ledger.reports.dollars import CENT, ZERO, usd_balances
from ledger.reports.money.hole import hole
from ledger.run_folder import RunFolder


@dataclass(frozen=True, slots=True)
class CashCoverage:
    """Cash, and the claims that have to be paid from this cash."""

    cash_usd: Decimal
    claims_usd: Mapping[str, Decimal]  # the claim of each customer, not negative

    def claim_usd(self, customers: Collection[str]) -> Decimal:
        """Return the sum of some customers' claims, in dollars."""
        return sum((self.claims_usd[customer] for customer in customers), ZERO)

    def pro_rata_usd(self) -> dict[str, Decimal]:
        """Return each customer's payment, which is the same percentage of every claim.

        Payments are rounded down to cents. The cents left over go to the payments with the largest
        remainders.
        """
        claims = [int(usd / CENT) for usd in self.claims_usd.values()]
        shares = pro_rata(min(int(self.cash_usd / CENT), sum(claims)), claims)
        return {who: cents * CENT for who, cents in zip(self.claims_usd, shares, strict=True)}

    def first_usd(self, customers: Collection[str]) -> Decimal:
        """Return the sum that these customers receive if they are served before all others."""
        return min(self.claim_usd(customers), self.cash_usd)

    def last_usd(self, customers: Collection[str]) -> Decimal:
        """Return the sum that these customers receive if they are served after all others."""
        others_usd = self.claim_usd(self.claims_usd) - self.claim_usd(customers)
        return min(self.claim_usd(customers), max(self.cash_usd - others_usd, ZERO))


class Coverage(NamedTuple):
    """The coverage of claims by the exchange's own cash, and by all liquid assets of the group."""

    house: CashCoverage  # the exchange's own cash
    group: CashCoverage  # all liquid assets of the exchange and its maker


def coverage(run: RunFolder) -> Coverage:
    """Read the cash, and the claims on the house, from the general ledger."""
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
