"""Preferences in the last week: payments to creditors, less later new value from them.

A payment shortly before the end can favour its recipient over other creditors. By law such a
payment is a *preference*, and a trustee may recover it. But a creditor may keep as much as the new
value that the creditor gave after the payment.

Source: 11 USC 547(b) and (c)(4).
"""

from dataclasses import dataclass
from datetime import date, timedelta

from ledger.kinds import LIABILITIES
from ledger.money import dollars
from ledger.reports.dollars import percent
from ledger.reports.schedules.status import Status, statuses
from ledger.reports.table import Cell, Table
from ledger.reports.tracing.group_cash import Reason, cash_passed
from ledger.run_folder import RunFolder
from ledger.transaction import MONEY

WEEK = timedelta(days=7)


@dataclass(slots=True)
class Preferred:
    """The group's payments to one creditor in the last week, for debts of one kind."""

    creditor: str
    status: Status
    kind: str
    paid_cents: int = 0
    new_cents: int = 0  # new value: the creditor's payments to the group in the last week
    preference_cents: int = 0  # payments to the creditor, less later new value, at least 0
    owed_cents: int = 0  # the group's debt to the creditor at the end

    def pay(self, cents: int) -> None:
        """Add a payment by the group to the creditor."""
        self.paid_cents += cents
        self.preference_cents += cents

    def bring(self, cents: int) -> None:
        """Add new value from the creditor, which offsets earlier payments."""
        self.new_cents += cents
        self.preference_cents = max(self.preference_cents - cents, 0)


def preferences(run: RunFolder, end: date) -> list[Preferred]:
    """Return the payments to creditors in the week up to *end*, the largest preference first."""
    known = statuses(run)
    found: dict[tuple[str, str], Preferred] = {}
    for each in cash_passed(run):
        if not end - WEEK < each.day <= end:
            continue
        for side in (each.giver, each.taker):
            if isinstance(side, Reason) and side.root == LIABILITIES:
                key = (side.party, side.kind)
                status = known.get(side.party, Status.OTHER)
                creditor = found.setdefault(key, Preferred(side.party, status, side.kind))
                (creditor.bring if side is each.giver else creditor.pay)(each.cents)
    for party, kind, cents in _owed(run, end):
        if (party, kind) in found:
            found[party, kind].owed_cents = cents
    paid = (each for each in found.values() if each.paid_cents)
    return sorted(paid, key=lambda each: (-each.preference_cents, each.creditor))


def _owed(run: RunFolder, end: date) -> list[tuple[str, str, int]]:
    """Return the group's debts in dollars at the end of a day, by creditor and kind of debt."""
    return run.select(
        "SELECT counterparty, kind, -sum(units)::BIGINT FROM postings WHERE commodity = ? "
        "AND root = ? AND entity IN (SELECT unnest(?)) AND date <= ? GROUP BY ALL",
        [MONEY, LIABILITIES, list(run.chart.parties.group), end],
    )


def preferences_table(preferred: list[Preferred], end: date) -> Table:
    """Return a table of the creditors and their preferences."""
    rows: list[tuple[Cell, ...]] = [
        (
            each.creditor,
            each.status,
            each.kind,
            dollars(each.paid_cents),
            dollars(each.new_cents),
            dollars(each.preference_cents),
            dollars(each.owed_cents),
            percent(
                dollars(each.preference_cents),
                dollars(each.preference_cents + max(each.owed_cents, 0)),
            ),
        )
        for each in preferred
    ]
    columns = ("paid_usd", "new_value_usd", "preference_usd", "still_owed_usd", "recovered_pct")
    return Table(
        "preferences",
        f"Creditors that were paid in the week until {end}, including this day",
        ("creditor", "status", "kind", *columns),
        rows,
        (
            "New value is the creditor's payments to the group in the same week. A preference is "
            "the payments to the creditor, less the new value that the creditor gave after these "
            "payments, and at least zero. 'Recovered' is the preference as a percentage of the "
            "preference plus the debt still owed to the creditor.",
        ),
    )
