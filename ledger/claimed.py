"""The parts of the thread's mechanism, to which it attributes the loss.

Each part names the tweets that claim it. A kind of account belongs to one part, or to none.
"""

from enum import StrEnum


class Claimed(StrEnum):
    """A part of the mechanism, by its name in plain English, with its tweets by number."""

    tweets: tuple[int, ...]

    def __new__(cls, name: str, tweets: tuple[int, ...]) -> "Claimed":
        """Make the part equal to its name, as tables and sentences print it."""
        part = str.__new__(cls, name)
        part._value_ = name
        part.tweets = tweets
        return part

    # "FTX liquidity was getting picked off left and right"
    QUOTES = "quotes", (8, 9, 10, 12, 17, 18)
    # "the liquidations which Alameda had to handle to keep FTX alive"
    LIQUIDATIONS = "liquidations", (22, 23)
    # "Flood -EV liquidity and trading across the chain"
    ON_CHAIN = "liquidity on chain", (13,)
