"""Three tests of solvency for each day: balance sheet, cash flow, and adequate capital.

A trustee may recover a payment for which the payer did not receive equal value. For this, the
trustee must show that the payer failed one of the tests at the time of the payment (11 USC
548(a)(1)(B)(ii)).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ledger.notes import UnpaidInterest, UnpaidRecall, UnpaidUse
from ledger.reports.dollars import ZERO
from ledger.reports.life.standing import standings
from ledger.reports.table import Table
from ledger.run_folder import RunFolder

SETBACK = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SolvencyTests:
    """The group's figures for each test, at the end of a day."""

    day: date
    net_usd: Decimal  # net worth at mark
    unpaid_usd: Decimal  # waiting withdrawals, and payments refused on the day
    setback_usd: Decimal  # the largest fall of net worth in any 30 days so far

    @property
    def has_balance(self) -> bool:
        """Return whether assets cover debts: the balance sheet test."""
        return self.net_usd >= 0

    @property
    def pays(self) -> bool:
        """Return whether no withdrawal waits and no payment was refused: the cash flow test."""
        return not self.unpaid_usd

    @property
    def has_capital(self) -> bool:
        """Return whether net worth covers its largest fall so far: the adequate capital test."""
        return self.net_usd >= self.setback_usd


TESTS: Mapping[str, Callable[[SolvencyTests], bool]] = {
    "balance sheet": lambda at: at.has_balance,
    "cash flow": lambda at: at.pays,
    "adequate capital": lambda at: at.has_capital,
}


def solvency_tests(run: RunFolder, end: date) -> list[SolvencyTests]:
    """Return the figures of the tests at the end of each day up to *end*."""
    noted: list[tuple[date, UnpaidRecall | UnpaidInterest | UnpaidUse]] = [
        *run.dated_notes(UnpaidRecall),
        *run.dated_notes(UnpaidInterest),
        *run.dated_notes(UnpaidUse),
    ]
    refused: dict[date, Decimal] = {}
    for day, said in noted:
        refused[day] = refused.get(day, ZERO) + said.usd
    found: list[SolvencyTests] = []
    setback = ZERO
    for at in standings(run):
        month = [each.net_usd for each in found if each.day >= at.day - SETBACK]
        setback = max(setback, max(month, default=at.net_at_mark_usd) - at.net_at_mark_usd)
        unpaid = at.queue_usd + refused.get(at.day, ZERO)
        found.append(SolvencyTests(at.day, at.net_at_mark_usd, unpaid, setback))
    return [each for each in found if each.day <= end]


def tests_table(days: Sequence[SolvencyTests]) -> Table:
    """Return a table of the tests at each month's end, and on the last day."""
    ends = {(each.day.year, each.day.month): each for each in days}.values()
    rows = [
        (
            each.day,
            each.net_usd,
            each.unpaid_usd,
            each.setback_usd,
            *("pass" if passes(each) else "fail" for passes in TESTS.values()),
        )
        for each in ends
    ]
    names = (name.replace(" ", "_") for name in TESTS)
    return Table(
        "solvency-tests",
        "Three tests of solvency, at each month's end and on the last day",
        ("day", "net_worth_usd", "unpaid_usd", "largest_fall_usd", *names),
        rows,
        (
            "Net worth is assets less debts. The assets are liquid assets, tokens and coins at "
            "mark (own tokens at zero), ventures and other purchases at cost, and loans to "
            "customers. The debts are customers' claims and loans from lenders. 'Unpaid' is the "
            "queue of withdrawals, plus the payments that the group could not make to lenders and "
            "other parties on that day.",
            "Capital is adequate if net worth is at least as large as its largest fall so far "
            "within any 30 days. This limit is an assumption: courts ask which setback was "
            "foreseeable.",
        ),
    )


def failed_table(days: Sequence[SolvencyTests]) -> Table:
    """Return a table that shows when, and on how many days, each test failed."""
    rows = []
    for name, passes in TESTS.items():
        failed = [each.day for each in days if not passes(each)]
        last_pass = max((each.day for each in days if passes(each)), default=None)
        for_good = [day for day in failed if last_pass is None or day > last_pass]
        rows.append(
            (name, *(min(which, default=None) for which in (failed, for_good)), len(failed))
        )
    return Table(
        "failed",
        "The days on which the group failed each test of solvency",
        ("test", "first_failed_on", "failed_every_day_since", "days_failed"),
        rows,
        (
            "'Failed every day since' has a date if the test failed on every day from this date "
            "to the end. If 'first failed on' is blank, the test never failed.",
        ),
    )
