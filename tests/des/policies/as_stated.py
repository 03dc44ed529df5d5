"""A policy for the first decision, used in the tests of other policies."""

from dataclasses import dataclass

from des.policies.monthly_quotes import Decided, MonthlyQuotes, SeenMonth


@dataclass(frozen=True)
class AsStated:
    """A policy that always chooses the quotes in `first`. It must not receive an observed month."""

    first: MonthlyQuotes

    def considers(self, quotes: MonthlyQuotes) -> tuple[MonthlyQuotes, ...]:
        return (quotes,)

    def decide(self, now_us: int, seen: SeenMonth | None) -> Decided:
        assert seen is None
        return Decided(self.first)
