"""A scenario is loaded by name or path, may extend other scenarios, and is saved completely."""

import ast
import re
import tomllib
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from beancount.parser import parser
from hypothesis import given, settings
from hypothesis import strategies as st

import des.scenario
from des.scenario import Scenario
from des.world import World
from runs import scenario_files
from runs.scenario_files import OTHER_TOPICS, TOPICS, ScenarioError, built_ins, grouped
from runs.scenarios import dump, load, name

FULL = """\
question = "What is in a file?"
run = { start = 2021-04-30, end = 2021-05-03, seed = 7, settle_s = 60, day_ledgers = "all" }

[house]
name = "FTX"
opening_cash_usd = 1_000_000.25
gateway_ms_median = 150
gateway_ms_median_busy = 700
fee_tiers = [{ volume_usd = 0, taker_bps = 7 }, { volume_usd = 2e6, taker_bps = 4 }]
volume_share_pct_recorded = [5, 8]

[lead]
name = "Binance"
gateway_ms = 7.5
half_spread_bps = 0.5
taker_fee_bps = 4
margin_ratio_min = 0.1
margin_ratio_target = 0.2
outside_claim_usd = 1e9

[maker]
name = "Alameda"
opening_cash_usd = 1e7
house_deposit_usd = 4e6
lead_deposit_usd = 4e6
credit_line_usd = 1e8
credit_tranche_usd = 1e6
hedge_delay_ms = 50

[retail]
name = "Retail"
holders = 1000
opening_claim_usd = 1e8
opening_cash_usd = 2e8
deposits_per_day = 10
deposit_usd_mean = 1_000
withdrawals_per_day = 10
withdrawal_usd_mean = 1_000
fee_bps = 2

[demand]
closure = "recorded"

[other_makers]
name = "Makers"
opening_claim_usd = 3e8

[[firms.members]]
name = "Firm01"
reaction_ms = 5
hurdle_bps = 1
capital_usd = 1e6
order_share = 0.1

[[markets]]
name = "BTC-PERP"
lot = "0.01"
tick_usd = "1"
order_usd_mean = 1_000
volume = [{ month = "2021-04", usd = 9e10 }, { month = "2021-05", usd = 1e11 }]

[markets.price]
volatility = [{ since = 2021-04-01, annual = 0.7 }, { since = 2021-05-02, annual = 1.1 }]
anchors = [
    { at = 2021-04-30, price_usd = 57_800 },
    { at = 2021-05-01T12:00:00, price_usd = 57_700.5 },
    { at = 2021-05-02T14:00:00+02:00, price_usd = 57_600 },
    { at = 2021-05-03T00:00:00Z, price_usd = 57_200 },
]

[markets.quoter]
latency_s = 2
half_spread_bps = 2.5
position_limit_usd = 1.5e6
displayed_usd = 1e5

[markets.others]
half_spread_bps = 2
displayed_usd = 1e6
latency_s = 0.05
calm_volatility = 0.7

[sources]
"house.fee_tiers" = "the house's page"
"markets[0].volume" = "the house's figures"
"markets[0].price.volatility[1].annual" = "a guess"
"run.seed" = "a die"
"""

POPULATION = """\
[[firms.classes]]
category = "mid-tier"
trading = 10
waiting = 6
reaction_ms_median = 40
reaction_log_sd = 0.7
capital_usd_median = 15_000_000
capital_log_sd = 0.6
hurdle_bps = 0.5
order_share = 0.02
volume_30d_share = 3

[[firms.classes]]
category = "larp"
trading = 8
reaction_ms_median = 500
capital_usd_median = 4_000_000
hurdle_bps = 1.5
order_share = 0.02
lead_quotes_share = 0.01

[firms.capital]
half_life_days = 14
withdrawn_share = 0.2
shift_per_bp = 0.002
shift_max = 0.02
entry_per_day = 0.002
entry_per_bp = 0.001
closes_below = 0.3
patience_days = 21

[lead.quoting]
refresh_s = 10
half_spread_bps = 0.5
uninformed_fraction = 0.3
outside_quotes_usd = 5_000_000

"""
QUOTED_THERE = 'quoter_off = 2021-05-02\nlead_quotes_usd = 100_000\npolicy = "independent"\n\n'
POPULATED = (
    FULL.replace("[retail]", f"{QUOTED_THERE}[retail]")
    .replace("[[markets]]\n", "[[markets]]\nlead_volume_usd_per_day = 3_500_000_000\n")
    .replace("[sources]", f"{POPULATION}[sources]")
)

ANCHORED = FULL[FULL.index("volatility = ") : FULL.index("[markets.quoter]")]
ON_CANDLES = FULL.replace(ANCHORED, 'candles = "btc.csv"\nticks_per_s = 2\n\n').replace(
    "price.volatility[1].annual", "price.candles"
)


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a file in the test's folder and returns its path."""

    def written(place, text):
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return str(path)

    return written


# ------------------------------------------------------------------ name and path


@pytest.mark.parametrize("built_in", built_ins())
def test_every_built_in_scenario_can_be_loaded_by_its_name(built_in):
    assert name(built_in) == built_in
    assert load(built_in) == load(str(built_ins()[built_in]))


def test_a_former_name_of_a_scenario_works_but_is_not_listed(write):
    assert load("marks") == load("trading-firms")
    assert load(write("mine.toml", 'extends = "marks"')).firms == load("trading-firms").firms
    assert "marks" not in built_ins()


def test_a_name_loads_a_built_in_scenario_and_a_path_loads_a_file(write, tmp_path, monkeypatch):
    write("built-in/tiny.toml", FULL.replace("seed = 7", "seed = 1"))
    write("tiny.toml", FULL.replace("seed = 7", "seed = 2"))
    monkeypatch.setattr(scenario_files, "BUILT_IN", tmp_path / "built-in")
    monkeypatch.chdir(tmp_path)

    assert load("tiny").run.seed == 1
    assert load("tiny.toml").run.seed == load("./tiny.toml").run.seed == 2
    assert load("built-in/tiny.toml").run.seed == 1


def test_a_scenario_file_may_have_any_name_and_may_begin_with_a_byte_order_mark(write):
    bare = load(write("plain.toml", FULL))

    assert load(write("named otherwise", "\ufeff" + FULL)) == bare


@pytest.mark.parametrize(
    ("source", "short"),
    [
        ("may-2021", "may-2021"),
        ("runs/out/May 2021.toml", "may-2021"),
        ("../../etc/passwd", "passwd"),
        ("run.v2.toml", "run-v2"),
        ("Überlauf.toml", "berlauf"),
        ("..", "scenario"),
        ("日本.toml", "scenario"),
        (f"{'x' * 200}.toml", "x" * 60),
    ],
)
def test_the_name_of_a_run_is_derived_from_the_name_or_path_of_its_scenario(source, short):
    assert name(source) == short


@given(st.text())
def test_the_name_of_a_run_is_always_a_valid_folder_name(source):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name(source))
    assert len(name(source)) <= 60


# ---------------------------------------------------------------------- extends


def test_an_extension_changes_single_keys_in_tables_of_its_base_but_replaces_whole_lists(write):
    write("base.toml", FULL)

    scenario = load(
        write(
            "faster.toml",
            'extends = "base.toml"\nquestion = "And with one rival?"\n'
            '[[firms.members]]\nname = "Alone"\nreaction_ms = 1\nhurdle_bps = 0\n'
            "capital_usd = 1_000\norder_share = 0.1\n[maker]\nhedge_delay_ms = 5\n",
        )
    )

    base = load(write("base.toml", FULL))
    assert scenario.question == "And with one rival?"
    assert [firm.name for firm in scenario.firms.members] == ["Alone"]
    assert scenario.maker == base.maker.model_copy(update={"hedge_delay_ms": 5.0})
    assert (scenario.house, scenario.markets) == (base.house, base.markets)


def test_a_scenario_may_have_classes_of_firms_but_no_named_firms(write):
    write("base.toml", POPULATED)

    firms = load(write("drawn.toml", 'extends = "base.toml"\n[firms]\nmembers = []\n')).firms

    assert firms.count == 24
    assert firms.drawn_names[0] == "Firm01"
    assert firms.drawn_names[-1] == "Firm24"


def test_the_numbers_of_drawn_firms_continue_after_the_named_firms(write):
    """So no two entities have the same name."""
    scenario = load(write("base.toml", POPULATED))

    assert scenario.firms.drawn_names[0] == "Firm02"
    everybody = list(scenario.entities())
    assert len(everybody) == len(set(everybody)) == 5 + 1 + 24


def test_a_scenario_whose_only_class_of_firms_is_empty_has_no_firms(write):
    write("base.toml", POPULATED)
    (each,) = tomllib.loads(POPULATED)["firms"]["classes"][1:]
    nobody = {"members": [], "classes": [each | {"trading": 0}]}

    alone = load(write("alone.toml", 'extends = "base.toml"\n'), {"firms": nobody})

    assert alone.firms.count == 0


def test_an_extension_can_change_one_capital_rule_but_replaces_all_classes_of_firms(write):
    write("base.toml", POPULATED)
    scenario = load(
        write(
            "impatient.toml",
            'extends = "base.toml"\n[firms]\ncapital = { patience_days = 1 }\nclasses = []\n'
            "[lead]\nquoting = { refresh_s = 1.5 }\n[maker]\nlead_quotes_usd = 7\n",
        )
    )

    base = load(write("base.toml", POPULATED))
    assert scenario.firms.classes == ()
    assert scenario.firms.capital == base.firms.capital.model_copy(update={"patience_days": 1})
    assert scenario.lead.quoting == base.lead.quoting.model_copy(update={"refresh_s": 1.5})
    assert (scenario.maker.policy, scenario.maker.lead_quotes_usd) == ("independent", 7)


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("[firms.capital]\npatience_days = 0", "firms.capital.patience_days"),
        ("[firms.capital]\npatience = 1", "firms.capital.patience"),
        ("[lead.quoting]\nrefresh_s = 0", "lead.quoting.refresh_s"),
        ('[maker]\npolicy = "other"', "maker.policy"),
    ],
)
def test_an_error_in_an_extension_is_reported_with_its_file_and_key(write, table, key):
    """The base has the table of the key, so the extension states only the wrong key."""
    write("base.toml", POPULATED)
    path = write("own.toml", f'extends = "base.toml"\n{table}\n')

    with pytest.raises(ScenarioError) as refused:
        load(path)

    assert (refused.value.path, refused.value.key) == (path, key)


def test_the_last_of_several_extensions_has_priority(write):
    write("base.toml", FULL)
    write("a.toml", 'extends = "base.toml"\n[run]\nseed = 1\nsettle_s = 30\n')

    run = load(write("b.toml", 'extends = "a.toml"\n[run]\nseed = 2\n')).run

    assert (run.seed, run.settle_s, run.start) == (2, 30, date(2021, 4, 30))


def test_the_path_of_a_base_is_relative_to_the_file_that_names_it(write, tmp_path, monkeypatch):
    write("here/base.toml", FULL)
    write("here/middle.toml", 'extends = "base.toml"\n[run]\nseed = 2\n')
    path = write("there/top.toml", 'extends = "../here/middle.toml"\n')
    monkeypatch.chdir(tmp_path)

    assert load(path).run.seed == 2
    assert load("there/top.toml").run.seed == 2


def test_a_file_in_any_folder_may_extend_a_built_in_scenario(write, tmp_path, monkeypatch):
    write("built-in/tiny.toml", FULL)
    monkeypatch.setattr(scenario_files, "BUILT_IN", tmp_path / "built-in")

    assert load(write("mine/tiny.toml", 'extends = "tiny"\n[run]\nseed = 3\n')).run.seed == 3


def test_overrides_have_priority_over_all_files(write):
    write("base.toml", FULL)
    path = write("a.toml", 'extends = "base.toml"\n[run]\nseed = 1\n')

    scenario = load(path, {"run": {"seed": 3, "day_ledgers": [date(2021, 5, 1)]}})

    assert scenario.run.seed == 3
    assert scenario.run.day_ledgers == (date(2021, 5, 1),)
    assert load(path).run.seed == 1


def test_an_override_removes_only_the_sources_of_the_figures_that_it_replaces(write):
    path = write("base.toml", FULL)
    sources = {
        "house.fee_tiers": "the house's page",
        "markets[0].volume": "the house's figures",
        "markets[0].price.volatility[1].annual": "a guess",
        "run.seed": "a die",
    }
    assert load(path).sources == sources

    assert load(path, {"run": {"settle_s": 30}}).sources == sources
    del sources["run.seed"]
    assert load(path, {"run": {"seed": 3}}).sources == sources

    own = write("own.toml", 'extends = "base.toml"\nmarkets = []\n[sources]\n"run.seed" = "mine"\n')
    markets = tomllib.loads(FULL)["markets"]
    assert load(own, {"markets": markets}).sources == {
        "house.fee_tiers": "the house's page",
        "run.seed": "mine",
    }


def test_a_scenario_may_remove_keys_of_its_base_with_their_sources_and_state_the_keys_again(write):
    write("base.toml", FULL.replace("[sources]", '[sources]\n"house.fee_tiers[0]" = "a page"'))
    top = 'extends = "base.toml"\nwithout = ["house.fee_tiers", "run.seed"]\n'
    fees = "[house]\nfee_tiers = [{ volume_usd = 0, taker_bps = 1.0 }]\n"

    left = load(write("own.toml", top + fees))

    assert [tier.taker_bps for tier in left.house.fee_tiers] == [1.0]
    assert (load(write("same.toml", 'extends = "base.toml"\n')).run.seed, left.run.seed) == (7, 1)
    assert set(left.sources) == {"markets[0].volume", "markets[0].price.volatility[1].annual"}


# ---------------------------------------------------------------------- candles


def candles(start, days, hours=24):
    opens = [start + timedelta(hours=hours * i) for i in range(days * 24 // hours)]
    rows = (f"{at.isoformat()},57000,58000,56000,{57_000 + i}" for i, at in enumerate(opens))
    return "\n".join(("date,open,high,low,close", *rows)) + "\n"


def test_candles_become_anchors_and_volatility(write):
    write("btc.csv", candles(datetime(2021, 4, 30), 3))

    price = load(write("on-candles.toml", ON_CANDLES)).markets[0].price

    assert price.candles is None
    assert price.ticks_per_s == 2
    assert [(anchor.at, anchor.price_usd) for anchor in price.anchors] == [
        (datetime(2021, 4, 30, tzinfo=UTC), 57_000),
        (datetime(2021, 5, 1, tzinfo=UTC), 57_000),
        (datetime(2021, 5, 2, tzinfo=UTC), 57_001),
        (datetime(2021, 5, 3, tzinfo=UTC), 57_002),
    ]
    assert [level.since for level in price.volatility] == [
        date(2021, 4, 30),
        date(2021, 5, 1),
        date(2021, 5, 2),
    ]


def test_only_anchors_and_volatility_that_affect_the_run_are_taken_from_candles(write):
    write("btc.csv", candles(datetime(2021, 4, 1, 7), 60, hours=8))

    price = load(write("on-candles.toml", ON_CANDLES)).markets[0].price

    # Anchors are kept from the last anchor before the start to the first anchor after the end.
    assert price.anchors[0].at == datetime(2021, 4, 29, 23, tzinfo=UTC)
    assert price.anchors[-1].at == datetime(2021, 5, 3, 7, tzinfo=UTC)
    assert len(price.anchors) == 11
    assert price.volatility[0].since == date(2021, 4, 30)
    assert price.volatility[-1].since == date(2021, 5, 3)


def test_anchors_and_volatility_from_candles_have_the_source_of_the_candles(write):
    write("btc.csv", candles(datetime(2021, 4, 30), 3))

    sources = load(write("on-candles.toml", ON_CANDLES)).sources

    assert "markets[0].price.candles" not in sources
    assert sources["markets[0].price.anchors"] == "a guess"
    assert sources["markets[0].price.volatility"] == "a guess"


def test_the_path_of_candles_is_relative_to_the_file_that_names_them(write):
    write("data/btc.csv", candles(datetime(2021, 4, 30), 3))
    write("data/base.toml", ON_CANDLES)

    scenario = load(write("mine.toml", 'extends = "data/base.toml"\n[run]\nseed = 3\n'))

    assert len(scenario.markets[0].price.anchors) == 4


@pytest.mark.parametrize(
    ("start", "days"),
    [(datetime(2021, 4, 30, 1), 9), (datetime(2021, 4, 28), 4), (datetime(2021, 6, 1), 30)],
    ids=["late", "short", "elsewhere"],
)
def test_candles_that_do_not_cover_the_run_are_refused(write, start, days):
    csv = write("btc.csv", candles(start, days))
    path = write("on-candles.toml", ON_CANDLES)

    with pytest.raises(ScenarioError) as caught:
        load(path)

    assert (caught.value.path, caught.value.key) == (path, "markets[0].price.candles")
    assert f"{csv}: goes from {start:%Y-%m-%d %H:%M} to" in caught.value.problem


def test_an_implausible_candle_is_reported_with_its_line(write):
    rows = candles(datetime(2021, 4, 30), 3).splitlines()
    csv = write("btc.csv", "\n".join([*rows[:2], rows[2].replace("56000", "59000")]))
    write("base.toml", ON_CANDLES)

    with pytest.raises(ScenarioError) as caught:
        load(write("mine.toml", 'extends = "base.toml"\n'))

    assert caught.value.path.endswith("base.toml")
    assert caught.value.key == "markets[0].price.candles"
    assert f"{csv}, line 3: " in caught.value.problem
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("candle_path", "shown"),
    [
        ("absent.csv", "/absent.csv: "),
        (".", "cannot be used: "),
        ("a\\u0000", r"'a\x00'"),
        ("", "''"),
    ],
)
def test_a_path_of_candles_that_is_not_the_path_of_a_file_is_refused(write, candle_path, shown):
    path = write("bad.toml", ON_CANDLES.replace("btc.csv", candle_path))

    with pytest.raises(ScenarioError) as caught:
        load(path)

    assert caught.value.key == "markets[0].price.candles"
    assert shown in caught.value.problem


def test_the_recognised_format_of_candles_is_kept_in_the_scenario(write):
    rows = candles(datetime(2021, 4, 30), 4).splitlines()
    write("btc.csv", "\n".join(line for line in rows if "05-01" not in line).replace(",", ";"))

    price = load(write("on-candles.toml", ON_CANDLES)).markets[0].price

    assert price.candles_read == (
        "columns are separated by semicolons; gaps bridged: 1, 24 h in all, the longest 24 h"
    )
    as_run = write("as-run.toml", dump(load(write("on-candles.toml", ON_CANDLES))))
    assert load(as_run).markets[0].price == price


def test_a_market_with_both_candles_and_anchors_is_refused(write):
    write("btc.csv", candles(datetime(2021, 4, 30), 3))
    path = write("bad.toml", FULL.replace("anchors = [", 'candles = "btc.csv"\nanchors = ['))

    with pytest.raises(ScenarioError) as caught:
        load(path)

    assert caught.value.key == "markets[0].price.candles"


def test_candles_with_prices_below_the_tick_of_the_market_are_refused(write):
    write("btc.csv", candles(datetime(2021, 4, 30), 3))
    path = write("bad.toml", ON_CANDLES.replace('tick_usd = "1"', 'tick_usd = "100000"'))

    with pytest.raises(ScenarioError) as caught:
        load(path)

    assert (caught.value.path, caught.value.key) == (str(path), "markets[0].tick_usd")


# ------------------------------------------------------------------------- dump


def test_a_saved_scenario_is_unchanged_after_it_is_read_and_saved_again(write):
    write("btc.csv", candles(datetime(2021, 4, 30), 3))
    for text in (FULL, ON_CANDLES, POPULATED):
        scenario = load(write("given.toml", text))
        as_run = dump(scenario)

        again = load(write("elsewhere/as-run.toml", as_run))

        assert again == scenario
        assert dump(again) == as_run


def test_a_saved_scenario_states_the_default_values_and_names_no_base(write):
    write("base.toml", FULL)
    scenario = load(write("mine.toml", 'extends = "base.toml"\n[run]\nseed = 3\n'))

    as_run = tomllib.loads(dump(scenario))

    assert "extends" not in as_run
    assert as_run["run"]["seed"] == 3
    assert as_run["run"]["start"] == date(2021, 4, 30)
    assert as_run["firms"]["active"] is True
    assert as_run["markets"][0]["price"]["ticks_per_s"] == 1.0
    assert "refresh_s" not in as_run["markets"][0]["quoter"]
    assert as_run["markets"][0]["price"]["anchors"][1]["at"] == datetime(2021, 5, 1, 12)


def test_a_saved_scenario_leaves_out_optional_keys_that_are_not_given_and_have_no_default(write):
    bare = tomllib.loads(dump(load(write("bare.toml", FULL))))
    full = tomllib.loads(dump(load(write("full.toml", POPULATED))))

    for table, keys in (
        ("firms", {"capital"}),
        ("lead", {"quoting"}),
        ("maker", {"policy", "quoter_off"}),
    ):
        assert full[table].keys() - bare[table].keys() == keys
    assert bare["firms"]["classes"] == []
    assert full["firms"]["classes"][1]["waiting"] == 0
    assert full["maker"]["quoter_off"] == date(2021, 5, 2)


@settings(deadline=None)
@given(
    question=st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=500),
    source=st.text(),
    seed=st.integers(0, 2**32 - 1),
    cash_usd=st.floats(8e6, 1e12),
    latency_s=st.floats(0, 600),
)
def test_texts_and_figures_are_unchanged_after_they_are_written_and_read(
    tmp_path_factory, question, source, seed, cash_usd, latency_s
):
    path = tmp_path_factory.getbasetemp() / "as-run.toml"
    path.write_text(FULL)
    quoter = {
        "latency_s": latency_s,
        "refresh_s": 0,
        "half_spread_bps": 1,
        "position_limit_usd": 1e6,
        "displayed_usd": 1e5,
    }
    market = tomllib.loads(FULL)["markets"][0] | {"quoter": quoter}
    scenario = load(
        str(path),
        {
            "question": question,
            "run": {"seed": seed},
            "maker": {"opening_cash_usd": cash_usd},
            "markets": [market],
            "sources": {"run.seed": source},
        },
    )

    path.write_text(dump(scenario), "utf-8", newline="")

    again = load(str(path))
    assert again == scenario
    assert again.maker.opening_cash_usd == cash_usd
    assert again.markets[0].quoter.latency_s == latency_s
    assert (again.question, again.sources["run.seed"]) == (question, source)


# ----------------------------------------------------------------------- schema


def leaves(schema, defs):
    """Yield the schema of every single value, at any depth."""
    if "$ref" in schema:
        schema = defs[schema["$ref"].split("/")[-1]]
    for inner in (*schema.get("properties", {}).values(), *schema.get("anyOf", ())):
        yield from leaves(inner, defs)
    for key in ("items", "additionalProperties"):
        if schema.get(key):
            yield from leaves(schema[key], defs)
    if schema.get("type") in ("number", "integer", "string"):
        yield schema


def test_each_number_has_a_range_and_each_text_has_a_description_or_a_format_or_allowed_values():
    """Error messages need this information to say how a value must be corrected."""
    schema = Scenario.model_json_schema()
    said = list(leaves(schema, schema["$defs"]))

    assert len(said) > 60
    for leaf in said:
        if leaf["type"] == "string":
            assert leaf.keys() & {"description", "format", "enum", "const"}, leaf
        else:
            assert leaf.keys() & {"minimum", "exclusiveMinimum"}, leaf
            assert "maximum" in leaf


def test_every_check_of_several_keys_raises_an_error_that_names_a_key():
    """The message of a plain ValueError would name only the table and no key."""
    package = Path(des.scenario.__file__).parent
    raised = Counter(
        ast.unparse(node.exc.func)
        for module in package.glob("*.py")
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.Raise)
    )

    # If the value of a single key is wrong, pydantic itself names the key.
    assert raised.keys() == {"ContradictionError", "PydanticCustomError"}
    assert raised["ContradictionError"] > 20


def names_of(part):
    """Return a strategy that draws names that the schema allows.

    The end of a text is written \\z in pydantic's patterns and \\Z in Python's patterns.
    """
    schema = Scenario.model_json_schema()["$defs"][part]["properties"]["name"]
    pattern = re.compile(schema["pattern"].replace(r"\z", r"\Z"), re.ASCII)
    return st.from_regex(pattern).filter(lambda drawn: len(drawn) <= schema["maxLength"])


def spoken(account, commodity):
    """Return account and commodities of an `open` directive, or nothing if Beancount refuses it."""
    entries, errors, _ = parser.parse_string(f"2021-05-01 open {account} {commodity}\n")
    return [] if errors else [(entry.account, entry.currencies) for entry in entries]


@given(entity=names_of("Firm"), venue=names_of("House"), market=names_of("Market"))
def test_every_name_that_the_schema_allows_is_valid_in_accounts_and_commodities(
    entity, venue, market
):
    account, commodity = f"Assets:{entity}:Contracts:{venue}", f"{market}.{venue.upper()}"

    assert spoken(account, commodity) == [(account, [commodity])]


def test_beancount_accepts_no_commodity_that_ends_in_a_dash():
    """The commodity of a contract ends in its venue's name, so this name may not end in a dash."""
    assert spoken("Assets:A:Contracts:FTX-", "BTC-PERP.FTX") != []
    assert spoken("Assets:A:Contracts:FTX-", "BTC-PERP.FTX-") == []


def test_a_run_is_refused_if_it_has_more_than_ten_billion_price_ticks(write):
    market = tomllib.loads(FULL)["markets"][0]
    market["price"]["ticks_per_s"] = 1_000
    market["volume"] = [
        {"month": f"{year}-{month:02}", "usd": 1e9}
        for year in (2021, 2022)
        for month in range(1, 13)
    ]
    path = write("long.toml", FULL)

    for days, is_read in ((115, True), (116, False)):  # 86.4 million ticks a day
        run = {"end": date(2021, 4, 30) + timedelta(days=days)}
        if is_read:
            assert load(path, {"run": run, "markets": [market]}).run.end == run["end"]
        else:
            with pytest.raises(ScenarioError) as caught:
                load(path, {"run": run, "markets": [market]})
            assert caught.value.key == "run.end"


# ---------------------------------------------------------------- extreme values


TINY = tomllib.loads(dump(load("tiny")))
(BTC,) = TINY["markets"]
MAY = BTC["demand"][0]
QUOTED = {
    "lead": {"quoting": tomllib.loads(POPULATED)["lead"]["quoting"]},
    "markets": [
        BTC | {"lead_volume_usd_per_day": 1e9, "demand": [MAY, MAY | {"month": "2022-06"}]}
    ],
    # The run is the last day of a month, so the notes at the end of a month are written too.
    "run": {"start": date(2022, 5, 31), "end": date(2022, 6, 1), "day_ledgers": []},
}
# A day longer: the maker reviews its policy at the beginning of June.
REVIEWED = {"run": {"start": date(2022, 5, 31), "end": date(2022, 6, 2), "day_ledgers": []}}
EACH = {
    "category": "pro",
    "trading": 2,
    "waiting": 1,
    "reaction_ms_median": 5.0,
    "capital_usd_median": 500_000.0,
    "hurdle_bps": 0.5,
    "order_share": 0.02,
    "lead_quotes_share": 0.01,
}
RULES = tomllib.loads(POPULATED)["firms"]["capital"] | {"patience_days": 1}


def crowd(rules=RULES, **changes):
    return {"firms": {"members": [], "classes": [EACH | changes], "capital": rules}}


IN_RANGE = {
    "all firms wait": crowd(trading=0),
    "quotes without margin": crowd(lead_share=0.0),
    "almost no margin": crowd(lead_share=1e-12),
    "all capital is margin": crowd(lead_share=1.0),
    "a cent of capital": crowd(capital_usd_median=0.01, capital_log_sd=3.0),
    "a trillion of capital": crowd(
        capital_usd_median=1e12, capital_log_sd=3.0, volume_30d_share=1_000.0, lead_quotes_share=1.0
    ),
    "the longest reaction time": crowd(reaction_ms_median=60_000.0, reaction_log_sd=3.0),
    "no reaction time": crowd(reaction_ms_median=0.0, reaction_log_sd=3.0),
    "orders below a cent": crowd(order_share=1e-300),
    "orders of the whole capital": crowd(order_share=1.0, leverage_max=1.0),
    "every capital rule at its minimum": crowd(
        dict.fromkeys(RULES, 0.0) | {"half_life_days": 1.0, "patience_days": 1}
    ),
    "every capital rule except patience_days at its maximum": crowd(
        dict.fromkeys(RULES, 1.0) | {"half_life_days": 365.0, "patience_days": 1}
    ),
    "the maker stops its quotes before the run": crowd() | {"maker": {"quoter_off": date(1, 1, 1)}},
    "the maker stops its quotes after the run": crowd()
    | {"maker": {"quoter_off": date(9999, 12, 31)}},
    "captive": crowd() | REVIEWED | {"maker": {"policy": "captive", "lead_quotes_usd": 0.01}},
    "independent": crowd()
    | REVIEWED
    | {"maker": {"policy": "independent", "lead_quotes_usd": 1e12}},
}


@pytest.mark.parametrize("tables", IN_RANGE.values(), ids=IN_RANGE)
def test_a_world_can_be_simulated_with_extreme_values_of_firms_and_policies(tables, tmp_path):
    """At midnight the simulation compares its state with its books, and fails if they differ."""
    scenario = load("tiny", QUOTED | tables)

    World(scenario, tmp_path).run(on_day=lambda: None)

    assert (tmp_path / "main.beancount").exists()


def test_the_day_on_which_the_maker_stops_quoting_may_be_before_or_after_the_run(tmp_path):
    for off, events in (("0001-01-01", ["on", "off"]), ("9999-12-31", ["on"])):
        folder = tmp_path / off
        folder.mkdir()
        off_at = {"maker": {"quoter_off": date.fromisoformat(off)}}
        World(load("tiny", QUOTED | off_at), folder).run(on_day=lambda: None)

        text = (folder / "2022-05.beancount").read_text("utf-8")
        assert re.findall(r'event "Alameda:quoter" "(\w+)"', text) == events


def test_each_built_in_scenario_has_one_topic_and_topics_name_only_built_in_scenarios():
    found = grouped(list(built_ins()))

    assert sorted(name for group in found.values() for name in group) == list(built_ins())
    assert {topic: tuple(found[topic]) for topic in TOPICS} == dict(TOPICS)
    assert next(iter(found.values()))[0] == "first-hole"
    assert found[OTHER_TOPICS]
