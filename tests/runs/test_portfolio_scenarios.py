"""A scenario may have a portfolio of coins. Invalid portfolios are refused."""

from pathlib import Path

import pytest

from runs.scenario_files import ScenarioError
from runs.scenarios import dump, load

ROOT = Path(__file__).parents[2]
WORLD = ROOT / "tests" / "worlds" / "portfolio.toml"
TEXT = WORLD.read_text("utf-8").replace("../../runs/tiny.toml", str(ROOT / "runs" / "tiny.toml"))
HOLDING, COIN = "group.portfolio.holdings", 'name = "ALTS"\n'
REFUSED = [
    ('dealers = "Coin-Dealers"', 'dealers = "MineCo"', "group.portfolio.dealers", "is taken"),
    ('market = "BTC-PERP"', 'market = "ETH-PERP"', f"{HOLDING}[0].market", "is 'ETH-PERP'"),
    ('market = "BTC-PERP"\n', "", f"{HOLDING}[0].market", "is missing"),
    (COIN, f'{COIN}market = "BTC-PERP"\n', f"{HOLDING}[1].market", "is given together with"),
    (COIN, 'name = "BTC"\n', f"{HOLDING}[1].name", "is taken"),
    (COIN, 'name = "NULL"\n', f"{HOLDING}[1].name", "a reserved word in the books"),
    ("share = 0.4", "share = 0.6", HOLDING, "shares of 1.1 in all"),
    ("usd = 70.25", "usd = 70.255", f"{HOLDING}[1].prices[1].usd", "a whole number of cents"),
    ("since = 2022-05-31", "since = 2022-05-29", f"{HOLDING}[1].prices[1].since", "a day after"),
    ("haircut = 0.05", "haircut = 1.5", f"{HOLDING}[1].haircut", "is 1.5"),
]


def read(tmp_path: Path, text: str):
    path = tmp_path / "world.toml"
    path.write_text(text, "utf-8")
    return load(str(path))


@pytest.mark.parametrize(("old", "new", "key", "shown"), REFUSED)
def test_the_error_for_an_invalid_portfolio_is_one_line_and_names_the_key(
    tmp_path, old, new, key, shown
):
    assert TEXT.count(old) == 1, f"{old!r} occurs {TEXT.count(old)} times in the scenario"

    with pytest.raises(ScenarioError) as caught:
        read(tmp_path, TEXT.replace(old, new))

    assert caught.value.key == key
    assert shown in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_coin_with_the_same_name_as_a_token_is_refused(tmp_path):
    token = (
        '[[group.tokens]]\nname = "ALTS"\nmarket = "BTC-PERP"\n'
        "bought = [{ date = 2022-05-30, units = 1 }]\n\n[[markets]]\n"
    )

    with pytest.raises(ScenarioError, match="a token's name") as caught:
        read(tmp_path, TEXT.replace("[[markets]]\n", token))
    assert caught.value.key == f"{HOLDING}[1].name"


def test_a_portfolio_and_a_loan_that_is_drawn_in_full_require_each_other(
    tmp_path,
):
    needed = TEXT.replace("drawn_in_full = true\n", "")
    start, end = TEXT.index("[group.portfolio]"), TEXT.index("[[group.uses]]")

    with pytest.raises(ScenarioError, match="give a lender with drawn_in_full") as caught:
        read(tmp_path, needed)
    assert caught.value.key == "group.portfolio"
    without = (TEXT[:start] + TEXT[end:]).replace("advance = 0.35\n", "")
    with pytest.raises(ScenarioError, match="too, or leave drawn_in_full out") as caught:
        read(tmp_path, without)
    assert caught.value.key == "group.lenders[0].drawn_in_full"


def test_agent_shares_must_be_in_the_order_of_their_dates(tmp_path):
    with pytest.raises(ScenarioError, match="a day after") as caught:
        read(tmp_path, TEXT.replace("2022-06-02, share", "2022-05-29, share"))
    assert caught.value.key == "retail.agent_shares[1].since"


def test_a_scenario_with_a_portfolio_is_unchanged_after_it_is_written_and_read(tmp_path):
    scenario = read(tmp_path, TEXT)

    assert read(tmp_path, dump(scenario)) == scenario
