"""Coins: the maker may buy them with borrowed money, or the house may owe them to customers.

Both can be true of the same coin. The maker trades coins with dealers. Accounts of the maker's own
coins have the kind `Portfolio`, and accounts of customers' coins have the kind `Coins`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ledger.accounts import (
    claim_in_coins,
    coins,
    coins_owed,
    coins_there,
    paid_for_coins,
    sold_coins,
)
from ledger.kinds import CAUSE, CLAIM, LIQUID
from ledger.money import Scale
from ledger.opened import Opened
from ledger.transaction import MONEY


@dataclass(frozen=True, slots=True)
class Coin:
    """A coin, or a group of coins with one price."""

    name: str
    unit: str  # the coin's smallest quantity in the books, such as 0.01
    dealers: str  # the party that trades the coin with the maker
    is_held: bool = True  # whether the maker may buy the coin with borrowed money
    is_owed: bool = False  # whether the house may owe the coin to customers
    quantity: Scale = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "quantity", Scale.of(self.unit))


def names_owed(known: Sequence[Coin]) -> tuple[str, ...]:
    """Return the names of the coins that the house may owe to customers."""
    return tuple(coin.name for coin in known if coin.is_owed)


def opened_coins(known: Sequence[Coin], holder: str, hole: str | None = None) -> Iterator[Opened]:
    """Open accounts for the coins that the maker may buy, and accounts that balance these coins."""
    about = "the dollars paid for the coins, less the proceeds of sales"
    for coin in known:
        if coin.is_held:
            yield Opened(coins(holder, coin.name), (coin.name,), hole)
            yield Opened(paid_for_coins(holder, coin.name), (coin.name, MONEY), hole, about)


def opened_for_customers(known: Sequence[Coin], house: str, customers: str) -> Iterator[Opened]:
    """Open the house's accounts for customers' coins: one for coins held, one for coins owed."""
    if names := names_owed(known):
        yield Opened(coins_there(house), names, LIQUID, "customers' coins at hand")
        yield Opened(coins_owed(house, customers), names, CLAIM, "owed in kind")


def opened_of_customers(known: Sequence[Coin], house: str, customers: str) -> Iterator[Opened]:
    """Open customers' accounts: one for coins in their wallets, one for coins at the house."""
    if names := names_owed(known):
        yield Opened(coins_there(customers), names)
        yield Opened(claim_in_coins(customers, house), names)


def opened_sales(known: Sequence[Coin], maker: str) -> Iterator[Opened]:
    """Open the maker's accounts for sales of customers' coins that the house lent to the maker."""
    about = "customers' coins sold, and the dollars received for them"
    for name in names_owed(known):
        yield Opened(sold_coins(maker, name), (name, MONEY), CAUSE, about)


def opened_at_dealers(known: Sequence[Coin], dealers: str) -> Iterator[Opened]:
    """Open the dealers' accounts of coins, and the equity accounts that balance these coins."""
    yield from opened_coins(known, dealers)
    if names := names_owed(known):
        yield Opened(coins_there(dealers), names)
        yield from (Opened(sold_coins(dealers, name), (name, MONEY)) for name in names)
