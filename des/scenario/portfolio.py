"""Coins that the captive maker buys with parts of its loans and with customers' money."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from des.scenario.dated import Dated, check_order
from des.scenario.priced_coin import PricedCoin
from des.scenario.quantities import (
    Entity,
    Fraction,
    Part,
    PositiveUsd,
    check_distinct,
    check_shares,
)


class HeldCoin(PricedCoin):
    """One coin of the portfolio, or a class of coins with one price."""

    # The share of a loan with `drawn_in_full` that is spent on the coin.
    share: Annotated[float, Field(gt=0, le=1)]
    haircut: Fraction = 0.0  # the dealers' discount if the maker sells the coin
    supply: Annotated[int, Field(ge=1, le=10**12)]  # the units that dealers hold at the start


class CashShare(Dated):
    """The share of customers' claims that the group keeps in cash from a day on."""

    share: Fraction


class Portfolio(Part):
    """Coins that the captive maker buys with loans and, if `cash_shares` is given, with other cash.

    If a lender has `drawn_in_full`, the maker draws its loan on each day on which a limit of the
    lender begins, and on the first of each month. It draws up to the limit, as far as collateral
    allows. The maker buys each coin with the coin's share of the drawn money, at the day's last
    price. If the shares sum to less than 1, the rest of the money stays cash.

    If the maker's cash is less than a recalled amount, the maker sells coins to pay the part
    `recall_sold_share` of the difference. Each coin is sold in proportion to its value after the
    haircut. The maker's other sources of money pay the rest of the difference. If these sources are
    not enough, more coins are sold. Lenders accept coins as collateral, like tokens.

    With `cash_shares` customers' money is invested too. The group then keeps a reserve in cash: all
    withdrawals that wait, plus the day's share of customers' other claims. On the first of each
    month the maker buys coins with the group's cash above the reserve, in the proportions of the
    coins' shares. At the end of each day the maker sells coins if the group's cash is less than the
    reserve plus the maker's payments of the day. These payments are for interest, tokens and uses
    of money. Before the first day of `cash_shares` only loans buy coins.
    """

    dealers: Entity  # the name of the dealers, who trade coins with the maker
    dealers_cash_usd: PositiveUsd  # the dealers' opening cash, to buy coins from the maker
    recall_sold_share: Fraction
    holdings: Annotated[tuple[HeldCoin, ...], Field(min_length=1, max_length=50)]
    cash_shares: Annotated[tuple[CashShare, ...], Field(max_length=1_000)] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_shares("holdings", [holding.share for holding in self.holdings])
        check_distinct("holdings", "name", [holding.name for holding in self.holdings])
        check_order("cash_shares", self.cash_shares)
        return self
