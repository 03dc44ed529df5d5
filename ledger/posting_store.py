"""Stores postings in Parquet files: a copy of the general ledger's text for fast queries.

Each posting is one row. A run has one file for each month. There are two exceptions, with one file
for all months: a study's run, which has no text, and a user's own ledger. The same entries give the
same bytes. The audit compares the copy with the text, posting by posting. If they differ, the text
is right.
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

# The columns of a month's file. The view `postings` adds `month` and `amount`.
COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("seq", "BIGINT", "number of the entry; fills and entries are numbered together"),
    ("line", "INTEGER", "number of the posting in its entry: 1, 2, ..."),
    ("time", "TIMESTAMP", "UTC, to the microsecond"),
    ("date", "DATE", "day of the entry"),
    ("payee", "VARCHAR", "party outside the house group, else a customer; NULL: none"),
    ("narration", "VARCHAR", "the event in a sentence"),
    ("tag", "VARCHAR", "one word for the event, such as deposit or pickoff"),
    ("links", "VARCHAR[]", "links that join entries, such as those of one settlement or transfer"),
    ("meta", "JSON", "the entry's other metadata, as text; meta->>'fills' gives one value"),
    ("account", "VARCHAR", "full name: root, entity, kind, counterparty"),
    ("root", "VARCHAR", "Assets, Liabilities, Equity, Income or Expenses"),
    ("entity", "VARCHAR", "the entity in whose books the account is"),
    ("kind", "VARCHAR", "kind of the account; in income, expenses and equity it is a cause"),
    ("counterparty", "VARCHAR", "the words after the kind: the other party or the asset"),
    ("hole", "VARCHAR", "part in the hole: claim, liquid, group, cause or in-kind; NULL: none"),
    ("units", "BIGINT", "the amount as a number of the commodity's smallest units"),
    ("unit", "DECIMAL", "size of the commodity's smallest unit, such as 0.01 for USD"),
    ("commodity", "VARCHAR", "USD, a contract, a token or a coin"),
    ("party", "VARCHAR", "the other party of the posting, if it is not the payee"),
)


class MonthOfPostings:
    """The entries of one file, collected until they are written."""

    def __init__(self, opened: Iterable[Opened], quantities: Mapping[str, Scale]) -> None:
        """Initialise with each account's part in the hole, and each commodity's smallest unit."""
        self._holes = {line.account: line.hole or "" for line in opened}
        self._accounts = {account: code for code, account in enumerate(self._holes)}
        self._scales = {MONEY: Scale.of("0.01"), **quantities}
        self._commodities = {commodity: code for code, commodity in enumerate(self._scales)}
        self._parties = {"": 0}
        self._entries: list[tuple[str, ...]] = []
        self._postings = array("q")

    def add(self, entry: Movement, seq: int) -> None:
        """Append one entry and its postings."""
        meta = {key: plain(value) for key, value in entry.meta}
        self._entries.append(
            (
                str(seq),
                str(entry.time_us),
                entry.payee or "",
                entry.narration,
                entry.tag,
                " ".join(sorted({*entry.links})),  # Beancount stores links without order
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
        """Write the entries to a new Parquet file, and begin the next month."""
        self.end()(path)

    def end(self) -> Callable[[Path], None]:
        """Begin the next month. Return a function that writes the ended month to a new file.

        Another thread may call the returned function.
        """
        entries = zip(*self._entries, strict=True) if self._entries else [()] * len(_ENTRY)
        # Accounts and parties are copied, because later months can add some. Commodities and their
        # units never change.
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
    target = duckdb_session.literal(path)
    with duckdb_session.connect(threads=1) as connection:
        connection.register("lines", lines)
        for name, columns in texts.items():
            text_table.create(connection, name, columns)
        connection.execute(
            f"COPY ({_ROWS.format(digits=digits)}) TO {target} (FORMAT parquet, "
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
