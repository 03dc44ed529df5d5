"""Checks that each file of the books has only directives that belong in this file.

A saved query in a month's file would replace the query of the same name in main.beancount. An
account opened in a month's file could change the definition of the hole. So a month's file may only
have entries, notes, events, prices and balances.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from beancount.core import data

from ledger.accounts import cash
from ledger.chart import Chart
from ledger.notes import Note, Pays, Role
from ledger.proof.preamble import INPUTS
from ledger.spending import Spending, Spent

_MAIN = "main.beancount"
_OF_A_MONTH = (data.Transaction, data.Custom, data.Event, data.Price, data.Balance)
_NOTED = {kind.kind for kind in {*Note.__subclasses__(), *INPUTS}} - {Role.kind, Pays.kind}

# Instructions to the loader belong only in main.beancount. The audit's step "preamble" compares
# main.beancount with the expected text, word for word.
_TO_THE_LOADER = re.compile(
    r"^\s*(option|plugin|include|pushtag|poptag|pushmeta|popmeta)\b", re.MULTILINE
)


def misplaced(folder: Path, entries: Sequence[data.Directive], chart: Chart) -> Iterator[str]:
    """Yield a sentence for each misplaced or wrong directive.

    If a month's file has several instructions to the loader, only the first is reported.
    """
    months = {path.name: path for path in sorted(folder.glob("????-??.beancount"))}
    for name, path in months.items():
        text = path.read_text(encoding="utf-8")
        if found := _TO_THE_LOADER.search(text):
            line = text.count("\n", 0, found.start(1)) + 1
            yield f"{name}:{line}: {found[1]!r} belongs only in {_MAIN}"
    paid = {_accounts_of(spending) for spending in chart.spendings}
    for entry in entries:
        file = Path(entry.meta["filename"]).name
        if fault := _fault(entry, file, file in months, paid):
            yield f"{file}:{entry.meta['lineno']}: {fault}"


def _fault(
    entry: data.Directive, file: str, is_month: bool, paid: set[frozenset[str]]
) -> str | None:
    if not is_month and file != _MAIN:
        return f"{_MAIN} must not include this file"
    if is_month and not isinstance(entry, _OF_A_MONTH):
        return f"a directive {type(entry).__name__.lower()!r} belongs only in {_MAIN}"
    if is_month and isinstance(entry, data.Custom) and entry.type not in _NOTED:
        return f"no run writes a note of the kind {entry.type!r}"
    if not isinstance(entry, data.Transaction):
        return None
    if not is_month:
        return f"an entry belongs in the file of its month, not in {_MAIN}"
    if entry.flag != "*":
        return f"its flag is {entry.flag!r}, but each entry of a run has '*'"
    accounts = frozenset(posting.account for posting in entry.postings)
    if {*Spent} & entry.tags and accounts not in paid:
        return "the payer's and the receiver's accounts do not belong to the same kind of payment"
    return None


def _accounts_of(spending: Spending) -> frozenset[str]:
    """Return the accounts that a payment of the kind *spending* changes."""
    ends = (cash(spending.payer), cash(spending.to))
    return frozenset((spending.spent, spending.received, *ends))
