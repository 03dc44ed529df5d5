"""Makes the entries of liquidity pools: the maker's reserves, and arbitrageurs' trades.

A pool has no books and no debts: its reserves belong to the maker. If tokens are exchanged for
dollars, an equity account balances the tokens and the dollars, as in a purchase of tokens. So gains
and losses on tokens are not income. Arbitrageurs reverse each trade: they trade with other traders
at the lead price. So the arbitrageurs' gain is in dollars, and it is booked as income.
"""

from dataclasses import dataclass

from ledger.accounts import cash, in_pool, income, paid_for_tokens, pooled, tokens
from ledger.kinds import Kind
from ledger.money import usd
from ledger.parties import OUTSIDE
from ledger.transaction import Movement, Posting, Transaction


@dataclass(frozen=True, slots=True)
class Arbitrages:
    """The sums of a day's trades between arbitrageurs and one pool."""

    trades: int
    units: int  # units of the token that leave the pool, minus units that enter it
    cents: int  # cents paid into the pool for these units; below 0: paid out
    fee_cents: int
    outside_cents: int  # value of the units in cents, each trade at its lead price


def open_pool(time_us: int, maker: str, token: str, units: int, cents: int, terms: str) -> Movement:
    """Return the entry in which the maker puts tokens and dollars into its own pool.

    Args:
        time_us: the time of the entry, in microseconds since 1970.
        maker, token: the pool's owner, and the pool's token.
        units, cents: the reserves that the maker puts in.
        terms: the pool's fee, in words.
    """
    return Transaction(
        time_us,
        None,
        f"{maker} puts {units:,} {token} and {usd(cents)} into a pool, {terms}",
        "pool",
        _moved(maker, token, units, cents),
        (pool_link(token),),
    )


def close_pool(time_us: int, maker: str, token: str, units: int, cents: int) -> Movement:
    """Return the entry in which the maker takes all reserves out of its pool."""
    return Transaction(
        time_us,
        None,
        f"{maker} takes {units:,} {token} and {usd(cents)} out of its pool, and closes it",
        "pool",
        _moved(maker, token, -units, -cents),
        (pool_link(token),),
    )


def arbitrage_pool(
    time_us: int, maker: str, arbitrageurs: str, token: str, day: Arbitrages
) -> Movement:
    """Return the entry for a day of arbitrage: trades with a pool, and the reverse trades."""
    gain_cents = day.outside_cents - day.cents - day.fee_cents
    moves = "gives" if day.units > 0 else "takes in"
    postings = [
        Posting(pooled(maker, token), -day.units, token),
        Posting(paid_for_tokens(maker, token), day.units, token),
        Posting(paid_for_tokens(maker, token), -day.cents),
        Posting(in_pool(maker, token), day.cents),
        Posting(cash(maker), day.fee_cents),
        Posting(income(maker, Kind.POOLS), -day.fee_cents),
        Posting(cash(arbitrageurs), gain_cents),
        Posting(income(arbitrageurs, Kind.POOLS), -gain_cents),
        Posting(tokens(OUTSIDE, token), day.units, token),
        Posting(paid_for_tokens(OUTSIDE, token), -day.units, token),
        Posting(paid_for_tokens(OUTSIDE, token), day.outside_cents),
        Posting(cash(OUTSIDE), -day.outside_cents),
    ]
    return Transaction(
        time_us,
        arbitrageurs,
        f"{arbitrageurs} trade with the pool of {maker}: it {moves} {abs(day.units):,} {token} for "
        f"{usd(day.cents)}, and earns {usd(day.fee_cents)} in fees",
        "arbitrage",
        tuple(posting for posting in postings if posting.units),
        (pool_link(token),),
        (("trades", str(day.trades)),),
    )


def pool_link(token: str) -> str:
    """Return the link that all entries about a token's pool have."""
    return f"pool-{token.lower()}"


def _moved(maker: str, token: str, units: int, cents: int) -> tuple[Posting[int], ...]:
    return (
        Posting(pooled(maker, token), units, token),
        Posting(tokens(maker, token), -units, token),
        Posting(in_pool(maker, token), cents),
        Posting(cash(maker), -cents),
    )
