"""The other makers' account on the house venue: their fees, and the margin of their positions.

When customers trade with the other makers, this account pays the buyer's and the seller's fee.
"""

from decimal import Decimal

import numpy as np

from des.custody.custody import HALTED, Custody
from des.market.house_volume import HouseVolume
from des.scenario import Scenario
from des.venue.venue import Venue
from ledger import movements
from ledger.journal import Journal
from ledger.money import to_cents
from ledger.parties import Parties
from ledger.times import settlement_link


class OtherMakersDesk:
    """Books the other makers' fees each day, and moves their margin."""

    def __init__(
        self,
        scenario: Scenario,
        parties: Parties,
        house: Venue,
        custody: Custody,
        volume: HouseVolume,
        journal: Journal,
    ) -> None:
        self._name, self._house_name = parties.other_makers, parties.house
        self._code = parties.names.index(parties.other_makers)
        self._markets = [market.name for market in scenario.markets]
        self._stands_for = [market.stands_for for market in scenario.markets]
        self._fee_rate = Decimal(scenario.retail.fee_e6).scaleb(-6)
        leverage = scenario.leverage
        on_margin = leverage is not None and leverage.share_of_claims is not None
        self._moves_margin = on_margin or parties.netted is not None
        # The margin that the other makers keep, as a share of their positions' notional value. The
        # share is the same as the margin target of hedgers on the lead venue.
        self._margin_ratio = scenario.lead.margin_ratio_target
        self._kept_cents = to_cents(scenario.other_makers.opening_claim_usd)
        self._house, self._custody = house, custody
        self._volume, self._journal = volume, journal
        # The fees that customers would have paid so far if the captive maker had never quoted.
        self.fees_without_maker_cents = 0.0

    def charge(self, time_us: int) -> None:
        """Deposit cash for the other makers' fees of a day, then book the fees.

        If the house has halted, no cash is deposited. The booked fees are at most the balance of
        the other makers' account.
        """
        traded = self._volume.others_cents()
        fees = [
            alike * self._fee_cents(volume // alike)
            for volume, alike in zip(traded, self._stands_for, strict=True)
        ]
        if self._custody.status[self._house_name] != HALTED:
            self._custody.deposit(
                time_us, self._code, self._house_name, sum(fees), ", out of which it pays its fees"
            )
        paid_cents = sum(
            self._book(time_us, *booked)
            for booked in zip(self._markets, traded, fees, strict=True)
            if booked[1]
        )
        paid_share = paid_cents / sum(fees) if sum(fees) else 1.0
        without_maker_cents = self._volume.without_maker_cents() * float(self._fee_rate)
        self.fees_without_maker_cents += paid_share * without_maker_cents

    def cover_loss(self, time_us: int) -> None:
        """Deposit the amount by which a loss exceeded the balance of the other makers' account.

        The other makers deposit money for losses only in two cases: if customers can trade on
        margin only on full days (`leverage.share_of_claims`), or if customers or firms close
        positions after a time (`holding_days`). Otherwise the other makers' opening claim must be
        enough for the losses. The deposit is at most the other makers' cash.
        """
        if not self._moves_margin:
            return
        loss_cents = -int(self._house.claims[self._code])
        why = ", for losses of its positions"
        links = (settlement_link(time_us),)
        self._custody.deposit(time_us, self._code, self._house_name, loss_cents, why, links)

    def take_gains(self, time_us: int, marks: np.ndarray) -> None:
        """Withdraw the gains that the other makers do not need as margin for their positions.

        The gains are the other makers' claim on the house minus their opening claim. Gains are
        withdrawn only in the two cases that `cover_loss` names.
        """
        if not self._moves_margin:
            return
        margin_cents = round(self._margin_ratio * int(self._house.notional(marks)[self._code]))
        gain_cents = int(self._house.claims[self._code]) - self._kept_cents - margin_cents
        why = ", gains of its positions"
        self._custody.withdraw(time_us, self._code, self._house_name, gain_cents, why)

    def _fee_cents(self, volume_cents: int) -> int:
        """Return the buyers' and sellers' fees in one market in cents, rounded half to even."""
        return round(Decimal(volume_cents) * self._fee_rate)

    def _book(self, time_us: int, market: str, volume_cents: int, fee_cents: int) -> int:
        cents = min(fee_cents, int(self._house.claims[self._code]))
        self._house.claims[self._code] -= cents
        self._journal.record(
            movements.fees_of_other_makers(
                time_us, self._name, self._house_name, volume_cents, cents, market
            )
        )
        return cents
