"""A policy that states the first quotes, for tests of policies that begin with stated quotes."""

from dataclasses import dataclass

from des.policies.monthly_quotes import Decided, MonthlyQuotes, SeenMonth


@dataclass(frozen=True)
class AsStated:
    """A policy that decides the given quotes before any observation."""

    first: MonthlyQuotes

    def considers(self, quotes: MonthlyQuotes) -> tuple[MonthlyQuotes, ...]:
        return (quotes,)

    def decide(self, now_us: int, seen: SeenMonth | None) -> Decided:
        assert seen is None
        return Decided(self.first)
