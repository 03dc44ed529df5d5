"""The missing quantity of each commodity, its value, and the reasons why this value changes.

The missing quantity of a coin does not depend on the coin's price, but the value of this quantity
does. The hole at mark is the value of all missing quantities at the day's marks. Its change from
one day to the next has two parts:

    by price   the missing quantity of the previous day, times the change of the coin's mark
    by use     the change of the missing quantity, times the coin's mark of the day

The two parts sum exactly to the change. Nothing is rounded, because one lot of a coin costs a whole
number of cents. Missing dollars change only by use.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ledger.accounts import lent
from ledger.coins import names_owed
from ledger.kinds import CAUSE, CLAIM, LIQUID
from ledger.reports.days import calendar
from ledger.reports.dollars import CENT, ZERO, listed, number_of, spoken
from ledger.reports.money.hole import hole
from ledger.reports.paper_wealth import Marks
from ledger.reports.table import Cell, Table
from ledger.run_folder import RunFolder
from ledger.transaction import MONEY

ONE, NONE = Decimal("1.00"), Decimal(0)
AT_MARK = "Customers' coins are included at the marks of the last day."
IN_KIND, BY_PRICE_AND_USE = IN_KIND_TABLES = ("hole-in-kind", "hole-by-price-and-use")


@dataclass(frozen=True, slots=True)
class LackingLine:
    """The hole in one commodity, which is dollars or a coin."""

    commodity: str
    owed: Decimal  # owed to customers outside the group
    there: Decimal  # held by the group, and payable at once
    lent: Decimal  # lent by the house to its maker
    mark_usd: Decimal
    first_usd: Decimal  # value of the missing quantity at the end of the first day
    by_price_usd: Decimal  # change of this value by price since the first day
    by_use_usd: Decimal

    @property
    def lacking(self) -> Decimal:
        """Return the missing quantity. If it is negative, the group holds more than it owes."""
        return self.owed - self.there

    @property
    def lacking_usd(self) -> Decimal:
        """Return the value of the missing quantity in dollars."""
        return ZERO + (self.lacking * self.mark_usd).quantize(CENT)

    @property
    def unexplained_usd(self) -> Decimal:
        """Return the change that neither price nor use explains. It must be zero."""
        return self.lacking_usd - self.first_usd - self.by_price_usd - self.by_use_usd


@dataclass(frozen=True, slots=True)
class HoleInKind:
    """The hole at the end of a day, in dollars and in each coin that is owed to customers."""

    first: date
    day: date
    lines: tuple[LackingLine, ...]  # a line for each commodity, with dollars last

    @property
    def at_mark_usd(self) -> Decimal:
        """Return the value of all missing quantities at the day's marks."""
        return sum((line.lacking_usd for line in self.lines), ZERO)

    @property
    def by_price_usd(self) -> Decimal:
        """Return the change of the hole that changes of prices have caused since the first day."""
        return sum((line.by_price_usd for line in self.lines), ZERO)

    @property
    def by_use_usd(self) -> Decimal:
        """Return the change that changes of missing quantities have caused since the first day."""
        return sum((line.by_use_usd for line in self.lines), ZERO)

    @property
    def coins_owed_usd(self) -> Decimal:
        """Return the value of the coins that are owed to customers, at the day's marks."""
        coins = (line for line in self.lines if line.commodity != MONEY)
        return sum(((line.owed * line.mark_usd).quantize(CENT) for line in coins), ZERO)

    def beside_dollars(self) -> str:
        """Return a note on the coins that a table in dollars leaves out."""
        names = [line.commodity for line in self.lines if line.commodity != MONEY]
        return (
            f"This table has only dollars: deposits, withdrawals and claims in {listed(names)} are "
            f"not included. At the marks of {self.day} the claims in coins are worth "
            f"{spoken(self.coins_owed_usd)}: see --table {IN_KIND}."
        )

    def answer(self) -> str:
        """State the missing quantities of coins, the hole at mark, and the hole's changes."""
        return (
            f"{self._quantities()}. At the prices of {self.day} the hole in dollars and coins is "
            f"{spoken(self.at_mark_usd)}. Since {self.first}, changes of prices have changed this "
            f"hole by {spoken(self.by_price_usd)}, and changes of the missing quantities have "
            f"changed it by {spoken(self.by_use_usd)}."
        )

    def _quantities(self) -> str:
        """State which coins are missing, and of which coins the group holds more than it owes."""
        coins = [line for line in self.lines if line.commodity != MONEY]
        short = [f"{each.lacking:,f} {each.commodity}" for each in coins if each.lacking > 0]
        spare = [f"{-each.lacking:,f} {each.commodity}" for each in coins if each.lacking < 0]
        said = f"{listed(short)} are missing" if short else "No coin is missing"
        return f"{said}, and the group holds {listed(spare)} more than it owes" if spare else said

    def tables(self) -> list[Table]:
        """Return two tables: the missing quantities with their values, and the values' changes."""
        return [_in_kind_table(self), _changes_table(self)]


def hole_in_kind(run: RunFolder, day: date | None = None) -> HoleInKind | None:
    """Read the hole in each commodity that is owed to customers.

    Args:
        run: the run whose books are read.
        day: the day at whose end the hole is read. None: the last day.

    Returns:
        The hole, or None if the house owes only dollars to customers.
    """
    coins = names_owed(run.chart.coins)
    if not coins:
        return None
    days = [each for each in calendar(run) if day is None or each <= day]
    moved = _moved(run, (*coins, MONEY))
    marks = Marks(run)
    return HoleInKind(
        days[0], days[-1], tuple(_line(c, days, moved[c], marks) for c in (*coins, MONEY))
    )


def hole_at_mark_usd(run: RunFolder) -> Decimal:
    """Return the hole in dollars and customers' coins, at the marks of the last day."""
    in_kind = hole_in_kind(run)
    return in_kind.at_mark_usd if in_kind else hole(run).hole_usd


@dataclass(frozen=True, slots=True)
class CoinsAtMark:
    """Customers' coins at the end of a day, in dollars at the day's marks.

    There are four values: coins owed to customers, coins that the house holds, coins lent to the
    maker, and coins that the maker sold.
    """

    owed_usd: Decimal = ZERO
    there_usd: Decimal = ZERO
    lent_usd: Decimal = ZERO
    cause_usd: Decimal = ZERO  # coins that the maker sold and did not buy back


def coins_at_mark(run: RunFolder) -> list[CoinsAtMark]:
    """Return the values of customers' coins at each day's end, or zeros if no coins are owed."""
    days, coins = calendar(run), names_owed(run.chart.coins)
    if not coins:
        return [CoinsAtMark() for _ in days]
    moved, marks = _moved(run, coins), Marks(run)
    held: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    worth = []
    for day in days:
        for coin in coins:
            for part, number in moved[coin].get(day, {}).items():
                held[part][coin] += number
        there, lent_usd, cause = (marks.usd(held[each], day) for each in (LIQUID, "lent", CAUSE))
        worth.append(CoinsAtMark(-marks.usd(held[CLAIM], day), there, lent_usd, cause))
    return worth


# The change of a commodity's quantity on each day, by part (claim, liquid, cause or lent).
_Days = Mapping[date, Mapping[str, Decimal]]


def _line(commodity: str, days: list[date], moved: _Days, marks: Marks) -> LackingLine:
    standing: dict[str, Decimal] = defaultdict(Decimal)
    first = by_price = by_use = NONE
    lacking = mark = NONE
    for day in days:
        for part, number in moved.get(day, {}).items():
            standing[part] += number
        is_money = commodity == MONEY
        lacked, marked = lacking, mark
        mark = ONE if is_money else marks.of(commodity, day)
        lacking = -standing[CLAIM] - standing[LIQUID]
        if day == days[0]:
            first = lacking * mark
        else:
            by_price += lacked * (mark - marked)
            by_use += (lacking - lacked) * mark
    owed, there, to_maker = -standing[CLAIM], standing[LIQUID], standing["lent"]
    changes = (ZERO + usd.quantize(CENT) for usd in (first, by_price, by_use))
    return LackingLine(commodity, owed, there, to_maker, mark, *changes)


def _moved(run: RunFolder, commodities: tuple[str, ...]) -> Mapping[str, _Days]:
    """Return the moved quantity for each commodity, day and part (claim, liquid, cause or lent)."""
    number, line = number_of(run), lent(*run.chart.parties.group)
    found = run.select(
        "SELECT commodity, date, CASE WHEN account = ? THEN 'lent' ELSE hole END AS part, "
        "sum(units)::BIGINT FROM postings WHERE commodity IN (SELECT unnest(?)) "
        "AND (hole IN (?, ?, ?) OR account = ?) GROUP BY ALL",
        [line, commodities, CLAIM, LIQUID, CAUSE, line],
    )
    moved: dict[str, dict[date, dict[str, Decimal]]] = defaultdict(lambda: defaultdict(dict))
    for commodity, day, part, units in found:
        moved[commodity][day][part] = number(units, commodity)
    return moved


def _in_kind_table(found: HoleInKind) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (n.commodity, n.owed, n.there, n.lent, n.lacking, n.mark_usd, n.lacking_usd)
        for n in found.lines
    ]
    rows.append(("hole at mark", None, None, None, None, None, found.at_mark_usd))
    return Table(
        IN_KIND,
        f"The hole at the end of {found.day}, in kind and at that day's marks",
        ("commodity", "owed", "there", "lent", "lacking", "mark_usd", "lacking_usd"),
        rows,
        (
            "The lacking quantity is the debt to customers in a commodity, less the group's liquid "
            "holdings of this commodity. Coins that the house has lent to its maker are lacking, "
            "because the maker sold them.",
            "Lent dollars are negative if the maker has paid the house more dollars than the maker "
            "has drawn. The maker then owes coins.",
        ),
    )


def _changes_table(found: HoleInKind) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (n.commodity, n.first_usd, n.by_price_usd, n.by_use_usd, n.lacking_usd, n.unexplained_usd)
        for n in found.lines
    ]
    first_usd = sum((line.first_usd for line in found.lines), ZERO)
    open_usd = sum((line.unexplained_usd for line in found.lines), ZERO)
    changes = (first_usd, found.by_price_usd, found.by_use_usd)
    rows.append(("hole at mark", *changes, found.at_mark_usd, open_usd))
    return Table(
        BY_PRICE_AND_USE,
        f"The hole at mark since the end of {found.first}: changes by price, and by use",
        ("commodity", "first_usd", "by_price_usd", "by_use_usd", "lacking_usd", "unexplained_usd"),
        rows,
        (
            "By price: the lacking quantity of the previous day, times the change of the "
            "commodity's mark. By use: the change of the lacking quantity, times the commodity's "
            "mark of the day. Both are sums over all days. Unexplained changes must be 0.00.",
        ),
    )
