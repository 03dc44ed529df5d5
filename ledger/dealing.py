"""Entries for coins that the maker buys from dealers or sells to dealers.

The entries balance without a price: in each party's books, the coins sum to zero and the dollars
sum to zero.
"""

from ledger.accounts import cash, coins, paid_for_coins
from ledger.coins import Coin
from ledger.money import usd
from ledger.transaction import Movement, Posting, Transaction


def buy(
    time_us: int, maker: str, coin: Coin, lots: int, cents: int, links: tuple[str, ...]
) -> Movement:
    """The maker buys coins from dealers for cash."""
    what = f"{maker} buys {coin.quantity.text(lots, ',')} {coin.name} for {usd(cents)}"
    return _exchange(time_us, maker, coin, (lots, cents), what, links)


def sell(
    time_us: int, maker: str, coin: Coin, lots: int, cents: int, links: tuple[str, ...]
) -> Movement:
    """The maker sells coins to dealers for cash."""
    what = f"{maker} sells {coin.quantity.text(lots, ',')} {coin.name} for {usd(cents)}"
    return _exchange(time_us, maker, coin, (-lots, -cents), what, links)


def _exchange(
    time_us: int,
    maker: str,
    coin: Coin,
    bought: tuple[int, int],
    what: str,
    links: tuple[str, ...],
) -> Movement:
    """Move coins to the maker and cash to the dealers. Negative amounts reverse both movements."""
    lots, cents = bought
    sides = ((maker, lots, cents), (coin.dealers, -lots, -cents))
    postings = [
        posting
        for holder, received, paid in sides
        for posting in (
            Posting(coins(holder, coin.name), received, coin.name),
            Posting(paid_for_coins(holder, coin.name), -received, coin.name),
            Posting(paid_for_coins(holder, coin.name), paid),
            Posting(cash(holder), -paid),
        )
    ]
    return Transaction(time_us, coin.dealers, what, "portfolio", tuple(postings), links)
