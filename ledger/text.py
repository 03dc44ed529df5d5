"""Writes Beancount text. Equal directives give the same bytes, and each posting has an amount."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import overload

import numpy as np

from ledger.chart import Chart
from ledger.columns import Numbers, Words, each, joined
from ledger.money import amount
from ledger.opened import Opened
from ledger.times import DAY_US, day_of, time_of_day
from ledger.transaction import MONEY, Movement, Movements, Posting, Transaction

HEADER = ";; -*- mode: beancount -*-\n"
# With this option Beancount reports every imbalance, however small. Beancount ignores options in
# included files, so each main file has this option.
EXACT = 'option "tolerance_multiplier" "0"\n'


@overload
def quoted(text: str) -> str: ...
@overload
def quoted(text: list[str]) -> list[str]: ...
@overload
def quoted(text: Words) -> Words: ...
def quoted(text: Words) -> Words:
    """Write a text, or each text of a list, in quotation marks, with special characters escaped."""
    if isinstance(text, list):
        return [quoted(one) for one in text]
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Text:
    """Writes directives, with as many decimals as each commodity needs."""

    def __init__(self, chart: Chart) -> None:
        self._aligned = {MONEY: _aligned(amount)}
        for commodity, quantity in chart.quantities.items():
            self._aligned[commodity] = _aligned(quantity.text)

    @overload
    def transaction(self, transaction: Movement, seq: int) -> str: ...
    @overload
    def transaction(self, transaction: Movements, seq: np.ndarray) -> list[str]: ...
    def transaction(self, transaction: Transaction[Numbers, Words], seq: Numbers) -> Words:
        """Write a transaction with its number *seq*. For `Movements`, write one for each event."""
        return joined(self._transaction(transaction, seq))

    def _transaction(
        self, transaction: Transaction[Numbers, Words], seq: Numbers
    ) -> Iterator[Words]:
        yield each(_date, transaction.time_us // DAY_US)
        yield f" * {quoted(transaction.payee)} " if transaction.payee else " * "
        yield quoted(transaction.narration)
        yield f" #{transaction.tag}"
        for link in transaction.links:
            yield " ^"
            yield link
        yield "\n  seq: "
        yield each(str, seq)
        yield '\n  time: "'
        yield time_of_day(transaction.time_us)
        yield '"'
        for key, value in transaction.meta:
            yield f"\n  {key}: "
            yield value
        yield from self.postings(transaction.postings)
        yield "\n\n"

    @overload
    def postings(self, postings: Iterable[Posting[int]]) -> Iterator[str]: ...
    @overload
    def postings(self, postings: Iterable[Posting[Numbers]]) -> Iterator[Words]: ...
    def postings(self, postings: Iterable[Posting[Numbers]]) -> Iterator[Words]:
        """Write postings, each on a new line, with aligned amounts."""
        for account, units, commodity, party in postings:
            yield f"\n  {account:<44} "
            yield each(self._aligned[commodity], units)
            yield f" {commodity}"
            if party:
                yield f"\n    party: {quoted(party)}"

    def balance(self, day: date, account: str, units: int, commodity: str) -> str:
        """Write the directive that asserts an account's balance at the start of *day*."""
        return f"{day} balance {account:<44} {self._aligned[commodity](units)} {commodity}\n"


def opened(day: date, line: Opened) -> str:
    """Write the directive that opens an account.

    The directive also states the account's part in the definition of the hole, and a description,
    if *line* has them.
    """
    text = f"{day} open {line.account:<44} {', '.join(line.commodities)}\n"
    if line.hole:
        text += f'  hole: "{line.hole}"\n'
    if line.about:
        text += f"  about: {quoted(line.about)}\n"
    return text


def _aligned(write: Callable[[int], str]) -> Callable[[int], str]:
    return lambda units: write(units).rjust(17)


def _date(day: int) -> str:
    return str(day_of(day * DAY_US))
