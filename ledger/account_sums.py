"""Sums fills by account quickly: the posting rule is applied to pairings, not to single fills.

A pairing is a taker, a counterparty, a venue and a motive. The posting rule is linear in edge, fee
and lots. So for each pairing the rule is applied once to one cent of edge, once to one cent of fee,
and once to one lot of each market in which the pairing can have fills. The resulting postings are
then multiplied by the pairing's sums of edge, fee and lots. The result has one amount for each
account and commodity: the sum over all pairings.
"""

from collections.abc import Iterator

import numpy as np

from ledger.chart import Chart
from ledger.entries import contract_table
from ledger.fills import Fill, Names, Pairing, first_fill, postings
from ledger.motives import Motive
from ledger.transaction import Posting

# The columns of a pairing's sums: edge, fee, and the lots of each market. LOTS is the column of the
# first market.
EDGE, FEE, LOTS = 0, 1, 2
UNSEEN = -1


class AccountSums:
    """Sums rows of fills by account, for one chart and one set of names."""

    def __init__(self, chart: Chart, names: Names) -> None:
        """Initialise without pairings."""
        self._chart, self._names = chart, names
        self._contracts = contract_table(chart, names)
        self._tokens = {token.contract: token.commodity for token in chart.collateral}
        self._form = (len(Motive), len(names.venues), len(names.entities), len(names.entities))
        self._row_of = np.full(self._form, UNSEEN, dtype=np.int64).reshape(-1)
        self._known = 0  # the number of pairings posted so far
        self._accounts: dict[tuple[str, str], int] = {}  # the key is (account, commodity)
        # For each posting of each pairing: the place of the sum that gives its amount, the sign
        # with which the sum is posted, and the place of its account in `_accounts`.
        self._postings: list[tuple[int, int, int]] = []
        self._columns = np.empty((3, 0), dtype=np.int64)

    def of(self, rows: np.ndarray) -> tuple[Posting[int], ...]:
        """Return the sum of *rows* (dtype ROW) for each account. Sums of zero are left out."""
        if not len(rows):
            return ()
        by = (rows["motive"], rows["venue"], rows["taker"], rows["maker"])
        keys = np.ravel_multi_index(by, self._form)
        if (self._row_of[keys] == UNSEEN).any():
            self._meet(rows, keys)
        width = LOTS + len(self._names.markets)
        begin = self._row_of[keys] * width
        sums = np.zeros(self._known * width, dtype=np.int64)
        np.add.at(sums, begin + EDGE, rows["edge_cents"])
        np.add.at(sums, begin + FEE, rows["fee_cents"])
        np.add.at(sums, begin + LOTS + rows["market"], rows["lots"])
        place, sign, account = self._columns
        units = np.zeros(len(self._accounts), dtype=np.int64)
        np.add.at(units, account, sign * sums[place])
        return tuple(
            Posting(name, n, commodity)
            for (name, commodity), n in zip(self._accounts, units.tolist(), strict=True)
            if n
        )

    def _meet(self, rows: np.ndarray, keys: np.ndarray) -> None:
        """Store the postings of each new pairing, in the order of the pairings' first rows."""
        unseen = np.flatnonzero(self._row_of[keys] == UNSEEN)
        _, first = np.unique(keys[unseen], return_index=True)
        for at in unseen[np.sort(first)].tolist():
            begin = self._known * (LOTS + len(self._names.markets))
            self._row_of[keys[at]] = self._known
            self._known += 1
            for column, posting in self._posted(first_fill(rows[at : at + 1])):
                name = posting.account, posting.commodity
                place = self._accounts.setdefault(name, len(self._accounts))
                self._postings.append((begin + column, posting.units, place))
        self._columns = np.array(self._postings, dtype=np.int64).T

    def _posted(self, fill: Fill[int]) -> Iterator[tuple[int, Posting[int]]]:
        """Yield the postings of one cent of edge, one cent of fee, and one lot of each market.

        Each result is (column, posting). The sum in this column multiplies the posting.
        """
        pairing = Pairing.of(fill, self._names)
        for column, edge, fee in ((EDGE, 1, 0), (FEE, 0, 1)):
            for posting in postings(self._chart, pairing, edge, fee, {}):
                if posting.units:
                    yield column, posting
        for market in range(len(self._names.markets)):
            contract = self._contracts[fill.venue, market]
            token = self._tokens.get(contract)
            if pairing.motive.is_in_kind and token is None:
                continue  # no token is valued at the price of this market
            commodity = token if token and pairing.motive.is_in_kind else contract.commodity
            for posting in postings(self._chart, pairing, 0, 0, {commodity: 1}):
                if posting.units:
                    yield LOTS + market, posting
