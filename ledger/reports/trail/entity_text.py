"""Writes one entity's own books as a Beancount ledger that needs no other ledger."""

from collections.abc import Container, Iterator

from beancount.core import data

from ledger.loaded_entries import moved_by, narration_of, stated_meta
from ledger.reports.days import calendar
from ledger.reports.trail.entity_books import accounts_of
from ledger.run_folder import RunFolder
from ledger.text import EXACT, HEADER, opened, quoted
from ledger.transaction import MONEY, is_contract

ABOUT = """\
;; The books of {entity} alone: its own postings in the entries of the general ledger.
;;
;; Contracts are left out, and so are entries that move only contracts. Contracts balance across
;; entities: each long position is a short position of another entity. Gains and losses on contracts
;; are paid in dollars, and these payments are here. A number (seq) that is missing here belongs to
;; an entry that is left out, to an entry of other entities, or to a fill. Closing entries sum up
;; the fills. If the entity is in the house group, each `open` line has the account's part in the
;; hole: see the header of the general ledger.

option "title" {title}
option "operating_currency" "{money}"
{exact}
"""


def books_text(run: RunFolder, entity: str) -> str:
    """Return the books of *entity* as a Beancount ledger that needs no other ledger.

    Raises:
        UnknownEntityError: no entity with this name keeps books.
    """
    accounts = {a: o for a, o in accounts_of(run, entity).items() if not is_contract(a)}
    title = quoted(f"Books of {entity}")
    return "".join(
        (
            HEADER,
            ABOUT.format(entity=entity, title=title, money=MONEY, exact=EXACT),
            *(opened(calendar(run)[0], line) for line in accounts.values()),
            "\n",
            *(_entry_text(entry, accounts) for entry in run.transactions),
            ";; Balances at each close. Beancount checks a balance at the start of its date.\n",
            *(
                _balance_text(entry)
                for entry in run.entries
                if isinstance(entry, data.Balance) and entry.account in accounts
            ),
        )
    )


def _entry_text(entry: data.Transaction, accounts: Container[str]) -> str:
    """Return the text of an entry's postings to *accounts*, or an empty text if there are none."""
    postings = [posting for posting in entry.postings if posting.account in accounts]
    if not postings:
        return ""
    payee = f"{quoted(entry.payee)} " if entry.payee else ""
    tags = "".join(f" #{tag}" for tag in sorted(entry.tags))
    links = "".join(f" ^{link}" for link in sorted(entry.links))
    lines = [
        f"{entry.date} {entry.flag} {payee}{quoted(narration_of(entry))}{tags}{links}\n",
        *_meta_text(entry.meta, "  "),
    ]
    for posting in postings:
        number, commodity = moved_by(posting)
        lines.append(f"  {posting.account:<44} {number:>17f} {commodity}\n")
        lines += _meta_text(posting.meta, "    ")
    return "".join(lines) + "\n"


def _meta_text(meta: data.Meta | None, indent: str) -> Iterator[str]:
    for key, value in stated_meta(meta).items():
        yield f"{indent}{key}: {quoted(value) if isinstance(value, str) else value}\n"


def _balance_text(entry: data.Balance) -> str:
    number, commodity = entry.amount
    return f"{entry.date} balance {entry.account:<44} {number:>17f} {commodity}\n"
