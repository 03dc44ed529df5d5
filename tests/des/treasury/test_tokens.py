"""A token with a market is valued at the lead price, and any other token at its last mark.

Purchases of tokens have due dates.
"""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from des.clock import midnight_us
from des.scenario import Token
from des.treasury.token_holdings import TokenHoldings, chart_tokens
from runs.scenarios import load

TINY = load("tiny")  # a scenario with the market BTC-PERP, whose tick is a dollar
DAY = date(2022, 5, 10)
MARKS = np.array([30_000])


class Prices:
    """A journal that keeps only marks."""

    def __init__(self) -> None:
        self.marks: list[tuple[str, str]] = []

    def price(self, time_us: int, commodity: str, usd: str) -> None:
        self.marks.append((commodity, usd))


def token(name: str = "SOL", **changes: object) -> Token:
    given = {
        "name": name,
        "marks": ({"at": date(2021, 1, 1), "usd": 1.8}, {"at": DAY, "usd": 90.123}),
        "bought": (
            {"date": date(2021, 1, 7), "units": 12, "usd": 24.0},
            {"date": DAY, "units": 5},
        ),
    }
    return Token(**given | changes)


def holding(*tokens: Token, **units: int) -> TokenHoldings:
    holdings = TokenHoldings(TINY, tokens, Prices())
    holdings.units |= units
    return holdings


@pytest.mark.parametrize(
    ("day", "cents"),
    [(date(2021, 1, 1), 180), (date(2022, 5, 9), 180), (DAY, 9012), (date(2022, 12, 31), 9012)],
)
def test_a_mark_applies_from_its_day_to_the_day_before_the_next_mark(day, cents):
    assert holding(token(), SOL=1).worth_cents(day, MARKS) == cents


def test_a_token_with_a_market_is_valued_at_the_lead_price():
    in_market = token(marks=(), market="BTC-PERP")

    assert holding(in_market, SOL=7).worth_cents(DAY, MARKS) == 7 * 30_000 * 100


@given(units=st.tuples(*2 * [st.integers(0, 10**9)]))
def test_the_value_of_holdings_is_the_sum_over_all_tokens(units):
    tokens = token(), token("FTT", marks=(), market="BTC-PERP")

    together = holding(*tokens, SOL=units[0], FTT=units[1]).worth_cents(DAY, MARKS)

    assert together == units[0] * 90_123 // 10 + units[1] * 30_000 * 100


def test_prices_are_recorded_only_for_tokens_that_the_maker_holds():
    tokens = token(), token("FTT", marks=(), market="BTC-PERP"), token("SRM")
    holdings = holding(*tokens, SOL=1, FTT=1)

    holdings.close_day(midnight_us(DAY), MARKS)

    assert holdings._journal.marks == [("SOL", "90.123"), ("FTT", "30000")]


def test_purchases_of_tokens_are_due_on_the_stated_dates():
    days = (date(2021, 1, 7), date(2021, 1, 8), DAY)
    holdings = holding(token(), token("FTT", house_token=True))

    due = [each for day in days for each in holdings.due(day)]

    assert holdings.opening_units() == {("Outside", "SOL"): 17, ("FTX", "FTT"): 17}
    assert [(each.token.name, each.units, each.usd) for each in due] == [
        ("SOL", 12, 24.0),
        ("FTT", 12, 24.0),
        ("SOL", 5, 0.0),
        ("FTT", 5, 0.0),
    ]


def test_the_house_issues_its_own_token_and_the_outside_party_issues_all_other_tokens():
    group = {"tokens": (token().model_dump(), token("FTT", house_token=True).model_dump())}

    issuers = [each.issuer for each in chart_tokens(load("tiny", {"group": group}))]

    assert issuers == ["Outside", "FTX"]
    assert chart_tokens(TINY) == ()
