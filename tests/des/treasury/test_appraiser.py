"""The values of a house from given monthly amounts, with and without the captive maker's quotes."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from des.clock import midnight_us
from des.scenario import Valuation
from des.treasury.appraiser import Appraiser
from des.treasury.monthly_income import MonthlyIncome, year_before_cents, year_cents
from ledger.appraisal import AS_TRADING_FIRM, BY_GROWTH, WITHOUT_MAKER
from ledger.notes import Appraised
from ledger.parties import Parties

PARTIES = Parties("FTX", "Alameda", "Binance", "Retail", "OtherMakers", ())
TERMS = Valuation(
    growth_multiple=30.0,
    growth_multiple_range=(10.0, 100.0),
    earnings_multiple=2.5,
    earnings_multiple_range=(1.0, 5.0),
)
FEES, OTHERS = "Income:FTX:Fees", "Expenses:OtherMakers:Fees"

cents = st.integers(0, 10**12)


class Ledger:
    """A ledger for tests: it has only balances and a list of notes."""

    def __init__(self) -> None:
        self.balances: dict[str, int] = {}
        self.noted: list[Appraised] = []

    def balance(self, account: str) -> int:
        return self.balances.get(account, 0)

    def post(self, account: str, cents: int) -> None:
        self.balances[account] = self.balance(account) + cents

    def note(self, time_us: int, note: Appraised) -> None:
        self.noted.append(note)


def appraised(months: list[dict[str, int]], left: float = 0.8) -> tuple[Appraiser, Ledger]:
    """Return an appraiser and its ledger after months with the given postings.

    Without the maker's quotes, the fees on trades with other makers would be multiplied by *left*.
    """
    ledger = Ledger()
    makers = SimpleNamespace(fees_without_maker_cents=0.0)
    appraiser = Appraiser(TERMS, PARTIES, makers, ledger)
    for i, posted in enumerate(months, start=1):
        for account, amount in posted.items():
            ledger.post(account, amount)
        first_us = midnight_us(date(2020 + i // 12, i % 12 + 1, 1))
        makers.fees_without_maker_cents += posted.get(OTHERS, 0) * left
        appraiser.begin_month(first_us)
    return appraiser, ledger


def values(appraiser: Appraiser) -> dict[str, tuple[int, ...]]:
    return {way: tuple(figures) for way, *figures in appraiser.appraisals}


# ------------------------------------------------------------------------------ months and years


def test_monthly_income_is_the_change_of_the_balances_with_the_opposite_sign():
    ledger = Ledger()
    income = MonthlyIncome(ledger, (FEES, "Expenses:FTX:Operations"))

    ledger.post(FEES, -500)
    assert income.close_month() == 500
    assert income.close_month() == 0
    ledger.post(FEES, -100)
    ledger.post("Expenses:FTX:Operations", 350)
    assert income.close_month() == -250
    assert income.months_cents == [500, 0, -250]


@given(months=st.lists(st.integers(-(10**12), 10**12), max_size=40))
def test_a_year_is_the_sum_of_twelve_months_and_missing_months_count_as_zero(months):
    padded = [0] * 24 + months

    assert year_cents(months) == sum(padded[-12:])
    assert year_before_cents(months) == sum(padded[-24:-12])


# --------------------------------------------------------------------------- values by hand


def test_the_values_after_two_years_agree_with_a_calculation_by_hand():
    # Fees are 1,000 dollars a month in the first year and 3,000 dollars a month in the second year.
    # Customers who trade with other makers pay a tenth of the fees of the first year and two thirds
    # of the fees of the second year.
    first = {FEES: -100_000, OTHERS: 10_000}
    second = {FEES: -300_000, OTHERS: 200_000}
    appraiser, _ = appraised([first] * 12 + [second] * 12, left=0.64)

    # Fees rise from 12,000 to 36,000 dollars a year. In the second year customers who trade with
    # other makers pay 24,000 of these fees. Without the maker 64 % of the 24,000 is left: 15,360.
    # This is 3,360 above the 12,000 of the first year. There are no costs, so earnings are 36,000.
    assert values(appraiser) == {
        BY_GROWTH: (2_400_000, 24_000_000, 72_000_000, 240_000_000),
        WITHOUT_MAKER: (336_000, 3_360_000, 10_080_000, 33_600_000),
        AS_TRADING_FIRM: (3_600_000, 3_600_000, 9_000_000, 18_000_000),
    }
    assert appraiser.lost_without_maker_cents == 72_000_000 - 10_080_000


def test_earnings_are_fees_minus_operating_costs_plus_the_result_of_quotes_after_hedging():
    appraiser, _ = appraised(
        [
            {
                FEES: -1_000,
                "Expenses:FTX:Operations": 250,
                "Income:Alameda:Spread": -400,
                "Income:Alameda:PickOff": 700,
                "Income:Alameda:Liquidation": -30,
                "Expenses:Alameda:Hedging": 80,
                "Income:Alameda:LeadSpread": -60,
                "Income:Alameda:LeadPickOff": 20,
                # These amounts are neither results of quotes nor operating costs.
                "Income:Alameda:Directional": 9_000,
                "Expenses:Alameda:Interest": 9_000,
                "Expenses:FTX:Sponsorship": 9_000,
            }
        ]
    )

    earned = 1_000 - 250 + 400 - 700 + 30 - 80 + 60 - 20
    assert values(appraiser)[AS_TRADING_FIRM] == (earned, earned, 2.5 * earned, 5 * earned)


@given(before=cents, after=cents)
def test_the_value_of_a_house_by_growth_of_its_fees_is_zero_if_fees_do_not_grow(before, after):
    appraiser, _ = appraised([{FEES: -before}] + [{}] * 11 + [{FEES: -after}])
    growth, *priced = values(appraiser)[BY_GROWTH]

    assert growth == after - before
    assert (priced == [0, 0, 0]) == (after <= before)


def test_values_that_end_in_half_a_cent_are_rounded_to_the_even_cent():
    one, three = (appraised([{FEES: -cents}])[0] for cents in (1, 3))

    assert values(one)[AS_TRADING_FIRM] == (1, 1, 2, 5)  # 2.5 cents are rounded to 2
    assert values(three)[AS_TRADING_FIRM] == (3, 3, 8, 15)  # 7.5 cents are rounded to 8


# ---------------------------------------------------------------------- without the captive maker


def test_without_the_maker_only_fees_on_its_fills_are_lost_if_demand_does_not_depend_on_quotes():
    appraiser, _ = appraised([{FEES: -1_000, OTHERS: 300}], left=1.0)

    assert values(appraiser)[WITHOUT_MAKER][0] == 300


@given(
    months=st.lists(st.tuples(cents, cents), max_size=30),
    left=st.floats(0, 1),
)
def test_the_quotes_of_the_maker_are_worth_at_least_zero_and_at_most_the_whole_house(months, left):
    posted = [{FEES: -on_fills - others, OTHERS: others} for on_fills, others in months]
    appraiser, _ = appraised(posted, left)

    assert 0 <= appraiser.lost_without_maker_cents <= values(appraiser)[BY_GROWTH][2]


def test_if_fees_do_not_grow_the_shares_have_the_same_value_with_and_without_the_makers_quotes():
    posted = [{FEES: -1_000, OTHERS: 100}] * 12 + [{FEES: -900, OTHERS: 90}] * 12

    assert appraised(posted)[0].lost_without_maker_cents == 0


# -------------------------------------------------------------------------- notes in the books


def test_each_month_and_each_funding_round_has_notes_of_all_three_values():
    appraiser, ledger = appraised([{FEES: -1_234, OTHERS: 234}], left=1.0)
    of_month = list(ledger.noted)
    appraiser.note(0, "seed")

    assert of_month == [
        Appraised("2020-01", BY_GROWTH, *usd("12.34", "123.40", "370.20", "1234.00")),
        Appraised("2020-01", WITHOUT_MAKER, *usd("2.34", "23.40", "70.20", "234.00")),
        Appraised("2020-01", AS_TRADING_FIRM, *usd("12.34", "12.34", "30.85", "61.70")),
    ]
    assert ledger.noted[3:] == [replace(note, what="seed") for note in of_month]


def usd(*amounts: str) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, amounts))
