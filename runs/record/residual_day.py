"""The residual on a recorded day: the maker's debts less its assets, less its uses until then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ledger.kinds import Kind
from ledger.reports.dollars import ZERO
from runs.record.carried import MakerSheet
from runs.record.facts import Fact, Range

NET, SOURCE, ASSET, USE = "net-debt", "source-", "asset-", "use-"
STAKES = f"{USE}ventures"


@dataclass(frozen=True, slots=True)
class ResidualDay:
    """The maker's balance sheet at the end of a day, on record and in the run."""

    day: date
    facts: tuple[Fact, ...]
    sheet: MakerSheet | None  # None: the run lacks the day

    @property
    def why_not(self) -> str | None:
        """Return why the record is not enough for a residual, or None if it is enough."""
        return next((fact.unsaid for fact in self.facts if fact.unsaid), None)

    @property
    def net_debt(self) -> Range[Decimal]:
        """Return recorded debts minus assets: the recorded difference, or else the sum of lines."""
        whole = (fact.amounts for fact in self.facts if fact.key == NET)
        lines = minus(self._sum(SOURCE), self._sum(ASSET))
        return next(whole, None) or lines

    @property
    def uses(self) -> Range[Decimal]:
        """Return the sum of the recorded uses of money until the day."""
        return self._sum(USE)

    @property
    def unexplained(self) -> Range[Decimal]:
        """Return the recorded residual."""
        return minus(self.net_debt, self.uses)

    @property
    def run_net_debt_usd(self) -> Decimal | None:
        """Return the run's debts minus assets.

        Stakes count as assets only if the day's record does not list them as a use of money.
        """
        if self.sheet is None:
            return None
        return self.sheet.unexplained_usd + self._run_uses_usd(self.sheet)

    @property
    def run_uses_usd(self) -> Decimal | None:
        """Return the run's uses of money.

        Stakes count as uses only if the day's record lists them as a use.
        """
        return None if self.sheet is None else self._run_uses_usd(self.sheet)

    def _run_uses_usd(self, sheet: MakerSheet) -> Decimal:
        has_stakes = any(fact.key == STAKES for fact in self.facts)
        return sheet.all_uses_usd - (ZERO if has_stakes else sheet.stakes_usd)

    def _sum(self, side: str) -> Range[Decimal]:
        found = [f.amounts for f in self.facts if f.key.startswith(side) and f.amounts]
        low, high = (each.low for each in found), (each.high for each in found)
        return Range(sum(low, ZERO), sum(high, ZERO))


@dataclass(frozen=True, slots=True)
class Vanished:
    """The change of the residual between two recorded days, and the run's losses in this time."""

    since: date | None  # None: the period begins before all records
    until: date
    recorded: Range[Decimal]
    middle_usd: Decimal  # the change of the middle of the recorded range
    lost_usd: Mapping[str, Decimal] | None  # by mechanism or kind; None: the run lacks a day
    stale_usd: Decimal | None  # the loss on stale quotes alone
    takeovers_usd: Decimal | None  # payments for takeovers, which are a use of money

    @property
    def all_lost_usd(self) -> Decimal | None:
        """Return the sum of the run's losses of all kinds that are not uses."""
        return None if self.lost_usd is None else sum(self.lost_usd.values(), ZERO)


def vanished(days: Sequence[ResidualDay]) -> list[Vanished]:
    """Return the change of the residual from each of *days* to the next.

    The first change is from zero to the residual of the first day.
    """
    befores: list[ResidualDay | None] = [None, *days][:-1]
    return [_vanished(before, day) for before, day in zip(befores, days, strict=True)]


def minus(one: Range[Decimal], other: Range[Decimal]) -> Range[Decimal]:
    """Return the range of *one* minus *other*."""
    return Range(one.low - other.high, one.high - other.low)


def middle(of: Range[Decimal]) -> Decimal:
    """Return the middle of a range."""
    return (of.low + of.high) / 2


def _vanished(before: ResidualDay | None, day: ResidualDay) -> Vanished:
    since = before.day if before else None
    rise = minus(minus(day.net_debt, before.net_debt), _paid(before, day)) if before else None
    return Vanished(
        since,
        day.day,
        rise or day.unexplained,
        middle(day.unexplained) - (middle(before.unexplained) if before else ZERO),
        *_lost(before, day),
    )


def _paid(before: ResidualDay, day: ResidualDay) -> Range[Decimal]:
    """Return the range of the money used between two days. Its low end is at least zero.

    If a use has the same range on both days, and the low end is above zero, the payments for it
    between the days count as zero.
    """
    earlier = {fact.key: fact.amounts for fact in before.facts}
    low = high = ZERO
    for fact in day.facts:
        now, then = fact.amounts, earlier.get(fact.key) or Range(ZERO, ZERO)
        if fact.key.startswith(USE) and now and not (now == then and now.low > 0):
            low += max(ZERO, now.low - then.high)
            high += now.high - then.low
    return Range(low, high)


def _lost(
    before: ResidualDay | None, day: ResidualDay
) -> tuple[dict[str, Decimal] | None, Decimal | None, Decimal | None]:
    """Return the run's losses by kind, its loss on stale quotes, and its payments for takeovers.

    All are for the time between the two days. All are None if the run lacks one of the days.
    """
    now, then = day.sheet, before.sheet if before else None
    if now is None or (before and then is None):
        return None, None, None
    earlier = then.lost_usd if then else {}
    return (
        {carrier: usd - earlier.get(carrier, ZERO) for carrier, usd in now.lost_usd.items()},
        now.stale_usd - (then.stale_usd if then else ZERO),
        now.used_usd((Kind.TAKEOVERS,)) - (then.used_usd((Kind.TAKEOVERS,)) if then else ZERO),
    )
