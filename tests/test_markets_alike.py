"""A market that represents three similar markets has three times the results of one market."""

from collections import Counter
from collections.abc import Callable

import pytest

from ledger.accounts import income
from ledger.kinds import Kind
from ledger.notes import ShownBook, TradedDay
from ledger.reports.trail.sql import sql
from ledger.run_folder import RunFolder
from runs.full_audit import audit
from runs.scenarios import load

TIMES = 3
EACH = (
    "SELECT time, taker, maker, motive, lots, price, lead, edge_cents, fee_cents FROM rows "
    "WHERE motive IN ('pickoff', 'spread', 'hedging') ORDER BY seq"
)


def world(stands_for: int) -> dict[str, object]:
    """Return settings of a world with one fee tier, in which maker and firms have much money.

    The only market represents *stands_for* similar markets.
    """
    tiny = load("tiny").model_dump(exclude_none=True)
    market, members = dict(tiny["markets"][0]), tiny["firms"]["members"]
    market["quoter"] = dict(market["quoter"]) | {"displayed_usd": 5_000.0}
    rich = {"capital_usd": 50_000_000.0, "order_share": 0.5, "leverage_max": 50.0}
    return {
        "house": {"fee_tiers": ({"volume_usd": 0, "taker_bps": 1.5},)},
        "lead": {"impact_kappa": 0.0},
        "maker": {"opening_cash_usd": 50_000_000.0, "lead_deposit_usd": 20_000_000.0},
        "firms": {"members": tuple(dict(member) | rich for member in members)},
        "markets": (market | {"stands_for": stands_for},),
    }


@pytest.fixture(scope="module")
def one(executed: Callable[..., RunFolder]) -> RunFolder:
    return executed("tiny", **world(1))


@pytest.fixture(scope="module")
def three(executed: Callable[..., RunFolder]) -> RunFolder:
    return executed("tiny", run={"day_ledgers": "all"}, **world(TIMES))


def test_three_similar_markets_have_the_fills_of_one_market_with_three_times_the_edge_and_fee(
    one, three
):
    of_one, of_three = (sql(run, EACH).rows for run in (one, three))

    assert len(of_one) > 100
    assert [row[:-2] for row in of_three] == [row[:-2] for row in of_one]
    assert [row[-2:] for row in of_three] == [
        tuple(TIMES * cents for cents in row[-2:]) for row in of_one
    ]
    assert any(
        fee % TIMES for *_, fee in of_one
    )  # a fee is first rounded for one market and then multiplied by three


def test_three_similar_markets_have_three_times_the_volume_and_fees_of_one_market(one, three):
    for usd in ("captive_usd", "others_usd", "hits_usd"):
        of_one, of_three = (
            [getattr(note, usd) for note in run.notes(TradedDay)] for run in (one, three)
        )
        assert of_three == [TIMES * each for each in of_one]
        assert sum(of_one) > 0
    of_one, of_three = (booked(run)[income("FTX", Kind.FEES)] for run in (one, three))
    assert of_three == TIMES * of_one < 0


def test_the_note_on_the_order_book_of_similar_markets_states_the_depth_of_one_market(one, three):
    assert list(three.notes(ShownBook)) == list(one.notes(ShownBook))


def test_the_books_of_similar_markets_pass_the_audit_and_state_the_number_of_markets(three):
    assert not any(step.problems for step in audit(three.path, every_day=True))
    stated = sql(
        three,
        "SELECT DISTINCT stands_for, round(notional_usd / (abs(quantity) * price_usd), 9) "
        "FROM fills WHERE notional_usd IS NOT NULL",
    ).rows
    assert stated == [(TIMES, TIMES)]
    text = (three.path / "days" / "2022-05-11.beancount").read_text(encoding="utf-8")
    assert "BTC-PERP in each of 3 similar markets at " in text
    assert 'stands-for: "3"' in (three.path / "main.beancount").read_text(encoding="utf-8")


def booked(run: RunFolder) -> Counter[str]:
    return Counter(
        dict(
            run.select(
                "SELECT account, sum(units) FROM postings WHERE commodity = 'USD' GROUP BY ALL"
            )
        )
    )
