"""A setting (`--set KEY=VALUE`) changes the value of one key of a scenario."""

import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runs.execute import default_folder
from runs.scenario_files import ScenarioError
from runs.scenario_settings import read_settings, read_value, setting_text
from runs.scenarios import dump, load


def test_a_setting_changes_only_the_value_of_its_key():
    changed = load("tiny", {}, {"markets[0].quoter.latency_s": 0.5, "maker.credit_line_usd": 0})

    text = dump(load("tiny"))
    text = text.replace("latency_s = 2.0\n", "latency_s = 0.5\n")
    assert dump(changed) == text.replace("credit_line_usd = 10000000.0", "credit_line_usd = 0.0")


def test_a_setting_creates_its_table_if_the_scenario_lacks_this_table():
    assert load("tiny", {}, {"group.house_cost_share": 0.25}).group.house_cost_share == 0.25


def test_a_setting_removes_only_the_source_of_its_figure():
    before, after = load("may-2021"), load("may-2021", {}, {"lead.taker_fee_bps": 3.0})

    assert before.sources.keys() - after.sources.keys() == {"lead.taker_fee_bps"}


def test_a_setting_of_candles_replaces_anchors_and_volatility(tmp_path):
    rows = [
        f"2021-{month}-{day:02},50000,51000,49000,50500"
        for month in ("05", "06")
        for day in range(1, 31)
    ]
    (tmp_path / "btc.csv").write_text("\n".join(["date,open,high,low,close", *rows]))
    place = "markets[0].price.candles"

    scenario = load("may-2021", {}, {place: str(tmp_path / "btc.csv")})

    price = scenario.markets[0].price
    assert {anchor.price_usd for anchor in price.anchors} == {50_000, 50_500}
    assert price.volatility != load("may-2021").markets[0].price.volatility
    assert not [key for key in scenario.sources if "markets[0].price.anchors" in key]
    assert scenario.markets[1].price == load("may-2021").markets[1].price
    with pytest.raises(ScenarioError, match="is given with anchors"):
        load(
            "may-2021",
            {},
            {place: "btc.csv", "markets[0].price.volatility": ()}
            | {"markets[0].price.anchors": ({"at": datetime.date(2021, 5, 1), "price_usd": 1.0},)},
        )


def test_a_setting_has_priority_over_an_override():
    assert load("tiny", {"run": {"seed": 2}}, {"run.seed": 3}).run.seed == 3


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("0.5", 0.5),
        ("1_000", 1_000),
        ("true", True),
        ("2022-05-10", datetime.date(2022, 5, 10)),
        ('"2022-05"', "2022-05"),
        ("captive", "captive"),
        ("[1, 2]", (1, 2)),
        ("1\nseed = 2", "1\nseed = 2"),
        ("", ""),
    ],
)
def test_the_value_of_a_setting_is_read_as_text_if_it_is_not_a_toml_value(text, value):
    assert read_value(text) == value
    assert type(read_value(text)) is type(value)


@pytest.mark.parametrize(
    "setting",
    [
        "run.seed=3",
        "maker.policy=captive",
        "retail.flow={ halt_after_h = 3, base_per_day = 0.5 }",
        "run.full_days=[2022-05-10, 2022-05-11]",
        "firms.active=false",
        'house.volume_share_pct_recorded=["a", 2]',
        'markets[0].lot="0.1"',
    ],
)
def test_the_text_of_a_setting_is_unchanged_after_it_is_read_and_written(setting):
    ((place, value),) = read_settings([setting]).items()

    assert setting_text(place, value) == setting


@given(
    st.recursive(
        st.text() | st.integers() | st.booleans() | st.dates(),
        lambda inner: st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
        max_leaves=6,
    )
)
@example('a "quoted" word')
@example("two\nlines")
@example(('a "quoted" word', "C:\\new"))
@example({"a key": "1"})
def test_a_value_is_unchanged_after_it_is_written_and_read(value):
    text = setting_text("maker.name", value)

    assert "\n" not in text
    assert read_settings([text]) == {"maker.name": value}


@pytest.mark.parametrize(
    ("setting", "key", "says"),
    [
        ("maker.credit_lin_usd=0", "maker.credit_lin_usd", "did you mean 'credit_line_usd'?"),
        ("maker.credit_line_usd=-1", "maker.credit_line_usd", "give a number from 0 to"),
        ("maker.credit_line_usd=none", "maker.credit_line_usd", "is 'none'; give a number"),
        ("markets[1].lot='1'", "markets[1]", "does not exist; the list has 1 entry"),
        ("maker[0].name=A", "maker[0]", "does not exist; maker is a table"),
        ("group.tokens[0].name=A", "group.tokens[0]", "the list has 0 entries"),
        ("maker.name.first=A", "maker.name.first", "does not exist; maker.name is 'Alameda'"),
        ("run=3", "run", "is 3; give a table"),
        ("maker.credit_line_usd", "", "is not KEY=VALUE"),
        ("=3", "", "is not KEY=VALUE"),
    ],
)
def test_the_error_for_a_wrong_setting_names_the_command_option_and_the_key_if_there_is_one(
    setting, key, says
):
    with pytest.raises(ScenarioError) as refused:
        load("tiny", {}, read_settings([setting]))

    assert (refused.value.path, refused.value.key) == ("--set", key)
    assert says in refused.value.problem
    assert "\n" not in str(refused.value)


def test_if_a_setting_contradicts_another_key_the_error_names_the_setting():
    with pytest.raises(ScenarioError) as refused:
        load("tiny", {}, {"maker.lead_deposit_usd": 5_000})

    assert refused.value.key == "maker.opening_cash_usd"
    assert refused.value.path.endswith("tiny.toml with --set maker.lead_deposit_usd=5000")


def test_two_settings_of_the_same_key_are_refused():
    with pytest.raises(ScenarioError, match="is set twice"):
        read_settings(["run.seed=1", "run.seed=2"])


def test_the_name_of_the_default_folder_of_a_run_contains_the_settings():
    settings = ["maker.credit_line_usd=0", "markets[0].quoter.latency_s=0.5"]

    assert default_folder("tiny", 1, settings).name == (
        "tiny-maker-credit-line-usd-0-markets-0-quoter-latency-s-0-5-seed1"
    )
