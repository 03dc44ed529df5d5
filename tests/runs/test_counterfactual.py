"""A counterfactual plays a run again without one cause, and compares the books of both runs."""

import shutil
import tomllib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from whole_cents import assert_whole_cents

from ledger.reports.money.hole import hole
from ledger.reports.table import Table
from ledger.run_folder import RunFolder
from runs.cli.main import main
from runs.counterfactual import compare, counterfactual
from runs.execute import RunRefusedError, without_day_ledgers
from runs.removals import CounterfactualError, without
from runs.scenario_files import ScenarioError
from runs.scenarios import dump, load

WORLDS = Path(__file__).parents[1] / "worlds"
CRASH = date(2022, 5, 10)  # the day on which the price halves in `margin.toml`
BUSY, GROUP = WORLDS / "busy.toml", WORLDS / "group.toml"


@pytest.fixture(scope="module")
def other_runs(group_run: RunFolder, tmp_path_factory: pytest.TempPathFactory):
    """Return a function that plays `group_run` without a given cause.

    It returns the new run and the tables of the comparison.
    """
    done: dict[str, tuple[RunFolder, list[Table]]] = {}

    def run(kind: str) -> tuple[RunFolder, list[Table]]:
        if kind not in done:
            folder = tmp_path_factory.mktemp("other") / "run"
            made = without(group_run, kind)
            made = replace(made, scenario=without_day_ledgers(made.scenario))
            tables = counterfactual(group_run, made, folder).tables()
            done[kind] = RunFolder.at(folder), tables
        return done[kind]

    return run


def table(tables: list[Table], name: str) -> Table:
    return next(table for table in tables if table.name == name)


def books_before(run: RunFolder, day: date) -> str:
    """Return the text of the general ledger before a day."""
    text = "".join(path.read_text() for path in sorted(run.path.glob("2022-??.beancount")))
    return text.partition(f"\n{day} ")[0]


def rows_before(run: RunFolder, day: date) -> list[tuple]:
    """Return the rows of all fills before a day."""
    with run.connect() as connection:
        found = connection.execute("SELECT * FROM rows WHERE time < ? ORDER BY seq", [day])
        return found.fetchall()


def changed(before: object, after: object, place: str = "") -> set[str]:
    """Return the keys whose values differ between two scenarios."""
    if isinstance(before, dict) and isinstance(after, dict):
        return {
            found
            for key in {*before, *after}
            for found in changed(before.get(key), after.get(key), f"{place}.{key}".strip("."))
        }
    return set() if before == after else {place}


# ----------------------------------------------------------------------- the removed cause


@pytest.mark.parametrize(
    ("kind", "places"),
    [
        ("PickOff", {"firms.active"}),
        ("SlowQuotes", {"markets"}),
        ("Quoter", {"maker.quoter_off"}),
        ("CreditLine", {"group.never_lend_customer_money"}),
        ("Loans", {"group.lenders"}),
        # one lender lends only against tokens, so this lender is removed too
        ("Tokens", {"group.tokens", "group.lenders"}),
        ("Directional", {"group.longs"}),
        ("Shares", {"group.rounds", "group.investors"}),
        ("Operations", {"group.house_cost_share"}),
        ("Buyback", {"group.uses"}),
    ],
)
def test_only_the_keys_of_the_removed_cause_change_in_the_scenario(group_run, kind, places):
    base = tomllib.loads((group_run.path / "scenario.toml").read_text())
    other = tomllib.loads(dump(without(group_run, kind).scenario))

    # The counterfactual states the operating costs that the run booked, so these keys may change.
    held = {"group.house_costs", "sources.group.house_costs"}
    assert changed(base, other) - held == places
    assert other["run"]["seed"] == base["run"]["seed"]


def test_the_credit_line_is_set_to_zero_if_it_is_removed_from_a_scenario_without_a_group(busy_run):
    assert without(busy_run, "CreditLine").scenario.maker.credit_line_usd == 0


@pytest.mark.parametrize("world", [BUSY, GROUP])
def test_a_credit_line_that_begins_after_the_start_is_also_removed(executed, world):
    steps = [{"since": load(str(world)).run.start + timedelta(days=1), "usd": 3e6}]
    run = executed(world, maker={"credit_line_usd": 0.0, "credit_line_steps": steps})

    other = without(run, "CreditLine").scenario
    lent = other.maker.credit_line_usd_on(other.run.end)
    assert lent == 0 or other.group.never_lend_customer_money


def test_without_ventures_other_uses_remain_and_without_tokens_unsecured_lenders_remain(
    group_run,
):
    uses = without(group_run, "Ventures").scenario.group.uses
    lenders = without(group_run, "Tokens").scenario.group.lenders

    assert [use.kind for use in uses] == ["Sponsorship", "Buyback", "Politics", "Acquisitions"]
    assert [lender.name for lender in lenders] == ["Lender01"]


def test_removing_the_cause_backstop_sets_only_the_capacity_of_the_maker_to_zero(margin_run):
    before = without(margin_run, "Quoter").scenario.leverage.providers
    after = without(margin_run, "Backstop").scenario.leverage.providers

    assert [(each.usd_per_minute, each.usd_per_hour) for each in after] == [
        (0, 0),
        (before[1].usd_per_minute, before[1].usd_per_hour),
    ]


def test_the_error_lists_the_removable_causes_if_the_scenario_lacks_the_given_cause(
    busy_run, group_run
):
    with pytest.raises(CounterfactualError) as found:
        without(busy_run, "Backstop")
    assert found.value.kinds == ("PickOff", "SlowQuotes", "Quoter", "CreditLine")

    with pytest.raises(CounterfactualError, match=r"did you mean Buyback\? give one of PickOff"):
        without(group_run, "buyback")


def test_a_removed_cause_cannot_be_removed_again(group_run, other_runs):
    kinds = ("CreditLine", "Directional", "Shares", "Buyback")
    for kind in kinds:
        other, _ = other_runs(kind)
        with pytest.raises(CounterfactualError) as found:
            without(other, kind)
        assert kind not in found.value.kinds


def test_a_run_without_its_scenario_file_has_no_counterfactual(tiny_run, tmp_path):
    for name in ("main.beancount", "manifest.json"):
        (tmp_path / name).write_bytes((tiny_run.path / name).read_bytes())

    with pytest.raises(ScenarioError, match=r"scenario\.toml does not exist"):
        without(RunFolder.at(tmp_path), "PickOff")


# -------------------------------------------------------------------- the results


@pytest.mark.parametrize(
    "kind", ["PickOff", "Loans", "Directional", "Shares", "Operations", "Ventures", "Buyback"]
)
def test_a_removed_cause_has_no_amount_in_the_books(group_run, other_runs, kind):
    other, _ = other_runs(kind)

    assert hole(group_run).kinds_usd[kind] != 0
    assert hole(other).kinds_usd.get(kind, 0) == 0


def test_another_provider_takes_over_positions_if_the_backstop_of_the_maker_is_removed(
    executed, tmp_path
):
    crash = executed(WORLDS / "margin.toml", run={"start": CRASH, "end": CRASH + timedelta(days=1)})
    counterfactual(crash, without(crash, "Backstop"), tmp_path / "run")
    other = RunFolder.at(tmp_path / "run")
    with other.connect() as connection:
        makers = connection.execute("SELECT DISTINCT maker FROM rows WHERE motive = 'backstop'")
        assert {name for (name,) in makers.fetchall()} == {"Backstop01"}

    assert hole(crash).kinds_usd["Backstop"] != 0
    assert hole(other).kinds_usd["Backstop"] == 0


def parting_in_text(run: RunFolder, other: RunFolder) -> list[tuple]:
    """Return the first pair of entries that differ, one from each run, as Beancount loads them."""

    def said(each: RunFolder) -> list[tuple]:
        after_opening = (entry for entry in each.transactions if "opening" not in entry.tags)
        return [
            (e.date, int(e.meta["seq"]), e.narration, e.payee, [p[:2] for p in e.postings])
            for e in after_opening
        ]

    for ours, theirs in zip(said(run), said(other), strict=False):
        if (ours[0], *ours[2:]) != (theirs[0], *theirs[2:]):
            return [ours[:3], theirs[:3]]
    return []


@pytest.mark.parametrize(
    ("kind", "first"), [("Buyback", date(2022, 6, 1)), ("Politics", date(2022, 6, 2))]
)
def test_if_a_use_of_money_is_removed_both_books_are_equal_before_its_date_and_then_differ(
    group_run, other_runs, kind, first
):
    other, tables = other_runs(kind)

    assert books_before(other, first) == books_before(group_run, first)
    assert rows_before(other, first) == rows_before(group_run, first)
    assert len(rows_before(other, first)) > 1_000
    assert [row[1] for row in table(tables, "parting").rows] == [first, first]
    assert [row[1:] for row in table(tables, "parting").rows] == parting_in_text(group_run, other)


@pytest.mark.parametrize("kind", ["PickOff", "CreditLine", "Buyback", "Loans"])
def test_differences_are_the_run_less_the_counterfactual_and_sum_to_the_difference_of_the_hole(
    group_run, other_runs, kind
):
    other, tables = other_runs(kind)
    *kinds, whole = table(tables, "difference").rows

    for name, with_it, without_it, difference in kinds:
        assert with_it == hole(group_run).kinds_usd.get(name, 0)
        assert without_it == hole(other).kinds_usd.get(name, 0)
        assert difference == with_it - without_it
    assert whole[1:] == tuple(sum(column) for column in list(zip(*kinds, strict=True))[1:])
    assert whole[1:3] == (hole(group_run).hole_usd, hole(other).hole_usd)


def test_the_table_of_the_hole_has_both_runs_and_an_unexplained_amount_of_zero(
    group_run, other_runs
):
    other, tables = other_runs("Buyback")
    rows = {row[0]: row[1:] for row in table(tables, "hole").rows}

    ours, theirs = hole(group_run).hole_of_exchange_usd, hole(other).hole_of_exchange_usd
    assert rows["hole of the exchange: claims less its cash"] == (ours, theirs, ours - theirs)
    assert rows["unexplained (must be 0.00)"] == (0, 0, 0)


def test_the_table_of_milestones_has_both_runs_and_a_blank_date_if_a_milestone_is_not_reached(
    other_runs,
):
    _, tables = other_runs("Buyback")
    dates = {row[0]: (row[1], row[3]) for row in table(tables, "firsts").rows}

    assert dates["the maker draws on its credit line"] == (date(2022, 6, 1), None)
    assert dates["a use of money is not paid"] == (date(2022, 6, 3), date(2022, 6, 3))


def test_removing_a_use_that_was_never_paid_makes_no_difference(other_runs):
    _, tables = other_runs("Acquisitions")

    assert {row[-1] for row in table(tables, "difference").rows} == {0}
    assert table(tables, "parting").rows == []


def test_a_run_compared_with_itself_has_no_differences(busy_run):
    tables = compare(busy_run, busy_run, without(busy_run, "PickOff")).tables()

    assert {row[-1] for row in table(tables, "difference").rows} == {0}
    assert table(tables, "parting").rows == []
    assert not any("versions" in note for note in table(tables, "difference").notes)


def test_a_comparison_has_a_note_if_different_program_versions_made_the_two_runs(
    busy_run, tmp_path
):
    folder = Path(shutil.copytree(busy_run.path, tmp_path / "run"))
    # this manifest states no version, so the two versions differ
    (folder / "manifest.json").write_text("{}")
    other = RunFolder.at(folder)

    found = table(compare(busy_run, other, without(busy_run, "PickOff")).tables(), "difference")
    assert any("versions" in note for note in found.notes)


# ---------------------------------------------------------------------------- the folder


def test_the_counterfactual_run_is_kept_on_request_and_not_replaced_without_force(
    busy_run, tmp_path
):
    other = without(busy_run, "CreditLine")
    counterfactual(busy_run, other, tmp_path / "kept")

    assert "credit_line_usd = 0.0" in (tmp_path / "kept" / "scenario.toml").read_text()
    with pytest.raises(RunRefusedError, match="--force"):
        counterfactual(busy_run, other, tmp_path / "kept")


def test_a_counterfactual_without_a_folder_leaves_no_files(busy_run, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    counterfactual(busy_run, without(busy_run, "CreditLine"))

    assert not list(tmp_path.iterdir())


def test_the_command_counterfactual_refuses_an_unknown_cause_and_lists_the_removable_causes(
    busy_run,
):
    result = CliRunner().invoke(main, ["counterfactual", str(busy_run.path), "--without", "Loan"])

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "moneytrail: 'Loan' can't be removed from this scenario; give one of PickOff, "
        "SlowQuotes, Quoter, CreditLine\n"
    )


def test_all_amounts_of_a_counterfactual_have_two_decimals(other_runs):
    for kind in ("Buyback", "Acquisitions"):
        assert_whole_cents(other_runs(kind)[1])
