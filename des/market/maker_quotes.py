"""What the captive maker quotes in one market: half-spread, levels and size, asked here alone.

Random flow, hedges and impact know nothing of it. Another way of quoting is another `MakerQuotes`:
it looks at each settlement, and answers with a plan.
"""

from des.clock import DAY_US, HOUR_US, SECOND_US
from des.market.holdings import Holdings
from des.market.market_volume import MarketVolume
from des.policies.monthly_quotes import MonthlyQuotes, QuotingChoice
from des.quoting.belief import OwnSimulation
from des.quoting.plan import QuotingPolicy
from des.quoting.quotes import Plan
from des.traded_hours import TradedHours
from ledger.times import day_of

DAY_S = DAY_US // SECOND_US


class MakerQuotes:
    """Decides at settlements; what is shown is decided on the first of a month."""

    def __init__(
        self,
        policy: QuotingPolicy,
        choice: QuotingChoice,
        belief: OwnSimulation,
        volume: MarketVolume,
        hours: TradedHours,
    ) -> None:
        """Begin with nothing decided.

        Args:
            policy: where quotes are placed, and how they lean against a position.
            choice: decides what is shown for a month.
            belief: what the maker's own simulation promises of that.
            volume: what was traded so far.
            hours: in which it quotes.
        """
        self._policy, self._choice, self._belief = policy, choice, belief
        self._volume, self._hours = volume, hours
        self._quotes: MonthlyQuotes | None = None  # before the first settlement
        self._shown_cents = 0

    def look(self, now_us: int, state: Holdings) -> None:
        """Read the world as a settlement leaves it: once a month to decide, hourly to believe.

        Args:
            now_us: the settlement; the first one is the run's start.
            state: of the venues.
        """
        if self._quotes is None or (now_us % DAY_US == 0 and day_of(now_us).day == 1):
            self._quotes = self._choice.decide(now_us)
            self._shown_cents = int(self._quotes.shown_cents * state.maker_shows)
        if now_us % HOUR_US == 0 and self._hours.has(now_us):
            self._belief.imagine(now_us, self._volume.usd_per_day() / DAY_S, self._shown_cents)

    def plan(self, now_us: int, mark_ticks: int, lot_cents: int, state: Holdings) -> Plan:
        """Return how to quote until the next settlement.

        Args:
            now_us: the settlement.
            mark_ticks: the lead price.
            lot_cents: what a lot is worth at it.
            state: of the venues.
        """
        quotes = state.may_quote and self._hours.has(now_us)
        shown_cents = self._hours.stands_for * self._shown_cents if quotes else 0
        return self._policy.plan(mark_ticks, lot_cents, state.maker_lots, shown_cents)

    def close_month(self) -> tuple[int, int]:
        """Return what its own simulation promised for the month that ends, in cents.

        Returns:
            The result at fills, and the volume.
        """
        return self._belief.close_month(self._hours.stands_for)
