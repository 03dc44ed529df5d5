"""A policy for growth: the maker adjusts its size to reach a target share of the volume."""

from dataclasses import replace

from des.policies.monthly_quotes import Decided, MonthlyQuotes, QuotingChoice, SeenMonth
from des.policies.shown_limit import ShownLimit
from des.scenario import MakerQuoting
from ledger.times import day_of

STEP = "a month's step"
# Each month the last size is multiplied or divided by at most this factor.
STEP_MAX = 4


class GrowthQuotes:
    """A policy that changes the size each month, to bring the maker's share to the target."""

    def __init__(self, first: QuotingChoice, rules: MakerQuoting, limit: ShownLimit) -> None:
        """Initialise the policy.

        Args:
            first: the policy that decides at the run's start, and after a month with size zero.
            rules: state the maker's target share of a market's volume on the house.
            limit: the largest size that the maker may show.
        """
        self._first, self._rules = first, rules
        self._limit = limit

    def considers(self, quotes: MonthlyQuotes) -> tuple[MonthlyQuotes, ...]:
        """Return only the displayed quotes, since this policy compares no alternatives."""
        return (quotes,)

    def decide(self, now_us: int, seen: SeenMonth | None) -> Decided:
        """Return quotes whose size is the last size times (target share / achieved share).

        This factor and the size have limits. If the maker's quotes traded nothing in the last
        month, they stay the same.
        """
        if seen is None or not seen.showed.shown_cents:
            return self._first.decide(now_us, None)
        promised, *_ = seen.promised
        showed_cents = seen.showed.shown_cents
        if not seen.own_cents:
            return Decided(seen.showed, promised)
        target_share = self._rules.target_share_on(day_of(now_us))
        wanted = target_share * seen.traded_cents / seen.own_cents
        times = max(1 / STEP_MAX, min(wanted, STEP_MAX))
        # The size is at least one cent. After a month with size zero, `self._first` would decide
        # again.
        shown_cents = max(min(round(showed_cents * times), self._limit.cents), 1)
        # The prediction assumes that the volume is proportional to the size, and that each dollar
        # of volume has the same result as in last month's simulation.
        planned_cents = seen.own_cents * shown_cents // showed_cents
        planned = promised.times(planned_cents, promised.volume_cents)
        return Decided(
            replace(seen.showed, shown_cents=shown_cents),
            planned._replace(volume_cents=planned_cents),
            self._held_by(wanted, times, showed_cents),
        )

    def _held_by(self, wanted: float, times: float, showed_cents: int) -> str:
        """Return the name of the limit that prevents the wanted size, or an empty string."""
        if round(showed_cents * times) > self._limit.cents:
            return self._limit.key
        return "" if times == wanted else STEP
