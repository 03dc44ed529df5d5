"""The group's payments in the 90 days and in the year up to a given day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from ledger.money import dollars
from ledger.reports.schedules.status import Status, statuses
from ledger.reports.table import Cell, Table
from ledger.reports.tracing.group_cash import Reason, cash_passed
from ledger.run_folder import RunFolder
from ledger.transaction import entity_of

NEAR, YEAR = timedelta(days=90), timedelta(days=365)


class ListedPayment(NamedTuple):
    """One payment by a member of the group in the year up to the end date."""

    seq: int
    day: date
    payer: str
    recipient: str
    kind: str
    cents: int


@dataclass(slots=True)
class PaidBefore:
    """The payments of one kind that one member of the group made to one recipient."""

    payer: str
    recipient: str
    status: Status
    kind: str
    first: date
    last: date
    near_cents: int = 0  # the payments of the last 90 days
    year_cents: int = 0  # payments of the last year, which includes these 90 days

    def add(self, each: ListedPayment, end: date) -> None:
        """Add a payment that was made in the year up to *end*."""
        self.last = each.day
        self.year_cents += each.cents
        if each.day > end - NEAR:
            self.near_cents += each.cents


def payments_of_year(run: RunFolder, end: date) -> Iterator[ListedPayment]:
    """Yield the group's payments in the year until *end*, including those between its members."""
    for each in cash_passed(run):
        if not (isinstance(each.giver, str) and end - YEAR < each.day <= end):
            continue
        payer = entity_of(each.giver)
        if isinstance(each.taker, Reason):
            recipient, kind = each.taker.party, each.taker.kind
        else:
            recipient, kind = entity_of(each.taker), "within the group"
            if recipient == payer:
                continue
        yield ListedPayment(each.seq, each.day, payer, recipient, kind, each.cents)


def payments_before(run: RunFolder, end: date) -> list[PaidBefore]:
    """Return the payments in the year until *end*, summed by payer, recipient and kind.

    The sums paid to insiders come before all other sums. Both parts are sorted by amount, the
    largest first.

    Args:
        run: the run whose books are read.
        end: the end date, which is included.
    """
    known = statuses(run)
    found: dict[tuple[str, str, str], PaidBefore] = {}
    for each in payments_of_year(run, end):
        key = (each.payer, each.recipient, each.kind)
        if key not in found:
            status = known.get(each.recipient, Status.OTHER)
            found[key] = PaidBefore(*key[:2], status, each.kind, each.day, each.day)
        found[key].add(each, end)
    return sorted(
        found.values(),
        key=lambda paid: (not paid.status.is_insider, -paid.year_cents, paid.recipient),
    )


def payments_table(payments: list[PaidBefore], end: date) -> Table:
    """Return a table of the payments, with their sums in the last row."""
    rows: list[tuple[Cell, ...]] = [
        (
            paid.payer,
            paid.recipient,
            paid.status,
            paid.kind,
            dollars(paid.near_cents),
            dollars(paid.year_cents),
            paid.first,
            paid.last,
        )
        for paid in payments
    ]
    near, year = (sum(getattr(paid, f"{span}_cents") for paid in payments) for span in _SPANS)
    rows.append(("all", None, None, None, dollars(near), dollars(year), None, None))
    return Table(
        "payments",
        f"Payments in the 90 days and in the year until {end}, including this day",
        (
            "payer",
            "recipient",
            "status",
            "kind",
            "last_90_days_usd",
            "last_year_usd",
            "first_day",
            "last_day",
        ),
        rows,
        (
            "Insiders are members of the group (affiliates), and all recipients of payments of "
            "the kind Insiders. A payment that favoured one creditor is a preference: a trustee "
            "may recover it. By law a payment to an insider can be a preference if it was made in "
            "the last year. A payment to another creditor can be a preference if it was made in "
            "the last 90 days.",
        ),
    )


_SPANS = ("near", "year")
