"""Notes that record fees in the books: rates, discounts, and firms' volumes before the run."""

from dataclasses import dataclass
from typing import ClassVar

from ledger.notes import Note, Usd, Whole, Word


@dataclass(frozen=True, slots=True)
class TakerFee(Note):
    """A fee tier for takers: its rate, and the least volume in thirty days."""

    kind: ClassVar[str] = "taker-fee-e6"
    venue: Word
    volume_usd: Usd
    e6: Whole  # millionths of the traded value


@dataclass(frozen=True, slots=True)
class CustomersFee(Note):
    """The mean fee rate of customers that are not firms. Their accounts are in different tiers."""

    kind: ClassVar[str] = "customers-fee-e6"
    venue: Word
    e6: Whole  # millionths of the traded value


@dataclass(frozen=True, slots=True)
class FeeFloor(Note):
    """The lowest rate that a discount can give. A tier whose rate is lower keeps its rate."""

    kind: ClassVar[str] = "taker-fee-floor-e6"
    venue: Word
    e6: Whole  # millionths of the traded value


@dataclass(frozen=True, slots=True)
class FeeDiscount(Note):
    """A firm's discount on the fee rate of its tier."""

    kind: ClassVar[str] = "taker-fee-discount-e4"
    firm: Word
    e4: Whole  # ten-thousandths of the fee


@dataclass(frozen=True, slots=True)
class VolumeBefore(Note):
    """A firm's volume on the house in the thirty days before the run."""

    kind: ClassVar[str] = "volume-of-30-days"
    firm: Word
    usd: Usd
