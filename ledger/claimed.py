"""The parts of the mechanism that the thread names, and the tweets about each part.

Each kind of account belongs to at most one part of the mechanism.
"""

from enum import StrEnum


class Claimed(StrEnum):
    """A part of the mechanism: its name in plain English, and the numbers of its tweets."""

    tweets: tuple[int, ...]

    def __new__(cls, name: str, tweets: tuple[int, ...]) -> "Claimed":
        """Create a part as a string that is equal to its name, so that reports print the name."""
        part = str.__new__(cls, name)
        part._value_ = name
        part.tweets = tweets
        return part

    # In the thread's words: "FTX liquidity was getting picked off left and right"
    QUOTES = "quotes", (8, 9, 10, 12, 17, 18)
    # In the thread's words: "the liquidations which Alameda had to handle to keep FTX alive"
    LIQUIDATIONS = "liquidations", (22, 23)
    # In the thread's words: "Flood -EV liquidity and trading across the chain". "-EV" means a
    # negative expected value.
    ON_CHAIN = "liquidity on chain", (13,)
