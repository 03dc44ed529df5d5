"""Daily results of quotes on the lead venue: gains equal losses, in claims and in the books."""

import math
from dataclasses import dataclass, field
from datetime import date
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kept_books import Books, opened

from des.clock import DAY_US, HOUR_US, YEAR_S, midnight_us
from des.firms.lead_desk import LeadDesk
from des.scenario import LeadQuoting
from des.venue.venue import Venue
from ledger.accounts import claim, expense, income, owed
from ledger.chart import Chart
from ledger.kinds import LEAD_QUOTING
from ledger.money import Contract, to_cents
from ledger.parties import OUTSIDE, Parties
from runs.scenarios import load

PARTIES = Parties("FTX", "Alameda", "Binance", "Retail", "OtherMakers", ("Fast", "Slow", "Late"))
HEDGERS = PARTIES.hedgers  # Alameda, Fast, Slow, Late
ON_LEAD = (*HEDGERS, OUTSIDE)
CONTRACTS = (Contract("BTC-PERP", "Binance", "0.01", "1"),)
CHART = Chart(PARTIES, CONTRACTS)
OPENED = opened(CHART)
BP, USD = 1e-4, 100
START_US = midnight_us(date(2021, 5, 1))
END_US = START_US + DAY_US
FLOW_USD = 1e8
MARKET = load("tiny").markets[0].model_copy(update={"lead_volume_usd_per_day": FLOW_USD})
QUOTING = LeadQuoting(
    refresh_s=10.0, half_spread_bps=0.5, uninformed_fraction=0.25, outside_quotes_usd=3e6
)
DELAYS_US = (2_000_000, 5_000, 40_000, 500_000)
ORDERS = (0, 25_000 * USD, 20_000 * USD, 5_000 * USD)
CLAIM = 10**12  # claim of each hedger on the lead venue, in cents
QUOTES = (0, 200_000 * USD, 100_000 * USD, 40_000 * USD)
ANNUAL = 1.2
FEE_E6 = 20  # a fifth of a basis point


@dataclass
class Price:
    """A price with a given volatility in each hour. It records the hours that are read."""

    annual: dict[int, float] = field(default_factory=dict)
    asked_us: list[int] = field(default_factory=list)

    def hour_volatility(self, time_us: int) -> float:
        self.asked_us.append(time_us)
        return self.annual.get((time_us - START_US) // HOUR_US, ANNUAL)


@dataclass
class Listing:
    price: Price = field(default_factory=Price)


class LeadBooks(Books):
    """A journal that can sum the results of quotes on the lead venue."""

    def result(self, entity: str, *kinds: str) -> int:
        """Return a party's income of these kinds, in cents."""
        return -sum(self.balances[income(entity, kind)] for kind in kinds)

    def fees(self, firm: str) -> int:
        """Return the fees that a firm pays to the lead venue, in cents."""
        return self.balances[expense(firm, "LeadFees")]


class Venture:
    """The lead venue, a journal, and the desk that books the results of quotes on this venue."""

    def __init__(
        self, quoting=QUOTING, delays_us=DELAYS_US, orders=ORDERS, cost_bps=0.5, fee_e6=FEE_E6
    ) -> None:
        self.books = LeadBooks(OPENED)
        self.lead = Venue(1, CONTRACTS, len(PARTIES.names), 0, self.books)
        self.lead.claims[[PARTIES.names.index(name) for name in HEDGERS]] = CLAIM
        self.desk = LeadDesk(
            quoting,
            PARTIES,
            np.array(delays_us),
            np.array(orders) / CLAIM,  # order sizes as shares of each hedger's claim
            np.full(len(HEDGERS), cost_bps * BP),
            fee_e6,
            self.lead,
            self.books,
        )

    def day(self, quotes=QUOTES, *prices: Price) -> dict[str, int]:
        """Book a day's results on the lead venue. Return the gains in cents, by hedger."""
        markets = [(MARKET, Listing(price)) for price in prices or (Price(),)]
        gained = self.desk.close_day(END_US, markets, np.array(quotes))
        return dict(zip(HEDGERS, gained.tolist(), strict=True))

    def claims(self) -> dict[str, int]:
        """Return the change of each party's claim on the lead venue since the start, in cents."""
        claims = dict(zip(PARTIES.names, self.lead.claims.tolist(), strict=True))
        claims |= {name: claims[name] - CLAIM for name in HEDGERS}
        return {name: cents for name, cents in claims.items() if name in ON_LEAD or cents}


# ---- gains and losses


sizes = st.sampled_from([0, 1, 100_000 * USD]) | st.integers(0, 10**9)


@given(
    quotes=st.tuples(*[sizes] * len(HEDGERS)),
    orders=st.tuples(st.just(0), *[sizes] * len(PARTIES.firms)),
    delays_us=st.tuples(*[st.sampled_from([4_000, 20_000]) | st.integers(0, 10**6)] * len(HEDGERS)),
    annual=st.sampled_from([0.0, 0.3, 3.0]),
    fee_e6=st.sampled_from([0, 33]),
)
def test_gains_equal_losses_to_the_cent_in_claims_and_in_books(
    quotes, orders, delays_us, annual, fee_e6
):
    venture = Venture(delays_us=delays_us, orders=orders, fee_e6=fee_e6)
    price = Price(dict.fromkeys(range(24), annual))
    gained = venture.day(quotes, price)

    books, claims = venture.books, venture.claims()
    fees = sum(books.fees(name) for name in HEDGERS)
    assert books.result("Binance", "Fees") == fees == -sum(claims.values())
    assert sum(books.result(name, "LeadPickOff") for name in HEDGERS) == 0
    assert books.result(OUTSIDE, "LeadPickOff") == 0
    spread = sum(books.result(name, "LeadSpread") for name in HEDGERS)
    assert claims[OUTSIDE] == books.result(OUTSIDE, "LeadSpread") == -spread
    for name in HEDGERS:
        assert claims[name] == gained[name] == books.result(name, *LEAD_QUOTING) - books.fees(name)
    for name in ON_LEAD:
        assert claims[name] == books.balances[claim(name, "Binance")]
        assert claims[name] == -books.balances[owed("Binance", name)]


def test_the_gain_of_the_fastest_firm_from_hits_equals_the_net_loss_of_the_two_slower_firms():
    venture = Venture()
    venture.day()
    fast, slow, late = (venture.books.result(name, "LeadPickOff") for name in HEDGERS[1:])

    assert fast > 0 > late
    assert slow + late == -fast


def test_each_transaction_for_hits_has_one_firm_that_gains_and_all_parties_that_lose_to_it():
    venture = Venture(fee_e6=0)
    venture.day()

    spread, *hits = venture.books.transactions
    assert (spread.tag, spread.payee) == ("lead-spread", OUTSIDE)
    assert [(one.tag, one.payee) for one in hits] == [
        ("lead-pickoff", "Fast"),
        ("lead-pickoff", "Slow"),
    ]
    for one in venture.books.transactions:
        assert one.time_us == END_US - 1
        on_claims = {p.account: p.units for p in one.postings if ":Claims:" in p.account}
        mine = on_claims.pop(claim(one.payee, "Binance"))
        assert mine == -sum(on_claims.values())
        assert all(cents * mine < 0 for cents in on_claims.values())
        dollars = f"{abs(mine) // 100:,}.{abs(mine) % 100:02}"
        assert one.narration.endswith(f"on Binance: {dollars} in expectation")


# ---- amounts


def test_firms_share_the_spread_with_other_makers_in_proportion_to_displayed_size():
    """A quarter of the volume pays a half-spread of 0.5 basis points to makers.

    Firms display 0.34 of the 3.34 million dollars that all makers together display.
    """
    venture = Venture(orders=(0, 0, 0, 0))
    gained = venture.day()

    paid = to_cents(FLOW_USD * 0.25 * 0.5 * BP)
    shown = sum(QUOTES) + 3_000_000 * USD
    assert gained == {
        name: paid * size // shown for name, size in zip(HEDGERS, QUOTES, strict=True)
    }
    assert venture.claims()[OUTSIDE] == -sum(gained.values())


def stale_quote(annual: float, ahead_s: float, s: float, cost: float) -> tuple[float, float]:
    """Return a quote's expected loss and volume of hits, per dollar displayed on each side.

    One firm is faster than the quote, and its orders are as large as the quote. The loss is
    2 * (sd * phi(x) - s * Phi(-x)) and the volume is 2 * Phi(-x), with x = (s + c) / sd. Here s is
    the half-spread, c the firm's costs, and sd the standard deviation of the price's move during
    the firm's head start of *ahead_s* seconds. All three are shares of the price. phi is the
    density of the standard normal distribution, and Phi is its distribution function.
    """
    sd, normal = annual * math.sqrt(ahead_s / YEAR_S), NormalDist()
    x = (s + cost) / sd
    return 2 * (sd * normal.pdf(x) - s * normal.cdf(-x)), 2 * normal.cdf(-x)


@pytest.mark.parametrize("volatile_hours", [{}, {3: 6.0, 23: 4.0}], ids=["alike", "some wild"])
def test_the_gains_from_hits_and_the_fees_on_hits_in_a_day_are_sums_over_its_hours(volatile_hours):
    """One slow firm displays a quote. One fast firm has orders as large as this quote.

    The fast firm displays a quote of one cent, because only a firm that quotes may hit quotes.
    """
    size, renewals = 100_000 * USD, 360
    venture = Venture(orders=(0, size, 0, 0), fee_e6=FEE_E6)
    venture.day((0, 1, 0, size), Price(volatile_hours))

    hours = [volatile_hours.get(hour, ANNUAL) for hour in range(24)]
    quotes = [stale_quote(annual, 0.495, 0.5 * BP, 0.5 * BP) for annual in hours]
    rent, taken = (sum(column) * renewals * size for column in zip(*quotes, strict=True))
    assert venture.books.result("Fast", "LeadPickOff") == pytest.approx(rent, abs=0.501)
    assert venture.books.fees("Fast") == pytest.approx(taken * FEE_E6 / 1e6, abs=0.501)
    assert 0 < venture.books.fees("Fast") < rent


def test_the_desk_reads_the_volatility_of_each_hour_of_the_day_that_ends():
    price = Price()
    Venture().day(QUOTES, price)

    assert sorted(price.asked_us) == list(range(START_US, END_US, HOUR_US))


def test_results_in_two_markets_together_are_the_sums_of_the_results_in_each_market():
    calm, wild = (Price(dict.fromkeys(range(24), annual)) for annual in (0.5, 3.0))
    one, other, both = (
        Venture(fee_e6=0).day(
            QUOTES, *prices
        )  # without fees, because fees are rounded once for both markets together
        for prices in ((calm,), (wild,), (calm, wild))
    )

    assert both == {name: one[name] + other[name] for name in HEDGERS}


def test_quotes_that_are_renewed_twice_as_often_lose_twice_as_much():
    def rent(refresh_s: float) -> int:
        venture = Venture(QUOTING.model_copy(update={"refresh_s": refresh_s}))
        venture.day()
        return venture.books.result("Late", "LeadPickOff")

    assert rent(5.0) == pytest.approx(2 * rent(10.0), abs=3)


def test_a_firm_with_a_hurdle_of_zero_gains_more_from_hits_than_it_pays_in_fees():
    venture = Venture(cost_bps=0.5, fee_e6=50)
    venture.day()

    for one in venture.books.tagged("lead-pickoff"):
        by_account = {p.account: p.units for p in one.postings}
        won = -by_account[income(one.payee, "LeadPickOff")]
        assert won > by_account[expense(one.payee, "LeadFees")] > 0


# ---- cases with a known result


def test_no_firm_gains_from_speed_if_all_firms_are_equally_fast():
    venture = Venture(delays_us=(5_000,) * 4)
    gained = venture.day()

    assert [one.tag for one in venture.books.transactions] == ["lead-spread"]
    assert all(gained[name] > 0 for name in HEDGERS[1:])


def test_no_firm_gains_from_speed_if_the_price_is_constant():
    venture = Venture()
    venture.day(QUOTES, Price(dict.fromkeys(range(24), 0.0)))

    assert [one.tag for one in venture.books.transactions] == ["lead-spread"]


def test_no_firm_gains_from_speed_if_costs_are_far_larger_than_price_moves():
    venture = Venture(cost_bps=500)
    venture.day()

    assert [one.tag for one in venture.books.transactions] == ["lead-spread"]


def test_a_firm_that_does_not_quote_on_the_lead_venue_also_hits_no_quotes_there():
    """The fastest firm does not quote. All results are the same with and without its orders."""
    quotes = (0, 0, *QUOTES[2:])
    venture = Venture()
    gained = venture.day(quotes)
    without = Venture(orders=(0, 0, *ORDERS[2:])).day(quotes)

    assert gained["Fast"] == venture.books.fees("Fast") == 0
    assert gained == without
    assert gained["Slow"] > 0


def test_the_maker_earns_the_spread_but_never_hits_a_quote():
    venture = Venture(delays_us=(1, *DELAYS_US[1:]))
    venture.day((100_000 * USD, *QUOTES[1:]))

    assert venture.books.result("Alameda", "LeadPickOff") == 0
    assert venture.books.result("Alameda", "LeadSpread") > 0
    slow = Venture()
    slow.day((100_000 * USD, *QUOTES[1:]))
    assert slow.books.result("Alameda", "LeadPickOff") < 0


def test_no_results_are_booked_if_no_firm_quotes():
    venture = Venture()

    assert set(venture.day((0, 0, 0, 0)).values()) == {0}
    assert not venture.books.transactions


def test_only_hits_are_booked_if_there_is_no_uninformed_flow():
    venture = Venture(QUOTING.model_copy(update={"uninformed_fraction": 0.0}))
    venture.day()

    assert {one.tag for one in venture.books.transactions} == {"lead-pickoff"}
    assert venture.claims()[OUTSIDE] == 0
