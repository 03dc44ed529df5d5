"""The books of the house group have the same hole as the books of all parties."""

import json
import re
import shutil
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from beancount import loader
from beancount.core import data
from beanquery.query import run_query

from ledger.fava_links import FAVA_FILE
from ledger.group_books import CHECK_FILE, group_texts
from ledger.main_file import OF_ALL_BOOKS
from ledger.proof.rebuild import rebuild
from ledger.proof.seal import broken_seals, seal
from ledger.reports.money.hole import hole
from ledger.reports.trail.query import query
from ledger.run_folder import GROUP, MANIFEST, RunFolder, RunFolderError
from runs.full_audit import audit

WORLDS = ["busy_run", "tokens_run"]


@pytest.fixture(params=WORLDS)
def world(request: pytest.FixtureRequest) -> RunFolder:
    return request.getfixturevalue(request.param)


@pytest.fixture
def copied(busy_run: RunFolder, tmp_path: Path) -> RunFolder:
    shutil.copytree(busy_run.path, tmp_path / "run")
    return RunFolder(tmp_path / "run")


def alone(run: RunFolder, place: Path, check: bool = False) -> tuple[list, list, dict]:
    """Copy the group's books and their check file to *place*, and load one of these two files."""
    for name in (GROUP, CHECK_FILE):
        shutil.copy(run.path / name, place / name)
    return loader.load_file(str(place / (CHECK_FILE if check else GROUP)))


def transactions(entries: list) -> list[data.Transaction]:
    return [entry for entry in entries if isinstance(entry, data.Transaction)]


def is_of_the_group(run: RunFolder, account: str) -> bool:
    _, entity, kind, *_ = account.split(":")
    return entity in run.chart.parties.group and kind != "Contracts"


def test_the_hole_in_the_books_of_the_group_equals_the_hole_of_the_run_to_the_cent(world, tmp_path):
    entries, errors, options = alone(world, tmp_path)
    (saved,) = (e.query_string for e in entries if isinstance(e, data.Query) and e.name == "hole")
    _, ((inventory,),) = run_query(entries, options, saved)

    assert not errors
    assert inventory.get_currency_units("USD").number == hole(world).hole_usd
    assert hole(world).hole_usd


def test_saved_queries_give_the_same_result_for_the_group_in_its_own_books_as_in_all_books(
    world, tmp_path
):
    own, _, own_options = alone(world, tmp_path)
    general, _, options = loader.load_file(str(world.path / "main.beancount"))
    saved = {e.name: e.query_string for e in general if isinstance(e, data.Query)}
    theirs = {e.name: e.query_string for e in own if isinstance(e, data.Query)}

    assert saved.keys() - theirs.keys() == saved.keys() & {*OF_ALL_BOOKS}
    group = world.chart.parties.group
    for name, text in theirs.items():
        answer = run_query(general, options, text)[1]
        if name == "check-each-entity-balances":
            answer = [row for row in answer if row[0] in group]
        assert run_query(own, own_options, text)[1] == answer, name


def test_the_books_of_the_group_satisfy_the_invariants_that_need_no_other_books(world, tmp_path):
    assert alone(world, tmp_path, check=True)[1] == []


def test_a_change_of_one_cent_in_the_books_of_the_group_breaks_both_invariants_of_balance(copied):
    text = (copied.path / GROUP).read_text(encoding="utf-8")
    number = re.search(r"  Assets:FTX:Cash +(-?[0-9]+\.[0-9]{2}) USD", text)
    other = f"{Decimal(number[1]) + Decimal('0.01'):f}"
    changed = text[: number.start(1)] + other + text[number.end(1) :]
    (copied.path / GROUP).write_text(changed, encoding="utf-8")

    errors = loader.load_file(str(copied.path / CHECK_FILE))[1]

    assert {"transaction-balances", "entity-balances"} <= {
        getattr(error, "invariant", None) for error in errors
    }


def test_the_daily_changes_of_accounts_in_the_books_of_the_group_equal_those_in_the_general_ledger(
    world, tmp_path
):
    def moved(entries: list) -> dict:
        sums: dict[tuple, Decimal] = defaultdict(Decimal)
        for entry in transactions(entries):
            for posting in entry.postings:
                if is_of_the_group(world, posting.account):
                    units = posting.units
                    sums[entry.date, posting.account, units.currency] += units.number
        return {key: number for key, number in sums.items() if number}

    assert moved(alone(world, tmp_path)[0]) == moved(world.entries) != {}


def test_each_entry_that_changes_an_account_of_the_group_is_copied_or_summed_in_the_groups_books(
    world, tmp_path
):
    moving = [
        entry
        for entry in world.transactions
        if any(is_of_the_group(world, posting.account) for posting in entry.postings)
    ]
    own = transactions(alone(world, tmp_path)[0])

    assert sum(int(entry.meta.get("entries", 1)) for entry in own) == len(moving)
    assert {entry.meta["seq"] for entry in own} <= {entry.meta["seq"] for entry in moving}


def test_similar_entries_of_a_day_are_summed_and_the_lines_of_single_entries_are_copied(busy_run):
    text = group_texts(busy_run)[GROUP]
    general = "".join(
        path.read_text("utf-8") for path in sorted(busy_run.path.glob("2*.beancount"))
    )
    entries = [part for part in text.split("\n\n") if "\n  seq: " in part]
    single = [entry for entry in entries if "\n  entries: " not in entry]

    assert 0 < len(single) < len(entries)
    assert {line for entry in single for line in entry.split("\n")} <= {*general.split("\n")}
    forms = [
        (entry[:10], *re.findall(r'^\S+ \* ("[^"]*" )?".*"( #\S+)', entry), *accounts)
        for entry in entries
        for accounts in [re.findall(r"^  ([A-Z]\S+)", entry, re.MULTILINE)]
    ]
    assert len({str(form) for form in forms}) == len(forms)


def test_the_books_of_the_group_open_all_accounts_of_the_group_except_those_of_contracts(
    world, tmp_path
):
    entries = alone(world, tmp_path)[0]
    opened = {entry.account for entry in entries if isinstance(entry, data.Open)}

    assert opened == {account for account in world.opens if is_of_the_group(world, account)}


@pytest.mark.parametrize("name", [GROUP, CHECK_FILE, FAVA_FILE])
def test_the_audit_finds_a_change_in_the_books_of_the_group_even_if_the_run_is_sealed_again(
    copied, name
):
    manifest = json.loads((copied.path / MANIFEST).read_text(encoding="utf-8"))
    path = copied.path / name
    path.write_text(f"{path.read_text(encoding='utf-8')}; more\n", encoding="utf-8")
    assert broken_seals(copied.path)
    seal(copied.path, manifest["run"])

    told = [problem for finding in audit(copied.path) for problem in finding.problems]

    last = len((copied.path / name).read_text(encoding="utf-8").splitlines())
    assert told == [f"{name}:{last}: found '; more', but the general ledger gives ''"]


def test_missing_books_of_the_group_are_reported_and_the_rebuilt_books_fit_the_old_seal(copied):
    manifest = (copied.path / MANIFEST).read_bytes()
    for name in (GROUP, CHECK_FILE, FAVA_FILE):
        (copied.path / name).unlink()

    with pytest.raises(RunFolderError, match="moneytrail rebuild"):
        query(copied, ".run hole", group=True)
    told = [problem for finding in audit(copied.path) for problem in finding.problems]
    assert f"{GROUP}: this file is missing; `moneytrail rebuild` writes it" in told
    rebuild(copied)

    assert (copied.path / MANIFEST).read_bytes() == manifest
    assert not broken_seals(copied.path)


def test_a_query_with_the_group_option_reads_only_the_books_of_the_group(busy_run):
    for name in (".run hole", ".run where-did-the-money-go"):
        assert query(busy_run, name, group=True) == query(busy_run, name)
    entities = "SELECT DISTINCT splitcomp(account, ':', 1) AS entity ORDER BY entity"
    assert query(busy_run, entities, group=True).rows == [("Alameda",), ("FTX",)]
