"""The maker's monthly review of its own results, and its decision to continue or stop.

A maker without a policy is not reviewed. If the scenario states quotes on the lead venue, a maker
with a policy begins with these quotes alone. Otherwise it begins with quotes on the house.

A maker with the policy `captive` moves its quotes from the lead venue to the house after the first
month in which they lose money. In each review of its quotes on the house, it computes the value
that the house's shares would lose without these quotes. It stops if the quotes lost money in the
last twelve months, and lost at least this value. This rule is called the lock-in. If the scenario
has no valuation of the shares, the review never stops the maker.

A maker with the policy `independent` halves its size after each month in which its quotes lose
money. It stops if half the size would be below an eighth of its full size. It does not move its
quotes.
"""

from dataclasses import dataclass
from typing import Literal

from des.given import given
from des.scenario import Scenario
from des.treasury.appraiser import Appraiser
from des.treasury.monthly_income import MonthlyIncome, quotes_on_house, quotes_on_lead, year_cents
from ledger.journal import Journal
from ledger.money import dollars, to_cents
from ledger.notes import Reviewed
from ledger.parties import Parties

Policy = Literal["captive", "independent"] | None

SMALLEST = 1 / 8  # while the maker quotes, it displays at least this share of its full size
QUOTES_ON, SIZES_DOWN, SHUTS_OFF = "quotes on", "sizes down", "shuts off"
MOVES = "moves to the house venue"


@dataclass(frozen=True, slots=True)
class Figures:
    """The results of quotes on one venue, and the value that shares lose without these quotes."""

    month_cents: int
    year_cents: int  # the result of the last twelve months
    # The value that the house's shares would lose without the quotes. None: no valuation.
    shares_lose_cents: int | None = None


class QuoteShares:
    """The share of its full size that the maker displays on each venue: 1, 1/2, 1/4, 1/8 or 0."""

    def __init__(self, policy: Policy, on_lead: bool) -> None:
        """With a policy, the maker starts on the lead venue if *on_lead*, otherwise on the house.

        Without a policy, the maker displays its full size on each venue in all months.
        """
        self._policy = policy
        self.on_lead = 1.0
        self.on_house = 0.0 if policy and on_lead else 1.0

    def review_lead(self, figures: Figures) -> str:
        """Review a month of quotes on the lead venue, and return the decision."""
        if self._policy == "captive" and figures.month_cents < 0:
            self.on_lead, self.on_house = 0.0, 1.0
            return MOVES
        self.on_lead, decided = _by_result(self.on_lead, figures)
        return decided

    def review_house(self, figures: Figures) -> str:
        """Review a month of quotes on the house, and return the decision."""
        judge = _by_lock_in if self._policy == "captive" else _by_result
        self.on_house, decided = judge(self.on_house, figures)
        return decided


def _by_result(share: float, figures: Figures) -> tuple[float, str]:
    """After a month with a loss, halve the size, or stop if half the size is below SMALLEST."""
    if figures.month_cents >= 0:
        return share, QUOTES_ON
    return (share / 2, SIZES_DOWN) if share / 2 >= SMALLEST else (0.0, SHUTS_OFF)


def _by_lock_in(share: float, figures: Figures) -> tuple[float, str]:
    """Stop if the quotes' loss is at least the value that the shares would lose without quotes.

    The loss is the sum of the last twelve months. If there is no loss, or no valuation of the
    shares, the maker continues.
    """
    loss_cents, lose_cents = -figures.year_cents, figures.shares_lose_cents
    if loss_cents <= 0 or lose_cents is None or loss_cents < lose_cents:
        return share, QUOTES_ON
    return 0.0, SHUTS_OFF


class MonthlyReview:
    """The review of the maker's results on the first day of each month.

    A note (`ledger.notes.Reviewed`) records each decision, even if nothing changes. If something
    changes, an event records the decision too.
    """

    def __init__(
        self, scenario: Scenario, parties: Parties, appraiser: Appraiser | None, journal: Journal
    ) -> None:
        """Start with no results. If *appraiser* is None, the shares have no valuation."""
        self._policy = scenario.maker.policy
        self._lead_cents = to_cents(scenario.maker.lead_quotes_usd)
        self._quotes = QuoteShares(self._policy, self._lead_cents > 0)
        self._parties, self._appraiser, self._journal = parties, appraiser, journal
        self._house = MonthlyIncome(journal, quotes_on_house(parties.maker))
        self._lead = MonthlyIncome(journal, quotes_on_lead(parties.maker))

    @property
    def house_share(self) -> float:
        """Return the share of the full size that the maker displays on the house."""
        return self._quotes.on_house

    @property
    def lead_quote_cents(self) -> int:
        """Return the maker's displayed size on the lead venue, in cents per market and side."""
        return int(self._lead_cents * self._quotes.on_lead)

    def begin_month(self, time_us: int, house_share: float) -> None:
        """Value the shares if there is an appraiser. Review the quotes if there is a policy.

        Args:
            time_us: the first microsecond after the past month.
            house_share: the largest size that the maker displayed on the house in the past month,
                as a share of its full size. 0: it displayed no quotes.
        """
        if self._appraiser:
            self._appraiser.begin_month(time_us)
        house, lead = _figures(self._house, self._appraiser), _figures(self._lead)
        if self._policy is None:
            return
        if house_share:
            self._note(time_us, self._parties.house, house, self._quotes.review_house(house))
        if self.lead_quote_cents:
            self._note(time_us, self._parties.lead, lead, self._quotes.review_lead(lead))

    def _note(self, time_us: int, venue: str, figures: Figures, decided: str) -> None:
        cents = (figures.month_cents, figures.year_cents, figures.shares_lose_cents)
        noted = (dollars(each) for each in cents if each is not None)
        self._journal.note(time_us, Reviewed(venue, given(self._policy), decided, *noted))
        if decided != QUOTES_ON:
            self._journal.event(time_us, f"{self._parties.maker}:review", decided)


def _figures(results: MonthlyIncome, appraiser: Appraiser | None = None) -> Figures:
    """Close the month, and return the figures for its review."""
    return Figures(
        results.close_month(),
        year_cents(results.months_cents),
        appraiser.lost_without_maker_cents if appraiser else None,
    )
