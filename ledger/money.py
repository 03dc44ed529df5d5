"""Money is a whole number of cents, and a position in a contract is a whole number of lots.

This file rounds dollars and fees to whole cents. It also writes quantities as text. A quantity is
counted in the smallest unit of its commodity.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import overload

import numpy as np

from ledger.columns import Numbers

RATE_UNIT = 1_000_000  # fee rates are in millionths (1/100 of a basis point)


def amount(cents: int) -> str:
    """Write cents as a number of dollars that Beancount can read, such as ``-1234.50``."""
    text = str(cents).zfill(3 if cents >= 0 else 4)
    return f"{text[:-2]}.{text[-2:]}"


def dollars(cents: int) -> Decimal:
    """Return cents as an exact number of dollars."""
    return Decimal(int(cents)).scaleb(-2)


def usd(cents: int) -> str:
    """Write cents as dollars for a sentence, such as ``1,234.50``. The sign is left out."""
    whole, rest = divmod(abs(cents), 100)
    return f"{whole:,}.{rest:02}"


def to_cents(dollars: float) -> int:
    """Convert dollars to whole cents. Half a cent is rounded to the nearest even cent."""
    return round(Decimal(repr(dollars)) * 100)


@overload
def fee_cents(notional_cents: int, rate_e6: int) -> int: ...
@overload
def fee_cents(notional_cents: np.ndarray, rate_e6: Numbers) -> np.ndarray: ...
def fee_cents(notional_cents: Numbers, rate_e6: Numbers) -> Numbers:
    """Return *rate_e6* millionths of the traded value in whole cents. Half a cent is rounded up."""
    return (notional_cents * rate_e6 + RATE_UNIT // 2) // RATE_UNIT


@dataclass(frozen=True, slots=True)
class Scale:
    """The size of a commodity's smallest unit, which is *step* / 10 ** *digits*.

    For example, the size 0.05 has the step 5 and 2 digits.
    """

    step: int
    digits: int

    @classmethod
    def of(cls, unit: str, digits_min: int = 0) -> "Scale":
        """Read the size of the smallest unit from text.

        Args:
            unit: the size, such as ``0.01`` or ``10``.
            digits_min: amounts are written with at least this number of digits after the point.
        """
        digits = max(-int(Decimal(unit).as_tuple().exponent), digits_min)
        return cls(int(Decimal(unit).scaleb(digits)), digits)

    def text(self, units: int, comma: str = "") -> str:
        """Write a number of smallest units as an exact decimal, with *comma* between thousands."""
        sign, whole = ("-", -units * self.step) if units < 0 else ("", units * self.step)
        if not self.digits:
            return f"{sign}{whole:{comma}}"
        whole, rest = divmod(whole, 10**self.digits)
        return f"{sign}{whole:{comma}}.{rest:0{self.digits}}"

    def units_within(self, whole: int) -> int:
        """Convert *whole* units of the commodity to smallest units, rounded down."""
        return whole * 10**self.digits // self.step

    def units(self, number: Decimal) -> int:
        """Return *number* in smallest units.

        Raises:
            ValueError: *number* is not a whole number of smallest units.
        """
        units, rest = divmod(number.scaleb(self.digits), self.step)
        if rest:
            raise ValueError(f"{number} is not a whole number of smallest units")
        return int(units)


@dataclass(frozen=True, slots=True)
class Contract:
    """A perpetual contract on one venue, with its lot and tick.

    A contract may represent n similar markets. A trade of one lot is then a trade of one lot in
    each of the n markets. So the value and the result of the trade count n times. The fee is
    rounded for one market, and then also counts n times.
    """

    market: str
    venue: str
    lot: str
    tick_usd: str
    stands_for: int = 1
    quantity: Scale = field(init=False)
    price: Scale = field(init=False)
    cents_of_one: int = field(init=False)  # the value in cents of one tick on one lot in one market

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "quantity", Scale.of(self.lot))
        put(self, "price", Scale.of(self.tick_usd, digits_min=2))
        put(self, "cents_of_one", int(Decimal(self.lot) * Decimal(self.tick_usd) * 100))

    @property
    def cents_per_lot_tick(self) -> int:
        """Return the value in cents of one tick on one lot, summed over all similar markets."""
        return self.stands_for * self.cents_of_one

    @property
    def where(self) -> str:
        """Return the market's name, with the number of similar markets if there are several."""
        if self.stands_for == 1:
            return self.market
        return f"{self.market} in each of {self.stands_for} similar markets"

    @property
    def commodity(self) -> str:
        """Return the contract's name in the books, such as BTC-PERP.FTX."""
        return f"{self.market}.{self.venue.upper()}"


def tick_cents(contracts: Iterable[Contract], venue: str) -> dict[str, int]:
    """Return the value in cents of one tick on one lot, for each market of a venue."""
    return {c.market: c.cents_per_lot_tick for c in contracts if c.venue == venue}


@dataclass(frozen=True, slots=True)
class MarginToken:
    """A token held in kind as collateral.

    `contract` is a perpetual on the house venue. Its mark is the token's price, and its lot is the
    token's smallest unit.
    """

    commodity: str
    contract: Contract
    weight_e6: int  # the share of the token's value that counts as collateral, in millionths

    @property
    def weight(self) -> str:
        """Write the weight as a decimal, such as ``0.9``."""
        return f"{Decimal(self.weight_e6).scaleb(-6).normalize():f}"


def pro_rata(amount: int, weights: Sequence[int]) -> list[int]:
    """Split *amount* in proportion to *weights*.

    First all shares are rounded down. The units left over go to the shares with the largest
    remainders, one unit each. If *amount* is at most the sum of weights, each share is at most its
    weight.

    Args:
        amount: the amount to split, not negative.
        weights: the weights, not negative. If *amount* is above zero, their sum must be above zero.

    Returns:
        Shares that sum to *amount*.
    """
    total = max(sum(weights), 1)
    shares = [amount * weight // total for weight in weights]
    odd = amount - sum(shares)
    if odd:
        by_remainder = sorted(range(len(shares)), key=lambda i: -(amount * weights[i] % total))
        for i in by_remainder[:odd]:
            shares[i] += 1
    return shares
