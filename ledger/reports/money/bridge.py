"""The bridge from opening to closing claims of customers, by reason.

It leads from each class's claim at first to its claim now. A claim is not cash: a firm may win a
hundred and be paid ten.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from ledger.accounts import owed
from ledger.kinds import Kind
from ledger.reports.dollars import OPENINGS, ZERO, Dollars, usd_balances
from ledger.reports.once import once
from ledger.reports.table import Cell, Table
from ledger.run_folder import RunFolder
from ledger.transaction import MONEY

# Reasons for changes: the customer's own cash, or a result, by kind.
OPENING, DEPOSITS, WITHDRAWALS = "opening claim", "deposits", "withdrawals"
RESULTS = (Kind.PICKOFF, Kind.SPREAD, Kind.FEES, Kind.VARIATION_MARGIN, Kind.FUNDING, Kind.GAP_LOSS)


@dataclass(frozen=True, slots=True)
class ClaimBridge:
    """The claim of a class of customers, by reason."""

    customers: str
    movements_usd: Mapping[str, Decimal]  # by reason; reductions are below zero
    left_usd: Decimal  # the debt in the house's own books

    @property
    def unexplained_usd(self) -> Decimal:
        """Return the difference from the house's books: zero, or the two disagree."""
        return self.left_usd - sum(self.movements_usd.values(), ZERO)


def bridge(run: RunFolder) -> tuple[ClaimBridge, ...]:
    """Explain the claims on the house from the customers' own books, by class and in all."""
    parties, balances = run.chart.parties, usd_balances(run)
    moved = claim_movements(run, parties.house)
    outsiders = [a for a, opened in run.opens.items() if opened.hole == "claim"]
    classes = {
        "trading firms": {owed(parties.house, firm) for firm in parties.firms},
        "retail": {owed(parties.house, parties.retail)},
        "other makers": {owed(parties.house, parties.other_makers)},
        "all": set(outsiders),
    }
    bridges = []
    for customers, accounts in classes.items():
        movements: dict[str, Decimal] = defaultdict(lambda: ZERO)
        for (customer, reason), usd in moved.items():
            if owed(parties.house, customer) in accounts:
                movements[reason] += usd
        left = -sum((balances[account] for account in accounts), ZERO)
        bridges.append(ClaimBridge(customers, movements, left))
    return tuple(bridges)


def claim_movements(run: RunFolder, venue: str) -> Dollars[tuple[str, str]]:
    """Return the changes of claims on *venue* by (customer, reason).

    It is read from the customer's own books, which balance in every entry: a claim grows by the
    decrease of the customer's other accounts. Changes that are neither cash nor a result have no
    reason here.
    """
    return _movements_by_venue(run)[venue]


@once
def _movements_by_venue(run: RunFolder) -> Mapping[str, Dollars[tuple[str, str]]]:
    """Return the changes of claims on each venue, in one pass over the postings."""
    found = run.select(
        f"""
        WITH claimed AS (
            SELECT DISTINCT seq, entity, counterparty AS venue, seq IN {OPENINGS} AS opens
            FROM postings WHERE commodity = $money AND root = 'Assets' AND kind = $claims
        ),
        reasons AS (
            SELECT venue, entity, units, CASE
                WHEN opens AND root = 'Assets' AND kind = $claims AND counterparty = venue
                    THEN $opening
                WHEN opens THEN NULL
                WHEN kind = $cash AND units < 0 THEN $deposits
                WHEN kind = $cash THEN $withdrawals
                -- What is exchanged for dollars stands in equity.
                WHEN root IN ('Income', 'Expenses', 'Equity') THEN kind
            END AS reason
            FROM postings JOIN claimed USING (seq, entity) WHERE commodity = $money
        )
        SELECT venue, entity, reason, sum(if(reason = $opening, units, -units)) * 0.01
        FROM reasons WHERE reason IS NOT NULL GROUP BY ALL
        """,
        {
            "money": MONEY,
            "claims": Kind.CLAIMS,
            "cash": Kind.CASH,
            "opening": OPENING,
            "deposits": DEPOSITS,
            "withdrawals": WITHDRAWALS,
        },
    )
    moved: dict[str, Dollars[tuple[str, str]]] = defaultdict(Dollars)
    for venue, customer, reason, usd in found:
        moved[venue][customer, reason] = usd
    return moved


def bridge_table(
    bridges: tuple[ClaimBridge, ...], house: str, notes: tuple[str, ...] = ()
) -> Table:
    """Return the bridges side by side: each movement in its row, each class in its column."""
    usual = (OPENING, DEPOSITS, WITHDRAWALS, *RESULTS)
    found = {reason for each in bridges for reason in each.movements_usd}
    rows: list[tuple[Cell, ...]] = [
        (reason, *(each.movements_usd.get(reason, ZERO) for each in bridges))
        for reason in (*usual, *sorted(found.difference(usual)))
    ]
    rows.append(("unexplained (must be 0.00)", *(each.unexplained_usd for each in bridges)))
    rows.append(("closing claim", *(each.left_usd for each in bridges)))
    return Table(
        "bridge",
        f"The bridge: from the claims on {house} at first to the closing claims",
        ("movement", *(f"{each.customers.replace(' ', '_')}_usd" for each in bridges)),
        rows,
        (
            "Movements are from the customers' own books, closing claims from those of "
            f"{house}: two independent sources.",
            *notes,
        ),
    )
