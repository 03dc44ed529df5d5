"""Milestones of a run, such as customers' money in use, insolvency, unpaid debts and the halt."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from itertools import takewhile

from ledger.notes import UnpaidInterest, UnpaidRecall, UnpaidUse
from ledger.reports.dollars import ZERO
from ledger.reports.life.cash_coverage import unpaid_requests
from ledger.reports.life.standing import Standing
from ledger.reports.life.waiting import HALTED, withdrawals
from ledger.run_folder import RunFolder


class Milestone(Enum):
    """A milestone of the group. In its wording, {house} stands for the exchange's name."""

    CREDIT_DRAWN = "the maker draws on its credit line"
    CUSTOMERS_MONEY = "customers' money in use: claims exceed cash of {house}"
    HOLE = "claims exceed the group's liquid assets"
    HOLE_AFTER_LOANS = "claims and loans exceed liquid assets"
    INSOLVENT = "insolvent: claims and loans exceed all assets at mark"
    NOT_PAID = "a use of money is not paid"
    LENDER_NOT_PAID = "a recalled loan or interest is not paid"
    WAIT = "a withdrawal has to wait"
    HALT = "withdrawals are halted"

    def told(self, house: str) -> str:
        """Return the wording with the name of the exchange."""
        return self.value.format(house=house)


# The figures of the milestones that depend only on balances. Such a milestone is reached on a day
# if its figure is above zero at the end of the day.
LINES: Mapping[Milestone, Callable[[Standing], Decimal]] = {
    Milestone.CREDIT_DRAWN: lambda at: at.credit_drawn_usd,
    Milestone.CUSTOMERS_MONEY: lambda at: at.hole_of_exchange_usd,
    Milestone.HOLE: lambda at: at.hole_usd,
    Milestone.HOLE_AFTER_LOANS: lambda at: at.hole_after_loans_usd,
    Milestone.INSOLVENT: lambda at: -at.net_at_mark_usd,
}


@dataclass(frozen=True, slots=True)
class First:
    """A milestone's first day, and the number of days on which the milestone was reached.

    If the milestone was never reached, the first day is None.
    """

    what: str  # the milestone's wording
    day: date | None
    usd: Decimal | None  # the milestone's amount on the first day
    days: int  # the number of days on which the milestone was reached
    continuous_since: date | None  # from this day on it is reached on every day


def key_dates(dated: Mapping[Milestone, First]) -> tuple[str, str, str]:
    """Return three sentences: on customers' money in use, insolvency, and unpaid withdrawals."""
    return (
        _since(dated[Milestone.CUSTOMERS_MONEY], "Customers' money was in use"),
        _since(
            dated[Milestone.INSOLVENT],
            "The group was insolvent (tokens at market prices, stakes at cost)",
        ),
        _paid_out(dated),
    )


def _since(first: First, said: str) -> str:
    if first.day is None:
        return f"{said} on no day."
    days = f"{said} on {first.days} day{'' if first.days == 1 else 's'}: first on {first.day}"
    if first.continuous_since == first.day:
        return f"{days} and on every day after it."
    if first.continuous_since:
        return f"{days}, and on every day from {first.continuous_since}."
    return f"{days}."


def _paid_out(dated: Mapping[Milestone, First]) -> str:
    halt, wait = dated[Milestone.HALT].day, dated[Milestone.WAIT].day
    if halt:
        return f"Withdrawals had to wait from {wait} and were halted on {halt}."
    if wait:
        return f"Withdrawals had to wait for the first time on {wait}; they were never halted."
    return "Every withdrawal was paid at once."


def firsts(run: RunFolder, days: Sequence[Standing]) -> dict[Milestone, First]:
    """Return the first day and the number of days of each milestone, in the order of `Milestone`.

    Args:
        run: the run whose books are read.
        days: the group's debts, assets and hole at the end of each day.
    """
    house, status = run.chart.parties.house, withdrawals(run, (at.day for at in days))
    uses, debts = _by_day(_unpaid_uses(run)), _by_day(_unpaid_debts(run))
    asked = _by_day(unpaid_requests(run))
    beyond: dict[Milestone, Callable[[Standing], Decimal]] = {
        **LINES,
        Milestone.NOT_PAID: lambda at: uses[at.day],
        Milestone.LENDER_NOT_PAID: lambda at: debts[at.day],
        Milestone.WAIT: lambda at: max(asked[at.day], at.queue_usd),
        Milestone.HALT: lambda at: at.claims_usd if status[at.day] == HALTED else ZERO,
    }
    return {each: _first(each.told(house), usd, days) for each, usd in beyond.items()}


def _first(what: str, usd: Callable[[Standing], Decimal], days: Sequence[Standing]) -> First:
    beyond = [at for at in days if usd(at) > 0]
    if not beyond:
        return First(what, None, None, 0, None)
    lasting = list(takewhile(lambda at: usd(at) > 0, reversed(days)))
    since = lasting[-1].day if lasting else None
    return First(what, beyond[0].day, usd(beyond[0]), len(beyond), since)


def _unpaid_uses(run: RunFolder) -> list[tuple[date, Decimal]]:
    """Return the day and the amount of each use of money that was not paid."""
    return [(day, note.usd) for day, note in run.dated_notes(UnpaidUse)]


def _unpaid_debts(run: RunFolder) -> list[tuple[date, Decimal]]:
    """Return the day and the amount of lenders' unpaid recalls and unpaid interest."""
    recalls = [(day, note.usd) for day, note in run.dated_notes(UnpaidRecall)]
    return recalls + [(day, note.usd) for day, note in run.dated_notes(UnpaidInterest)]


def _by_day(amounts: Iterable[tuple[date, Decimal]]) -> defaultdict[date, Decimal]:
    by_day: defaultdict[date, Decimal] = defaultdict(lambda: ZERO)
    for day, usd in amounts:
        by_day[day] += usd
    return by_day
