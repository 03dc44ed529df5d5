"""The books and all margin accounts are valid in small random worlds with customers on margin.

In each world the prices, the leverage, the insurance fund and the backstops are random. Beancount
loads the general ledger and parses the day ledgers. As in an audit, all fills and margin accounts
are recomputed.
"""

import random
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sound_worlds import sound_run

from ledger.reports.liquidations.liquidation_results import liquidations
from runs.scenarios import load

MARGIN = Path(__file__).parent / "worlds" / "margin.toml"
DAY = date(2022, 5, 9)


def crash(draws: random.Random) -> dict:
    """Draw the settings of one random world."""
    first = draws.choice([5_000, 30_000])
    prices, anchors = first, [{"at": DAY, "price_usd": first}]
    for hour in sorted(draws.sample(range(1, 24), 6)):
        prices = round(prices * draws.choice([0.6, 0.8, 0.95, 1.05, 1.3, 1.8]))
        prices = min(max(prices, 50), 150_000)  # so that quotes can display at least one lot
        anchors.append({"at": datetime(2022, 5, 9, hour, tzinfo=UTC), "price_usd": prices})
    market = dict(load(str(MARGIN)).model_dump(exclude_none=True)["markets"][0])
    market["price"] = {
        "ticks_per_s": 0.2,
        "anchors": tuple(anchors),
        "volatility": ({"since": DAY, "annual": 2.0},),
        "jumps_per_day": 24.0,
        "jump_share": 0.7,
    }
    second = market | {"name": "SOL-PERP", "lot": "0.1", "tick_usd": "0.1"}
    providers = [
        {
            "name": name,
            "usd_per_minute": draws.choice([0, 200, 100_000]),
            "usd_per_hour": draws.choice([1_000, 10_000_000]),
            "unwind_delay_s": draws.choice([0, 3, 900]),
            "unwind_usd_per_minute": draws.choice([50, 1e9]),
        }
        for name in ("Alameda", "Backstop01")
    ]
    providers[1]["capital_usd"] = draws.choice([100, 1_000_000])
    world = {
        "run": {
            "end": date(2022, 5, 10),
            "seed": draws.randrange(1_000),
            "settle_s": draws.choice([300, 900, 1_800]),
            "windows": (
                {
                    "since": datetime(2022, 5, 9, 5, tzinfo=UTC),
                    "until": datetime(2022, 5, 9, 7, tzinfo=UTC),
                    "settle_s": 60,
                },
            ),
            "day_ledgers": (),
        },
        "firms": {"members": load(str(MARGIN)).model_dump(exclude_none=True)["firms"]["members"]},
        "other_makers": {"opening_claim_usd": draws.choice([1_000, 1e9])},
        "leverage": {
            "holders": 80,
            "leverage_mean": draws.choice([2, 8]),
            "long_share": draws.choice([0, 0.5, 1]),
            "insurance_usd": draws.choice([0, 500, 1e6]),
            "discount_thirds": draws.randrange(4),
            "providers": tuple(providers),
        },
        "markets": (market, second),
    }
    world["leverage"]["tokens"] = draws.choice([(), tokens(draws)])
    return world


def tokens(draws: random.Random) -> tuple[dict, ...]:
    """Draw settings for the tokens that customers can deposit as collateral.

    Each token has a weight and a market for its price.
    """
    return tuple(
        {
            "name": name,
            "market": f"{name}-PERP",
            "weight": draws.choice([0.3, 0.777_777, 0.95, 1]),
            "share": draws.choice([0, 0.3, 0.5]),
        }
        for name in ("SOL", "BTC")
    )


def played(world: dict) -> Counter:
    """Simulate a world, check its books, and return the number of fills and payments by motive."""
    with sound_run(load(str(MARGIN), world)) as run:
        *_, check = liquidations(run).tables()
        assert all(difference == 0 for _, difference in check.rows)
        with run.connect() as connection:
            motives = connection.execute("SELECT motive, count(*) FROM rows GROUP BY ALL")
            return Counter(dict(motives.fetchall()))


def test_random_crashes_include_every_step_of_a_liquidation_and_the_books_balance():
    happened = sum((played(crash(random.Random(seed))) for seed in (0, 17)), Counter())

    assert happened.keys() >= {
        "leverage",
        "collateral",
        "liquidation",
        "backstop",
        "deleveraging",
        "insurance",
        "socialised-loss",
        "tokens",
        "seizure",
    }


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 130))
def test_in_many_random_crashes_the_books_balance(seed):
    played(crash(random.Random(seed)))
