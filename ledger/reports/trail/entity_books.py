"""One entity's own books, which balance without the books of others.

Every entry of the general ledger balances in dollars within each of its entities. So the postings
of one entity are a ledger by themselves. Contracts do not balance within an entity: the long
position of one entity is the short position of another entity.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches

from ledger.mistake import MistakeError
from ledger.opened import Opened
from ledger.reports.dollars import OPENINGS, ZERO, earned, listed, number_of, spoken
from ledger.reports.life.balance_sheet import Side, is_in_tokens, paid_for, side_of
from ledger.reports.table import Cell, Table
from ledger.run_folder import RunFolder
from ledger.transaction import MONEY, entity_of, is_contract

ROOTS = ("Assets", "Liabilities", "Equity", "Income", "Expenses")


class UnknownEntityError(MistakeError, ValueError):
    """No entity with this name keeps books in this run."""

    def __init__(self, entity: str, entities: Sequence[str]) -> None:
        by_folded = {name.casefold(): name for name in entities}
        close = get_close_matches(entity.casefold(), by_folded, n=1)
        self.entity, self.entities = entity, tuple(entities)
        self.suggestion = by_folded[close[0]] if close else None
        meant = f"did you mean {self.suggestion!r}? " if close else ""
        super().__init__(
            f"{entity!r} has no books in this run; {meant}give one of {', '.join(entities)}"
        )


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One commodity in one account: the opening balance, and the sum of all later movements."""

    account: str
    commodity: str
    opening: Decimal  # the balance from opening entries
    movement: Decimal

    @property
    def closing(self) -> Decimal:
        """Return the account's final balance."""
        return self.opening + self.movement

    def is_in_dollars_of(self, root: str) -> bool:
        """Return whether the line is in dollars, in an account whose root is *root*."""
        return self.commodity == MONEY and self.account.startswith(f"{root}:")

    @property
    def is_owed(self) -> bool:
        """Return whether the line is a debt in dollars."""
        return self.commodity == MONEY and side_of(self.account) == Side.LIABILITIES


@dataclass(frozen=True, slots=True)
class EntityBooks:
    """The books of one entity, with a line for each account and commodity."""

    entity: str
    lines: Sequence[LedgerLine]  # the lines in the order of the chart

    def answer(self) -> str:
        """State the entity's assets and debts, and its result since the first day."""
        owns, costs, gains = (
            sum((line.closing for line in self.lines if line.is_in_dollars_of(root)), ZERO)
            for root in ("Assets", "Expenses", "Income")
        )
        owes = sum((line.closing for line in self.lines if line.is_owed), ZERO)
        owns += sum((max(line.closing, ZERO) for line in _costs_of_tokens(self.lines)), ZERO)
        return (
            f"{self.entity} owns {spoken(owns)} at cost and owes {spoken(-owes)}. Since the first "
            f"day it {earned(-gains - costs)}."
        )

    def tables(self) -> list[Table]:
        """Return tables: the trial balance in dollars; contracts; and tokens, if there are any."""
        money = [line for line in self.lines if line.commodity == MONEY]
        others = [line for line in self.lines if line.commodity != MONEY]
        tokens = [line.account for line in _costs_of_tokens(self.lines)]
        notes = [f"The cost of tokens and coins is in {listed(tokens)}."] if tokens else []
        return [
            _trial_balance(self.entity, money, notes),
            *_in_other_commodities(self.entity, others),
        ]


def books(run: RunFolder, entity: str) -> EntityBooks:
    """Return the books of *entity*.

    Raises:
        UnknownEntityError: no entity with this name keeps books.
    """
    return EntityBooks(entity, lines_of(run, entity))


def lines_of(run: RunFolder, entity: str) -> list[LedgerLine]:
    """Return a line for each account and commodity of *entity*, in the order of the chart.

    Raises:
        UnknownEntityError: no entity with this name keeps books.
    """
    accounts = accounts_of(run, entity)
    openings: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    movements: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    number = number_of(run)
    found = run.select(
        f"SELECT account, commodity, seq IN {OPENINGS} AS opens, sum(units)::BIGINT "
        "FROM postings WHERE entity = ? GROUP BY ALL",
        [entity],
    )
    for account, commodity, opens, units in found:
        sums = openings if opens else movements
        sums[account, commodity] = number(units, commodity)
    return [
        LedgerLine(account, commodity, openings[account, commodity], movements[account, commodity])
        for account, line in accounts.items()
        for commodity in line.commodities
    ]


def accounts_of(run: RunFolder, entity: str) -> dict[str, Opened]:
    """Return the accounts opened for *entity*, in the order of the chart.

    Raises:
        UnknownEntityError: no entity with this name keeps books.
    """
    entities = tuple(dict.fromkeys(entity_of(account) for account in run.opens))
    if entity not in entities:
        raise UnknownEntityError(entity, entities)
    return {a: line for a, line in run.opens.items() if entity_of(a) == entity}


def _trial_balance(entity: str, lines: Sequence[LedgerLine], notes: Sequence[str]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for root in ROOTS:
        of_root = [line for line in lines if line.account.startswith(f"{root}:")]
        if of_root:
            rows += [(root, line.account, *_amounts([line])) for line in of_root]
            rows.append((root, f"all {root}", *_amounts(of_root)))
    rows.append((None, "sum (must be 0.00)", *_amounts(lines)))
    return Table(
        "trial-balance",
        f"Trial balance of {entity}",
        ("root", "account", "opening_usd", "movement_usd", "closing_usd"),
        rows,
        ("Signs are Beancount's: debts, equity and income are negative.", *notes),
    )


def _costs_of_tokens(lines: Sequence[LedgerLine]) -> list[LedgerLine]:
    """Return the lines of the equity accounts in which the cost of tokens and coins is booked."""
    costs = {paid_for(line.account) for line in lines if is_in_tokens(line.account)}
    return [line for line in lines if line.account in costs and line.commodity == MONEY]


def _amounts(lines: Sequence[LedgerLine]) -> tuple[Decimal, Decimal, Decimal]:
    return (
        sum((line.opening for line in lines), ZERO),
        sum((line.movement for line in lines), ZERO),
        sum((line.closing for line in lines), ZERO),
    )


def _in_other_commodities(entity: str, lines: Sequence[LedgerLine]) -> Iterator[Table]:
    note = (
        "The long position of one entity is the short position of another entity. Contracts have "
        "no price in the books."
    )
    contracts = [line for line in lines if is_contract(line.account)]
    yield _quantities("contracts", f"Contracts of {entity}", contracts, note)
    tokens = [line for line in lines if not is_contract(line.account)]
    if tokens:
        note = "Within each entity, the postings of each token sum to zero."
        yield _quantities("tokens", f"Tokens of {entity}", tokens, note)


def _quantities(name: str, title: str, lines: Sequence[LedgerLine], note: str) -> Table:
    return Table(
        name,
        title,
        ("account", "commodity", "opening", "movement", "closing"),
        [(n.account, n.commodity, n.opening, n.movement, n.closing) for n in lines],
        (note,),
    )
