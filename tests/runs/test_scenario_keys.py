"""A command, the schema and the page docs/scenario.md explain every key of a scenario."""

import json
import re
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from runs.scenario_files import built_ins
from runs.scenario_keys import Key, all_keys, meanings, readers
from runs.scenario_reference import PAGE, UnknownKeyError, explained, page
from runs.scenario_schema import SCHEMA_FILE, scenario_schema, schema_text

ROOT = Path(__file__).parents[2]
WORLDS = (ROOT / "tests" / "worlds").glob("*.toml")
SCENARIOS = [*built_ins().values(), *sorted(WORLDS)]


def plain(value: Any) -> Any:
    """Return parsed TOML with dates as text, as an editor passes it to the schema."""
    match value:
        case dict():
            return {key: plain(each) for key, each in value.items()}
        case list():
            return [plain(each) for each in value]
        case date():
            return value.isoformat()
        case _:
            return value


def complaints(text: str) -> list[str]:
    found = Draft202012Validator(scenario_schema()).iter_errors(plain(tomllib.loads(text)))
    return [error.json_path for error in found]


def properties(schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for table in (schema, *schema["$defs"].values()):
        yield from table["properties"].items()


def key(place: str) -> Key:
    return next(each for each in all_keys() if each.place == place)


# ------------------------------------------------------------------------------- meanings


def test_every_key_has_a_meaning_in_one_line_and_every_meaning_belongs_to_a_key():
    used = {
        (model.__name__, each.name)
        for each in all_keys()
        for model in each.table.__mro__
        if each.name in meanings().get(model.__name__, {})
    }

    assert used == {(table, name) for table, said in meanings().items() for name in said}
    for each in all_keys():
        assert each.meaning[0].isupper() or each.meaning.startswith(("'", "true", "false"))
        assert each.meaning.endswith(".")
        assert "\n" not in each.meaning


def test_keys_have_the_expected_ranges_and_units_and_defaults():
    credit, refresh = key("maker.credit_line_usd"), key("markets[].quoter.refresh_s")

    assert (credit.wanted, credit.unit) == ("a number from 0 to 1_000_000_000_000", "dollars")
    assert credit.default == "none, so the key must be given"
    assert (refresh.wanted, refresh.default) == ("a number from 0 to 3_600", "left out")
    assert key("house.gateway_ms_median").unit == "milliseconds"
    assert key("run.full_days").unit == ""
    assert key("run.settle_s").default == "300"
    assert key("maker.quoting.simulates").wanted == "false"  # in TOML, false has no quotation marks


@pytest.mark.parametrize(
    ("place", "file"),
    [
        (
            "maker.credit_line_usd",
            "des/treasury/group_treasury.py",
        ),  # this file reads the key through a method of the table `maker`
        ("markets[].quoter.latency_s", "des/quoting/plan.py"),
        ("retail.flow.contagion", "des/custody/confidence.py"),
        ("run.day_ledgers", "runs/execute.py"),
    ],
)
def test_the_files_found_for_a_key_include_a_file_that_reads_it(place, file):
    assert file in readers(key(place))
    assert all((ROOT / each).is_file() for each in readers(key(place)))


def test_files_that_read_a_key_are_found_for_more_than_nine_tenths_of_the_keys():
    figures = [each for each in all_keys() if each.model is None]

    assert sum(bool(readers(each)) for each in figures) > 0.9 * len(figures)


# --------------------------------------------------------------------------------- schema


def test_the_shipped_schema_and_the_reference_page_agree_with_the_declared_keys(request):
    if request.config.getoption("--update-golden"):
        SCHEMA_FILE.write_text(schema_text(), "utf-8")
        PAGE.write_text(page(), "utf-8")

    assert SCHEMA_FILE.read_text("utf-8") == schema_text(), (
        "run `make reference` to update the file"
    )
    assert PAGE.read_text("utf-8") == page(), "run `make reference` to update the page"


def test_the_schema_is_valid_and_describes_every_property():
    schema = scenario_schema()

    Draft202012Validator.check_schema(schema)
    assert len(list(properties(schema))) > 250
    assert [name for name, each in properties(schema) if not each.get("description")] == []
    assert {name for name, _ in properties(schema)} == {
        "extends",
        "without",
        *(each.name for each in all_keys()),
    }


def test_patterns_in_the_schema_use_only_the_syntax_of_json_schema():
    patterns = set(re.findall(r'"pattern": "(.*)"', schema_text()))

    assert len(patterns) >= 8
    for pattern in map(json.loads, (f'"{each}"' for each in patterns)):
        assert not re.search(r"\\[zpAZ]", pattern)
        assert pattern.endswith("$")
        re.compile(pattern)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_built_in_scenario_and_every_test_world_satisfies_the_schema(path):
    assert complaints(path.read_text("utf-8")) == []


def test_every_built_in_scenario_names_the_schema_in_its_first_line():
    for path in built_ins().values():
        first = path.read_text("utf-8").splitlines()[0]
        assert first == f"#:schema {SCHEMA_FILE.name}"
        assert (path.parent / first.removeprefix("#:schema ")).is_file()


@pytest.mark.parametrize(
    ("old", "new", "at"),
    [
        ("settle_s = 3600", "settle_s = 3601", "$.run.settle_s"),
        ("settle_s = 3600", "setle_s = 3600", "$.run"),
        ('lot = "0.01"', 'lot = "0.01 "', "$.markets[0].lot"),
        ('lot = "0.01"\n', "", "$.markets[0]"),
        ("hedge_delay_ms = 2_000\n", "", "$.maker"),
        ('name = "Alameda"', 'name = "alameda"', "$.maker.name"),
        ('question = "', 'questions = "', "$"),
        ('closure = "stated"', 'closure = "guessed"', "$.demand.closure"),
    ],
)
def test_the_schema_reports_the_place_of_a_mistake(old, new, at):
    text = built_ins()["tiny"].read_text("utf-8")

    assert old in text
    assert at in complaints(text.replace(old, new))


def test_an_extension_may_leave_out_required_keys_but_not_inside_a_list():
    assert complaints('extends = "tiny"\n[maker]\ncredit_line_usd = 0\n') == []
    assert set(complaints('extends = "tiny"\n[[markets]]\nname = "BTC-PERP"\n')) == {"$.markets[0]"}


# ---------------------------------------------------------------------------- explanation


def test_explain_accepts_the_full_path_of_a_key_or_its_last_part():
    said = explained("maker.credit_line_usd")

    assert said == explained("credit_line_usd")
    assert said.splitlines()[0] == "maker.credit_line_usd"
    for word in ("collateral", "a number from 0", "dollars", "must be given", "des/treasury/"):
        assert word in said
    assert explained("markets[0].lot") == explained("markets[].lot") == explained("markets.lot")


def test_an_explanation_lists_the_keys_of_a_table_or_the_places_of_many_keys_with_the_same_name():
    assert "halt_after_h" in explained("retail.flow")
    assert explained("name").startswith("14 keys are called name; give one of\n")
    assert "group.lenders[].name" in explained("name")


def test_the_error_for_an_unknown_key_suggests_a_similar_key():
    with pytest.raises(UnknownKeyError, match="did you mean 'credit_line_usd'"):
        explained("credit_lin_usd")


@pytest.mark.parametrize("each", all_keys(), ids=lambda each: each.place)
def test_each_line_of_the_explanation_of_a_key_has_at_most_100_characters(each):
    assert max(map(len, explained(each.place).splitlines())) <= 100
