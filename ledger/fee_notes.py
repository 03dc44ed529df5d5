"""What the books note of fees: the rates of tiers and customers, and what changes them."""

from dataclasses import dataclass
from typing import ClassVar

from ledger.notes import Note, Usd, Whole, Word


@dataclass(frozen=True, slots=True)
class TakerFee(Note):
    """What a taker pays who has traded so much in thirty days."""

    kind: ClassVar[str] = "taker-fee-e6"
    venue: Word
    volume_usd: Usd
    e6: Whole  # millionths of the notional


@dataclass(frozen=True, slots=True)
class CustomersFee(Note):
    """What customers pay of all they trade, whoever fills it: the mean of many accounts' tiers."""

    kind: ClassVar[str] = "customers-fee-e6"
    venue: Word
    e6: Whole  # millionths of the notional


@dataclass(frozen=True, slots=True)
class FeeFloor(Note):
    """Below what no discount brings a taker's fee."""

    kind: ClassVar[str] = "taker-fee-floor-e6"
    venue: Word
    e6: Whole


@dataclass(frozen=True, slots=True)
class FeeDiscount(Note):
    """By how much less than its tier a firm pays, for the house tokens that it holds."""

    kind: ClassVar[str] = "taker-fee-discount-e4"
    firm: Word
    e4: Whole  # ten-thousandths of the fee


@dataclass(frozen=True, slots=True)
class VolumeBefore(Note):
    """What a firm has traded on the house in the thirty days before the run."""

    kind: ClassVar[str] = "volume-of-30-days"
    firm: Word
    usd: Usd
