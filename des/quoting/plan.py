"""Plans the captive maker's quotes from the lead price, the decided size and the position."""

from dataclasses import dataclass, replace

from des.clock import microseconds
from des.quoting.other_quotes import REACH_BPS_MAX
from des.quoting.quotes import Plan
from des.scenario import Quoter
from ledger.money import RATE_UNIT, to_cents

REACH_E6_MAX = round(REACH_BPS_MAX * 100)


@dataclass(frozen=True, slots=True)
class QuotingPolicy:
    """The captive maker's settings for its quotes, in whole numbers.

    The mid is the middle between the maker's best bid and its best ask.
    """

    latency_us: int
    refresh_us: int
    offset_e6: tuple[int, ...]  # the distance of each level from the mid, in millionths
    skew_e6: int  # shift of the mid, in millionths, if the position is at its limit
    limit_cents: int
    widens: bool = False  # whether distances grow with the other makers' half-spread

    @classmethod
    def of(cls, quoter: Quoter, spread_times: float = 1.0) -> "QuotingPolicy":
        """Convert a scenario's quoter. *spread_times* multiplies the levels' distances."""
        return cls(
            microseconds(quoter.latency_s),
            microseconds(quoter.refreshes_every_s),
            quoter.offset_e6(spread_times),
            round(quoter.skew_bps_per_limit * 100),
            to_cents(quoter.position_limit_usd),
            quoter.widens,
        )

    def with_best_at(self, offset_e6: int) -> "QuotingPolicy":
        """Return a policy with the best level at *offset_e6*. All levels move equally far."""
        away = offset_e6 - self.offset_e6[0]
        return replace(self, offset_e6=tuple(each + away for each in self.offset_e6))

    def widened(self, times: float) -> "QuotingPolicy":
        """Return the policy with all distances from the mid multiplied by *times*.

        A multiplied distance is at most REACH_E6_MAX. If `widens` is false, the result is the
        unchanged policy.
        """
        if not self.widens or times == 1.0:
            return self
        moved = (min(round(each * times), REACH_E6_MAX) for each in self.offset_e6)
        return replace(self, offset_e6=tuple(moved))

    def plan(self, mark_ticks: int, lot_cents: int, lots: int, shown_cents: int) -> Plan:
        """Return the plan of quotes until the next settlement.

        Args:
            mark_ticks: the lead price, in ticks.
            lot_cents: the value of a lot at the lead price.
            lots: the maker's position on the house venue, above zero if long.
            shown_cents: the size to display per level. The plan rounds it up to whole lots. If the
                position is at its limit, nothing is displayed on the side that would enlarge the
                position.
        """
        limit = max(self.limit_cents // lot_cents, 1)
        held = max(-limit, min(limit, lots))
        shown = -(-shown_cents // lot_cents)
        return Plan(
            skew_ticks=round(mark_ticks * self.skew_e6 * held / (RATE_UNIT * limit)),
            offset_ticks=tuple(
                (mark_ticks * offset + RATE_UNIT // 2) // RATE_UNIT for offset in self.offset_e6
            ),
            shown_lots=(0 if lots <= -limit else shown, 0 if lots >= limit else shown),
        )
