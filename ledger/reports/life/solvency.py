"""Solvency at a day's end: balance sheets of the entities and the group, at cost and at mark."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ledger.reports.days import calendar
from ledger.reports.dollars import ZERO, spoken
from ledger.reports.life.balance_sheet import (
    SIDES,
    Sheet,
    SheetLine,
    Side,
    balances_at,
    consolidated,
    in_order,
    is_in_tokens,
    is_within,
    paid_for,
    sheets,
)
from ledger.reports.money.hole_in_kind import HoleInKind, hole_in_kind
from ledger.reports.paper_wealth import Marks
from ledger.reports.table import Cell, Table
from ledger.run_folder import RunFolder, RunFolderError
from ledger.transaction import MONEY, entity_of, kind_of

WITHIN = " within the group"
UNBOOKED = "tokens at mark less cost"
MUST_BE_ZERO = "difference (must be 0.00)"


@dataclass(frozen=True, slots=True)
class GroupLine:
    """The sums of all accounts of one kind: for the exchange, for its maker, and for the group."""

    side: Side
    line: str
    house_usd: Decimal
    maker_usd: Decimal
    struck_out_usd: Decimal  # the debts between exchange and maker, with the opposite sign
    group_usd: Decimal
    at_mark_usd: Decimal  # the group's amount, with tokens at mark

    @property
    def usd(self) -> tuple[Decimal, ...]:
        """Return the amounts, in the order of the columns."""
        ours = (self.house_usd, self.maker_usd)
        return (*ours, self.struck_out_usd, self.group_usd, self.at_mark_usd)


@dataclass(frozen=True, slots=True)
class TokenHolding:
    """The tokens in one account, at cost and at mark. Tokens that are owed are negative."""

    account: str
    token: str
    units: Decimal
    unbalanced_units: Decimal  # the token's units in all accounts of the entity; must be zero
    cost_usd: Decimal | None  # None for tokens held or owed in kind, or held in a pool
    at_mark_usd: Decimal
    counted_usd: Decimal  # value at mark; in the group's books, its own tokens have value zero


@dataclass(frozen=True, slots=True)
class Solvency:
    """The assets and debts of all entities at the end of a day."""

    day: date
    group: tuple[str, ...]  # the exchange and its maker
    sheets: Mapping[str, Sheet]
    consolidated: Sheet
    group_lines: tuple[GroupLine, ...]
    holdings: tuple[TokenHolding, ...]
    in_kind: HoleInKind | None  # None if the house owes only dollars to customers

    def answer(self) -> str:
        """State the assets and debts of the group, whether it is solvent, and the hole in kind."""
        whole, names = self.consolidated, " and ".join(self.group)
        owns, owes = whole.usd(Side.ASSETS), whole.usd(Side.LIABILITIES)
        net = whole.net_at_mark_usd
        is_solvent = f"solvent by {spoken(net)}" if net >= 0 else f"insolvent by {spoken(-net)}"
        return (
            f"On {self.day} {names} together own {spoken(owns)} at cost and owe {spoken(owes)}. "
            f"With tokens at market prices and stakes at cost they are {is_solvent}."
        ) + (f" {self.in_kind.answer()}" if self.in_kind else "")

    def tables(self) -> list[Table]:
        """Return tables of the consolidated group, all entities, tokens, and all sheet lines.

        If customers are owed coins, the tables of the hole in kind are included.
        """
        return [
            _group_table(self),
            *(self.in_kind.tables() if self.in_kind else ()),
            _entities_table(self),
            _tokens_table(self),
            _sheets_table(self),
        ]


def solvency(run: RunFolder, day: date) -> Solvency:
    """Return all balance sheets, the group's consolidated sheet, and all tokens at a day's end.

    Raises:
        RunFolderError: the run does not have this day.
    """
    days = calendar(run)
    if not days[0] <= day <= days[-1]:
        raise RunFolderError(f"no {day} in {run.path}; give a day from {days[0]} to {days[-1]}")
    found = sheets(run, day)
    whole = consolidated(run, found)
    lines, holdings = _group_lines(run, found, whole), _holdings(run, day)
    in_kind = hole_in_kind(run, day)
    return Solvency(day, run.chart.parties.group, found, whole, lines, holdings, in_kind)


def _group_lines(run: RunFolder, found: Mapping[str, Sheet], whole: Sheet) -> tuple[GroupLine, ...]:
    """Return a line for each kind, and a line for the gain on tokens that is not booked.

    The group's amounts leave out debts between exchange and maker.
    """
    amounts: dict[tuple[Side, str], list[Decimal]] = defaultdict(lambda: [ZERO] * 5)
    for i, entity in enumerate(run.chart.parties.group):
        for line in found[entity].lines:
            within = is_within(run, line)
            row = amounts[line.side, kind_of(line.account) + (WITHIN if within else "")]
            row[i] += line.usd
            if within:
                row[2] -= line.usd
            else:
                row[3] += line.usd
                row[4] += line.at_mark_usd
    if whole.unbooked_usd:
        amounts[Side.EQUITY, UNBOOKED][4] = whole.unbooked_usd
    return tuple(GroupLine(*which, *usd) for which, usd in amounts.items())


def _holdings(run: RunFolder, day: date) -> tuple[TokenHolding, ...]:
    """Return the tokens in each account, at cost and at mark."""
    balances, marks, group = balances_at(run, day), Marks(run), run.chart.parties.group
    holdings = []
    for account in filter(is_in_tokens, run.opens):
        entity, cost_account = entity_of(account), paid_for(account)
        counted = marks.counted_usd if entity in group else marks.usd
        cost_usd = ZERO + balances[cost_account, MONEY] if cost_account in run.opens else None
        for token in run.opens[account].commodities:
            held = {token: balances[account, token]}
            own = (balances[a, token] for a in run.opens if entity_of(a) == entity)
            unbalanced = sum(own, Decimal())
            worth = (ZERO + of(held, day) for of in (marks.usd, counted))
            holdings.append(TokenHolding(account, token, held[token], unbalanced, cost_usd, *worth))
    return tuple(holdings)


# --------------------------------------------------------------------------- the tables


def _entities_table(found: Solvency) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            sheet.entity,
            *(sheet.usd(side) for side in SIDES),
            sheet.difference_usd,
            sheet.unbooked_usd,
            sheet.net_at_mark_usd,
        )
        for sheet in (*found.sheets.values(), found.consolidated)
    ]
    return Table(
        "entities",
        f"Balance sheets at the end of {found.day}, one line for each entity and one for the group",
        (
            "entity",
            *(f"{side}_usd" for side in SIDES),
            "difference_usd",
            "unbooked_usd",
            "net_at_mark_usd",
        ),
        rows,
        (
            "Debts, capital and gains are positive here, as in a balance sheet; in the ledger "
            "they are negative. The result is inception to date. The difference is assets less "
            "liabilities, equity and result, and must be 0.00 on every line.",
            "Assets are carried at cost. 'Unbooked' is the value at mark of tokens and of claims "
            "in kind, less the cost of the tokens and less debts in kind. The group's own tokens "
            "count as zero inside the group. 'Net at mark' is net worth at mark. In the maker's "
            "debt to the exchange, dollars are at face value, and coins are at mark. The "
            "consolidated line leaves this debt out.",
        ),
    )


def _group_table(found: Solvency) -> Table:
    rows: list[tuple[Cell, ...]] = []
    totals = []
    for side in Side:
        of_side = [line for line in found.group_lines if line.side == side]
        totals.append(
            [
                sum(column)
                for column in zip([ZERO] * 5, *(line.usd for line in of_side), strict=True)
            ]
        )
        rows += [(side, line.line, *line.usd) for line in of_side]
        rows.append((side, f"all {side}", *totals[-1]))
    differences = [assets - sum(others) for assets, *others in zip(*totals, strict=True)]
    rows.append((None, MUST_BE_ZERO, *differences))
    return Table(
        "group",
        f"{' and '.join(found.group)}, consolidated, at the end of {found.day}",
        (
            "side",
            "line",
            *(f"{e}_usd" for e in found.group),
            "struck_out_usd",
            "group_usd",
            "at_mark_usd",
        ),
        rows,
        (
            "The group's column leaves out debts between the two entities. So the drawn credit "
            "line is an asset of the exchange, but not of the group. Each line is the sum of all "
            "accounts of one kind.",
        ),
    )


def _tokens_table(found: Solvency) -> Table:
    return Table.of(
        "tokens",
        f"Tokens at cost and at mark, at the end of {found.day}",
        ("account", "token", "units", "unbalanced_units", "cost_usd", "at_mark_usd", "counted_usd"),
        found.holdings,
        (
            "Cost is the purchase price less the proceeds of sales, so it is negative if proceeds "
            "are larger. Tokens held in kind or in a pool have no cost of their own; tokens owed "
            "in kind are negative. 'Counted' is the value at mark, or zero for the group's own "
            "tokens inside the group. 'Unbalanced units' is the sum of the token's units in all "
            "accounts of the entity, and must be 0.",
        ),
    )


def _sheets_table(found: Solvency) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for sheet in found.sheets.values():
        lines = list(sheet.lines)
        if sheet.unbooked_usd:
            lines.append(SheetLine(Side.EQUITY, UNBOOKED, ZERO, sheet.unbooked_usd))
        rows += ((sheet.entity, n.side, n.account, n.usd, n.at_mark_usd) for n in in_order(lines))
        at_mark_usd = sum(n.at_mark_usd if n.side == Side.ASSETS else -n.at_mark_usd for n in lines)
        rows.append((sheet.entity, None, MUST_BE_ZERO, sheet.difference_usd, at_mark_usd))
    return Table(
        "balance-sheets",
        f"Balance sheets at the end of {found.day}, line by line",
        ("entity", "side", "account", "usd", "at_mark_usd"),
        rows,
        (
            "Accounts at zero are left out. Contracts are left out too, because they were settled "
            "at the day's close and have no price. Result is inception to date; a gain is "
            "positive.",
        ),
    )
