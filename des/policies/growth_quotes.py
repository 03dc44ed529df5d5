"""Quotes for growth: as much as it takes to reach a share of the volume, judged by last month's."""

from dataclasses import replace

from des.policies.monthly_quotes import Decided, MonthlyQuotes, QuotingChoice, SeenMonth
from des.policies.shown_limit import ShownLimit
from des.scenario import MakerQuoting
from ledger.times import day_of

STEP = "a month's step"
STEP_MAX = 4  # a month: so many times as much is shown at most, and a part of it at least


class GrowthQuotes:
    """Shows more where its share of the volume was too small, and less where it was too large."""

    def __init__(self, first: QuotingChoice, rules: MakerQuoting, limit: ShownLimit) -> None:
        """Begin.

        Args:
            first: decides until quotes have been shown for a month.
            rules: have the share that it aims at, of all that is traded on the house.
            limit: the most that it may show.
        """
        self._first, self._rules = first, rules
        self._limit = limit

    def considers(self, quotes: MonthlyQuotes) -> tuple[MonthlyQuotes, ...]:
        """Return what is shown alone: it judges by its share, not by its simulation."""
        return (quotes,)

    def decide(self, now_us: int, seen: SeenMonth | None) -> Decided:
        """Return what was shown times the target over the share, which is thought to reach it.

        A month in which its quotes traded nothing tells nothing, and changes nothing.
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
        # Never nothing, from which no multiple would lead back.
        shown_cents = max(min(round(showed_cents * times), self._limit.cents), 1)
        # It thinks that volume goes with size, and that its rate stays what was promised.
        planned_cents = seen.own_cents * shown_cents // showed_cents
        planned = promised.times(planned_cents, promised.volume_cents)
        return Decided(
            replace(seen.showed, shown_cents=shown_cents),
            planned._replace(volume_cents=planned_cents),
            self._held_by(wanted, times, showed_cents),
        )

    def _held_by(self, wanted: float, times: float, showed_cents: int) -> str:
        """Say what keeps it from showing as many times as much as it wants."""
        if round(showed_cents * times) > self._limit.cents:
            return self._limit.key
        return "" if times == wanted else STEP
