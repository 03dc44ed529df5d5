"""Each invariant of ledger/proof/invariants, with books that keep it and books that break it.

Each ledger states its own errors: if an entry has ``breaks: "claims-mirror-debts"`` in its
metadata, this invariant must be reported broken at that entry, and nothing else may be reported.
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

# Accounts by the part they play in the hole; those of Firm07 and Lender01 play none.
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

# The parts of the ledgers below.

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

# Firm07 has 5 SOL, which FTX holds for it.
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
    """Firm07 gives Lender01 SOL at FTX."""
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


# Firm07 has 5 BTC, which FTX owes it and holds.
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
    """FTX lends Alameda BTC, which it sells to Lender01 for a hundred dollars."""
    breaks = f'\n  breaks: "{promise}"' if promise else ""
    return f"""
2022-05-02 * "Lender01" "FTX lends Alameda {coins} BTC, which it sells for 100.00" #coins
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

# Lender01 has 200.00.
LOAN = """
2022-05-02 * "Lender01" "Lender01 lends Alameda 201.00" #loan
  seq: 2
  time: "08:00:00.000000"
  Assets:Alameda:Cash                  201.00 USD
  Liabilities:Alameda:Loans:Lender01  -201.00 USD
  Assets:Lender01:Loans:Alameda        201.00 USD
  Assets:Lender01:Cash                -201.00 USD
"""

# A settlement: Firm07 wins 60.00; Alameda, which has deposited nothing, loses and borrows them.
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
    """Firm07 gives Lender01 a dollar."""
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
    """State the broken invariant in the metadata of *transaction*."""
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
        "an amount is left to be inferred",
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
        "one cent is missing from the whole, and so from an entity's books",
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
        "nothing is posted",
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
        "a token is booked by itself",
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
        "a token has a price",
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
        "a token has a cost",
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
        "a rebate is due to the one and owed by the other",
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
        "a rebate is booked by the venue alone, and a later deposit is not blamed for it",
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
        "a loan is a debt, but a loss to its lender",
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
            ("and bought", "Assets:Lender01:Shares:Firm07", ""),
            ("and forgotten", "Equity:Lender01:Opening", '\n  breaks: "claims-mirror-debts"'),
        )
    ),
    Books(
        "claims-mirror-debts",
        "a draw within the group is a loan, but a gain to its borrower until it is corrected",
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

2022-05-02 * "Alameda" "Correction: what Alameda drew, it owes" #credit-line
  seq: 3
  time: "09:00:00.000000"
  Income:Alameda:VariationMargin        60.00 USD
  Liabilities:Alameda:CreditLine:FTX   -60.00 USD
""",
    ),
    Books(
        "claims-mirror-debts",
        "a venue says that tokens are another's, and neither of the two knows",
        OPENING
        + IN_KIND
        + """
2022-05-02 * "Firm07" "What FTX held for Firm07 it holds for Lender01" #tokens
  seq: 3
  time: "08:00:00.000000"
  breaks: "claims-mirror-debts"
  Liabilities:FTX:Tokens:Firm07             2 SOL
  Liabilities:FTX:Tokens:Lender01          -2 SOL
""",
    ),
    # --------------------------------------------------------------------- custody-is-owed
    Books("custody-is-owed", "tokens change hands in custody", OPENING + IN_KIND + handed(2, 3)),
    Books(
        "custody-is-owed",
        "a venue hands tokens that it holds for a customer to its captive maker",
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
        "coins that are lent and sold stay owed",
        OPENING + COINS + lent_and_sold(2),
    ),
    Books(
        "coins-are-there-or-lent",
        "coins that are stolen are a loss with a name",
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
        "coins leave without a loan",
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
        "a customer is credited with more of a coin than its own books have",
        OPENING
        + COINS
        + """
2022-05-02 * "Firm07" "Firm07 is owed 2 BTC or 1" #coins
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
        "more of a coin is lent than there is",
        OPENING + COINS + lent_and_sold(6, "no-negative-tokens"),
    ),
    Books(
        "tokens-conserved",
        "a coin is sold and no entity buys it",
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
        "a coin is owed for which no cause accounts",
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
        "what one side lends, the other owes",
        OPENING + numbered(2, DRAW),
    ),
    Books(
        "group-eliminates",
        "what one side lends, the other owes a day later",
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
        "a long has its short",
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
        "a long has no short, so that the whole cannot balance either",
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
        "a short is called property, so that its owner's books cannot balance either",
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
    Books("tokens-conserved", "tokens change hands", OPENING + IN_KIND + handed(5, 3)),
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
        "a venue credits tokens and does not even say that it has them",
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
    Books("no-negative-cash", "a deposit is covered", OPENING + DEPOSIT),
    Books(
        "no-negative-cash",
        "what is lent today is received tomorrow",
        OPENING + breaking("no-negative-cash", LOAN) + tip(3, "seq: 3", MORNING),
    ),
    Books(
        "no-negative-cash",
        "what is lent first is received within the day, which summing may do",
        OPENING + LOAN + tip(2, "seq: 3", MORNING),
    ),
    Books(
        "no-negative-cash",
        "what is lent first is received within the day, line by line",
        OPENING + breaking("no-negative-cash", LOAN) + tip(2, "seq: 3", MORNING),
        "line",
    ),
    Books(
        "no-negative-cash",
        "what is received first stands below in the file, and seq is what counts",
        OPENING + numbered(3, LOAN) + tip(2, "seq: 2", 'time: "07:00:00.000000"'),
        "line",
    ),
    # ------------------------------------------------------------------ no-negative-tokens
    Books("no-negative-tokens", "all tokens are given", OPENING + IN_KIND + handed(5, 3)),
    Books(
        "no-negative-tokens",
        "more is given than there is",
        OPENING + IN_KIND + handed(6, 3, "no-negative-tokens"),
    ),
    Books(
        "no-negative-tokens",
        "what is given first comes back within the day, which summing may do",
        OPENING + IN_KIND + handed(6, 3) + handed(-1, 4),
    ),
    Books(
        "no-negative-tokens",
        "what is given first comes back within the day, line by line",
        OPENING + IN_KIND + handed(6, 3, "no-negative-tokens") + handed(-1, 4),
        "line",
    ),
    # ---------------------------------------------------------------- no-negative-customer
    Books(
        "no-negative-customer",
        "what a customer lacks is drawn on a credit line",
        OPENING + WINNER + LOSER + DRAW,
    ),
    Books(
        "no-negative-customer",
        "what a customer lacks is left",
        OPENING + WINNER + breaking("no-negative-customer", LOSER),
    ),
    Books(
        "no-negative-customer",
        "what a customer lacks is drawn within the settlement",
        OPENING + WINNER + LOSER + DRAW + tip(2, "seq: 5", CLOSE),
        "line",
    ),
    Books(
        "no-negative-customer",
        "what a customer lacks before a settlement is drawn within it",
        OPENING + unlinked(WINNER + LOSER) + DRAW,
        "line",
    ),
    Books(
        "no-negative-customer",
        "what a customer lacks is drawn after the settlement",
        OPENING + WINNER + breaking("no-negative-customer", LOSER) + unlinked(DRAW),
        "line",
    ),
    Books(
        "no-negative-customer",
        "what a customer lacks is drawn at the next settlement",
        OPENING
        + WINNER
        + breaking("no-negative-customer", LOSER)
        + DRAW.replace("settlement-2022-05-02-10", "settlement-2022-05-02-11"),
        "line",
    ),
    Books(
        "no-negative-customer",
        "what a customer lacks after a settlement is drawn within the day, which summing may do",
        OPENING + WINNER + LOSER + unlinked(DRAW),
    ),
    Books(
        "no-negative-customer",
        "a day ends outside any settlement",
        OPENING + unlinked(WINNER) + breaking("no-negative-customer", unlinked(LOSER)),
        "line",
    ),
    # ------------------------------------------------------------------- no-overdrawn-fund
    Books("no-overdrawn-fund", "a fund gives what it was left", OPENING + DEPOSIT + LEFT + GIVEN),
    Books(
        "no-overdrawn-fund",
        "a fund gives what it does not have",
        OPENING + breaking("no-overdrawn-fund", numbered(2, GIVEN)),
    ),
    # ------------------------------------------------------------------------- pools-empty
    Books("pools-empty", "a loser pays what a winner draws", OPENING + WINNER + LOSER + DRAW),
    Books("pools-empty", "a winner draws from nobody", OPENING + breaking("pools-empty", WINNER)),
    Books(
        "pools-empty",
        "a winner draws funding and no entity pays it",
        OPENING + breaking("pools-empty", WINNER.replace("FTX:VariationMargin", "FTX:Funding")),
    ),
    Books(
        "pools-empty",
        "a winner draws funding from what a loser paid as variation margin",
        OPENING
        + breaking("pools-empty", WINNER.replace("FTX:VariationMargin", "FTX:Funding"))
        + breaking("pools-empty", LOSER)
        + DRAW,
    ),
    Books(
        "pools-empty",
        "a loser pays after the settlement",
        OPENING + breaking("pools-empty", WINNER) + unlinked(LOSER) + unlinked(DRAW),
        "line",
    ),
    Books(
        "pools-empty",
        "a loser pays after the settlement but within the day, which summing may do",
        OPENING + WINNER + unlinked(LOSER) + unlinked(DRAW),
    ),
    # ------------------------------------------------------------------------ seq-is-dense
    Books(
        "seq-is-dense",
        "numbers run on from day to day, and the clock starts again",
        OPENING + tip(2, "seq: 2", CLOSE) + tip(3, "seq: 3", MORNING) + tip(3, "seq: 4", MORNING),
    ),
    Books(
        "seq-is-dense",
        "a number is missing",
        OPENING + tip(2, "seq: 2", MORNING) + tip(3, "seq: 4", MORNING, OUT_OF_SEQ),
    ),
    Books(
        "seq-is-dense",
        "a number is used twice",
        OPENING + tip(2, "seq: 2", MORNING) + tip(2, "seq: 2", MORNING, OUT_OF_SEQ),
    ),
    Books(
        "seq-is-dense",
        "a number belongs to the day before",
        OPENING + tip(2, "seq: 3", MORNING, OUT_OF_SEQ) + tip(3, "seq: 2", MORNING, OUT_OF_SEQ),
    ),
    Books(
        "seq-is-dense",
        "the clock runs back",
        OPENING + tip(2, "seq: 2", CLOSE) + tip(2, "seq: 3", MORNING, OUT_OF_SEQ),
    ),
    *(
        Books("seq-is-dense", situation, OPENING + tip(2, *stamp, OUT_OF_SEQ))
        for situation, *stamp in (
            ("there is no number", MORNING),
            ("a number is text", 'seq: "2"', MORNING),
            ("a number is not whole", "seq: 2.5", MORNING),
            ("a number is below one", "seq: 0", MORNING),
            ("there is no time", "seq: 2"),
            ("a time has no microseconds", "seq: 2", 'time: "09:00:00"'),
            ("a time is on no clock", "seq: 2", 'time: "24:00:00.000000"'),
            ("fills are counted in words", "seq: 2", MORNING, 'fills: "two"'),
            ("no fill is summed", "seq: 2", MORNING, "fills: 0"),
        )
    ),
    Books(
        "seq-is-dense",
        "a ledger does not begin with 1",
        breaking("seq-is-dense", numbered(2, OPENING)),
    ),
    Books(
        "seq-is-dense",
        "summed fills stand for numbers before the close of their day",
        OPENING
        + tip(2, "seq: 4", MORNING)
        + tip(2, "seq: 8", CLOSE, "fills: 3")
        + tip(2, "seq: 9", CLOSE, "fills: 2")
        + tip(3, "seq: 10", MORNING),
    ),
    Books(
        "seq-is-dense",
        "one fill fewer is summed than there are numbers",
        OPENING
        + tip(2, "seq: 4", MORNING)
        + tip(2, "seq: 8", CLOSE, "fills: 3")
        + tip(2, "seq: 9", CLOSE, "fills: 1", OUT_OF_SEQ)
        + tip(3, "seq: 10", MORNING),
    ),
    Books(
        "seq-is-dense",
        "fills are summed that no number is left for",
        OPENING + tip(2, "seq: 2", CLOSE, "fills: 1", OUT_OF_SEQ),
    ),
    Books(
        "seq-is-dense",
        "a fill of one day is summed in another",
        OPENING
        + tip(2, "seq: 4", CLOSE, "fills: 1", OUT_OF_SEQ)
        + tip(3, "seq: 6", CLOSE, "fills: 2", OUT_OF_SEQ),
    ),
    Books(
        "seq-is-dense",
        "fills are summed once a week",
        OPENING
        + tip(2, "seq: 4", MORNING)
        + tip(5, "seq: 6", MORNING)
        + tip(8, "seq: 10", CLOSE, "fills: 6"),
    ),
    Books(
        "seq-is-dense",
        "a number is missing on a day without fills",
        OPENING + tip(2, "seq: 4", CLOSE, "fills: 2") + tip(3, "seq: 6", MORNING, OUT_OF_SEQ),
    ),
    Books(
        "seq-is-dense",
        "line by line nothing is summed",
        OPENING + tip(2, "seq: 4", CLOSE, "fills: 2", OUT_OF_SEQ),
        "line",
    ),
    Books(
        "seq-is-dense",
        "a day ledger begins where its day does, after balances brought forward",
        BROUGHT_FORWARD + tip(2, "seq: 812", MORNING) + tip(2, "seq: 813", MORNING),
        "line",
    ),
    Books(
        "seq-is-dense",
        "a number is missing in a day ledger",
        BROUGHT_FORWARD + tip(2, "seq: 812", MORNING) + tip(2, "seq: 814", MORNING, OUT_OF_SEQ),
        "line",
    ),
    Books(
        "seq-is-dense",
        "a general ledger brings nothing forward",
        breaking("seq-is-dense", BROUGHT_FORWARD) + tip(2, "seq: 1", MORNING),
    ),
    # -------------------------------------------------------------- world-cash-is-constant
    Books("world-cash-is-constant", "cash changes hands", OPENING + DEPOSIT),
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
            ("cash is found", "", 2, "", '\n  breaks: "world-cash-is-constant"'),
            ("opening takes two entries", "", 2, " #opening", ""),
            (
                "cash is found and called an opening",
                DEPOSIT,
                3,
                " #opening",
                '\n  breaks: "world-cash-is-constant"',
            ),
        )
    ),
    # ------------------------------------------------------------------- hole-is-explained
    Books("hole-is-explained", "every account of the group plays a part", OPENING + DEPOSIT),
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
            ("an account of the group plays no part", ""),
            ("an account of the group plays a part that there is not", '\n  hole: "use"'),
        )
    ),
    Books(
        "hole-is-explained",
        "money of the group goes where nothing explains it, and later ones are not blamed",
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
def test_books_break_the_stated_invariants_and_no_others(books):
    plugin = f'plugin "moneytrail" "{books.mode}"\n'
    tolerance = 'option "tolerance_multiplier" "0"\n'
    entries, errors, _ = loader.load_string(tolerance + plugin + OPENS + books.text)

    assert broken(errors) == declared(entries)
    # Beancount also reports some of these errors; other errors would mean a wrong test ledger.
    others = [error for error in errors if not isinstance(error, BrokenInvariant)]
    assert {type(error).__name__ for error in others} <= {"ValidationError"}
    assert not others or declared(entries)


def broken(errors: list) -> set[tuple[int, str]]:
    """Return the lines and the invariants that they break, by the errors."""
    return {
        (error.source["lineno"], error.message.partition(": ")[0])
        for error in errors
        if isinstance(error, BrokenInvariant)
    }


def declared(entries: list[Directive]) -> set[tuple[int, str]]:
    """Return the lines and the invariants that they break, as the ledger states."""
    return {
        (entry.meta["lineno"], promise)
        for entry in entries
        for promise in entry.meta.get("breaks", "").split()
    }


def test_every_invariant_has_books_that_keep_it_and_books_that_break_it():
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
def test_the_example_keeps_every_invariant(example, mode):
    assert check(example, {}, mode) == (example, [])


def test_no_posting_of_the_example_can_be_off_by_a_cent(example):
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
def test_no_transaction_of_the_example_except_the_last_can_be_removed(example, mode):
    transactions = [entry for entry in example if isinstance(entry, Transaction)]
    start = 0 if mode == "" else 1  # a day ledger may begin anywhere
    for lost, following in pairwise(transactions[start:]):
        _, errors = check([entry for entry in example if entry is not lost], {}, mode)
        assert [error.entry for error in errors if error.invariant == "seq-is-dense"] == [following]


def test_an_error_names_the_fault_the_amount_and_the_place_to_look():
    text = OPENS + OPENING + WINNER
    entries, _, options = loader.load_string(text)

    _, errors = check(entries, options)

    assert [error.message for error in errors] == [
        "pools-empty: Liabilities:FTX:VariationMargin is left with +60.00 USD; "
        "look for a holder whose payment is missing or wrong"
    ]


@pytest.mark.parametrize("mode", ["", "line"])
def test_a_balance_that_stays_wrong_is_reported_once(mode):
    text = OPENS + OPENING + LOAN + numbered(3, DEPOSIT).replace("05-02", "05-03")
    entries, _, options = loader.load_string(text)

    _, errors = check(entries, options, mode)

    assert [(error.invariant, error.entry.meta["seq"]) for error in errors] == [
        ("no-negative-cash", 2)
    ]


def test_an_unknown_mode_is_refused(example):
    with pytest.raises(ValueError, match=r'config is "lines"; give one of'):
        check(example, {}, "lines")
