"""`moneytrail trail` lists the fills of a figure, or the figures that include a given fill."""

import shutil
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from bean_queries import saved_query
from beancount import loader
from beancount.core import data

from ledger import fill_store
from ledger.day_ledger import days_of
from ledger.motives import Motive
from ledger.reports.money.hole import hole, hole_by_kind
from ledger.reports.table import Table
from ledger.reports.trail.both_tiers import TrailError
from ledger.reports.trail.entity_books import UnknownEntityError, books
from ledger.reports.trail.trail_down import trail
from ledger.reports.trail.trail_up import trail_up
from ledger.run_folder import RunFolder

ALL = 1_000_000
ZERO = Decimal("0.00")


def named(tables: list[Table]) -> dict[str, Table]:
    return {table.name: table for table in tables}


def column(table: Table, name: str) -> list:
    place = table.columns.index(name)
    return [row[place] for row in table.rows]


def sums(tables: list[Table]) -> dict[str, Decimal]:
    return {line: usd for line, _, usd in named(tables)["sums"].rows}


def figures(tables: list[Table]) -> dict[tuple[str, str | None], tuple[Decimal, ...]]:
    return {(part, kind): tuple(usd) for part, kind, *usd in named(tables)["figures"].rows}


def forged(run: RunFolder, folder: Path) -> tuple[RunFolder, int]:
    """Copy a run, and add a cent to a hit's edge in the copy. Return the copy and the hit's seq."""
    shutil.copytree(run.path, folder)
    copy = RunFolder.at(folder)
    path = copy.fill_files[-1]
    with copy.connect() as connection:
        rows = fill_store.read(connection, f"read_parquet('{path}')", copy.names)
    forged = int((rows["motive"] == Motive.PICKOFF).argmax())
    rows["edge_cents"][forged] += 1
    fill_store.write(path, rows, copy.names)
    return copy, int(rows["seq"][forged])


# ----------------------------------------------------------------------- from a figure to its fills


def test_the_figure_of_a_trail_for_one_kind_is_the_sum_of_its_entries_and_agrees_with_a_saved_query(
    run: RunFolder,
):
    found = saved_query(run, "where-did-the-money-go")

    assert len(found) >= 7
    for kind, usd in found:
        tables = trail(run, kind, limit=ALL).tables()
        assert sum(column(named(tables)["entries"], "usd")) == usd
        assert sums(tables)["the figure"] == usd


def test_the_figure_of_a_trail_for_one_kind_and_one_party_agrees_with_a_saved_query(run: RunFolder):
    for kind, party, usd in saved_query(run, "who-received-it"):
        if party:
            assert sums(trail(run, kind, party).tables())["the figure"] == usd


def test_the_figure_of_a_trail_for_all_kinds_is_the_hole(run: RunFolder):
    ((hole,),) = saved_query(run, "hole")

    assert sums(trail(run).tables())["the figure"] == hole.get_currency_units("USD").number


def test_if_no_kind_is_given_the_figure_of_an_entity_outside_the_group_is_minus_its_net_assets(
    run: RunFolder,
):
    for entity in (run.chart.parties.firms[0], run.chart.parties.retail, "Outside"):
        owned = ZERO
        for entry in run.transactions:
            for p in entry.postings:
                root, books, *_ = p.account.split(":")
                if books == entity and root in ("Assets", "Liabilities"):
                    owned += p.units.number if p.units.currency == "USD" else 0
        assert sums(trail(run, entity=entity).tables())["the figure"] == -owned != 0


def test_the_fills_of_each_figure_agree_with_the_general_ledger(busy_run):
    found = 0
    for entity in busy_run.chart.parties.names:
        owned = (account.split(":") for account in busy_run.opens)
        kinds = {kind for _, books, kind, *_ in owned if books == entity} - {"Contracts"}
        for kind in sorted(kinds):
            tables = trail(busy_run, kind, entity=entity).tables()
            assert sums(tables)["difference (must be 0.00)"] == 0
            found += sum(column(named(tables)["fills"], "fills"))
    with busy_run.connect() as connection:
        (fills,) = connection.execute("SELECT count(*) FROM rows").fetchone()
    assert found > 5 * fills  # each fill is part of several figures


def test_a_changed_cent_in_one_fill_is_shown_as_a_difference_in_the_trail(tiny_run, tmp_path):
    copy, _ = forged(tiny_run, tmp_path / "forged")

    tables = trail(copy, "PickOff").tables()

    assert sums(tables)["difference (must be 0.00)"] == Decimal("-0.01")
    assert "DO NOT agree" in named(tables)["sums"].notes[0]


def test_the_largest_entries_are_listed_and_the_other_entries_are_summed(run):
    every = named(trail(run, "Fees", limit=ALL).tables())["entries"]
    tables = trail(run, "Fees", limit=3).tables()
    listed = named(tables)["entries"]

    largest = sorted(map(abs, column(every, "usd")), reverse=True)[:3]
    assert list(map(abs, column(listed, "usd"))) == largest
    told = sums(tables)
    assert told["entries listed"] == sum(column(listed, "usd"))
    assert told["entries listed"] + told["entries not listed"] == sum(column(every, "usd"))
    assert f"{len(every.rows) - 3} are not listed" in listed.notes[1]


def test_a_note_says_that_an_entry_with_several_parties_counts_once_for_each_party(busy_run):
    found = trail(busy_run)
    entries = len({share.seq for share in found.shares})

    assert entries < len(found.shares)
    for name in ("entries", "sums"):
        assert "once for each party" in " ".join(named(found.tables())[name].notes)


def test_the_figures_of_single_days_sum_to_the_figure_of_the_run_and_agree_with_the_fills(
    run: RunFolder,
):
    whole = sums(trail(run, "VariationMargin").tables())["the figure"]
    by_day = [sums(trail(run, "VariationMargin", since=d, until=d).tables()) for d in days_of(run)]

    assert sum(day["the figure"] for day in by_day) == whole
    assert all(day["difference (must be 0.00)"] == 0 for day in by_day)
    assert len({day["the figure"] for day in by_day}) == len(by_day)
    first = days_of(run)[0]
    since = sums(trail(run, "VariationMargin", since=first + timedelta(1)).tables())["the figure"]
    assert by_day[0]["the figure"] + since == whole


def test_a_trail_is_refused_if_its_kind_or_entity_or_party_is_unknown_or_its_period_is_invalid(
    tiny_run,
):
    with pytest.raises(TrailError, match=r"no kind 'pickoff'; did you mean PickOff\?.* Fees, "):
        trail(tiny_run, "pickoff").tables()
    with pytest.raises(TrailError, match="Firm01 have no kind 'CreditLine'; the kinds are Cash, "):
        trail(tiny_run, "CreditLine", entity="Firm01").tables()
    # contracts have no amount in dollars
    with pytest.raises(TrailError, match="no kind 'Contracts'"):
        trail(tiny_run, "Contracts", entity="Firm01").tables()
    for unknown in ({"entity": "Firm1"}, {"party": "Firm1"}):
        with pytest.raises(UnknownEntityError) as refused:
            trail(tiny_run, "PickOff", **unknown).tables()
        assert refused.value.suggestion == "Firm01"
    with pytest.raises(TrailError, match="ends before it starts"):
        trail(tiny_run, since=date(2022, 5, 11), until=date(2022, 5, 10)).tables()
    for outside in ({"since": date(2030, 1, 1)}, {"until": date(2019, 1, 1)}):
        with pytest.raises(TrailError, match="no day of the period is in the books; give days"):
            trail(tiny_run, **outside)


# ----------------------------------------------------------------------- from a fill to its figures


def test_the_trail_from_a_figure_to_a_fill_agrees_with_the_trail_from_the_fill_to_the_figure(
    run: RunFolder,
):
    returned = 0
    for kind, usd in saved_query(run, "where-did-the-money-go"):
        down = named(trail(run, kind, limit=ALL).tables())
        for seq in column(down["fills"], "last_seq")[:2]:
            up = trail_up(run, seq).tables()
            before, moved, after, end = figures(up)["cause", kind]
            assert end == usd
            assert after == before + moved
            (closing,) = column(named(up)["closing"], "seq")
            assert closing in column(down["entries"], "seq")
            returned += 1
    assert returned >= 8


def test_the_closing_entry_of_a_fill_lists_the_fill(tiny_run: RunFolder):
    # Firm01 has variation margin on both venues. Both closing entries have the same tag and payee.
    pairings = named(trail(tiny_run, "VariationMargin", entity="Firm01").tables())["fills"]
    assert len(pairings.rows) == 2
    for seq in column(pairings, "first_seq"):
        (closing,) = column(named(trail_up(tiny_run, seq).tables())["closing"], "seq")
        assert seq in column(named(trail_up(tiny_run, closing, limit=ALL).tables())["fills"], "seq")


def test_the_figures_before_a_fill_are_the_sums_of_earlier_entries_in_the_day_ledger(tiny_run):
    entries, errors, _ = loader.load_file(str(tiny_run.path / "days/2022-05-09.beancount"))
    lines = [e for e in entries if isinstance(e, data.Transaction)]
    assert not errors
    causes = {a for a, opened in tiny_run.opens.items() if opened.hole == "cause"}
    trades = [int(e.meta["seq"]) for e in lines if e.tags & {"spread", "hedging"}]
    for seq in trades[10::20]:
        stood: dict[str, Decimal] = defaultdict(lambda: ZERO)
        for entry in lines:
            for p in entry.postings:
                if p.account in causes and entry.meta["seq"] < seq:
                    stood[p.account.split(":")[2]] += p.units.number
        for (part, kind), (before, *_) in figures(trail_up(tiny_run, seq).tables()).items():
            if part == "cause":
                assert before == stood[kind]
            if part == "hole":
                assert before == sum(stood.values())
    assert len(trades[10::20]) >= 2


def test_the_figures_after_a_fill_are_the_figures_before_the_next_fill(run: RunFolder):
    firsts = [int(e.meta["first-fill"]) for e in run.transactions if "fills" in e.meta]
    left = figures(trail_up(run, firsts[0]).tables())
    for seq in range(firsts[0] + 1, firsts[0] + 6):
        found = figures(trail_up(run, seq).tables())
        for part in found.keys() & left.keys():
            assert found[part][0] == left[part][2]
        left = found


def test_each_posting_of_a_closing_entry_is_the_sum_of_its_fills(run: RunFolder):
    closings = [e for e in run.transactions if "fills" in e.meta]
    for entry in closings[:: max(1, len(closings) // 6)]:
        tables = named(trail_up(run, int(entry.meta["seq"]), limit=5).tables())
        agreement = tables["agreement"]
        assert len(agreement.rows) == 1 + len(entry.postings)
        assert not any(column(agreement, "difference"))
        assert len(tables["fills"].rows) == min(5, entry.meta["fills"])


def test_a_forged_edge_is_shown_as_a_difference_in_each_account_to_which_the_edge_is_posted(
    tiny_run, tmp_path
):
    copy, seq = forged(tiny_run, tmp_path / "forged")
    (closing,) = column(named(trail_up(copy, seq).tables())["closing"], "seq")

    differences = {
        row[0]: row[-1]
        for row in named(trail_up(copy, closing).tables())["agreement"].rows
        if row[-1]
    }

    assert differences["Income:Alameda:PickOff"] == Decimal("-0.01")
    assert len(differences) == 6  # two accounts in the books of each of three entities


def test_a_deposit_changes_claims_and_cash_but_not_the_hole(tiny_run):
    deposit = next(e for e in tiny_run.transactions if "deposit" in e.tags and e.payee == "Retail")
    cents = next(p.units.number for p in deposit.postings if p.account == "Assets:FTX:Cash")

    found = figures(trail_up(tiny_run, int(deposit.meta["seq"])).tables())

    assert {key: moved for key, (_, moved, *_) in found.items()} == {
        ("claim", "Customers"): -cents,
        ("liquid", "Cash"): cents,
        ("hole", None): ZERO,
    }


def test_the_link_of_a_settlement_leads_to_its_payments_and_its_draws_on_the_credit_line(busy_run):
    draw = next(e for e in busy_run.transactions if "credit-line" in e.tags and e.links)
    (link,) = draw.links
    with busy_run.connect() as connection:
        payments = connection.execute(
            "SELECT seq FROM rows WHERE motive IN ('variation-margin', 'funding') "
            f"AND time = TIMESTAMP '{draw.date} {draw.meta['time']}'"
        ).fetchall()
    entries = [int(e.meta["seq"]) for e in busy_run.transactions if link in e.links]

    linked = named(trail_up(busy_run, link, limit=ALL).tables())["linked"]

    assert column(linked, "seq") == sorted([*(seq for (seq,) in payments), *entries])
    assert payments
    assert column(linked, "seq") == column(
        named(trail_up(busy_run, f"^{link}", limit=ALL).tables())["linked"], "seq"
    )
    own = int(draw.meta["seq"])
    of_the_draw = named(trail_up(busy_run, own, limit=ALL).tables())["linked"]
    assert {*column(of_the_draw, "seq")} == {*column(linked, "seq")} - {own}


def test_the_link_of_a_fill_gives_the_same_trail_as_its_seq(tiny_run):
    (seq, *_) = column(named(trail(tiny_run, "PickOff").tables())["fills"], "first_seq")

    assert trail_up(tiny_run, f"fill-{seq}").tables() == trail_up(tiny_run, seq).tables()


def test_an_unknown_seq_or_link_is_refused_with_the_range_of_known_numbers(tiny_run):
    last = max(int(e.meta["seq"]) for e in tiny_run.transactions)
    for seq in (0, -1, last + 1, 10**30):
        with pytest.raises(TrailError, match=f"seq {seq} is not .* from 1 to {last}$"):
            trail_up(tiny_run, seq).tables()
    for link in ("nothing", "settlement-2022-13-09-24-00-00", "settlement-2022-05-09-24-00-01"):
        with pytest.raises(TrailError, match=f"the link '{link}'; .* N from 1 to {last}$"):
            trail_up(tiny_run, link).tables()
    for link in ("liq-r-" + "9" * 5_000, "fill-" + "9" * 5_000):
        with pytest.raises(TrailError, match=f"the link '{link}'; "):
            trail_up(tiny_run, link).tables()
    with pytest.raises(TrailError, match="fill-1 is not a fill"):
        trail_up(tiny_run, "fill-1").tables()


def test_the_link_of_a_liquidated_account_finds_all_fills_that_end_the_account(margin_run):
    ended = [motive.word for motive in Motive if motive.entry.ends_account]
    by_holder = margin_run.select(
        "SELECT holder, list(seq ORDER BY seq) FROM rows WHERE holder >= 0 "
        "AND list_contains(?, motive::VARCHAR) GROUP BY holder ORDER BY holder",
        [ended],
    )
    assert by_holder

    for holder, seqs in by_holder[:3]:
        found = trail_up(margin_run, f"liq-r-{holder:04}", ALL)
        assert column(named(found.tables())["linked"], "seq") == seqs


def test_the_first_table_of_an_entry_has_its_postings_and_a_note_with_the_entity_of_a_posting(
    tiny_run,
):
    entry = next(entry for entry in tiny_run.transactions if "withdrawal" in entry.tags)
    first, *_ = trail_up(tiny_run, int(entry.meta["seq"])).tables()
    (note,) = first.notes

    assert first.name == "postings"
    assert [row[0] for row in first.rows] == [each.account for each in entry.postings]
    entity = note.rpartition(" ")[2]
    assert entity in {account.split(":")[1] for account, *_ in first.rows}
    assert books(tiny_run, entity)


def test_the_last_note_below_a_table_suggests_a_trail_of_the_kind_or_entry_in_the_first_row(
    tiny_run,
):
    kinds = hole_by_kind(hole(tiny_run))
    kind = kinds.notes[-1].rpartition(" ")[2]
    (entries, *_) = trail(tiny_run, kind=kind).tables()
    seq = int(entries.notes[-1].rpartition(" ")[2])

    assert kinds.rows[0][1] == kind
    assert seq == column(entries, "seq")[0]
    assert trail_up(tiny_run, seq)
