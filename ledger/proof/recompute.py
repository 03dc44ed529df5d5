"""Fills worked out again from what they say, and summed against the general ledger.

Edges, fees and settlement payments are computed here from the columns alone, by other code than
booked them; sums are posted by the one rule and compared with what the general ledger says.

Days are checked one by one, in any order and by anybody, and no more than a day's rows are held.
Each begins with the sum of all rows before it: positions, entry values, and the volumes that make
fee tiers. What its own rows, checked, leave must be what the next day begins with; so by induction,
if no day is wrong, none would be with all of that carried from the first row to the last.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
from beancount.core import data

from ledger import fill_store
from ledger.entries import Entries, contract_table
from ledger.fills import FROM_QUOTES, PAYMENTS, Motive
from ledger.money import amount
from ledger.proof.margin_accounts import MarginAccounts
from ledger.run_folder import RunFolder
from ledger.transaction import MONEY, Transaction

FUNDING_UNIT = 10**9
ONE_DAY = timedelta(days=1)
WINDOW_DAYS = 30
HOUSE = 0  # the code of the house venue, which names list first

DAY = "CAST(time AS DATE)"  # everywhere the same, so that each row is of exactly one day

# The days in a file, with the first and the last seq of each.
ENDS = f"SELECT {DAY} AS day, min(seq), max(seq) FROM {{file}} GROUP BY day ORDER BY day"

# Payments that leave positions, and what they were entered at, as they are.
UNSETTLED = ", ".join(f"'{each.word}'" for each in PAYMENTS if each is not Motive.MARGIN)

# What each day's rows add to positions (lots), to entry values and volumes (lots x ticks), and pay.
SUMS = f"""
    SELECT {DAY} AS day, venue, market, taker, maker,
        CAST(sum(if(payment, 0, lots)) AS BIGINT) AS lots,
        CAST(sum(if(payment, 0, lots * lead)) AS BIGINT) AS value,
        CAST(sum(if(payment, 0, abs(lots) * price)) AS BIGINT) AS volume,
        CAST(sum(if(payment, edge_cents, 0)) AS BIGINT) AS paid_cents
    FROM (SELECT *, motive = '{Motive.MARGIN.word}' AS payment FROM rows)
    WHERE motive NOT IN ({UNSETTLED})
    GROUP BY ALL
"""


def wrong_fills(run: RunFolder) -> Iterator[str]:
    """Yield a sentence for each thing about the fills that does not follow from the books."""
    recomputation = Recomputation(run)
    for day in recomputation.days:
        yield from recomputation.wrong_within(day)
    yield from recomputation.wrong_between_days()
    yield from recomputation.wrong_on_margin()


class Recomputation:
    """The fills of one run, to be worked out again day by day."""

    def __init__(self, run: RunFolder) -> None:
        """Read what the general ledger says of the fills, once for all days."""
        self._run, self._connection = run, run.connect()
        # For a day's rows, threads cost more than they bring.
        self._connection.execute("SET threads = 1")
        self._entries = Entries(run.chart, run.names)
        self._tick_cents = _tick_cents(run)
        ((funding_e9,),) = run.customs("funding-per-hour-e9")
        self._fees, self._funding_e9 = _Fees(run), int(funding_e9)
        self._vouched, self._closings = _control_totals(run), _closings(run)
        self._seqs_of_entries = {int(entry.meta["seq"]) for entry in run.transactions}

    @property
    def days(self) -> list[date]:
        """Return the days whose fills the general ledger vouches for, in order."""
        return sorted(self._vouched)

    def wrong_within(self, day: date) -> Iterator[str]:
        """Yield what is wrong with the rows of one of the `days`."""
        path = self._run.path / "fills" / f"{day:%Y-%m}.parquet"
        if not path.is_file():
            return  # days of which nothing is there are told between days
        try:
            rows = self._rows(day)
        except Exception as error:
            yield f"fills/{path.name}: {error}".splitlines()[0]
            return
        for problem in self._wrong(rows, day) if len(rows) else ():
            yield f"fills/{path.name}: {problem}"

    def wrong_between_days(self) -> Iterator[str]:
        """Yield which days are missing, which nobody vouches for, and where two do not join."""
        found: list[tuple[date, int, int]] = []
        for path in self._run.fill_files:
            name = f"fills/{path.name}"
            try:
                days = self._connection.cursor().execute(ENDS.format(file=_file(path))).fetchall()
            except duckdb.Error as error:
                yield f"{name}: {error}".splitlines()[0]
                continue
            if strange := {str(day)[:7] for day, *_ in days} - {path.stem}:
                yield f"{name}: it holds days of {', '.join(sorted(strange))}"
            for day in (day for day, *_ in days if day not in self._vouched):
                yield f"{name}: {day}: there is no control total in the general ledger"
            found += days
        for (day, _, last), (_, first, _) in pairwise(found):
            row = f"fills/{day:%Y-%m}.parquet: row with seq {last}"
            if first <= last:
                yield f"{row}: it is earlier than the one before"
            elif not self._seqs_of_entries.issuperset(range(last + 1, first)):
                yield f"{row}: the seq after it is lost"
        for day in sorted({*self._closings, *self._vouched} - {day for day, *_ in found}):
            yield f"{day:%Y-%m}.beancount: it sums up fills of {day} that are not there"

    def wrong_on_margin(self) -> Iterator[str]:
        """Yield what is wrong with the accounts of customers on margin: each led from row to row.

        There is no sum to begin a day with, so this is one way through all days, a day at a time.
        """
        if not self._run.chart.parties.providers:
            return
        on_margin = MarginAccounts(self._run, self._tick_cents[HOUSE])
        for path in self._run.fill_files:
            name = f"fills/{path.name}"
            try:
                days = self._connection.cursor().execute(ENDS.format(file=_file(path))).fetchall()
                for day, *_ in days:
                    rows = self._rows(day)
                    yield from (f"{name}: {problem}" for problem in on_margin.wrong_steps(rows))
            except (duckdb.Error, ValueError, IndexError):
                return  # what can't be read is told by whoever reads it day by day
        yield from on_margin.wrong_totals()

    def _rows(self, day: date) -> np.ndarray:
        path = self._run.path / "fills" / f"{day:%Y-%m}.parquet"
        among = f"(FROM {_file(path)} WHERE {DAY} = DATE '{day}')"
        # A cursor of its own: a worker with threads checks two days at once.
        return fill_store.read(self._connection.cursor(), among, self._run.names)

    def _wrong(self, rows: np.ndarray, day: date) -> list[str]:
        tick_cents = self._tick_cents[rows["venue"], rows["market"]]
        openings = self._openings
        standing, next_standing = openings.of(day), openings.of(day + ONE_DAY)
        earlier = openings.of(day - timedelta(days=WINDOW_DAYS))
        volume_cents = (standing.traded_cents - earlier.traded_cents)[HOUSE].sum(axis=0)
        problems = [
            *_wrong_columns(rows),
            *_wrong_order(rows, self._seqs_of_entries),
            *_wrong_prices(rows, tick_cents),
            *self._fees.wrong_rates(rows, day, volume_cents),
            *_wrong_payments(rows, tick_cents, self._funding_e9, standing),
            *self._wrong_sums(rows, day),
        ]
        # The payments have carried the standing through the day.
        if not problems and not np.array_equal(standing, next_standing):
            problems.append(f"{day}: the next day does not begin with what this one leaves")
        return problems

    def _wrong_sums(self, rows: np.ndarray, day: date) -> Iterator[str]:
        """Hold rows against what the general ledger has of them: control total and sums."""
        run = self._run
        if self._vouched[day] != (len(rows), fill_store.control_total(rows, run.names)):
            yield f"{day}: the control total in the general ledger is another"
        booked = {
            (
                int(entry.meta["fills"]),
                int(entry.meta["first-fill"]),
                int(entry.meta["last-fill"]),
            ): entry
            for entry in self._closings.get(day, [])
        }
        for entry in self._entries.closing(rows, int(rows["time_us"][-1])):
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

    @cached_property
    def _openings(self) -> "_Openings":
        return _Openings(self._run, self._connection.cursor(), self._tick_cents)


# ------------------------------------------------------------------- what a day begins with


class _Standing(NamedTuple):
    """What has come about up to some moment, by (venue, market, entity)."""

    lots: np.ndarray  # the position
    value_cents: np.ndarray  # what it was entered at, or last settled to
    traded_cents: np.ndarray  # notional taken, since the books began

    def trade(self, rows: np.ndarray, tick_cents: np.ndarray) -> None:
        """Carry it through trades, in place."""
        taken, made = ((rows["venue"], rows["market"], rows[side]) for side in ("taker", "maker"))
        value_cents = rows["lots"] * rows["lead"] * tick_cents
        for place, sign in ((taken, 1), (made, -1)):
            np.add.at(self.lots, place, sign * rows["lots"])
            np.add.at(self.value_cents, place, sign * value_cents)
        np.add.at(self.traded_cents, taken, np.abs(rows["lots"]) * rows["price"] * tick_cents)


class _Openings:
    """What each day begins with: the sum of all rows before it."""

    def __init__(
        self, run: RunFolder, connection: duckdb.DuckDBPyConnection, tick_cents: np.ndarray
    ) -> None:
        sums, words = connection.execute(SUMS).fetchnumpy(), run.names.words()
        venue, market, taker, maker = (
            fill_store.codes(column, sums[column], words[column])
            for column in ("venue", "market", "taker", "maker")
        )
        self._days, place = np.unique(sums["day"].astype("datetime64[D]"), return_inverse=True)
        cents = tick_cents[venue, market]
        added = np.zeros(
            (len(_Standing._fields), 1 + len(self._days), *tick_cents.shape, len(words["taker"])),
            dtype=np.int64,
        )
        lots, value_cents, traded_cents = added
        for member, sign in ((taker, 1), (maker, -1)):
            # A day's rows count from the day after it.
            np.add.at(lots, (place + 1, venue, market, member), sign * sums["lots"])
            np.add.at(value_cents, (place + 1, venue, market, member), sign * sums["value"] * cents)
        np.add.at(traded_cents, (place + 1, venue, market, taker), sums["volume"] * cents)
        # A payment settles a position of n contracts and entry value v to n M = v + payment.
        np.add.at(value_cents, (place + 1, venue, market, taker), sums["paid_cents"])
        self._sums = added.cumsum(axis=1)

    def of(self, day: date) -> _Standing:
        """Return the standing at the beginning of any day, for the caller to carry on."""
        return _Standing(*self._sums[:, np.searchsorted(self._days, np.datetime64(day))].copy())


# ----------------------------------------------------------------------- what follows from what


def _first(rows: np.ndarray, wrong: np.ndarray, what: str) -> Iterator[str]:
    """Say *what* is wrong with the first of the rows marked, and how many more there are."""
    found = np.flatnonzero(wrong)
    if len(found):
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        yield f"row with seq {rows['seq'][found[0]]}: {what}{more}"


def _wrong_columns(rows: np.ndarray) -> Iterator[str]:
    payment = np.isin(rows["motive"], PAYMENTS)
    marked = payment & (rows["motive"] != Motive.SEIZURE)
    yield from _first(rows, marked & (rows["price"] != rows["lead"]), "a mark is no lead price")
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


def _wrong_prices(rows: np.ndarray, tick_cents: np.ndarray) -> Iterator[str]:
    """Edge and fee from price, lead, quantity and fee rate."""
    is_trade = ~np.isin(rows["motive"], PAYMENTS)
    trade, tick_cents = rows[is_trade], tick_cents[is_trade]
    edge = (trade["lead"] - trade["price"]) * trade["lots"] * tick_cents
    yield from _first(trade, edge != trade["edge_cents"], "the edge does not follow")
    # Half up, in exact integers: 2 n r + 10^6 over 2 x 10^6.
    twice = 2 * np.abs(trade["lots"]) * trade["price"] * tick_cents * trade["fee_e6"]
    fee = (twice + 1_000_000) // 2_000_000
    yield from _first(trade, fee != trade["fee_cents"], "the fee does not follow")


def _wrong_payments(
    rows: np.ndarray, tick_cents: np.ndarray, funding_e9: int, standing: _Standing
) -> Iterator[str]:
    """Hold each settlement's payments against positions at its mark: n M - v, then v = n M.

    The standing is carried through the rows: a position must have come up to a settlement before
    its payments can be checked.
    """
    is_trade = ~np.isin(rows["motive"], PAYMENTS)
    new_block = is_trade[1:] != is_trade[:-1]
    new_block |= ~is_trade[1:] & (np.diff(rows["time_us"]) > 0)
    edges = (np.flatnonzero(new_block) + 1).tolist()
    for begin, end in pairwise((0, *edges, len(rows))):
        block = slice(begin, end)
        if is_trade[begin]:
            standing.trade(rows[block], tick_cents[block])
        else:
            settled = np.isin(rows["motive"][block], (Motive.MARGIN, Motive.FUNDING))
            paid, cents = rows[block][settled], tick_cents[block][settled]
            yield from _wrong_settlement(paid, cents, funding_e9, standing)


def _wrong_settlement(
    rows: np.ndarray, tick_cents: np.ndarray, funding_e9: int, standing: _Standing
) -> Iterator[str]:
    place = (rows["venue"], rows["market"], rows["taker"])
    held = standing.lots[place]
    yield from _first(rows, rows["lots"] != held, "it is no payment on the position held")
    worth = rows["lots"] * rows["price"] * tick_cents
    margin = rows["motive"] == Motive.MARGIN
    due = worth - standing.value_cents[place]
    yield from _first(
        rows, margin & (rows["edge_cents"] != due), "the variation margin does not follow"
    )
    off = np.abs(rows["edge_cents"] * FUNDING_UNIT + worth * funding_e9)
    yield from _first(
        rows, ~margin & (off >= FUNDING_UNIT), "the funding does not follow from its rate"
    )
    standing.value_cents[tuple(index[margin] for index in place)] = worth[margin]


class _Fees:
    """Every taker's fee rate, from what it traded on the house venue in thirty days."""

    def __init__(self, run: RunFolder) -> None:
        house, lead = run.names.venues
        tiers = [tier for tier in run.customs("taker-fee-e6") if tier[0] == house]
        self._from_cents = np.array([_cents(volume) for _, volume, _ in tiers])
        self._rates_e6 = np.array([int(rate) for *_, rate in tiers])
        ((_, _, lead_e6),) = [tier for tier in run.customs("taker-fee-e6") if tier[0] == lead]
        self._lead_e6 = int(lead_e6)
        self._has_tiers = np.isin(run.names.entities, run.chart.parties.firms)
        before = {firm: _cents(volume) for firm, volume in run.customs("volume-of-30-days")}
        self._before_cents = np.array(
            [before.get(entity, 0) for entity in run.names.entities], dtype=np.int64
        )
        self._start = run.transactions[0].date

    def wrong_rates(self, rows: np.ndarray, day: date, volume_cents: np.ndarray) -> Iterator[str]:
        """Hold each fill's rate against the tier that its taker has on a day.

        Args:
            rows: the day's.
            day: which.
            volume_cents: what each entity took on the house venue in the thirty days before, as
                far as they are in the books.
        """
        volume = np.where(self._has_tiers, volume_cents + self._before_books(day), 0)
        tier = np.searchsorted(self._from_cents, volume, side="right") - 1
        due = np.where(rows["venue"] == HOUSE, self._rates_e6[tier][rows["taker"]], self._lead_e6)
        trade = np.isin(rows["motive"], (*FROM_QUOTES, Motive.HEDGE))
        wrong = rows["fee_e6"] != np.where(trade, due, 0)
        yield from _first(rows, wrong, "the fee rate is not that of the taker's tier")

    def _before_books(self, day: date) -> np.ndarray:
        """Return the volume of those of the thirty days that came before the books.

        It is spread evenly over them; what that leaves is with the oldest.
        """
        gone = min((day - self._start).days, WINDOW_DAYS)
        even, rest = np.divmod(self._before_cents, WINDOW_DAYS)
        return (WINDOW_DAYS - gone) * even + (0 if gone else rest)


def _tick_cents(run: RunFolder) -> np.ndarray:
    """Return the cents that a lot is worth per tick, by (venue, market)."""
    table = np.zeros((len(run.names.venues), len(run.names.markets)), dtype=np.int64)
    for place, contract in contract_table(run.chart, run.names).items():
        table[place] = contract.cents_per_lot_tick
    return table


def _file(path: Path) -> str:
    """Name a file of fills as DuckDB reads it: a folder called `taker=Zed` is no column."""
    escaped = str(path).replace("'", "''")
    return f"read_parquet('{escaped}', hive_partitioning = false)"


def _cents(volume: data.Amount) -> int:
    return int(volume.number.scaleb(2))


def _amounts(run: RunFolder, entry: Transaction) -> Counter:
    scale = {commodity: scale.text for commodity, scale in run.chart.quantities.items()}
    scale[MONEY] = amount
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
