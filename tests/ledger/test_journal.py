"""The journal sorts records by time, sums the fills of a day, and writes valid ledgers."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from beancount import loader
from beancount.core.data import Balance, Custom, Event, Price, Transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import movements
from ledger.accounts import cash, claim, owed
from ledger.chart import Chart
from ledger.fills import Fill, Names, new_rows
from ledger.journal import Journal
from ledger.money import Contract
from ledger.motives import Motive
from ledger.notes import UnpaidRequest
from ledger.parties import OUTSIDE, Parties
from ledger.proof import invariants
from ledger.run_folder import RunFolder
from ledger.times import DAY_US
from ledger.transaction import Posting, UnbalancedTransactionError
from ledger.transaction import Transaction as Movement

PARTIES = Parties("FTX", "Alameda", "Binance", "Retail", "OtherMakers", ("Firm01",))
CHART = Chart(PARTIES, tuple(Contract("BTC-PERP", v, "0.01", "1") for v in ("FTX", "Binance")))
NAMES = Names(("FTX", "Binance"), ("BTC-PERP",), PARTIES.names)
MAY_30_US = 19_142 * DAY_US  # 2022-05-30
HOUR_US = DAY_US // 24


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return open_books(tmp_path)


def open_books(folder: Path) -> Journal:
    journal = Journal(folder, "A test", CHART, NAMES, MAY_30_US)
    journal.record(
        movements.opening_balances(
            MAY_30_US, {"FTX": 1_000, "Firm01": 100_000, "Retail": 100_000}, {}
        )
    )
    return journal


def deposit(time_us: int, cents: int = 100, entity: str = "Firm01") -> Movement:
    return movements.deposit(time_us, entity, "FTX", cents, PARTIES)


def fills_at(*times_us: int) -> np.ndarray:
    """Return one fill for each time. Firm01 buys one lot, then sells one lot, and so on.

    The price of each fill is ten dollars better for Firm01 than the lead price.
    """
    rows = new_rows(len(times_us))
    rows["time_us"], rows["motive"] = times_us, Motive.PICKOFF
    rows["taker"], rows["maker"] = NAMES.entities.index("Firm01"), NAMES.entities.index("Alameda")
    rows["lots"] = [1 if i % 2 == 0 else -1 for i in range(len(times_us))]
    rows["price"], rows["lead"] = 30_000, 30_000 + 10 * rows["lots"]
    rows["edge_cents"], rows["fee_cents"] = 10, 3
    return rows


def finished(journal: Journal, time_us: int) -> RunFolder:
    journal.finish(time_us)
    return RunFolder(journal.folder)


def stored_fills(run: RunFolder) -> list[tuple[int, int]]:
    """Return the seq of each stored fill, and its time in microseconds since 30 May 00:00."""
    with run.connect() as connection:
        found = connection.execute("SELECT seq, epoch_us(time) FROM rows ORDER BY seq").fetchall()
    return [(seq, time_us - MAY_30_US) for seq, time_us in found]


def test_an_unbalanced_transaction_is_refused_and_not_written(journal):
    half = Movement(MAY_30_US, None, "half", "deposit", (Posting("Assets:FTX:Cash", 1),))

    with pytest.raises(UnbalancedTransactionError):
        journal.record(half)

    journal.close_day(MAY_30_US + DAY_US - 1)
    run = finished(journal, MAY_30_US + DAY_US - 1)
    assert [entry.narration for entry in run.transactions if entry.narration == "half"] == []


def test_a_deposit_is_owed_in_full_and_is_never_income(journal):
    journal.record(deposit(MAY_30_US + 1, cents=250))
    journal.post()

    assert journal.balance(cash("FTX")) == 1_250
    assert journal.balance(owed("FTX", "Firm01")) == -250
    assert journal.balance(claim("Firm01", "FTX")) == 250
    assert journal.balance("Income:FTX:Fees") == 0


def test_fills_come_before_cash_movements_if_both_have_the_same_timestamp(journal):
    journal.record(deposit(MAY_30_US + 5))
    journal.record(deposit(MAY_30_US + 5, cents=200))
    journal.trade(fills_at(MAY_30_US + 4, MAY_30_US + 5, MAY_30_US + 6))
    journal.close_day(MAY_30_US + DAY_US - 1)

    run = finished(journal, MAY_30_US + DAY_US - 1)

    # The opening entry has seq 1. The two deposits at the same time keep their order of recording.
    assert stored_fills(run) == [(2, 4), (3, 5), (6, 6)]
    deposits = [e for e in run.transactions if "deposit" in e.tags]
    assert [int(e.meta["seq"]) for e in deposits] == [4, 5]
    assert [e.postings[0].units.number for e in deposits] == [Decimal("1.00"), Decimal("2.00")]


def test_a_fill_that_is_recorded_late_is_sorted_by_its_timestamp(journal):
    journal.trade(fills_at(MAY_30_US + 30, MAY_30_US + 40))
    journal.record(deposit(MAY_30_US + 35))
    journal.trade(fills_at(MAY_30_US + 10, MAY_30_US + 50))
    journal.close_day(MAY_30_US + DAY_US - 1)

    run = finished(journal, MAY_30_US + DAY_US - 1)

    assert stored_fills(run) == [(2, 10), (3, 30), (5, 40), (6, 50)]


def test_fills_with_the_same_timestamp_keep_their_order_of_recording(journal):
    instants = [MAY_30_US + 5] * 200 + [MAY_30_US + 6] * 200
    for batch in range(3):
        rows = fills_at(*instants)
        rows["holder"] = 400 * batch + np.arange(400)
        journal.trade(rows)
    journal.close_day(MAY_30_US + DAY_US - 1)

    with finished(journal, MAY_30_US + DAY_US - 1).connect() as connection:
        found = connection.execute("SELECT time, holder FROM rows ORDER BY seq").fetchall()
    assert found == sorted(found)


# Times in microseconds after the start of an hour. The range is small, so many times are equal.
# Zero is left out, because it is the time of the opening entry.
WHEN = st.integers(1, 8)
FILL, MOVE = 0, 1


@settings(max_examples=12)
@given(st.lists(st.tuples(st.lists(WHEN), st.lists(WHEN)), min_size=1, max_size=4))
def test_sequence_numbers_increase_with_time_without_gaps_and_at_equal_times_fills_come_first(
    tmp_path_factory, intervals
):
    journal = open_books(tmp_path_factory.mktemp("journal"))
    for i, (fill_offsets, deposit_offsets) in enumerate(intervals):
        start_us = MAY_30_US + i * HOUR_US
        journal.trade(fills_at(*sorted(start_us + offset for offset in fill_offsets)))
        for offset in deposit_offsets:
            journal.record(deposit(start_us + offset))
        journal.post()
    journal.close_day(MAY_30_US + DAY_US - 1)
    run = finished(journal, MAY_30_US + DAY_US - 1)

    moves = [entry for entry in run.transactions if "fills" not in entry.meta]
    placed = sorted(
        [(int(entry.meta["seq"]), _offset_us(entry), MOVE) for entry in moves]
        + [(seq, time_us, FILL) for seq, time_us in stored_fills(run)]
    )

    n = 1 + sum(len(fills) + len(deposits) for fills, deposits in intervals)
    assert [seq for seq, *_ in placed] == list(range(1, n + 1))
    assert [step[1:] for step in placed] == sorted(step[1:] for step in placed)


def _offset_us(entry: Transaction) -> int:
    hours, minutes, seconds = entry.meta["time"].split(":")
    whole, micros = seconds.split(".")
    return ((int(hours) * 60 + int(minutes)) * 60 + int(whole)) * 1_000_000 + int(micros)


def test_the_close_of_a_day_adds_an_entry_with_the_summed_fills_and_a_note_with_a_control_total(
    journal,
):
    journal.trade(fills_at(MAY_30_US + 1, MAY_30_US + 2, MAY_30_US + 3))
    journal.close_day(MAY_30_US + DAY_US - 1)
    run = finished(journal, MAY_30_US + DAY_US - 1)

    (closing,) = [e for e in run.transactions if "fills" in e.meta]
    assert [int(closing.meta[k]) for k in ("fills", "first-fill", "last-fill", "seq")] == [
        3,
        2,
        4,
        5,
    ]
    assert journal.balance("Income:Alameda:PickOff") == 30
    assert journal.balance("Expenses:Firm01:Fees") == 9
    assert journal.balance("Assets:Firm01:Contracts:FTX", "BTC-PERP.FTX") == 1
    (total,) = [e for e in run.entries if isinstance(e, Custom) and "control" in e.type]
    assert (total.date, total.values[0].value) == (date(2022, 5, 30), 3)


def test_balances_in_the_journal_equal_balances_in_beancount(journal):
    for hour in range(40):
        at_us = MAY_30_US + hour * HOUR_US
        journal.record(deposit(at_us + 7, cents=hour + 1, entity=("Firm01", "Retail")[hour % 2]))
        journal.trade(fills_at(at_us + 3, at_us + 9))
        journal.post()
        if hour == 23:
            journal.close_day(MAY_30_US + DAY_US - 1)
    journal.close_day(MAY_30_US + 2 * DAY_US - 1)
    run = finished(journal, MAY_30_US + 2 * DAY_US - 1)

    theirs: dict[tuple[str, str], Decimal] = {}
    for entry in run.transactions:
        for posting in entry.postings:
            key = posting.account, posting.units.currency
            theirs[key] = theirs.get(key, Decimal(0)) + posting.units.number

    assert theirs
    for (account, commodity), number in theirs.items():
        # A lot is 0.01 of a contract, and a cent is 0.01 of a dollar.
        assert journal.balance(account, commodity) == number * 100


def test_each_month_has_a_ledger_file_and_a_fill_file_and_closing_balances(journal):
    for day in range(3):  # 30 and 31 May, 1 June
        at_us = MAY_30_US + day * DAY_US
        journal.record(deposit(at_us + 1))
        journal.trade(fills_at(at_us + 2))
        journal.close_day(at_us + DAY_US - 1)
    run = finished(journal, MAY_30_US + 3 * DAY_US - 1)

    assert sorted(path.name for path in run.path.iterdir()) == [
        "2022-05.beancount",
        "2022-06.beancount",
        "check.beancount",
        "directives.parquet",
        "fills",
        "main.beancount",
        "postings",
    ]
    assert [path.name for path in run.fill_files] == ["2022-05.parquet", "2022-06.parquet"]
    claims = [
        (e.date, e.amount.number)
        for e in run.entries
        if isinstance(e, Balance) and e.account == claim("Firm01", "FTX")
    ]
    # Each day Firm01 deposits 1.00 dollars and gains 0.07 dollars. A closing balance has the date
    # of the next day.
    assert claims == [(date(2022, 6, 1), Decimal("2.14")), (date(2022, 6, 2), Decimal("3.21"))]


def test_an_event_and_a_note_are_dated_with_the_day_of_their_timestamp(journal):
    journal.event(MAY_30_US + 5, "FTX:withdrawals", "halted")
    waits = UnpaidRequest("Liabilities:FTX:Customers:Retail", Decimal("1.00"), 'r-"7"')
    journal.note(MAY_30_US + 6, waits)
    journal.close_day(MAY_30_US + DAY_US - 1)
    run = finished(journal, MAY_30_US + DAY_US - 1)

    (event,) = [e for e in run.entries if isinstance(e, Event)]
    assert (event.date, event.type, event.description) == (
        date(2022, 5, 30),
        "FTX:withdrawals",
        "halted",
    )
    assert run.dated_notes(UnpaidRequest) == [(date(2022, 5, 30), waits)]


def test_a_price_that_is_recorded_twice_on_a_day_is_written_once(journal):
    for day in range(2):
        close_us = MAY_30_US + (day + 1) * DAY_US - 1
        for _ in range(2):  # first for the maker's coins, then for customers' claims
            journal.price(close_us, "SOL", "40")
        journal.close_day(close_us)
    run = finished(journal, close_us)

    priced = [entry.date for entry in run.entries if isinstance(entry, Price)]
    assert priced == [date(2022, 5, 30), date(2022, 5, 31)]


def test_a_month_without_fills_still_has_a_fill_file(journal):
    journal.close_day(MAY_30_US + 2 * DAY_US - 1)
    run = finished(journal, MAY_30_US + 2 * DAY_US - 1)

    assert stored_fills(run) == []


def test_a_folder_that_already_has_books_is_refused(tmp_path):
    open_books(tmp_path)

    with pytest.raises(FileExistsError):
        open_books(tmp_path)


def test_the_main_file_and_the_check_file_satisfy_every_invariant(journal):
    journal.record(movements.opening_balances(MAY_30_US, {"Alameda": 5_000}, {}))
    journal.record(deposit(MAY_30_US, cents=5_000, entity="Alameda"))
    journal.record(deposit(MAY_30_US, cents=5_000))
    journal.trade(fills_at(MAY_30_US + 3, MAY_30_US + 9))
    journal.close_day(MAY_30_US + DAY_US - 1)
    journal.finish(MAY_30_US + DAY_US - 1)

    for name in ("main.beancount", "check.beancount"):
        entries, errors, options = loader.load_file(str(journal.folder / name))
        assert not errors
        assert not invariants.check(entries, options)[1]


def test_every_party_of_the_world_is_in_the_chart_of_accounts():
    listed = {line.account.split(":")[1] for _, lines in CHART.accounts() for line in lines}

    assert listed == {*PARTIES.names} >= {OUTSIDE}


def test_a_single_fill_has_the_same_fields_as_a_row_of_an_array_of_fills():
    assert Fill._fields == new_rows(1).dtype.names
