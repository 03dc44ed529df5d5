"""Cash by party: each party's payments to the house group, and its receipts from the group."""

from dataclasses import dataclass
from decimal import Decimal

from ledger.accounts import cash, in_pool
from ledger.reports.dollars import ZERO, openings, usd_balances
from ledger.reports.once import once
from ledger.reports.table import Table
from ledger.run_folder import RunFolder
from ledger.transaction import MONEY


@dataclass(frozen=True, slots=True)
class PartyCash:
    """The cash that one party paid to the house group, and the cash that it received."""

    party: str
    paid_in_usd: Decimal
    paid_out_usd: Decimal

    @property
    def net_received_usd(self) -> Decimal:
        """Return the party's receipts less its payments."""
        return self.paid_out_usd - self.paid_in_usd


@dataclass(frozen=True, slots=True)
class CashStatement:
    """The group's opening and closing cash, and each party's payments to and from the group."""

    opening_usd: Decimal
    parties: tuple[PartyCash, ...]  # the party with the largest net receipts first
    closing_usd: Decimal

    @property
    def everybody(self) -> PartyCash:
        """Return the sums of all parties' payments and receipts."""
        return PartyCash(
            "everybody",
            sum((party.paid_in_usd for party in self.parties), ZERO),
            sum((party.paid_out_usd for party in self.parties), ZERO),
        )


@once
def cash_statement(run: RunFolder) -> CashStatement:
    """Return the group's opening and closing cash, and its receipts and payments by party."""
    tills = {cash(entity) for entity in run.chart.parties.group}
    # The group's cash includes the dollars in its pools.
    pools = (token.name for token in run.chart.tokens if token.is_pooled)
    tills |= {in_pool(run.chart.parties.maker, name) for name in pools}
    crossed = run.select(
        """
        WITH received AS (
            -- Transfers within the group cancel.
            SELECT seq, coalesce(party, payee, 'not named') AS party, sum(units) AS cents
            FROM postings WHERE commodity = ? AND account IN (SELECT unnest(?))
            GROUP BY ALL HAVING cents != 0
        )
        SELECT party, list_contains(?, seq) AS opens,
               sum(greatest(cents, 0)) * 0.01, sum(greatest(-cents, 0)) * 0.01
        FROM received GROUP BY ALL
        """,
        [MONEY, sorted(tills), openings(run)],
    )
    opening = sum((paid_in - paid_out for _, opens, paid_in, paid_out in crossed if opens), ZERO)
    parties = [PartyCash(party, *usd) for party, opens, *usd in crossed if not opens]
    parties.sort(key=lambda party: (-party.net_received_usd, party.party))
    balances = usd_balances(run)
    return CashStatement(opening, tuple(parties), sum((balances[till] for till in tills), ZERO))


def cash_by_receiver(statement: CashStatement, group: str, notes: tuple[str, ...] = ()) -> Table:
    """Return a table of each party's payments to *group* and receipts from *group*."""
    return Table(
        "cash-by-receiver",
        f"Cash by party: payments to and from {group}",
        ("party", "paid_in_usd", "paid_out_usd", "net_received_usd"),
        [
            (party.party, party.paid_in_usd, party.paid_out_usd, party.net_received_usd)
            for party in (*statement.parties, statement.everybody)
        ],
        (
            "Transfers within the group cancel out and are left out. Money that the group deposits "
            "with a party counts as paid out, although it is still a liquid asset of the group.",
            *notes,
        ),
    )


def cash_change(statement: CashStatement, notes: tuple[str, ...] = ()) -> Table:
    """Return a table of the steps from opening cash to closing cash."""
    everybody = statement.everybody
    return Table(
        "cash-change",
        "Cash of the group, from the first day to the last day",
        ("line", "usd"),
        [
            ("opening cash", statement.opening_usd),
            ("paid in by all parties", everybody.paid_in_usd),
            ("paid out to all parties", -everybody.paid_out_usd),
            ("closing cash", statement.closing_usd),
            ("cash change: closing less opening", statement.closing_usd - statement.opening_usd),
        ],
        notes,
    )
