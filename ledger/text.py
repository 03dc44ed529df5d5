"""Beancount text: the same values always give the same bytes, and nothing is ever elided."""

from collections.abc import Callable, Iterable
from datetime import date

from ledger.accounts import Chart, Opened
from ledger.money import amount
from ledger.times import day_of, time_of_day
from ledger.transaction import MONEY, Posting, Transaction

HEADER = ";; -*- mode: beancount -*-\n"
# A cent is a cent. Beancount ignores options in included files, so each file to open repeats it.
EXACT = 'option "tolerance_multiplier" "0"\n'


def quoted(text: str) -> str:
    """Write a string as Beancount reads it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Text:
    """Writes directives, knowing how many decimals each commodity has."""

    def __init__(self, chart: Chart) -> None:
        self._accounts: dict[str, str] = {}
        self._quantity: dict[str, Callable[[int], str]] = {MONEY: amount}
        for contract in chart.contracts:
            self._quantity[contract.commodity] = contract.quantity.text

    def transaction(self, transaction: Transaction, seq: int) -> str:
        """Write one transaction, with its place in the true order."""
        links = "".join(f" ^{link}" for link in transaction.links)
        payee = f"{quoted(transaction.payee)} " if transaction.payee else ""
        lines = [
            f"{day_of(transaction.time_us)} * {payee}{quoted(transaction.narration)}"
            f" #{transaction.tag}{links}",
            f"  seq: {seq}",
            f'  time: "{time_of_day(transaction.time_us)}"',
            *(f"  {key}: {value}" for key, value in transaction.meta),
            *self.postings(transaction.postings),
        ]
        return "\n".join(lines) + "\n\n"

    def postings(self, postings: Iterable[Posting]) -> list[str]:
        """Write postings, amounts aligned."""
        lines = []
        for account, units, commodity, party in postings:
            if account not in self._accounts:
                self._accounts[account] = f"  {account:<44} "
            number = self._quantity[commodity](units)
            lines.append(f"{self._accounts[account]}{number:>17} {commodity}")
            if party:
                lines.append(f"    party: {quoted(party)}")
        return lines

    def balance(self, day: date, account: str, units: int, commodity: str) -> str:
        """Assert what an account holds at the start of *day*."""
        return f"{day} balance {account:<44} {self._quantity[commodity](units):>17} {commodity}\n"


def opened(day: date, line: Opened) -> str:
    """Open an account, saying which part it plays in the hole."""
    text = f"{day} open {line.account:<44} {', '.join(line.commodities)}\n"
    if line.hole:
        text += f'  hole: "{line.hole}"\n'
    if line.about:
        text += f"  about: {quoted(line.about)}\n"
    return text
