"""Reads from the general ledger the amounts that are posted to accounts on each day.

Days are in UTC. Days without entries are included. The last days after a halt, which may have only
notes, are included too.
"""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from ledger.reports.once import once
from ledger.run_folder import RunFolder
from ledger.transaction import MONEY


@once
def calendar(run: RunFolder) -> list[date]:
    """Return every day from the first entry to the last entry or note."""
    ((first, last),) = run.select(
        "SELECT min(date), greatest(max(date), (SELECT max(date) FROM notes)) FROM postings"
    )
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def posted_cents(run: RunFolder, groups: Sequence[Sequence[str]]) -> np.ndarray:
    """Return the cents posted to each group of accounts on each day, shape (days, groups)."""
    column = {account: i for i, accounts in enumerate(groups) for account in accounts}
    days = calendar(run)
    cents = np.zeros((len(days), len(groups)), dtype=np.int64)
    found = run.select(
        """
        SELECT date - $first, number, sum(units)::BIGINT
        FROM postings JOIN (
            SELECT unnest($accounts::VARCHAR[]) AS account, unnest($numbers::INT[]) AS number
        ) USING (account)
        WHERE commodity = $money GROUP BY ALL
        """,
        {
            "first": days[0],
            "accounts": list(column),
            "numbers": list(column.values()),
            "money": MONEY,
        },
    )
    for day, number, posted in found:
        cents[day, number] = posted
    return cents
