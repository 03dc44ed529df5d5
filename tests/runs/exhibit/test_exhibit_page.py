"""`moneytrail report` writes one HTML file, the exhibit. The same run gives the same file."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from ledger.fills import first_fill
from ledger.reports.life.milestones import firsts
from ledger.reports.life.standing import standings
from ledger.reports.trail.both_tiers import BothTiers
from ledger.run_folder import GROUP, RunFolder
from runs.cli.main import main
from runs.exhibit.chosen_fills import chosen_days, entries_with_fills, fills_by_entry
from runs.exhibit.exhibit_page import exhibit
from runs.exhibit.key_days import key_days
from runs.exhibit.sealed_block import compact, listed, packed


def test_two_exhibits_of_the_same_run_are_identical(small_run, small_page):
    assert exhibit(RunFolder.at(small_run.path)) == small_page.read_text(encoding="utf-8")


def test_the_page_has_no_network_address_that_a_browser_would_load(page):
    text = page.read_text(encoding="utf-8")

    assert re.findall(r'<(?:script|img|link|iframe)[^>]*(?:src|href)="(?!data:)', text) == []
    assert "default-src 'none'" in text


def test_embedded_data_contains_no_line_break_and_no_end_tag():
    told = listed("told", {"why": "a </script> of 3 \u20ac\nand more"})

    assert json.loads(told.text) == {"why": "a </script> of 3 \u20ac\nand more"}
    for block in (told, packed("bytes", b"<\n" * 99)):
        assert not re.search(r"[<\r\n]|[^ -~]", block.text)


def test_equal_bytes_give_equal_blocks_and_different_bytes_give_different_hashes():
    assert packed("a", b"books" * 99) == packed("a", b"books" * 99)
    assert packed("a", b"books").sha256 != packed("a", b"brooks").sha256


def test_the_page_has_either_all_fills_of_an_entry_or_none(first_run):
    listed_entries = entries_with_fills((first_run.path / GROUP).read_text(encoding="utf-8"))
    days = chosen_days(first_run, {})[:2]
    carried = fills_by_entry(first_run, days, listed_entries)

    assert carried
    with first_run.connect() as connection:
        books = BothTiers(first_run, connection)
        for seq, rows in carried.items():
            entry = books.entry(seq)
            assert len(rows) == int(entry.meta["fills"])
            assert sum(row[3] for row in rows) == int(books.fills_of(entry)["edge_cents"].sum())


def test_a_fill_has_the_same_narration_on_the_page_and_in_its_day_ledger(first_run):
    listed_entries = entries_with_fills((first_run.path / GROUP).read_text(encoding="utf-8"))
    carried = fills_by_entry(first_run, chosen_days(first_run, {})[:1], listed_entries)
    seq, _, sentence, *_ = next(iter(carried.values()))[0]

    with first_run.connect() as connection:
        books = BothTiers(first_run, connection)
        fill = first_fill(books.fills(f"seq = {seq}"))
        assert books.told(fill).narration == sentence


def test_the_report_command_prints_the_path_and_the_size_of_the_page(small_run, tmp_path):
    target = tmp_path / "page.html"
    result = CliRunner().invoke(main, ["report", str(small_run.path), "-o", str(target)])

    assert result.exit_code == 0
    assert f"{target}: {target.stat().st_size / 1e6:.1f} MB" in result.output.replace("\n", " ")
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_the_error_for_a_page_in_a_missing_folder_is_one_line(first_run, tmp_path):
    target = tmp_path / "nowhere" / "page.html"
    result = CliRunner().invoke(main, ["report", str(first_run.path), "-o", str(target)])

    assert result.exit_code == 2
    assert len(result.output.strip().splitlines()) == 1


def test_embedded_json_has_no_spaces_and_no_line_breaks():
    assert compact({"a": [1, None], "b": "x"}) == '{"a":[1,null],"b":"x"}'


@pytest.mark.parametrize("wanted", ["d3 7.9.0", "d3-sankey 0.12.3"])
def test_the_included_javascript_libraries_have_the_stated_versions(wanted):
    folder = Path(__file__).parents[3] / "runs" / "exhibit" / "vendored"
    name, version = wanted.split()
    first = (folder / f"{name}.min.js").read_text(encoding="utf-8").splitlines()[0]

    assert f"v{version} Copyright" in first
    assert wanted in (folder / "__init__.py").read_text(encoding="utf-8")
    assert "Bostock" in (folder / f"{name}.LICENSE.txt").read_text(encoding="utf-8")


def test_the_key_dates_of_the_page_include_the_day_from_which_the_hole_stays_open(first_run):
    days = standings(first_run)
    named = key_days(first_run, firsts(first_run, days), days[0].day, days[-1].day)
    told = {each.what: each.day for each in named}

    assert told["The hole is open from this day to the end; the hole grows most, by $150,113: "
                "Ventures used $150,000, paid to MineCo"] == days[0].day  # fmt: skip
    assert all(what[0].isupper() for what in told)
