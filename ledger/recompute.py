"""Fills worked out again from what they say, and summed against the general ledger.

Edges, fees and settlement payments are computed here from the columns alone, by other code than
booked them; sums are posted by the one rule and compared with what the general ledger says.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
from beancount.core import data

from ledger import fill_store
from ledger.entries import Entries, contract_table
from ledger.fills import FROM_QUOTES, PAYMENTS, Motive
from ledger.margin_accounts import MarginAccounts
from ledger.money import amount
from ledger.run_folder import RunFolder
from ledger.times import DAY_US, day_of
from ledger.transaction import MONEY, Transaction

FUNDING_UNIT = 10**9
WINDOW_DAYS = 30


def wrong_fills(run: RunFolder) -> Iterator[str]:
    """Yield a sentence for each thing about the fills that does not follow from the books."""
    connection = run.connect()
    positions, fees = _Positions(run), _Fees(run)
    on_margin = MarginAccounts(run, _tick_cents_table(run)[0])
    closings = _closings(run)
    seqs_of_entries = {int(entry.meta["seq"]) for entry in run.transactions}
    vouched = _control_totals(run)
    for path in run.fill_files:
        name = f"fills/{path.name}"
        try:
            file = f"read_parquet('{_escaped(path)}', hive_partitioning = false)"
            rows = fill_store.read(connection, file, run.names)
        except Exception as error:
            yield f"{name}: {error}".splitlines()[0]
            continue
        for problem in (
            *_wrong_columns(run, rows, path.stem),
            *_wrong_order(rows, seqs_of_entries),
            *_wrong_prices(run, rows),
            *fees.wrong_rates(rows),
            *positions.wrong_payments(rows),
            *on_margin.wrong_steps(rows),
            *_wrong_days(run, rows, closings, vouched),
        ):
            yield f"{name}: {problem}"
    for day in sorted({*closings, *vouched}):
        yield f"{day:%Y-%m}.beancount: it sums up fills of {day} that are not there"


def _escaped(path: Path) -> str:
    return str(path).replace("'", "''")


def _first(rows: np.ndarray, wrong: np.ndarray, what: str) -> Iterator[str]:
    """Say *what* is wrong with the first of the rows marked, and how many more there are."""
    found = np.flatnonzero(wrong)
    if len(found):
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        yield f"row with seq {rows['seq'][found[0]]}: {what}{more}"


def _wrong_columns(run: RunFolder, rows: np.ndarray, month: str) -> Iterator[str]:
    days = rows["time_us"] // DAY_US
    first, last = (int(days.min()), int(days.max())) if len(rows) else (0, 0)
    months = {f"{day_of(day * DAY_US):%Y-%m}" for day in (first, last)} if len(rows) else {month}
    if months != {month}:
        yield f"it holds days of {', '.join(sorted(months - {month}))}"
    payment = np.isin(rows["motive"], PAYMENTS)
    yield from _first(rows, payment & (rows["price"] != rows["lead"]), "a mark is no lead price")
    yield from _first(rows, ~payment & (rows["lots"] == 0), "nothing changes hands")


def _wrong_order(rows: np.ndarray, seqs_of_entries: set[int]) -> Iterator[str]:
    yield from _first(rows[1:], np.diff(rows["seq"]) <= 0, "its seq does not rise")
    yield from _first(rows[1:], np.diff(rows["time_us"]) < 0, "it is earlier than the one before")
    gaps = np.flatnonzero(np.diff(rows["seq"]) != 1)
    for i in gaps.tolist():
        between = range(int(rows["seq"][i]) + 1, int(rows["seq"][i + 1]))
        if not seqs_of_entries.issuperset(between):
            yield f"row with seq {rows['seq'][i]}: the seq after it is lost"
            return


def _wrong_prices(run: RunFolder, rows: np.ndarray) -> Iterator[str]:
    """Edge and fee from price, lead, quantity and fee rate."""
    trade = rows[~np.isin(rows["motive"], PAYMENTS)]
    cents = _tick_cents(run, trade)
    edge = (trade["lead"] - trade["price"]) * trade["lots"] * cents
    yield from _first(trade, edge != trade["edge_cents"], "the edge does not follow")
    # Half up, in exact integers: 2 n r + 10^6 over 2 x 10^6.
    twice = 2 * np.abs(trade["lots"]) * trade["price"] * cents * trade["fee_e6"]
    fee = (twice + 1_000_000) // 2_000_000
    yield from _first(trade, fee != trade["fee_cents"], "the fee does not follow")


def _tick_cents(run: RunFolder, rows: np.ndarray) -> np.ndarray:
    return _tick_cents_table(run)[rows["venue"], rows["market"]]


def _tick_cents_table(run: RunFolder) -> np.ndarray:
    """Return the value of a tick on a lot, shape (venues, markets)."""
    names = run.names
    table = np.zeros((len(names.venues), len(names.markets)), dtype=np.int64)
    for place, contract in contract_table(run.chart, names).items():
        table[place] = contract.cents_per_lot_tick
    return table


class _Positions:
    """Every holder's contracts and entry value, carried through the fills in their order."""

    def __init__(self, run: RunFolder) -> None:
        self._run = run
        shape = (len(run.names.venues), len(run.names.markets), len(run.names.entities))
        self._lots = np.zeros(shape, dtype=np.int64)
        self._value = np.zeros(shape, dtype=np.int64)
        ((rate,),) = run.customs("funding-per-hour-e9")
        self._funding_e9 = int(rate)

    def wrong_payments(self, rows: np.ndarray) -> Iterator[str]:
        """Hold each settlement's payments against positions at its mark: n M - v, then v = n M."""
        cents = _tick_cents(self._run, rows)
        is_trade = ~np.isin(rows["motive"], PAYMENTS)
        # A position must be carried up to each settlement before its payments can be checked.
        new_block = is_trade[1:] != is_trade[:-1]
        new_block |= ~is_trade[1:] & (np.diff(rows["time_us"]) > 0)
        edges = (np.flatnonzero(new_block) + 1).tolist()
        for begin, end in zip((0, *edges), (*edges, len(rows)), strict=True):
            block = slice(begin, end)
            if begin < end and is_trade[begin]:
                self._trade(rows[block], cents[block])
            elif begin < end:
                settled = np.isin(rows["motive"][block], (Motive.MARGIN, Motive.FUNDING))
                yield from self._check(rows[block][settled], cents[block][settled])

    def _trade(self, rows: np.ndarray, cents: np.ndarray) -> None:
        value = rows["lots"] * rows["lead"] * cents
        for side, sign in (("taker", 1), ("maker", -1)):
            place = (rows["venue"], rows["market"], rows[side])
            np.add.at(self._lots, place, sign * rows["lots"])
            np.add.at(self._value, place, sign * value)

    def _check(self, rows: np.ndarray, cents: np.ndarray) -> Iterator[str]:
        place = (rows["venue"], rows["market"], rows["taker"])
        held = self._lots[place]
        yield from _first(rows, rows["lots"] != held, "it is no payment on the position held")
        worth = rows["lots"] * rows["price"] * cents
        margin = rows["motive"] == Motive.MARGIN
        due = worth - self._value[place]
        yield from _first(
            rows, margin & (rows["edge_cents"] != due), "the variation margin does not follow"
        )
        exact = -worth * self._funding_e9
        off = np.abs(rows["edge_cents"] * FUNDING_UNIT - exact)
        yield from _first(
            rows, ~margin & (off >= FUNDING_UNIT), "the funding does not follow from its rate"
        )
        self._value[tuple(index[margin] for index in place)] = worth[margin]


class _Fees:
    """Every taker's fee rate, from what it traded on the house venue in thirty days."""

    def __init__(self, run: RunFolder) -> None:
        house, lead = run.names.venues
        tiers = [tier for tier in run.customs("taker-fee-e6") if tier[0] == house]
        self._from_cents = np.array([_cents(volume) for _, volume, _ in tiers])
        self._rates_e6 = np.array([int(rate) for *_, rate in tiers])
        ((_, _, self._lead_e6),) = [tier for tier in run.customs("taker-fee-e6") if tier[0] == lead]
        firms = run.chart.parties.firms
        self._has_tiers = np.isin(run.names.entities, firms)
        before = {firm: _cents(volume) for firm, volume in run.customs("volume-of-30-days")}
        total = np.array([before.get(entity, 0) for entity in run.names.entities], dtype=np.int64)
        # The volume before the run, spread evenly; what that leaves is with the oldest day.
        even, rest = np.divmod(total, WINDOW_DAYS)
        self._days = [even + rest, *[even] * (WINDOW_DAYS - 1)]
        self._today = run.transactions[0].date
        self._run = run

    def wrong_rates(self, rows: np.ndarray) -> Iterator[str]:
        """Hold each fill's rate against the tier that its taker had that day."""
        edges = np.flatnonzero(np.diff(rows["time_us"] // DAY_US)) + 1
        for ours in np.split(rows, edges) if len(rows) else ():
            while self._today < day_of(int(ours["time_us"][0])):  # nobody traded
                self._close_day(np.zeros(len(self._has_tiers), dtype=np.int64))
            volume = np.where(self._has_tiers, sum(self._days), 0)
            tier = np.searchsorted(self._from_cents, volume, side="right") - 1
            on_house = ours["venue"] == 0
            due = np.where(on_house, self._rates_e6[tier][ours["taker"]], int(self._lead_e6))
            trade = np.isin(ours["motive"], (*FROM_QUOTES, Motive.HEDGE))
            wrong = ours["fee_e6"] != np.where(trade, due, 0)
            yield from _first(ours, wrong, "the fee rate is not that of the taker's tier")
            traded = np.zeros(len(volume), dtype=np.int64)
            notional = np.abs(ours["lots"]) * ours["price"] * _tick_cents(self._run, ours)
            np.add.at(traded, ours["taker"], np.where(trade & on_house, notional, 0))
            self._close_day(traded)

    def _close_day(self, traded_cents: np.ndarray) -> None:
        self._days = [*self._days[1:], traded_cents]
        self._today += timedelta(days=1)


def _cents(volume: data.Amount) -> int:
    return int(volume.number.scaleb(2))


def _wrong_days(
    run: RunFolder,
    rows: np.ndarray,
    closings: dict[date, list[data.Transaction]],
    vouched: dict[date, tuple[int, str]],
) -> Iterator[str]:
    """Each day's rows against the general ledger: control total, and the entries that sum them.

    Days that are found are taken out of *closings* and *vouched*.
    """
    entries = Entries(run.chart, run.names)
    edges = np.flatnonzero(np.diff(rows["time_us"] // DAY_US)) + 1
    for ours in np.split(rows, edges) if len(rows) else ():
        day = day_of(int(ours["time_us"][0]))
        if vouched.pop(day, None) != (len(ours), fill_store.control_total(ours, run.names)):
            yield f"{day}: the control total in the general ledger is another"
        booked = {
            (
                int(entry.meta["fills"]),
                int(entry.meta["first-fill"]),
                int(entry.meta["last-fill"]),
            ): entry
            for entry in closings.pop(day, [])
        }
        for entry in entries.closing(ours, int(ours["time_us"][-1])):
            found = booked.pop(tuple(int(value) for _, value in entry.meta), None)
            if found is None:
                yield f"{day}: no entry of the general ledger sums up: {entry.narration}"
            elif _amounts(run, entry) != _booked_amounts(found):
                yield (
                    f"{day}: the entry with seq {found.meta['seq']} is not the sum of its fills: "
                    f"{entry.narration}"
                )
        for found in booked.values():
            yield f"{day}: the entry with seq {found.meta['seq']} sums up fills that are not there"


def _amounts(run: RunFolder, entry: Transaction) -> Counter:
    scale = {c.commodity: c.quantity.text for c in run.chart.contracts} | {MONEY: amount}
    return Counter(
        (p.account, Decimal(scale[p.commodity](p.units)), p.commodity) for p in entry.postings
    )


def _booked_amounts(entry: data.Transaction) -> Counter:
    return Counter((p.account, p.units.number, p.units.currency) for p in entry.postings)


def _control_totals(run: RunFolder) -> dict[date, tuple[int, str]]:
    return {
        entry.date: (int(entry.values[0].value), entry.values[1].value)
        for entry in run.entries
        if isinstance(entry, data.Custom) and entry.type == "control-total-of-fills"
    }


def _closings(run: RunFolder) -> dict[date, list[data.Transaction]]:
    closings: dict[date, list[data.Transaction]] = defaultdict(list)
    for entry in run.transactions:
        if "fills" in entry.meta:
            closings[entry.date].append(entry)
    return closings
