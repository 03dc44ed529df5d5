"""What used money or brought it, as far as it can be told without words.

A blind audit finds these by their signatures; each kind of account is evidence of one of them.
"""

from enum import StrEnum


class Cause(StrEnum):
    """A cause that has a signature of its own, and what has none."""

    FASTER = "faster counterparties"
    POSITIONS = "positions"
    TAKEOVERS = "takeovers"
    STAKES = "stakes"
    SUMS = "sums handed over"
    SPENDING = "regular spending"
    COSTS = "trading costs and interest"
    OTHER_FLOW = "spread from everybody else"
    FEES = "fees and income"
    BORROWED = "borrowed"
    SHARES = "shares sold"
    OPENING = "own money at first"
    OTHER = "other"  # what the books call by a word that is not in `ledger.kinds`


LOSSES = (
    Cause.FASTER,
    Cause.POSITIONS,
    Cause.TAKEOVERS,
    Cause.STAKES,
    Cause.SUMS,
    Cause.SPENDING,
    Cause.COSTS,
    Cause.OTHER,
)
