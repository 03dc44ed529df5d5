"""The books of the house group alone, which are enough to show where the money went.

In every entry of the general ledger, each party's postings balance in dollars, tokens and coins. So
the group's postings alone form a ledger too. If an entry has no similar entry on its day, it is
copied without the lines of other parties. Similar entries of a day, such as customers' deposits,
become one entry that states their number. Contracts are left out, since they balance only over all
parties. Gains on contracts are included, since they are paid in dollars.

The files of these books are made from the general ledger. The audit makes them again, and compares
them with the files on disk.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from ledger.fava_links import FAVA_FILE, sidebar_texts, with_page
from ledger.main_file import QUERIES, property_texts, query_texts
from ledger.month_text import entries_of, parts_of
from ledger.opened import Opened
from ledger.run_folder import GROUP, RunFolder
from ledger.text import EXACT, HEADER, Text, opened, quoted
from ledger.transaction import MONEY, Posting, Transaction, entity_of, is_contract
from ledger.whole_file import write_whole

CHECK_FILE = "check-group.beancount"

ABOUT = """\
;; The books of {house} and {maker} alone, made from the general ledger beside this file.
;;
;; An entry has only the postings of {house} and {maker}. Entries of one day with the same payee,
;; tag and accounts are summed in one entry: `entries` is their number, `first-entry` is the number
;; of the first of them, and `seq` is the number of the last. Contracts are left out: they have no
;; price, and gains on them are paid in dollars. main.beancount has all entries, and says how to
;; read an account.

option "title" {title}
option "operating_currency" "{money}"
{exact}
"""

CHECK = f"""\
{HEADER};; The group's own books, checked by the invariants that need no other books.
;; Needs moneytrail installed.
{EXACT}plugin "moneytrail" "group"
include "{GROUP}"
"""

_DAY = r"\d{4}-\d\d-\d\d"
_MOVES_NO_MONEY = re.compile(rf"{_DAY} (?:event|price) ")
_ACCOUNT = re.compile(
    rf"(?:  |{_DAY} balance )((?:Assets|Liabilities|Equity|Income|Expenses):\S+) "
)
_OF_A_POSTING = "    "

# Similar entries are summed posting by posting. The sum has the number (seq) of its last entry.
_SUMS = """
    WITH own AS (
        SELECT *, row_number() OVER (PARTITION BY seq ORDER BY line) AS place
        FROM postings WHERE account IN (SELECT unnest(?))
    ),
    forms AS (
        SELECT seq, list((account, commodity, party) ORDER BY line) AS form FROM own GROUP BY seq
    )
    SELECT month, max(seq) AS last, min(seq), count(*), epoch_us(max(time)), payee,
        arg_max(narration, seq), tag, account, sum(units)::BIGINT, commodity, party
    FROM own JOIN forms USING (seq)
    GROUP BY month, date, payee, tag, form, place, account, commodity, party
    ORDER BY last, place
"""
_Row = tuple[Any, ...]  # one row of the result of _SUMS


def write_group(run: RunFolder) -> None:
    """Write the group's own books, and the files that include them, into the run's folder."""
    for name, text in group_texts(run).items():
        write_whole(run.path / name, text.encode())


def group_texts(run: RunFolder) -> dict[str, str]:
    """Return the text of each file that `write_group` writes. Every call gives the same bytes."""
    own = frozenset(line.account for _, lines in _chart(run) for line in lines)
    books = "".join((*_head(run), *_months(run, own), *_questions(run)))
    page = with_page(group_title(run), _first_day(run))
    return {GROUP: books, CHECK_FILE: CHECK, FAVA_FILE: page}


def group_title(run: RunFolder) -> str:
    """Return the title of the group's own books."""
    return f"The books of {' and '.join(run.chart.parties.group)} alone"


def _head(run: RunFolder) -> Iterator[str]:
    house, maker = run.chart.parties.group
    title = group_title(run)
    start = _first_day(run)
    yield HEADER
    yield ABOUT.format(house=house, maker=maker, title=quoted(title), money=MONEY, exact=EXACT)
    yield from property_texts(run.chart, start)
    yield "\n"
    yield from sidebar_texts(title, list(QUERIES), start)
    for heading, lines in _chart(run):
        yield f";; {heading}\n"
        yield from (opened(start, line) for line in lines)
        yield "\n"


def _first_day(run: RunFolder) -> date:
    ((day,),) = run.select("SELECT min(date) FROM directives WHERE directive = 'open'")
    return day


def _chart(run: RunFolder) -> Iterator[tuple[str, list[Opened]]]:
    """For each member of the group, yield a heading and the accounts, except those of contracts."""
    for heading, accounts in run.chart.accounts():
        own = [line for line in accounts if not is_contract(line.account)]
        if entity_of(own[0].account) in run.chart.parties.group:
            yield heading, own


def _months(run: RunFolder, own: frozenset[str]) -> Iterator[str]:
    text = Text(run.chart)
    entries: dict[str, list[list[_Row]]] = defaultdict(list)
    for (month, _), found in groupby(run.select(_SUMS, [sorted(own)]), itemgetter(0, 1)):
        entries[month].append(list(found))
    for path in sorted(run.path.glob("????-??.beancount")):
        parts = parts_of(path)
        yield from (f"{part}\n\n" for part in parts if _MOVES_NO_MONEY.match(part))
        verbatim = entries_of(path)
        for rows in entries[path.stem]:
            _, seq, _, count, *_ = rows[0]
            yield _own_part(verbatim[seq], own) if count == 1 else _sum_text(text, rows)
        yield f"{_own_part(parts[-1], own)}\n"


def _sum_text(text: Text, rows: list[_Row]) -> str:
    _, seq, first, count, time_us, payee, narration, tag, *_ = rows[0]
    told = f"{count} entries, the last: {narration}"
    postings = tuple(Posting(*row[8:]) for row in rows)
    meta = (("entries", str(count)), ("first-entry", str(first)))
    return text.transaction(Transaction(time_us, payee, told, tag, postings, meta=meta), seq)


def _own_part(text: str, own: frozenset[str]) -> str:
    """Drop the postings and closing balances of all accounts that are not in *own*."""
    kept, keeps = [], True
    for line in text.split("\n"):
        if found := _ACCOUNT.match(line):
            keeps = found[1] in own
        elif not line.startswith(_OF_A_POSTING):
            keeps = True
        if keeps:
            kept.append(line)
    return "\n".join(kept)


def _questions(run: RunFolder) -> Iterator[str]:
    ((last,),) = run.select("SELECT max(date) FROM directives")
    yield f';; Questions to ask:  bean-query {GROUP} ".run hole"\n'
    yield from query_texts(run.chart, last, alone=True)
