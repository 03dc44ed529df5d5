"""Books the maker's tokens and dollars in liquidity pools, and arbitrageurs' trades with pools.

A pool has no debts and keeps no books, since the pool's reserves belong to the maker. An equity
account balances the tokens and the dollars exchanged for them, as in a purchase of tokens. So gains
and losses on tokens are not income. Arbitrageurs reverse each trade with other traders, at the lead
price. So the arbitrageurs' gain is in dollars, and this gain is booked as income.
"""

from dataclasses import dataclass

from ledger.accounts import cash, in_pool, income, paid_for_tokens, pooled, tokens
from ledger.kinds import Kind
from ledger.money import usd
from ledger.parties import OUTSIDE
from ledger.transaction import Movement, Posting, Transaction


@dataclass(frozen=True, slots=True)
class Arbitrages:
    """The sums of a day's trades of arbitrageurs with one pool."""

    trades: int
    units: int  # units of the token that leave the pool, minus units paid in
    cents: int  # cents that are paid into the pool for these units
    fee_cents: int
    outside_cents: int  # cents that the units are worth, at the lead price at each trade


def open_pool(time_us: int, maker: str, token: str, units: int, cents: int, terms: str) -> Movement:
    """The maker puts tokens and dollars into a pool of its own.

    Args:
        time_us: the time in microseconds.
        maker, token: the owner of the pool, and the token in the pool.
        units, cents: the reserves put in.
        terms: the pool's fee as a text.
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
    """The maker takes all reserves out of its pool."""
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
    """Arbitrageurs move a pool's price to the lead price, and reverse trades with other traders."""
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
    """Return the link that joins all entries about a token's pool."""
    return f"pool-{token.lower()}"


def _moved(maker: str, token: str, units: int, cents: int) -> tuple[Posting[int], ...]:
    return (
        Posting(pooled(maker, token), units, token),
        Posting(tokens(maker, token), -units, token),
        Posting(in_pool(maker, token), cents),
        Posting(cash(maker), -cents),
    )
