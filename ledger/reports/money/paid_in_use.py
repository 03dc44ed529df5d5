"""The group's payments on the days on which customers' money was in use, by recipient and kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ledger.kinds import Kind
from ledger.money import dollars
from ledger.reports.money.hole_opened import HoleOpened, holes_by_day
from ledger.reports.table import Cell, Table
from ledger.reports.tracing.group_cash import payments_by_day
from ledger.run_folder import RunFolder

CUSTOMERS = "customers"  # all customers share one row


@dataclass(slots=True)
class PaidInUse:
    """Payments of one kind to one recipient, on days on which customers' money was in use."""

    recipient: str
    kind: str
    first: date
    last: date
    paid_cents: int = 0
    since_hole_cents: int = 0  # the part paid since the hole opened

    @property
    def paid_usd(self) -> Decimal:
        """Return the payments in dollars."""
        return dollars(self.paid_cents)

    @property
    def since_hole_usd(self) -> Decimal:
        """Return the dollars paid since the hole opened, or zero if there is no hole at the end."""
        return dollars(self.since_hole_cents)


def paid_in_use(run: RunFolder, opened: HoleOpened | None) -> list[PaidInUse]:
    """Return payments by recipient and kind, the largest first. All withdrawals are one row.

    Args:
        run: the run whose books are read.
        opened: the opening of the run's hole. None: there is no hole at the end.
    """
    in_use = _days_in_use(run)
    found: dict[tuple[str, str], PaidInUse] = {}
    for day, reason, cents in payments_by_day(run):
        if day not in in_use:
            continue
        recipient = CUSTOMERS if reason.kind == Kind.CUSTOMERS else reason.party
        subject = recipient, reason.kind
        paid = found.setdefault(subject, PaidInUse(*subject, day, day))
        paid.last = day
        paid.paid_cents += cents
        if opened and day >= opened.day:
            paid.since_hole_cents += cents
    return sorted(found.values(), key=lambda paid: (-paid.paid_cents, paid.recipient, paid.kind))


def was_paid_in_use(run: RunFolder) -> bool | None:
    """Return whether the group made payments on days on which customers' money was in use.

    Only the first of these days is read. If that day has no payment, the result is None: not known.
    """
    days = _days_in_use(run)
    if not days:
        return False
    return True if payments_by_day(run, min(days)) else None


def _days_in_use(run: RunFolder) -> set[date]:
    return {at.day for at in holes_by_day(run) if at.hole_of_exchange_usd > 0}


def paid_in_use_table(payments: Sequence[PaidInUse], house: str) -> Table:
    """Return a table of the payments, with their sum in the last row.

    Args:
        payments: the payments, the largest first.
        house: the exchange's name.
    """
    rows: list[tuple[Cell, ...]] = [
        (each.recipient, each.kind, each.first, each.last, each.paid_usd, each.since_hole_usd)
        for each in payments
    ]
    if payments:
        paid = dollars(sum(each.paid_cents for each in payments))
        since_hole = dollars(sum(each.since_hole_cents for each in payments))
        rows.append(("all recipients", None, None, None, paid, since_hole))
    return Table(
        "paid-in-use",
        "Payments on the days on which customers' money was in use",
        ("recipient", "kind", "first", "last", "paid_usd", "since_hole_usd"),
        rows,
        (
            f"Customers' money is in use on a day if customers' claims exceed the cash of {house} "
            "at the end of the day. The last column has the payments since the hole opened. "
            "Payments from a recipient to the group are not deducted.",
            "Money is commingled: the payments were made on these days, but not necessarily with "
            "customers' money. The origin of the money by five tracing rules: moneytrail trace "
            "RUN",
        ),
    )
