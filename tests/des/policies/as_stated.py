"""The first decision of policies that begin with stated quotes, for their tests."""

from dataclasses import dataclass

from des.policies.monthly_quotes import Decided, MonthlyQuotes, SeenMonth


@dataclass(frozen=True)
class AsStated:
    """States the first quotes, and nothing else."""

    first: MonthlyQuotes

    def considers(self, quotes: MonthlyQuotes) -> tuple[MonthlyQuotes, ...]:
        return (quotes,)

    def decide(self, now_us: int, seen: SeenMonth | None) -> Decided:
        assert seen is None
        return Decided(self.first)
