"""Paper wealth: the value of tokens and coins at the day's mark.

The units of tokens and coins are in accounts of the kinds in `HELD`, and marks are `price`
directives. So Beancount itself can value a holding. The group could sell only a few of the house's
own tokens at their marks. So in the group's holdings these tokens have the value zero.
"""

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from ledger.kinds import HELD, IN_KIND, LIQUID
from ledger.reports.dollars import CENT, ZERO, number_of
from ledger.reports.once import once
from ledger.run_folder import RunFolder

Units = Mapping[str, Decimal]  # quantities by token


class Marks:
    """The values of tokens and coins on any day, at the prices in the ledger."""

    def __init__(self, run: RunFolder) -> None:
        self._prices: dict[str, tuple[list[date], list[Decimal]]] = {}
        for token, day, usd in run.select("SELECT commodity, date, usd FROM prices"):
            days, marks = self._prices.setdefault(token, ([], []))
            days.append(day)
            marks.append(ZERO + usd.normalize())  # drops trailing zeros: the column has 18 decimals
        house, tokens = run.chart.parties.house, run.chart.tokens
        self.house_tokens = {token.name for token in tokens if token.issuer == house}

    def usd(self, units: Units, day: date) -> Decimal:
        """Return the value of a holding, at the last marks on or before *day*.

        The value of each token is rounded to a cent. A token that has no mark yet has no value.
        """
        return sum((self._usd(*holding, day) for holding in units.items()), ZERO)

    def counted_usd(self, units: Units, day: date) -> Decimal:
        """Return the value of a holding of the house group, with the house's own tokens at zero."""
        others = {token: n for token, n in units.items() if token not in self.house_tokens}
        return self.usd(others, day)

    def of(self, token: str, day: date) -> Decimal:
        """Return a token's last mark on or before *day*, or zero if it has no mark yet."""
        days, marks = self._prices.get(token, ([], []))
        marked = bisect_right(days, day)
        return marks[marked - 1] if marked else ZERO

    def _usd(self, token: str, units: Decimal, day: date) -> Decimal:
        return (units * self.of(token, day)).quantize(CENT)


@once
def moved_by_group(run: RunFolder) -> list[tuple[date, str, Decimal]]:
    """Return the daily changes in the quantities of tokens and coins that the group holds.

    Tokens and coins held in kind for customers are left out.
    """
    number = number_of(run)
    found = run.select(
        "SELECT date, commodity, sum(units)::BIGINT FROM postings "
        "WHERE root = 'Assets' AND kind IN (SELECT unnest(?)) AND entity IN (SELECT unnest(?)) "
        "AND coalesce(hole, '') NOT IN (?, ?) GROUP BY ALL ORDER BY ALL",
        [HELD, run.chart.parties.group, IN_KIND, LIQUID],
    )
    return [(day, token, number(units, token)) for day, token, units in found]
