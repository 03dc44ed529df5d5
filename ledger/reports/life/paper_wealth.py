"""Paper wealth: tokens at the day's mark, beside what was paid for them.

Units stand on accounts of the kind `Tokens` and marks in `price` directives, so Beancount itself
says what a holding is worth. What the group's own token fetches depends on nobody selling it, so
inside the house group it counts zero, whatever its mark.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from beancount.core import data
from beancount.core.amount import Amount
from beancount.core.convert import convert_amount
from beancount.core.prices import build_price_map

from ledger.kinds import IN_KIND, Kind
from ledger.reports.dollars import ZERO
from ledger.run_folder import RunFolder
from ledger.transaction import MONEY, entity_of, kind_of

CENT = Decimal("0.01")

Units = Mapping[str, Decimal]  # by token


class Marks:
    """What tokens are worth on any day, by the ledger's own prices."""

    def __init__(self, run: RunFolder) -> None:
        self._prices: Any = build_price_map(run.entries)
        house, tokens = run.chart.parties.house, run.chart.tokens
        self.house_tokens = {token.name for token in tokens if token.issuer == house}

    def usd(self, units: Units, day: date) -> Decimal:
        """Return what a holding is worth at the last mark until *day*, each token to the cent.

        What has no mark yet is worth nothing: nobody has said what it would fetch.
        """
        return sum((self._usd(*holding, day) for holding in units.items()), ZERO)

    def counted_usd(self, units: Units, day: date) -> Decimal:
        """Return the same of a holding inside the house group, whose own tokens count zero."""
        others = {token: n for token, n in units.items() if token not in self.house_tokens}
        return self.usd(others, day)

    def _usd(self, token: str, units: Decimal, day: date) -> Decimal:
        worth = convert_amount(Amount(units, token), MONEY, self._prices, day)
        return worth.number.quantize(CENT) if worth.currency == MONEY else ZERO


def holds_tokens(account: str) -> bool:
    """Tell whether an account holds tokens; its mirror in equity has what was paid for them."""
    return account.startswith("Assets:") and kind_of(account) == Kind.TOKENS


def units_moved(entry: data.Transaction) -> dict[tuple[str, str], Decimal]:
    """Return by (account, token) how many tokens an entry brings or takes."""
    moved: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for posting in entry.postings:
        if holds_tokens(posting.account):
            moved[posting.account, posting.units.currency] += posting.units.number
    return moved


def moved_by_group(run: RunFolder) -> Iterator[tuple[date, str, Decimal]]:
    """Yield (day, token, units) of what comes to the group or leaves it, in the books' order.

    What it holds in kind for customers is theirs, and left out.
    """
    group = run.chart.parties.group
    for entry in run.transactions:
        for (account, token), units in units_moved(entry).items():
            if entity_of(account) in group and run.opens[account].hole != IN_KIND:
                yield entry.date, token, units
