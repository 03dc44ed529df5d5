"""The output of commands can be parsed, examples work, and mistakes are reported in one line."""

import csv
import io
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TextIO

import pytest
from beancount import loader
from click.testing import CliRunner, Result

from ledger.proof.seal import seal
from ledger.reports.firms.firm_results import firms
from ledger.reports.money.where import where
from ledger.reports.table import Table
from ledger.reports.trail.query import query
from ledger.reports.trail.sql import sql
from ledger.reports.trail.trail_down import trail
from ledger.run_folder import RunFolder
from runs.cli.main import SECTIONS, main
from runs.printing import Answered, TableChoiceError, render

ROOT = Path(__file__).parents[3]
PICKOFFS = "SELECT taker, sum(edge_usd) AS edge_usd FROM fills WHERE motive = 'pickoff' GROUP BY 1"


def moneytrail(*args: str | Path) -> Result:
    """Run a command in this process, and raise any exception that the command does not catch."""
    result = CliRunner().invoke(main, list(map(str, args)))
    if not isinstance(result.exception, SystemExit | None):
        raise result.exception
    return result


def process(
    *args: str | Path, stdout: int | TextIO = subprocess.PIPE, **environment: str
) -> subprocess.Popen:
    """Start a command in its own process, as a shell does."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    # Without buffering, Python mistakes a partial write to a closed pipe for a complete write.
    env.pop("PYTHONUNBUFFERED", None)
    command = [sys.executable, "-m", "runs", *map(str, args)]
    return subprocess.Popen(command, env=env, text=True, stdout=stdout, stderr=subprocess.PIPE)


# ------------------------------------------------------------------------------ formats

ANSWERS: tuple[tuple[Sequence[str], Callable[[RunFolder], list[Table]]], ...] = (
    (("where",), lambda run: where(run).tables()),
    (("firms",), lambda run: firms(run).tables()),
    (("trail", "--kind", "PickOff"), lambda run: trail(run, "PickOff").tables()),
    (("query", ".run who-received-it"), lambda run: [query(run, ".run who-received-it")]),
    (("sql", PICKOFFS), lambda run: [sql(run, PICKOFFS)]),
)


def ask(run: RunFolder, words: Sequence[str], *options: str) -> str:
    command, *asked = words
    result = moneytrail(command, run.path, *asked, *options)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def same(cell: object, text: object) -> bool:
    """Return whether the value parsed from printed text equals the cell of the table."""
    if isinstance(cell, Decimal):
        return Decimal(text) == cell and Decimal(text).as_tuple() == cell.as_tuple()
    return text == ("" if cell is None else str(cell))


@pytest.mark.parametrize(("words", "answer"), ANSWERS)
def test_parsed_csv_output_has_the_columns_and_cells_of_each_table(
    tiny_run: RunFolder, words, answer
):
    for table in answer(tiny_run):
        text = ask(tiny_run, words, "--format", "csv", "--table", table.name)
        header, *rows = csv.reader(io.StringIO(text))
        assert tuple(header) == table.columns
        assert len(rows) == len(table.rows)
        for row, cells in zip(rows, table.rows, strict=True):
            assert all(map(same, cells, row))


@pytest.mark.parametrize(("words", "answer"), ANSWERS)
def test_parsed_json_output_has_the_names_and_texts_and_cells_of_all_tables(
    tiny_run, words, answer
):
    tables = answer(tiny_run)
    found = json.loads(ask(tiny_run, words, "--format", "json"))

    assert [name for name in found if name not in ("answer", "provenance")] == [
        table.name for table in tables
    ]
    for table in tables:
        told = found[table.name]
        assert (told["title"], told["notes"]) == (table.title, list(table.notes))
        assert told["columns"] == list(table.columns)
        for row, cells in zip(told["rows"], table.rows, strict=True):
            for cell, text in zip(cells, row, strict=True):
                assert text == cell if cell is None or isinstance(cell, int) else same(cell, text)


@pytest.mark.parametrize(("words", "answer"), ANSWERS)
def test_the_printed_text_has_every_title_and_note_and_amount(tiny_run: RunFolder, words, answer):
    seen = ask(tiny_run, words, *([] if words[0] in ("query", "sql") else ["--all"]))

    for table in answer(tiny_run):
        if not table.rows:
            continue
        # The printed text wraps a long title over several lines.
        assert " ".join(table.title.split()) in " ".join(seen.split())
        assert all(note in seen for note in table.notes)
        for row in table.rows:
            words = [cell for cell in row if isinstance(cell, str)]
            numbers = [f"{cell:,}" for cell in row if isinstance(cell, Decimal)]
            assert any(all(t in line for t in words + numbers) for line in seen.splitlines())


def test_amounts_have_thousands_separators_but_sequence_numbers_have_none():
    table = Table(
        "t",
        "Title",
        ("seq", "who", "usd", "first_seq"),
        [(1234567, "A", Decimal("-1234.50"), Decimal(7654)), (8, "B", None, 12)],
        ("A note.",),
    )

    assert render(Answered([table]), "table", "t").splitlines() == [
        "Title",
        "",
        "    seq  who          usd    first_seq",
        "-------  -----  ---------  -----------",
        "1234567  A      -1,234.50         7654",
        "      8  B                          12",
        "* A note.",
    ]


def test_an_empty_table_is_printed_only_if_it_is_requested_by_name_and_then_with_the_word_nothing():
    said = Answered([Table("t", "Title", ("a", "b"), []), Table("u", "Other", ("a",), [(1,)])])

    assert "(nothing)" in render(said, "table", "t")
    assert "Title" not in render(said, "table")
    assert "Title" not in render(said, "table", everything=True)


def test_by_default_the_first_table_is_printed_and_the_other_tables_are_only_named():
    tables = [Table(name, name.upper(), ("a",), [(1,)]) for name in ("sums", "days", "parts")]
    said = Answered(tables, "It is one.", "run: seed 1")

    first = render(said, "table")
    assert first.splitlines()[0] == "It is one."
    assert first.splitlines()[-1] == "run: seed 1"
    assert "SUMS" in first
    assert "DAYS" not in first
    assert "days, parts" in first
    only = render(said, "table", "days")
    assert [name for name in ("SUMS", "DAYS", "PARTS") if name in only] == ["DAYS"]
    assert "PARTS" in render(said, "table", everything=True)
    assert '"parts"' in render(said, "json")


def test_csv_output_of_several_tables_needs_the_name_of_a_table_and_an_unknown_name_is_refused(
    tiny_run: RunFolder,
):
    tables = firms(tiny_run).tables()
    for name, form in ((None, "csv"), ("nosuch", "csv"), ("nosuch", "json"), ("nosuch", "table")):
        with pytest.raises(TableChoiceError, match="league, classes, margin, capital, share-of"):
            render(Answered(tables), form, name)


# ----------------------------------------------------------------------------- commands


def examples(command: str) -> list[list[str]]:
    """Return the command lines of the examples in a command's help."""
    text = main.commands[command].load().help.replace("\\\n", " ")
    lines = re.findall(r"^ +(moneytrail .*)$", text, re.MULTILINE)
    return [shlex.split(line.partition(" > ")[0])[1:] for line in lines]


# An option at the end of a command line replaces the same option before it.
QUICK = {
    # These small tasks are faster in one process, since starting another process takes time.
    **dict.fromkeys(("audit", "attribution"), ("--processes", "1")),
    "study": ("--processes", "1", "--members", "2"),
}


def quick(line: list[str]) -> list[str]:
    """Add options to a command line, so that the command is faster."""
    if "--shipped" in line:
        return line  # nothing is simulated
    return [*line, *QUICK.get(line[0], ())]


# These commands have separate tests: `run` leaves a folder, `sign` needs a key, `sweep` takes
# minutes, and `serve` does not end.
@pytest.mark.parametrize("command", sorted({*main.commands} - {"run", "serve", "sign", "sweep"}))
def test_no_example_in_the_help_of_a_command_fails(
    tiny_run: RunFolder, command: str, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)  # some examples write a picture into this folder
    found, run = examples(command), tiny_run.path
    # `rebuild` writes files that another test may be reading at the same time
    if command == "rebuild":
        run = shutil.copytree(run, tmp_path / "run")

    assert found
    for line in found:
        assert line[0] == command
        result = moneytrail(
            *(run if word == "runs/out/tiny-seed1" else word for word in quick(line))
        )
        assert (result.exit_code, result.stderr) == (0, ""), line
        assert result.stdout.strip()


def test_help_lists_every_command_once_and_the_sections_in_order_and_cuts_no_description():
    told = CliRunner().invoke(main, ["--help"], terminal_width=100).stdout
    listed = re.findall(r"^  (\w[\w-]*)  ", told, re.MULTILINE)

    assert listed == list(main.commands)
    assert [told.index(f"\n{title}:") for title in SECTIONS] == sorted(
        told.index(f"\n{title}:") for title in SECTIONS
    )
    assert "..." not in told.partition("Options:")[2]


def test_a_command_can_also_be_called_by_its_former_name(tiny_run):
    now, before = (moneytrail(name, tiny_run.path) for name in ("lead-lag", "leadlag"))

    assert (now.exit_code, now.stdout) == (0, before.stdout)
    assert "leadlag" not in moneytrail("--help").stdout


def test_the_run_command_prints_the_folder_and_overwrites_an_existing_run_only_with_force(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)

    first = moneytrail("run", "tiny", "--seed", "7")

    assert first.exit_code == 0
    folder = Path(first.stdout.splitlines()[-1])
    assert folder == Path("runs/out/tiny-seed7")
    assert "seed = 7" in (folder / "scenario.toml").read_text()
    assert first.stderr == ""  # without a terminal no progress is printed
    sealed = (folder / "manifest.json").read_bytes()
    again = moneytrail("run", "tiny", "--seed", "7", "--out", folder)
    assert again.exit_code == 2
    assert "--force" in again.stderr
    forced = moneytrail("run", "tiny", "--seed", "7", "--out", folder, "--force")
    assert forced.exit_code == 0
    assert (folder / "manifest.json").read_bytes() == sealed


def test_a_run_with_a_changed_setting_stores_the_changed_scenario_in_its_folder(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)

    done = moneytrail("run", "tiny", "--seed", "7", "--set", "maker.credit_line_usd=0")

    folder = Path(done.stdout.splitlines()[-1])
    assert folder.name == "tiny-maker-credit-line-usd-0-seed7"
    assert "credit_line_usd = 0.0" in (folder / "scenario.toml").read_text()


def test_a_seed_that_is_given_twice_is_refused_before_any_simulation(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    refused = moneytrail("run", "tiny", "--seed", "7", "--set", "run.seed=8")

    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr == "moneytrail: --set: run.seed is set twice; give it once\n"
    assert not any(tmp_path.iterdir())


def test_the_day_command_prints_the_stored_day_ledger_unchanged(tiny_run: RunFolder):
    written = (tiny_run.path / "days/2022-05-10.beancount").read_text()

    assert moneytrail("day", tiny_run.path, "2022-05-10").stdout == written


def test_the_day_command_refuses_a_day_without_fills_and_payments(tiny_run: RunFolder):
    refused = moneytrail("day", tiny_run.path, "2023-01-01")

    assert refused.exit_code == 2
    assert "no fills and no payments on 2023-01-01; give a day from 2022-05-" in refused.stderr


def test_beancount_loads_the_books_of_one_entity_without_errors(tiny_run: RunFolder):
    text = moneytrail("books", tiny_run.path, "Firm01", "--beancount").stdout
    entries, errors, _ = loader.load_string(text)

    assert not errors
    assert len(entries) > 10


def test_an_audit_exits_with_0_for_a_sound_run_and_with_1_for_a_forged_run(tiny_run, tmp_path):
    sound = moneytrail("audit", tiny_run.path, "--processes", 1)
    assert sound.exit_code == 0
    verdict, *steps = sound.stdout.splitlines()
    assert verdict == "The run has not changed since it was sealed and its books are consistent."
    assert [line[:6] for line in steps[:7]] == ["OK    "] * 7

    shutil.copytree(tiny_run.path, tmp_path / "forged")
    month = tmp_path / "forged" / "2022-05.beancount"
    month.write_text(month.read_text().replace("deposits", "deposited", 1))
    forged = moneytrail("audit", tmp_path / "forged", "--processes", 1)

    assert forged.exit_code == 1
    assert forged.stdout.startswith("The run fails its audit: ")
    assert re.search(r"^WRONG +seal.*\n +2022-05.beancount: ", forged.stdout, re.MULTILINE)
    assert "Not proven (see the steps with WRONG): that no file has changed" in forged.stdout
    assert all(len(line) <= 100 for line in forged.stdout.splitlines())
    assert forged.stderr == ""


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="OpenSSH is not installed here")
def test_the_public_key_verifies_a_run_that_was_signed_when_it_was_made_or_later(tmp_path):
    key, folder = tmp_path / "key", tmp_path / "run"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    day = tmp_path / "day.toml"
    day.write_text('question = "One day?"\nextends = "tiny"\n[run]\nend = 2022-05-10\n')
    assert moneytrail("run", day, "--out", folder, "--sign", key).exit_code == 0
    later = shutil.copytree(folder, tmp_path / "later", ignore=lambda *_: ["manifest.json.sig"])
    assert moneytrail("sign", later, key).stdout == f"{later}\n"

    for signed in (folder, later):
        verified = moneytrail("audit", signed, "--verify", f"{key}.pub", "--processes", 1)
        assert verified.exit_code == 0
        assert "the key's holder sealed it" in verified.stdout.splitlines()[0]
    (later / "main.beancount").write_text("; other books")
    refused = moneytrail("sign", later, key)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "a changed run can't be signed" in refused.stderr


# ----------------------------------------------------------------------------- mistakes

MISTAKES = (
    ("whre {run}", "Did you mean 'where'"),
    ("where", "Missing argument 'RUN'"),
    ("where nowhere.beancount", "nowhere.beancount: does not exist"),
    ("pools {run} --formt csv", "Did you mean '--format'"),
    ("where {run} --format xml", "'table', 'csv', 'json'"),
    ("where {run} --format csv", "hole-by-kind, hole-by-cause, paid-in-use, hole, hole-in-kind"),
    ("where {run} --table nosuch", "it has hole-by-kind"),
    ("where /nowhere", "/nowhere: not a finished run"),
    ("where {tmp}", "not a finished run"),
    ("books {run} Firm1", "did you mean 'Firm01'"),
    ("trail {run} --kind pickoff", "did you mean PickOff"),
    ("trail {run} --party Nobody", "'Nobody' has no books"),
    ("trail {run} --entity Nobody", "'Nobody' has no books"),
    ("trail {run} --since 2022-5-1", "write it as 2022-05-09"),
    ("trail {run} --since 2022-05-11 --until 2022-05-10", "exchange the two days"),
    ("trail {run} --seq 0", "a number from 1 to "),
    ("trail {run} --seq one", "not a valid integer"),
    ("trail {run} --link nosuch", "such as fills-2022-05-11"),
    ("trail {run} --seq 4 --link fill-4", "can't be combined"),
    ("trail {run} --seq 4 --kind PickOff", "can't be combined"),
    ("trail {run} --limit 0", "0 is not in the range"),
    ("query {run} 'SELEC 1'", "BQL: syntax error at 'SELEC 1'"),
    ("query {run} '.run nosuch'", "give one of balance-sheet-of-ftx"),
    ("sql {run} 'SELEC 1'", "syntax error at or near"),
    ("sql {run} 'DROP VIEW fills'", "give one SELECT"),
    ("sql {run}", "Missing argument 'SQL'"),
    ("day {run} 2023-01-01", "give a day from 2022-05-09 to 2022-05-11"),
    ("day {run} tomorrow", "write it as 2022-05-09"),
    ("audit {tmp}", "not a finished run"),
    ("audit {run} --verify {tmp}/nosuch.pub", "give the signer's"),
    ("sign {run} {tmp}/nosuch", "this key can't sign"),
    ("run tiny --out {tmp}/new --sign {tmp}/nosuch", "ssh-keygen -t ed25519"),
    ("run nosuch", "give one of alpha-decay, "),
    ("scenario check {tmp}/nosuch.toml", "does not exist"),
    ("study life --shipped --members 3", "so --members has no effect"),
    ("study life --shipped --out {tmp}/new", "so --out has no effect"),
    ("run {tmp}/nosuch.toml", "does not exist"),
    ("run {tmp}/empty.toml", "is empty"),
    ("run tiny --seed -1", "run.seed is -1"),
    ("run tiny --seed one", "not a valid integer"),
    ("run tiny --out {run}", "exists already; replace it (--force"),
    ("run tiny --out {tmp} --force", "is not a run, so the program does not replace it"),
    ("run tiny --out {tmp}/empty.toml/below", "can't be written"),
)


@pytest.mark.parametrize(("line", "problem"), MISTAKES)
def test_a_mistake_is_reported_in_one_line_and_the_command_exits_with_2(
    tiny_run, tmp_path, line, problem
):
    (tmp_path / "empty.toml").touch()

    result = moneytrail(*shlex.split(line.format(run=tiny_run.path, tmp=tmp_path)))

    assert result.exit_code == 2
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith("moneytrail: ")
    assert problem in result.stderr


NO_REPORTS = {"audit", "day", "rebuild", "report", "run", "scenario", "serve"}
NO_REPORTS |= {"sign", "sweep"}


# The tables of `books` and `query` depend on the run or on the query, so these two commands are
# left out.
@pytest.mark.parametrize(
    "command",
    sorted(set(main.commands) - NO_REPORTS - {"books", "query"}),
)
def test_an_unknown_table_is_refused_before_the_run_is_read(tmp_path, command):
    (tmp_path / "main.beancount").touch()
    seal(tmp_path, {})
    lines = [
        [tmp_path if word == "runs/out/tiny-seed1" else word for word in line]
        for line in examples(command)
        if "--schema" not in line
    ]

    for line in lines:
        result = moneytrail(*line, "--table", "nosuch")
        assert result.exit_code == 2
        assert "this report has no table 'nosuch'; it has " in result.stderr


@pytest.mark.parametrize("command", sorted(set(main.commands) - NO_REPORTS))
def test_the_error_for_an_unknown_table_names_each_table_of_the_report(
    tiny_run, command, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    asked = [
        line
        for line in examples(command)
        if not {"--schema", "--beancount", "csv", "--replay", "--table"} & set(line)
    ]
    # The last example of `attribution` has the fewest causes and is the fastest.
    for line in asked[-1:] if command == "attribution" else asked[:1]:
        words = [tiny_run.path if word == "runs/out/tiny-seed1" else word for word in quick(line)]
        offered = moneytrail(*words, "--table", "nosuch").stderr.partition("it has ")[2]
        found = json.loads(moneytrail(*words, "--format", "json").stdout)
        for name in found.keys() - {"answer", "provenance"}:
            assert re.search(rf"\b{name}(,|$)", offered)


def test_a_run_with_missing_fills_or_a_broken_ledger_is_reported_in_one_line(tiny_run, tmp_path):
    shutil.copytree(tiny_run.path, tmp_path / "lost")
    shutil.rmtree(tmp_path / "lost" / "fills")
    shutil.copytree(tiny_run.path, tmp_path / "broken")
    with (tmp_path / "broken" / "2022-05.beancount").open("a") as month:
        month.write('2022-05-11 * "half an entry"\n  Assets:FTX:Cash  1.00 USD\n')

    for words in (
        ("lost", "trail"),
        ("lost", "sql", "FROM fills"),
        ("broken", "query", "SELECT 1"),
    ):
        folder, command, *asked = words
        result = moneytrail(command, tmp_path / folder, *asked)
        assert result.exit_code == 2
        assert re.fullmatch(r"moneytrail: .+\n", result.stderr)


def test_the_program_without_a_command_prints_its_help():
    result = moneytrail()

    assert result.exit_code == 2
    assert "moneytrail where" in result.output


# ------------------------------------------------------------------ commands in their own process


@pytest.mark.parametrize("rows", [5, 10_000])  # 10,000 rows exceed the buffer of a pipe
def test_a_closed_output_pipe_causes_no_error_message(tiny_run: RunFolder, rows: int):
    many = f"SELECT a.* FROM fills a, fills b LIMIT {rows}"
    child = process("sql", tiny_run.path, many, "--format", "csv")

    child.stdout.close()

    assert child.stderr.read() == ""
    assert child.wait(30) == 141


def test_an_interrupted_command_prints_one_line_and_leaves_no_files_and_exits_with_130(
    tiny_run, tmp_path
):
    endless = "SELECT count(*) FROM range(100000) a, range(100000000) b WHERE hash(a, b) = 1"
    child = process("sql", tiny_run.path, endless, TMPDIR=str(tmp_path))
    deadline = time.monotonic() + 30
    while not list(tmp_path.rglob("*.parquet")) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.3)  # wait until the query has begun

    child.send_signal(signal.SIGINT)
    told = child.communicate(timeout=30)

    assert child.returncode == 130
    assert [text.strip() for text in told] == ["", "moneytrail: interrupted"]
    assert not list(tmp_path.iterdir())


def test_an_interruption_reported_by_duckdb_is_printed_like_any_other_interruption(
    tiny_run, monkeypatch
):
    def query_is_interrupted(*_: object) -> None:
        raise RuntimeError("Query interrupted") from cause

    monkeypatch.setattr(RunFolder, "select", query_is_interrupted)
    cause: BaseException | None = KeyboardInterrupt()
    told = moneytrail("where", tiny_run.path)
    cause = None

    assert (told.exit_code, told.stdout, told.stderr) == (130, "", "moneytrail: interrupted\n")
    with pytest.raises(RuntimeError):
        moneytrail("where", tiny_run.path)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_reported_in_one_line(tiny_run: RunFolder):
    with Path("/dev/full").open("w") as full:
        child = process("where", tiny_run.path, stdout=full)
        told = child.stderr.read()

    assert child.wait(30) == 2
    assert re.fullmatch(r"moneytrail: .*No space left on device\n", told)


def test_python_m_runs_prints_the_same_as_the_command_moneytrail(
    tiny_run: RunFolder,
):
    child = process("where", tiny_run.path, "--format", "json")

    assert json.loads(child.stdout.read()) == json.loads(
        ask(tiny_run, ("where",), "--format", "json")
    )
    assert child.wait(30) == 0


@pytest.mark.parametrize("seed", ["1", "2", "3"])
def test_a_price_that_leaves_its_allowed_range_is_reported_in_one_line(tmp_path, monkeypatch, seed):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wild.toml").write_text(
        'extends = "tiny"\nquestion = "How wild may a price be?"\n'
        "[run]\nend = 2022-05-31\nday_ledgers = []\n"
        '[[markets]]\nname = "BTC-PERP"\nlot = "0.01"\ntick_usd = "1"\norder_usd_mean = 20_000\n'
        'demand = [{ month = "2022-05", usd = 600_000_000 }]\n'
        "[markets.price]\nticks_per_s = 0.05\nanchors = [{ at = 2022-05-09, price_usd = 34_000 }]\n"
        "volatility = [{ since = 2022-05-09, annual = 50 }]\nvolatility_log_sd = 0.4\n"
        "[markets.quoter]\nlatency_s = 2\nrefresh_s = 60\nhalf_spread_bps = 8\n"
        "position_limit_usd = 400_000\ndisplayed_usd = 13_000\n"
        "[markets.others]\nhalf_spread_bps = 9\ndisplayed_usd = 50_000\n"
        "latency_s = 0.05\ncalm_volatility = 1.2\n"
    )

    result = moneytrail("run", "wild.toml", "--seed", seed, "--out", "wild")

    assert result.exit_code in (0, 2)
    assert (tmp_path / "wild").exists() == (result.exit_code == 0)
    if result.exit_code == 2:
        assert len(result.stderr.splitlines()) == 1
        assert "the price of BTC-PERP" in result.stderr
