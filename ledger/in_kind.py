"""Entries for customers' coins: opening balances, deposits, withdrawals, loans and trades.

The books record coins as they record dollars. Each coin balances by itself. In this list, the last
word of a line is the account's part in the hole (see `ledger.chart`):

    Assets:FTX:Coins:Wallet              coins that the house holds                   liquid
    Liabilities:FTX:Coins:Retail         coins that the house owes to customers       claim
    Assets:FTX:CreditLine:Alameda        coins that the house lent to its maker       group
    Liabilities:Alameda:CreditLine:FTX   coins that the maker owes to the house       group
    Equity:Alameda:Coins:BTC             coins that the maker sold, and the proceeds  cause

For each coin, the quantity owed to customers is the sum of the quantities held and lent. The
group's hole in a coin is the quantity that the maker sold and did not buy back. The maker sells
borrowed coins at once, and repays its dollar debt on the credit line with the proceeds.
"""

from collections.abc import Mapping

from ledger.accounts import (
    borrowed,
    cash,
    claim_in_coins,
    coins_owed,
    coins_there,
    lent,
    opening,
    sold_coins,
)
from ledger.coins import Coin
from ledger.money import usd
from ledger.parties import Parties
from ledger.transaction import Movement, Posting, Transaction

Meta = tuple[tuple[str, str], ...]


def opening_coins(
    time_us: int, parties: Parties, there: Mapping[str, int], owed: Mapping[str, int]
) -> Movement:
    """Book the coins that customers have on the first day: in their wallets, and at the house.

    Args:
        time_us: the first microsecond of the run.
        parties: all parties that keep books, by role.
        there: lots in customers' own wallets, by coin.
        owed: lots that the house holds and owes to customers, by coin.
    """
    house, retail = parties.house, parties.retail
    postings = []
    for coin, lots in there.items():
        postings.append(Posting(coins_there(retail), lots, coin))
        postings.append(Posting(opening(retail), -lots, coin))
    for coin, lots in owed.items():
        postings += [
            Posting(coins_there(house), lots, coin),
            Posting(coins_owed(house, retail), -lots, coin),
            Posting(claim_in_coins(retail, house), lots, coin),
            Posting(opening(retail), -lots, coin),
        ]
    return Transaction(
        time_us,
        None,
        "Opening balances in coins, with all coins that customers will deposit later",
        "opening",
        tuple(posting for posting in postings if posting.units),
    )


def deposit_coins(
    time_us: int, parties: Parties, coin: Coin, lots: int, meta: Meta = ()
) -> Movement:
    """Customers deposit coins at the house, which then owes the coins to them."""
    what = f"{parties.retail} deposits {_text(coin, lots)} at {parties.house}"
    return _moved(time_us, parties, coin, (lots, what, "deposit"), meta)


def withdraw_coins(
    time_us: int, parties: Parties, coin: Coin, lots: int, meta: Meta = ()
) -> Movement:
    """The house pays coins to customers, and then owes them fewer coins."""
    what = f"{parties.retail} withdraws {_text(coin, lots)} from {parties.house}"
    return _moved(time_us, parties, coin, (-lots, what, "withdrawal"), meta)


def sell_lent(time_us: int, parties: Parties, coin: Coin, lots: int, cents: int) -> Movement:
    """The house lends coins to its maker, which sells them and gives the dollars to the house.

    The maker then owes the coins to the house. The dollars reduce the maker's dollar debt on the
    credit line. If there is no such debt, the house owes the dollars to the maker.
    """
    house, maker = parties.group
    what = (
        f"{house} lends customers' coins ({_text(coin, lots)}) to {maker} on its credit line; "
        f"{maker} sells them for {usd(cents)} and gives the dollars to {house}"
    )
    return _swapped(time_us, parties, coin, (lots, cents), what)


def buy_back(time_us: int, parties: Parties, coin: Coin, lots: int, cents: int) -> Movement:
    """The maker borrows dollars from the house, buys coins, and returns the coins to the house.

    *lots* and *cents* are above zero.
    """
    house, maker = parties.group
    what = (
        f"{maker} draws {usd(cents)} on its credit line at {house}, buys {_text(coin, lots)} and "
        "returns these coins"
    )
    return _swapped(time_us, parties, coin, (-lots, -cents), what)


def _moved(
    time_us: int, parties: Parties, coin: Coin, told: tuple[int, str, str], meta: Meta
) -> Movement:
    """Move *lots* of a coin from customers to the house, or to customers if *lots* is negative."""
    lots, what, tag = told
    house, retail = parties.house, parties.retail
    postings = (
        Posting(coins_there(house), lots, coin.name),
        Posting(coins_owed(house, retail), -lots, coin.name),
        Posting(claim_in_coins(retail, house), lots, coin.name),
        Posting(coins_there(retail), -lots, coin.name),
    )
    return Transaction(time_us, retail, what, tag, postings, (), meta)


def _swapped(
    time_us: int, parties: Parties, coin: Coin, sold: tuple[int, int], what: str
) -> Movement:
    """Let the maker sell coins of the house, or buy coins back if lots and cents are negative."""
    lots, cents = sold
    name, dealers = coin.name, coin.dealers
    house, maker = parties.group
    postings = (
        Posting(coins_there(house), -lots, name),
        Posting(lent(house, maker), lots, name),
        Posting(cash(house), cents),
        Posting(lent(house, maker), -cents),
        Posting(borrowed(maker, house), -lots, name),
        Posting(sold_coins(maker, name), lots, name),
        Posting(borrowed(maker, house), cents),
        Posting(sold_coins(maker, name), -cents),
        Posting(coins_there(dealers), lots, name),
        Posting(sold_coins(dealers, name), -lots, name),
        Posting(sold_coins(dealers, name), cents),
        Posting(cash(dealers), -cents),
    )
    return Transaction(time_us, dealers, what, "coins", postings)


def _text(coin: Coin, lots: int) -> str:
    return f"{coin.quantity.text(lots, ',')} {coin.name}"
