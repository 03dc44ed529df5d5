"""A check of a scenario finds all errors at once. A new scenario copies another scenario."""

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from runs.ignored_dates import ignored_dates
from runs.scenario_check import faults
from runs.scenario_files import ScenarioError, built_ins
from runs.scenario_keys import all_keys
from runs.scenario_writing import scenario_text, write_scenario
from runs.scenarios import data_of, load


@pytest.fixture
def found(tmp_path):
    def check(text: str) -> list[str]:
        path = tmp_path / "world.toml"
        path.write_text(text)
        said = faults(str(path))
        for fault in said:
            assert "\n" not in str(fault)
        return [fault.key for fault in said]

    return check


def test_a_check_finds_all_unknown_keys_and_invalid_values(found):
    text = (
        'extends = "tiny"\n[run]\nseed = -1\nsede = 1\n[maker]\nname = "a"\nhedge_delay_ms = "x"\n'
    )

    assert found(text) == ["run.sede", "run.seed", "maker.name", "maker.hedge_delay_ms"]


def test_a_check_finds_all_contradictions_between_keys(found):
    text = """
extends = "tiny"
run = { settle_s = 7, full_days = [2022-05-10, 2022-05-10] }
lead = { name = "FTX", margin_ratio_target = 0.01 }
maker = { lead_deposit_usd = 5_000, depth_share = 0.3 }
[sources]
"lead.taker_fees" = "a page"
"""
    assert found(text) == [
        "run.settle_s",
        "run.full_days[1]",
        "lead.margin_ratio_target",
        "maker.opening_cash_usd",
        "lead.name",
        "maker.depth_share",
        "sources.'lead.taker_fees'",
    ]


def test_a_check_also_finds_the_error_that_is_reported_when_the_scenario_is_loaded(tmp_path):
    path = tmp_path / "world.toml"
    path.write_text('extends = "tiny"\nrun = { settle_s = 7 }\nlead = { name = "FTX" }\n')

    with pytest.raises(ScenarioError) as refused:
        load(str(path))

    assert str(refused.value) in map(str, faults(str(path)))


def test_a_check_finds_all_markets_whose_file_of_candles_is_missing(found):
    text = built_ins()["tiny"].read_text("utf-8")
    begin, end = text.index("anchors = ["), text.index("volatility_log_sd")
    text = text[:begin] + 'candles = "nowhere.csv"\n' + text[end:]
    market = text[text.index("[[markets]]") :].replace("BTC-PERP", "ETH-PERP")

    assert found(text + "\n" + market) == [f"markets[{i}].price.candles" for i in (0, 1)]


@pytest.mark.parametrize("name", built_ins())
def test_a_check_finds_no_error_in_a_shipped_scenario(name):
    assert faults(name) == []


def test_a_check_of_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match="does not exist"):
        faults(str(tmp_path / "nowhere.toml"))


# ------------------------------------------------------------------------ a new scenario


@pytest.mark.parametrize("name", [name for name in built_ins() if not name.startswith("ftx")])
def test_a_new_scenario_has_the_values_of_the_scenario_that_it_copies(tmp_path, name):
    path = tmp_path / "new.toml"
    path.write_text(scenario_text(name))

    assert load(str(path)) == load(name)


def test_a_new_scenario_explains_its_keys_and_extends_no_other_scenario():
    text = scenario_text("commingled")
    comments = " ".join(line[2:] for line in text.splitlines() if line.startswith("# "))

    assert "extends" not in text
    for table in ("run", "maker", "retail", "lead"):
        for name in (k for k, v in tomllib.loads(text)[table].items() if not isinstance(v, dict)):
            said = next(each.meaning for each in all_keys() if each.place == f"{table}.{name}")
            assert said in comments
    assert comments.count("Retail customers' cash outside the house on the first day") == 1


def test_a_comment_names_a_key_that_a_table_lacks_even_if_another_table_has_a_key_of_this_name():
    text = scenario_text("tiny")

    assert "opening_cash_usd" not in tomllib.loads(text)["other_makers"]
    (comment,) = re.findall(r"^\[other_makers\]\n((?:#.*\n)+)", text, re.MULTILINE)
    assert "Further keys that this table may have: opening_cash_usd." in comment


def test_a_new_scenario_in_another_folder_uses_the_candles_of_the_scenario_that_it_copies(tmp_path):
    rows = [f"2022-05-{9 + i:02},100,110,90,100" for i in range(4)]
    (tmp_path / "prices.csv").write_text("date,open,high,low,close\n" + "\n".join(rows))
    text = built_ins()["tiny"].read_text("utf-8")
    begin, end = text.index("anchors = ["), text.index("volatility_log_sd")
    (tmp_path / "old.toml").write_text(text[:begin] + 'candles = "prices.csv"\n' + text[end:])
    (tmp_path / "elsewhere").mkdir()

    write_scenario(tmp_path / "elsewhere" / "new.toml", str(tmp_path / "old.toml"))

    assert load(str(tmp_path / "elsewhere" / "new.toml")) == load(str(tmp_path / "old.toml"))


def test_a_new_scenario_does_not_overwrite_a_file(tmp_path):
    path = tmp_path / "new.toml"
    path.write_text("mine")

    with pytest.raises(ScenarioError, match="exists already"):
        write_scenario(path, "tiny")

    assert path.read_text() == "mine"


def test_if_a_key_is_missing_in_a_list_the_error_names_the_file_with_the_list(tmp_path):
    """The file's list replaces the list of the base, so the keys of the base's list are lost."""
    path = tmp_path / "world.toml"
    path.write_text('extends = "tiny"\n[[markets]]\nname = "BTC-PERP"\n')
    said = faults(str(path))

    assert "markets[0].lot" in [fault.key for fault in said]
    assert all(str(fault).startswith(f"{path}: ") for fault in said)


USE = '{ date = %s, usd = 1_000, kind = "Ventures", by = "maker", to = "Outside", why = "a" }'


def warned(tmp_path, text: str, settings: Mapping[str, Any] = {}) -> list[str]:
    path = tmp_path / "world.toml"
    path.write_text(text)
    origins, _ = data_of(str(path), {}, settings)
    found = ignored_dates(origins, load(str(path), {}, settings))
    return [f"{each.key} {each.problem}" for each in found]


def test_a_warning_about_a_dated_entry_outside_the_run_states_the_days_of_the_run(tmp_path):
    uses = ", ".join(USE % day for day in ("2022-05-10", "2023-05-10", "2022-05-01"))
    news = '[[news]]\ndate = 2022-06-01\nshock = 0.1\nwhat = "a"\n'
    days = "outside the run; give a day from 2022-05-09 to 2022-05-22"

    assert warned(tmp_path, f'extends = "commingled"\n{news}[group]\nuses = [{uses}]\n') == [
        f"news[0].date is 2022-06-01, {days}",
        f"group.uses[1].date is 2023-05-10, {days}",
        f"group.uses[2].date is 2022-05-01, {days}",
    ]


def test_an_entry_outside_a_shortened_run_has_a_warning_only_if_a_setting_states_its_date(tmp_path):
    text = f'extends = "commingled"\n[group]\nuses = [{USE % "2022-05-20"}]\n'
    shorter = {"run.end": date(2022, 5, 12)}
    later = {"group.uses[0].date": date(2022, 5, 21)}

    assert warned(tmp_path, text) == warned(tmp_path, text, shorter) == []
    assert len(warned(tmp_path, text, {**shorter, **later})) == 1


def test_no_built_in_scenario_has_a_warning_about_a_dated_entry():
    assert not [
        each for name in built_ins() for each in ignored_dates(data_of(name)[0], load(name))
    ]


def test_a_check_reports_a_file_that_is_not_toml_and_refuses_a_file_that_does_not_exist(tmp_path):
    for text in ('extends = "tiny"\n[run]\nend = 2022-02-30\n', "a = 1\na = 2\n"):
        path = tmp_path / "world.toml"
        path.write_text(text)
        (fault,) = faults(str(path))
        assert "is not TOML" in fault.problem

    with pytest.raises(ScenarioError, match="does not exist"):
        faults(str(tmp_path / "none.toml"))
