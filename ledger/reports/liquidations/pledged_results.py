"""Loans against thinly traded tokens: the dollars borrowed, and the proceeds of the tokens.

The general ledger has an entry for each step of a loan. All entries of a borrower share one link.
The loss is the debt that the captive maker took over, less the proceeds of the tokens that the
maker sold. Unsold tokens are valued at the last price, and do not reduce the loss.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ledger.accounts import (
    claim,
    claim_in_kind,
    expense,
    margin_loan,
    opening,
)
from ledger.kinds import Kind
from ledger.margin_lending import account_link
from ledger.money import MarginToken
from ledger.reports.dollars import CENT, ZERO
from ledger.reports.table import Table
from ledger.run_folder import RunFolder


@dataclass(frozen=True, slots=True)
class PledgedResult:
    """The result of one borrower's account, in dollars."""

    borrower: str
    token: str
    lent_usd: Decimal
    withdrawn_usd: Decimal
    repaid_usd: Decimal  # debt repaid by sales of tokens
    taken_over_usd: Decimal  # the debt that the captive maker paid
    worth_usd: Decimal  # value of the tokens at the takeover, at the lead price
    brought_usd: Decimal  # proceeds of the maker's sales of these tokens
    unsold_usd: Decimal  # value of all such tokens that the maker has, at the last price

    @property
    def owed_usd(self) -> Decimal:
        """Return the borrower's remaining debt to the house at the end."""
        return self.lent_usd - self.repaid_usd - self.taken_over_usd

    @property
    def loss_usd(self) -> Decimal:
        """Return the captive maker's loss on the account. A gain is below zero."""
        return self.taken_over_usd - self.brought_usd


def pledged(run: RunFolder) -> tuple[PledgedResult, ...]:
    """Return the result of each account that borrowed against tokens."""
    tokens = {token.commodity: token for token in run.chart.collateral}
    return tuple(_result(run, name, tokens) for name in run.chart.parties.borrowers)


def pledged_table(found: Sequence[PledgedResult]) -> Table:
    """Return a table with a row for each borrower."""
    return Table.of(
        "pledged",
        "Customers' loans against tokens, and the proceeds of the tokens",
        (
            "borrower",
            "token",
            "lent_usd",
            "withdrawn_usd",
            "repaid_usd",
            "owed_usd",
            "taken_over_usd",
            "worth_usd",
            "brought_usd",
            "unsold_usd",
            "loss_usd",
        ),
        found,
        (
            "'Repaid' is the debt that was repaid by sales of tokens before a takeover. In a "
            "takeover the captive maker pays the debt and receives the remaining tokens. 'Worth' "
            "is the value of these tokens at the lead price. 'Brought' is the maker's proceeds "
            "from sales of these tokens, and 'loss' is the debt taken over less these proceeds. "
            "'Unsold' is the value, at the last price, of all tokens of this name that the maker "
            "still has. The loss and the hole do not include this value.",
        ),
    )


def _result(run: RunFolder, borrower: str, tokens: dict[str, MarginToken]) -> PledgedResult:
    house, maker = run.chart.parties.house, run.chart.parties.maker
    loan, link = margin_loan(house, borrower), account_link(borrower)
    token = tokens[_commodity(run, borrower)]

    def dollars(account: str, tag: str) -> Decimal:
        """Return the sum in dollars of the borrower's postings with this account and tag."""
        ((units,),) = run.select(
            "SELECT coalesce(sum(units), 0) FROM postings "
            "WHERE account = ? AND tag = ? AND commodity = 'USD' AND list_contains(links, ?)",
            [account, tag, link],
        )
        return Decimal(int(units)) * CENT

    ((withdrawn,),) = run.select(
        "SELECT coalesce(-sum(units), 0) FROM postings WHERE account = ? AND tag = 'withdrawal'",
        [claim(borrower, house)],
    )
    worth = sum(
        (
            Decimal(quantity) * Decimal(lead)
            for quantity, lead in run.select(
                "SELECT DISTINCT meta->>'quantity', meta->>'lead' FROM postings "
                "WHERE tag = 'account-takeover' AND list_contains(links, ?)",
                [link],
            )
        ),
        ZERO,
    )
    taken = expense(maker, Kind.TAKEOVERS)
    return PledgedResult(
        borrower,
        token.commodity,
        dollars(loan, "margin-loan"),
        Decimal(int(withdrawn)) * CENT,
        -dollars(loan, "margin-sale"),
        -dollars(loan, "account-takeover"),
        worth.quantize(CENT),
        -dollars(taken, "takeover-sale"),
        (_held(run, claim_in_kind(maker, house), token) * _last_price(run, token)).quantize(CENT),
    )


def _commodity(run: RunFolder, borrower: str) -> str:
    """Return the name of the tokens that a borrower owns on the first day."""
    ((commodity,),) = run.select(
        "SELECT DISTINCT commodity FROM postings WHERE account = ? AND commodity <> 'USD'",
        [opening(borrower)],
    )
    return str(commodity)


def _held(run: RunFolder, account: str, token: MarginToken) -> Decimal:
    ((tokens,),) = run.select(
        "SELECT coalesce(sum(amount), 0) FROM postings WHERE account = ? AND commodity = ?",
        [account, token.commodity],
    )
    return Decimal(tokens)


def _last_price(run: RunFolder, token: MarginToken) -> Decimal:
    ((price,),) = run.select(
        "SELECT arg_max(usd, date) FROM prices WHERE commodity = ?", [token.commodity]
    )
    return Decimal(price)
