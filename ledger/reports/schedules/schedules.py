"""All schedules of one run, computed for the end of one day.

A schedule is a table that a trustee in bankruptcy files with the court.
"""

from dataclasses import dataclass
from datetime import date

from ledger.money import dollars
from ledger.parties import Parties
from ledger.reports.days import calendar
from ledger.reports.dollars import spoken
from ledger.reports.schedules.below_value import below_value_table
from ledger.reports.schedules.payments_before import PaidBefore, payments_before, payments_table
from ledger.reports.schedules.preferences import Preferred, preferences, preferences_table
from ledger.reports.schedules.related_balances import (
    RelatedBalance,
    related_balances,
    related_table,
)
from ledger.reports.schedules.solvency_tests import (
    SolvencyTests,
    failed_table,
    solvency_tests,
    tests_table,
)
from ledger.reports.table import Table
from ledger.run_folder import RunFolder, RunFolderError


@dataclass(frozen=True, slots=True)
class Schedules:
    """All schedules of a run, with `end` as their last day."""

    end: date
    parties: Parties
    payments: list[PaidBefore]
    related: list[RelatedBalance]
    tests: list[SolvencyTests]
    preferred: list[Preferred]

    def answer(self) -> str:
        """State the payments to insiders in the last year, and the preferences in the last week."""
        year = sum(paid.year_cents for paid in self.payments if paid.status.is_insider)
        week = sum(each.preference_cents for each in self.preferred)
        return (
            f"In the year until {self.end} insiders were paid {spoken(dollars(year))}, "
            "including payments within the group. Preferences to creditors in the last week are "
            f"{spoken(dollars(week))}."
        )

    def tables(self) -> list[Table]:
        """Return the tables of all schedules."""
        parties = self.parties
        return [
            failed_table(self.tests),
            tests_table(self.tests),
            related_table(self.related, parties.house, parties.maker),
            preferences_table(self.preferred, self.end),
            payments_table(self.payments, self.end),
            below_value_table(self.payments),
        ]


def schedules(run: RunFolder, end: date | None = None) -> Schedules:
    """Compute all schedules of a run.

    Args:
        run: the run whose books are read.
        end: the last day of the schedules. None: the last day of the books.

    Raises:
        RunFolderError: the books do not have this day.
    """
    days = calendar(run)
    until = end or days[-1]
    if not days[0] <= until <= days[-1]:
        raise RunFolderError(f"no {until} in {run.path}; give a day from {days[0]} to {days[-1]}")
    return Schedules(
        until,
        run.chart.parties,
        payments_before(run, until),
        related_balances(run, until),
        solvency_tests(run, until),
        preferences(run, until),
    )
