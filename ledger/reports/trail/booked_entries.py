"""Reads entries of the general ledger from its Parquet copy."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter

from ledger.reports.dollars import number_of
from ledger.run_folder import RunFolder
from ledger.transaction import MONEY

# A posting of an entry: account, number, commodity, and the party if it is not the payee.
PostingCells = tuple[str, Decimal, str, str | None]


@dataclass(frozen=True, slots=True)
class BookedEntry:
    """An entry of the general ledger, with its postings."""

    seq: int
    date: date
    time: str  # the time of day, in UTC
    payee: str | None
    narration: str
    tag: str | None
    links: tuple[str, ...]
    meta: Mapping[str, str]  # the metadata of the entry, without seq and time
    lines: tuple[PostingCells, ...]  # the postings, grouped by commodity

    @property
    def is_closing(self) -> bool:
        """Return whether the entry sums up fills."""
        return "fills" in self.meta

    @property
    def usd_lines(self) -> list[tuple[str, Decimal]]:
        """Return the account and the amount of each dollar posting."""
        return [(account, number) for account, number, unit, _ in self.lines if unit == MONEY]


_ENTRIES = """
    WITH found AS (SELECT DISTINCT seq FROM postings WHERE {condition})
    SELECT seq, date, strftime(time, '%H:%M:%S.%f'), payee, narration, tag, links,
        coalesce(meta::VARCHAR, '{{}}'), account, units, commodity, party
    FROM postings JOIN found USING (seq)
    ORDER BY seq, min(line) OVER (PARTITION BY seq, commodity), line
"""


def booked_entries(
    run: RunFolder, condition: str, parameters: Sequence[object] = ()
) -> Iterator[BookedEntry]:
    """Yield the entries in which some posting fulfils an SQL condition, in the order of seq."""
    number = number_of(run)
    found = run.select(_ENTRIES.format(condition=condition), parameters)
    for _, rows in groupby(found, itemgetter(0)):
        postings = list(rows)
        seq, day, time, payee, narration, tag, links, meta, *_ = postings[0]
        lines = ((a, number(units, unit), unit, party) for *_, a, units, unit, party in postings)
        yield BookedEntry(
            seq, day, time, payee, narration, tag, tuple(links), json.loads(meta), tuple(lines)
        )
