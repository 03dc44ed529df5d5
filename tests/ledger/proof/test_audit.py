"""The audit finds changed files, and after a new seal it still finds changed books and fills."""

import gc
import json
import os
import random
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from ledger import fill_store
from ledger.copy_of_text import write_copy
from ledger.day_ledger import render_day
from ledger.fills import ABSENT, NULLABLE, ROW
from ledger.proof import audit as audit_module
from ledger.proof.audit import SAMPLE_DAYS
from ledger.proof.seal import broken_seals, seal
from ledger.roles import RoleError
from ledger.run_folder import MANIFEST, RunFolder
from runs.full_audit import audit

AMOUNT = re.compile(r"^  [A-Z]\S+ +(-?[0-9.]+) [A-Z]", re.MULTILINE)
DIGITS = b"0123456789"

PLACES = 60
PLACES_IF_SLOW = 1_200
# With seed 2 (slow), the tests change 20 times as many places in the files as with seed 1.
SEEDS = [1, pytest.param(2, marks=pytest.mark.slow)]


def places(seed: int, fast: int = PLACES) -> int:
    return fast if seed == 1 else fast * PLACES_IF_SLOW // PLACES


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def day_run(executed) -> RunFolder:
    """Return a run of one day, so that its audit is fast."""
    return executed("tiny", run={"end": date(2022, 5, 10), "day_ledgers": "all"})


@pytest.fixture(scope="module")
def folder(day_run: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the run. Tests change one file of the copy at a time and restore it."""
    return copied(day_run, tmp_path_factory.mktemp("audited"))


@pytest.fixture(scope="module")
def small_folder(small_run: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(small_run, tmp_path_factory.mktemp("audited"))


@pytest.fixture(scope="module")
def folder_of_two_markets(busy_run: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(busy_run, tmp_path_factory.mktemp("audited"))


def copied(run: RunFolder, place: Path) -> Path:
    shutil.copytree(run.path, place / "run")
    return place / "run"


@contextmanager
def changed(folder: Path, path: Path, content: bytes, resealed: bool = False) -> Iterator[None]:
    """Change a file, and restore it after the `with` block.

    With *resealed*, also seal the folder again after the change.
    """
    was = {each: each.read_bytes() for each in (path, folder / MANIFEST)}
    try:
        path.write_bytes(content)
        if resealed:
            seal(folder, json.loads(was[folder / MANIFEST])["run"])
        yield
    finally:
        for each, before in was.items():
            each.write_bytes(before)


def first_problem(folder: Path) -> str | None:
    """Return the first problem that the audit finds.

    Problems of files that are made from the ledger's text are left out, since a forger can make
    these files again.
    """
    made_from_text = ("copy:", "group:")
    findings = (each for each in audit(folder) if not each.step.startswith(made_from_text))
    return next((p for finding in findings for p in finding.problems), None)


def other_digit(draws: random.Random, content: bytes) -> bytes:
    """Return the content with one random digit changed."""
    place = draws.choice([i for i, byte in enumerate(content) if byte in DIGITS])
    digit = draws.choice([d for d in DIGITS if d != content[place]])
    return content[:place] + bytes([digit]) + content[place + 1 :]


def other_byte(draws: random.Random, content: bytes) -> bytes:
    place = draws.randrange(len(content))
    byte = draws.choice([b for b in range(256) if b != content[place]])
    return content[:place] + bytes([byte]) + content[place + 1 :]


def tampered(draws: random.Random, path: Path) -> bytes:
    return (other_byte if path.suffix == ".parquet" else other_digit)(draws, path.read_bytes())


# ----------------------------------------------------------------------------- an unchanged run


@pytest.mark.parametrize("every_day", [False, True])
def test_an_unchanged_run_passes_the_audit(run, every_day):
    assert [finding.problems for finding in audit(run.path, every_day)] == [()] * 7


def test_a_run_copied_to_another_folder_passes_the_audit(folder):
    assert first_problem(folder) is None


def test_an_audit_changes_no_file(folder):
    before = {path: path.read_bytes() for path in files(folder)}

    list(audit(folder, every_day=True))

    assert {path: path.read_bytes() for path in files(folder)} == before


@pytest.mark.parametrize("collecting", [True, False])
def test_after_an_audit_the_garbage_collector_is_on_or_off_as_before_the_audit(folder, collecting):
    was_collecting = gc.isenabled()
    (gc.enable if collecting else gc.disable)()
    try:
        list(audit(folder))

        assert gc.isenabled() == collecting
    finally:
        (gc.enable if was_collecting else gc.disable)()


def test_if_a_run_has_no_day_ledgers_the_audit_states_the_number_of_days_that_it_checks(executed):
    run = executed("tiny", run={"day_ledgers": ()})

    (*_, sampled), (*_, whole) = audit(run.path), audit(run.path, every_day=True)

    assert f" {SAMPLE_DAYS} of 3 days, each alone" in sampled.step
    assert " 3 of 3 days, each alone" in whole.step


def test_the_audit_reports_broken_invariants_and_beancount_errors_in_a_day_ledger(
    executed, monkeypatch
):
    run = executed("tiny", run={"day_ledgers": ()})
    for added, said in (
        ('* "Unopened"\n  Assets:Nobody:Cash  1 USD\n  Assets:Nobody:Cash  -1 USD\n', "Nobody"),
        ('* "Without a place"\n', "transaction-balances: the transaction has no postings"),
    ):
        monkeypatch.setattr(
            audit_module,
            "render_day",
            lambda run, day, added=added: f"{render_day(run, day)}\n{day} {added}",
        )
        *_, found = audit(run.path)

        assert any(said in problem for problem in found.problems)
        assert all(problem.startswith("days/2022-05-") for problem in found.problems)


# ------------------------------------------------------------- changed files without a new seal


@pytest.mark.parametrize("seed", SEEDS)
def test_a_changed_digit_or_byte_in_any_file_breaks_the_seal(folder, seed):
    draws = random.Random(seed)
    for _ in range(places(seed)):
        path = draws.choice(files(folder))
        with changed(folder, path, tampered(draws, path)):
            (problem,) = broken_seals(folder)

        assert problem.startswith(f"{path.relative_to(folder).as_posix()}: ")


@pytest.mark.parametrize("seed", SEEDS)
def test_the_audit_names_a_file_with_a_changed_digit_or_byte_and_completes_all_steps(folder, seed):
    draws = random.Random(seed)
    for path in files(folder):
        for _ in range(places(seed, fast=1)):
            with changed(folder, path, tampered(draws, path)):
                sealed, *_ = findings = list(audit(folder))

            assert len(findings) == 7
            assert sealed.problems == (
                f"{path.relative_to(folder).as_posix()}: this file has changed since it was sealed",
            )


# ---------------------------------------------------------------- changed files with a new seal


def other_amount(draws: random.Random, text: str) -> str:
    """Return the text with one random amount changed, by a small or a large number."""
    found = draws.choice(list(AMOUNT.finditer(text)))
    number = found[1]
    units = int(number.replace(".", "")) + draws.choice([-1, 1, 100, -12_345, 10**7])
    digits = len(number.partition(".")[2])
    whole, part = divmod(abs(units), 10**digits)
    changed = f"{'-' if units < 0 else ''}{whole}" + (f".{part:0{digits}}" if digits else "")
    return text[: found.start(1)] + changed + text[found.end(1) :]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_audit_finds_a_changed_amount_in_the_file_of_a_month_even_if_the_run_is_sealed_again(
    folder, seed
):
    draws = random.Random(seed)
    for _ in range(places(seed, fast=10)):
        assert_a_change_is_found(folder, draws, draws.choice(sorted(folder.glob("2*.beancount"))))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_audit_finds_a_changed_amount_in_a_day_ledger_even_if_the_run_is_sealed_again(
    small_folder, seed
):
    draws = random.Random(seed)
    for _ in range(places(seed, fast=4)):
        path = draws.choice(sorted(small_folder.glob("days/*.beancount")))
        assert_a_change_is_found(small_folder, draws, path)


def assert_a_change_is_found(folder: Path, draws: random.Random, path: Path) -> None:
    text = other_amount(draws, path.read_text(encoding="utf-8"))
    with changed(folder, path, text.encode(), resealed=True):
        assert not broken_seals(folder)

        assert first_problem(folder) is not None, text


def test_a_changed_amount_is_reported_with_the_name_of_its_file(folder):
    (path,) = folder.glob("2*.beancount")
    text = other_amount(random.Random(1), path.read_text(encoding="utf-8"))
    with changed(folder, path, text.encode(), resealed=True):
        assert path.name in first_problem(folder)


def other_value(draws: random.Random, column: str, value: int, words: dict) -> int:
    """Return another value that the column can store."""
    if column in words:
        return draws.choice([code for code in range(len(words[column])) if code != value])
    if column in NULLABLE and value != ABSENT and draws.random() < 0.3:
        return ABSENT
    if value == ABSENT and column in NULLABLE:
        return draws.randrange(100)
    return value + draws.choice([-1, 1, 100, -12_345, 10**7])


@pytest.mark.parametrize("column", ROW.names)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_audit_finds_a_changed_field_of_a_fill_even_if_the_run_is_sealed_again(
    folder, folder_of_two_markets, seed, column
):
    if column == "market":
        folder = folder_of_two_markets
    draws = random.Random(f"{seed} {column}")
    run = RunFolder(folder)
    path = run.fill_files[0]
    with run.connect() as connection:
        rows = fill_store.read(connection, f"read_parquet('{path}')", run.names)
    for _ in range(places(seed, fast=1)):
        forged = rows.copy()
        place = draws.randrange(len(rows))
        was = int(rows[column][place])
        forged[column][place] = other_value(draws, column, was, run.names.words())
        assert forged[column][place] != was
        with changed(folder, path, _parquet(folder, forged, run), resealed=True):
            assert not broken_seals(folder)

            assert first_problem(folder) is not None, (column, place)


def _parquet(folder: Path, rows: np.ndarray, run: RunFolder) -> bytes:
    path = folder.parent / "forged.parquet"
    fill_store.write(path, rows, run.names)
    content = path.read_bytes()
    path.unlink()
    return content


# ------------------------------------------------------- other forgeries


def gone(name: str) -> Callable[[Path], None]:
    def forge(folder: Path) -> None:
        path = folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    return forge


def reading(name: str, text: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_text(text, encoding="utf-8")


def replaced(name: str, old: str, new: str) -> Callable[[Path], None]:
    def forge(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return forge


def not_utf8(folder: Path) -> None:
    day = sorted((folder / "days").iterdir())[0]
    day.write_bytes(b"\xff" + day.read_bytes())


def a_link_to_nowhere(folder: Path) -> None:
    month = folder / "fills/2022-05.parquet"
    month.unlink()
    os.symlink("nowhere", month)


@pytest.mark.parametrize(
    "forge",
    [
        gone("main.beancount"),
        gone("2022-05.beancount"),
        gone("fills/2022-05.parquet"),
        gone("fills"),
        reading("main.beancount", ""),
        reading("main.beancount", "\x00"),
        reading("2022-05.beancount", ""),
        reading("fills/2022-05.parquet", ""),
        reading("fills/2022-05.parquet", "PAR1PAR1PAR1"),
        reading("fills/2022-06.parquet", "not Parquet either"),
        reading("days/2022-05-09.beancount", ""),
        reading("days/2022-05-08.beancount", "; a day that the books do not have\n"),
        reading("days/2030-01-01.beancount", '2030-01-01 * "A day that the books do not have"\n'),
        reading("days/yesterday.beancount", "; which?\n"),
        replaced("main.beancount", 'custom "role" "house"', 'custom "role" "mouse"'),
        replaced("main.beancount", 'custom "role" "maker" "Alameda"', 'custom "role" "x" "y"'),
        replaced("main.beancount", 'lot: "', 'lot: "1'),
        replaced("main.beancount", 'tick: "', 'tick: "7'),
        replaced("main.beancount", '\n  hole: "liquid"', '\n  hole: "nothing"'),
        replaced("main.beancount", 'include "2022-05.beancount"', ""),
        replaced("2022-05.beancount", "  seq: 2\n", ""),
        replaced("2022-05.beancount", "  seq: 2\n", '  seq: "two"\n'),
        replaced("2022-05.beancount", '  time: "', '  time: "1'),
        replaced("2022-05.beancount", "  fills: ", '  fills: "many" ; '),
        replaced("2022-05.beancount", 'custom "funding-per-hour-e9"', 'custom "funding"'),
        replaced("2022-05.beancount", 'custom "control-total-of-fills"', 'custom "control"'),
        not_utf8,
        a_link_to_nowhere,
    ],
)
def test_the_audit_of_a_forged_run_with_a_new_seal_is_completed_and_reports_a_problem(
    day_run, tmp_path, forge
):
    folder = tmp_path / "run"
    shutil.copytree(day_run.path, folder)
    forge(folder)
    seal(folder, json.loads((day_run.path / MANIFEST).read_text(encoding="utf-8"))["run"])

    findings = list(audit(folder))

    assert not findings[0].problems
    assert any(finding.problems for finding in findings[1:])
    assert all("\n" not in problem for finding in findings for problem in finding.problems)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            '"role" "firm" "Firm01"',
            '"role" "firm" "Firm99"',
            "the role 'firm' names 'Firm99', for whom no account is opened; "
            "name a party of the chart of accounts",
        ),
        (
            '"role" "firm" "Firm01"',
            '"role" "firm" "OtherMakers"',
            "the fills have an unknown taker, 'Firm01'; "
            "correct the fills, or the roles or markets of main.beancount",
        ),
    ],
)
def test_a_changed_role_of_a_party_is_reported_with_its_fault_and_with_advice(
    tiny_run, tmp_path, old, new, said
):
    folder = tmp_path / "run"
    shutil.copytree(tiny_run.path, folder)
    replaced("main.beancount", old, new)(folder)
    with suppress(RoleError):  # with an unknown party the Parquet copy can't be written
        write_copy(folder, RunFolder(folder).entries)
    seal(folder, json.loads((tiny_run.path / MANIFEST).read_text(encoding="utf-8"))["run"])

    problems = [problem for finding in audit(folder) for problem in finding.problems]

    assert any(problem.endswith(said) for problem in problems)
    assert not [problem for problem in problems if "Error" in problem]


def test_the_step_on_fills_and_the_step_on_day_ledgers_each_report_an_unreadable_fill_file_once(
    folder,
):
    month = folder / "fills" / "2022-05.parquet"
    with changed(folder, month, b"not Parquet", resealed=True):
        *_, fills, days = audit(folder, every_day=True)

    assert len(fills.problems) == len(days.problems) == 1


def test_an_empty_folder_fails_the_audit(tmp_path):
    assert any(finding.problems for finding in audit(tmp_path))
