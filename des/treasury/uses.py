"""Uses of money by date: the payer, payee, purpose and amount of each payment."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from des.scenario import Use
from ledger.money import pro_rata, to_cents
from ledger.parties import Parties
from ledger.spending import Spending


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment due on one day."""

    spending: Spending
    cents: int
    why: str
    links: tuple[str, ...]


def spending_of(use: Use, parties: Parties) -> Spending:
    """Return the payer, the payee and the purpose of a use."""
    return Spending(parties.house if use.by == "house" else parties.maker, use.kind, use.to)


def calendar(uses: Sequence[Use], parties: Parties) -> dict[date, list[Payment]]:
    """Return the payments due on each day, in the order of the scenario.

    Some uses are paid in monthly parts. The cents of a use are divided equally among its parts. If
    some cents are left over, each of the first parts gets one more.
    """
    due: dict[date, list[Payment]] = defaultdict(list)
    named: dict[str, int] = defaultdict(int)
    for use in uses:
        named[use.to] += 1
        links = (f"use-{use.to.lower()}-{named[use.to]}",)
        days = use.days()
        parts = pro_rata(to_cents(use.usd), [1] * len(days))
        for n, (day, cents) in enumerate(zip(days, parts, strict=True), start=1):
            part = f", part {n} of {len(days)}" if len(days) > 1 else ""
            if cents:
                due[day].append(Payment(spending_of(use, parties), cents, use.why + part, links))
    return due
