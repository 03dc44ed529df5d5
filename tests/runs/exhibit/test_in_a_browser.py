"""The exhibit works in a real browser if it is opened as a file and there is no network."""

import json
import random
import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from chromium import PHONE, Tab

from ledger.reports.firms.league import league
from ledger.reports.life.answer import answer
from ledger.reports.life.balance_sheet import Side, consolidated, sheets
from ledger.reports.life.standing import standings
from ledger.reports.money.hole import hole
from ledger.reports.trail.trail_up import trail_up
from runs.claims.claims import claims
from runs.exhibit.exhibit_page import write_exhibit

FLIPS, MANY_FLIPS = 20, 200
KINDS = "exhibit.books.kinds(exhibit.books.days - 1)"
BANDS = "bandsOf(exhibit.books, exhibit.figures)"
LAST = "exhibit.books.days - 1"


def cents(usd: Decimal) -> int:
    return int(usd.scaleb(2))


def of_text(shown: str) -> Decimal:
    """Convert an amount that the page shows, such as -$1,234.50, to a number."""
    return Decimal(re.sub(r"[$,]", "", shown).replace("\u2212", "-"))


def test_the_exhibit_opens_without_an_error_or_a_network_request(opened):
    assert opened.complaints == []
    assert opened.run("document.getElementById('answer').textContent.length") > 100


def test_the_hole_and_its_causes_in_the_exhibit_agree_with_the_books_to_the_cent(opened, first_run):
    the_hole = hole(first_run)
    kinds = opened.run(KINDS)

    assert opened.run(f"exhibit.books.hole({LAST})") == cents(the_hole.hole_usd)
    assert opened.run(f"exhibit.books.claims({LAST})") == cents(the_hole.claims_usd)
    assert {kind: usd for kind, usd in kinds.items() if usd} == {
        kind: cents(usd) for kind, usd in the_hole.kinds_usd.items() if usd
    }
    shown = opened.run("document.querySelector('#headline small').textContent")
    assert of_text(shown) == the_hole.hole_usd


def test_the_totals_of_all_causes_up_to_a_day_sum_to_the_hole_at_the_end_of_the_day(
    opened, first_run
):
    rows = opened.run(
        "[...document.querySelectorAll('#causes-table tbody tr')]"
        ".map((row) => [...row.cells].slice(1).map((cell) => cell.textContent))"
    )
    *causes, last = ([of_text(cell) for cell in row] for row in rows)

    assert [sum(column) for column in zip(*causes, strict=True)] == last
    assert last == [at.hole_usd for at in standings(first_run)]


def test_sums_by_counterparty_and_type_of_entry_in_the_exhibit_agree_with_the_books(
    opened, first_run
):
    names = [a for a, line in first_run.opens.items() if line.hole in ("claim", "cause", "liquid")]
    found = opened.run(
        f"""(() => {{
          const sums = {{}};
          for (const each of exhibit.books.postings({json.dumps(names)})) {{
            const key = `${{exhibit.books.partyOf(each)}} ${{exhibit.books.tagOf(each)}}`;
            sums[key] = (sums[key] ?? 0) + each.cents;
          }}
          return sums;
        }})()"""
    )
    booked = first_run.select(
        "SELECT coalesce(party, payee, 'not named') || ' ' || coalesce(tag, 'no tag'), "
        "sum(units)::BIGINT FROM postings WHERE commodity = 'USD' "
        "AND account IN (SELECT unnest(?)) GROUP BY 1",
        [names],
    )
    assert found == dict(booked)


@pytest.mark.slow
@pytest.mark.parametrize("world", ["busy_run", "crowd_run", "margin_run", "tokens_run"])
def test_exhibits_of_four_worlds_are_valid_and_their_causes_agree_with_the_books(
    browser, world, request, tmp_path
):
    run = request.getfixturevalue(world)
    write_exhibit(run, tmp_path / "exhibit.html")

    assert browser.open(tmp_path / "exhibit.html") == "sealed"
    assert browser.complaints == []
    assert {kind: usd for kind, usd in browser.run(KINDS).items() if usd} == {
        kind: cents(usd) for kind, usd in hole(run).kinds_usd.items() if usd
    }


def test_bands_into_a_company_and_bands_out_of_the_company_have_the_same_sum(opened, first_run):
    bands = opened.run(BANDS)

    for company in first_run.chart.parties.group:
        into = sum(band["cents"] for band in bands if band["to"] == company)
        out = sum(band["cents"] for band in bands if band["from"] == company)
        assert into == out > 0


def test_the_amount_of_a_band_is_the_absolute_value_of_the_sum_of_postings_on_its_accounts(
    opened, first_run
):
    accounts: list[str] = []
    for band in opened.run(BANDS):
        ((booked,),) = first_run.select(
            "SELECT abs(sum(units)) FROM postings WHERE commodity = 'USD' "
            "AND account IN (SELECT unnest(?))",
            [band["names"]],
        )
        assert booked == band["cents"]
        if band["side"] != "within":
            accounts += band["names"]
    assert len(accounts) == len(set(accounts))


@pytest.mark.parametrize("table", [0, 1])
def test_amounts_by_counterparty_or_by_type_of_entry_sum_to_the_amount_of_their_cause(
    opened, table
):
    opened.run("exhibit.thread.openKind('PickOff')")
    rows = opened.run(
        f"[...document.querySelectorAll('#thread table')[{table}].tBodies[0].rows]"
        ".map((row) => row.cells[2].textContent)"
    )
    assert sum(cents(of_text(row)) for row in rows) == opened.run(f"{KINDS}.PickOff")


def test_three_clicks_lead_from_the_hole_to_the_single_fills_of_an_entry(opened, first_run):
    opened.press("#headline .opener")
    row = opened.run(
        "[...document.querySelectorAll('#thread tbody tr')]"
        ".findIndex((row) => row.cells[0].textContent === 'Stale quotes hit (PickOff)') + 1"
    )
    opened.press(f"#thread tr:nth-child({row}) .opener")
    opened.press("#thread .opener", "opens single fills")
    path = opened.run("document.getElementById('thread-path').textContent")
    told = opened.run(
        "(() => { const button = document.querySelector('#thread td .opener');"
        " return button.getAttribute('aria-label'); })()"
    )
    seq, sentence = re.fullmatch(r"Fill (\d+): (.*)", told).groups()

    assert path.startswith("The hole \u203a Stale quotes hit (PickOff) \u203a Entry ")
    assert trail_up(first_run, int(seq)).answer() == f"Fill {seq}: {sentence}."
    assert opened.complaints == []


def test_the_exhibit_opens_the_hole_and_two_causes_in_less_than_a_second_each(opened):
    for script in ("openHole()", "openKind('PickOff')", "openKind('Fees')"):
        assert opened.run(f"(() => {{ const at = performance.now(); exhibit.thread.{script}; "
                          "return performance.now() - at; })()") < 1000  # fmt: skip


@pytest.mark.parametrize("day", [0, 2, 5])
def test_the_exhibit_shows_the_balance_sheets_of_the_day_that_the_slider_selects(
    opened, first_run, day
):
    opened.run(
        "(() => { const slider = document.getElementById('sheet-day');"
        f" slider.value = {day}; slider.dispatchEvent(new Event('input')); }})()"
    )
    lines = opened.run("sheetLines(exhibit.books, exhibit.figures, "
                       "Number(document.getElementById('sheet-day').value))")  # fmt: skip
    then = date(2022, 5, 9) + timedelta(days=day)
    found = sheets(first_run, then)
    house, maker = first_run.chart.parties.group
    names = {"Assets": Side.ASSETS, "Liabilities": Side.LIABILITIES, "Equity": Side.EQUITY}

    caption = opened.run("document.querySelector('#sheet caption').textContent")
    assert caption == f"Balance sheets at the end of {then}"
    for i, sheet in enumerate((found[house], found[maker], consolidated(first_run, found))):
        for side, ours in (names | {"Result": Side.RESULT}).items():
            shown = sum(line["usd"][i] for line in lines if line["side"] == side)
            assert shown == cents(sheet.usd(ours)), (sheet.entity, side)


def test_the_table_of_firms_has_the_net_withdrawals_and_the_claim_of_each_firm(opened, first_run):
    rows = opened.run(
        "[...document.querySelectorAll('#firms tbody tr')]"
        ".map((row) => [row.cells[0], ...[...row.cells].slice(-3, -1)].map((c) => c.textContent))"
    )
    assert {firm: tuple(map(of_text, usd)) for firm, *usd in rows} == {
        each.firm: (each.house_withdrawals_usd - each.house_deposits_usd, each.house_claim_usd)
        for each in league(first_run)
    }


def test_the_note_that_this_is_a_simulation_is_above_the_answer_and_is_printed(opened):
    above = (
        "document.querySelector('.model').compareDocumentPosition("
        "document.getElementById('answer')) & Node.DOCUMENT_POSITION_FOLLOWING"
    )
    assert opened.run(above)
    opened.send("Emulation.setEmulatedMedia", media="print")
    try:
        assert opened.run("document.querySelector('.model').checkVisibility()")
    finally:
        opened.send("Emulation.setEmulatedMedia", media="")


def test_the_page_has_the_verdict_on_each_statement_of_the_thread(opened, first_run):
    found = claims([first_run])
    shown = opened.run(
        "[...document.querySelectorAll('#claims tbody tr')]"
        ".map((row) => [row.cells[0].textContent, row.cells[3].textContent])"
    )
    rows = next(table for table in found.tables() if table.name == "statements").rows
    assert shown == [[row[0], row[3]] for row in rows]
    assert found.answer() in opened.run("document.getElementById('claims').textContent")


def test_the_exhibit_is_not_wider_than_the_screen_of_a_phone(opened):
    opened.resize(*PHONE)
    assert opened.run("document.documentElement.scrollWidth") <= PHONE[0]


def test_the_exhibit_is_printed_on_4_to_20_pages_and_has_no_open_table_afterwards(
    opened,
):
    opened.run("exhibit.thread.openHole()")
    pdf = opened.printed()

    assert pdf.startswith(b"%PDF")
    assert 4 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 20
    assert opened.run("document.querySelectorAll('section details[open]').length") == 0


def test_tables_are_open_during_printing_and_closed_afterwards(opened):
    opened.run("dispatchEvent(new Event('beforeprint'))")
    for place in ("sankey-table", "milestones", "causes-table", "claims"):
        assert opened.run(f"document.querySelector('#{place} table').checkVisibility()"), place
    opened.run("dispatchEvent(new Event('afterprint'))")
    assert not opened.run("document.querySelector('#sankey-table table').checkVisibility()")


def test_the_enter_key_opens_the_entries_of_a_band_and_the_escape_key_returns_to_the_band(opened):
    opened.run("document.querySelector('.band').focus()")
    opened.key("Enter", 13)
    assert opened.run("document.getElementById('thread').hidden") is False
    assert opened.run("document.activeElement.closest('#thread') !== null")
    opened.key("Escape", 27)
    assert opened.run("document.getElementById('thread').hidden") is True
    assert opened.run("document.activeElement.classList.contains('band')")


def test_each_picture_has_a_label_and_a_table_and_each_button_has_a_text(opened):
    for place in ("sankey", "timeline", "causes"):
        assert opened.run(f"document.querySelector('#{place} svg').getAttribute('aria-label')")
    for place in ("sankey-table", "key-days", "causes-table"):
        assert opened.run(f"document.querySelectorAll('#{place} tbody tr').length") > 3
    unnamed = "[...document.querySelectorAll('button')].filter((each) => !each.textContent.trim())"
    assert opened.run(f"{unnamed}.length") == 0


def test_each_of_eight_causes_has_its_own_line_and_no_line_is_named_others(opened):
    """If there are nine or more causes, each of the seven largest has its own line.

    The other causes have one common line, named for example `2 others`.
    """
    moved = "Object.values(exhibit.books.kinds(exhibit.books.days - 1)).filter(Boolean).length"
    assert opened.run(moved) == 8
    names = opened.run("causeLines(exhibit.books).map((line) => line.name)")
    assert len(names) == 8
    assert not any(name.endswith("others") for name in names)


def test_screenshots_of_the_page_at_the_size_of_a_desktop_and_of_a_phone_are_not_empty(
    opened, tmp_path_factory
):
    folder = tmp_path_factory.mktemp("pictures")
    opened.picture(folder / "desktop.png")
    opened.resize(*PHONE)
    opened.picture(folder / "phone.png")

    assert all(path.stat().st_size > 20_000 for path in folder.iterdir())


def places_of_data(page: bytes) -> list[range]:
    """Return the byte ranges of the page's data: hashes, figures, manifest, books and fills."""
    blocks = rb'<script id="(?:contents|block-[a-z]+)" type="application/[^>]*>([^<]*)</script>'
    return [range(*found.span(1)) for found in re.finditer(blocks, page)]


def unchanged(page: Path, browser: Tab, times: int, seed: int) -> list[tuple[int, int]]:
    """Open copies of a page. In each copy one random bit of the data is flipped.

    Return the byte and the bit for each copy that is not marked broken.
    """
    whole, draw = page.read_bytes(), random.Random(seed)
    places = places_of_data(whole)
    assert len(places) == 5
    sound = []
    changed = page.with_name("changed.html")
    for n in range(times):
        place = draw.choice(places[n % len(places)])
        bit = draw.randrange(8)
        flipped = bytes([whole[place] ^ 1 << bit])
        changed.write_bytes(whole[:place] + flipped + whole[place + 1 :])
        if browser.open(changed) != "broken":
            sound.append((place, bit))
    return sound


def test_a_page_with_one_flipped_bit_is_marked_broken(browser, small_page):
    assert browser.open(small_page) == "sealed"
    assert unchanged(small_page, browser, FLIPS, seed=1) == []


@pytest.mark.slow
def test_each_of_200_pages_with_one_flipped_bit_is_marked_broken(browser, page):
    assert unchanged(page, browser, MANY_FLIPS, seed=2) == []


def test_a_page_with_a_missing_hash_is_marked_broken(browser, small_page):
    told = small_page.read_text(encoding="utf-8")
    shorter = re.sub(r'"figures":"[0-9a-f]{64}",', "", told, count=1)
    small_page.with_name("shorter.html").write_text(shorter, encoding="utf-8")

    assert shorter != told
    assert browser.open(small_page.with_name("shorter.html")) == "broken"


@pytest.mark.parametrize(
    ("part", "name"),
    [("hole", "hole"), ("hole", "claims"), ("hole", "kinds"), ("days", "hole_usd")],
)
def test_a_changed_figure_is_detected_because_it_differs_from_a_sum_over_the_books(
    opened, page, part, name
):
    """The page computes the figure again from its books. This test uses no hashes."""
    told = page.read_text(encoding="utf-8")
    figures = re.search(r'id="block-figures" type="[^"]*">([^<]*)<', told).group(1)
    forged = json.loads(figures)
    if isinstance(forged[part][name], int):
        forged[part][name] += 1
    else:
        forged[part][name]["PickOff" if name == "kinds" else 2] += 1
    script = (
        f"(() => {{ const proof = new Proof(); const figures = {json.dumps(forged)};"
        " testFigures(proof, exhibit.books, figures); return proof.holds; })()"
    )
    assert opened.run(script) is False
    assert opened.run(script.replace(json.dumps(forged), figures)) is True


@pytest.mark.parametrize(
    "change",
    [
        "books[books.length - 9] ^= 1",  # the books differ from the sealed books
        "manifest[200] ^= 1",  # the manifest differs from the sealed manifest
        "provenance = provenance.replace('seal ', 'seal 0')",
        # the manifest has another seed, and the page states the hash of this changed manifest
        """const text = new TextDecoder().decode(manifest).replace('"seed": 1', '"seed": 2');
        manifest = bytesOf(text);
        provenance = `seal ${(await sha256(manifest)).slice(0, 12)},`""",
    ],
)
def test_a_change_of_the_books_or_the_manifest_or_the_seal_is_detected(opened, change):
    """The page compares the books with the manifest, and the manifest with the seal."""
    script = """(async () => {
      const proof = new Proof();
      let [books, manifest] = [await unpacked("books"), await unpacked("manifest")];
      let provenance = exhibit.figures.provenance;
      CHANGE;
      await testSeal(proof, manifest, books, provenance).catch(() => proof.test("", false));
      return proof.holds;
    })()"""
    assert opened.run(script.replace("CHANGE", "")) is True
    assert opened.run(script.replace("CHANGE", change)) is False


@pytest.mark.parametrize("change", ["rows[0][3] += 1", "rows[0][4] += 1", "rows.pop()"])
def test_fills_that_do_not_sum_to_their_entry_are_reported(opened, change):
    script = """(() => {
      const holds = (fills) => {
        const proof = new Proof();
        testFills(proof, exhibit.books, fills);
        return proof.holds;
      };
      const found = [holds(exhibit.fills)];
      for (const seq of Object.keys(exhibit.fills.entries)) {
        const fills = structuredClone(exhibit.fills);
        const rows = fills.entries[seq];
        CHANGE;
        found.push(holds(fills));
      }
      return found;
    })()"""
    sound, *changed = opened.run(script.replace("CHANGE", change))
    assert sound is True
    assert changed
    assert not any(changed)


def test_an_entry_that_does_not_balance_is_counted(opened):
    text = "exhibit.books.text"
    amount = r"/( -?\d+)(\.\d\d USD)/"
    changed = f"{text}.replace({amount}, (all, whole, rest) => ` ${{+whole + 1}}${{rest}}`)"
    assert opened.run(f"new Books({text}).unbalanced()") == 0
    assert opened.run(f"new Books({changed}).unbalanced()") == 1


def test_the_answer_on_the_page_is_complete_and_its_first_part_states_the_hole(opened, first_run):
    parts = opened.run(
        "[...document.querySelectorAll('#answer .lead, #answer li')].map((e) => e.textContent)"
    )

    assert " ".join(parts) == answer(first_run)
    assert "is missing (the hole). The hole stayed open from" in parts[0]
