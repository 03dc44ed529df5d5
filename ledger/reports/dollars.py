"""Reads amounts in dollars from a general ledger, and writes them in sentences."""

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
    """Dollars by key. A key without postings has zero."""

    def __missing__(self, key: Key) -> Decimal:
        return ZERO


@once
def openings(run: RunFolder) -> list[int]:
    """Return the numbers (seq) of opening entries. This list is faster than the query OPENINGS."""
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
    """Return a function that converts units of a commodity to the number in the ledger's text."""
    quantities = run.chart.quantities

    def number(units: int, commodity: str) -> Decimal:
        if commodity == MONEY:
            return Decimal(units).scaleb(-2)
        return Decimal(quantities[commodity].text(units))

    return number


def percent(part: Decimal, whole: Decimal) -> Decimal | None:
    """Return *part* as a percentage of *whole* with one decimal, or None if *whole* is not > 0."""
    return (100 * part / whole).quantize(TENTH) if whole > 0 else None


def spoken(usd: Decimal) -> str:
    """Write an amount for a sentence: in dollars if it is below one million, else in millions."""
    sign = "-" if usd < 0 else ""
    if abs(usd) < MILLION:
        return f"{sign}${abs(usd):,.0f}"
    return f"{sign}${abs(usd) / MILLION:,.1f} million"


def speaker(*amounts: Decimal) -> Callable[[Decimal], str]:
    """Return a function that writes all amounts of a sentence in the unit of the largest amount.

    In millions, an amount above zero that would round to zero is written as "less than $0.1
    million". The function takes amounts of zero or above.
    """
    if max(map(abs, amounts), default=ZERO) < MILLION:
        return spoken

    def say(usd: Decimal) -> str:
        if usd <= MILLION * TENTH / 2:  # half to even, so this limit would round to zero
            return "less than $0.1 million" if usd else "$0"
        return f"${usd / MILLION:,.1f} million"

    return say


def earned(usd: Decimal, say: Callable[[Decimal], str] = spoken) -> str:
    """Write a result as a gain if it is zero or above, and as a loss if it is below zero.

    Args:
        usd: the result.
        say: writes the amount; see `speaker`.
    """
    return f"{'earned' if usd >= 0 else 'lost'} {say(abs(usd))}"


def listed(words: Sequence[str]) -> str:
    """Write words as a list in a sentence."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
