"""What a policy begins with, for tests of policies that begin with what is stated."""

from dataclasses import dataclass

from des.policies.monthly_quotes import Decided, MonthlyQuotes, SeenMonth


@dataclass(frozen=True)
class AsStated:
    """Says what is shown first, and nothing else."""

    first: MonthlyQuotes

    def considers(self, quotes: MonthlyQuotes) -> tuple[MonthlyQuotes, ...]:
        return (quotes,)

    def decide(self, now_us: int, seen: SeenMonth | None) -> Decided:
        assert seen is None
        return Decided(self.first)
