"""Recomputes takers' fee rates.

A firm's rate on the house venue follows from its volume there in the last thirty days, and from its
discount.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import numpy as np

from ledger.fee_notes import CustomersFee, FeeDiscount, FeeFloor, TakerFee, VolumeBefore
from ledger.motives import WITH_FEE
from ledger.proof.wrong_rows import first_wrong
from ledger.run_folder import RunFolder

WINDOW_DAYS = 30
HOUSE = 0  # the code of the house venue, which is first in `Names`


class FeeRates:
    """The fee rates of all takers on the house venue and on the lead venue."""

    def __init__(self, run: RunFolder) -> None:
        """Read fee rates, discounts and firms' earlier volumes from the notes in the books."""
        house, lead = run.names.venues
        tiers = [tier for tier in run.notes(TakerFee) if tier.venue == house]
        self._from_cents = np.array([_cents(tier.volume_usd) for tier in tiers])
        self._rates_e6 = np.array([tier.e6 for tier in tiers])
        (self._lead_e6,) = (tier.e6 for tier in run.notes(TakerFee) if tier.venue == lead)
        (customers,) = run.notes(CustomersFee)
        self._customers_e6 = customers.e6
        self._has_tiers = np.isin(run.names.entities, run.chart.parties.firms)
        before = {each.firm: _cents(each.usd) for each in run.notes(VolumeBefore)}
        self._before_cents = np.array(
            [before.get(entity, 0) for entity in run.names.entities], dtype=np.int64
        )
        saved = {each.firm: each.e4 for each in run.notes(FeeDiscount)}
        self._saved_e4 = np.array([saved.get(entity, 0) for entity in run.names.entities])
        self._floor_e6 = max((each.e6 for each in run.notes(FeeFloor)), default=0)
        self._start = run.transactions[0].date

    def wrong_rates(self, rows: np.ndarray, day: date, volume_cents: np.ndarray) -> Iterator[str]:
        """Compare the fee rate of each row with the rate that its taker must pay on that day.

        Args:
            rows: the day's rows.
            day: the day.
            volume_cents: each entity's volume in cents as a taker on the house venue, in the thirty
                days before *day*. Days before the books began are left out.
        """
        volume = volume_cents + self._before_books(day)
        tier = np.searchsorted(self._from_cents, volume, side="right") - 1
        of_tiers_e6 = self._discounted_e6(self._rates_e6[tier])
        due_e6 = np.where(self._has_tiers, of_tiers_e6, self._customers_e6)
        due = np.where(rows["venue"] == HOUSE, due_e6[rows["taker"]], self._lead_e6)
        trade = np.isin(rows["motive"], WITH_FEE)
        wrong = rows["fee_e6"] != np.where(trade, due, 0)
        yield from first_wrong(
            rows, wrong, "the fee rate is not the rate that the taker must pay on this day"
        )

    def _discounted_e6(self, tier_e6: np.ndarray) -> np.ndarray:
        """Return each entity's fee rate after its discount.

        A discount is rounded down to whole millionths. It does not lower a rate below the floor.
        """
        paid = [
            max(rate - rate * saved // 10_000, min(rate, self._floor_e6))
            for rate, saved in zip(tier_e6.tolist(), self._saved_e4.tolist(), strict=True)
        ]
        return np.array(paid, dtype=np.int64)

    def _before_books(self, day: date) -> np.ndarray:
        """Return each entity's volume in cents on days before the books began.

        Only days within the thirty days before *day* count. The books note one sum for the thirty
        days before the run. This sum is divided equally among its thirty days, and the cents that
        remain are added to the oldest day.
        """
        gone = min((day - self._start).days, WINDOW_DAYS)
        even, rest = np.divmod(self._before_cents, WINDOW_DAYS)
        return (WINDOW_DAYS - gone) * even + (0 if gone else rest)


def _cents(usd: Decimal) -> int:
    return int(usd.scaleb(2))
