"""Loans to a customer against tokens, and the sale of the tokens when their price falls.

There are four steps. The venue lends dollars. If the borrower lacks margin, the venue sells some of
the borrower's tokens. If the margin falls further, the captive maker takes over the debt and the
remaining tokens. Then the maker sells these tokens.
"""

from typing import NamedTuple

from ledger.accounts import (
    PLEDGED,
    claim,
    claim_in_kind,
    exchanged,
    expense,
    income,
    margin_debt,
    margin_loan,
    owed,
    owed_in_kind,
)
from ledger.kinds import Kind
from ledger.money import MarginToken, usd
from ledger.parties import Parties
from ledger.times import settlement_link
from ledger.transaction import Movement, Posting, Transaction


class TokenSale(NamedTuple):
    """A sale of tokens at a settlement: the lots and the cents paid for them.

    `over_s` is the number of seconds since the previous settlement. `takes_lots` is the largest
    sale that the order book can fill in this time and that the buyers can pay.
    """

    lots: int
    cents: int
    takes_lots: int
    over_s: int


def lend_on_tokens(
    time_us: int, borrower: str, parties: Parties, cents: int, token: MarginToken, mark: int
) -> Movement:
    """The venue lends dollars to a customer against tokens, which stay pledged."""
    house = parties.house
    return Transaction(
        time_us,
        borrower,
        f"{house} lends {borrower} {usd(cents)} against its {token.commodity}; the "
        f"price on {parties.lead} is {_price(token, mark)}",
        "margin-loan",
        (
            Posting(margin_loan(house, borrower), cents),
            Posting(owed(house, borrower), -cents),
            Posting(claim(borrower, house), cents),
            Posting(margin_debt(borrower, house), -cents),
        ),
        _links(time_us, borrower),
        _lead(token, mark),
    )


def sell_pledged(
    time_us: int,
    borrower: str,
    parties: Parties,
    sale: TokenSale,
    token: MarginToken,
    mark: int,
) -> Movement:
    """The venue sells tokens of a borrower who lacks margin. The proceeds reduce the debt."""
    house, buyer = parties.house, parties.other_makers
    lots, cents, *_ = sale
    return Transaction(
        time_us,
        borrower,
        f"{borrower} lacks margin: {house} sells {borrower}'s {_tokens(token, lots)} to {buyer} "
        f"for {usd(cents)}, with {parties.lead} at {_price(token, mark)}",
        "margin-sale",
        (
            Posting(owed(house, buyer), cents),
            Posting(margin_loan(house, borrower), -cents),
            Posting(claim(buyer, house), -cents),
            Posting(exchanged(buyer, Kind.SEIZURE), cents),
            Posting(margin_debt(borrower, house), cents),
            Posting(exchanged(borrower, Kind.SEIZURE), -cents),
            *_handed(house, (borrower, PLEDGED), (buyer, None), lots, token),
        ),
        _links(time_us, borrower),
        _of_sale(token, sale, mark),
    )


def take_account_over(
    time_us: int,
    borrower: str,
    parties: Parties,
    lots: int,
    debt_cents: int,
    token: MarginToken,
    mark: int,
) -> Movement:
    """The captive maker pays the debt of a failed account, and receives the remaining tokens."""
    house, maker = parties.house, parties.maker
    return Transaction(
        time_us,
        borrower,
        f"{maker} takes over the rest of the liquidation of {borrower} from {house}: a debt of "
        f"{usd(debt_cents)} and {_tokens(token, lots)}; the price on {parties.lead} is "
        f"{_price(token, mark)}",
        "account-takeover",
        (
            Posting(owed(house, maker), debt_cents),
            Posting(margin_loan(house, borrower), -debt_cents),
            Posting(claim(maker, house), -debt_cents),
            Posting(expense(maker, Kind.TAKEOVERS), debt_cents),
            Posting(margin_debt(borrower, house), debt_cents),
            Posting(income(borrower, Kind.TAKEOVERS), -debt_cents),
            *_handed(house, (borrower, PLEDGED), (maker, None), lots, token),
        ),
        _links(time_us, borrower),
        _details(token, lots, mark),
    )


def sell_taken_over(
    time_us: int,
    borrower: str,
    parties: Parties,
    sale: TokenSale,
    token: MarginToken,
    mark: int,
) -> Movement:
    """The captive maker sells tokens that it took over. The proceeds reduce the maker's loss."""
    house, maker, buyer = parties.house, parties.maker, parties.other_makers
    lots, cents, *_ = sale
    return Transaction(
        time_us,
        buyer,
        f"{maker} took over {_tokens(token, lots)} from {borrower}, and sells them to {buyer} for "
        f"{usd(cents)}; the price on {parties.lead} is {_price(token, mark)}",
        "takeover-sale",
        (
            Posting(owed(house, buyer), cents),
            Posting(owed(house, maker), -cents),
            Posting(claim(buyer, house), -cents),
            Posting(exchanged(buyer, Kind.SEIZURE), cents),
            Posting(claim(maker, house), cents),
            Posting(expense(maker, Kind.TAKEOVERS), -cents),
            *_handed(house, (maker, None), (buyer, None), lots, token),
        ),
        _links(time_us, borrower),
        _of_sale(token, sale, mark),
    )


def account_link(borrower: str) -> str:
    """Return the link that all entries on a borrower's loan have."""
    return f"margin-loan-{borrower.lower()}"


def _handed(
    house: str,
    giver: tuple[str, str | None],
    taker: tuple[str, str | None],
    lots: int,
    token: MarginToken,
) -> list[Posting[int]]:
    """Return the postings that move tokens from *giver* to *taker*.

    Each of the two is a pair: a name, and the state of the tokens.
    """
    if not lots:
        return []
    postings = []
    for (who, state), units in ((giver, -lots), (taker, lots)):
        postings += [
            Posting(owed_in_kind(house, who, state), -units, token.commodity),
            Posting(claim_in_kind(who, house, state), units, token.commodity),
            Posting(exchanged(who, Kind.SEIZURE), -units, token.commodity),
        ]
    return postings


def _links(time_us: int, borrower: str) -> tuple[str, ...]:
    return (settlement_link(time_us), account_link(borrower))


def _details(token: MarginToken, lots: int, mark: int) -> tuple[tuple[str, str], ...]:
    return (("quantity", token.contract.quantity.text(lots)), *_lead(token, mark))


def _of_sale(token: MarginToken, sale: TokenSale, mark: int) -> tuple[tuple[str, str], ...]:
    takes = token.contract.quantity.text(sale.takes_lots)
    return (*_details(token, sale.lots, mark), ("takes", takes), ("over-s", str(sale.over_s)))


def _lead(token: MarginToken, mark: int) -> tuple[tuple[str, str], ...]:
    return (("lead", token.contract.price.text(mark)),)


def _tokens(token: MarginToken, lots: int) -> str:
    return f"{token.contract.quantity.text(lots, ',')} {token.commodity}"


def _price(token: MarginToken, ticks: int) -> str:
    return token.contract.price.text(ticks, ",")
