"""Tracing: for which uses each source's cash was paid, under each tracing rule."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ledger.kinds import Kind
from ledger.money import dollars
from ledger.reports.dollars import ZERO, spoken
from ledger.reports.table import Cell, Table
from ledger.reports.tracing.cash_moves import CashMove, by_day
from ledger.reports.tracing.follow import follow
from ledger.reports.tracing.group_cash import cash_passed
from ledger.reports.tracing.rules import TracingRule
from ledger.reports.tracing.sources import ALL_CUSTOMERS, AS_ONE, GROUP, Fate, Question, fates
from ledger.reports.tracing.traced import Traced
from ledger.run_folder import RunFolder

# What the group paid for, by kind of use. A kind whose name needs no explanation is left out.
MEANINGS: Mapping[str, str] = {
    Kind.CUSTOMERS: "withdrawals",
    Kind.LOANS: "repaid to lenders",
    Kind.CLAIMS: "sent to other venues",
    Kind.PORTFOLIO: "coins bought",
    Kind.TOKENS: "tokens bought",
    Kind.VENTURES: "shares of companies",
    Kind.ACQUISITIONS: "whole companies",
    Kind.TAKEOVERS: "failed liquidations",
    Kind.INCIDENTS: "thefts and accidents",
    Kind.LENDING: "loans never repaid",
    Kind.SETTLEMENTS: "payments in disputes",
    Kind.BUYBACK: "own shares bought",
    Kind.PROPERTY: "houses and land",
    Kind.SPONSORSHIP: "advertising",
    Kind.POLITICS: "gifts to politicians",
    Kind.CHARITY: "gifts to charities",
    Kind.INSIDERS: "paid to insiders",
    Kind.GRANTS: "gifts to projects",
    Kind.OPERATIONS: "operating costs",
    Kind.INTEREST: "paid to lenders",
}


@dataclass(frozen=True, slots=True)
class Trace:
    """The uses of each source's money and the money that is left, under each rule."""

    question: Question
    followed: frozenset[str]  # the names of the followed sources
    accounts: tuple[str, ...]
    moves: tuple[CashMove, ...]
    fates: Mapping[str, Fate]  # for each use, what happened to the money paid for it
    by_rule: Mapping[TracingRule, Traced]

    @property
    def brought(self) -> list[CashMove]:
        """Return the receipts of cash from the followed sources."""
        return [move for move in self.moves if move.giver in self.followed]

    @property
    def brought_usd(self) -> Decimal:
        """Return the amount received from the followed sources."""
        return dollars(sum(move.cents for move in self.brought))

    @property
    def sources(self) -> tuple[str, ...]:
        """Return the names of all sources: first the followed sources, then the others.

        Both parts are sorted by the amount received, the largest first.
        """
        cents: dict[str, int] = {}
        for traced in self.by_rule.values():
            for source, _ in (*traced.paid, *traced.left_cents):
                cents.setdefault(source, 0)
        for move in self.moves:
            if move.giver in cents:
                cents[move.giver] += move.cents
        return tuple(sorted(cents, key=lambda name: (name not in self.followed, -cents[name])))

    @property
    def uses(self) -> tuple[str, ...]:
        """Return the names of all uses, the largest use first."""
        cents: dict[str, int] = {}
        for (_, use), paid in self.by_rule[TracingRule.FIFO].paid.items():
            cents[use] = cents.get(use, 0) + paid.cents
        for traced in self.by_rule.values():
            for _, use in traced.paid:
                cents.setdefault(use, 0)  # uses that occur only under other rules come last
        return tuple(sorted(cents, key=lambda name: (-cents[name], name)))

    def paid_usd(self, rule: TracingRule, use: str) -> Decimal:
        """Return the amount of followed money that was paid for a use."""
        traced = self.by_rule[rule]
        return sum((traced.paid_usd(source, use) for source in self.followed), ZERO)

    def left_usd(self, rule: TracingRule, account: str) -> Decimal:
        """Return the amount of followed money that is left in an account."""
        traced = self.by_rule[rule]
        return sum((traced.left_usd(source, account) for source in self.followed), ZERO)

    def fate_usd(self, rule: TracingRule, fate: Fate) -> Decimal:
        """Return the amount of followed money that was paid for uses with this fate."""
        uses = [use for use in self.uses if self.fates[use] is fate]
        return sum((self.paid_usd(rule, use) for use in uses), ZERO)

    def all_left_usd(self, rule: TracingRule) -> Decimal:
        """Return the amount of followed money that is left in all accounts."""
        return sum((self.left_usd(rule, each) for each in self.accounts), ZERO)

    def tables(self) -> list[Table]:
        """Return the tables of the tracing.

        The tables show the uses of the followed money, how far this money can be traced, the
        sources of each use under each rule, the dates of payments, and how much of the followed
        money is left at the end of each day.
        """
        matrices = (self._matrix(rule) for rule in TracingRule)
        return [self._paid(), self._fates(), *matrices, self._flows(), self._days()]

    def answer(self) -> str:
        """State what the followed sources paid in, and how this money was used under the rules."""
        days = [move.day for move in self.brought]
        back = self._range(lambda rule: self.fate_usd(rule, Fate.BACK))
        said = (
            f"{self.question.spoken} paid in {spoken(self.brought_usd)} of cash from {days[0]} "
            f"to {days[-1]}. The use of this cash depends on the rule: {back} was paid back, and "
            f"{self._range(self.all_left_usd)} is left."
        )
        others = [use for use in self.uses if self.fates[use] is not Fate.BACK]
        if others:
            most = max(others, key=lambda use: self.paid_usd(TracingRule.PRO_RATA, use))
            took = self._range(lambda rule: self.paid_usd(rule, most))
            said += f" The largest other use is {most}, with {took}."
        return said

    def _range(self, figure: Callable[[TracingRule], Decimal]) -> str:
        low, *_, high = sorted(map(figure, TracingRule))
        return spoken(low) if low == high else f"{spoken(low)} to {spoken(high)}"

    # ---------------------------------------------------------------------- the tables

    def _paid(self) -> Table:
        rows: list[tuple[Cell, ...]] = [
            (use, MEANINGS.get(use), *(self.paid_usd(rule, use) for rule in TracingRule))
            for use in self.uses
            if any(self.paid_usd(rule, use) for rule in TracingRule)
        ]
        rows += [
            ("left", f"in {account}", *(self.left_usd(rule, account) for rule in TracingRule))
            for account in self.accounts
        ]
        columns = list(zip(*rows, strict=True))[2:]
        rows.append(("all", "cash received", *(sum(column, ZERO) for column in columns)))
        return Table(
            "paid",
            f"Uses of the money of {self.question.spoken}, under each rule",
            ("use", "meaning", *_columns()),
            rows,
            (
                "Money is commingled: each rule is a convention, not a fact. Fifo: first in, first "
                "out. Lifo: last in, first out. Lowest balance: the traced money pays last, except "
                "when its source is repaid.",
                f"Only cash is traced: {self._through()}. Gains, losses and fees on an account at "
                "a venue change a claim, but move no cash.",
                "Every column sums exactly to the cash received. Cents left over go to the largest "
                "remainders.",
            ),
        )

    def _through(self) -> str:
        whole = "as one account" if self.question.per == GROUP else "account by account"
        steps = "day by day, receipts first" if self.question.is_daily else "movement by movement"
        return f"the cash of the group {whole}, {steps}"

    def _fates(self) -> Table:
        rows: list[tuple[Cell, ...]] = [
            (
                rule.plain,
                *(self.fate_usd(rule, fate) for fate in Fate),
                self.all_left_usd(rule),
            )
            for rule in TracingRule
        ]
        return Table(
            "fates",
            f"How far the money of {self.question.spoken} can be traced",
            ("rule", *(f"{fate}_usd" for fate in Fate), "left_usd"),
            rows,
            (
                f"Back: paid back to {self.question.spoken}. Held: paid for assets, even if they "
                "were sold later. Creditors: paid to other creditors of the group. Spent: paid for "
                "something that is not an asset, so this money cannot be traced further.",
            ),
        )

    def _matrix(self, rule: TracingRule) -> Table:
        traced, sources = self.by_rule[rule], self.sources
        rows: list[tuple[Cell, ...]] = [
            (use, *(traced.paid_usd(source, use) for source in sources)) for use in self.uses
        ]
        rows += [
            (
                f"left: {account}",
                *(traced.left_usd(source, account) for source in sources),
            )
            for account in self.accounts
        ]
        sums = [dollars(traced.cents_of(source)) for source in sources]
        return Table(
            rule.value,
            f"The sources of each use: {rule.plain}",
            ("use", *(f"{source}_usd" for source in sources)),
            [*rows, ("all", *sums)],
        )

    def _flows(self) -> Table:
        found = [
            (rule.value, source, use, dollars(paid.cents), paid.first, paid.last)
            for rule, traced in self.by_rule.items()
            for (source, use), paid in sorted(traced.paid.items())
        ]
        return Table(
            "flows",
            "What each source paid for each use under each rule, with the first and the last day",
            ("rule", "source", "use", "usd", "first", "last"),
            found,
            (
                "Equal sharing is computed only at the end. So its rows have the first and the "
                "last day of all payments for the use.",
            ),
        )

    def _days(self) -> Table:
        return Table(
            "days",
            f"How much of the money of {self.question.spoken} is left at the end of each day",
            ("day", "cash_usd", *_columns()[:-1]),
            list(self._left_by_day()),
            (
                "Days without a movement of cash are left out. Equal sharing is left out too, "
                "because it is computed only at the end.",
            ),
        )

    def _left_by_day(self) -> Iterator[tuple[Cell, ...]]:
        rules = [rule for rule in TracingRule if rule is not TracingRule.EQUAL_SHARING]
        left = dict.fromkeys(rules, 0)
        cash = 0
        changes = {rule: self.by_rule[rule].change_cents for rule in rules}
        for day in dict.fromkeys(move.day for move in self.moves):
            for rule in rules:
                left[rule] += sum(changes[rule].get(s, {}).get(day, 0) for s in self.followed)
            cash += sum(of.get(day, 0) for of in changes[rules[0]].values())
            yield (day, dollars(cash), *(dollars(left[rule]) for rule in rules))


def trace(run: RunFolder, question: Question = ALL_CUSTOMERS) -> Trace:
    """Trace money through the group's cash under each tracing rule.

    Args:
        run: the run whose books are read.
        question: the followed sources, and the level of detail.

    Raises:
        NoSuchSourceError: the group received no cash from the followed sources.
    """
    passed = cash_passed(run)
    followed = question.followed(passed)
    moves = tuple(question.moves(passed))
    if question.per == GROUP:
        accounts: tuple[str, ...] = (AS_ONE,)
    else:
        ends = (end for each in passed for end in (each.giver, each.taker))
        accounts = tuple(dict.fromkeys(end for end in ends if isinstance(end, str)))
    if question.is_daily:
        moves = tuple(by_day(moves, accounts))
    return Trace(
        question,
        followed,
        accounts,
        moves,
        fates(question, passed, followed),
        {rule: follow(moves, accounts, rule, followed) for rule in TracingRule},
    )


def _columns() -> tuple[str, ...]:
    return tuple(f"{rule.value.replace('-', '_')}_usd" for rule in TracingRule)
