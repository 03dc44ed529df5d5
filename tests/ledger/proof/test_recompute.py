"""The audit recomputes fills from their columns and reports each wrong row.

In many tests a forged run has changed fills, and control totals in the general ledger that fit
these fills. So only the recomputation can find the change.
"""

import re
import shutil
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
from priced_rows import price_fills
from wrong_fills import wrong_fills

from ledger import fill_store, movements
from ledger.chart import Chart
from ledger.copy_of_text import write_copy
from ledger.fee_notes import CustomersFee, FeeDiscount, FeeFloor, TakerFee, VolumeBefore
from ledger.fills import ABSENT, Names, new_rows
from ledger.journal import Journal
from ledger.money import Contract
from ledger.motives import Motive
from ledger.notes import FundingRate, Note
from ledger.parties import Parties
from ledger.proof import day_openings
from ledger.proof.recompute import Recomputation
from ledger.run_folder import RunFolder
from ledger.times import DAY_US, day_of

Doctor = Callable[[np.ndarray], np.ndarray | None]


def rows_of(run: RunFolder) -> np.ndarray:
    with run.connect() as connection:
        return fill_store.read(connection, "rows", run.names)


@pytest.fixture
def forged(busy_run: RunFolder, tmp_path: Path) -> Callable[..., RunFolder]:
    """Return a function that forges fills in a copy of the run.

    With *vouch* it also writes control totals that fit these fills.
    """

    def forge(doctor: Doctor, vouch: bool = True) -> RunFolder:
        folder = tmp_path / "forged"
        shutil.copytree(busy_run.path, folder)
        first = busy_run.fill_files[0]
        with busy_run.connect() as connection:
            rows = fill_store.read(connection, f"read_parquet('{first}')", busy_run.names)
        changed = doctor(rows)
        rows = rows if changed is None else changed
        (folder / "fills" / first.name).unlink()
        fill_store.write(folder / "fills" / first.name, rows, busy_run.names)
        if vouch:
            _vouch(folder / f"{first.stem}.beancount", rows, busy_run)
        return RunFolder(folder)

    return forge


def _vouch(path: Path, rows: np.ndarray, run: RunFolder) -> None:
    text = path.read_text(encoding="utf-8")
    for day in np.unique(rows["time_us"] // DAY_US).tolist():
        ours = rows[rows["time_us"] // DAY_US == day]
        total = fill_store.control_total(ours, run.names)
        text = re.sub(
            rf'({day_of(day * DAY_US)} custom "control-total-of-fills") .*',
            rf'\1 {len(ours)} "{total}"',
            text,
        )
    path.write_text(text, encoding="utf-8")


def first_of(rows: np.ndarray, *motives: Motive) -> int:
    """Return the index of the sixth row that has one of *motives*."""
    return int(np.flatnonzero(np.isin(rows["motive"], motives))[5])


def adding(column: str, amount: int, *motives: Motive) -> Doctor:
    def doctor(rows: np.ndarray) -> None:
        rows[column][first_of(rows, *motives)] += amount

    return doctor


def test_all_fills_of_an_unchanged_run_are_correct(run):
    assert list(wrong_fills(run)) == []


def test_all_fills_are_correct_in_a_copy_that_the_test_writes_without_changes(forged):
    assert list(wrong_fills(forged(lambda rows: None))) == []


def test_a_wrong_fee_rate_is_reported_even_if_the_fee_is_correct_at_this_rate(forged):
    def doctor(rows: np.ndarray) -> None:
        i = first_of(rows, Motive.PICKOFF)
        rows["fee_e6"][i] += 100
        notional = abs(int(rows["lots"][i])) * int(rows["price"][i])
        rows["fee_cents"][i] = (notional * int(rows["fee_e6"][i]) + 500_000) // 1_000_000

    problems = list(wrong_fills(forged(doctor)))

    assert any("the fee rate is not the rate that" in problem for problem in problems)
    assert not any("the fee does not follow from its rate" in problem for problem in problems)


@pytest.mark.parametrize(
    ("doctor", "said"),
    [
        (adding("edge_cents", 1, Motive.PICKOFF), "the edge does not follow from the prices"),
        (adding("edge_cents", -1, Motive.SPREAD), "the edge does not follow from the prices"),
        (adding("edge_cents", 1, Motive.HEDGE), "the edge does not follow from the prices"),
        (adding("price", 1, Motive.PICKOFF), "the edge does not follow from the prices"),
        (adding("lead", 1, Motive.HEDGE), "the edge does not follow from the prices"),
        (adding("lots", 1, Motive.PICKOFF), "the edge does not follow from the prices"),
        (adding("fee_cents", 1, Motive.PICKOFF), "the fee does not follow from its rate"),
        (adding("fee_cents", -1, Motive.HEDGE), "the fee does not follow from its rate"),
        (adding("fee_e6", 50_000, Motive.SPREAD), "the fee does not follow from its rate"),
        (
            adding("edge_cents", 1, Motive.MARGIN),
            "the variation margin does not follow from the mark",
        ),
        (adding("edge_cents", 2, Motive.FUNDING), "the funding does not follow from its rate"),
        (adding("lots", 1, Motive.MARGIN), "its lots are not the receiver's position"),
        (adding("lots", -1, Motive.FUNDING), "its lots are not the receiver's position"),
        (adding("price", 1, Motive.MARGIN), "a mark is not the lead price"),
        (adding("time_us", -(3600 * 10**6), Motive.MARGIN), "the next day begins with seq"),
        (adding("seq", 10**9, Motive.SPREAD), "the next seq is missing"),
    ],
)
def test_a_wrong_value_is_reported_with_its_file_and_row(forged, doctor, said):
    problems = list(wrong_fills(forged(doctor)))

    # A wrong position stays wrong in the next month, so later months may have errors too.
    assert any(said in problem for problem in problems)
    assert problems[0].startswith("fills/2022-05.parquet: row with seq ")


def test_a_trade_of_zero_lots_is_reported(forged):
    def doctor(rows):
        i = first_of(rows, Motive.PICKOFF)
        for column in ("lots", "edge_cents", "fee_cents"):
            rows[column][i] = 0

    assert any("the trade has no quantity" in problem for problem in wrong_fills(forged(doctor)))


def test_a_wrong_mark_is_reported_even_if_it_is_both_the_price_and_the_lead_price_of_the_row(
    forged,
):
    def doctor(rows):
        i = first_of(rows, Motive.MARGIN)
        rows["price"][i] += 1
        rows["lead"][i] += 1

    assert any(
        "the variation margin does not follow from the mark" in problem
        for problem in wrong_fills(forged(doctor))
    )


def test_a_fill_that_names_the_wrong_firm_as_its_taker_is_reported(forged):
    """The columns of the forged row agree with each other. Only the ledger names the right firm."""

    def doctor(rows):
        i = first_of(rows, Motive.PICKOFF)
        firms = np.unique(rows["taker"][rows["motive"] == Motive.PICKOFF])
        rows["taker"][i] = firms[firms != rows["taker"][i]][0]

    problems = list(wrong_fills(forged(doctor)))

    assert any("no entry of the general ledger sums up" in problem for problem in problems)


def test_a_forged_price_with_a_matching_edge_is_reported_as_a_difference_from_the_general_ledger(
    forged,
):
    def doctor(rows):
        for i in np.flatnonzero(rows["motive"] == Motive.SPREAD):
            fee = Fraction(int(abs(rows["lots"][i]) * (rows["price"][i] + 1)), 10**6)
            if int(fee * int(rows["fee_e6"][i]) + Fraction(1, 2)) == rows["fee_cents"][i]:
                rows["price"][i] += 1
                rows["edge_cents"][i] -= rows["lots"][i]
                return
        pytest.fail("no row keeps its fee at a price one tick higher")

    problems = list(wrong_fills(forged(doctor)))

    assert any("is not the sum of its fills" in problem for problem in problems)


@pytest.mark.parametrize(
    "doctor",
    [
        lambda rows: np.delete(rows, first_of(rows, Motive.PICKOFF)),
        lambda rows: np.delete(rows, first_of(rows, Motive.MARGIN)),
        lambda rows: np.insert(rows, 20, rows[20]),
        lambda rows: np.delete(rows, slice(None)),
    ],
    ids=["a missing fill", "a missing payment", "a repeated fill", "no fills"],
)
def test_a_missing_or_extra_row_is_reported(forged, doctor):
    assert list(wrong_fills(forged(doctor)))


def test_two_rows_with_exchanged_sequence_numbers_are_reported(forged):
    def doctor(rows):
        i = first_of(rows, Motive.PICKOFF)
        rows["seq"][[i, i + 1]] = rows["seq"][[i + 1, i]]

    assert list(wrong_fills(forged(doctor)))


def test_a_fill_file_with_days_of_another_month_is_reported(forged):
    def doctor(rows):
        rows["time_us"] += 31 * DAY_US

    assert any(
        "the file has days of another month: 2022-06" in problem
        for problem in wrong_fills(forged(doctor))
    )


@pytest.mark.parametrize("column", ["holder", "lead_when_quoted", "quote_age_us", "trigger"])
def test_a_change_in_a_column_that_affects_no_amount_changes_the_control_total(forged, column):
    def doctor(rows):
        i = first_of(rows, Motive.SPREAD)
        rows[column][i] = (rows[column][i] + 1) % 3 if column == "trigger" else ABSENT

    (problem,) = wrong_fills(forged(doctor, vouch=False))

    assert "the general ledger and the fills have different control totals" in problem


def test_a_month_whose_fill_file_is_missing_is_reported(busy_run, tmp_path):
    shutil.copytree(busy_run.path, tmp_path / "run")
    (tmp_path / "run/fills/2022-06.parquet").unlink()

    problems = list(wrong_fills(RunFolder(tmp_path / "run")))

    assert problems
    assert all(problem.startswith("2022-06.beancount: ") for problem in problems)


# --------------------------------------------------------------------------- single days


def test_days_of_fills_can_be_checked_alone_and_in_reverse_order(run):
    shared = Recomputation(run)

    assert len(shared.days) == 3
    for day in reversed(shared.days):
        assert list(shared.wrong_within(day)) == []
        assert list(Recomputation(run).wrong_within(day)) == []


def test_the_audit_reads_the_rows_of_one_day_at_a_time(busy_run, monkeypatch):
    a_day = np.unique(rows_of(busy_run)["time_us"] // DAY_US, return_counts=True)[1]
    held: list[int] = []
    read = fill_store.read

    def reading(*arguments) -> np.ndarray:
        rows = read(*arguments)
        held.append(len(rows))
        return rows

    monkeypatch.setattr(fill_store, "read", reading)

    assert list(wrong_fills(busy_run)) == []
    assert held == a_day.tolist()


def test_wrong_positions_and_volumes_at_the_end_of_the_last_day_are_reported(busy_run, monkeypatch):
    """The sums at the end of the run lack one trade. There is no later day to show the error."""
    last_trade = "SELECT max(seq) FROM rows WHERE motive = 'pickoff'"
    lying = day_openings.SUMS.replace("FROM rows", f"FROM rows WHERE seq <> ({last_trade})")
    monkeypatch.setattr(day_openings, "SUMS", lying)

    assert list(wrong_fills(busy_run)) == [
        "fills/2022-06.parquet: 2022-06-01: positions, values or volumes differ between the end of "
        "this day and the start of the next day"
    ]


def test_a_missing_sequence_number_between_two_days_is_reported(forged):
    places: list[int] = []

    def doctor(rows: np.ndarray) -> np.ndarray:
        (midnight,) = np.flatnonzero(np.diff(rows["time_us"] // DAY_US))
        places.append(int(rows["seq"][midnight]))
        return np.delete(rows, midnight + 1)

    problems = list(wrong_fills(forged(doctor)))

    assert f"fills/2022-05.parquet: row with seq {places[0]}: the next seq is missing" in problems


def test_a_day_without_a_control_total_is_reported(busy_run, tmp_path):
    folder = Path(shutil.copytree(busy_run.path, tmp_path / "run"))
    month = folder / "2022-05.beancount"
    text = month.read_text(encoding="utf-8")
    vouched = re.compile('2022-05-31 custom "control-total-of-fills" .*\n')
    assert vouched.search(text)
    month.write_text(vouched.sub("", text), encoding="utf-8")
    write_copy(folder, RunFolder(folder).entries)

    assert list(wrong_fills(RunFolder(folder))) == [
        "fills/2022-05.parquet: 2022-05-31: there is no control total in the general ledger"
    ]


# ------------------------------------------ fee rates that depend on the volume of thirty days

PARTIES = Parties("FTX", "Alameda", "Binance", "Retail", "OtherMakers", ("Firm01",))
CHART = Chart(PARTIES, tuple(Contract("BTC-PERP", v, "0.01", "1") for v in ("FTX", "Binance")))
NAMES = Names(("FTX", "Binance"), ("BTC-PERP",), PARTIES.names)
MAY_5_US = 19_117 * DAY_US  # 2022-05-05; the day thirty days later is in June
# Fee rates in millionths. The low rate needs a volume of at least 1,000 dollars.
LOW_E6, HIGH_E6 = 500, 700


def books_of_a_firm(
    folder: Path, before_usd: int, fills: dict[int, tuple[int, int]], *others: Note
) -> RunFolder:
    """Write books in which a firm buys contracts. One lot is worth 300 dollars.

    *fills* has the lots and the fee rate of each day with a purchase. *others* are further notes of
    the first day.
    """
    folder.mkdir()
    journal = Journal(folder, "A firm", CHART, NAMES, MAY_5_US)
    journal.record(movements.opening_balances(MAY_5_US, {"Firm01": 1}, {}))
    journal.note(MAY_5_US, FundingRate(0))
    for venue, from_usd, rate_e6 in (
        ("FTX", 0, HIGH_E6),
        ("FTX", 1_000, LOW_E6),
        ("Binance", 0, 0),
    ):
        journal.note(MAY_5_US, TakerFee(venue, Decimal(from_usd), rate_e6))
    journal.note(MAY_5_US, CustomersFee("FTX", 0))
    journal.note(MAY_5_US, VolumeBefore("Firm01", Decimal(before_usd)))
    for note in others:
        journal.note(MAY_5_US, note)
    for day in range(max(fills) + 1):
        if day in fills:
            row = new_rows(1)
            row["time_us"], row["motive"] = MAY_5_US + day * DAY_US, Motive.PICKOFF
            row["taker"], row["maker"] = map(NAMES.entities.index, ("Firm01", "Alameda"))
            row["lots"], row["fee_e6"] = fills[day]
            row["price"], row["lead"] = 30_000, 30_010
            price_fills(row, 1)
            journal.trade(row)
        journal.close_day(MAY_5_US + (day + 1) * DAY_US - 1)
    journal.finish(MAY_5_US + (day + 1) * DAY_US - 1)
    return RunFolder(folder)


@pytest.mark.parametrize(
    ("before_usd", "first_lots", "day", "due_e6"),
    [
        (0, 4, 1, LOW_E6),  # the previous day's volume is 1,200 dollars
        (0, 4, 30, LOW_E6),
        (0, 4, 31, HIGH_E6),  # the 1,200 dollars are thirty-one days old
        (0, 3, 1, HIGH_E6),  # 900 dollars are too little for the lower rate
        (1_000, 0, 0, LOW_E6),  # exactly 1,000 dollars before the run
        # Of the 3,000 dollars before the run, 100 expire each day. So 1,000 remain on day 20.
        (3_000, 0, 20, LOW_E6),
        (3_000, 0, 21, HIGH_E6),
    ],
)
def test_enough_volume_in_the_last_thirty_days_lowers_the_fee_rate(
    tmp_path, before_usd, first_lots, day, due_e6
):
    first = {0: (first_lots, HIGH_E6)} if first_lots else {}

    for rate_e6 in (LOW_E6, HIGH_E6):
        run = books_of_a_firm(tmp_path / str(rate_e6), before_usd, {**first, day: (1, rate_e6)})

        assert [problem.partition(": the fee rate")[1] for problem in wrong_fills(run)] == (
            [] if rate_e6 == due_e6 else [": the fee rate"]
        )


@pytest.mark.parametrize(
    ("floor_e6", "due_e6"),
    [(0, 280), (280, 280), (281, 281), (400, 400), (HIGH_E6, HIGH_E6), (900, HIGH_E6)],
)
def test_a_discount_lowers_the_fee_rate_but_not_below_the_floor(tmp_path, floor_e6, due_e6):
    notes = FeeDiscount("Firm01", 6_000), FeeFloor("FTX", floor_e6)

    for paid_e6 in (due_e6 - 1, due_e6, due_e6 + 1):
        run = books_of_a_firm(tmp_path / str(paid_e6), 0, {0: (1, paid_e6)}, *notes)

        assert len(list(wrong_fills(run))) == (paid_e6 != due_e6)


# ------------------------------------------------------- independent calculations


def test_edges_and_rounded_fees_agree_with_an_exact_calculation_with_fractions(run):
    cents = {
        (c.venue, c.market): Fraction(c.lot) * Fraction(c.tick_usd) * 100
        for c in run.chart.contracts
    }
    checked = 0
    with run.connect() as connection:
        trades = connection.execute(
            "SELECT venue, market, lots, price, lead, fee_e6, edge_cents, fee_cents FROM rows "
            "WHERE motive IN ('pickoff', 'spread', 'hedging')"
        ).fetchall()
    for venue, market, lots, price, lead, fee_e6, edge_cents, fee_cents in trades:
        worth = cents[venue, market]
        assert edge_cents == (lead - price) * lots * worth
        exact = abs(lots) * price * worth * Fraction(fee_e6, 1_000_000)
        assert fee_cents - Fraction(1, 2) <= exact < fee_cents + Fraction(1, 2)
        checked += 1
    assert checked


def test_a_settlement_pays_the_change_in_value_of_each_position(run):
    """Let n be a position's lots, and v its value at the last settlement plus all later trades.

    Trades are valued at lead prices. A settlement at the mark M pays n * M - v to the position.
    After the settlement the position's value is n * M.
    """
    cents = {(c.venue, c.market): c.cents_per_lot_tick for c in run.chart.contracts}
    parties = run.chart.parties
    held: dict[tuple[str, str, str], int] = defaultdict(int)
    value: dict[tuple[str, str, str], int] = defaultdict(int)
    with run.connect() as connection:
        rows = connection.execute(
            "SELECT motive, venue, market, taker, maker, lots, price, lead, edge_cents, time "
            "FROM rows WHERE motive <> 'funding' ORDER BY seq"
        ).fetchall()
    settlements = 0
    for (motive, _), group in groupby(rows, key=lambda row: (row[0], row[-1])):
        marks = {}
        for _, venue, market, taker, maker, lots, price, lead, edge_cents, _ in group:
            lot_cents = lead * cents[venue, market]
            if motive != "variation-margin":
                for entity, sign in ((taker, 1), (maker, -1)):
                    held[venue, market, entity] += sign * lots
                    value[venue, market, entity] += sign * lots * lot_cents
                continue
            account = venue, market, taker
            assert price == lead
            assert lots == held[account]
            assert edge_cents == lots * lot_cents - value[account] != 0
            value[account] += edge_cents
            marks[venue, market] = lot_cents
        for (venue, market), lot_cents in marks.items():
            for entity in (*parties.house_customers, *parties.hedgers):
                account = venue, market, entity
                assert value[account] == held[account] * lot_cents
            settlements += 1
    assert settlements
