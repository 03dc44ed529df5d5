"""Valid values in a scenario's table `group` are kept, and invalid values are refused."""

from pathlib import Path

import pytest

from runs.scenario_files import ScenarioError
from runs.scenarios import dump, load

GROUP = Path(__file__).parents[1] / "worlds" / "group.toml"
TEXT = GROUP.read_text("utf-8").replace("../../runs/tiny.toml", "tiny.toml")
TINY = GROUP.parents[2] / "runs" / "tiny.toml"

NEWS = '[[news]]\ndate = 2022-06-02\nshock = 0.1\nwhat = "a rumour"\n'

# Each case has the old text, the new text, the key that the error names, and a part of the error.
REFUSED = [
    (
        'name = "Lender02"',
        'name = "Lender01"',
        "group.lenders[1].name",
        "'Lender01', which is taken",
    ),
    ('name = "Lender02"', 'name = "FTX"', "group.lenders[1].name", "is 'FTX', which is taken"),
    ('investors = "Investors"', 'investors = "Firm01"', "group.investors", "is 'Firm01'"),
    ('investors = "Investors"\n', "", "group.investors", "is missing; give it, since"),
    ('to = "Stadium"', 'to = "Binance"', "group.uses[1].to", "is 'Binance', which is taken"),
    ('to = "Stadium"', 'to = "Lender01"', "group.uses[1].to", "is 'Lender01', which is taken"),
    ('by = "house"\nto = "Stadium"', 'by = "FTX"\nto = "Stadium"', "group.uses[1].by", "is 'FTX'"),
    ('kind = "Buyback"', 'kind = "Cash"', "group.uses[2].kind", "is 'Cash'"),
    (
        "until = 2022-08-15",
        "until = 2022-05-30",
        "group.uses[1].until",
        "give 2022-05-31 (the use's date)",
    ),
    ("usd = 700_000", "usd = 0", "group.uses[2].usd", "is 0"),
    ("house_cost_share = 0.25", "house_cost_share = 1.5", "group.house_cost_share", "is 1.5"),
    (
        ", { since = 2022-06-02,",
        ", { since = 2022-05-01,",
        "group.lenders[0].limits[1].since",
        "a day after",
    ),
    ("advance = 0.5", "advance = 0", "group.lenders[1].advance", "is 0"),
    ('name = "series-b"', 'name = "Series B"', "group.rounds[0].name", "'series-b'"),
    ('name = "SOL"', 'name = "USD"', "group.tokens[0].name", "is 'USD', a reserved word"),
    ('name = "SOL"', 'name = "FTT"', "group.tokens[1].name", "is 'FTT', which is taken"),
    (
        'market = "BTC-PERP"\nhouse',
        'market = "FTT-PERP"\nhouse',
        "group.tokens[1].market",
        "give one of the markets: BTC-PERP",
    ),
    ('market = "BTC-PERP"\nhouse', "house", "group.tokens[1].market", "give market or marks"),
    (
        "marks = [\n",
        'market = "BTC-PERP"\nmarks = [\n',
        "group.tokens[0].market",
        "is given together with",
    ),
    (
        "{ at = 2022-06-02, usd",
        "{ at = 2022-05-01, usd",
        "group.tokens[0].marks[1].at",
        "a day after",
    ),
    ("{ at = 2022-05-01,", "{ at = 2022-05-31,", "group.tokens[0].marks[0].at", "give 2022-05-30"),
    (
        "{ date = 2022-06-01, units",
        "{ date = 2022-05-29, units",
        "group.tokens[0].bought[1].date",
        "is 2022-05-29",
    ),
    ("units = 2_000,", "units = 0,", "group.tokens[0].bought[0].units", "is 0"),
    ("until = 2022-06-03", "until = 2022-05-31", "group.longs[0].until", "after 2022-05-31"),
    (
        'market = "BTC-PERP"\nsince',
        'market = "ETH-PERP"\nsince',
        "group.longs[0].market",
        "is 'ETH-PERP'",
    ),
    (
        "[[markets]]",
        f"{NEWS}{NEWS.replace('06-02', '06-01')}[[markets]]",
        "news[1].date",
        "2022-06-02",
    ),
]


@pytest.fixture
def read(tmp_path):
    (tmp_path / "tiny.toml").write_bytes(TINY.read_bytes())

    def write_and_read(text: str):
        path = tmp_path / "group.toml"
        path.write_text(text, "utf-8")
        return load(str(path))

    return write_and_read


@pytest.mark.parametrize(("old", "new", "key", "shown"), REFUSED)
def test_the_error_for_an_invalid_value_is_one_line_and_names_the_key(read, old, new, key, shown):
    assert TEXT.count(old) == 1, f"{old!r} occurs {TEXT.count(old)} times in the scenario"

    with pytest.raises(ScenarioError) as caught:
        read(TEXT.replace(old, new))

    assert caught.value.key == key
    assert shown in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
    assert "; give " in str(caught.value)


def test_a_lender_that_wants_collateral_is_refused_if_there_are_no_tokens_and_no_portfolio(read):
    without = TEXT[: TEXT.index("[[group.tokens]]")] + TEXT[TEXT.index("[[group.longs]]") :]

    with pytest.raises(ScenarioError, match="give tokens or a portfolio as collateral") as caught:
        read(without)
    assert caught.value.key == "group.lenders[1].advance"


def test_investors_without_funding_rounds_are_refused(read):
    without = TEXT[: TEXT.index("[[group.rounds]]")] + TEXT[TEXT.index("[[group.tokens]]") :]

    with pytest.raises(ScenarioError, match="give rounds too, or leave it out"):
        read(without)


def test_a_scenario_with_a_group_is_unchanged_after_it_is_written_and_read(read):
    scenario = read(TEXT)

    assert read(dump(scenario)) == scenario
    assert scenario.group.counterparties == {"MineCo": 0, "Stadium": 1, "First-Investor": 2}


VALUATION = """\
[group.valuation]
growth_multiple = 38
growth_multiple_range = [28, 113]
earnings_multiple = 6.0
earnings_multiple_range = [2.6, 12.4]

"""


def appraised(text: str = VALUATION) -> str:
    return TEXT.replace("[[markets]]", f"{text}[[markets]]")


@pytest.mark.parametrize(
    ("old", "new", "key", "shown"),
    [
        ("multiple = 38\n", "multiple = -1\n", "growth_multiple", "is -1"),
        ("[28, 113]", "[28]", "growth_multiple_range", "has 1 entries; give a list of 2"),
        ("[28, 113]", "[40, 113]", "growth_multiple_range", "38, the value of growth_multiple"),
        ("[28, 113]", "[28, 37]", "growth_multiple_range", "is [28, 37]; give"),
        ("[2.6, 12.4]", "[12.4, 2.6]", "earnings_multiple_range", "contains 6, the value of"),
        ("[2.6, 12.4]", "6", "earnings_multiple_range", "give a list of 2"),
        ("earnings_multiple = 6.0\n", "", "earnings_multiple", "is missing; give a number"),
        ("earnings_multiple = 6.0", "earning_multiple = 6.0", "earning_multiple", "did you mean"),
    ],
)
def test_the_error_for_an_invalid_valuation_is_one_line_and_names_the_key(
    read, old, new, key, shown
):
    assert VALUATION.count(old) == 1

    with pytest.raises(ScenarioError) as caught:
        read(appraised(VALUATION.replace(old, new)))

    assert caught.value.key == f"group.valuation.{key}"
    assert shown in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_scenario_with_a_valuation_is_unchanged_after_it_is_written_and_read(read):
    scenario = read(appraised())

    assert read(dump(scenario)) == scenario
    assert scenario.group.valuation.growth_multiples == (28, 38, 113)
    assert scenario.group.valuation.earnings_multiples == (2.6, 6, 12.4)
    assert "valuation]" not in dump(read(TEXT))


@pytest.mark.parametrize("policy", ["captive", "independent"])
def test_a_maker_with_a_policy_needs_no_quotes_on_the_lead_venue(read, policy):
    scenario = read(TEXT.replace("[maker]\n", f'[maker]\npolicy = "{policy}"\n'))

    assert (scenario.maker.policy, scenario.maker.lead_quotes_usd) == (policy, 0)


def test_a_scenario_without_group_and_news_is_written_without_these_tables():
    assert "group" not in dump(load("tiny"))
    assert "news" not in dump(load("tiny"))
