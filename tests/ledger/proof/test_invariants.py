"""Each invariant is tested with books that satisfy it and with books that break it.

A test ledger states its own errors: an entry with ``breaks: "claims-mirror-debts"`` in its metadata
must break this invariant. No other broken invariant may be reported.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from beancount import loader
from beancount.core.data import Directive, Transaction

from ledger.proof.invariants import INVARIANTS, BrokenInvariant, check, name_of

EXAMPLE = Path(__file__).with_name("example.beancount")

# Accounts by their part in the hole. Accounts of contracts, and accounts outside the group, have no
# part (None).
CHART = {
    "liquid": "Assets:FTX:Cash Assets:Alameda:Cash Assets:FTX:Coins:Wallet",
    "claim": "Liabilities:FTX:Customers:Firm07 Liabilities:FTX:Coins:Firm07",
    "group": "Liabilities:FTX:Customers:Alameda Assets:Alameda:Claims:FTX "
    "Assets:FTX:CreditLine:Alameda Liabilities:Alameda:CreditLine:FTX",
    "cause": "Liabilities:FTX:VariationMargin Liabilities:FTX:Funding Liabilities:FTX:Insurance "
    "Income:FTX:Fees "
    "Equity:FTX:Opening Income:Alameda:VariationMargin Liabilities:Alameda:Loans:Lender01 "
    "Assets:Alameda:Tokens:SOL Equity:Alameda:Opening Equity:Alameda:Coins:BTC "
    "Expenses:FTX:Incidents",
    "in-kind": "Assets:FTX:Tokens Liabilities:FTX:Tokens:Firm07 Liabilities:FTX:Tokens:Lender01 "
    "Equity:FTX:Coins:BTC",
    None: "Assets:Alameda:Contracts:FTX:Quoter Assets:Firm07:Cash Assets:Firm07:Claims:FTX "
    "Assets:Firm07:Contracts:FTX Assets:Firm07:Tokens:SOL Equity:Firm07:Tokens:SOL "
    "Assets:Firm07:Tokens:FTX Assets:Lender01:Tokens:FTX Equity:Lender01:Tokens:SOL "
    "Income:Firm07:VariationMargin Income:Firm07:Insurance Income:Firm07:Fees "
    "Equity:Firm07:Opening "
    "Assets:Lender01:Cash Assets:Lender01:Loans:Alameda Equity:Lender01:Opening "
    "Assets:Lender01:Tokens:SOL Assets:Lender01:Shares:Firm07 "
    "Assets:Firm07:Coins:Wallet Assets:Firm07:Coins:FTX Assets:Lender01:Coins:Wallet "
    "Equity:Lender01:Coins:BTC "
    "Equity:Firm07:Shares:Lender01",
}
OPENS = "".join(
    f"2022-05-01 open {account}\n" + (f'  hole: "{part}"\n' if part else "")
    for part, accounts in CHART.items()
    for account in accounts.split()
)

# The entries from which the ledgers below are built.

OPENING = """
2022-05-01 * "Opening balances" #opening
  seq: 1
  time: "00:00:00.000000"
  Assets:FTX:Cash                      500.00 USD
  Equity:FTX:Opening                  -500.00 USD
  Assets:Alameda:Cash                  500.00 USD
  Equity:Alameda:Opening              -500.00 USD
  Assets:Firm07:Cash                   300.00 USD
  Equity:Firm07:Opening               -300.00 USD
  Assets:Lender01:Cash                 200.00 USD
  Equity:Lender01:Opening             -200.00 USD
"""
BROUGHT_FORWARD = OPENING.replace('  seq: 1\n  time: "00:00:00.000000"\n', "")

# FTX holds 5 SOL for Firm07.
IN_KIND = """
2022-05-01 * "Opening balances, in kind" #opening
  seq: 2
  time: "00:00:00.000000"
  Assets:FTX:Tokens                         5 SOL
  Liabilities:FTX:Tokens:Firm07            -5 SOL
  Assets:Firm07:Tokens:FTX                  5 SOL
  Equity:Firm07:Opening                    -5 SOL
"""


def handed(tokens: int, seq: int, promise: str = "") -> str:
    """Return an entry by which Firm07 gives SOL to Lender01. The tokens stay in custody at FTX."""
    breaks = f'\n  breaks: "{promise}"' if promise else ""
    return f"""
2022-05-02 * "Firm07" "Firm07 gives Lender01 {tokens} SOL at FTX" #tokens
  seq: {seq}
  time: "08:00:00.000000"{breaks}
  Liabilities:FTX:Tokens:Firm07           {tokens:+} SOL
  Liabilities:FTX:Tokens:Lender01         {-tokens:+} SOL
  Assets:Firm07:Tokens:FTX                {-tokens:+} SOL
  Equity:Firm07:Tokens:SOL                {tokens:+} SOL
  Assets:Lender01:Tokens:FTX              {tokens:+} SOL
  Equity:Lender01:Tokens:SOL              {-tokens:+} SOL
"""


# FTX owes Firm07 5 BTC and has these 5 BTC.
COINS = """
2022-05-01 * "Opening balances in coins" #opening
  seq: 2
  time: "00:00:00.000000"
  Assets:FTX:Coins:Wallet                   5 BTC
  Liabilities:FTX:Coins:Firm07             -5 BTC
  Assets:Firm07:Coins:FTX                   5 BTC
  Equity:Firm07:Opening                    -5 BTC
"""


def lent_and_sold(coins: int, promise: str = "") -> str:
    """Return an entry by which Alameda borrows coins from FTX and sells them for 100 dollars."""
    breaks = f'\n  breaks: "{promise}"' if promise else ""
    return f"""
2022-05-02 * "Lender01" "FTX lends Alameda {coins} BTC, and Alameda sells them for 100.00" #coins
  seq: 3
  time: "08:00:00.000000"{breaks}
  Assets:FTX:Coins:Wallet              {-coins:+} BTC
  Assets:FTX:CreditLine:Alameda         {coins:+} BTC
  Assets:FTX:Cash                      100.00 USD
  Assets:FTX:CreditLine:Alameda       -100.00 USD
  Liabilities:Alameda:CreditLine:FTX  {-coins:+} BTC
  Equity:Alameda:Coins:BTC              {coins:+} BTC
  Liabilities:Alameda:CreditLine:FTX   100.00 USD
  Equity:Alameda:Coins:BTC            -100.00 USD
  Assets:Lender01:Coins:Wallet          {coins:+} BTC
  Equity:Lender01:Coins:BTC            {-coins:+} BTC
  Equity:Lender01:Coins:BTC            100.00 USD
  Assets:Lender01:Cash                -100.00 USD
"""


DEPOSIT = """
2022-05-02 * "Firm07" "Firm07 deposits 100.00 at FTX" #deposit
  seq: 2
  time: "08:00:00.000000"
  Assets:FTX:Cash                      100.00 USD
  Liabilities:FTX:Customers:Firm07    -100.00 USD
  Assets:Firm07:Claims:FTX             100.00 USD
  Assets:Firm07:Cash                  -100.00 USD
"""

# Lender01 has only 200.00 dollars, but lends 201.00.
LOAN = """
2022-05-02 * "Lender01" "Lender01 lends Alameda 201.00" #loan
  seq: 2
  time: "08:00:00.000000"
  Assets:Alameda:Cash                  201.00 USD
  Liabilities:Alameda:Loans:Lender01  -201.00 USD
  Assets:Lender01:Loans:Alameda        201.00 USD
  Assets:Lender01:Cash                -201.00 USD
"""

# In this settlement Firm07 gains 60.00 and Alameda loses 60.00. Alameda has no deposit, so Alameda
# borrows 60.00.
WINNER = """
2022-05-02 * "Firm07" "Variation margin of Firm07" #variation-margin ^settlement-2022-05-02-10
  seq: 2
  time: "10:00:00.000000"
  Liabilities:FTX:VariationMargin       60.00 USD
  Liabilities:FTX:Customers:Firm07     -60.00 USD
  Assets:Firm07:Claims:FTX              60.00 USD
  Income:Firm07:VariationMargin        -60.00 USD
"""
LOSER = """
2022-05-02 * "Alameda" "Variation margin of Alameda" #variation-margin ^settlement-2022-05-02-10
  seq: 3
  time: "10:00:00.000000"
  Liabilities:FTX:Customers:Alameda     60.00 USD
  Liabilities:FTX:VariationMargin      -60.00 USD
  Assets:Alameda:Claims:FTX            -60.00 USD
  Income:Alameda:VariationMargin        60.00 USD
"""
DRAW = """
2022-05-02 * "Alameda" "Alameda draws 60.00 on its credit line" ^settlement-2022-05-02-10
  seq: 4
  time: "10:00:00.000000"
  Assets:FTX:CreditLine:Alameda         60.00 USD
  Liabilities:FTX:Customers:Alameda    -60.00 USD
  Assets:Alameda:Claims:FTX             60.00 USD
  Liabilities:Alameda:CreditLine:FTX   -60.00 USD
"""
LEFT = """
2022-05-02 * "Firm07" "Firm07 leaves 60.00 to the insurance fund" ^settlement-2022-05-02-10
  seq: 3
  time: "10:00:00.000000"
  Liabilities:FTX:Customers:Firm07      60.00 USD
  Liabilities:FTX:Insurance            -60.00 USD
  Assets:Firm07:Claims:FTX             -60.00 USD
  Income:Firm07:Insurance               60.00 USD
"""
GIVEN = """
2022-05-02 * "Firm07" "Firm07 is given 60.00 by the insurance fund" ^settlement-2022-05-02-10
  seq: 4
  time: "10:00:00.000000"
  Liabilities:FTX:Customers:Firm07     -60.00 USD
  Liabilities:FTX:Insurance             60.00 USD
  Assets:Firm07:Claims:FTX              60.00 USD
  Income:Firm07:Insurance              -60.00 USD
"""


def tip(day: int, *meta: str) -> str:
    """Return an entry by which Firm07 gives Lender01 a dollar."""
    stamp = "".join(f"  {line}\n" for line in meta)
    return f"""
2022-05-{day:02} * "Lender01" "A tip of 1.00"
{stamp}  Assets:Lender01:Cash                   1.00 USD
  Equity:Lender01:Opening               -1.00 USD
  Assets:Firm07:Cash                    -1.00 USD
  Equity:Firm07:Opening                  1.00 USD
"""


MORNING = 'time: "09:00:00.000000"'
CLOSE = 'time: "23:59:59.999999"'
OUT_OF_SEQ = 'breaks: "seq-is-dense"'


def numbered(seq: int, transaction: str) -> str:
    return re.sub(r"seq: [0-9]+", f"seq: {seq}", transaction)


def breaking(promises: str, transaction: str) -> str:
    """Return *transaction* with metadata that name its broken invariants."""
    return re.sub(r"(\n2022.*\n)", rf'\1  breaks: "{promises}"\n', transaction)


def unlinked(transaction: str) -> str:
    return re.sub(r" \^settlement-\S+", "", transaction)


class Books(NamedTuple):
    promise: str
    situation: str
    text: str
    mode: str = ""


BOOKS = [
    # ---------------------------------------------------------------- transaction-balances
    Books("transaction-balances", "a deposit states all its amounts", OPENING + DEPOSIT),
    Books(
        "transaction-balances",
        "a posting has no amount",
        OPENING
        + """
2022-05-02 * "Firm07" "Firm07 deposits 100.00 at FTX" #deposit
  seq: 2
  time: "08:00:00.000000"
  breaks: "transaction-balances"
  Assets:FTX:Cash                      100.00 USD
  Liabilities:FTX:Customers:Firm07    -100.00 USD
  Assets:Firm07:Claims:FTX             100.00 USD
  Assets:Firm07:Cash
""",
    ),
    Books(
        "transaction-balances",
        "one cent is missing in an entity's books, so the transaction does not balance",
        OPENING
        + """
2022-05-02 * "Lender01" "A tip of 1.00"
  seq: 2
  time: "08:00:00.000000"
  breaks: "transaction-balances entity-balances"
  Assets:Lender01:Cash                   1.00 USD
  Equity:Lender01:Opening               -1.00 USD
  Assets:Firm07:Cash                    -1.00 USD
  Equity:Firm07:Opening                  0.99 USD
""",
    ),
    Books(
        "transaction-balances",
        "a transaction has no postings",
        OPENING
        + """
2022-05-02 * "Firm07" "Firm07 deposits nothing" #deposit
  seq: 2
  time: "08:00:00.000000"
  breaks: "transaction-balances"
""",
    ),
    Books(
        "transaction-balances",
        "tokens are booked without a price",
        OPENING
        + """
2022-05-02 * "Firm07 has 2 SOL as well" #opening
  seq: 2
  time: "08:00:00.000000"
  Assets:Firm07:Tokens:SOL                  2 SOL
  Equity:Firm07:Tokens:SOL                 -2 SOL
""",
    ),
    Books(
        "transaction-balances",
        "tokens are booked with a price",
        OPENING
        + """
2022-05-02 * "Firm07 has 2 SOL as well" #opening
  seq: 2
  time: "08:00:00.000000"
  breaks: "transaction-balances"
  Assets:Firm07:Tokens:SOL                  2 SOL @ 90.00 USD
  Equity:Firm07:Tokens:SOL                 -2 SOL @ 90.00 USD
""",
    ),
    Books(
        "transaction-balances",
        "tokens are booked at cost",
        OPENING
        + """
2022-05-02 * "Firm07 has 2 SOL as well" #opening
  seq: 2
  time: "08:00:00.000000"
  breaks: "transaction-balances"
  Assets:Firm07:Tokens:SOL                  2 SOL {90.00 USD}
  Equity:Firm07:Tokens:SOL                 -2 SOL {90.00 USD}
""",
    ),
    # --------------------------------------------------------------------- entity-balances
    Books("entity-balances", "a deposit is paid from the depositor's cash", OPENING + DEPOSIT),
    Books(
        "entity-balances",
        "a deposit is paid from another entity's cash",
        OPENING
        + """
2022-05-02 * "Firm07" "Firm07 deposits 100.00 at FTX" #deposit
  seq: 2
  time: "08:00:00.000000"
  breaks: "entity-balances"
  Assets:FTX:Cash                      100.00 USD
  Liabilities:FTX:Customers:Firm07    -100.00 USD
  Assets:Firm07:Claims:FTX             100.00 USD
  Assets:Lender01:Cash                -100.00 USD
""",
    ),
    # ----------------------------------------------------------------- claims-mirror-debts
    Books(
        "claims-mirror-debts",
        "the venue and the customer both book a rebate",
        OPENING
        + """
2022-05-02 * "Firm07" "FTX grants Firm07 a rebate of 10.00" #rebate
  seq: 2
  time: "08:00:00.000000"
  Liabilities:FTX:Customers:Firm07     -10.00 USD
  Income:FTX:Fees                       10.00 USD
  Assets:Firm07:Claims:FTX              10.00 USD
  Income:Firm07:Fees                   -10.00 USD
""",
    ),
    Books(
        "claims-mirror-debts",
        "only the venue books a rebate; the error is not reported again at a later deposit",
        OPENING
        + """
2022-05-02 * "Firm07" "FTX grants Firm07 a rebate of 10.00" #rebate
  seq: 2
  time: "08:00:00.000000"
  breaks: "claims-mirror-debts"
  Liabilities:FTX:Customers:Firm07     -10.00 USD
  Income:FTX:Fees                       10.00 USD
"""
        + numbered(3, DEPOSIT),
    ),
    Books(
        "claims-mirror-debts",
        "the borrower books a loan, but the lender books a loss",
        OPENING
        + """
2022-05-02 * "Lender01" "Lender01 lends Alameda 100.00" #loan
  seq: 2
  time: "08:00:00.000000"
  breaks: "claims-mirror-debts"
  Assets:Alameda:Cash                  100.00 USD
  Liabilities:Alameda:Loans:Lender01  -100.00 USD
  Equity:Lender01:Opening              100.00 USD
  Assets:Lender01:Cash                -100.00 USD
""",
    ),
    *(
        Books(
            "claims-mirror-debts",
            f"shares are sold, {situation}",
            OPENING
            + f"""
2022-05-02 * "Lender01" "Firm07 sells Lender01 shares for 100.00" #equity
  seq: 2
  time: "08:00:00.000000"{breaks}
  Assets:Firm07:Cash                   100.00 USD
  Equity:Firm07:Shares:Lender01       -100.00 USD
  {booked:<34}  100.00 USD
  Assets:Lender01:Cash                -100.00 USD
""",
        )
        for situation, booked, breaks in (
            ("and the buyer books them", "Assets:Lender01:Shares:Firm07", ""),
            (
                "and the buyer books no shares",
                "Equity:Lender01:Opening",
                '\n  breaks: "claims-mirror-debts"',
            ),
        )
    ),
    Books(
        "claims-mirror-debts",
        "the lender books a loan within the group; the borrower books a gain and corrects it later",
        OPENING
        + """
2022-05-02 * "Alameda" "Alameda draws 60.00 on its credit line" #credit-line
  seq: 2
  time: "08:00:00.000000"
  breaks: "claims-mirror-debts group-eliminates"
  Assets:FTX:CreditLine:Alameda         60.00 USD
  Liabilities:FTX:Customers:Alameda    -60.00 USD
  Assets:Alameda:Claims:FTX             60.00 USD
  Income:Alameda:VariationMargin       -60.00 USD

2022-05-02 * "Alameda" "Correction: Alameda owes the loan that it drew" #credit-line
  seq: 3
  time: "09:00:00.000000"
  Income:Alameda:VariationMargin        60.00 USD
  Liabilities:Alameda:CreditLine:FTX   -60.00 USD
""",
    ),
    Books(
        "claims-mirror-debts",
        "only the venue records a transfer of tokens between two customers",
        OPENING
        + IN_KIND
        + """
2022-05-02 * "Firm07" "FTX now holds Firm07's tokens for Lender01" #tokens
  seq: 3
  time: "08:00:00.000000"
  breaks: "claims-mirror-debts"
  Liabilities:FTX:Tokens:Firm07             2 SOL
  Liabilities:FTX:Tokens:Lender01          -2 SOL
""",
    ),
    # --------------------------------------------------------------------- custody-is-owed
    Books(
        "custody-is-owed",
        "a customer gives another customer tokens that the venue holds",
        OPENING + IN_KIND + handed(2, 3),
    ),
    Books(
        "custody-is-owed",
        "a venue gives tokens of a customer to its captive maker",
        OPENING
        + IN_KIND
        + """
2022-05-02 * "Alameda" "Alameda receives 2 SOL from FTX" #tokens
  seq: 3
  time: "08:00:00.000000"
  breaks: "custody-is-owed"
  Assets:FTX:Tokens                        -2 SOL
  Equity:FTX:Opening                        2 SOL
  Assets:Alameda:Tokens:SOL                 2 SOL
  Equity:Alameda:Opening                   -2 SOL
"""
        + handed(1, 4),
    ),
    # ------------------------------------------------------------- coins-are-there-or-lent
    Books(
        "coins-are-there-or-lent",
        "coins are lent and sold, and the venue still owes them",
        OPENING + COINS + lent_and_sold(2),
    ),
    Books(
        "coins-are-there-or-lent",
        "stolen coins are booked as a loss",
        OPENING
        + COINS
        + """
2022-05-02 * "Lender01" "Lender01 steals 1 BTC from FTX" #incident
  seq: 3
  time: "08:00:00.000000"
  Assets:FTX:Coins:Wallet                  -1 BTC
  Expenses:FTX:Incidents                    1 BTC
  Assets:Lender01:Coins:Wallet              1 BTC
  Equity:Lender01:Coins:BTC                -1 BTC
""",
    ),
    Books(
        "coins-are-there-or-lent",
        "coins are given away without a loan",
        OPENING
        + COINS
        + """
2022-05-02 * "Lender01" "FTX hands Lender01 2 BTC" #coins
  seq: 3
  time: "08:00:00.000000"
  breaks: "coins-are-there-or-lent"
  Assets:FTX:Coins:Wallet                  -2 BTC
  Equity:FTX:Opening                        2 BTC
  Assets:Lender01:Coins:Wallet              2 BTC
  Equity:Lender01:Coins:BTC                -2 BTC
""",
    ),
    Books(
        "claims-mirror-debts",
        "a claim in coins is larger in the venue's books than in the customer's books",
        OPENING
        + COINS
        + """
2022-05-02 * "Firm07" "FTX owes Firm07 2 BTC, but Firm07 records a claim of 1 BTC" #coins
  seq: 3
  time: "08:00:00.000000"
  breaks: "claims-mirror-debts"
  Liabilities:FTX:Coins:Firm07             -2 BTC
  Expenses:FTX:Incidents                    2 BTC
  Assets:Firm07:Coins:FTX                   1 BTC
  Equity:Firm07:Opening                    -1 BTC
""",
    ),
    Books(
        "no-negative-tokens",
        "a venue lends more coins than it has",
        OPENING + COINS + lent_and_sold(6, "no-negative-tokens"),
    ),
    Books(
        "tokens-conserved",
        "a coin leaves the books of one entity and enters no other books",
        OPENING
        + COINS
        + """
2022-05-02 * "Lender01" "FTX loses 1 BTC" #incident
  seq: 3
  time: "08:00:00.000000"
  breaks: "tokens-conserved"
  Assets:FTX:Coins:Wallet                  -1 BTC
  Expenses:FTX:Incidents                    1 BTC
""",
    ),
    Books(
        "hole-is-explained",
        "no cause explains a debt of one coin",
        OPENING
        + COINS
        + """
2022-05-02 * "Firm07" "FTX owes Firm07 another BTC" #coins
  seq: 3
  time: "08:00:00.000000"
  breaks: "hole-is-explained coins-are-there-or-lent"
  Liabilities:FTX:Coins:Firm07             -1 BTC
  Equity:FTX:Coins:BTC                      1 BTC
  Assets:Firm07:Coins:FTX                   1 BTC
  Equity:Firm07:Opening                    -1 BTC
""",
    ),
    # -------------------------------------------------------------------- group-eliminates
    Books(
        "group-eliminates",
        "the lender books a claim and the borrower books a debt",
        OPENING + numbered(2, DRAW),
    ),
    Books(
        "group-eliminates",
        "the borrower books the debt a day after the lender books the claim",
        OPENING
        + """
2022-05-01 open Assets:FTX:Receivable:Alameda
  hole: "group"
2022-05-01 open Liabilities:Alameda:Payable:FTX
  hole: "group"

2022-05-02 * "Alameda" "FTX hands Alameda 40.00" #receivable
  seq: 2
  time: "08:00:00.000000"
  breaks: "group-eliminates"
  Assets:FTX:Receivable:Alameda         40.00 USD
  Assets:FTX:Cash                      -40.00 USD
  Assets:Alameda:Cash                   40.00 USD
  Equity:Alameda:Opening               -40.00 USD

2022-05-03 * "Alameda" "Alameda owes FTX the 40.00" #receivable
  seq: 3
  time: "08:00:00.000000"
  Equity:Alameda:Opening                40.00 USD
  Liabilities:Alameda:Payable:FTX      -40.00 USD
""",
    ),
    # ----------------------------------------------------------------- contracts-conserved
    Books(
        "contracts-conserved",
        "each long position has a short position",
        OPENING
        + """
2022-05-02 * "Firm07" "Firm07 buys 3 BTC-PERP" #spread
  seq: 2
  time: "08:00:00.000000"
  Assets:Firm07:Contracts:FTX               3 BTC-PERP.FTX
  Assets:Alameda:Contracts:FTX:Quoter      -3 BTC-PERP.FTX
""",
    ),
    Books(
        "contracts-conserved",
        "a long position has no short position, so the transaction does not balance",
        OPENING
        + """
2022-05-02 * "Firm07" "Firm07 buys 3 BTC-PERP" #spread
  seq: 2
  time: "08:00:00.000000"
  breaks: "contracts-conserved transaction-balances"
  Assets:Firm07:Contracts:FTX               3 BTC-PERP.FTX
""",
    ),
    Books(
        "contracts-conserved",
        "a short position is booked as equity, so the entity's books do not balance",
        OPENING
        + """
2022-05-02 * "Firm07" "Firm07 buys 3 BTC-PERP" #spread
  seq: 2
  time: "08:00:00.000000"
  breaks: "contracts-conserved entity-balances"
  Assets:Firm07:Contracts:FTX               3 BTC-PERP.FTX
  Equity:Alameda:Opening                   -3 BTC-PERP.FTX
""",
    ),
    # -------------------------------------------------------------------- tokens-conserved
    Books(
        "tokens-conserved",
        "a customer gives another customer tokens",
        OPENING + IN_KIND + handed(5, 3),
    ),
    Books(
        "tokens-conserved",
        "a venue credits tokens that it does not have",
        OPENING
        + IN_KIND
        + """
2022-05-02 * "Firm07" "FTX grants Firm07 a SOL" #tokens
  seq: 3
  time: "08:00:00.000000"
  breaks: "tokens-conserved"
  Assets:FTX:Tokens                         1 SOL
  Liabilities:FTX:Tokens:Firm07            -1 SOL
  Assets:Firm07:Tokens:FTX                  1 SOL
  Equity:Firm07:Tokens:SOL                 -1 SOL
""",
    ),
    Books(
        "tokens-conserved",
        "a venue credits tokens and records no asset for them",
        OPENING
        + IN_KIND
        + """
2022-05-02 * "Firm07" "FTX grants Firm07 a SOL" #tokens
  seq: 3
  time: "08:00:00.000000"
  breaks: "custody-is-owed"
  Equity:FTX:Opening                        1 SOL
  Liabilities:FTX:Tokens:Firm07            -1 SOL
  Assets:Firm07:Tokens:FTX                  1 SOL
  Equity:Firm07:Tokens:SOL                 -1 SOL
""",
    ),
    # -------------------------------------------------------------------- no-negative-cash
    Books("no-negative-cash", "a depositor has the cash that it deposits", OPENING + DEPOSIT),
    Books(
        "no-negative-cash",
        "a lender lends more than it has and receives money the next day",
        OPENING + breaking("no-negative-cash", LOAN) + tip(3, "seq: 3", MORNING),
    ),
    Books(
        "no-negative-cash",
        "a lender lends more than it has and receives money the same day",
        OPENING + LOAN + tip(2, "seq: 3", MORNING),
    ),
    Books(
        "no-negative-cash",
        "in a day ledger, a lender lends more than it has and receives money later that day",
        OPENING + breaking("no-negative-cash", LOAN) + tip(2, "seq: 3", MORNING),
        "line",
    ),
    Books(
        "no-negative-cash",
        "in the order of seq a lender receives money and then lends; the file's order is opposite",
        OPENING + numbered(3, LOAN) + tip(2, "seq: 2", 'time: "07:00:00.000000"'),
        "line",
    ),
    # ------------------------------------------------------------------ no-negative-tokens
    Books(
        "no-negative-tokens", "a customer gives all its tokens", OPENING + IN_KIND + handed(5, 3)
    ),
    Books(
        "no-negative-tokens",
        "a customer gives more tokens than it has",
        OPENING + IN_KIND + handed(6, 3, "no-negative-tokens"),
    ),
    Books(
        "no-negative-tokens",
        "a customer gives more tokens than it has and gets some back the same day",
        OPENING + IN_KIND + handed(6, 3) + handed(-1, 4),
    ),
    Books(
        "no-negative-tokens",
        "in a day ledger, a customer gives more tokens than it has and gets some back",
        OPENING + IN_KIND + handed(6, 3, "no-negative-tokens") + handed(-1, 4),
        "line",
    ),
    # ---------------------------------------------------------------- no-negative-customer
    Books(
        "no-negative-customer",
        "a credit line covers a negative balance",
        OPENING + WINNER + LOSER + DRAW,
    ),
    Books(
        "no-negative-customer",
        "a negative balance stays negative",
        OPENING + WINNER + breaking("no-negative-customer", LOSER),
    ),
    Books(
        "no-negative-customer",
        "a credit line covers a negative balance in the same settlement",
        OPENING + WINNER + LOSER + DRAW + tip(2, "seq: 5", CLOSE),
        "line",
    ),
    Books(
        "no-negative-customer",
        "in a settlement a credit line covers a balance that was negative before the settlement",
        OPENING + unlinked(WINNER + LOSER) + DRAW,
        "line",
    ),
    Books(
        "no-negative-customer",
        "a credit line covers a negative balance after the settlement",
        OPENING + WINNER + breaking("no-negative-customer", LOSER) + unlinked(DRAW),
        "line",
    ),
    Books(
        "no-negative-customer",
        "a credit line covers a negative balance in the next settlement",
        OPENING
        + WINNER
        + breaking("no-negative-customer", LOSER)
        + DRAW.replace("settlement-2022-05-02-10", "settlement-2022-05-02-11"),
        "line",
    ),
    Books(
        "no-negative-customer",
        "a credit line covers a negative balance after the settlement, on the same day",
        OPENING + WINNER + LOSER + unlinked(DRAW),
    ),
    Books(
        "no-negative-customer",
        "a balance is negative at the end of a day without a settlement",
        OPENING + unlinked(WINNER) + breaking("no-negative-customer", unlinked(LOSER)),
        "line",
    ),
    # ------------------------------------------------------------------- no-overdrawn-fund
    Books("no-overdrawn-fund", "a fund pays what it received", OPENING + DEPOSIT + LEFT + GIVEN),
    Books(
        "no-overdrawn-fund",
        "a fund pays more than it has",
        OPENING + breaking("no-overdrawn-fund", numbered(2, GIVEN)),
    ),
    # ------------------------------------------------------------------------- pools-empty
    Books("pools-empty", "the loser pays the winner's gain", OPENING + WINNER + LOSER + DRAW),
    Books(
        "pools-empty",
        "a winner receives variation margin and no entity pays it",
        OPENING + breaking("pools-empty", WINNER),
    ),
    Books(
        "pools-empty",
        "a winner receives funding and no entity pays it",
        OPENING + breaking("pools-empty", WINNER.replace("FTX:VariationMargin", "FTX:Funding")),
    ),
    Books(
        "pools-empty",
        "a winner receives funding, but the loser pays variation margin",
        OPENING
        + breaking("pools-empty", WINNER.replace("FTX:VariationMargin", "FTX:Funding"))
        + breaking("pools-empty", LOSER)
        + DRAW,
    ),
    Books(
        "pools-empty",
        "a loser pays after the settlement is complete",
        OPENING + breaking("pools-empty", WINNER) + unlinked(LOSER) + unlinked(DRAW),
        "line",
    ),
    Books(
        "pools-empty",
        "a loser pays after the settlement, on the same day",
        OPENING + WINNER + unlinked(LOSER) + unlinked(DRAW),
    ),
    # ------------------------------------------------------------------------ seq-is-dense
    Books(
        "seq-is-dense",
        "seq continues on the next day, and the time of day starts again",
        OPENING + tip(2, "seq: 2", CLOSE) + tip(3, "seq: 3", MORNING) + tip(3, "seq: 4", MORNING),
    ),
    Books(
        "seq-is-dense",
        "a seq is missing",
        OPENING + tip(2, "seq: 2", MORNING) + tip(3, "seq: 4", MORNING, OUT_OF_SEQ),
    ),
    Books(
        "seq-is-dense",
        "two entries have the same seq",
        OPENING + tip(2, "seq: 2", MORNING) + tip(2, "seq: 2", MORNING, OUT_OF_SEQ),
    ),
    Books(
        "seq-is-dense",
        "a later day has a smaller seq",
        OPENING + tip(2, "seq: 3", MORNING, OUT_OF_SEQ) + tip(3, "seq: 2", MORNING, OUT_OF_SEQ),
    ),
    Books(
        "seq-is-dense",
        "a larger seq has an earlier time",
        OPENING + tip(2, "seq: 2", CLOSE) + tip(2, "seq: 3", MORNING, OUT_OF_SEQ),
    ),
    *(
        Books("seq-is-dense", situation, OPENING + tip(2, *stamp, OUT_OF_SEQ))
        for situation, *stamp in (
            ("an entry has no seq", MORNING),
            ("a seq is text", 'seq: "2"', MORNING),
            ("a seq is not a whole number", "seq: 2.5", MORNING),
            ("a seq is below one", "seq: 0", MORNING),
            ("an entry has no time", "seq: 2"),
            ("a time has no microseconds", "seq: 2", 'time: "09:00:00"'),
            ("a time is later than 23:59", "seq: 2", 'time: "24:00:00.000000"'),
            ("the number of fills is text", "seq: 2", MORNING, 'fills: "two"'),
            ("the number of fills is zero", "seq: 2", MORNING, "fills: 0"),
        )
    ),
    Books(
        "seq-is-dense",
        "the first seq is not 1",
        breaking("seq-is-dense", numbered(2, OPENING)),
    ),
    Books(
        "seq-is-dense",
        "summed fills use the seq numbers before their closing entry",
        OPENING
        + tip(2, "seq: 4", MORNING)
        + tip(2, "seq: 8", CLOSE, "fills: 3")
        + tip(2, "seq: 9", CLOSE, "fills: 2")
        + tip(3, "seq: 10", MORNING),
    ),
    Books(
        "seq-is-dense",
        "closing entries count one fill too few",
        OPENING
        + tip(2, "seq: 4", MORNING)
        + tip(2, "seq: 8", CLOSE, "fills: 3")
        + tip(2, "seq: 9", CLOSE, "fills: 1", OUT_OF_SEQ)
        + tip(3, "seq: 10", MORNING),
    ),
    Books(
        "seq-is-dense",
        "a closing entry counts a fill, but before this entry no seq is missing",
        OPENING + tip(2, "seq: 2", CLOSE, "fills: 1", OUT_OF_SEQ),
    ),
    Books(
        "seq-is-dense",
        "a closing entry counts a fill of another day",
        OPENING
        + tip(2, "seq: 4", CLOSE, "fills: 1", OUT_OF_SEQ)
        + tip(3, "seq: 6", CLOSE, "fills: 2", OUT_OF_SEQ),
    ),
    Books(
        "seq-is-dense",
        "one closing entry counts the fills of a week",
        OPENING
        + tip(2, "seq: 4", MORNING)
        + tip(5, "seq: 6", MORNING)
        + tip(8, "seq: 10", CLOSE, "fills: 6"),
    ),
    Books(
        "seq-is-dense",
        "a seq is missing on a day without fills",
        OPENING + tip(2, "seq: 4", CLOSE, "fills: 2") + tip(3, "seq: 6", MORNING, OUT_OF_SEQ),
    ),
    Books(
        "seq-is-dense",
        "a day ledger has a closing entry with summed fills",
        OPENING + tip(2, "seq: 4", CLOSE, "fills: 2", OUT_OF_SEQ),
        "line",
    ),
    Books(
        "seq-is-dense",
        "a day ledger has opening balances without a seq and then begins with any seq",
        BROUGHT_FORWARD + tip(2, "seq: 812", MORNING) + tip(2, "seq: 813", MORNING),
        "line",
    ),
    Books(
        "seq-is-dense",
        "a seq is missing in a day ledger",
        BROUGHT_FORWARD + tip(2, "seq: 812", MORNING) + tip(2, "seq: 814", MORNING, OUT_OF_SEQ),
        "line",
    ),
    Books(
        "seq-is-dense",
        "a general ledger has opening balances without a seq",
        breaking("seq-is-dense", BROUGHT_FORWARD) + tip(2, "seq: 1", MORNING),
    ),
    # -------------------------------------------------------------- world-cash-is-constant
    Books("world-cash-is-constant", "cash moves between entities", OPENING + DEPOSIT),
    *(
        Books(
            "world-cash-is-constant",
            situation,
            OPENING
            + between
            + f"""
2022-05-03 * "Firm07" "Firm07 has 50.00 more"{tag}
  seq: {seq}
  time: "08:00:00.000000"{breaks}
  Assets:Firm07:Cash                    50.00 USD
  Equity:Firm07:Opening                -50.00 USD
""",
        )
        for situation, between, seq, tag, breaks in (
            (
                "an entity books more cash and no entity pays it",
                "",
                2,
                "",
                '\n  breaks: "world-cash-is-constant"',
            ),
            ("two entries have opening balances", "", 2, " #opening", ""),
            (
                "more cash is booked after the first movement and is tagged as an opening",
                DEPOSIT,
                3,
                " #opening",
                '\n  breaks: "world-cash-is-constant"',
            ),
        )
    ),
    # ------------------------------------------------------------------- hole-is-explained
    Books(
        "hole-is-explained",
        "every account of the group has a part in the hole, except accounts of contracts",
        OPENING + DEPOSIT,
    ),
    *(
        Books(
            "hole-is-explained",
            situation,
            f"""
2022-05-01 open Expenses:FTX:Sponsorship
  breaks: "hole-is-explained"{part}
"""
            + OPENING,
        )
        for situation, part in (
            ("an account of the group has no part in the hole", ""),
            ("an account of the group has an unknown part in the hole", '\n  hole: "use"'),
        )
    ),
    Books(
        "hole-is-explained",
        "no cause explains a payment; the error is not reported again at a later entry",
        """
2022-05-01 open Expenses:FTX:Sponsorship
  breaks: "hole-is-explained"
"""
        + OPENING
        + """
2022-05-02 * "Lender01" "FTX pays 30.00 to put its name on a stadium" #sponsorship
  seq: 2
  time: "08:00:00.000000"
  breaks: "hole-is-explained"
  Expenses:FTX:Sponsorship              30.00 USD
  Assets:FTX:Cash                      -30.00 USD
  Assets:Lender01:Cash                  30.00 USD
  Equity:Lender01:Opening              -30.00 USD
"""
        + numbered(3, DEPOSIT),
    ),
]


def name_of_books(books: Books) -> str:
    return f"{books.promise}: {books.situation}" + (" (line)" if books.mode else "")


@pytest.mark.parametrize("books", BOOKS, ids=name_of_books)
def test_books_break_exactly_the_invariants_that_are_listed_in_their_metadata(books):
    plugin = f'plugin "moneytrail" "{books.mode}"\n'
    tolerance = 'option "tolerance_multiplier" "0"\n'
    entries, errors, _ = loader.load_string(tolerance + plugin + OPENS + books.text)

    assert broken(errors) == declared(entries)
    # Beancount itself reports some of these faults as a ValidationError. An error of any other type
    # is a mistake in the test.
    others = [error for error in errors if not isinstance(error, BrokenInvariant)]
    assert {type(error).__name__ for error in others} <= {"ValidationError"}
    assert not others or declared(entries)


def broken(errors: list) -> set[tuple[int, str]]:
    """Return the line and the invariant of each reported breach."""
    return {
        (error.source["lineno"], error.message.partition(": ")[0])
        for error in errors
        if isinstance(error, BrokenInvariant)
    }


def declared(entries: list[Directive]) -> set[tuple[int, str]]:
    """Return the line and the invariant of each breach that is stated in the metadata."""
    return {
        (entry.meta["lineno"], promise)
        for entry in entries
        for promise in entry.meta.get("breaks", "").split()
    }


def test_every_invariant_has_books_that_satisfy_it_and_books_that_break_it():
    names = {name_of(invariant) for invariant in INVARIANTS}
    breaking_it = {books.promise for books in BOOKS if books.promise in promises_in(books.text)}
    keeping_it = {books.promise for books in BOOKS if not promises_in(books.text)}

    assert breaking_it == names
    assert keeping_it == names


def promises_in(text: str) -> set[str]:
    return {promise for line in re.findall(r'breaks: "(.*)"', text) for promise in line.split()}


@pytest.fixture(scope="module")
def example() -> list[Directive]:
    entries, errors, _ = loader.load_file(str(EXAMPLE))
    assert errors == []
    return entries


@pytest.mark.parametrize("mode", ["", "line"])
def test_the_example_satisfies_every_invariant(example, mode):
    assert check(example, {}, mode) == (example, [])


def test_one_hundredth_of_a_unit_added_to_any_posting_of_the_example_is_found(example):
    for place, entry in enumerate(example):
        for forged in off_by_a_cent(entry):
            _, errors = check([*example[:place], forged, *example[place + 1 :]], {})
            assert ("transaction-balances", forged) in [(e.invariant, e.entry) for e in errors]


def off_by_a_cent(entry: Directive) -> Iterator[Transaction]:
    for i, posting in enumerate(entry.postings if isinstance(entry, Transaction) else ()):
        units = posting.units._replace(number=posting.units.number + Decimal("0.01"))
        postings = [*entry.postings[:i], posting._replace(units=units), *entry.postings[i + 1 :]]
        yield entry._replace(postings=postings)


@pytest.mark.parametrize("mode", ["", "line"])
def test_a_missing_transaction_of_the_example_is_reported_at_the_next_transaction(example, mode):
    transactions = [entry for entry in example if isinstance(entry, Transaction)]
    start = 0 if mode == "" else 1  # a day ledger may begin with any seq
    for lost, following in pairwise(transactions[start:]):
        _, errors = check([entry for entry in example if entry is not lost], {}, mode)
        assert [error.entry for error in errors if error.invariant == "seq-is-dense"] == [following]


def test_an_error_states_the_fault_and_the_amount_and_gives_advice():
    text = OPENS + OPENING + WINNER
    entries, _, options = loader.load_string(text)

    _, errors = check(entries, options)

    assert [error.message for error in errors] == [
        "pools-empty: Liabilities:FTX:VariationMargin is left with +60.00 USD; "
        "look for a missing or wrong payment into or out of this account"
    ]


@pytest.mark.parametrize("mode", ["", "line"])
def test_a_balance_that_stays_wrong_is_reported_only_once(mode):
    text = OPENS + OPENING + LOAN + numbered(3, DEPOSIT).replace("05-02", "05-03")
    entries, _, options = loader.load_string(text)

    _, errors = check(entries, options, mode)

    assert [(error.invariant, error.entry.meta["seq"]) for error in errors] == [
        ("no-negative-cash", 2)
    ]


def test_an_unknown_mode_is_refused(example):
    with pytest.raises(ValueError, match=r'config is "lines"; give one of'):
        check(example, {}, "lines")
