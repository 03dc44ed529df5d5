"""Day ledgers: the books of one day, fill by fill. Beancount can check them without other files.

A day ledger opens the accounts that change on the day. If a balance in a contract, a token or a
coin changes on the day, the day ledger opens all accounts with a balance in this commodity. The
first entry brings balances forward, with the date of the previous day. In this entry the `Opening`
account of each entity balances the entity's dollars. Income and expenses start from zero.

The entries of the day follow, in the order of `seq`. Each fill is an entry. Entries of the general
ledger are copied word for word. Its closing entries are left out, because they only sum the fills.
A fill is posted by the same rule that the general ledger applies to sums of fills. At the end the
closing balances are asserted, with the date of the next day.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter

import numpy as np

from ledger import fill_store
from ledger.accounts import opening
from ledger.columns import joined
from ledger.entries import Entries
from ledger.month_text import entries_of
from ledger.run_folder import RunFolder, RunFolderError
from ledger.text import EXACT, HEADER, Text, opened, quoted
from ledger.transaction import MONEY, Posting, entity_of

Balances = dict[tuple[str, str], int]  # units by (account, commodity)
ONE_DAY = timedelta(days=1)


def days_of(run: RunFolder) -> list[date]:
    """Return the days on which the general ledger has entries, in order."""
    return [day for (day,) in run.select("SELECT DISTINCT date FROM postings ORDER BY date")]


def render_day(run: RunFolder, day: date) -> str:
    """Return the ledger of one day. Every call gives the same bytes.

    Raises:
        RunFolderError: the general ledger has no entry on this day.
    """
    for _, text in render_days(run, [day]):
        return text
    days = days_of(run)
    raise RunFolderError(
        f"{run.path}: there are no fills and no payments on {day}; "
        f"give a day from {days[0]} to {days[-1]}"
    )


def render_days(run: RunFolder, wanted: Iterable[date]) -> Iterator[tuple[date, str]]:
    """Yield the ledgers of several days, in the order of the days.

    A day without entries in the general ledger has no ledger. The general ledger's daily sums are
    read only once for all days.
    """
    wanted = set(wanted)
    if not wanted:
        return
    renderer = _Renderer(run)
    balances: Balances = defaultdict(int)
    for day, sums in groupby(run.select(_SUMS_BY_DAY, [max(wanted)]), itemgetter(0)):
        if day in wanted:
            yield day, renderer.render(day, balances)
        for _, account, commodity, units in sums:
            balances[account, commodity] += units


# A day's accounts are in the order of their first posting. Within an entry, postings of the same
# commodity follow each other, as in Beancount's own order.
_SUMS_BY_DAY = """
    SELECT date, account, commodity, sum(units)::BIGINT FROM (
        SELECT *, min(line) OVER (PARTITION BY seq, commodity) AS first FROM postings
        WHERE date <= ?
    )
    GROUP BY date, account, commodity ORDER BY date, min((seq, first, line))
"""
_MOVEMENTS = """
    SELECT seq, account, commodity, units FROM postings
    WHERE date = ? AND (meta->>'fills') IS NULL ORDER BY seq, line
"""


class _Renderer:
    """Writes day ledgers of one run."""

    def __init__(self, run: RunFolder) -> None:
        self._run = run
        self._text = Text(run.chart)
        self._entries = Entries(run.chart, run.names)
        self._connection = run.connect()

    def render(self, day: date, before: Balances) -> str:
        moved: Balances = defaultdict(int)
        seqs_of_movements: dict[int, None] = {}
        for seq, account, commodity, units in self._run.select(_MOVEMENTS, [day]):
            moved[account, commodity] += units
            seqs_of_movements[seq] = None
        verbatim = entries_of(self._run.path / f"{day:%Y-%m}.beancount")
        told = [(seq, verbatim[seq]) for seq in seqs_of_movements]
        for seqs, fills in self._entries.of_rows(self._rows(day)):
            for account, units, commodity, _ in fills.postings:
                moved[account, commodity] += int(units.sum())
            told += zip(seqs.tolist(), self._text.transaction(fills, seqs), strict=True)
        told.sort()
        forward = self._brought_forward(before, moved)
        return "".join(
            (
                self._head(day, {account for account, _ in (*moved, *forward)}),
                self._opening_entry(day, forward),
                *(text for _, text in told),
                *self._close(day, forward, moved),
            )
        )

    def _head(self, day: date, touched: set[str]) -> str:
        lines = [
            HEADER,
            f";; {day}: every fill, every payment, every movement of cash; needs no other file.\n",
            f";; The general ledger has the same sums in {day:%Y-%m}.beancount.\n",
            f'option "title" {quoted(f"{day}")}\noption "operating_currency" "{MONEY}"\n{EXACT}\n',
        ]
        for heading, accounts in self._run.chart.accounts():
            here = [line for line in accounts if line.account in touched]
            if here:
                lines.append(f";; {heading}\n")
                lines += (opened(day - ONE_DAY, line) for line in here)
                lines.append("\n")
        return "".join(lines)

    def _brought_forward(self, before: Balances, moved: Balances) -> Balances:
        """Return the balances to bring forward. `Opening` accounts balance each entity's dollars.

        An account's balance in dollars is brought forward if it changes on the day. Balances of
        income and expense accounts are not brought forward. If a position in a contract changes,
        all positions in this contract are brought forward, because positions sum to zero only over
        all entities. If a balance in a token or a coin changes, all balances in it are brought
        forward, so that claims can be compared with debts.
        """
        commodities = {commodity for _, commodity in moved}
        forward: Balances = {}
        rest: Balances = defaultdict(int)
        for (account, commodity), units in before.items():
            if commodity != MONEY:
                touched = commodity in commodities
            else:
                touched = (account, commodity) in moved and not _starts_from_zero(account)
            if touched and units:
                forward[account, commodity] = units
                if commodity == MONEY:
                    rest[opening(entity_of(account)), MONEY] -= units
        for key, units in rest.items():
            if units:
                forward[key] = forward.get(key, 0) + units
        return forward

    def _opening_entry(self, day: date, forward: Balances) -> str:
        if not forward:
            return ""
        postings = [Posting(account, units, c) for (account, c), units in forward.items()]
        narration = f"Brought forward: balances that {day} needs. Opening sums all other dollars"
        head = f"{day - ONE_DAY} * {quoted(narration)} #opening"
        return joined((head, *self._text.postings(postings), "\n\n"))

    def _close(self, day: date, forward: Balances, moved: Balances) -> Iterator[str]:
        yield f";; The close of {day}: Beancount checks a balance at the start of its date.\n"
        for account, commodity in sorted({*forward, *moved}):
            units = forward.get((account, commodity), 0) + moved.get((account, commodity), 0)
            yield self._text.balance(day + ONE_DAY, account, units, commodity)

    def _rows(self, day: date) -> np.ndarray:
        relation = f"(FROM rows WHERE time >= DATE '{day}' AND time < DATE '{day + ONE_DAY}')"
        return fill_store.read(self._connection, relation, self._run.names)


def _starts_from_zero(account: str) -> bool:
    return account.startswith(("Income:", "Expenses:"))
