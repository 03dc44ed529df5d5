"""The state at the start of each day: positions, entry values and volumes of all earlier rows."""

from datetime import date
from typing import NamedTuple

import duckdb
import numpy as np

from ledger import fill_store
from ledger.motives import PAYMENTS, WITH_FEE, Motive, words
from ledger.run_folder import RunFolder

DAY = "CAST(time AS DATE)"  # defined once, so that each row is in one day

# Payments that change neither positions nor entry values.
UNSETTLED = ", ".join(f"'{each.word}'" for each in PAYMENTS if each is not Motive.MARGIN)

# Motives of orders; fee tiers depend on the volume of orders.
ORDERS = ", ".join(f"'{word}'" for word in words(WITH_FEE))

# Sums of each day's rows: positions (lots), entry values and volumes (lots x ticks), payments.
SUMS = f"""
    SELECT {DAY} AS day, venue, market, taker, maker,
        CAST(sum(if(payment, 0, lots)) AS BIGINT) AS lots,
        CAST(sum(if(payment, 0, lots * lead)) AS BIGINT) AS value,
        CAST(sum(if(is_order, abs(lots) * price, 0)) AS BIGINT) AS volume,
        CAST(sum(if(payment, edge_cents, 0)) AS BIGINT) AS paid_cents
    FROM (
        SELECT *, motive = '{Motive.MARGIN.word}' AS payment, motive IN ({ORDERS}) AS is_order
        FROM rows
    )
    WHERE motive NOT IN ({UNSETTLED})
    GROUP BY ALL
"""


class Carried(NamedTuple):
    """Positions, entry values and volumes at one moment, by (venue, market, entity)."""

    lots: np.ndarray  # the position
    value_cents: np.ndarray  # entry value, or value at the last settlement
    traded_cents: np.ndarray  # notional of the entity's orders as a taker, since the first day

    def trade(self, rows: np.ndarray, tick_cents: np.ndarray) -> None:
        """Apply trades to the state, in place."""
        taken, made = ((rows["venue"], rows["market"], rows[side]) for side in ("taker", "maker"))
        value_cents = rows["lots"] * rows["lead"] * tick_cents
        for place, sign in ((taken, 1), (made, -1)):
            np.add.at(self.lots, place, sign * rows["lots"])
            np.add.at(self.value_cents, place, sign * value_cents)
        is_order = np.isin(rows["motive"], WITH_FEE)
        worth = np.where(is_order, np.abs(rows["lots"]) * rows["price"], 0)
        np.add.at(self.traded_cents, taken, worth * tick_cents)


class DayOpenings:
    """The state at the start of each day: the sum of all rows of earlier days."""

    def __init__(
        self, run: RunFolder, connection: duckdb.DuckDBPyConnection, tick_cents: np.ndarray
    ) -> None:
        sums, words = connection.execute(SUMS).fetchnumpy(), run.names.words()
        venue, market, taker, maker = (
            fill_store.codes(column, sums[column], words[column])
            for column in ("venue", "market", "taker", "maker")
        )
        self._days, place = np.unique(sums["day"].astype("datetime64[D]"), return_inverse=True)
        cents = tick_cents[venue, market]
        added = np.zeros(
            (len(Carried._fields), 1 + len(self._days), *tick_cents.shape, len(words["taker"])),
            dtype=np.int64,
        )
        lots, value_cents, traded_cents = added
        for member, sign in ((taker, 1), (maker, -1)):
            # The rows of a day count from the next day.
            np.add.at(lots, (place + 1, venue, market, member), sign * sums["lots"])
            np.add.at(value_cents, (place + 1, venue, market, member), sign * sums["value"] * cents)
        np.add.at(traded_cents, (place + 1, venue, market, taker), sums["volume"] * cents)
        # A payment settles a position of n contracts at mark M: n M = entry value + payment.
        np.add.at(value_cents, (place + 1, venue, market, taker), sums["paid_cents"])
        self._sums = added.cumsum(axis=1)

    def of(self, day: date) -> Carried:
        """Return the state at the start of a day, as a copy that the caller may change."""
        return Carried(*self._sums[:, np.searchsorted(self._days, np.datetime64(day))].copy())
