"""No report is made if a run's scenario, manifest or Parquet copy of the books has changed."""

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

import moneytrail
from ledger.mistake import MistakeError
from ledger.run_folder import RunFolder
from runs.cli.main import main


@pytest.fixture
def copy(tiny_run: RunFolder, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_run.path, tmp_path / "run"))


def third_of_the_last_entry(folder: Path) -> None:
    """In the Parquet copy of the books, divide the amounts of the last entry by three."""
    (file,) = sorted(folder.glob("postings/*.parquet"))[-1:]
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE kept AS FROM read_parquet('{file}')")
        connection.execute(
            "UPDATE kept SET units = units / 3 WHERE seq = (SELECT max(seq) FROM kept)"
        )
        connection.execute(f"COPY kept TO '{file}' (FORMAT parquet)")


def one_more_key(folder: Path) -> None:
    with (folder / "scenario.toml").open("a", encoding="utf-8") as file:
        file.write("# changed\n")


def without_its_last_brace(folder: Path) -> None:
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8")[:-3], encoding="utf-8")


def called(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.mark.parametrize("change", [third_of_the_last_entry, one_more_key, without_its_last_brace])
@pytest.mark.parametrize("command", ["answer", "where", "trail", "firms"])
def test_no_report_is_made_if_the_scenario_or_the_manifest_or_the_copy_of_the_books_has_changed(
    copy: Path, change: Callable[[Path], None], command: str
):
    assert called(command, copy).exit_code == 0
    change(copy)

    result = called(command, copy)

    assert result.exit_code != 0
    assert "so no report is made" in result.output
    remedy = "rebuild" if change is third_of_the_last_entry else "audit"
    assert f"`moneytrail {remedy} {copy}`" in result.output
    with pytest.raises(MistakeError, match="so no report is made"):
        moneytrail.open_run(copy)


def test_the_command_rebuild_restores_a_changed_parquet_copy(copy: Path):
    before = called("answer", copy).output
    third_of_the_last_entry(copy)

    assert called("rebuild", copy).exit_code == 0

    # The last lines are not compared: they have the seal, which covers the new file.
    assert called("answer", copy).output.splitlines()[:5] == before.splitlines()[:5]


def test_no_page_of_a_run_is_written_if_the_general_ledger_has_changed(copy: Path, tmp_path: Path):
    (text,) = sorted(copy.glob("[0-9]*.beancount"))[-1:]
    text.write_text(text.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    page = tmp_path / "page.html"

    result = called("report", copy, "-o", page)

    assert "so no report is made" in result.output
    assert not page.exists()
