"""The general ledger day by day: what is posted to which accounts on which day.

A day is one of the entries' dates, in UTC; days without entries are days as well.
"""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from ledger.reports.dollars import usd_lines
from ledger.run_folder import RunFolder


def calendar(run: RunFolder) -> list[date]:
    """Return every day from the first entry to the last."""
    first, last = run.transactions[0].date, run.transactions[-1].date
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def posted_cents(run: RunFolder, groups: Sequence[Sequence[str]]) -> np.ndarray:
    """Sum up what is posted to each group of accounts on each day: cents, shape (days, groups)."""
    column = {account: i for i, accounts in enumerate(groups) for account in accounts}
    days = calendar(run)
    cents = np.zeros((len(days), len(groups)), dtype=np.int64)
    for entry in run.transactions:
        for account, usd in usd_lines(entry):
            if account in column:
                cents[(entry.date - days[0]).days, column[account]] += int(usd.scaleb(2))
    return cents
