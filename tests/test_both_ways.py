"""Looking ahead and going quote by quote write the same books, to the byte."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runs.execute import execute
from runs.scenarios import load

HERE = Path(__file__).parent
BUSY, CROWD = HERE / "worlds" / "busy.toml", HERE / "worlds" / "crowd.toml"
GROUP = HERE / "worlds" / "group.toml"
MARGIN, TOKENS = HERE / "worlds" / "margin.toml", HERE / "worlds" / "tokens.toml"
THIN = HERE / "worlds" / "thin.toml"
SMALL = HERE / "golden" / "world.toml"


def written(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def both_ways(name: str | Path, overrides: dict, folder: Path) -> tuple[dict, dict]:
    scenario = load(str(name), overrides)
    for way in ("ahead", "quotes"):
        execute(scenario, folder / way, every_quote=way == "quotes")
    return written(folder / "ahead"), written(folder / "quotes")


@pytest.mark.parametrize(
    ("name", "overrides"),
    [
        ("tiny", {}),
        # Capital, position and credit limits bind here, and withdrawals wait.
        (BUSY, {}),
        (SMALL, {}),
        # Firms come, move capital, leave and close; the maker moves from one venue to the other.
        (CROWD, {}),
        # Customers are liquidated, into quotes and beside them, and backstops unwind.
        (MARGIN, {}),
        # Lenders, uses, tokens and a directional book, whose orders are hedges beside others.
        (GROUP, {}),
        # One hour in four stands for all.
        (BUSY, {"run": {"one_hour_in": 4}}),
        # Some of them bring tokens, which are sold first.
        (TOKENS, {}),
        # One borrows against a thin token, and the captive maker takes its account over.
        (THIN, {}),
        # Settlements off the beat of the quotes, and hedges that take longer than an interval.
        (
            BUSY,
            {
                "run": {"settle_s": 5, "end": load(str(BUSY)).run.start.replace(day=31)},
                "maker": {"hedge_delay_ms": 7_000},
            },
        ),
    ],
)
def test_both_ways_write_the_same_bytes(name, overrides, tmp_path):
    ahead, quotes = both_ways(name, overrides, tmp_path)

    assert len(ahead) >= 6
    assert ahead == quotes


@settings(max_examples=12)
@given(
    seed=st.integers(0, 2**32 - 1),
    settle_s=st.sampled_from([60, 300, 3_600]),
    latency_s=st.sampled_from([0, 0.3, 2, 11]),
    refresh_s=st.sampled_from([0, 0.7, 2, 90]),
    half_spread_bps=st.sampled_from([0, 1, 8]),
    levels=st.integers(1, 3),
    limit_usd=st.sampled_from([500, 5_000, 1_000_000]),
    shown_usd=st.sampled_from([400, 4_000]),
    capital_usd=st.sampled_from([2_000, 500_000]),
    credit_line_usd=st.sampled_from([0, 1_000, 1_000_000]),
    kappa=st.sampled_from([0, 0.5]),
)
def test_in_no_small_world_do_the_two_ways_differ(
    tmp_path_factory,
    seed,
    settle_s,
    latency_s,
    refresh_s,
    half_spread_bps,
    levels,
    limit_usd,
    shown_usd,
    capital_usd,
    credit_line_usd,
    kappa,
):
    tiny = load("tiny").model_dump(exclude_none=True)
    market, firm = dict(tiny["markets"][0]), dict(tiny["firms"]["members"][0])
    market["lead_volume_usd_per_day"] = 1_000_000
    market["quoter"] = {
        "latency_s": latency_s,
        "refresh_s": refresh_s,
        "half_spread_bps": half_spread_bps,
        "levels": levels,
        "level_step_bps": 2,
        "skew_bps_per_limit": 3,
        "position_limit_usd": limit_usd,
        "displayed_usd": shown_usd,
    }
    firm |= {"capital_usd": capital_usd, "order_usd": 1_000}
    overrides = {
        "run": {
            "end": tiny["run"]["start"].replace(day=10),
            "seed": seed,
            "settle_s": settle_s,
            "day_ledgers": (),
        },
        "lead": {"impact_kappa": kappa},
        "maker": {"credit_line_usd": credit_line_usd},
        "firms": {"members": (firm, firm | {"name": "Firm02", "reaction_ms": 900})},
        "markets": (market,),
    }

    ahead, quotes = both_ways("tiny", overrides, tmp_path_factory.mktemp("ways"))

    assert ahead == quotes
