"""The bridge: why customers' closing claims differ from their opening claims.

There is one bridge for each class of customers, and one for all customers. A claim is not cash: a
firm may gain 100 USD but be paid only 10 USD.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from ledger.accounts import owed
from ledger.kinds import Kind
from ledger.reports.dollars import ZERO, Dollars, openings, usd_balances
from ledger.reports.once import once
from ledger.reports.table import Cell, Table
from ledger.run_folder import RunFolder
from ledger.transaction import MONEY

# These three reasons have their own names. Every other reason has the name of a kind.
OPENING, DEPOSITS, WITHDRAWALS = "opening claim", "deposits", "withdrawals"
RESULTS = (Kind.PICKOFF, Kind.SPREAD, Kind.FEES, Kind.VARIATION_MARGIN, Kind.FUNDING, Kind.GAP_LOSS)


@dataclass(frozen=True, slots=True)
class ClaimBridge:
    """The opening claims, changes and closing claims of one class of customers."""

    customers: str
    # The opening claims and the changes, by reason. A decrease is below zero.
    movements_usd: Mapping[str, Decimal]
    left_usd: Decimal  # closing claims in the house's books

    @property
    def unexplained_usd(self) -> Decimal:
        """Return the closing claims in the house's books, less all movements in customers' books.

        If the difference is not zero, the house's books and the customers' books disagree, or no
        reason is found for a change.
        """
        return self.left_usd - sum(self.movements_usd.values(), ZERO)


def bridge(run: RunFolder) -> tuple[ClaimBridge, ...]:
    """Return the bridges of trading firms, retail, other makers, and all customers."""
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
    """Return the opening claims on *venue* and their changes, by (customer, reason).

    The reason is read from the customer's own books. Every entry balances in these books. So if a
    claim grows, other accounts of the customer fall by the same amount. These accounts give the
    reason: cash, a result, a loan against tokens, or an exchange of tokens or coins for dollars. If
    the other accounts are of other kinds, no reason is found, and the change is left out.
    """
    return _movements_by_venue(run)[venue]


@once
def _movements_by_venue(run: RunFolder) -> Mapping[str, Dollars[tuple[str, str]]]:
    """Return `claim_movements` for each venue."""
    found = run.select(
        """
        WITH accounts AS MATERIALIZED (
            SELECT account, row_number() OVER () AS number,
                   dense_rank() OVER (ORDER BY words[2]) AS keeper, words[2] AS customer,
                   words[3] AS kind, words[4] AS venue,
                   words[1] = 'Assets' AND words[3] = $claims AS is_claim,
                   -- Tokens and coins exchanged for dollars are in equity accounts.
                   words[3] IN ($cash, $borrowed) OR words[1] IN ('Income', 'Expenses', 'Equity')
                       AS is_reason
            FROM (SELECT account, string_split(account, ':') AS words FROM opens)
        ),
        -- Accounts, and entries in one customer's books, are identified by numbers. There are
        -- millions of postings, and words are slow to compare.
        claimed AS (
            SELECT DISTINCT 100000 * seq + keeper AS entry, number AS claim
            FROM postings JOIN accounts USING (account)
            WHERE commodity = $money AND is_claim AND NOT list_contains($openings, seq)
        ),
        others AS (
            SELECT 100000 * seq + keeper AS entry, number, units
            FROM postings JOIN accounts USING (account) WHERE commodity = $money AND is_reason
        ),
        sums AS (
            SELECT claim, number, sum(units) FILTER (units >= 0) AS debit,
                   sum(units) FILTER (units < 0) AS credit
            FROM others JOIN claimed USING (entry) GROUP BY ALL
        ),
        reasons AS (
            SELECT venue, customer, $opening AS reason, units
            FROM postings JOIN accounts USING (account)
            WHERE commodity = $money AND is_claim AND list_contains($openings, seq)
                AND seq <= list_max($openings)  -- so that no other part of the files is read
            UNION ALL
            SELECT claims.venue, accounts.customer,
                   unnest(if(accounts.kind = $cash, [$withdrawals, $deposits],
                             [accounts.kind, accounts.kind])),
                   unnest([-debit, -credit])
            FROM sums JOIN accounts USING (number) JOIN accounts AS claims ON claim = claims.number
        )
        SELECT venue, customer, reason, sum(units) * 0.01 FROM reasons
        WHERE units IS NOT NULL GROUP BY ALL
        """,
        {
            "money": MONEY,
            "openings": openings(run),
            "claims": Kind.CLAIMS,
            "cash": Kind.CASH,
            "borrowed": Kind.MARGIN_LOANS,
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
    """Return a table of the bridges, with a row for each reason and a column for each class."""
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
        f"The bridge: from the opening claims on {house} to the closing claims",
        ("movement", *(f"{each.customers.replace(' ', '_')}_usd" for each in bridges)),
        rows,
        (
            "Movements are from the customers' own books. Closing claims are from the books of "
            f"{house}. The two sources are independent.",
            *notes,
        ),
    )
