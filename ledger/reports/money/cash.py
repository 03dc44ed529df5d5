"""Cash by receiver: who paid the house group, and whom it paid."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from beancount.core import data

from ledger.accounts import cash, in_pool
from ledger.reports.dollars import ZERO, is_opening, usd_balances
from ledger.reports.table import Table
from ledger.run_folder import RunFolder
from ledger.transaction import MONEY


@dataclass(frozen=True, slots=True)
class PartyCash:
    """What one party paid to the house group and was paid by it, in cash."""

    party: str
    paid_in_usd: Decimal
    paid_out_usd: Decimal

    @property
    def net_received_usd(self) -> Decimal:
        """Return what the party took out beyond what it brought."""
        return self.paid_out_usd - self.paid_in_usd


@dataclass(frozen=True, slots=True)
class CashStatement:
    """The group's cash from the first day to the last, and everybody who paid or was paid."""

    opening_usd: Decimal
    parties: tuple[PartyCash, ...]  # who received most stands first
    closing_usd: Decimal

    @property
    def everybody(self) -> PartyCash:
        """Return what all parties together paid and were paid."""
        return PartyCash(
            "everybody",
            sum((party.paid_in_usd for party in self.parties), ZERO),
            sum((party.paid_out_usd for party in self.parties), ZERO),
        )


def cash_statement(run: RunFolder) -> CashStatement:
    """Add up by party the cash that crossed the border of the house group."""
    tills = {cash(entity) for entity in run.chart.parties.group}
    # What stands in a pool is paid to nobody until somebody trades with it.
    pools = (token.name for token in run.chart.tokens if token.is_pooled)
    tills |= {in_pool(run.chart.parties.maker, name) for name in pools}
    opening = ZERO
    paid_in: dict[str, Decimal] = defaultdict(lambda: ZERO)
    paid_out: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for entry in run.transactions:
        for party, received in _received(entry, tills).items():
            if is_opening(entry):
                opening += received
            elif received > 0:
                paid_in[party] += received
            else:
                paid_out[party] -= received
    parties = [PartyCash(p, paid_in[p], paid_out[p]) for p in {**paid_in, **paid_out}]
    parties.sort(key=lambda party: (-party.net_received_usd, party.party))
    balances = usd_balances(run)
    return CashStatement(opening, tuple(parties), sum((balances[till] for till in tills), ZERO))


def _received(entry: data.Transaction, tills: set[str]) -> dict[str, Decimal]:
    """Return what came in from each party; what one till hands the other is nothing."""
    received: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for posting in entry.postings:
        if posting.account in tills and posting.units.currency == MONEY:
            party = posting.meta.get("party") or entry.payee or "nobody named"
            received[party] += posting.units.number
    return {party: usd for party, usd in received.items() if usd}


def cash_by_receiver(statement: CashStatement, group: str) -> Table:
    """Return what each party paid to *group* and was paid by it."""
    return Table(
        "cash-by-receiver",
        f"Cash by receiver: who paid, and who was paid by, {group}",
        ("party", "paid_in_usd", "paid_out_usd", "net_received_usd"),
        [
            (party.party, party.paid_in_usd, party.paid_out_usd, party.net_received_usd)
            for party in (*statement.parties, statement.everybody)
        ],
        (
            "Transfers between the two cancel out and are left out. What stands on deposit with a "
            "party has been paid out, and is among the liquid assets.",
        ),
    )


def cash_change(statement: CashStatement) -> Table:
    """Return how opening cash became closing cash."""
    everybody = statement.everybody
    return Table(
        "cash-change",
        "Cash of the group, from the first day to the last",
        ("line", "usd"),
        [
            ("opening cash", statement.opening_usd),
            ("paid in by everybody", everybody.paid_in_usd),
            ("paid out to everybody", -everybody.paid_out_usd),
            ("closing cash", statement.closing_usd),
            ("cash change: closing less opening", statement.closing_usd - statement.opening_usd),
        ],
    )
