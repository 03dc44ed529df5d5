"""Dollars as the entries of a general ledger have them: what moved, and what stands where."""

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from ledger.kinds import Kind
from ledger.run_folder import RunFolder
from ledger.transaction import MONEY, kind_of

if TYPE_CHECKING:
    from beancount.core import data

ZERO = Decimal("0.00")
TENTH = Decimal("0.1")
# The numbers of entries that give somebody what they have on the first day.
OPENINGS = f"(SELECT seq FROM postings WHERE kind = '{Kind.OPENING}')"


def usd_balances(run: RunFolder) -> defaultdict[str, Decimal]:
    """Return what stands on each account in dollars, zero where nothing was ever posted."""
    balances: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    balances.update(
        run.select(
            "SELECT account, sum(units) * 0.01 FROM postings WHERE commodity = ? GROUP BY account",
            [MONEY],
        )
    )
    return balances


def number_of(run: RunFolder) -> Callable[[int, str], Decimal]:
    """Return what writes units of a commodity as the number that the text has."""
    quantities = run.chart.quantities

    def number(units: int, commodity: str) -> Decimal:
        if commodity == MONEY:
            return Decimal(units).scaleb(-2)
        return Decimal(quantities[commodity].text(units))

    return number


def is_opening(entry: "data.Transaction") -> bool:
    """Tell whether an entry gives somebody what they have on the first day."""
    return any(kind_of(posting.account) == Kind.OPENING for posting in entry.postings)


def percent(part: Decimal, whole: Decimal) -> Decimal | None:
    """Return *part* as a percentage of *whole* with one decimal; None where there is no whole."""
    return (100 * part / whole).quantize(TENTH) if whole > 0 else None
