"""Solvency on a date: every entity's balance sheet, each alone, and the house group's as one.

The ledger books at cost, so the sheets are at cost as well, and each balances to the cent without
anybody else's. Beside them stands what tokens are marked at; the difference is a gain that nobody
booked. Tokens held in kind cost whoever holds them nothing and are owed as they are: at cost they
are zero on both sides, at mark the same on both. What others owe stands at its face: that the
exchange's largest debtor is its own maker shows only where the two are consolidated, and what they
owe each other is struck out.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ledger.reports.days import calendar
from ledger.reports.dollars import ZERO
from ledger.reports.life.paper_wealth import TOKENS, Marks
from ledger.reports.table import Cell, Table
from ledger.run_folder import RunFolder, RunFolderError
from ledger.transaction import MONEY, entity_of, is_contract, kind_of

Balances = Mapping[tuple[str, str], Decimal]  # by (account, commodity)

ASSETS, LIABILITIES, EQUITY, RESULT = "assets", "liabilities", "equity", "result"
SIDES = (ASSETS, LIABILITIES, EQUITY, RESULT)
SIDE_OF_ROOT = {
    "Assets": ASSETS,
    "Liabilities": LIABILITIES,
    "Equity": EQUITY,
    "Income": RESULT,
    "Expenses": RESULT,
}
WITHIN = " within the group"
UNBOOKED = "tokens at mark, above cost"
MUST_BE_ZERO = "difference (must be 0.00)"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a balance sheet: above zero where it adds to its side."""

    side: str
    account: str
    usd: Decimal  # as booked
    at_mark_usd: Decimal


@dataclass(frozen=True, slots=True)
class Sheet:
    """The balance sheet of one entity at the end of a day."""

    entity: str
    lines: tuple[Line, ...]

    def usd(self, side: str) -> Decimal:
        """Sum up one side as booked."""
        return sum((line.usd for line in self.lines if line.side == side), ZERO)

    @property
    def difference_usd(self) -> Decimal:
        """Return what assets exceed all claims on them by: zero, or the books are broken."""
        return self.usd(ASSETS) - self.usd(LIABILITIES) - self.usd(EQUITY) - self.usd(RESULT)

    @property
    def net_at_mark_usd(self) -> Decimal:
        """Return what is left at mark of the assets once all debts are paid."""
        return self._at_mark_usd(ASSETS) - self._at_mark_usd(LIABILITIES)

    @property
    def unbooked_usd(self) -> Decimal:
        """Return what that exceeds the same at cost by."""
        return self.net_at_mark_usd - (self.usd(ASSETS) - self.usd(LIABILITIES))

    def _at_mark_usd(self, side: str) -> Decimal:
        return sum((line.at_mark_usd for line in self.lines if line.side == side), ZERO)


def solvency(run: RunFolder, day: date) -> list[Table]:
    """Return at the end of *day* all entities side by side, the group as one, tokens, and sheets.

    Raises:
        RunFolderError: the run has no such day.
    """
    days = calendar(run)
    if not days[0] <= day <= days[-1]:
        raise RunFolderError(f"no {day} in {run.path}; give a day from {days[0]} to {days[-1]}")
    found = sheets(run, day)
    return [
        _entities_table(run, found, day),
        _group_table(run, found, day),
        _tokens_table(run, day),
        _sheets_table(found, day),
    ]


def sheets(run: RunFolder, day: date) -> dict[str, Sheet]:
    """Draw up the balance sheet of everybody who keeps books, in their order."""
    balances, marks = _balances(run, day), Marks(run)
    lines: dict[str, list[Line]] = defaultdict(list)
    for account in run.opens:
        entity, side = entity_of(account), SIDE_OF_ROOT[account.partition(":")[0]]
        sign = 1 if side == ASSETS else -1
        if _is_in_tokens(account):
            counted = marks.counted_usd if entity in run.chart.parties.group else marks.usd
            held = {token: balances[account, token] for token in run.opens[account].currencies}
            cost_usd = ZERO + max(balances[_paid_for(account), MONEY], ZERO)
            lines[entity].append(Line(side, account, cost_usd, ZERO + sign * counted(held, day)))
        elif not is_contract(account):
            usd = ZERO + sign * balances[account, MONEY]
            if side == EQUITY and kind_of(account) == TOKENS:
                usd = max(usd, ZERO)  # what was paid is an asset, and stands with the tokens
            lines[entity].append(Line(side, account, usd, usd))
    return {entity: Sheet(entity, _in_order(found)) for entity, found in lines.items()}


def consolidated(run: RunFolder, found: Mapping[str, Sheet]) -> Sheet:
    """Draw up the sheet of the house group as one: what its two owe each other is nobody's."""
    group = run.chart.parties.group
    lines = (line for entity in group for line in found[entity].lines)
    outward = [line for line in lines if not _is_within(run, line)]
    return Sheet(f"{' and '.join(group)}, consolidated", _in_order(outward))


def _balances(run: RunFolder, day: date) -> Balances:
    """Return what stands on each account at the end of a day, zero where nothing was posted."""
    balances: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for entry in run.transactions:
        if entry.date <= day:
            for posting in entry.postings:
                balances[posting.account, posting.units.currency] += posting.units.number
    return balances


def _in_order(lines: Sequence[Line]) -> tuple[Line, ...]:
    moved = (line for line in lines if line.usd or line.at_mark_usd)
    return tuple(sorted(moved, key=lambda line: SIDES.index(line.side)))


def _is_within(run: RunFolder, line: Line) -> bool:
    return run.opens[line.account].meta.get("hole") == "group"


def _is_in_tokens(account: str) -> bool:
    """Tell whether an account holds tokens or owes them in kind."""
    return kind_of(account) == TOKENS and not account.startswith("Equity:")


def _paid_for(account: str) -> str:
    """Name the account in which tokens meet what was paid for them; in kind there is none."""
    return f"Equity:{account.partition(':')[2]}"


# --------------------------------------------------------------------------- the tables


def _entities_table(run: RunFolder, found: Mapping[str, Sheet], day: date) -> Table:
    rows = [
        (
            sheet.entity,
            *(sheet.usd(side) for side in SIDES),
            sheet.difference_usd,
            sheet.unbooked_usd,
            sheet.net_at_mark_usd,
        )
        for sheet in (*found.values(), consolidated(run, found))
    ]
    return Table(
        "entities",
        f"Balance sheets at the end of {day}, everybody's in one line",
        (
            "entity",
            *(f"{side}_usd" for side in SIDES),
            "difference_usd",
            "unbooked_usd",
            "net_at_mark_usd",
        ),
        rows,
        (
            "Here debts, capital and gains are above zero, as an accountant writes them; in the "
            "ledger they are below. Result is to date. Difference is assets less the three others, "
            "and must be 0.00 on every line.",
            "Assets are at cost. Unbooked is what tokens are marked at above that, the group's own "
            "at zero inside the group, and less what is owed in kind; net is what is left at mark "
            "once all debts are paid. A debt of the maker to the exchange stands at its face until "
            "the two are consolidated.",
        ),
    )


def _group_table(run: RunFolder, found: Mapping[str, Sheet], day: date) -> Table:
    """Set exchange and maker beside each other, strike out what they owe each other, and add."""
    group, whole = run.chart.parties.group, consolidated(run, found)
    amounts: dict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [ZERO] * 5)
    for i, entity in enumerate(group):
        for line in found[entity].lines:
            within = _is_within(run, line)
            row = amounts[line.side, kind_of(line.account) + (WITHIN if within else "")]
            row[i] += line.usd
            if within:
                row[2] -= line.usd
            else:
                row[3] += line.usd
                row[4] += line.at_mark_usd
    if whole.unbooked_usd:
        amounts[EQUITY, UNBOOKED][4] = whole.unbooked_usd
    rows: list[tuple[Cell, ...]] = []
    totals = []
    for side in SIDES:
        of_side = {line: row for (of, line), row in amounts.items() if of == side}
        totals.append([sum(column) for column in zip([ZERO] * 5, *of_side.values(), strict=True)])
        rows += [(side, line, *row) for line, row in of_side.items()]
        rows.append((side, f"all {side}", *totals[-1]))
    differences = [assets - sum(others) for assets, *others in zip(*totals, strict=True)]
    rows.append((None, MUST_BE_ZERO, *differences))
    return Table(
        "group",
        f"{' and '.join(group)} as one, at the end of {day}",
        (
            "side",
            "line",
            *(f"{e}_usd" for e in group),
            "struck_out_usd",
            "group_usd",
            "at_mark_usd",
        ),
        rows,
        (
            "What one owes the other is struck out of both, so the credit line that the exchange "
            "counts on is not there for the group's creditors. Lines are summed by kind.",
        ),
    )


def _tokens_table(run: RunFolder, day: date) -> Table:
    """Set what tokens are marked at beside what was paid for them, whoever holds or owes them."""
    balances, marks, group = _balances(run, day), Marks(run), run.chart.parties.group
    rows: list[tuple[Cell, ...]] = []
    for account in filter(_is_in_tokens, run.opens):
        entity, paid_for = entity_of(account), _paid_for(account)
        counted = marks.counted_usd if entity in group else marks.usd
        cost_usd = ZERO + balances[paid_for, MONEY] if paid_for in run.opens else None
        for token in run.opens[account].currencies:
            held = {token: balances[account, token]}
            unbalanced = sum(balances[a, token] for a in run.opens if entity_of(a) == entity)
            worth = (ZERO + of(held, day) for of in (marks.usd, counted))
            rows.append((account, token, held[token], unbalanced, cost_usd, *worth))
    return Table(
        "tokens",
        f"Tokens at cost and at mark, at the end of {day}",
        ("account", "token", "units", "unbalanced_units", "cost_usd", "at_mark_usd", "counted_usd"),
        rows,
        (
            "Cost is what was paid, less what was received for those handed on: below zero, more "
            "came in. Held in kind or in a pool, tokens have no cost of their own; owed in kind, "
            "they are below zero. Counted is the mark, but zero for the group's own tokens inside "
            "the group. Unbalanced units, of each token of an entity, must be 0.",
        ),
    )


def _sheets_table(found: Mapping[str, Sheet], day: date) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for sheet in found.values():
        lines = list(sheet.lines)
        if sheet.unbooked_usd:
            lines.append(Line(EQUITY, UNBOOKED, ZERO, sheet.unbooked_usd))
        rows += ((sheet.entity, n.side, n.account, n.usd, n.at_mark_usd) for n in _in_order(lines))
        at_mark_usd = sum(n.at_mark_usd if n.side == ASSETS else -n.at_mark_usd for n in lines)
        rows.append((sheet.entity, None, MUST_BE_ZERO, sheet.difference_usd, at_mark_usd))
    return Table(
        "balance-sheets",
        f"Balance sheets at the end of {day}, line by line",
        ("entity", "side", "account", "usd", "at_mark_usd"),
        rows,
        (
            "Accounts at zero are left out, and contracts: they were settled at the day's close "
            "and carry no price. Result is to date, a gain above zero.",
        ),
    )
