"""The value of all shares of the house: by growth, by growth without quotes, and by earnings.

Growth is the growth of the house's fees. Fees and earnings are monthly sums from the general
ledger. The fees without the captive maker's quotes are an estimate (see `OtherMakersDesk`). The
multiples are in the scenario's `Valuation`. Notes record the three values on the first day of each
month, for the month before, and at each funding round.
"""

from decimal import Decimal

from des.custody.other_makers import OtherMakersDesk
from des.scenario import Scenario, Valuation
from des.treasury.monthly_income import (
    MonthlyIncome,
    quotes_on_house,
    quotes_on_lead,
    year_before_cents,
    year_cents,
)
from ledger.accounts import expense, income
from ledger.appraisal import AS_TRADING_FIRM, BY_GROWTH, WITHOUT_MAKER, Appraisal
from ledger.journal import Journal
from ledger.kinds import Kind
from ledger.parties import Parties
from ledger.times import day_of


def appraiser(
    scenario: Scenario, parties: Parties, others: OtherMakersDesk, journal: Journal
) -> "Appraiser | None":
    """Create the appraiser, or return None if the scenario has no multiples."""
    terms = scenario.group.valuation if scenario.group else None
    return Appraiser(terms, parties, others, journal) if terms else None


class Appraiser:
    """Computes the three values of all shares, and notes these values."""

    def __init__(
        self, terms: Valuation, parties: Parties, others: OtherMakersDesk, journal: Journal
    ) -> None:
        """Start without earnings.

        Args:
            terms: the multiples.
            parties: all parties that keep books, by role.
            others: computes the fees that would remain without the captive maker's quotes.
            journal: the journal with all balances, which also records the three values.
        """
        self._terms, self._others, self._journal = terms, others, journal
        fees, maker = income(parties.house, Kind.FEES), parties.maker
        self._fees = MonthlyIncome(journal, (fees,))
        quotes = (*quotes_on_house(maker), *quotes_on_lead(maker))
        costs = expense(parties.house, Kind.OPERATIONS)
        self._earnings = MonthlyIncome(journal, (fees, costs, *quotes))
        # Fees that would remain without the captive maker's quotes: the sum so far, and by month.
        self._left_so_far_cents = 0.0
        self._fees_left_cents: list[int] = []

    def begin_month(self, time_us: int) -> None:
        """Close the month that ended just before *time_us*, and note the three values."""
        self._fees.close_month()
        self._earnings.close_month()
        # Only fees that would remain without the captive maker's quotes are added. The fees that
        # would be lost are mainly fees on firms' hits, on forced orders, and on the volume that
        # customers trade only because of these quotes.
        so_far = self._others.fees_without_maker_cents
        self._fees_left_cents.append(round(so_far - self._left_so_far_cents))
        self._left_so_far_cents = so_far
        self.note(time_us, f"{day_of(time_us - 1):%Y-%m}")

    def note(self, time_us: int, what: str) -> None:
        """Record the three values. *what* is the name of their month or of their funding round."""
        for appraisal in self.appraisals:
            self._journal.note(time_us, appraisal.noted(what))

    @property
    def appraisals(self) -> tuple[Appraisal, Appraisal, Appraisal]:
        """Return the three values of all shares, computed from the months closed so far."""
        growth, earnings = self._terms.growth_multiples, self._terms.earnings_multiples
        before_cents = year_before_cents(self._fees.months_cents)
        fees_cents = year_cents(self._fees.months_cents)
        left_cents = year_cents(self._fees_left_cents)
        earned_cents = year_cents(self._earnings.months_cents)
        return (
            _appraised(BY_GROWTH, fees_cents - before_cents, growth),
            _appraised(WITHOUT_MAKER, left_cents - before_cents, growth),
            _appraised(AS_TRADING_FIRM, earned_cents, earnings),
        )

    @property
    def lost_without_maker_cents(self) -> int:
        """Return the value that all shares would lose without quotes, at the middle multiple."""
        with_it, without, _ = self.appraisals
        return with_it.middle_cents - without.middle_cents


def _appraised(way: str, basis_cents: int, multiples: tuple[float, float, float]) -> Appraisal:
    values = (_rounded_cents(multiple, max(basis_cents, 0)) for multiple in multiples)
    return Appraisal(way, basis_cents, *values)


def _rounded_cents(multiple: float, cents: int) -> int:
    """Return the product, computed exactly and then rounded to the cent.

    Half a cent is rounded to the even cent.
    """
    return round(Decimal(repr(multiple)) * cents)
