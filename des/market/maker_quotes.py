"""Decides the captive maker's quotes in one market.

At each settlement the maker makes a plan of its quotes. At the run's start and on the first of each
month a `QuotingChoice` decides the half-spread and the size.
"""

from des.clock import DAY_US, HOUR_US, SECOND_US
from des.given import given
from des.market.holdings import Holdings
from des.market.market_volume import MarketVolume
from des.policies.monthly_quotes import Decided, MonthlyQuotes, Outlook, QuotingChoice, SeenMonth
from des.quoting.belief import OwnPrediction
from des.quoting.other_quotes import OtherQuoting
from des.quoting.plan import QuotingPolicy
from des.quoting.quotes import Plan
from des.quoting.whole_lots import AS_STATED, WholeLots
from des.traded_hours import TradedHours
from ledger.times import day_of

DAY_S = DAY_US // SECOND_US


class MakerQuotes:
    """Decides the half-spread and the size for each month, and the plan at each settlement."""

    def __init__(
        self,
        policy: QuotingPolicy,
        spread_times: float,
        choice: QuotingChoice,
        belief: OwnPrediction,
        others: OtherQuoting,
        volume: MarketVolume,
        hours: TradedHours,
        whole_lots: WholeLots = AS_STATED,
    ) -> None:
        """Initialise without decided quotes.

        Args:
            policy: the stated settings of the quotes, such as the distances of levels and the skew.
            spread_times: a factor on the decided half-spread.
            choice: decides the half-spread and the size for a month.
            belief: predicts results with the maker's own simulation.
            others: the other makers' quotes, whose widening the captive maker may follow.
            volume: the volume traded so far in the market.
            hours: the played hours.
            whole_lots: rounds the displayed size to lots.
        """
        self._spread_times = spread_times
        self._choice, self.belief = choice, belief
        self._others, self._volume, self._hours = others, volume, hours
        self._whole_lots = whole_lots
        self._decided: Decided | None = None  # None before the first decision
        self._decided_us = self._lots_at_hour = 0
        self._policy_of_hour = policy  # has the distances of this hour's levels
        # The position's weight at the hour's start: the factor by which sampling enlarged the
        # position.
        self._weight_at_hour = 1.0
        self.policy, self.shown_cents = policy, 0  # size per level in cents, in an hour of weight 1
        self.seen: SeenMonth | None = None  # the month on which the last decision is based

    def look(self, now_us: int, state: Holdings) -> None:
        """If a month begins, decide its quotes. If a played hour begins, let the maker simulate it.

        The run's start also counts as the beginning of a month.

        Args:
            now_us: the time of the settlement. In the first call it is the run's start.
            state: states which share of the decided size is displayed.
        """
        if self._decided is None or (now_us % DAY_US == 0 and day_of(now_us).day == 1):
            self._decide(now_us, state.maker_shows)
        if now_us % HOUR_US == 0 and self._hours.has(now_us):
            usd_per_s = self._volume.usd_per_day() / DAY_S
            self.belief.imagine(now_us, usd_per_s, self._hours.stands_for_at(now_us))

    @property
    def decided(self) -> Decided:
        """Return the decision that is valid now."""
        return given(self._decided)

    def plan(self, now_us: int, mark_ticks: int, lot_cents: int, state: Holdings) -> Plan:
        """Return the plan of quotes until the next settlement.

        Args:
            now_us: the time of the settlement.
            mark_ticks: the lead price, in ticks.
            lot_cents: the value of a lot at the lead price.
            state: the maker's position, and whether the maker may quote.
        """
        quotes = state.may_quote and self._hours.has(now_us)
        times = self._hours.stands_for_at(now_us)
        size_cents = times * self.shown_cents if quotes else 0
        shown_cents = self._whole_lots.cents(size_cents, lot_cents, now_us)
        if now_us % HOUR_US == 0:
            times_as_far = self._others.half_spread_times(now_us)
            self._policy_of_hour = self.policy.widened(times_as_far)
            self._lots_at_hour = state.maker_lots
            self._weight_at_hour = self._hours.weight_of_position(now_us) if quotes else 1.0
        # The skew and the position limit are stated for a position of weight 1. So the position at
        # the hour's start is divided by the position's weight, and the change of the position since
        # then is divided by the hour's weight.
        began = self._lots_at_hour / self._weight_at_hour
        moved = (state.maker_lots - self._lots_at_hour) / times
        return self._policy_of_hour.plan(mark_ticks, lot_cents, int(began + moved), shown_cents)

    def promised(self) -> tuple[Outlook, ...]:
        """Return the month's predictions: for the displayed quotes, then for each alternative."""
        return tuple(Outlook(*each) for each in self.belief.promised())

    def _decide(self, now_us: int, shows: float) -> None:
        """Decide the quotes for a month, and begin to simulate them and their alternatives."""
        if self._decided:
            self.seen = self._see((now_us - self._decided_us) // DAY_US, self._decided.quotes)
        self._decided, self._decided_us = self._choice.decide(now_us, self.seen), now_us
        considered = [
            (self._placed(quotes), int(quotes.shown_cents * shows))
            for quotes in self._choice.considers(self._decided.quotes)
        ]
        self.belief.begin_month(considered)
        self.policy, self.shown_cents = considered[0]

    def _see(self, days: int, showed: MonthlyQuotes) -> SeenMonth:
        traded = self._volume.last_month
        own_cents = traded.captive_cents + traded.hits_cents
        return SeenMonth(
            days, traded.all_cents, own_cents, traded.hits_cents, showed, self.promised()
        )

    def _placed(self, quotes: MonthlyQuotes) -> QuotingPolicy:
        return self.policy.with_best_at(round(quotes.half_spread_bps * self._spread_times * 100))
