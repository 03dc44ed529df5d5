"""The invariant of order: no transaction number (seq) is missing, and time never decreases."""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import groupby, pairwise
from typing import NamedTuple

from beancount.core.data import Transaction

from ledger.proof.invariants.steps import Finding, Ledger, is_count

TIME_OF_DAY = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{6}")


class Stamp(NamedTuple):
    """A transaction with its number (seq), its time, and the count of fills that it sums."""

    entry: Transaction
    seq: int
    time: str
    fills: int


def seq_is_dense(ledger: Ledger) -> Iterator[Finding]:
    """Each seq belongs to a transaction or to a summed fill, and time never decreases."""
    entries = [step.entry for step in ledger.steps]
    if ledger.by_line and entries and _is_brought_forward(entries[0]):
        del entries[0]
    unplaced = [(entry, fault) for entry in entries for fault in _stamp_faults(entry)]
    if unplaced:
        yield from unplaced  # without numbers and times, the order of transactions is unknown
        return
    stamps = [_stamp(entry) for entry in entries]
    yield from _disorder(stamps)
    yield from _holes_in_lines(stamps) if ledger.by_line else _holes_in_periods(stamps)


def _is_brought_forward(entry: Transaction) -> bool:
    return "opening" in entry.tags and "seq" not in entry.meta


def _stamp_faults(entry: Transaction) -> Iterator[str]:
    seq, time = entry.meta.get("seq"), entry.meta.get("time")
    if not is_count(seq):
        yield f"seq is {seq}; give the transaction its number, 1 or above"
    if not (isinstance(time, str) and TIME_OF_DAY.fullmatch(time)):
        yield f"time is {time}; write it as a string, HH:MM:SS.ffffff"
    if not is_count(entry.meta.get("fills", Decimal(1))):
        yield f"fills is {entry.meta['fills']}; give the number of summed fills, 1 or above"


def _stamp(entry: Transaction) -> Stamp:
    meta = entry.meta
    return Stamp(entry, int(meta["seq"]), meta["time"], int(meta.get("fills", 0)))


def _disorder(stamps: list[Stamp]) -> Iterator[Finding]:
    for before, stamp in pairwise(stamps):
        if stamp.seq <= before.seq:
            yield (
                stamp.entry,
                f"seq {stamp.seq} comes after seq {before.seq} of {before.entry.date}; "
                f"numbers must rise from one transaction to the next",
            )
        elif stamp.entry.date == before.entry.date and stamp.time < before.time:
            yield (
                stamp.entry,
                f"seq {stamp.seq} has the time {stamp.time}, which is earlier than the time of seq "
                f"{before.seq}, {before.time}; time must not decrease within a day",
            )


def _gaps(stamps: list[Stamp], last: int) -> Iterator[tuple[Transaction, int, int]]:
    """Yield each gap in the numbers (seq) above *last*.

    A gap is yielded as the entry after the gap, the number before the gap, and the entry's number.
    """
    for stamp in stamps:
        if stamp.seq > last + 1:
            yield stamp.entry, last, stamp.seq
        last = stamp.seq


def _holes_in_lines(stamps: list[Stamp]) -> Iterator[Finding]:
    if stamps:
        yield from _missing(_gaps(stamps[1:], last=stamps[0].seq))


def _holes_in_periods(stamps: list[Stamp]) -> Iterator[Finding]:
    """For each closing period, compare the counts of missing numbers and of summed fills."""
    last = 0
    for period in _closing_periods(stamps):
        gaps = list(_gaps(period, last))
        left_out = sum(after - before - 1 for _, before, after in gaps)
        closing = [stamp for stamp in period if stamp.fills]
        fills = sum(stamp.fills for stamp in closing)
        if not closing:
            yield from _missing(gaps)
        elif left_out != fills:
            yield (
                closing[-1].entry,
                f"after seq {last} and up to seq {period[-1].seq}, {left_out} numbers have no "
                f"transaction, but the closing entries sum {fills} fills, and the two counts must "
                f"be equal; look for a transaction that was lost, or for a wrong count under the "
                f"metadata key 'fills'",
            )
        last = period[-1].seq


def _missing(gaps: Iterable[tuple[Transaction, int, int]]) -> Iterator[Finding]:
    for entry, before, after in gaps:
        yield (
            entry,
            f"seq {after} follows seq {before}; {after - before - 1} numbers are missing",
        )


def _closing_periods(stamps: list[Stamp]) -> Iterator[list[Stamp]]:
    """Split the entries into closing periods.

    A period ends with a day that has closing entries, or with the last day.
    """
    period: list[Stamp] = []
    for _, day in groupby(stamps, key=lambda stamp: stamp.entry.date):
        today = list(day)
        period += today
        if any(stamp.fills for stamp in today):
            yield period
            period = []
    if period:
        yield period
