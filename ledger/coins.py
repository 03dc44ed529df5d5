"""Coins: commodities that the maker holds on borrowed money, and dealers who sell and buy them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ledger.accounts import coins, paid_for_coins
from ledger.money import Scale
from ledger.opened import Opened
from ledger.transaction import MONEY


@dataclass(frozen=True, slots=True)
class Coin:
    """A coin, or a class of them that has one price."""

    name: str
    unit: str  # the least that is bought or sold, as a decimal
    dealers: str  # the holder of all units at first
    quantity: Scale = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "quantity", Scale.of(self.unit))


def opened_coins(held: Sequence[Coin], holder: str, hole: str | None = None) -> Iterator[Opened]:
    """Open a party's coins, and the equity in which they balance."""
    about = "what was paid for them less what they brought, in dollars, against the coins"
    for coin in held:
        yield Opened(coins(holder, coin.name), (coin.name,), hole)
        yield Opened(paid_for_coins(holder, coin.name), (coin.name, MONEY), hole, about)
