"""The positions that backstops took over, and the results in the fills and in the ledger."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import duckdb

from ledger.accounts import expense, income
from ledger.kinds import Kind
from ledger.parties import books_of
from ledger.reports.dollars import usd_balances
from ledger.reports.liquidations.cascade import usd_of_cents, words
from ledger.run_folder import RunFolder


class ProviderKind(StrEnum):
    """Whether a backstop provider is the house's own maker or an outside party."""

    CAPTIVE = "captive"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class BackstopResult:
    """The positions that a provider took over, and the provider's result on them, in dollars."""

    provider: str
    standing: ProviderKind
    taken_usd: Decimal
    discount_usd: Decimal  # the gain at the takeovers, measured at the lead price
    moves_usd: Decimal  # variation margin and funding since the takeovers
    unwinding_usd: Decimal  # the result of hedging the positions; a cost is below zero
    result_usd: Decimal
    booked_usd: Decimal  # the result in the general ledger

    @property
    def backstop_usd(self) -> Decimal:
        """Return the result in the fills less the result in the ledger. It must be zero."""
        return self.result_usd - self.booked_usd


def backstop_results(
    connection: duckdb.DuckDBPyConnection, run: RunFolder
) -> tuple[BackstopResult, ...]:
    """Return the result of each provider, from the fills and from the general ledger."""
    balances, results = usd_balances(run), []
    for name in run.chart.parties.backstops:
        ((taken, discount, moves, unwinding, result),) = connection.execute(
            """
            SELECT (SELECT coalesce(sum(worth_cents), 0) FROM steps
                    WHERE motive = $backstop AND maker = $who),
                   coalesce(sum(cents) FILTER (part = 'discount'), 0),
                   coalesce(sum(cents) FILTER (part = 'moves'), 0),
                   coalesce(sum(cents) FILTER (part = 'unwinding'), 0),
                   coalesce(sum(cents), 0)
            FROM held WHERE who = $who
            """,
            {"who": name, **words("backstop")},
        ).fetchall()
        provider = books_of(name)
        captive = provider == run.chart.parties.maker
        booked = (
            -balances[income(provider, Kind.BACKSTOP)] - balances[expense(provider, Kind.BACKSTOP)]
        )
        results.append(
            BackstopResult(
                provider,
                ProviderKind.CAPTIVE if captive else ProviderKind.OUTSIDE,
                usd_of_cents(taken),
                usd_of_cents(discount),
                usd_of_cents(moves),
                usd_of_cents(unwinding),
                usd_of_cents(result),
                booked,
            )
        )
    return tuple(results)
