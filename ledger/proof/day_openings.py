"""Positions, their values and takers' volumes at each day's start: sums over all earlier days."""

from datetime import date
from typing import NamedTuple

import duckdb
import numpy as np

from ledger import fill_store
from ledger.motives import PAYMENTS, WITH_FEE, Motive, words
from ledger.run_folder import RunFolder

DAY = "CAST(time AS DATE)"  # the SQL for the day of a row

# Payments that change neither positions nor their values.
UNSETTLED = ", ".join(f"'{each.word}'" for each in PAYMENTS if each is not Motive.MARGIN)

# The motives of orders that pay a fee. The fee tier depends on the volume of these orders.
ORDERS = ", ".join(f"'{word}'" for word in words(WITH_FEE))

# For each day: sums of lots, values, volumes and variation margin. Values and volumes are in lots
# times ticks, and variation margin is in cents.
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
    """Positions, their values and takers' volumes, as arrays by (venue, market, entity)."""

    lots: np.ndarray  # the position, in lots
    value_cents: np.ndarray  # value of the position at entry, or at the last settlement
    traded_cents: np.ndarray  # value of fills on which the entity paid a fee since the first day

    def trade(self, rows: np.ndarray, tick_cents: np.ndarray) -> None:
        """Add trades to the positions, values and volumes. The arrays are changed in place."""
        taken, made = ((rows["venue"], rows["market"], rows[side]) for side in ("taker", "maker"))
        value_cents = rows["lots"] * rows["lead"] * tick_cents
        for place, sign in ((taken, 1), (made, -1)):
            np.add.at(self.lots, place, sign * rows["lots"])
            np.add.at(self.value_cents, place, sign * value_cents)
        is_order = np.isin(rows["motive"], WITH_FEE)
        worth = np.where(is_order, np.abs(rows["lots"]) * rows["price"], 0)
        np.add.at(self.traded_cents, taken, worth * tick_cents)


class DayOpenings:
    """Positions, their values and takers' volumes at the start of each day."""

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
            # The rows of a day are part of the sums from the next day on.
            np.add.at(lots, (place + 1, venue, market, member), sign * sums["lots"])
            np.add.at(value_cents, (place + 1, venue, market, member), sign * sums["value"] * cents)
        np.add.at(traded_cents, (place + 1, venue, market, taker), sums["volume"] * cents)
        # Variation margin pays the change of a position's value. So it is added to the value.
        np.add.at(value_cents, (place + 1, venue, market, taker), sums["paid_cents"])
        self._sums = added.cumsum(axis=1)

    def of(self, day: date) -> Carried:
        """Return a day's opening positions, values and volumes. The caller may change them."""
        return Carried(*self._sums[:, np.searchsorted(self._days, np.datetime64(day))].copy())
