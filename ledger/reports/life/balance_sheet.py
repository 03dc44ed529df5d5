"""Balance sheets at the end of a day: for each entity, and for the house group as one.

Assets are booked at cost, so the sheets are at cost too. Each sheet balances to the cent.
The sheets also show tokens and coins at mark. The difference is a gain or loss that is not booked.

An entity may hold tokens that it owes in kind to their owner. These tokens have no cost. At cost
the tokens and the debt are both zero, and at mark both have the same value.

Claims in dollars are at face value. Debts within the group are left out of the consolidated sheet.
So the maker's debt to the exchange is an asset in the exchange's own sheet, but not in the sheet of
the group.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from ledger.coins import names_owed
from ledger.kinds import HELD, Kind
from ledger.reports.dollars import ZERO, number_of
from ledger.reports.paper_wealth import Marks
from ledger.run_folder import RunFolder
from ledger.transaction import MONEY, entity_of, is_contract, kind_of

Balances = Mapping[tuple[str, str], Decimal]  # amounts by (account, commodity)


class Side(StrEnum):
    """A part of a balance sheet. Debts, equity and the result to date sum to the assets."""

    ASSETS = "assets"
    LIABILITIES = "liabilities"
    EQUITY = "equity"
    RESULT = "result"


SIDES = tuple(Side)
SIDE_OF_ROOT = {
    "Assets": Side.ASSETS,
    "Liabilities": Side.LIABILITIES,
    "Equity": Side.EQUITY,
    "Income": Side.RESULT,
    "Expenses": Side.RESULT,
}


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line of a balance sheet. A positive amount increases the line's side."""

    side: Side
    account: str
    usd: Decimal  # the amount at cost, as booked
    at_mark_usd: Decimal


@dataclass(frozen=True, slots=True)
class Sheet:
    """The balance sheet of one entity, or of the group, at the end of a day."""

    entity: str
    lines: tuple[SheetLine, ...]

    def usd(self, side: Side) -> Decimal:
        """Return the sum of one side, as booked."""
        return sum((line.usd for line in self.lines if line.side == side), ZERO)

    @property
    def difference_usd(self) -> Decimal:
        """Return assets less debts, equity and result. If this is not zero, the books are wrong."""
        return (
            self.usd(Side.ASSETS)
            - self.usd(Side.LIABILITIES)
            - self.usd(Side.EQUITY)
            - self.usd(Side.RESULT)
        )

    @property
    def net_at_mark_usd(self) -> Decimal:
        """Return the net worth at mark: assets at mark less debts at mark."""
        return self._at_mark_usd(Side.ASSETS) - self._at_mark_usd(Side.LIABILITIES)

    @property
    def unbooked_usd(self) -> Decimal:
        """Return net worth at mark less net worth at cost: the gain or loss that is not booked."""
        return self.net_at_mark_usd - (self.usd(Side.ASSETS) - self.usd(Side.LIABILITIES))

    def _at_mark_usd(self, side: Side) -> Decimal:
        return sum((line.at_mark_usd for line in self.lines if line.side == side), ZERO)


def sheets(run: RunFolder, day: date) -> dict[str, Sheet]:
    """Return the balance sheet of each entity, in the order of the books."""
    balances, marks = balances_at(run, day), Marks(run)
    lines: dict[str, list[SheetLine]] = defaultdict(list)
    for account in run.opens:
        entity, side = entity_of(account), side_of(account)
        sign = 1 if side == Side.ASSETS else -1
        if is_in_tokens(account):
            counted = marks.counted_usd if entity in run.chart.parties.group else marks.usd
            held = {token: balances[account, token] for token in run.opens[account].commodities}
            cost_usd = ZERO + max(balances[paid_for(account), MONEY], ZERO)
            lines[entity].append(
                SheetLine(side, account, cost_usd, ZERO + sign * counted(held, day))
            )
        elif not is_contract(account):
            usd = ZERO + sign * balances[account, MONEY]
            if (
                side == Side.EQUITY
                and is_in_tokens(_bought(account))
                and _bought(account) in run.opens
            ):
                usd = max(usd, ZERO)  # the price paid is on the line of the tokens' asset account
            lent = {coin: balances[account, coin] for coin in names_owed(run.chart.coins)}
            in_coins = sign * marks.usd(lent, day) if kind_of(account) == Kind.CREDIT_LINE else ZERO
            lines[entity].append(SheetLine(side, account, usd, usd + in_coins))
    return {entity: Sheet(entity, in_order(found)) for entity, found in lines.items()}


def side_of(account: str) -> Side:
    """Return the side of an account.

    The insurance fund is equity: the exchange owes the money in this fund to no party.
    """
    side = SIDE_OF_ROOT[account.partition(":")[0]]
    is_fund = side == Side.LIABILITIES and kind_of(account) == Kind.INSURANCE
    return Side.EQUITY if is_fund else side


def consolidated(run: RunFolder, found: Mapping[str, Sheet]) -> Sheet:
    """Return the consolidated sheet of the house group, without debts within the group."""
    group = run.chart.parties.group
    lines = (line for entity in group for line in found[entity].lines)
    outward = [line for line in lines if not is_within(run, line)]
    return Sheet(f"{' and '.join(group)}, consolidated", in_order(outward))


def balances_at(run: RunFolder, day: date) -> Balances:
    """Return the balance of each account and commodity at the end of a day. The default is zero."""
    balances: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    number = number_of(run)
    found = run.select(
        "SELECT account, commodity, sum(units)::BIGINT FROM postings WHERE date <= ? GROUP BY ALL",
        [day],
    )
    for account, commodity, units in found:
        balances[account, commodity] = number(units, commodity)
    return balances


def in_order(lines: Iterable[SheetLine]) -> tuple[SheetLine, ...]:
    """Return lines sorted by side, without lines that are zero."""
    moved = (line for line in lines if line.usd or line.at_mark_usd)
    return tuple(sorted(moved, key=lambda line: SIDES.index(line.side)))


def is_within(run: RunFolder, line: SheetLine) -> bool:
    """Return whether a line is a debt between the exchange and its maker."""
    return run.opens[line.account].hole == "group"


def is_in_tokens(account: str) -> bool:
    """Return whether an account has units of tokens or coins that an entity holds or owes."""
    return kind_of(account) in HELD and not account.startswith("Equity:")


def _bought(account: str) -> str:
    """Return the asset account that belongs to an equity account, even if it does not exist."""
    return f"Assets:{account.partition(':')[2]}"


def paid_for(account: str) -> str:
    """Return the equity account with the cost of an account's tokens. It need not exist."""
    return f"Equity:{account.partition(':')[2]}"
