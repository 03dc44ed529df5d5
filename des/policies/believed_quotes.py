"""A policy that chooses the quotes with the best result in the maker's own simulation.

During a month the maker simulates its displayed quotes and some alternatives. The simulation uses
the actual lead price and the other makers' quotes. All its orders are random and uninformed. On the
first of the next month the maker chooses the quotes with the highest simulated result.
"""

from des.policies.monthly_quotes import Decided, MonthlyQuotes, QuotingChoice, SeenMonth
from des.policies.shown_limit import ShownLimit
from des.scenario import SPREAD_TIMES_MAX

SPREAD_STEP = 2**0.5  # the factor by which the spread may become wider or narrower in a month
SIZES = ((1, 1), (1, 2), (2, 1))  # factors on the size, as fractions: 1, 1/2 and 2


class BelievedQuotes:
    """A policy that chooses, within its limits, the quotes with the highest predicted result."""

    def __init__(
        self, first: QuotingChoice, stated_half_spread_bps: float, limit: ShownLimit
    ) -> None:
        """Initialise the policy.

        Args:
            first: the policy that decides at the run's start, and after a month with size zero.
            stated_half_spread_bps: the scenario's half-spread in basis points. This policy may
                multiply or divide it by at most SPREAD_TIMES_MAX.
            limit: the largest size that the maker may show.
        """
        self._first, self._stated_bps = first, stated_half_spread_bps
        self._limit = limit

    def considers(self, quotes: MonthlyQuotes) -> tuple[MonthlyQuotes, ...]:
        """Return *quotes*, then alternatives within the limits: other spreads, other sizes."""
        spreads_bps = [quotes.half_spread_bps * step for step in (1, 1 / SPREAD_STEP, SPREAD_STEP)]
        grid = [
            MonthlyQuotes(bps, min(quotes.shown_cents * more // less, self._limit.cents))
            for bps in spreads_bps
            for more, less in SIZES
            if self._is_near_stated(bps)
        ]
        return tuple(dict.fromkeys((quotes, *(each for each in grid if each.shown_cents))))

    def decide(self, now_us: int, seen: SeenMonth | None) -> Decided:
        """Return the quotes with the highest predicted result, within the limit on the size.

        If several quotes have this result, the first of them is returned. After a month in which
        nothing was traded in the market, the quotes stay the same.
        """
        if seen is None or not seen.showed.shown_cents:
            return self._first.decide(now_us, None)
        if not seen.traded_cents:
            promised, *_ = seen.promised
            return Decided(seen.showed, promised)
        choices = zip(self.considers(seen.showed), seen.promised, strict=True)
        within = (each for each in choices if each[0].shown_cents <= self._limit.cents)
        quotes, planned = max(within, key=lambda choice: choice[1].result_cents)
        at_limit = quotes.shown_cents == self._limit.cents
        return Decided(quotes, planned, self._limit.key if at_limit else "")

    def _is_near_stated(self, half_spread_bps: float) -> bool:
        most = 1.01 * SPREAD_TIMES_MAX  # 1 % more, since SPREAD_STEP has rounding errors
        return self._stated_bps / most <= half_spread_bps <= self._stated_bps * most
