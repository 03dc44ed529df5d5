"""The names of accounts: ``Root : whose books : kind : with whom``.

An example is ``Assets:Firm01:Claims:FTX``. In an income, expense or equity account the kind is the
cause of each movement on the account. Only the kind records the cause.
"""

from ledger.kinds import Kind

# The last word in the name of an account of coins at hand. No party may have the name "Wallet".
WALLET = "Wallet"
FREE, PLEDGED = "Free", "Pledged"  # the two states of customers' tokens


def cash(entity: str) -> str:
    """The account of an entity's cash."""
    return f"Assets:{entity}:{Kind.CASH}"


def claim(entity: str, venue: str) -> str:
    """The account of the venue's debt to *entity*, in the books of *entity*."""
    return f"Assets:{entity}:{Kind.CLAIMS}:{venue}"


def owed(venue: str, entity: str) -> str:
    """The account of the venue's debt to *entity*, in the books of the venue."""
    return f"Liabilities:{venue}:{Kind.CUSTOMERS}:{entity}"


def contracts(entity: str, venue: str, desk: str | None = None) -> str:
    """The account of the open positions of an entity, or of one of its desks, on a venue."""
    return f"Assets:{entity}:{Kind.CONTRACTS}:{venue}" + (f":{desk}" if desk else "")


def income(entity: str, kind: str) -> str:
    """The account of an entity's results of one kind. A gain is negative."""
    return f"Income:{entity}:{kind}"


def expense(entity: str, kind: str) -> str:
    """The account of an entity's costs of one kind."""
    return f"Expenses:{entity}:{kind}"


def opening(entity: str) -> str:
    """The account of an entity's opening balance."""
    return f"Equity:{entity}:{Kind.OPENING}"


def pool(venue: str, kind: str) -> str:
    """The account of a venue's pool for settlement payments, socialised losses or insurance."""
    return f"Liabilities:{venue}:{kind}"


def loan(lender: str, borrower: str) -> str:
    """The account of a loan from an outside lender, in the books of the lender."""
    return f"Assets:{lender}:{Kind.LOANS}:{borrower}"


def debt(borrower: str, lender: str) -> str:
    """The account of a loan from an outside lender, in the books of the borrower."""
    return f"Liabilities:{borrower}:{Kind.LOANS}:{lender}"


def margin_loan(venue: str, borrower: str) -> str:
    """The account of a customer's loan against tokens, in the books of the venue."""
    return f"Assets:{venue}:{Kind.MARGIN_LOANS}:{borrower}"


def margin_debt(borrower: str, venue: str) -> str:
    """The account of a customer's loan against tokens, in the books of the borrower."""
    return f"Liabilities:{borrower}:{Kind.MARGIN_LOANS}:{venue}"


def shares(holder: str, issuer: str) -> str:
    """The account of the price paid for shares, in the books of the holder."""
    return f"Assets:{holder}:{Kind.SHARES}:{issuer}"


def issued(issuer: str, holder: str) -> str:
    """The account of the price received for shares, in the books of the issuer."""
    return f"Equity:{issuer}:{Kind.SHARES}:{holder}"


def tokens(holder: str, token: str) -> str:
    """The account of a holder's units of a token."""
    return f"Assets:{holder}:{Kind.TOKENS}:{token}"


def paid_for_tokens(holder: str, token: str) -> str:
    """The equity account that balances the tokens and the dollars of trades in a token."""
    return f"Equity:{holder}:{Kind.TOKENS}:{token}"


def coins(holder: str, coin: str) -> str:
    """The account of units of a coin, in the books of the maker or of dealers."""
    return f"Assets:{holder}:{Kind.PORTFOLIO}:{coin}"


def paid_for_coins(holder: str, coin: str) -> str:
    """The equity account that balances the coins and the dollars of trades in a coin."""
    return f"Equity:{holder}:{Kind.PORTFOLIO}:{coin}"


def coins_there(holder: str) -> str:
    """The account of coins in the wallet of *holder*, except coins of the portfolio."""
    return f"Assets:{holder}:{Kind.COINS}:{WALLET}"


def coins_owed(venue: str, entity: str) -> str:
    """The account of coins that the venue owes *entity*, in the books of the venue."""
    return f"Liabilities:{venue}:{Kind.COINS}:{entity}"


def claim_in_coins(entity: str, venue: str) -> str:
    """The account of coins that the venue owes *entity*, in the books of *entity*."""
    return f"Assets:{entity}:{Kind.COINS}:{venue}"


def sold_coins(holder: str, coin: str) -> str:
    """The equity account for sales of customers' coins. It balances the coins and the dollars."""
    return f"Equity:{holder}:{Kind.COINS}:{coin}"


def in_pool(holder: str, token: str) -> str:
    """The account of a holder's dollars in a token's liquidity pool."""
    return f"Assets:{holder}:{Kind.POOLS}:{token}"


def pooled(holder: str, token: str) -> str:
    """The account of a holder's tokens in the token's liquidity pool."""
    return f"Assets:{holder}:{Kind.TOKENS}:Pool:{token}"


def custody(venue: str) -> str:
    """The account of tokens that a venue holds in kind for customers."""
    return f"Assets:{venue}:{Kind.TOKENS}"


def owed_in_kind(venue: str, entity: str, state: str | None = None) -> str:
    """The account of tokens that the venue owes *entity*, in the books of the venue."""
    return f"Liabilities:{venue}:{Kind.TOKENS}:{entity}" + (f":{state}" if state else "")


def claim_in_kind(entity: str, venue: str, state: str | None = None) -> str:
    """The account of tokens that the venue owes *entity*, in the books of *entity*."""
    return f"Assets:{entity}:{Kind.TOKENS}:{venue}" + (f":{state}" if state else "")


def exchanged(entity: str, kind: str) -> str:
    """The equity account for sales of customers' tokens.

    Only with this account do the tokens and the dollars of a sale each sum to zero.
    """
    return f"Equity:{entity}:{kind}"


def with_agent(venue: str, agent: str) -> str:
    """The account of the agent's debt to the venue for customers' cash, in the venue's books."""
    return f"Assets:{venue}:{Kind.AGENT_DEPOSITS}:{agent}"


def as_agent(agent: str, venue: str) -> str:
    """The account of the agent's debt to the venue for customers' cash, in the agent's books."""
    return f"Liabilities:{agent}:{Kind.AGENT_DEPOSITS}:{venue}"


def lent(venue: str, borrower: str) -> str:
    """The account of the credit line, in the books of the venue."""
    return f"Assets:{venue}:{Kind.CREDIT_LINE}:{borrower}"


def borrowed(borrower: str, venue: str) -> str:
    """The account of the credit line, in the books of the borrower."""
    return f"Liabilities:{borrower}:{Kind.CREDIT_LINE}:{venue}"
