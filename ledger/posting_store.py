"""Postings on disk, by column: a copy of the general ledger's text that answers at once.

One Parquet file a month, one row per posting, the same bytes for the same entries. The text stays
the authority; the audit compares the copy with it, posting by posting.
"""

import json
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from ledger import duckdb_session, parquet_metadata, text_table
from ledger.fill_store import ROW_GROUP
from ledger.money import Scale
from ledger.opened import Opened
from ledger.transaction import MONEY, Movement
from ledger.values import plain

FOLDER = "postings"

# The columns of a month's file. A view adds `month` and `amount`.
COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("seq", "BIGINT", "place of the entry in the true order of everything that happened"),
    ("line", "INTEGER", "which of the entry's postings: 1, 2, ..."),
    ("time", "TIMESTAMP", "UTC, to the microsecond"),
    ("date", "DATE", "its day, which is the entry's date"),
    ("payee", "VARCHAR", "the one party outside the house group; NULL where there is none"),
    ("narration", "VARCHAR", "what happened, in a sentence"),
    ("tag", "VARCHAR", "what happened, in a word: deposit, pickoff, ..."),
    ("links", "VARCHAR[]", "what belongs together: a settlement, a transfer, a day's fills"),
    ("meta", "JSON", "the entry's other metadata, as text: meta->>'fills'"),
    ("account", "VARCHAR", "Root : whose books : kind : with whom"),
    ("root", "VARCHAR", "Assets, Liabilities, Equity, Income or Expenses"),
    ("entity", "VARCHAR", "whose books"),
    ("kind", "VARCHAR", "what kind of account; of results, the cause"),
    ("counterparty", "VARCHAR", "with whom, or in what: the rest of the account"),
    ("hole", "VARCHAR", "its part in the hole: claim, liquid, group, cause, in-kind; NULL: none"),
    ("units", "BIGINT", "what is moved, in units: cents, lots, tokens"),
    ("unit", "DECIMAL", "how much one unit is of the commodity"),
    ("commodity", "VARCHAR", "USD, a contract or a token"),
    ("party", "VARCHAR", "who is on the other side, where it is not the payee"),
)


class MonthOfPostings:
    """A month's entries, until they are written."""

    def __init__(self, opened: Iterable[Opened], quantities: Mapping[str, Scale]) -> None:
        """Take the part of each account, and the scale of each commodity but money."""
        self._holes = {line.account: line.hole or "" for line in opened}
        self._accounts = {account: code for code, account in enumerate(self._holes)}
        self._scales = {MONEY: Scale.of("0.01"), **quantities}
        self._commodities = {commodity: code for code, commodity in enumerate(self._scales)}
        self._parties = {"": 0}
        self._entries: list[tuple[str, ...]] = []
        self._postings = array("q")

    def add(self, entry: Movement, seq: int) -> None:
        """Append an entry."""
        meta = {key: plain(value) for key, value in entry.meta}
        self._entries.append(
            (
                str(seq),
                str(entry.time_us),
                entry.payee or "",
                entry.narration,
                entry.tag,
                " ".join(sorted({*entry.links})),  # a set, as Beancount keeps them
                json.dumps(meta, ensure_ascii=False) if meta else "",
            )
        )
        accounts, parties = self._accounts, self._parties
        for line, (account, units, commodity, party) in enumerate(entry.postings, start=1):
            self._postings.extend(
                (
                    seq,
                    line,
                    accounts.setdefault(account, len(accounts)),
                    units,
                    self._commodities[commodity],
                    parties.setdefault(party or "", len(parties)),
                )
            )

    def write(self, path: Path) -> None:
        """Write the month to a new Parquet file, and start another."""
        self.end()(path)

    def end(self) -> Callable[[Path], None]:
        """Start another month; return a function that writes this one to a new Parquet file.

        Another thread may call it.
        """
        entries = zip(*self._entries, strict=True) if self._entries else [()] * len(_ENTRY)
        # Later months add accounts and parties; scales and commodities stay.
        accounts, scales, parties = dict(self._accounts), self._scales, dict(self._parties)
        texts: dict[str, Mapping[str, Sequence[str]]] = {
            "entries": dict(zip(_ENTRY, entries, strict=True)),
            "accounts": _coded(accounts, [self._holes.get(a, "") for a in accounts]),
            "commodities": _coded(self._commodities, [scale.text(1) for scale in scales.values()]),
            "parties": _coded(parties, [""] * len(parties)),
        }
        postings = np.frombuffer(self._postings, dtype=np.int64).reshape(-1, len(_POSTING))
        lines = {c: np.ascontiguousarray(postings[:, n]) for n, c in enumerate(_POSTING)}
        self._entries, self._postings = [], array("q")
        return lambda path: _write(path, lines, texts, scales)


def _write(
    path: Path,
    lines: Mapping[str, np.ndarray],
    texts: Mapping[str, Mapping[str, Sequence[str]]],
    scales: Mapping[str, Scale],
) -> None:
    digits = max(scale.digits for scale in scales.values())
    target = str(path).replace("'", "''")
    with duckdb_session.connect(threads=1) as connection:
        connection.register("lines", lines)
        for name, columns in texts.items():
            text_table.create(connection, name, columns)
        connection.execute(
            f"COPY ({_ROWS.format(digits=digits)}) TO '{target}' (FORMAT parquet, "
            f"COMPRESSION zstd, PARQUET_VERSION v2, ROW_GROUP_SIZE {ROW_GROUP}"
            f"{parquet_metadata.option(parquet_metadata.of_postings(scales))})"
        )


_POSTING = ("seq", "line", "account", "units", "commodity", "party")
_ENTRY = ("seq", "time_us", "payee", "narration", "tag", "links", "meta")
_ROWS = """
    WITH chart AS (
        SELECT code, word AS account, string_split(word, ':') AS words, nullif(about, '') AS hole
        FROM accounts
    )
    SELECT
        lines.seq, lines.line::INTEGER AS line,
        make_timestamp(time_us::BIGINT) AS time, make_timestamp(time_us::BIGINT)::DATE AS date,
        nullif(payee, '') AS payee, narration, nullif(tag, '') AS tag,
        CASE WHEN links = '' THEN [] ELSE string_split(links, ' ') END AS links,
        nullif(meta, '')::JSON AS meta,
        chart.account, words[1] AS root, words[2] AS entity, words[3] AS kind,
        nullif(array_to_string(words[4:], ':'), '') AS counterparty, hole,
        units, commodities.about::DECIMAL(18, {digits}) AS unit, commodities.word AS commodity,
        nullif(parties.word, '') AS party
    FROM lines JOIN entries ON entries.seq::BIGINT = lines.seq
    JOIN chart ON chart.code::BIGINT = lines.account
    JOIN commodities ON commodities.code::BIGINT = lines.commodity
    JOIN parties ON parties.code::BIGINT = lines.party
    ORDER BY lines.seq, lines.line
"""


def _coded(codes: Mapping[str, int], about: Sequence[str]) -> dict[str, Sequence[str]]:
    return {"code": list(map(str, codes.values())), "word": list(codes), "about": about}
