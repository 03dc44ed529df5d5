"""Firms' results on both venues agree with calculations by hand and with the league table."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from ledger.copy_of_text import write_copy
from ledger.reports.firms.bootstrap import FEWEST
from ledger.reports.firms.league import ALL, league
from ledger.reports.firms.skill import skill
from ledger.reports.table import Table
from ledger.run_folder import MANIFEST, RunFolder

START = date(2022, 5, 9)

WORLD = """\
option "operating_currency" "USD"
option "tolerance_multiplier" "0"

2022-05-09 custom "role" "house" "FTX"
2022-05-09 custom "role" "maker" "Alameda"
2022-05-09 custom "role" "lead" "Binance"
2022-05-09 custom "role" "retail" "Retail"
2022-05-09 custom "role" "other_makers" "OtherMakers"
2022-05-09 open Assets:FTX:Cash USD
2022-05-09 open Equity:FTX:Opening USD
2022-05-09 open Assets:Alameda:Cash USD
2022-05-09 open Assets:Binance:Cash USD
2022-05-09 open Assets:Retail:Cash USD
2022-05-09 open Assets:OtherMakers:Cash USD
"""

FIRM = """\
2022-05-09 custom "role" "firm" "{name}"
2022-05-09 open Assets:{name}:Cash USD
2022-05-09 open Assets:{name}:Claims:FTX USD
2022-05-09 open Assets:{name}:Claims:Binance USD
2022-05-09 open Income:{name}:PickOff USD
2022-05-09 open Income:{name}:LeadSpread USD
2022-05-09 open Income:{name}:LeadPickOff USD
2022-05-09 open Income:{name}:VariationMargin USD
2022-05-09 open Expenses:{name}:Fees USD
2022-05-09 open Expenses:{name}:Hedging USD
2022-05-09 open Equity:{name}:Opening USD
"""


class Member(NamedTuple):
    """A trading firm with its daily results on both venues, in whole dollars."""

    category: str | None
    reaction_ms: int
    capital_usd: int
    house_usd: Sequence[int]
    elsewhere_usd: Sequence[int]
    statuses: Mapping[int, str] = {}  # the day of each change, and the new status


def ledger_text(quoter: Mapping[int, str], members: Mapping[str, Member]) -> str:
    """Return the text of a ledger in which only trading firms have results."""
    text = [WORLD]
    entries = [(0, ("Assets:FTX:Cash", 9), ("Equity:FTX:Opening", -9))]
    for name, firm in members.items():
        text.append(FIRM.format(name=name))
        if firm.category:
            values = f'"{name}" "{firm.category}" {firm.reaction_ms}.000'
            text.append(f'{START} custom "firm" {values}\n')
        text += [event(day, f"{name}:status", status) for day, status in firm.statuses.items()]
        capital_usd = firm.capital_usd
        entries.append(
            (0, (f"Assets:{name}:Cash", capital_usd), (f"Equity:{name}:Opening", -capital_usd))
        )
    text += [event(day, "Alameda:quoter", state) for day, state in quoter.items()]
    for name, firm in members.items():
        for day, (house_usd, elsewhere_usd) in enumerate(
            zip(firm.house_usd, firm.elsewhere_usd, strict=True)
        ):
            entries += _booked(day, name, house_usd, elsewhere_usd)
    entries.sort(key=lambda each: each[0])
    return "".join(text + [entry(seq, *each) for seq, each in enumerate(entries, 1)])


def _booked(day: int, name: str, house_usd: int, elsewhere_usd: int) -> Iterator[tuple]:
    """Yield entries with the given results.

    The result at the house is after a fee of 1 and a hedging cost of 2.
    """
    yield (
        day,
        (f"Assets:{name}:Claims:FTX", house_usd + 2),
        (f"Expenses:{name}:Fees", 1),
        (f"Income:{name}:PickOff", -house_usd - 3),
    )
    yield (
        day,
        (f"Assets:{name}:Claims:Binance", elsewhere_usd - 2),
        (f"Expenses:{name}:Hedging", 2),
        (f"Income:{name}:LeadSpread", -elsewhere_usd - 5),
        (f"Income:{name}:LeadPickOff", 5),
    )


def entry(seq: int, day: int, *postings: tuple[str, int]) -> str:
    lines = [f'{START + timedelta(days=day)} * "By hand"', f"  seq: {seq}"]
    lines.append('  time: "12:00:00.000000"')
    lines += [f"  {account}  {usd}.00 USD" for account, usd in postings]
    return "\n".join(lines) + "\n\n"


def event(day: int, name: str, value: str) -> str:
    return f'{START + timedelta(days=day)} event "{name}" "{value}"\n'


@pytest.fixture
def world(tmp_path: Path) -> Callable[..., RunFolder]:
    """Return a function that writes and opens a ledger with only the given firms."""

    def make(quoter: Mapping[int, str] | None = None, **members: Member) -> RunFolder:
        text = ledger_text(quoter or {0: "on"}, members)
        (tmp_path / "main.beancount").write_text(text, encoding="utf-8")
        (tmp_path / MANIFEST).write_text("{}", encoding="utf-8")
        write_copy(tmp_path, RunFolder(tmp_path).entries)
        return RunFolder.at(tmp_path)

    return make


def test_a_note_states_how_many_firms_entered_if_some_never_entered(world):
    there, never = Member("pro", 5, 400, [3], [9]), Member("pro", 5, 400, [0], [0], {0: "waiting"})

    (all_came, *_), (one_waited, *_) = (
        skill(world(**members)).tables()
        for members in ({"Firm01": there}, {"Firm01": there, "Firm02": never})
    )

    assert one_waited.notes[:-1] == all_came.notes
    assert one_waited.notes[-1].startswith("Of 2 firms 1 entered")


def tables(run: RunFolder) -> dict[str, Table]:
    return {table.name: table for table in skill(run).tables()}


def rows(found: Table) -> dict[tuple, dict]:
    """Return each row as a dictionary, by its first cell or by (first cell, place)."""
    keyed = {}
    for row in found.rows:
        cells = dict(zip(found.columns, row, strict=True))
        keyed[(row[0], cells["place"]) if "place" in cells else row[0]] = cells
    return keyed


# ------------------------------------------------------------------------- the results


def test_a_return_is_the_mean_daily_result_in_basis_points_of_the_opening_capital(world):
    run = world(Firm01=Member("pro", 5, 400, [300, 280], [9, 0]))
    first = rows(tables(run)["skill"])["Firm01"]

    assert (first["capital_usd"], first["days"]) == (400, 2)
    assert first["house_bps_per_day"] == Decimal("7250.00")  # (580 / 400) / 2 days
    assert first["elsewhere_bps_per_day"] == Decimal("112.50")  # (9 / 400) / 2 days


def test_firms_with_more_profit_at_the_house_come_first(simulated):
    made = [row["house_usd"] for row in rows(tables(simulated)["skill"]).values()]

    assert made == sorted(made, reverse=True)
    assert len(set(made)) > 1


def test_results_by_venue_agree_with_the_league_table(simulated):
    found = rows(tables(simulated)["skill"])

    for firm in league(simulated):
        row = found.pop(firm.firm)
        assert row["house_usd"] == firm.house_result_usd
        assert row["elsewhere_usd"] == firm.elsewhere_usd
        assert row["funding_usd"] == firm.funding_usd
        assert row["capital_usd"] == firm.opening_capital_usd
    assert not found


def test_a_day_counts_for_a_firm_if_the_firm_is_present_at_the_start_of_the_day(world):
    late = Member("pro", 5, 1000, [0, 0, 0, 10, 20, 0], [0] * 6, {0: "waiting", 2: "trading"})
    gone = Member("pro", 5, 1000, [10, 20, 0, 0, 0, 0], [0] * 6, {0: "trading", 1: "closed"})
    left = Member("pro", 5, 1000, [10, 20, 0, 0, 0, 0], [0] * 6, {0: "trading", 1: "left"})
    never = Member("pro", 5, 1000, [0] * 6, [0] * 6, {0: "waiting"})
    run = world(Late=late, Gone=gone, Left=left, Never=never)

    found = rows(tables(run)["skill"])

    assert [found[name]["days"] for name in ("Late", "Gone", "Left", "Never")] == [3, 2, 6, 0]
    bps = [found[name]["house_bps_per_day"] for name in ("Late", "Gone", "Left", "Never")]
    assert bps == [100, 150, 50, None]  # a result of 30 on a capital of 1000, in 3, 2 and 6 days


def test_the_table_of_classes_has_only_rows_for_all_firms_together_if_the_run_has_no_classes(
    afternoon,
):
    found = tables(afternoon)

    assert {row["class"] for row in rows(found["skill"]).values()} == {None}
    assert [row[0] for row in found["classes"].rows] == [ALL, ALL]
    for ranks_of in ("reaction time, house", "reaction time, elsewhere"):
        row = rows(found["rank-correlation"])[ranks_of]
        assert (row["firms"], row["spearman"]) == (0, None)


def test_a_world_without_firms_has_no_results_and_no_correlation(world):
    found = tables(world())

    assert not found["skill"].rows
    assert {row["spearman"] for row in rows(found["rank-correlation"]).values()} == {None}
    assert {row["mean_bps_per_day"] for row in rows(found["classes"]).values()} == {None}


# ------------------------------------------------------------------------ the classes


def alike(
    number: int, category: str, house_usd: int, elsewhere_usd: int, noise_usd: int = 0
) -> dict[str, Member]:
    """Return firms of one class. Each day a firm has the given results plus noise."""
    rng = np.random.default_rng([number, *category.encode()])
    ms = {"pro": 5, "mid-tier": 50, "larp": 500}[category]
    members = {}
    for i in range(number):
        noise = rng.normal(0, noise_usd, (2, 30)).round().astype(int)
        house, elsewhere = noise + np.array([[house_usd], [elsewhere_usd]])
        name = f"{category.title().replace('-', '')}{i}"
        members[name] = Member(category, ms + i, 10**6, house.tolist(), elsewhere.tolist())
    return members


def test_a_class_has_separate_verdicts_on_its_results_at_the_house_and_elsewhere(world):
    run = world(**alike(6, "larp", 0, 0, 300), **alike(6, "mid-tier", 200, -100, 150))

    found = rows(tables(run)["classes"])

    assert found["mid-tier", "house"]["verdict"] == "earns"
    assert found["mid-tier", "elsewhere"]["verdict"] == "loses"
    assert found["larp", "house"]["verdict"] == found["larp", "elsewhere"]["verdict"] == "undecided"


def test_the_fastest_class_comes_first_and_all_firms_together_come_last(world):
    run = world(**alike(1, "larp", 1, 1), **alike(1, "pro", 1, 1), **alike(1, "mid-tier", 1, 1))

    assert [row[0] for row in tables(run)["classes"].rows[::2]] == ["pro", "mid-tier", "larp", ALL]


def test_each_firm_has_equal_weight_in_the_mean_of_its_class(world):
    large = Member("pro", 5, 1_000_000, [1000] * 5, [0] * 5)  # 10 basis points a day
    small = Member("pro", 5, 1_000, [2] * 5, [0] * 5)  # 20 basis points a day
    row = rows(tables(world(Large=large, Small=small))["classes"])["pro", "house"]

    assert row["mean_bps_per_day"] == 15
    assert row["result_usd"] == 5010


def test_equal_results_of_all_firms_on_all_days_give_intervals_of_zero_width(world):
    row = rows(tables(world(**alike(6, "pro", 300, -200)))["classes"])["pro", "house"]

    ends = [row[f"over_{what}_{end}_bps"] for what in ("firms", "days") for end in ("low", "high")]
    assert ends == [row["mean_bps_per_day"]] * 4 == [3] * 4


def test_differences_between_firms_widen_the_interval_over_firms_but_not_the_interval_over_days(
    world,
):
    firms = {
        f"Firm{i}": Member("pro", 5, 10**6, [100 * i] * 9, [100 * i * (-1) ** d for d in range(9)])
        for i in range(1, 7)
    }
    found = rows(tables(world(**firms))["classes"])
    house, elsewhere = found["pro", "house"], found["pro", "elsewhere"]

    assert house["over_firms_low_bps"] < house["mean_bps_per_day"] < house["over_firms_high_bps"]
    assert house["over_days_low_bps"] == house["over_days_high_bps"] == house["mean_bps_per_day"]
    assert elsewhere["over_days_low_bps"] < 0 < elsewhere["over_days_high_bps"]


def test_there_is_no_interval_over_firms_if_there_are_too_few_firms(world):
    firms = alike(FEWEST - 1, "pro", 300, -200, 100)
    run = world(**firms)

    row = rows(tables(run)["classes"])["pro", "house"]
    assert (row["over_firms_low_bps"], row["over_firms_high_bps"]) == (None, None)
    assert row["over_days_low_bps"] is not None
    assert row["verdict"] == "undecided"


# -------------------------------------------------------------------------- the ranks


def ranked(world: Callable[..., RunFolder], elsewhere: Callable[[int], int]) -> dict[str, dict]:
    """Return the rank correlations of seven firms.

    The slower a firm is, the more it earns at the house. *elsewhere(i)* is the daily result of firm
    *i* on the lead venue.
    """
    members = {
        f"Firm{i}": Member("pro", i, 10_000, [10 * i] * 6, [elsewhere(i)] * 6) for i in range(1, 8)
    }
    return rows(tables(world(**members))["rank-correlation"])


def test_the_rank_correlation_is_one_if_the_firms_have_the_same_ranks_on_both_venues(world):
    found = ranked(world, lambda i: i**2)

    assert [row["spearman"] for row in found.values()] == [1, 1, 1]
    assert found["house, elsewhere"]["over_days_low"] == 1


def test_the_rank_correlation_is_minus_one_if_the_ranks_on_the_two_venues_are_opposite(world):
    found = ranked(world, lambda i: -(i**3))

    assert (
        found["house, elsewhere"]["spearman"] == found["reaction time, elsewhere"]["spearman"] == -1
    )
    assert found["house, elsewhere"]["over_firms_high"] == -1


def test_results_on_the_lead_venue_have_no_rank_correlation_if_all_of_them_are_zero(world):
    found = ranked(world, lambda i: 0)

    assert {found["house, elsewhere"][c] for c in ("spearman", "over_firms_low")} == {None}
    assert found["reaction time, house"]["spearman"] == 1


def test_the_answer_counts_firms_that_earn_on_the_lead_venue_only_if_a_firm_has_results_there(
    world,
):
    alone, both = (
        skill(world(Firm1=Member("pro", 1, 10_000, [10] * 6, [elsewhere] * 6))).answer()
        for elsewhere in (0, 5)
    )

    assert alone == (
        "1 of 1 trading firms earn from Alameda's quotes. No firm has results on the lead "
        "venue, so there is no comparison."
    )
    assert "; 1 of these 1 firms earn on the lead venue too" in both


# --------------------------------------------------------- with and without the maker's quotes


def stopped(world: Callable[..., RunFolder], seed: int = 0, loss_usd: int = 500) -> RunFolder:
    """Return a run of 20 days. In the first ten days the maker quotes, and firms gain."""
    rng = np.random.default_rng(seed)
    members = {}
    for i in range(6):
        house, elsewhere = rng.normal(0, 100, (2, 20)).round().astype(int)
        house += np.where(np.arange(20) < 10, loss_usd, 0)
        members[f"Firm{i}"] = Member("pro", 5, 10**6, house.tolist(), elsewhere.tolist())
    return world({0: "on", 10: "off"}, **members)


def test_only_results_at_the_house_change_significantly_when_the_maker_stops_quoting(world):
    found = rows(tables(stopped(world))["quoter-by-class"])
    house, elsewhere = found["pro", "house"], found["pro", "elsewhere"]

    assert house["change_high_bps"] < 0
    assert elsewhere["change_low_bps"] < 0 < elsewhere["change_high_bps"]
    assert house["on_bps_per_day"] == pytest.approx(Decimal(5), abs=Decimal("0.5"))
    assert house["change_bps_per_day"] == pytest.approx(
        house["off_bps_per_day"] - house["on_bps_per_day"], abs=Decimal("0.011")
    )


def test_daily_means_leave_out_the_day_on_which_the_maker_stops_quoting(world):
    house = [10, 20, 30, 777, 4, 6]
    run = world({0: "on", 3: "off"}, Firm01=Member("pro", 5, 10_000, house, [0] * 6))
    found = tables(run)["quoter-by-firm"]
    row = rows(found)["Firm01", "house"]

    assert (row["on_usd_per_day"], row["off_usd_per_day"]) == (20, 5)
    assert (row["on_bps_per_day"], row["off_bps_per_day"]) == (20, 5)
    assert row["change_bps_per_day"] == -15
    assert "3 whole days with Alameda's quotes, and 2 whole days without these" in found.notes[0]


def test_days_before_the_maker_stops_quoting_and_after_it_starts_again_count_as_days_with_quotes(
    world,
):
    house = [10, 777, 4, 777, 20]
    run = world({0: "on", 1: "off", 3: "on"}, Firm01=Member("pro", 5, 10_000, house, [0] * 5))
    row = rows(tables(run)["quoter-by-firm"])["Firm01", "house"]

    assert (row["on_usd_per_day"], row["off_usd_per_day"]) == (15, 4)


def test_days_before_a_firm_enters_do_not_lower_its_return_on_capital(world):
    late = Member("pro", 5, 10_000, [0, 0, 0, 0, 30, 99, 9], [0] * 7, {0: "waiting", 3: "trading"})
    row = rows(tables(world({0: "on", 5: "off"}, Late=late))["quoter-by-firm"])["Late", "house"]

    assert (row["on_usd_per_day"], row["on_bps_per_day"]) == (
        6,
        30,
    )  # a result of 30 in 5 days, and a capital of 10,000 on only one of these days


def test_a_note_replaces_the_comparison_if_the_maker_never_stops_quoting(world):
    for found in list(tables(world(**alike(2, "pro", 1, 1))).values())[-2:]:
        assert not found.rows
        assert "0 whole days without these quotes: no comparison is possible" in found.notes[0]


def test_days_with_and_without_quotes_of_the_maker_are_drawn_separately(world):
    # On the day with the result 777 the maker stops quoting. The six results before this day are
    # the same as the six results after it. If each draw picked the same days from both periods,
    # the change would be zero in each draw.
    half = [100, 900, -300, 500, 200, 600]
    firm = Member("pro", 5, 10_000, [*half, 777, *half], [0] * 13)
    row = rows(tables(world({0: "on", 6: "off"}, Firm01=firm))["quoter-by-firm"])["Firm01", "house"]

    assert row["change_bps_per_day"] == 0
    wide = row["on_high_bps"] - row["on_low_bps"]
    changed = row["change_high_bps"] - row["change_low_bps"]
    assert float(changed / wide) == pytest.approx(2**0.5, rel=0.1)


def test_all_amounts_in_the_tables_have_two_decimals(simulated):
    for found in skill(simulated).tables():
        for row in found.rows:
            for title, cell in zip(found.columns, row, strict=True):
                if isinstance(cell, Decimal) and "usd" in title:
                    assert cell.as_tuple().exponent == -2
