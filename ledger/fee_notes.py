"""The notes that record fees in the books: rates by tier, customers' rate, and discounts."""

from dataclasses import dataclass
from typing import ClassVar

from ledger.notes import Note, Usd, Whole, Word


@dataclass(frozen=True, slots=True)
class TakerFee(Note):
    """A tier of taker fees: the rate from a volume of `volume_usd` in thirty days upwards."""

    kind: ClassVar[str] = "taker-fee-e6"
    venue: Word
    volume_usd: Usd
    e6: Whole  # millionths of the traded value


@dataclass(frozen=True, slots=True)
class CustomersFee(Note):
    """The mean fee rate of all customers, whose accounts are in different tiers."""

    kind: ClassVar[str] = "customers-fee-e6"
    venue: Word
    e6: Whole  # millionths of the traded value


@dataclass(frozen=True, slots=True)
class FeeFloor(Note):
    """The lowest rate after a discount. A tier with a lower rate keeps its own rate."""

    kind: ClassVar[str] = "taker-fee-floor-e6"
    venue: Word
    e6: Whole  # millionths of the traded value


@dataclass(frozen=True, slots=True)
class FeeDiscount(Note):
    """The discount that a holder of house tokens gets on the fee rate of its tier."""

    kind: ClassVar[str] = "taker-fee-discount-e4"
    firm: Word
    e4: Whole  # ten-thousandths of the fee


@dataclass(frozen=True, slots=True)
class VolumeBefore(Note):
    """A firm's volume on the house in the thirty days before the run."""

    kind: ClassVar[str] = "volume-of-30-days"
    firm: Word
    usd: Usd
