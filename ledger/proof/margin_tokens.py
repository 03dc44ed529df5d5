"""Recomputes the tokens pledged in holders' margin accounts, and the proceeds of seized tokens.

A holder pledges tokens of only one kind at a time. Tokens move in three ways: a holder pledges
tokens, tokens are released to the holder, or tokens are seized. A seizure takes all tokens of a
holder. The price of seized tokens is the lead price times the token's weight as collateral. This
price is rounded down to whole ticks, but is at least one tick.
"""

from collections.abc import Iterator

import numpy as np

from ledger.accounts import PLEDGED, claim_in_kind
from ledger.loaded_entries import stated
from ledger.motives import IN_KIND, Motive
from ledger.run_folder import RunFolder

E6 = 1_000_000


class MarginTokens:
    """Computes the tokens of every holder from the fills, in the order of seq."""

    def __init__(self, run: RunFolder, tick_cents: np.ndarray) -> None:
        """Initialise without holders.

        Args:
            run: the run's folder.
            tick_cents: the value in cents of one tick on one lot, by market.
        """
        self._run, self._tick_cents = run, tick_cents
        self._weight_e6 = np.zeros(len(tick_cents), dtype=np.int64)
        for token in run.chart.collateral:
            market = run.names.markets.index(token.contract.market)
            self._weight_e6[market] = token.weight_e6
        entities, parties = run.names.entities, run.chart.parties
        self._buyer = entities.index(parties.other_makers)
        self.market, self.lots = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)

    def make_room(self, missing: int) -> None:
        """Add new holders without tokens. *missing* is their number."""
        none = np.zeros(missing, dtype=np.int64)
        self.market = np.concatenate((self.market, none))
        self.lots = np.concatenate((self.lots, none))

    def worth(self, marks: np.ndarray, holders: np.ndarray) -> np.ndarray:
        """Return the margin value in cents of each holder's tokens at *marks*, rounded down."""
        market = self.market[holders]
        value = self.lots[holders] * (self._tick_cents * marks)[market]
        return value * self._weight_e6[market] // E6

    def follow(self, rows: np.ndarray) -> Iterator[str]:
        """Apply each row that moves tokens, and yield an error if the row is wrong."""
        for row in rows[np.isin(rows["motive"], IN_KIND)]:
            holder, before = row["holder"], self.lots[row["holder"]]
            problem = self._wrong_seizure(row) or self._wrong_kind(row)
            self.market[holder], self.lots[holder] = row["market"], before + row["lots"]
            if before + row["lots"] < 0:
                problem = "a holder gives more tokens than it has"
            if problem:
                yield f"row with seq {row['seq']}: {problem}"

    def _wrong_kind(self, row: np.void) -> str | None:
        if not self._weight_e6[row["market"]]:
            return "the tokens are of an unknown kind"
        if self.lots[row["holder"]] and self.market[row["holder"]] != row["market"]:
            return "a holder's tokens are of two kinds"
        if row["motive"] == Motive.TOKENS and row["edge_cents"]:
            return "money moves, although tokens are only set aside or released"
        return None

    def _wrong_seizure(self, row: np.void) -> str | None:
        if row["motive"] != Motive.SEIZURE:
            return None
        marked_down = int(row["lead"]) * int(self._weight_e6[row["market"]]) // E6
        if row["price"] != max(marked_down, 1):
            return "the price of a seizure is not the lead price times the token's weight"
        if row["edge_cents"] != -row["lots"] * row["price"] * self._tick_cents[row["market"]]:
            return "the proceeds of a seizure do not follow from its price"
        if row["lots"] >= 0 or row["maker"] != self._buyer:
            return "seized tokens do not go to the other makers"
        if self.lots[row["holder"]] + row["lots"]:
            return "a seizure does not take all tokens of its holder"
        return None

    def wrong_totals(self) -> Iterator[str]:
        """Compare the sum of holders' pledged tokens at the end with the general ledger."""
        parties, markets = self._run.chart.parties, self._run.names.markets
        pledged = claim_in_kind(parties.retail, parties.house, PLEDGED)
        for token in self._run.chart.collateral:
            here = self.market == markets.index(token.contract.market)
            booked = sum(
                token.contract.quantity.units(units[0])
                for entry in self._run.transactions
                for posting in entry.postings
                if posting.account == pledged
                and (units := stated(posting))
                and units[1] == token.commodity
            )
            if booked != (held := int(self.lots[here].sum())):
                yield (
                    f"at the end holders have set aside {held} lots of {token.commodity}, but the "
                    f"general ledger has {booked}"
                )
