"""Scenarios with claims in coins are checked, written and read, and coins can be removed."""

from pathlib import Path

import pytest

from des.scenario import Scenario
from runs.removals import REMOVALS
from runs.scenario_files import ScenarioError
from runs.scenarios import dump, load

ROOT = Path(__file__).parents[2]
WORLD = ROOT / "tests" / "worlds" / "coins.toml"
TEXT = WORLD.read_text("utf-8").replace("../../runs/tiny.toml", str(ROOT / "runs" / "tiny.toml"))
OWED = "retail.coins.owed"
PORTFOLIO = """
[[group.lenders]]
name = "Lender01"
rate_pct_per_year = 8.0
limits = [{ since = 2022-05-09, usd = 400_000 }]
drawn_in_full = true

[group.portfolio]
dealers = "DEALERS"
dealers_cash_usd = 1_000_000
recall_sold_share = 0.5

[[group.portfolio.holdings]]
name = "BTC"
market = "BTC-PERP"
share = 0.5
supply = 21_000_000
"""
REFUSED = [
    ('dealers = "Coin-Dealers"', 'dealers = "MineCo"', "retail.coins.dealers", "is taken"),
    ('market = "BTC-PERP"', 'market = "ETH-PERP"', f"{OWED}[0].market", "give one of the markets"),
    ('market = "BTC-PERP"\n', "", f"{OWED}[0].market", "give market or prices"),
    ('name = "ALTS"', 'name = "BTC"', f"{OWED}[1].name", "give another name"),
    ('name = "ALTS"', 'name = "USD"', f"{OWED}[1].name", "a reserved word in the books"),
    ("share = 0.3", "share = 0.7", OWED, "shares of 1.1 in all"),
    ('to = "MineCo"', 'to = "Wallet"', "group.uses[0].to", "is taken"),
    ('to = "MineCo"', 'to = "ALTS"', f"{OWED}[1].name", "is taken"),
]


def read(tmp_path: Path, text: str) -> Scenario:
    path = tmp_path / "scenario.toml"
    path.write_text(text, "utf-8")
    return load(str(path))


@pytest.mark.parametrize(("old", "new", "key", "problem"), REFUSED)
def test_the_error_names_the_key_and_the_problem_if_the_coins_of_customers_have_a_mistake(
    tmp_path, old, new, key, problem
):
    assert old in TEXT
    with pytest.raises(ScenarioError, match=problem) as caught:
        read(tmp_path, TEXT.replace(old, new, 1))
    assert caught.value.key == key


def test_a_coin_must_have_the_same_price_and_dealers_in_claims_of_customers_and_in_the_portfolio(
    tmp_path,
):
    same = TEXT + PORTFOLIO.replace("DEALERS", "Coin-Dealers")
    priced = "prices = [{ since = 2022-05-09, usd = 30_000 }]"

    assert [coin.name for coin in read(tmp_path, same).coins] == ["BTC"]
    with pytest.raises(ScenarioError, match="give the same price") as caught:
        read(tmp_path, same.replace('market = "BTC-PERP"', priced, 1))
    assert caught.value.key == f"{OWED}[0].name"
    with pytest.raises(ScenarioError, match="as group") as caught:
        read(tmp_path, TEXT + PORTFOLIO.replace("DEALERS", "Others"))
    assert caught.value.key == "retail.coins.dealers"


def test_a_scenario_with_coins_of_customers_does_not_change_if_it_is_written_and_read(tmp_path):
    scenario = read(tmp_path, TEXT)

    assert read(tmp_path, dump(scenario)) == scenario


def test_a_scenario_without_the_cause_named_coins_has_no_claims_in_coins():
    change = REMOVALS["Coins"](load(str(WORLD)))

    assert load(str(WORLD), change.overrides).owed_coins == ()
    assert REMOVALS["Coins"](load(str(WORLD), change.overrides)) is None
