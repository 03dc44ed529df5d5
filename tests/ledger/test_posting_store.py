"""The Parquet copy of the books agrees with the text, and can be made again from the text."""

import json
import random
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from beancount import loader
from beancount.core import data
from folder_contents import contents

from ledger import directive_store, duckdb_session, posting_store
from ledger.copy_of_text import write_copy
from ledger.money import Scale
from ledger.opened import Opened
from ledger.posting_store import MonthOfPostings
from ledger.proof.copy_check import wrong_copies
from ledger.proof.rebuild import rebuild
from ledger.proof.seal import broken_seals, seal
from ledger.run_folder import MANIFEST, RunFolder, RunFolderError
from ledger.transaction import Posting, Transaction
from ledger.values import read_value

WORLDS = ["tiny_run", "busy_run", "tokens_run"]


@pytest.fixture(params=WORLDS)
def world(request: pytest.FixtureRequest) -> RunFolder:
    return request.getfixturevalue(request.param)


@pytest.fixture
def copied(tiny_run: RunFolder, tmp_path: Path) -> RunFolder:
    shutil.copytree(tiny_run.path, tmp_path / "run")
    return RunFolder.at(tmp_path / "run")


def copies(folder: Path) -> list[Path]:
    months = sorted((folder / posting_store.FOLDER).glob("*"))
    return [*months, folder / directive_store.FILE]


def test_a_copy_made_from_the_text_has_the_same_bytes_as_the_copy_that_the_journal_wrote(
    world, tmp_path
):
    folder = tmp_path / "run"
    shutil.copytree(world.path, folder)
    written = {path.relative_to(folder): path.read_bytes() for path in copies(folder)}

    write_copy(folder, loader.load_file(str(folder / "main.beancount"))[0])

    assert {path.relative_to(folder): path.read_bytes() for path in copies(folder)} == written


def test_postings_in_the_copy_sum_to_the_balances_in_beancount(world):
    entries, errors, _ = loader.load_file(str(world.path / "main.beancount"))
    assert not errors
    sums: dict[tuple[str, str], Decimal] = {}
    for entry in entries:
        for posting in entry.postings if isinstance(entry, data.Transaction) else ():
            key = (posting.account, posting.units.currency)
            sums[key] = sums.get(key, Decimal()) + posting.units.number

    found = world.select("SELECT account, commodity, sum(amount) FROM postings GROUP BY ALL")

    assert {(account, commodity): amount for account, commodity, amount in found} == sums


def test_the_copy_agrees_with_the_text_on_how_each_account_counts_in_the_hole(world):
    entries, _, _ = loader.load_file(str(world.path / "main.beancount"))
    opened = {e.account: e.meta.get("hole") for e in entries if isinstance(e, data.Open)}

    found = world.select("SELECT DISTINCT account, hole FROM postings")

    assert found
    assert all(opened[account] == hole for account, hole in found)


def test_notes_and_events_and_prices_in_the_copy_agree_with_the_text(world):
    entries, _, _ = loader.load_file(str(world.path / "main.beancount"))
    notes = [(e.date, e.type, len(e.values)) for e in entries if isinstance(e, data.Custom)]
    events = [(e.date, e.type, e.description) for e in entries if isinstance(e, data.Event)]
    prices = [(e.date, e.currency, e.amount.number) for e in entries if isinstance(e, data.Price)]

    assert sorted(world.select("SELECT date, kind, len(words) FROM notes")) == sorted(notes)
    assert sorted(world.select("SELECT date, name, value FROM events")) == sorted(events)
    assert sorted(world.select("SELECT date, commodity, usd FROM prices")) == sorted(prices)


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ('"Firm01"', "Firm01"),
        ('"a \\"quote\\" and a \\\\"', 'a "quote" and a \\'),
        ('"TRUE"', "TRUE"),
        ("TRUE", True),
        ("2022-05-09", date(2022, 5, 9)),
        ("-12.50", Decimal("-12.50")),
        ("1,000.00 USD", (Decimal("1000.00"), "USD")),
        ("Assets:FTX:Cash", "Assets:FTX:Cash"),
    ],
)
def test_the_values_of_a_note_are_read_as_beancount_reads_them(word, value):
    text = f'2022-05-09 custom "about" {word}\n'
    ((read,),) = (entry.values for entry in loader.load_string(text)[0])
    theirs = tuple(read.value) if isinstance(value, tuple) else read.value

    assert read_value(word) == value
    assert theirs == value


def test_an_entry_has_one_row_per_posting_in_the_order_of_the_text(tmp_path):
    month = MonthOfPostings([Opened("Assets:A:Cash", ("USD",), "liquid")], {"X": Scale.of("0.5")})
    entry = Transaction(
        1_652_097_600_000_001,
        None,
        "Says “so”",
        "deal",
        (
            Posting("Assets:A:Cash", -150),
            Posting("Assets:A:Tokens:Pool:X", 3, "X", "B"),
        ),
        (
            "z-link",
            "a-link",
            "z-link",
        ),  # stored in alphabetical order, each link once
        (("holder", '"r-0001"'), ("trades", "2")),
    )
    month.add(entry, 7)
    month.write(tmp_path / "may.parquet")

    with duckdb.connect() as connection:
        rows = connection.execute(
            "SELECT seq, line, date, payee, narration, links, meta, root, entity, kind, "
            "counterparty, hole, units, units * unit, commodity, party FROM read_parquet(?)",
            [str(tmp_path / "may.parquet")],
        ).fetchall()

    said = (date(2022, 5, 9), None, "Says “so”", ["a-link", "z-link"])
    meta = {"holder": "r-0001", "trades": "2"}
    cash = ("Assets", "A", "Cash", None, "liquid", -150, Decimal("-1.5"), "USD", None)
    tokens = ("Assets", "A", "Tokens", "Pool:X", None, 3, Decimal("1.5"), "X", "B")
    assert [(*row[:6], json.loads(row[6]), *row[7:]) for row in rows] == [
        (7, 1, *said, meta, *cash),
        (7, 2, *said, meta, *tokens),
    ]


def test_the_copy_of_a_month_without_entries_has_all_columns(tmp_path):
    month = MonthOfPostings([], {})
    month.write(tmp_path / "may.parquet")

    with duckdb.connect() as connection:
        described = connection.execute(
            "DESCRIBE FROM read_parquet(?)", [str(tmp_path / "may.parquet")]
        ).fetchall()
    types = [(name, kind.partition("(")[0]) for name, kind, *_ in described]
    assert types == [(name, kind) for name, kind, _ in posting_store.COLUMNS]


# ------------------------------------------------------------------ changed and missing copies


def changed(path: Path, query: str) -> None:
    """Overwrite a Parquet file with the result of a query on its rows."""
    other = path.with_suffix(".other")
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE copy AS FROM read_parquet('{path}')")
        connection.execute(f"COPY ({query}) TO '{other}' (FORMAT parquet)")
    other.replace(path)


def another(kind: str, column: str) -> str:
    """Return an SQL expression whose value differs from the value in a column."""
    return {
        "VARCHAR": f"coalesce({column}, '') || 'x'",
        "VARCHAR[]": f"list_append({column}, 'x')",
        "JSON": '\'{"fills": "7"}\'::JSON',
        "DATE": f"({column} + 1)::DATE",
        "TIMESTAMP": f"{column} + INTERVAL 1 MICROSECOND",
        "DECIMAL": f"({column} * 10)::DECIMAL(18, 3)",
    }.get(kind, f"({column} + 1)::{kind}")


def changes(seed: int, path: Path, columns: list[tuple[str, str]]) -> list[str]:
    """Return queries that each change one value, drop one row or repeat one row."""
    draws = random.Random(seed)
    with duckdb.connect() as connection:
        (n,) = connection.execute("SELECT count(*) FROM read_parquet(?)", [str(path)]).fetchone()
    drawn = [
        f"SELECT * REPLACE (CASE WHEN rowid = {draws.randrange(n)} "
        f"THEN {another(kind, column)} ELSE {column} END AS {column}) FROM copy"
        for column, kind in columns
    ]
    return [
        *drawn,
        f"FROM copy WHERE rowid != {draws.randrange(n)}",
        f"FROM copy UNION ALL FROM copy WHERE rowid = {draws.randrange(n)}",
    ]


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_changed_value_or_row_of_the_copy_breaks_the_seal_and_is_found_even_after_a_new_seal(
    busy_run, tmp_path, seed
):
    folder = tmp_path / "run"
    shutil.copytree(busy_run.path, folder)
    run = RunFolder(folder)
    assert run.loaded  # the text is loaded here, and not again after each change
    about = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["run"]
    columns = [(name, kind) for name, kind, _ in posting_store.COLUMNS]
    of_directives = [("date", "DATE"), ("name", "VARCHAR"), ("words", "VARCHAR[]")]
    of_directives += [("directive", "VARCHAR"), ("meta", "JSON")]
    path = copies(folder)[seed % 2]
    cases = [(path, query) for query in changes(seed, path, columns)]
    cases += [(copies(folder)[-1], q) for q in changes(seed, copies(folder)[-1], of_directives)]
    for path, query in cases:
        before = path.read_bytes()
        changed(path, query)

        assert any(str(path.name) in problem for problem in broken_seals(folder)), query
        seal(folder, about)
        assert not broken_seals(folder)
        assert any(str(path.name) in problem for problem in wrong_copies(run)), query

        path.write_bytes(before)
        seal(folder, about)
    assert not list(wrong_copies(run))


def test_a_run_with_a_missing_copy_is_refused_in_one_line_that_states_the_remedy(copied):
    for path in copies(copied.path):
        content = path.read_bytes()
        path.unlink()

        with pytest.raises(RunFolderError, match=r"moneytrail rebuild .*run") as refused:
            RunFolder(copied.path).select("SELECT 1")
        assert path.name in str(refused.value)
        assert "\n" not in str(refused.value)
        assert any("missing" in problem for problem in wrong_copies(copied))

        path.write_bytes(content)


@pytest.mark.parametrize("kept", [0, 100, -1])
def test_a_run_with_a_truncated_copy_is_refused_in_one_line_that_names_the_audit(copied, kept):
    for path in copies(copied.path):
        content = path.read_bytes()
        path.write_bytes(content[:kept])

        with pytest.raises(RunFolderError, match=r"moneytrail audit .*run") as refused:
            RunFolder(copied.path).select("SELECT sum(units) FROM postings, opens")
        assert "\n" not in str(refused.value)
        assert any(path.name in problem for problem in wrong_copies(copied))

        path.write_bytes(content)


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_bytes(b"none")])
def test_a_run_with_a_rebuilt_copy_equals_the_original_run(copied, spoil: Callable[[Path], object]):
    before = contents(copied.path)
    for path in copies(copied.path):
        spoil(path)

    rebuild(copied)

    assert contents(copied.path) == before


def test_rebuild_refuses_a_run_whose_ledger_text_has_changed(copied):
    text = copied.path / "2022-05.beancount"
    text.write_text(text.read_text(encoding="utf-8") + ";; more\n", encoding="utf-8")
    before = (copied.path / MANIFEST).read_bytes()

    with pytest.raises(RunFolderError, match=r"2022-05\.beancount: this file has changed"):
        rebuild(copied)
    assert (copied.path / MANIFEST).read_bytes() == before


def test_the_audit_lists_wrong_columns_in_sorted_order(afternoon):
    path = afternoon.path / directive_store.FILE
    with duckdb_session.connect() as connection:
        columns = ", ".join(f"'{n}' AS {name}" for n, name in enumerate("hgfedcba"))
        connection.execute(f"COPY (SELECT {columns}) TO '{path}' (FORMAT parquet)")

    found: list[str] = []
    with suppress(RunFolderError):  # a later check needs the columns that are missing
        found.extend(each for each in wrong_copies(afternoon) if ": a column " in each)

    assert found == sorted(found)
    assert len(found) == 13
