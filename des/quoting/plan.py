"""The captive maker's plan for quotes: prices around the lead price, sizes by position."""

from dataclasses import dataclass, replace

from des.clock import microseconds
from des.quoting.other_quotes import REACH_BPS_MAX
from des.quoting.quotes import Plan
from des.scenario import Quoter
from ledger.money import RATE_UNIT, to_cents

REACH_E6_MAX = round(REACH_BPS_MAX * 100)


@dataclass(frozen=True, slots=True)
class QuotingPolicy:
    """A quoter's settings in the units of its decisions."""

    latency_us: int
    refresh_us: int
    offset_e6: tuple[int, ...]  # the distance of each level from the mid, in millionths
    skew_e6: int  # shift of the mid if the position is at its limit
    limit_cents: int
    widens: bool = False  # whether levels widen like the other makers' quotes

    @classmethod
    def of(cls, quoter: Quoter, spread_times: float = 1.0) -> "QuotingPolicy":
        """Convert a scenario's quoter; *spread_times* is a factor on the levels' distances."""
        return cls(
            microseconds(quoter.latency_s),
            microseconds(quoter.refreshes_every_s),
            quoter.offset_e6(spread_times),
            round(quoter.skew_bps_per_limit * 100),
            to_cents(quoter.position_limit_usd),
            quoter.widens,
        )

    def with_best_at(self, offset_e6: int) -> "QuotingPolicy":
        """Return the policy with all levels moved, so that the best level is at *offset_e6*."""
        away = offset_e6 - self.offset_e6[0]
        return replace(self, offset_e6=tuple(each + away for each in self.offset_e6))

    def widened(self, times: float) -> "QuotingPolicy":
        """Return the policy; if it widens, its levels are *times* as far from the mid."""
        if not self.widens or times == 1.0:
            return self
        moved = (min(round(each * times), REACH_E6_MAX) for each in self.offset_e6)
        return replace(self, offset_e6=tuple(moved))

    def plan(self, mark_ticks: int, lot_cents: int, lots: int, shown_cents: int) -> Plan:
        """Return the plan of quotes from the state after a settlement.

        Args:
            mark_ticks: the lead price, in ticks.
            lot_cents: the value of a lot at that price.
            lots: the maker's position on the house venue; above zero: long.
            shown_cents: the displayed size per level; at least a lot unless it is 0. Nothing is
                displayed on the side that would carry the position past its limit.
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
