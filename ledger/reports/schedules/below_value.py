"""Payments without equal value in return. A trustee may recover them from the recipients."""

from collections.abc import Mapping, Sequence

from ledger.kinds import Kind
from ledger.money import dollars
from ledger.reports.schedules.payments_before import PaidBefore
from ledger.reports.table import Cell, Table

# Kinds of payments that are made without equal value in return, each with the reason.
WITHOUT_VALUE: Mapping[str, str] = {
    Kind.BUYBACK: "own shares: worth nothing to creditors",
    Kind.POLITICS: "a gift",
    Kind.CHARITY: "a gift",
    Kind.GRANTS: "a gift",
    Kind.INSIDERS: "nothing stated in return",
}


def below_value(payments: Sequence[PaidBefore]) -> list[PaidBefore]:
    """Return the payments without equal value in return, in the given order."""
    return [paid for paid in payments if paid.kind in WITHOUT_VALUE]


def below_value_table(payments: Sequence[PaidBefore]) -> Table:
    """Return a table of the payments without equal value in return, each with the reason."""
    found = below_value(payments)
    rows: list[tuple[Cell, ...]] = [
        (
            paid.payer,
            paid.recipient,
            paid.status,
            paid.kind,
            WITHOUT_VALUE[paid.kind],
            dollars(paid.near_cents),
            dollars(paid.year_cents),
        )
        for paid in found
    ]
    if found:
        near = sum(paid.near_cents for paid in found)
        year = sum(paid.year_cents for paid in found)
        rows.append(("all", None, None, None, None, dollars(near), dollars(year)))
    return Table(
        "below-value",
        "Payments of the last year without equal value in return",
        (
            "payer",
            "recipient",
            "status",
            "kind",
            "in_return",
            "last_90_days_usd",
            "last_year_usd",
        ),
        rows,
        (
            "A payment is listed because of its kind. The books have the price of a stake, a "
            "building or a service, but not its value. So they cannot show whether the price was "
            "too high.",
        ),
    )
