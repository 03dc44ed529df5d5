"""Reads amounts in dollars from the general ledger, and writes amounts as text for sentences."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TypeVar

from ledger.kinds import Kind
from ledger.reports.once import once
from ledger.run_folder import RunFolder
from ledger.transaction import MONEY

Key = TypeVar("Key")

ZERO = Decimal("0.00")
CENT = Decimal("0.01")
TENTH = Decimal("0.1")
MILLION = Decimal(1_000_000)
# A subquery that returns the numbers (seq) of opening entries.
OPENINGS = f"(SELECT seq FROM postings WHERE kind = '{Kind.OPENING}')"


class Dollars(dict[Key, Decimal]):
    """Amounts in dollars by key. A key that is not present has zero."""

    def __missing__(self, key: Key) -> Decimal:
        return ZERO


@once
def openings(run: RunFolder) -> list[int]:
    """Return the numbers (seq) of opening entries.

    A query with this list is faster than a query with the subquery OPENINGS.
    """
    return [seq for (seq,) in run.select(f"SELECT DISTINCT seq FROM {OPENINGS}")]


@once
def usd_balances(run: RunFolder) -> Dollars[str]:
    """Return the balance of each account in dollars."""
    return Dollars(
        run.select(
            "SELECT account, sum(units) * 0.01 FROM postings WHERE commodity = ? GROUP BY account",
            [MONEY],
        )
    )


def number_of(run: RunFolder) -> Callable[[int, str], Decimal]:
    """Return a function that converts smallest units, such as cents, to the ledger's numbers."""
    quantities = run.chart.quantities

    def number(units: int, commodity: str) -> Decimal:
        if commodity == MONEY:
            return Decimal(units).scaleb(-2)
        return Decimal(quantities[commodity].text(units))

    return number


def percent(part: Decimal, whole: Decimal) -> Decimal | None:
    """Return *part* in percent of *whole*, to one decimal, or None if *whole* is zero or below."""
    return (100 * part / whole).quantize(TENTH) if whole > 0 else None


def spoken(usd: Decimal) -> str:
    """Write an amount for a sentence: in whole dollars below one million, otherwise in millions."""
    sign = "-" if usd < 0 else ""
    if abs(usd) < MILLION:
        return f"{sign}${abs(usd):,.0f}"
    return f"{sign}${abs(usd) / MILLION:,.1f} million"


def speaker(*amounts: Decimal) -> Callable[[Decimal], str]:
    """Return a function that writes all amounts of a sentence in the unit of the largest amount.

    If this unit is one million, an amount above zero that would round to zero is written as "less
    than $0.1 million". No amount may be below zero.
    """
    if max(map(abs, amounts), default=ZERO) < MILLION:
        return spoken

    def say(usd: Decimal) -> str:
        if usd <= MILLION * TENTH / 2:  # a half is rounded to the even digit, so 0.05 becomes 0.0
            return "less than $0.1 million" if usd else "$0"
        return f"${usd / MILLION:,.1f} million"

    return say


def earned(usd: Decimal, say: Callable[[Decimal], str] = spoken) -> str:
    """Write "earned" or "lost", and the amount. Zero counts as earned.

    Args:
        usd: the result.
        say: the function that writes the amount; see `speaker`.
    """
    return f"{'earned' if usd >= 0 else 'lost'} {say(abs(usd))}"


def listed(words: Sequence[str]) -> str:
    """Join words with commas, and with "and" before the last word."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
