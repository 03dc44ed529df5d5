"""Findings about a user's candles are printed, and stored in the books as a note."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from ledger.notes import CandlesRead
from ledger.reports.market.bridged_gaps import bridged_gaps
from ledger.run_folder import RunFolder
from runs.cli.main import main
from runs.full_audit import audit
from runs.provenance import provenance
from runs.scenario_files import built_ins

DAYS = [(8, 34_000), (9, 34_000), (11, 29_000), (12, 30_000)]
GAPS = "gaps bridged: 1, 24 h in all, the longest 24 h"
SAID = f"columns are separated by semicolons; {GAPS}"


@pytest.fixture(scope="module")
def told_and_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, RunFolder]:
    """Play `tiny` with candles that lack one day. Return the printed message and the run."""
    folder = tmp_path_factory.mktemp("candles")
    rows = [f"2022-05-{day:02};{usd};{usd + 500};{usd - 500};{usd}" for day, usd in DAYS]
    (folder / "btc.csv").write_text("\n".join(["date;open;high;low;close", *rows]))
    text = built_ins()["tiny"].read_text("utf-8")
    begin, end = text.index("anchors = ["), text.index("volatility_log_sd")
    world = folder / "mine.toml"
    world.write_text(text[:begin] + 'candles = "btc.csv"\n' + text[end:])
    done = CliRunner().invoke(main, ["run", str(world), "--out", str(folder / "run")])
    assert done.exit_code == 0
    assert done.stdout == f"{folder / 'run'}\n"
    return done.stderr, RunFolder.at(Path(folder / "run"))


def test_a_run_prints_the_format_and_the_gaps_of_its_candles_in_one_line(told_and_run):
    told, _ = told_and_run

    assert told == f"BTC-PERP, candles: {SAID}\n"


def test_the_books_have_a_note_on_candles_and_the_last_line_of_each_report_counts_the_gaps(
    told_and_run, tiny_run
):
    _, run = told_and_run

    assert run.notes(CandlesRead) == [CandlesRead("BTC-PERP", SAID)]
    assert bridged_gaps(run) == [f"BTC-PERP: {GAPS}"]
    assert provenance(run).endswith(f"; BTC-PERP: {GAPS}")
    assert bridged_gaps(tiny_run) == []


def test_the_audit_accepts_the_note_on_candles(told_and_run):
    _, run = told_and_run

    assert not [problem for step in audit(run.path) for problem in step.problems]
