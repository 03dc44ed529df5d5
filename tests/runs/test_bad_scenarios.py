"""An error in a scenario is reported in one line: the place, the problem and a correction."""

import copy
import math
import tomllib
from datetime import date, datetime, time

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import EVERYTHING, assert_helpful, places, replaced, value_at, written

from runs import scenario_files
from runs.scenario_files import ScenarioError
from runs.scenarios import dump, load

VALID = """\
question = "Is this scenario read?"

[run]
start = 2021-05-01
end = 2021-05-03
seed = 1
settle_s = 300
windows = [{ since = 2021-05-01T06:00:00, until = 2021-05-02, settle_s = 10 }]
day_ledgers = [2021-05-02]

[house]
name = "FTX"
opening_cash_usd = 1_000_000
gateway_ms_median = 150
gateway_ms_median_busy = 700
fee_tiers = [{ volume_usd = 0, taker_bps = 7 }, { volume_usd = 2e6, taker_bps = 4 }]
volume_share_pct_recorded = [5.0, 8.0]

[lead]
name = "Binance"
gateway_ms = 7.5
half_spread_bps = 0.5
taker_fee_bps = 4
margin_ratio_min = 0.1
margin_ratio_target = 0.2
outside_claim_usd = 1e9

[lead.quoting]
refresh_s = 10
half_spread_bps = 0.4
uninformed_fraction = 0.3
outside_quotes_usd = 5e6

[maker]
name = "Alameda"
opening_cash_usd = 1e7
house_deposit_usd = 4e6
lead_deposit_usd = 4e6
credit_line_usd = 1e8
credit_tranche_usd = 1e6
hedge_delay_ms = 50
quoter_off = 2021-05-02
lead_quotes_usd = 3e5
policy = "captive"

[retail]
name = "Retail"
holders = 1000
opening_claim_usd = 1e8
opening_cash_usd = 2e8
deposits_per_day = 10
deposit_usd_mean = 1_001
withdrawals_per_day = 11
withdrawal_usd_mean = 1_002
fee_bps = 2

[demand]
closure = "recorded"
spread_elasticity = 0.0

[other_makers]
name = "Makers"
opening_claim_usd = 3e8

[firms]
active = true

[[firms.members]]
name = "Firm01"
reaction_ms = 5
hurdle_bps = 1
capital_usd = 1e6
order_share = 0.1

[[firms.members]]
name = "Firm02"
reaction_ms = 250
hurdle_bps = 3
capital_usd = 4e5
order_share = 0.2
category = "larp"
lead_quotes_usd = 2e4
waiting = true

[[firms.classes]]
category = "pro"
trading = 3
waiting = 2
reaction_ms_median = 6
reaction_log_sd = 0.5
capital_usd_median = 6e7
capital_log_sd = 0.6
hurdle_bps = 0.25
order_share = 0.02
lead_share = 0.4
leverage_max = 2.5
volume_30d_share = 8
lead_quotes_share = 0.01

[firms.capital]
half_life_days = 14
withdrawn_share = 0.2
shift_per_bp = 0.002
shift_max = 0.03
entry_per_day = 0.004
entry_per_bp = 0.001
closes_below = 0.35
patience_days = 15

[leverage]
holders = 900
collateral_usd_median = 2_000
leverage_mean = 2
limits = [{ since = 2019-05-01, leverage_max = 101 }, { since = 2021-07-25, leverage_max = 20 }]
maintenance_margin_pct = 3
auto_close_margin_pct = 1.5

[[leverage.providers]]
name = "FTM"
usd_per_minute = 50_000
usd_per_hour = 300_000
unwind_delay_s = 0.1

[[markets]]
name = "BTC-PERP"
lot = "0.01"
tick_usd = "1"
order_usd_mean = 1_000
lead_volume_usd_per_day = 3e9
volume = [{ month = "2021-05", usd = 1e11 }]
volume_of_days = [{ day = 2021-05-01, usd = 3e9 }, { day = 2021-05-02, usd = 5e9 }]

[markets.price]
anchors = [{ at = 2021-05-01, price_usd = 57_800 }, { at = 2021-05-03, price_usd = 57_200 }]
volatility = [{ since = 2021-04-01, annual = 0.7 }, { since = 2021-05-02, annual = 1.1 }]
ticks_per_s = 2

[markets.others]
half_spread_bps = 2.2
displayed_usd = 2.2e5
latency_s = 0.05
calm_volatility = 0.66

[markets.quoter]
latency_s = 2.0
refresh_s = 1.0
half_spread_bps = 2.5
levels = 1
position_limit_usd = 1.5e6
displayed_usd = 1e5

[sources]
"house.fee_tiers" = "invented"
"""


def mutate(old, new):
    """Return the valid scenario with one text replaced. The text must occur exactly once."""
    assert VALID.count(old) == 1, f"{old!r} occurs {VALID.count(old)} times in the scenario"
    return VALID.replace(old, new)


@pytest.fixture
def refusal(tmp_path):
    """Return a function that loads an invalid scenario, and checks and returns the error."""

    def refuse(content, key):
        path = tmp_path / "bad.toml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with pytest.raises(ScenarioError) as caught:
            load(str(path))
        assert_helpful(caught.value, path, key)
        return caught.value

    return refuse


def test_the_base_scenario_of_these_tests_is_valid(tmp_path):
    path = tmp_path / "good.toml"
    path.write_text(VALID)

    assert load(str(path)).question == "Is this scenario read?"


TICK = 'tick_usd = "1"'
PRICE, QUOTER = "markets[0].price", "markets[0].quoter"
BACKER = "leverage.providers[0]"
TIERS = "{ volume_usd = 0, taker_bps = 7 }, { volume_usd = 2e6, taker_bps = 4 }"
VOLUME = '{ month = "2021-05", usd = 1e11 }'
ANCHOR_1 = "{ at = 2021-05-01, price_usd = 57_800 }, "
ANCHOR_2 = "{ at = 2021-05-03, price_usd = 57_200 }"
LEVEL_1 = "{ since = 2021-04-01, annual = 0.7 }, "
DAYS = "[2021-05-02]"
SHARE = "[5.0, 8.0]"
MARKET = VALID[VALID.index("[[markets]]") : VALID.index("[sources]")]
CLASS = VALID[VALID.index("[[firms.classes]]") : VALID.index("[firms.capital]")]
LEAD_QUOTING = VALID[VALID.index("[lead.quoting]") : VALID.index("[maker]")]
QUESTION = 'question = "Is this scenario read?"'

# Each case has an old text, a new text, the key that the error names, and a part of the message.

WRONG_TYPES = [
    ("seed = 1", "seed = true", "run.seed", "is true"),
    ("seed = 1", "seed = 1.0", "run.seed", "is 1.0"),
    ("seed = 1", 'seed = "1"', "run.seed", "is '1'"),
    ("hedge_delay_ms = 50", "hedge_delay_ms = true", "maker.hedge_delay_ms", "is true"),
    ("hedge_delay_ms = 50", 'hedge_delay_ms = "50"', "maker.hedge_delay_ms", "is '50'"),
    ("active = true", "active = 1", "firms.active", "give true or false"),
    ("active = true", 'active = "yes"', "firms.active", "is 'yes'"),
    ('lot = "0.01"', "lot = 0.01", "markets[0].lot", "in quotes"),
    (QUESTION, "question = 7", "question", "is 7"),
    (QUESTION, 'question = ""', "question", "is ''"),
    (QUESTION, f'question = "{"why" * 200}"', "question", "at most 500"),
    (TIERS, "7", "house.fee_tiers[0]", "give a table"),
    (f"[{TIERS}]", "7", "house.fee_tiers", "give a list of 1 to 20 entries"),
    (f"[{TIERS}]", "{ volume_usd = 0, taker_bps = 7 }", "house.fee_tiers", "is a table"),
    ("[other_makers]", "[[other_makers]]", "other_makers", "is a list"),
    ("[markets.quoter]", "[[markets.quoter]]", QUOTER, "is a list"),
    ("latency_s = 2.0", "latency_s = {}", f"{QUOTER}.latency_s", "is a table"),
    ("latency_s = 2.0", "latency_s = [2.0]", f"{QUOTER}.latency_s", "is a list"),
    ("latency_s = 2.0", "latency_s = 00:00:02", f"{QUOTER}.latency_s", "is 00:00:02"),
]

WRONG_FIGURES = [
    ("latency_s = 2.0", "latency_s = -2.0", f"{QUOTER}.latency_s", "is -2.0"),
    ("latency_s = 2.0", "latency_s = 2_000", f"{QUOTER}.latency_s", "from 0 to 600"),
    ("latency_s = 2.0", "latency_s = nan", f"{QUOTER}.latency_s", "is nan"),
    ("latency_s = 2.0", "latency_s = inf", f"{QUOTER}.latency_s", "is inf"),
    ("latency_s = 2.0", "latency_s = -inf", f"{QUOTER}.latency_s", "is -inf"),
    ("refresh_s = 1.0", "refresh_s = 0.001", f"{QUOTER}.refresh_s", "is 0.001"),
    ("levels = 1", "levels = 0", f"{QUOTER}.levels", "from 1 to 10"),
    ("levels = 1", "levels = 2", f"{QUOTER}.level_step_bps", "2 levels"),
    ("limit_usd = 1.5e6", "limit_usd = 0", f"{QUOTER}.position_limit_usd", "is 0"),
    ("limit_usd = 1.5e6", "limit_usd = -1", f"{QUOTER}.position_limit_usd", "is -1"),
    ("limit_usd = 1.5e6", "limit_usd = 577.99", f"{QUOTER}.position_limit_usd", "lot, 578"),
    ("limit_usd = 1.5e6", "limit_usd = 1e300", f"{QUOTER}.position_limit_usd", "is 1e+300"),
    ("seed = 1", "seed = -1", "run.seed", "is -1"),
    ("seed = 1", "seed = 4294967296", "run.seed", "to 4_294_967_295"),
    ("seed = 1", f"seed = {10**400}", "run.seed", "about 400 digits"),
    ("seed = 1", f"seed = 0x{'f' * 20_000}", "run.seed", "about 24082 digits"),
    ("holders = 1000", "holders = 0", "retail.holders", "is 0"),
    ("holders = 1000", f"holders = {10**400}", "retail.holders", "about 400 digits"),
    ("cash_usd = 1e7", f"cash_usd = {10**400}", "maker.opening_cash_usd", "about 400 digits"),
    ("cash_usd = 1e7", "cash_usd = 7e6", "maker.opening_cash_usd", "lead_deposit_usd, 8_000_000"),
    ('closure = "recorded"', 'closure = "solved"', "demand.closure", "'recorded' or 'stated'"),
    ('closure = "recorded"\n', "", "demand.closure", "is missing"),
    ('closure = "recorded"', 'closure = "stated"', "markets[0].demand", "no month '2021-05'"),
    ("elasticity = 0.0", "elasticity = 11", "demand.spread_elasticity", "from 0 to 10"),
    ("settle_s = 300", "settle_s = 7", "run.settle_s", "is 7; give a divisor"),
    ("settle_s = 300", "settle_s = 0", "run.settle_s", "is 0"),
    ("settle_s = 300", "settle_s = 7200", "run.settle_s", "is 7200"),
    ("settle_s = 300", "settle_s = 300\none_hour_in = 2", "run.one_hour_in", "a margin call"),
    (
        "settle_s = 300",
        "settle_s = 300\nidle_hours_at_once = 12",
        "run.idle_hours_at_once",
        "no hour is idle",
    ),
    (
        "settle_s = 300",
        "settle_s = 300\nfull_days = [2021-05-02, 2021-05-01]",
        "run.full_days[1]",
        "a day after 2021-05-02, the previous entry",
    ),
    (
        "settle_s = 300",
        "settle_s = 300\none_hour_in = 5\nfull_days = [2021-05-02]",
        "run.one_hour_in",
        "is 5; give a divisor of 24",
    ),
    ("settle_s = 300", "settle_s = 300\none_hour_in = 25", "run.one_hour_in", "is 25"),
    (
        "settle_s = 300",
        "settle_s = 300\ngroup_loss_usd_max = 8",
        "run.group_loss_usd_max",
        "is 8; leave it out, since one_hour_in is 1",
    ),
    (
        "settle_s = 300",
        "settle_s = 300\none_hour_in = 12\ngroup_loss_usd_max = 0",
        "run.group_loss_usd_max",
        "is 0",
    ),
    (TICK, f"{TICK}\nstands_for = 0", "markets[0].stands_for", "is 0"),
    ("settle_s = 10", "settle_s = 7", "run.windows[0].settle_s", "is 7; give a divisor"),
    ("settle_s = 10", "settle_s = 0", "run.windows[0].settle_s", "is 0"),
    ("T06:00:00", "T06:30:00", "run.windows[0].since", "give a full hour"),
    ("T06:00:00", "T06:00:00.5", "run.windows[0].since", "give a full hour"),
    ("2021-05-01T06:00:00", "2021-05-02", "run.windows[0].until", "the value of since"),
    ("settle_s = 300", "settle_s = 300\nhedge_s = 5", "run.hedge_s", "multiple of settle_s, 300"),
    ("= 10 }]", "= 16 }]\nhedge_s = 300", "run.hedge_s", "multiple of settle_s, 16"),
    ("= 1.5\n", "= 3.5\n", "leverage.auto_close_margin_pct", "at most maintenance_margin_pct, 3"),
    ("holders = 900", "holders = -1", "leverage.holders", "is -1"),
    ("holders = 900", "holders = 900\nlong_share = 1.5", "leverage.long_share", "is 1.5"),
    (
        "holders = 900",
        "holders = 900\nforced_share_per_s = 2",
        "leverage.forced_share_per_s",
        "is 2",
    ),
    ("leverage_mean = 2", "leverage_mean = 0", "leverage.leverage_mean", "is 0"),
    ("since = 2021-07-25", "since = 2019-05-01", "leverage.limits[1].since", "a day after"),
    ("leverage_max = 101", "leverage_max = 0.5", "leverage.limits[0].leverage_max", "is 0.5"),
    ("usd_per_hour = 300_000\n", "", "leverage.providers[0].usd_per_hour", "is missing"),
    ("unwind_delay_s = 0.1", "unwind_delay_s = -1", f"{BACKER}.unwind_delay_s", "is -1"),
    ("{ day = 2021-05-02", "{ day = 2021-05-01", "markets[0].volume_of_days[1].day", "a day after"),
    ("usd = 5e9", "usd = -1", "markets[0].volume_of_days[1].usd", "is -1"),
    ("half_spread_bps = 2.2\n", "", "markets[0].others.half_spread_bps", "is missing"),
    ("displayed_usd = 2.2e5\n", "", "markets[0].others.displayed_usd", "or the depth of all"),
    ("calm_volatility = 0.66", "calm_volatility = 0", "markets[0].others.calm_volatility", "is 0"),
    ("capital_usd = 4e5", "capital_usd = 0", "firms.members[1].capital_usd", "is 0"),
    ("capital_usd = 4e5", "capital_usd = 0.001", "firms.members[1].capital_usd", "from 0.01"),
    ("order_share = 0.1", "order_share = 0", "firms.members[0].order_share", "above 0 and up to 1"),
    ("order_share = 0.1", "fee_discount = 1.1", "firms.members[0].fee_discount", "is 1.1"),
    ("active = true", "hurdle_exponent = -1", "firms.hurdle_exponent", "is -1"),
    ("ticks_per_s = 2", "ticks_per_s = 1001", f"{PRICE}.ticks_per_s", "above 0 and up to 1_000"),
    ("ticks_per_s = 2", "jump_share = 0.2", f"{PRICE}.jumps_per_day", "is 0"),
    ("ticks_per_s = 2", "jumps_per_day = 2", f"{PRICE}.jump_share", "is 0"),
    ("ticks_per_s = 2", "jump_share = 1\njumps_per_day = 2", f"{PRICE}.jump_share", "is 1"),
    ("_target = 0.2", "_target = 0.05", "lead.margin_ratio_target", "margin_ratio_min, 0.1"),
    ('lot = "0.01"', 'lot = "0.001"', "markets[0].lot", "whole number of cents"),
    ('lot = "0.01"', 'lot = "0.015"', "markets[0].lot", "whole number of cents"),
    ('lot = "0.01"', 'lot = "0"', "markets[0].lot", "whole number of cents"),
    ('lot = "0.01"', 'lot = "-0.01"', "markets[0].lot", "is '-0.01'"),
    ('lot = "0.01"', 'lot = "1e-2"', "markets[0].lot", "is '1e-2'"),
    ('lot = "0.01"', 'lot = "nan"', "markets[0].lot", "is 'nan'"),
    ('tick_usd = "1"', 'tick_usd = "1,5"', "markets[0].tick_usd", "is '1,5'"),
    ('tick_usd = "1"', 'tick_usd = "1\\n"', "markets[0].tick_usd", "is '1\\n'"),
    (
        'tick_usd = "1"',
        'tick_usd = "60000"',
        "markets[0].tick_usd",
        "larger than the price of 57_800",
    ),
    ("price_usd = 57_800", "price_usd = 2e8", "markets[0].tick_usd", "too small for the price"),
    ('name = "BTC-PERP"', 'name = "USD"', "markets[0].name", "a reserved word in the books"),
    ("usd = 1e11", "usd = 900", "markets[0].volume[0].usd", "less than one order"),
    ("price_usd = 57_800", "price_usd = 0", f"{PRICE}.anchors[0].price_usd", "above 0"),
    (", usd = 1e11", ", usd = 1e300", "markets[0].volume[0].usd", "to 100_000_000_000_000"),
]

WRONG_TIMES = [
    ("start = 2021-05-01", 'start = "2021-05-01"', "run.start", "without quotation marks"),
    ("start = 2021-05-01", "start = 2021", "run.start", "is 2021"),
    ("start = 2021-05-01", "start = 2021-05-01T00:00:00", "run.start", "is 2021-05-01 00:00:00"),
    ("start = 2021-05-01", "start = 1021-05-01", "run.start", "from 1990 on"),
    ("end = 2021-05-03", "end = 2021-05-01", "run.end", "is 2021-05-01"),
    ("end = 2021-05-03", "end = 2021-04-30", "run.end", "is 2021-04-30"),
    ("end = 2021-05-03", "end = 2027-05-03", "run.end", "2000 days"),
    ("end = 2021-05-03", "end = 2021-06-02", "markets[0].volume", "'2021-06'"),
    (DAYS, "[2021-05-03]", "run.day_ledgers[0]", "is 2021-05-03"),
    (DAYS, "[2021-05-02, 2021-05-02]", "run.day_ledgers[1]", "repeats 2021-05-02"),
    (DAYS, '["2021-05-02"]', "run.day_ledgers[0]", "without quotation marks"),
    (DAYS, '"some"', "run.day_ledgers", "'all', or a list"),
    (DAYS, "2021-05-02", "run.day_ledgers", "'all', or a list"),
    (DAYS, "{ first = 2021-05-02 }", "run.day_ledgers", "is a table"),
    ('month = "2021-05"', 'month = "2021-13"', "markets[0].volume[0].month", "is '2021-13'"),
    ('month = "2021-05"', 'month = "2021-5"', "markets[0].volume[0].month", "is '2021-5'"),
    ('month = "2021-05"', 'month = "٢٠٢١-05"', "markets[0].volume[0].month", "such as '2021-05'"),
    ('month = "2021-05"', "month = 2021-05-01", "markets[0].volume[0].month", "in quotes"),
    ('month = "2021-05"', 'month = "2021-04"', "markets[0].volume", "no month '2021-05'"),
    (VOLUME, f"{VOLUME}, {VOLUME}", "markets[0].volume[1].month", "after '2021-05'"),
    (VOLUME, "{ usd = 1e11 }", "markets[0].volume[0].month", "is missing; give a month"),
    (VOLUME, "", "markets[0].volume", "no month '2021-05'"),
    (
        f"volume = [{VOLUME}]",
        f"volume = [{VOLUME}]\ndemand = [{VOLUME}, {VOLUME}]",
        "markets[0].demand[1].month",
        "after '2021-05'",
    ),
    (ANCHOR_1 + ANCHOR_2, "", f"{PRICE}.anchors", "is missing"),
    (ANCHOR_1, "", f"{PRICE}.anchors[0].at", "is 2021-05-03; give 2021-05-01"),
    ("at = 2021-05-01,", "at = 2021-05-01T00:30:00Z,", f"{PRICE}.anchors[0].at", "full hour"),
    ("at = 2021-05-01,", "at = 2021-05-01T01:00:00,", f"{PRICE}.anchors[0].at", "or earlier"),
    ("at = 2021-05-01,", 'at = "2021-05-01",', f"{PRICE}.anchors[0].at", "01, or a time"),
    ("at = 2021-05-03,", "at = 2021-05-01,", f"{PRICE}.anchors[1].at", "after 2021-05-01"),
    ("at = 2021-05-03,", "at = 9999-05-01,", f"{PRICE}.anchors[1].at", "from 1990 to 2100"),
    (
        "since = 2021-04-01",
        "since = 2021-05-02",
        f"{PRICE}.volatility[1].since",
        "a day after 2021",
    ),
    (
        "since = 2021-04-01",
        "since = 2021-05-03",
        f"{PRICE}.volatility[1].since",
        "a day after 2021",
    ),
    ("since = 2021-05-02", "since = 2021-05-02T00:00:00", f"{PRICE}.volatility[1].since", "a date"),
    (LEVEL_1, "", f"{PRICE}.volatility[0].since", "or earlier"),
]

WRONG_KEYS = [
    ("refresh_s = 1.0", "refesh_s = 1.0", f"{QUOTER}.refesh_s", "did you mean 'refresh_s'?"),
    ("seed = 1", "sede = 1", "run.sede", "did you mean 'seed'?"),
    ("[retail]", "[retial]", "retial", "did you mean 'retail'?"),
    ("[sources]", "[source]", "source", "did you mean 'sources'?"),
    ("[markets.price]", "[markets.prices]", "markets[0].prices", "did you mean 'price'?"),
    ("seed = 1", "weather = 1", "run.weather", "the keys are start, end, seed"),
    ("seed = 1", '"a\\nb" = 1', "run.'a\\nb'", "not a key"),
    ("seed = 1", "_ = 1", "run._", "not a key"),
    ("latency_s = 2.0\n", "", f"{QUOTER}.latency_s", "is missing; give a number from 0"),
    ('name = "FTX"\n', "", "house.name", "is missing; give a name"),
    ('name = "Firm02"\n', "", "firms.members[1].name", "is missing; give a name"),
    (QUESTION, "", "question", "is missing; give a question"),
    (MARKET, "", "markets", "is missing; give a list of 1 to 50"),
]

NOT_ENTITIES = (
    '"A:B"',
    '"A B"',
    '"a"',
    '"9A"',
    '"../x"',
    "'A\"'",
    '"A\\n"',
    '"\\nA"',
    '"A\\u0000"',
    '""',
    '"Zürich"',
    '"Ａ"',  # a full-width letter A
    '"A-"',
    '"A_B"',
    '"x\'; DROP TABLE fills"',
    f'"{"A" * 25}"',
    f'"{"A" * 100}"',
    "7",
)
NOT_MARKETS = ('"B"', '"btc"', '"BTC-"', '"BTC.PERP"', '"BTC\\n"', '"BTC/USD"', f'"{"B" * 17}"')

WRONG_NAMES = [
    *(
        ('name = "Firm02"', f"name = {wrong}", "firms.members[1].name", "a name of at most 24")
        for wrong in NOT_ENTITIES
    ),
    *(
        (
            'name = "BTC-PERP"',
            f"name = {wrong}",
            "markets[0].name",
            "a name of 2 to 16 capital letters",
        )
        for wrong in NOT_MARKETS
    ),
    ('name = "Firm02"', 'name = "Firm01"', "firms.members[1].name", "is 'Firm01', which is taken"),
    ('name = "Firm02"', 'name = "FTX"', "firms.members[1].name", "is 'FTX', which is taken"),
    ('name = "Firm02"', 'name = "Outside"', "firms.members[1].name", "which is taken"),
    ('name = "Binance"', 'name = "FTX"', "lead.name", "is 'FTX', which is taken"),
    ('name = "Binance"', 'name = "Ftx"', "lead.name", "only in capitals"),
    (MARKET, MARKET + MARKET, "markets[1].name", "is 'BTC-PERP', which is taken"),
]

WRONG_LISTS = [
    (TIERS, "", "house.fee_tiers", "has 0 entries; give a list of 1 to 20"),
    (TIERS, ", ".join([TIERS] * 11), "house.fee_tiers", "has 22 entries"),
    ("volume_usd = 0", "volume_usd = 1", "house.fee_tiers[0].volume_usd", "is 1.0; give 0"),
    ("volume_usd = 2e6", "volume_usd = 0", "house.fee_tiers[1].volume_usd", "give more than"),
    ("volume_usd = 2e6", "volume_usd = -1", "house.fee_tiers[1].volume_usd", "is -1"),
    (SHARE, "[8.0, 5.0]", "house.volume_share_pct_recorded", "[low, high]"),
    (SHARE, "[5.0]", "house.volume_share_pct_recorded", "[low, high]"),
    (SHARE, "[5.0, 101.0]", "house.volume_share_pct_recorded[1]", "is 101.0"),
    (SHARE, "[[5.0], 8.0]", "house.volume_share_pct_recorded[0]", "is a list"),
]

HEDGES, SIZE, RULES_OF = "hedge_delay_ms = 50", "displayed_usd = 1e5", "maker.quoting"
WRONG_SIZES = [
    (SIZE + "\n", "", f"{QUOTER}.displayed_usd", "is missing; give it, or the market's depth"),
    (SIZE, "displayed_usd = 1", f"{QUOTER}.displayed_usd", "at least the price of one lot"),
    (
        SIZE,
        f"{SIZE}\ndisplayed_usd_steps = [{{ since = 2021-05-01, usd = 1 }}]",
        f"{QUOTER}.displayed_usd_steps[0].usd",
        "at least the price of one lot",
    ),
    (
        SIZE,
        f"{SIZE}\ndisplayed_usd_steps = [{{ since = 2021-05-02, usd = 1e5 }}]",
        f"{QUOTER}.displayed_usd_steps[0].since",
        "give the first of a month",
    ),
    (
        SIZE,
        "displayed_usd_steps = [{ since = 2021-05-01, usd = 1e5 }]",
        f"{QUOTER}.displayed_usd",
        "is missing; give it, since there are displayed_usd_steps",
    ),
    (SIZE, f"{SIZE}\nmost_displayed_usd = 1e6", f"{QUOTER}.most_displayed_usd", "leave it out"),
    (
        'tick_usd = "1"',
        'tick_usd = "1"\ndepth = [{ since = 2021-05-01, usd_per_bp = 1e5 }]',
        f"{QUOTER}.displayed_usd",
        "give displayed_usd or depth",
    ),
    (
        HEDGES,
        f"{HEDGES}\ndepth_share_steps = [{{ since = 2021-05-01, share = 0.1 }}]",
        "maker.depth_share",
        "is missing; give it, since there are depth_share_steps",
    ),
    (HEDGES, f"{HEDGES}\nquoting.policy = 'best'", f"{RULES_OF}.policy", "'growth' or 'believed'"),
    (
        HEDGES,
        f"{HEDGES}\nquoting = {{ policy = 'believed', simulates = false }}",
        f"{RULES_OF}.simulates",
        "the policy is 'believed'",
    ),
    (
        HEDGES,
        f"{HEDGES}\nquoting.policy = 'growth'",
        f"{RULES_OF}.target_share",
        "is missing; give it, since the policy is 'growth'",
    ),
    (HEDGES, f"{HEDGES}\nquoting.target_share = 0", f"{RULES_OF}.target_share", "above 0"),
    (HEDGES, f"{HEDGES}\nquoting.target_share = 0.2", f"{RULES_OF}.target_share", "leave it out"),
    (
        HEDGES,
        f"{HEDGES}\nquoting.target_share_steps = [{{ since = 2022-05-01, share = 0.1 }}]",
        f"{RULES_OF}.target_share_steps",
        "have no effect without target_share",
    ),
    (
        HEDGES,
        f"{HEDGES}\nquoting.policy = 'growth'\nquoting.target_share = 0.2\n"
        "quoting.target_share_steps = [{ since = 2022-05-10, share = 0.1 }]",
        f"{RULES_OF}.target_share_steps[0].since",
        "the first of a month",
    ),
    (
        HEDGES,
        f"{HEDGES}\nquoting.policy = 'believed'",
        f"{QUOTER}.most_displayed_usd",
        "is missing; give it, since maker.quoting.policy is 'believed'",
    ),
]

WRONG_STEPS = [
    (
        "hedge_delay_ms = 50",
        f"hedge_delay_ms = 50\ndepth_share = 0.1\ndepth_share_steps = [{steps}]",
        f"maker.depth_share_steps[{place}].since",
        f"is {fault}",
    )
    for steps, place, fault in (
        ("{ since = 2022-06-02, share = 0.1 }", 0, "2022-06-02; give the first of a month"),
        (
            "{ since = 2022-06-01, share = 0.1 }, { since = 2022-05-01, share = 0.2 }",
            1,
            "2022-05-01; give a day after 2022-06-01",
        ),
        ("{ share = 0.1 }", 0, "missing; give"),
    )
]

A_CLASS, RULES, ON_LEAD = "firms.classes[0]", "firms.capital", "lead.quoting"

WRONG_CLASSES = [
    ("trading = 3", "trading = -1", f"{A_CLASS}.trading", "is -1; give a whole number from 0"),
    ("trading = 3", "trading = 1_001", f"{A_CLASS}.trading", "to 1_000"),
    ("trading = 3", "trading = 3.0", f"{A_CLASS}.trading", "a whole number"),
    ("trading = 3\n", "", f"{A_CLASS}.trading", "is missing; give a whole number"),
    ("waiting = 2", "waiting = -2", f"{A_CLASS}.waiting", "is -2"),
    ("waiting = 2", "waiting = true", f"{A_CLASS}.waiting", "is true"),
    ("waiting = true", "waiting = 2", "firms.members[1].waiting", "give true or false"),
    ("_ms_median = 6\n", "_ms_median = 60_001\n", f"{A_CLASS}.reaction_ms_median", "to 60_000"),
    ("_log_sd = 0.5", "_log_sd = 3.5", f"{A_CLASS}.reaction_log_sd", "from 0 to 3"),
    ("_usd_median = 6e7", "_usd_median = 0", f"{A_CLASS}.capital_usd_median", "from 0.01"),
    (
        "_usd_median = 6e7",
        "_usd_median = 2e12",
        f"{A_CLASS}.capital_usd_median",
        "is 2000000000000",
    ),
    ("_log_sd = 0.6", "_log_sd = -1", f"{A_CLASS}.capital_log_sd", "is -1"),
    ("order_share = 0.02", "order_share = 0", f"{A_CLASS}.order_share", "above 0 and up to 1"),
    ("order_share = 0.02", "order_share = 1.01", f"{A_CLASS}.order_share", "is 1.01"),
    ("lead_share = 0.4", "lead_share = 1.4", f"{A_CLASS}.lead_share", "from 0 to 1"),
    ("leverage_max = 2.5", "leverage_max = 0.5", f"{A_CLASS}.leverage_max", "from 1 to 100"),
    ("30d_share = 8", "30d_share = 1_001", f"{A_CLASS}.volume_30d_share", "from 0 to 1_000"),
    ("quotes_share = 0.01", "quotes_share = 2", f"{A_CLASS}.lead_quotes_share", "is 2"),
    (
        "reaction_ms_median",
        "reaction_ms_mean",
        f"{A_CLASS}.reaction_ms_mean",
        "mean 'reaction_ms_median'?",
    ),
    ("[[firms.classes]]", "[firms.classes]", "firms.classes", "is a table; give a list of 0 to 20"),
    ("[[firms.classes]]", "[[firms.class]]", "firms.class", "did you mean 'classes'?"),
    (CLASS, CLASS * 2, "firms.classes[1].category", "taken; give another category"),
    (CLASS, CLASS * 21, "firms.classes", "has 21 entries"),
    ("trading = 3", "trading = 997", "firms.classes", "are 1001 firms in total; give at most 1000"),
    (
        'name = "Firm02"',
        'name = "Firm03"',
        "firms.classes",
        "create a firm 'Firm03', and another entity has this name",
    ),
    (
        'name = "Firm02"',
        'name = "Firm07"',
        "firms.classes",
        "create a firm 'Firm07', and another entity has this name",
    ),
    (
        'name = "Retail"',
        'name = "Firm05"',
        "firms.classes",
        "create a firm 'Firm05', and another entity has this name",
    ),
    *(
        (f'category = "{old}"', f"category = {wrong}", f"{place}.category", "in small letters")
        for old, place in (("pro", A_CLASS), ("larp", "firms.members[1]"))
        for wrong in (
            '"Pro"',
            '"pro-"',
            '"-"',
            '""',
            '"a b"',
            '"a\\n"',
            '"é"',
            f'"{"a" * 17}"',
            "7",
        )
    ),
]

WRONG_RULES = [
    ("half_life_days = 14", "half_life_days = 0.5", f"{RULES}.half_life_days", "from 1 to 365"),
    ("withdrawn_share = 0.2", "withdrawn_share = 20", f"{RULES}.withdrawn_share", "from 0 to 1"),
    ("shift_per_bp = 0.002", "shift_per_bp = -0.1", f"{RULES}.shift_per_bp", "is -0.1"),
    ("shift_max = 0.03", "shift_max = 3", f"{RULES}.shift_max", "is 3"),
    ("entry_per_day = 0.004", "entry_per_day = 1.1", f"{RULES}.entry_per_day", "from 0 to 1"),
    ("entry_per_bp = 0.001", "entry_per_bp = nan", f"{RULES}.entry_per_bp", "is nan"),
    ("closes_below = 0.35", "closes_below = 35", f"{RULES}.closes_below", "from 0 to 1"),
    ("closes_below = 0.35\n", "", f"{RULES}.closes_below", "is missing; give a number"),
    ("closes_below", "close_below", f"{RULES}.close_below", "did you mean 'closes_below'?"),
    ("patience_days = 15", "patience_days = 0", f"{RULES}.patience_days", "from 1 to 1_000"),
    ("patience_days = 15", "patience_days = 1.5", f"{RULES}.patience_days", "a whole number"),
    ("[firms.capital]", "[[firms.capital]]", RULES, "is a list; give a table"),
    ("[firms.capital]", "[firms.capitol]", "firms.capitol", "did you mean 'capital'?"),
]

WRONG_ON_THE_LEAD_VENUE = [
    ("refresh_s = 10\n", "refresh_s = 0\n", f"{ON_LEAD}.refresh_s", "from 0.01 to 3_600"),
    ("_bps = 0.4", "_bps = -0.4", f"{ON_LEAD}.half_spread_bps", "is -0.4"),
    ("fraction = 0.3", "fraction = 30", f"{ON_LEAD}.uninformed_fraction", "from 0 to 1"),
    ("outside_quotes_usd = 5e6", "outside_quotes_usd = 0", f"{ON_LEAD}.outside_quotes_usd", "0.01"),
    (
        "outside_quotes_usd = 5e6\n",
        "",
        f"{ON_LEAD}.outside_quotes_usd",
        "is missing; give a number",
    ),
    ("[lead.quoting]", "[lead.quotes]", "lead.quotes", "did you mean 'quoting'?"),
    ("[lead.quoting]", "[[lead.quoting]]", ON_LEAD, "is a list"),
    (
        "lead_volume_usd_per_day = 3e9\n",
        "",
        "markets[0].lead_volume_usd_per_day",
        "is missing; give it, since lead.quoting is given",
    ),
    ("lead_quotes_usd = 3e5", "lead_quotes_usd = -1", "maker.lead_quotes_usd", "is -1"),
    ("lead_quotes_usd = 2e4", "lead_quotes_usd = -1", "firms.members[1].lead_quotes_usd", "is -1"),
    ('"captive"', '"captured"', "maker.policy", "give 'captive' or 'independent'"),
    ('"captive"', "true", "maker.policy", "is true; give 'captive'"),
    (LEAD_QUOTING, "", "maker.lead_quotes_usd", "give lead.quoting too"),
    (
        "off = 2021-05-02",
        'off = "2021-05-02"',
        "maker.quoter_off",
        "a date without quotation marks",
    ),
    ("off = 2021-05-02", "off = 2021-05-02T12:00:00", "maker.quoter_off", "is 2021-05-02 12:00:00"),
    ("off = 2021-05-02", "off = true", "maker.quoter_off", "is true"),
]

WRONG_SOURCES = [
    ('"house.fee_tiers"', '"house.fee_tires"', "sources.'house.fee_tires'", "names no key"),
    ('"house.fee_tiers"', '"house.fee_tiers[2]"', "sources.'house.fee_tiers[2]'", "names no key"),
    ('"house.fee_tiers"', '"house.busy_above"', "sources.'house.busy_above'", "names no key"),
    ('"house.fee_tiers"', '"house..fee_tiers"', "sources.'house..fee_tiers'", "names no key"),
    ('"house.fee_tiers"', '"house\\nfee_tiers"', "sources.'house\\nfee_tiers'", "names no key"),
    ('"house.fee_tiers"', '""', "sources.''", "names no key"),
    ('"house.fee_tiers"', "house.fee_tiers", "sources.house", "a key in quotes"),
    ('= "invented"', "= 7", "sources.'house.fee_tiers'", "is 7"),
]

ONE_WRONG_VALUE = [
    *WRONG_TYPES,
    *WRONG_FIGURES,
    *WRONG_TIMES,
    *WRONG_KEYS,
    *WRONG_NAMES,
    *WRONG_LISTS,
    *WRONG_SIZES,
    *WRONG_STEPS,
    *WRONG_CLASSES,
    *WRONG_RULES,
    *WRONG_ON_THE_LEAD_VENUE,
    *WRONG_SOURCES,
]


@pytest.mark.parametrize(
    ("old", "new", "key", "shown"),
    ONE_WRONG_VALUE,
    ids=[f"{key} {shown}" for _, _, key, shown in ONE_WRONG_VALUE],
)
def test_the_error_for_one_wrong_value_names_its_key_and_the_problem(refusal, old, new, key, shown):
    error = refusal(mutate(old, new), key)

    assert shown in error.problem


# ------------------------------------------------------------------- the maker's quotes


@pytest.mark.parametrize(
    ("share", "since", "key", "shown"),
    [
        ("", "2021-05-01", "maker.depth_share", "is missing; give it, since BTC-PERP has depth"),
        ("depth_share = 0.1", "2021-06-01", "markets[0].depth[0].since", "the run's start"),
    ],
)
def test_a_market_with_depth_needs_the_share_of_the_maker_and_a_depth_from_the_first_day_on(
    refusal, share, since, key, shown
):
    text = mutate(f"{SIZE}\n", "").replace(HEDGES, f"{HEDGES}\n{share}")
    depth = f"depth = [{{ since = {since}, usd_per_bp = 1e5 }}]"
    error = refusal(text.replace('tick_usd = "1"', f'tick_usd = "1"\n{depth}'), key)

    assert shown in error.problem


STEP_BPS = f"{QUOTER}.level_step_bps"
UNQUOTABLE = [
    ({}, 0.09, "maker.spread_times", "is 0.09; give a number from 0.1 to 10"),
    ({}, 10.5, "maker.spread_times", "is 10.5; give a number from 0.1 to 10"),
    ({"half_spread_bps": 1_000.0}, 5.0, "maker.spread_times", "can be 5_000 bps from the price"),
    (
        {"half_spread_bps": 500.0, "skew_bps_per_limit": 600.0},
        9.0,
        "maker.spread_times",
        "can be 5_100 bps from the price; give a smaller",
    ),
    ({"levels": 6, "level_step_bps": 1_000.0}, 1.0, STEP_BPS, "can be 5_008 bps from the price"),
    ({"levels": 2, "level_step_bps": 0.01}, 0.1, STEP_BPS, "so that the 2 levels differ if"),
    ({"levels": 3, "level_step_bps": 0.001}, 1.0, STEP_BPS, "so that the 3 levels differ if"),
]


@pytest.mark.parametrize(("quoter", "times", "key", "shown"), UNQUOTABLE)
def test_quotes_too_far_from_the_price_and_levels_at_the_same_price_are_refused(
    refusal, quoter, times, key, shown
):
    data = copy.deepcopy(EVERYTHING)
    data["markets"][0]["quoter"] |= quoter
    data["maker"]["spread_times"] = times

    assert shown in refusal(tomli_w.dumps(data), key).problem


def test_the_error_names_the_half_spread_if_the_only_level_is_too_far_from_the_price(refusal):
    data = copy.deepcopy(EVERYTHING)
    quoter = data["markets"][0]["quoter"]
    quoter |= {"half_spread_bps": 1_000.0, "skew_bps_per_limit": 1_000.0, "levels": 1}
    quoter |= {"level_step_bps": 0.0, "most_displayed_usd": 2e6}
    data["maker"] |= {"quoting": {"policy": "believed"}, "spread_times": 1.0}

    error = refusal(tomli_w.dumps(data), f"{QUOTER}.half_spread_bps")

    assert "is 1000, and quotes in BTC-PERP can be 5_000 bps from the price" in error.problem


# ----------------------------------------------------------------- tokens as collateral

A_TOKEN = """\
[[leverage.tokens]]
name = "BTC"
market = "BTC-PERP"
weight = 0.95
share = 0.25

"""
WITH_TOKENS = VALID.replace("[[markets]]", A_TOKEN + "[[markets]]")
SECOND_TOKEN = """
[[leverage.tokens]]
name = "{name}"
market = "{market}"
weight = 0.5
share = 0.9

[[markets]]
"""
TOKEN = "leverage.tokens[0]"
WRONG_TOKENS = [
    ("weight = 0.95", "weight = 95", f"{TOKEN}.weight", "from 0.01 to 1"),
    ("weight = 0.95", "weight = 0", f"{TOKEN}.weight", "from 0.01 to 1"),
    ("weight = 0.95", "haircut = 0.05", f"{TOKEN}.haircut", "the keys are name, market, weight"),
    ("weight = 0.95\n", "", f"{TOKEN}.weight", "is missing; give a number"),
    ("share = 0.25", "share = 1.2", f"{TOKEN}.share", "from 0 to 1"),
    ("share = 0.25", "share = nan", f"{TOKEN}.share", "is nan"),
    (
        'market = "BTC-PERP"',
        'market = "BTC"',
        f"{TOKEN}.market",
        "not listed; give one of BTC-PERP",
    ),
    ('market = "BTC-PERP"', "market = 7", f"{TOKEN}.market", "is 7"),
    (TICK, f"{TICK}\nstands_for = 2", f"{TOKEN}.market", "whose stands_for is above 1"),
    *(
        ('name = "BTC"', f'name = "{word}"', f"{TOKEN}.name", "something else in the books")
        for word in ("USD", "NULL", "TRUE", "FALSE")
    ),
    *(
        ('name = "BTC"', f"name = {wrong}", f"{TOKEN}.name", "2 to 12 capital letters and digits")
        for wrong in ('"btc"', '"B"', '"BTC-PERP"', '"1INCH"', '"BTC\\n"', f'"{"A" * 13}"', "7")
    ),
    ("[[leverage.tokens]]", "[leverage.tokens]", "leverage.tokens", "is a table; give a list"),
    ("[[leverage.tokens]]", "[[leverage.token]]", "leverage.token", "did you mean 'tokens'?"),
    (
        "[[markets]]",
        SECOND_TOKEN.format(name="BTC", market="ETH-PERP"),
        "leverage.tokens[1].name",
        "is 'BTC', which is taken",
    ),
    (
        "[[markets]]",
        SECOND_TOKEN.format(name="ETH", market="BTC-PERP"),
        "leverage.tokens[1].market",
        "is 'BTC-PERP', which is taken",
    ),
    (
        "[[markets]]",
        SECOND_TOKEN.format(name="ETH", market="ETH-PERP"),
        "leverage.tokens[1].share",
        "makes the shares sum to 1.15; give a smaller share",
    ),
]


@pytest.mark.parametrize(
    ("old", "new", "key", "shown"),
    WRONG_TOKENS,
    ids=[f"{key} {shown}" for _, _, key, shown in WRONG_TOKENS],
)
def test_the_error_for_a_wrong_token_names_its_key_and_the_problem(refusal, old, new, key, shown):
    assert WITH_TOKENS.count(old) == 1
    error = refusal(WITH_TOKENS.replace(old, new), key)

    assert shown in error.problem


def test_the_base_scenario_with_tokens_is_valid(tmp_path):
    path = tmp_path / "good.toml"
    path.write_text(WITH_TOKENS)

    (token,) = load(str(path)).leverage.tokens
    assert (token.name, token.weight_e6) == ("BTC", 950_000)


# ----------------------------------------------------------------- loans against tokens

A_LOAN = """\
[[leverage.pledged_loans]]
borrower = "Trader"
token = "BTC"
tokens = 1_000
weight_initial = 0.9
leverage_max = 10
since = 2021-05-01
until = 2021-05-02
book = { usd_per_bp = 1_000, refill_s = 60 }

"""
WITH_LOAN = WITH_TOKENS.replace("[[markets]]", A_LOAN + "[[markets]]")
LOAN = "leverage.pledged_loans[0]"
WRONG_LOANS = [
    (
        'token = "BTC"',
        'token = "MOB"',
        f"{LOAN}.token",
        "not in leverage.tokens; give one of the tokens: BTC",
    ),
    (
        "[[markets]]",
        A_LOAN.replace("Trader", "Other") + "[[markets]]",
        "leverage.pledged_loans[1].token",
        "is pledged already; give each loan a token of its own",
    ),
    ("\nuntil = 2021-05-02", "\nuntil = 2021-05-01", f"{LOAN}.until", "the value of since"),
    ("\nsince = 2021-05-01", "\nsince = 2021-05-01T00:30:00", f"{LOAN}.since", "full hour"),
    ('borrower = "Trader"', 'borrower = "FTX"', f"{LOAN}.borrower", "is 'FTX', which is taken"),
    ('borrower = "Trader"', 'borrower = "Ftx"', f"{LOAN}.borrower", "from 'FTX' only in capitals"),
    ("refill_s = 60", "refill_s = 0", f"{LOAN}.book.refill_s", "from 1 to"),
]


@pytest.mark.parametrize(
    ("old", "new", "key", "shown"), WRONG_LOANS, ids=[f"{key} {s}" for _, _, key, s in WRONG_LOANS]
)
def test_the_error_for_a_wrong_pledged_loan_names_its_key_and_the_problem(
    refusal, old, new, key, shown
):
    error = refusal(WITH_LOAN.replace(old, new, 1), key)

    assert shown in error.problem


def test_a_price_impact_of_hedges_requires_the_volume_of_the_lead_venue(refusal):
    alone = mutate(LEAD_QUOTING, "").replace('policy = "captive"\n', "")
    alone = alone.replace("taker_fee_bps = 4\n", "taker_fee_bps = 4\nimpact_kappa = 1\n")
    error = refusal(
        alone.replace("lead_volume_usd_per_day = 3e9\n", ""), "markets[0].lead_volume_usd_per_day"
    )

    assert "since lead.impact_kappa is above 0" in error.problem


LINES = len(VALID.splitlines())
LINE_OF_RETAIL = VALID.splitlines().index('name = "Retail"') + 1

UNREADABLE = {
    "syntax": (mutate("seed = 1", "seed = "), "(at line 6, column 8)"),
    "a string without an end": (mutate('"invented"', '"invented'), f"(at line {LINES}, column 30)"),
    "a key twice": (mutate("seed = 1", "seed = 1\nseed = 2"), "(at line 7, column 9)"),
    "a table twice": (VALID + "[run]\n", f"(at line {LINES + 1}, column 5)"),
    "no such day": (mutate("end = 2021-05-03", "end = 2021-02-30"), "(at line 5, column 7)"),
    "a month without a day": (
        mutate("end = 2021-05-03", "end = 2021-05"),
        "(at line 5, column 11)",
    ),
    "a very long integer": (mutate("seed = 1", f"seed = {'1' * 5_000}"), "thousands of digits"),
    "very many brackets": (mutate("seed = 1", f"seed = {'[' * 100_000}"), "brackets"),
    "very many dots": (VALID + f"[{'a.' * 5_000}a]\n", "brackets"),
    "a null character": (mutate("seed = 1", "seed = 1\0"), "(at line 6, column 9)"),
    "a sentence": ("The quoter is slow.\n", "(at line 1, column 5)"),
    "latin-1": (mutate('"Retail"', '"Händler"').encode("latin-1"), f"line {LINE_OF_RETAIL};"),
    "binary": (bytes(range(256)) * 9, "not UTF-8"),
    "utf-16": (VALID.encode("utf-16"), "not UTF-8"),
    "nothing": ("", "is empty"),
    "only a comment": ("# to be written\n", "is empty"),
    "a file that is too large": ("#" * 10_000_001, "larger than 10 MB"),
}


@pytest.mark.parametrize(("content", "shown"), UNREADABLE.values(), ids=UNREADABLE)
def test_the_error_for_a_file_without_a_readable_scenario_names_no_key(refusal, content, shown):
    error = refusal(content, "")

    assert shown in error.problem


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ("absent.toml", "does not exist"),
        ("absent/bad.toml", "does not exist"),
        ("folder.toml", "is a folder"),
        ("", "is a folder"),
        ("good.toml/bad.toml", "Not a directory"),
        (f"{'x' * 300}.toml", "too long"),
    ],
)
def test_a_path_that_does_not_lead_to_a_file_is_refused(tmp_path, place, shown):
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "good.toml").write_text(VALID)
    path = tmp_path / place

    with pytest.raises(ScenarioError) as caught:
        load(f"{tmp_path}/{place}")

    assert_helpful(caught.value, path, "")
    assert shown in caught.value.problem


def test_a_path_with_a_null_character_is_refused_in_one_line():
    with pytest.raises(ScenarioError) as caught:
        load("a\0\nb.toml")

    assert str(caught.value).startswith(r"a\x00\nb.toml can't be opened")


def test_the_error_message_has_no_line_break_even_if_a_folder_name_has_one(tmp_path):
    path = tmp_path / "a\nb" / "bad.toml"
    path.parent.mkdir()
    path.write_text('extends = "bad.toml"\n')

    with pytest.raises(ScenarioError) as caught:
        load(str(path))

    assert str(caught.value).isprintable()
    assert r"a\nb/bad.toml" in caught.value.problem


@pytest.fixture
def built_in(tmp_path, monkeypatch):
    """Create a folder with two built-in scenarios, `tiny` and `flat`.

    The file `secret.toml` is outside this folder.
    """
    folder = tmp_path / "built-in"
    folder.mkdir()
    (folder / "tiny.toml").write_text(VALID)
    (folder / "flat.toml").write_text(VALID)
    (tmp_path / "secret.toml").write_text(VALID)
    monkeypatch.setattr(scenario_files, "BUILT_IN", folder)
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("built_in")
@pytest.mark.parametrize(
    "wanted", ["", ".", "..", "absent", "TINY", "tiny ", "ti*", "tiny.toml.bak", "secret"]
)
def test_the_error_for_an_unknown_name_lists_the_built_in_scenarios(wanted):
    with pytest.raises(ScenarioError) as caught:
        load(wanted)

    assert "give one of flat, tiny, or a path" in caught.value.problem


@pytest.mark.usefixtures("built_in")
@pytest.mark.parametrize("wanted", ["../secret", "./tiny", "built-in/../tiny", "/tiny"])
def test_a_name_cannot_lead_out_of_the_folder_of_built_in_scenarios(wanted):
    with pytest.raises(ScenarioError) as caught:
        load(wanted)

    assert "does not exist" in caught.value.problem


# ---------------------------------------------------------------------- extends


@pytest.mark.parametrize(
    ("extends", "shown"),
    [
        ("7", "is 7"),
        ("[]", "is a list"),
        ('""', "not a built-in scenario"),
        ('"absent"', "not a built-in scenario"),
        ('"absent.toml"', "does not exist"),
        ('"./"', "is a folder"),
        ('"\\u0000.toml"', "can't be opened"),
        ('"bad.toml"', "leads back to"),
        ('"./bad.toml"', "leads back to"),
    ],
)
def test_an_invalid_value_of_the_key_extends_is_refused(refusal, extends, shown):
    error = refusal(f"extends = {extends}\n[run]\nseed = 2\n", "extends")

    assert shown in error.problem


@pytest.mark.parametrize(
    ("without", "key", "shown"),
    [
        ("7", "without", "is 7"),
        ('"lead"', "without", "is 'lead'"),
        ("[7]", "without[0]", "is 7"),
        ('["firms", "markets[0]"]', "without[1]", "without an index"),
        ('[""]', "without[0]", "is ''"),
        ('["lead.half"]', "without[0]", "does not have"),
        ('["run.seed", "run.seed"]', "without[1]", "does not have"),
    ],
)
def test_the_list_of_keys_to_leave_out_may_have_only_keys_of_the_base_scenario(
    refusal, without, key, shown
):
    error = refusal(f'extends = "tiny"\nwithout = {without}\n', key)

    assert shown in error.problem


def test_a_list_of_keys_to_leave_out_is_refused_in_a_scenario_that_has_no_base(refusal):
    refusal(f'without = ["firms"]\n{VALID}', "without")


def test_a_cycle_of_extensions_is_refused(tmp_path):
    for name, extends in (("a", "b"), ("b", "c"), ("c", "a")):
        (tmp_path / f"{name}.toml").write_text(f'extends = "{extends}.toml"\n')

    with pytest.raises(ScenarioError) as caught:
        load(f"{tmp_path}/a.toml")

    assert_helpful(caught.value, tmp_path / "c.toml", "extends")


def test_a_chain_of_five_extensions_is_read_and_a_chain_of_six_is_refused(tmp_path):
    (tmp_path / "0.toml").write_text(VALID)
    for n in range(1, 7):
        (tmp_path / f"{n}.toml").write_text(f'extends = "{n - 1}.toml"\n')

    assert load(f"{tmp_path}/5.toml").run.seed == 1
    with pytest.raises(ScenarioError) as caught:
        load(f"{tmp_path}/6.toml")
    assert_helpful(caught.value, tmp_path / "1.toml", "extends")


def test_an_error_names_the_file_that_contains_the_error(tmp_path):
    base, extension = tmp_path / "base.toml", tmp_path / "extension.toml"
    base.write_text(mutate("latency_s = 2.0", "latency_s = -1"))
    extension.write_text('extends = "base.toml"\n[run]\nseed = 2\n')

    with pytest.raises(ScenarioError) as caught:
        load(str(extension))
    assert_helpful(caught.value, base, "markets[0].quoter.latency_s")

    base.write_text(VALID)
    extension.write_text('extends = "base.toml"\n[run]\nseed = -2\n')
    with pytest.raises(ScenarioError) as caught:
        load(str(extension))
    assert_helpful(caught.value, extension, "run.seed")


def test_the_error_for_a_base_that_is_not_toml_names_both_files(tmp_path):
    (tmp_path / "base.toml").write_text("seed = \n")
    (tmp_path / "extension.toml").write_text('extends = "base.toml"\n')

    with pytest.raises(ScenarioError) as caught:
        load(f"{tmp_path}/extension.toml")

    assert_helpful(caught.value, tmp_path / "extension.toml", "extends")
    assert "base.toml is not TOML: Invalid value (at line 1, column 8)" in caught.value.problem


@pytest.mark.parametrize(
    ("overrides", "key"),
    [
        ({"run": {"seed": -1}}, "run.seed"),
        ({"run": {"seed": None}}, "run.seed"),
        ({"run": {"seeds": 3}}, "run.seeds"),
        ({"run": 3}, "run"),
        ({"firms": {"members": [{}]}}, "firms.members[0].name"),
        ({"extends": "tiny"}, "extends"),
    ],
)
def test_an_override_is_checked_like_a_value_in_the_file(tmp_path, overrides, key):
    path = tmp_path / "good.toml"
    path.write_text(VALID)

    with pytest.raises(ScenarioError) as caught:
        load(str(path), overrides)

    assert_helpful(caught.value, path, key)


# --------------------------------------------------------------- many errors at once


def test_the_first_error_is_reported_and_the_other_errors_are_counted(refusal):
    broken = mutate("seed = 1", "seed = -1").replace("holders = 1000", "holders = -1")
    broken = broken.replace("latency_s = 2.0", "latency_s = -1")

    error = refusal(broken, "run.seed")

    assert error.problem.endswith(" (and 2 more)")


def test_a_misspelt_key_is_reported_before_a_missing_key(refusal):
    broken = mutate("holders = 1000", "holder = 1000").replace("\nstart = ", "\nstrat = ")

    error = refusal(broken, "run.strat")

    assert error.problem.endswith(" (and 3 more)")


def test_a_hundred_thousand_errors_in_a_list_are_counted(refusal):
    error = refusal(mutate(ANCHOR_2, "{}, " * 50_000), f"{PRICE}.anchors[1].at")

    assert error.problem.endswith(" (and 99999 more)")


# --------------------------------------------------------------------- everywhere


PARSED = tomllib.loads(VALID)
FIGURES = [place for place in places(PARSED) if isinstance(value_at(PARSED, place), int | float)]


@pytest.mark.parametrize("place", FIGURES, ids=written)
def test_a_figure_must_be_a_finite_number_that_is_not_extremely_large(refusal, place):
    for absurd in (math.nan, math.inf, -math.inf, 1e300, -1e300, 10**400, -(10**400), "1", [], {}):
        refusal(tomli_w.dumps(replaced(PARSED, place, absurd)), written(place))


words = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
figures = (
    st.booleans()
    | st.integers()
    | st.integers(-(10**30), 10**30).map(lambda n: n**50)
    | st.floats()
    | st.dates()
    | st.datetimes()
    | st.times()
    | words
    | st.sampled_from([date(2021, 5, 2), datetime(2021, 5, 2), time(), "all", "FTX", 0, 1, 300])
)
values = st.recursive(
    figures,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=5,
)


@st.composite
def mutations(draw):
    """Draw a valid scenario, and make one to three random changes.

    Each change replaces a value, deletes a value or adds a key.
    """
    data = copy.deepcopy(draw(st.sampled_from((PARSED, EVERYTHING))))
    for _ in range(draw(st.integers(1, 3))):
        everywhere = list(places(data))
        if not everywhere:
            break
        place = draw(st.sampled_from(everywhere))
        inner = value_at(data, place[:-1])
        match draw(st.sampled_from(("change", "delete", "add"))):
            case "delete":
                del inner[place[-1]]
            case "add" if isinstance(inner, dict):
                inner[draw(words)] = draw(values)
            case _:
                inner[place[-1]] = draw(values)
    return data


@settings(deadline=None)  # the first error takes longer, because it builds the schema
@given(data=mutations())
def test_a_scenario_with_changed_keys_is_read_or_the_error_has_one_line(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "mutated.toml"
    path.write_text(tomli_w.dumps(data), "utf-8")
    try:
        scenario = load(str(path))
    except ScenarioError as error:
        assert_helpful(error, path, error.key)
    else:
        path.write_text(dump(scenario), "utf-8")
        assert load(str(path)) == scenario


@settings(deadline=None)
@given(
    start=st.integers(0, len(VALID)),
    length=st.integers(0, 40),
    new=st.text(st.sampled_from('"[]{}=.,#\n\\ -0123456789einfaT:_') | st.characters(), max_size=6),
)
def test_a_garbled_scenario_is_read_or_the_error_has_one_line(tmp_path_factory, start, length, new):
    path = tmp_path_factory.getbasetemp() / "garbled.toml"
    garbled = VALID[:start] + new + VALID[start + length :]
    path.write_bytes(garbled.encode("utf-8", "surrogatepass"))
    try:
        load(str(path))
    except ScenarioError as error:
        assert_helpful(error, path, error.key)
