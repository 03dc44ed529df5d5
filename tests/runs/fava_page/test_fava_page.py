"""Fava opens the group's own books with a page that answers, and without it where it is missing."""

import html
import re
import shutil
import sys
from decimal import Decimal
from itertools import pairwise

import pytest
from beancount import loader
from fava.application import create_app

from ledger.fava_links import ANSWERED, EXTENSION, slug
from ledger.reports.life.answer import answer
from ledger.reports.money.hole import hole
from ledger.run_folder import GROUP
from runs.fava_page.sankey import Band, sankey
from runs.fava_page.serve import address, main
from runs.fava_page.timeline_picture import _round_amounts
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


def test_the_page_answers_and_says_which_run_it_is(page, hole_run):
    assert answer(hole_run) in page
    assert provenance(hole_run) in page


def test_its_table_has_the_kinds_of_where_to_the_cent(page, hole_run):
    found = hole(hole_run)
    table = page.partition('id="moneytrail-kinds"')[2].partition("</table>")[0]
    rows = re.findall(r">([\w ]+)(?:</a>)?</td>\s*<td class=\"usd\">(-?[\d,.]+)<", table)
    shown = {name: Decimal(usd.replace(",", "")) for name, usd in rows}

    assert shown.pop("the hole") == found.hole_usd
    assert shown.pop("all uses") == sum(found.uses_usd.values())
    assert shown == {kind: usd for kind, usd in found.kinds_usd.items() if usd}


def test_every_link_of_the_page_leads_to_entries(page, client, where):
    links = {link for link in HREF.findall(page) if link.startswith(where.partition("ext")[0])}
    journals = {link for link in links if "/journal/" in link}

    assert len(journals) >= 10
    for link in links:
        assert client.get(link).status_code == 200, link
    for link in journals:
        entries = client.get(link.replace("/journal/", "/api/journal_page") + "&page=1&order=asc")
        assert "transaction" in entries.text, link


def test_an_account_that_the_page_links_is_one_of_the_books(page, books):
    named = set(re.findall(r">((?:Assets|Liabilities|Equity|Income|Expenses):[\w:-]+)</a>", page))

    assert len(named) >= 8
    assert named <= set(books.accounts)


def test_each_link_of_the_sidebar_asks_a_saved_query(books, client):
    links = dict(books.misc.sidebar_links)

    assert list(links) == list(ANSWERED.values())
    for link in links.values():
        answered = client.get(link.replace("/query/", "/api/query"))
        assert answered.status_code == 200, link
        assert answered.json["data"]["t"] == "table", link


def test_books_open_in_fava_where_moneytrail_is_not_installed(hole_run, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, EXTENSION, None)  # as if there were no such module
    shutil.copy(hole_run.path / GROUP, tmp_path)
    app = create_app([tmp_path / GROUP], load=True)
    (books,) = app.config["LEDGERS"]._ledgers
    start = app.test_client().get("/", follow_redirects=True)

    assert [EXTENSION in error.message for error in books.errors] == [True]
    assert start.status_code == 200
    assert "income_statement" in start.request.path


def test_books_without_their_run_say_so_on_the_page(hole_run, tmp_path, where):
    shutil.copy(hole_run.path / GROUP, tmp_path)
    shown = create_app([tmp_path / GROUP], load=True).test_client().get(where)

    assert shown.status_code == 200
    assert "can't be read" in html.unescape(shown.text)


def test_to_beancount_the_lines_of_fava_are_no_error(hole_run):
    _, errors, _ = loader.load_file(str(hole_run.path / GROUP))

    assert errors == []


# --------------------------------------------------------------------------- pictures


def heights(bands, is_source):
    return [band.bar[2] for band in bands if band.is_source is is_source]


def test_bands_are_to_scale_and_fill_the_groups_bar():
    sources = [Band("a", Decimal(75), "a"), Band("b", Decimal(25), "b")]
    drawn = sankey(sources, [Band("c", Decimal(100), "c")], "group")

    first, second = heights(drawn.bands, True)
    assert first == 3 * second
    assert first + second == drawn.middle[2] == heights(drawn.bands, False)[0]


def test_labels_of_bands_do_not_stand_on_each_other():
    small = [Band(str(n), Decimal(1), "") for n in range(20)]
    drawn = sankey([Band("all", Decimal(20), "")], small, "group")
    at = [band.label[1] for band in drawn.bands if not band.is_source]

    assert min(b - a for a, b in pairwise(at)) > 14
    assert max(at) < drawn.height


def test_sources_that_do_not_pay_for_the_uses_are_refused():
    with pytest.raises(ValueError, match="sources of 1 for uses of 2"):
        sankey([Band("a", Decimal(1), "")], [Band("b", Decimal(2), "")], "group")


@pytest.mark.parametrize(
    ("low", "high", "wanted"),
    [(0, 510, [0, 200, 400]), (-3, 7, [-2, 0, 2, 4, 6]), (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1])],
)
def test_amounts_on_the_axis_are_round(low, high, wanted):
    assert _round_amounts(low, high) == pytest.approx(wanted)


# --------------------------------------------------------------------------- make serve


def test_the_address_that_is_printed_first_is_that_of_the_page(hole_run, where):
    assert address(hole_run, 5001) == f"http://localhost:5001{where}"


def test_favas_word_for_the_books_is_the_one_in_their_links(books):
    from fava.util import slugify

    assert slug(books.options["title"]) == slugify(books.options["title"])


def test_a_folder_that_is_no_run_is_refused_in_one_line(tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        main([str(tmp_path)])

    assert ended.value.code == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
