"""Entries for loans, shares and tokens, and for the group's payments outside trading."""

from ledger.accounts import (
    cash,
    debt,
    expense,
    income,
    issued,
    loan,
    paid_for_tokens,
    shares,
    tokens,
)
from ledger.chart import HeldToken
from ledger.kinds import Kind
from ledger.money import usd
from ledger.parties import OUTSIDE
from ledger.spending import Spending
from ledger.transaction import Movement, Posting, Transaction


def lend(
    time_us: int, lender: str, borrower: str, cents: int, links: tuple[str, ...] = ()
) -> Movement:
    """A lender outside the group lends cash to the captive maker, and may recall it at any time."""
    return Transaction(
        time_us,
        lender,
        f"{lender} lends {borrower} {usd(cents)}, callable on demand",
        "loan",
        _loan(lender, borrower, cents),
        # If the maker borrows to pay interest on earlier loans of this lender, *links* already has
        # this link.
        tuple(dict.fromkeys((loan_link(lender), *links))),
    )


def recall(time_us: int, lender: str, borrower: str, cents: int) -> Movement:
    """A lender recalls all or a part of its loan. The maker repays in cash."""
    return Transaction(
        time_us,
        lender,
        f"{lender} recalls its loan and {borrower} repays {usd(cents)}",
        "recall",
        _loan(lender, borrower, -cents),
        (loan_link(lender),),
    )


def interest(time_us: int, lender: str, borrower: str, cents: int) -> Movement:
    """The maker pays interest on a loan."""
    return Transaction(
        time_us,
        lender,
        f"{borrower} pays {lender} {usd(cents)} of interest",
        "interest",
        (
            Posting(expense(borrower, Kind.INTEREST), cents),
            Posting(cash(borrower), -cents),
            Posting(cash(lender), cents),
            Posting(income(lender, Kind.INTEREST), -cents),
        ),
        (loan_link(lender),),
    )


def spend(
    time_us: int, spending: Spending, cents: int, why: str, links: tuple[str, ...] = ()
) -> Movement:
    """The house or the maker pays. Payments of some kinds buy a stake, carried at cost."""
    payer, to = spending.payer, spending.to
    return Transaction(
        time_us,
        to,
        f"{payer} pays {to} {usd(cents)}: {why}",
        spending.tag,
        (
            Posting(spending.spent, cents),
            Posting(cash(payer), -cents),
            Posting(cash(to), cents),
            Posting(spending.received, -cents),
        ),
        links,
    )


def equity_round(time_us: int, house: str, investors: str, cents: int, name: str) -> Movement:
    """The house sells its own shares to investors."""
    return Transaction(
        time_us,
        investors,
        f"{house} sells shares to {investors} for {usd(cents)}, {name}",
        "equity",
        (
            Posting(cash(house), cents),
            Posting(issued(house, investors), -cents),
            Posting(shares(investors, house), cents),
            Posting(cash(investors), -cents),
        ),
        (f"round-{name}",),
    )


def bring_tokens(
    time_us: int, maker: str, token: HeldToken, units: int, cents: int, links: tuple[str, ...]
) -> Movement:
    """The maker buys tokens from their first owner, or receives them as a grant.

    The entry balances without a price: in each party's books, the tokens sum to zero and the
    dollars sum to zero.
    """
    name, issuer = token.name, token.issuer
    paid = f"buys {units:,} {name} for {usd(cents)}" if cents else f"is granted {units:,} {name}"
    postings = [
        Posting(tokens(maker, name), units, name),
        Posting(paid_for_tokens(maker, name), -units, name),
        Posting(paid_for_tokens(maker, name), cents),
        Posting(cash(maker), -cents),
        Posting(tokens(issuer, name), -units, name),
        Posting(paid_for_tokens(issuer, name), units, name),
        Posting(paid_for_tokens(issuer, name), -cents),
        Posting(cash(issuer), cents),
    ]
    return Transaction(
        time_us,
        issuer if issuer == OUTSIDE else None,
        f"{maker} {paid}" + ("" if issuer == OUTSIDE else f", issued by {issuer}"),
        "tokens",
        tuple(posting for posting in postings if posting.units),
        links,
    )


def loan_link(lender: str) -> str:
    """Return the link of all entries about the loans of one lender."""
    return f"loan-{lender.lower()}"


def _loan(lender: str, borrower: str, cents: int) -> tuple[Posting[int], ...]:
    return (
        Posting(cash(borrower), cents),
        Posting(debt(borrower, lender), -cents),
        Posting(loan(lender, borrower), cents),
        Posting(cash(lender), -cents),
    )
