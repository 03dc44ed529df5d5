"""Fava opens the group's books with moneytrail's page. It also opens them without moneytrail."""

import html
import logging
import re
import shutil
import sys
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate, chain, pairwise
from urllib.parse import parse_qs

import pytest
from beancount import loader
from click.testing import CliRunner
from fava.application import create_app
from fava.util.date import parse_date

from ledger.fava_links import ANSWERED, EXTENSION, FAVA_FILE, slug
from ledger.money import dollars
from ledger.reports.life.answer import answer
from ledger.reports.life.standing import standings
from ledger.reports.money.hole import hole
from ledger.run_folder import GROUP
from runs.cli.main import main
from runs.fava_page.causes_over_time import cause_accounts, causes, period_word
from runs.fava_page.line_picture import Line, _round_amounts, line_picture
from runs.fava_page.sankey import Band, sankey
from runs.fava_page.serve import address
from runs.provenance import provenance

HREF = re.compile(r'href="(/[^"]+)"')


@pytest.fixture
def page(client, where) -> str:
    answered = client.get(where)
    assert answered.status_code == 200
    return html.unescape(answered.text)


def test_the_books_load_in_fava_without_an_error(books):
    assert books.errors == []
    assert [each.name for each in books.extensions.extension_details] == ["MoneyTrail"]


def test_the_page_has_the_answer_and_the_name_of_the_run(page, first_run):
    assert answer(first_run) in page
    assert provenance(first_run) in page


def test_the_table_of_causes_on_the_page_agrees_with_the_books_to_the_cent(page, first_run):
    found = hole(first_run)
    table = page.partition('id="moneytrail-kinds"')[2].partition("</table>")[0]
    rows = re.findall(r">([\w ]+)(?:</a>)?</td>\s*<td class=\"usd\">(-?[\d,.]+)<", table)
    shown = {name: Decimal(usd.replace(",", "")) for name, usd in rows}

    assert shown.pop("the hole") == found.hole_usd
    assert shown.pop("all uses") == sum(found.uses_usd.values())
    assert shown == {kind: usd for kind, usd in found.kinds_usd.items() if usd}


def test_every_link_on_the_page_works_and_every_link_to_a_journal_leads_to_entries(
    page, client, where
):
    links = {link for link in HREF.findall(page) if link.startswith(where.partition("ext")[0])}
    journals = {link for link in links if "/journal/" in link}

    assert len(journals) >= 10
    for link in links:
        assert client.get(link).status_code == 200, link
    for link in journals:
        entries = client.get(link.replace("/journal/", "/api/journal_page") + "&page=1&order=asc")
        assert "transaction" in entries.text, link


def test_every_account_linked_on_the_page_exists_in_the_books(page, books):
    named = set(re.findall(r">((?:Assets|Liabilities|Equity|Income|Expenses):[\w:-]+)</a>", page))

    assert len(named) >= 8
    assert named <= set(books.accounts)


def test_each_link_of_the_sidebar_runs_a_saved_query(books, client):
    links = dict(books.misc.sidebar_links)

    assert list(links) == list(ANSWERED.values())
    for link in links.values():
        answered = client.get(link.replace("/query/", "/api/query"))
        assert answered.status_code == 200, link
        assert answered.json["data"]["t"] == "table", link


def test_fava_opens_the_books_without_an_error_if_moneytrail_is_missing(
    first_run, tmp_path, monkeypatch, caplog
):
    monkeypatch.setitem(sys.modules, EXTENSION, None)  # this makes the import fail
    shutil.copy(first_run.path / GROUP, tmp_path)
    app = create_app([tmp_path / GROUP], load=True)
    (books,) = app.config["LEDGERS"]._ledgers
    start = app.test_client().get("/", follow_redirects=True)

    assert books.errors == []
    assert books.extensions.extension_details == []
    assert start.status_code == 200
    assert "income_statement" in start.request.path
    assert [said for said in caplog.records if said.levelno >= logging.WARNING] == []


def test_the_file_with_the_page_adds_one_entry_to_the_books_of_the_group(first_run):
    alone, errors, options = loader.load_file(str(first_run.path / GROUP))
    with_page, more_errors, more_options = loader.load_file(str(first_run.path / FAVA_FILE))
    (added,) = (entry for entry in with_page if entry not in alone)

    assert errors == more_errors == []
    assert len(with_page) == len(alone) + 1
    assert (added.type, added.values[0].value) == ("fava-extension", EXTENSION)
    for option in ("title", "operating_currency", "tolerance_multiplier"):
        assert options[option] == more_options[option]


def test_the_page_reports_that_the_run_cannot_be_read_if_only_the_books_exist(
    first_run, tmp_path, where
):
    for name in (GROUP, FAVA_FILE):
        shutil.copy(first_run.path / name, tmp_path)
    shown = create_app([tmp_path / FAVA_FILE], load=True).test_client().get(where)

    assert shown.status_code == 200
    assert "can't be read" in html.unescape(shown.text)


# --------------------------------------------------------------------------- causes over time


def test_the_amounts_of_all_causes_sum_to_the_change_of_the_hole_in_each_period(first_run):
    found = causes(first_run, [])
    days = standings(first_run)

    assert found.periods == tuple(at.day.isoformat() for at in days)
    grown = accumulate(each.usd for each in found.hole.moved)
    assert list(grown) == [at.hole_usd for at in days]
    for n, moved in enumerate(found.hole.moved):
        assert sum(line.moved[n].usd for line in found.lines) == moved.usd
    kinds = hole(first_run).kinds_usd
    assert all(line.usd == kinds[line.name] for line in found.lines if line.link)


def test_the_amount_of_a_cause_in_a_period_is_the_sum_of_the_entries_behind_its_link(first_run):
    accounts = list(chain.from_iterable(cause_accounts(first_run).values()))
    linked = [line for line in causes(first_run, []).lines if line.link]

    assert len(linked) >= 5
    for moved in chain.from_iterable(line.moved for line in linked):
        asked = parse_qs(moved.link.partition("?")[2])
        ((booked,),) = first_run.select(
            "SELECT coalesce(sum(units), 0)::BIGINT FROM postings WHERE commodity = 'USD' "
            "AND date = ? AND account IN (SELECT unnest(?)) AND regexp_matches(account, ?)",
            [*asked["time"], accounts, *asked["account"]],
        )
        assert dollars(booked) == moved.usd


@pytest.mark.parametrize(
    ("days", "wanted"),
    [(6, "2022-05-09"), (31, "2022-w19"), (365, "2022-05"), (1291, "2022")],
)
def test_fava_can_parse_the_names_of_periods_and_a_run_has_at_most_13_periods(days, wanted):
    first = date(2022, 5, 9)
    word = period_word(days)

    assert word(first) == wanted
    begins, ends = parse_date(wanted)
    assert begins <= first < ends
    assert {word(begins), word(ends - timedelta(days=1))} == {wanted}
    assert len({word(first + timedelta(days=n)) for n in range(days)}) <= 13


def test_labels_of_lines_do_not_overlap_and_are_not_below_the_panel():
    days = [date(2022, 5, 9), date(2022, 5, 10)]
    low = [Line(str(n), [Decimal(0), Decimal(-n)]) for n in range(7)]
    drawn = line_picture(days, [*low, Line("far", [Decimal(0), Decimal(10**6)])], [])
    at = sorted(line.label_y for line in drawn.lines)

    assert min(b - a for a, b in pairwise(at)) >= 14
    assert max(at) <= drawn.panel[3]


# --------------------------------------------------------------------------- pictures


def heights(bands, is_source):
    return [band.bar[2] for band in bands if band.is_source is is_source]


def test_heights_of_bands_are_proportional_to_amounts_and_sum_to_the_height_of_the_group():
    sources = [Band("a", Decimal(75), "a"), Band("b", Decimal(25), "b")]
    drawn = sankey(sources, [Band("c", Decimal(100), "c")], "group")

    first, second = heights(drawn.bands, True)
    assert first == 3 * second
    assert first + second == drawn.middle[2] == heights(drawn.bands, False)[0]


def test_labels_of_bands_do_not_overlap():
    small = [Band(str(n), Decimal(1), "") for n in range(20)]
    drawn = sankey([Band("all", Decimal(20), "")], small, "group")
    at = [band.label[1] for band in drawn.bands if not band.is_source]

    assert min(b - a for a, b in pairwise(at)) > 14
    assert max(at) < drawn.height


def test_a_picture_of_bands_is_refused_if_sources_and_uses_have_different_sums():
    with pytest.raises(ValueError, match="sources of 1 and uses of 2 must be equal and above zero"):
        sankey([Band("a", Decimal(1), "")], [Band("b", Decimal(2), "")], "group")


@pytest.mark.parametrize(
    ("low", "high", "wanted"),
    [(0, 510, [0, 200, 400]), (-3, 7, [-2, 0, 2, 4, 6]), (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1])],
)
def test_the_axis_is_labelled_at_round_amounts(low, high, wanted):
    assert _round_amounts(low, high) == pytest.approx(wanted)


# --------------------------------------------------------------------------- make serve


def test_the_address_of_the_page_has_the_given_port(first_run, where):
    assert address(first_run, 5001) == f"http://localhost:5001{where}"


def test_the_name_of_the_books_in_links_is_the_name_that_fava_computes(books):
    from fava.util import slugify

    assert slug(books.options["title"]) == slugify(books.options["title"])


def test_serving_a_run_without_the_file_for_fava_is_refused_in_one_line(first_run, tmp_path):
    shutil.copytree(first_run.path, tmp_path / "run")
    (tmp_path / "run" / FAVA_FILE).unlink()
    result = CliRunner().invoke(main, ["serve", str(tmp_path / "run")])

    assert result.exit_code == 2
    assert "moneytrail rebuild" in result.output
    assert len(result.output.strip().splitlines()) == 1


def test_serve_prints_in_one_line_how_to_install_fava_if_fava_is_missing(first_run, monkeypatch):
    monkeypatch.setitem(sys.modules, "fava.cli", None)
    result = CliRunner().invoke(main, ["serve", str(first_run.path)])

    assert result.exit_code == 2
    assert "make tools" in result.output
    assert len(result.output.strip().splitlines()) == 1


def test_serve_opens_the_books_and_their_page_in_read_only_mode(first_run, monkeypatch):
    asked = []
    monkeypatch.setattr("fava.cli.main", asked.append)
    result = CliRunner().invoke(main, ["serve", str(first_run.path), "--port", "5001"])

    assert result.output.startswith(f"Where did the money go? {address(first_run, 5001)}\n")
    assert asked == [[str(first_run.path / FAVA_FILE), "--port", "5001", "--read-only"]]


@pytest.mark.parametrize("name", [FAVA_FILE, GROUP])
@pytest.mark.parametrize(
    "added",
    [
        'plugin "stranger"',
        'include "stranger.beancount"',
        '2022-01-01 custom "fava-extension" "stranger"',
        '2022-01-01 custom "fava-option" "import-config" "stranger.py"',
    ],
)
def test_serve_refuses_books_that_name_foreign_code(first_run, tmp_path, monkeypatch, name, added):
    asked = []
    monkeypatch.setattr("fava.cli.main", asked.append)
    shutil.copytree(first_run.path, tmp_path / "run")
    with (tmp_path / "run" / name).open("a", encoding="utf-8") as file:
        file.write(f"\n{added}\n")

    result = CliRunner().invoke(main, ["serve", str(tmp_path / "run")])

    assert result.exit_code == 2
    assert f"{name}:" in result.output
    assert "so the ledger is not loaded" in result.output
    assert not asked
