"""Notes: directives of the books that move no money. Each kind of note is a class.

    2022-06-01 custom "belief" "BTC-PERP" 12.50 USD 480.00 USD

A directive has its values in the order of the class's fields. The type of a field decides the form
of its value. The text of the ledger and its Parquet copy give the same notes.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, ClassVar, NamedTuple, Self, get_type_hints

from ledger.text import quoted
from ledger.transaction import MONEY

# The types of a directive's values. The last type is an amount: a number with its currency.
Value = str | Decimal | date | bool | tuple[Decimal, str]


class Shape(NamedTuple):
    """Two functions: `write` writes a field as text, and `read` converts a value to a field."""

    write: Callable[[Any], str]
    read: Callable[[Any], Any]


def _figures(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split()))


def _figures_text(figures: tuple[int, ...]) -> str:
    return quoted(" ".join(map(str, figures)))


def _number_of(value: tuple[Decimal, str]) -> Decimal:
    number, _ = value
    return number


Word = Annotated[str, Shape(quoted, str)]
Account = Annotated[str, Shape(str, str)]
# A whole number. A negative one must not follow another number: Beancount would subtract it.
Whole = Annotated[int, Shape(str, int)]
Number = Annotated[Decimal, Shape("{:f}".format, Decimal)]
Usd = Annotated[Decimal, Shape(f"{{:f}} {MONEY}".format, _number_of)]
Figures = Annotated[
    tuple[int, ...],
    Shape(_figures_text, _figures),
]
# Fields that can be None are the last fields of a note.
MaybeWord = Annotated[str | None, Shape(quoted, str)]
MaybeUsd = Annotated[Decimal | None, Shape(f"{{:f}} {MONEY}".format, _number_of)]


@dataclass(frozen=True, slots=True)
class Note:
    """The base class of notes: `custom` directives that move no money."""

    kind: ClassVar[str]  # the word that names this kind of note in the books

    def text(self) -> str:
        """Return the directive without its date, in the form that Beancount reads."""
        return " ".join((f"custom {quoted(self.kind)}", *self.words()))

    @classmethod
    def read(cls, values: Iterable[Value]) -> Self:
        """Make a note from a directive's values. Missing values at the end become None."""
        return cls(
            *[shape.read(value) for shape, value in zip(cls._shapes(), values, strict=False)]
        )

    def words(self) -> tuple[str, ...]:
        """Return the note's values, each in the form that Beancount reads.

        Fields that are None are left out. Values are read by their position. So after a field that
        is None, all fields must be None.
        """
        shapes = zip(fields(self), self._shapes(), strict=True)
        said = ((getattr(self, field.name), shape) for field, shape in shapes)
        return tuple(shape.write(value) for value, shape in said if value is not None)

    @classmethod
    def _shapes(cls) -> tuple[Shape, ...]:
        # mypy confuses the hash of a note with the hash of its class.
        return _shapes_of(cls)  # type: ignore[arg-type]


@cache
def _shapes_of(kind: type[Note]) -> tuple[Shape, ...]:
    """Return the `Shape` of each field, in the order of the fields."""
    hints = get_type_hints(kind, include_extras=True)
    return tuple(hints[field.name].__metadata__[0] for field in fields(kind))


def rounded(figure: float, digits: int) -> Decimal:
    """Return a figure rounded to *digits* decimals, for use in a note."""
    return Decimal(f"{figure:.{digits}f}")


# ------------------------------------------------------- parties, and figures of the scenario


@dataclass(frozen=True, slots=True)
class Role(Note):
    """One role of one party. `ledger.parties` lists the roles."""

    kind: ClassVar[str] = "role"
    role: Word
    name: Word


@dataclass(frozen=True, slots=True)
class Pays(Note):
    """A payer, and a payee to whom it may pay money for a use such as a venture."""

    kind: ClassVar[str] = "pays"
    payer: Word
    use: Word  # the kind of use
    to: Word


@dataclass(frozen=True, slots=True)
class FundingRate(Note):
    """The hourly funding rate. Longs pay it to shorts, or shorts to longs if it is negative."""

    kind: ClassVar[str] = "funding-per-hour-e9"
    e9: Whole  # billionths of the position's value


@dataclass(frozen=True, slots=True)
class FirmProfile(Note):
    """A firm's category and reaction time, from the scenario."""

    kind: ClassVar[str] = "firm"
    name: Word
    category: Word  # empty if the firm has none
    reaction_ms: Number


@dataclass(frozen=True, slots=True)
class StatedFund(Note):
    """The insurance fund's size, as the venue states it in public. The statement may be untrue."""

    kind: ClassVar[str] = "insurance-fund-stated"
    venue: Word
    usd: Usd


@dataclass(frozen=True, slots=True)
class CandlesRead(Note):
    """A remark on a market's candles, such as the number of gaps between them."""

    kind: ClassVar[str] = "candles-read"
    market: Word
    said: Word


@dataclass(frozen=True, slots=True)
class RecordedShare(Note):
    """The maker's recorded share of the house's volume: a range in percent."""

    kind: ClassVar[str] = "maker-share-recorded"
    low_pct: Number
    high_pct: Number


# ------------------------------------------------------------------------ volume and prices


@dataclass(frozen=True, slots=True)
class TradedDay(Note):
    """A day's volume in one market of the house. Each trade counts once."""

    kind: ClassVar[str] = "traded"
    market: Word
    captive_usd: Usd  # uninformed orders that the captive maker filled
    others_usd: Usd  # uninformed orders that the other makers filled
    hits_usd: Usd  # firms' hits on the captive maker's quotes
    forced_usd: Usd  # forced orders that any maker filled
    recorded_usd: MaybeUsd = None  # the day's recorded volume


@dataclass(frozen=True, slots=True)
class ForcedDay(Note):
    """A day's volume of forced orders that the captive maker filled in a market of the house."""

    kind: ClassVar[str] = "forced"
    market: Word
    captive_usd: Usd


@dataclass(frozen=True, slots=True)
class ShownBook(Note):
    """The quotes on one side of a market when the day's first played hour begins.

    The other makers quote one price on each side. The captive maker's levels are equally spaced and
    have equal sizes.
    """

    kind: ClassVar[str] = "book"
    market: Word
    others_usd: Usd
    captive_usd: Usd  # summed over all levels, mean of both sides
    others_half_spread_bps: Number
    captive_half_spread_bps: Number  # the half-spread of the best level
    captive_reach_bps: Number  # the distance of the last level from the mid
    captive_levels: Whole


@dataclass(frozen=True, slots=True)
class PriceRange(Note):
    """A market's lowest and highest lead price on a day."""

    kind: ClassVar[str] = "price-range"
    market: Word
    low_usd: Number
    high_usd: Number


@dataclass(frozen=True, slots=True)
class WantedDay(Note):
    """The demand of uninformed customers in each played hour of a day, in whole dollars.

    The note is written if demand follows the recorded volume.
    """

    kind: ClassVar[str] = "wanted"
    market: Word
    usd_of_hours: Figures


@dataclass(frozen=True, slots=True)
class EdgeOfHours(Note):
    """The sum of the edges of all fills with one motive, for each hour of a day.

    The note is written if only a part of the hours is simulated, and at least one sum is not zero.
    Reports compute the sampling error of a total from these notes.
    """

    kind: ClassVar[str] = "edge-of-hours"
    motive: Word
    cents_of_hours: Figures  # one sum for each of 24 hours


# ------------------------------------------------------- the maker's predictions and decisions


@dataclass(frozen=True, slots=True)
class Decision(Note):
    """The maker's quotes in one market until the first day of the next month, with the reasons.

    The volumes seen and the planned figures are sums over `seen_days` days. If `seen_days` is zero,
    the volumes are zero, and nothing is planned. The policies `growth` and `believed` also plan
    nothing after a month in which the displayed size was zero.
    """

    kind: ClassVar[str] = "decision"
    market: Word
    half_spread_bps: Number  # the half-spread of the best level
    levels: Whole
    refresh_s: Number  # seconds between two quotes (0: at every tick)
    seen_days: Whole
    policy: Word
    held_by: Word  # the limit that restricts the size, or empty
    shown_usd: Usd  # displayed size per level and side
    seen_usd: Usd  # the house's volume in this market over `seen_days` days
    own_usd: Usd  # the part of seen_usd that the maker filled, without forced orders
    hits_usd: Usd  # the part of own_usd that firms took
    planned_result_usd: MaybeUsd = None  # each fill is valued at its lead price
    planned_volume_usd: MaybeUsd = None


@dataclass(frozen=True, slots=True)
class Belief(Note):
    """The result and volume that the maker's own simulation predicts for a market in a month."""

    kind: ClassVar[str] = "belief"
    market: Word
    result_usd: Usd
    volume_usd: Usd


@dataclass(frozen=True, slots=True)
class HitLimits(Note):
    """The volume of firms' hits in a market, and the volume that each limit on orders prevented.

    A lot counts as prevented if a firm's order would have taken it without the limit, and no other
    order took it while the quote was valid.
    """

    kind: ClassVar[str] = "hit-limits"
    market: Word
    taken_usd: Usd
    cut_by_order_share_usd: Usd
    cut_by_leverage_usd: Usd
    firms_trading: Whole
    firms_waiting: Whole


@dataclass(frozen=True, slots=True)
class Appraised(Note):
    """One valuation of all shares of the house, at the end of a month or at a funding round."""

    kind: ClassVar[str] = "appraisal"
    what: Word  # the month just closed (2021-06), or the name of a round
    way: Word
    basis_usd: Usd  # the figure that the method multiplies
    low_usd: Usd
    middle_usd: Usd
    high_usd: Usd


@dataclass(frozen=True, slots=True)
class RoundValuation(Note):
    """The money raised in a funding round, and the stated valuation of the house."""

    kind: ClassVar[str] = "valuation"
    name: Word
    raised_usd: Usd
    valued_usd: Usd


@dataclass(frozen=True, slots=True)
class Reviewed(Note):
    """The maker's monthly decision about its quotes on a venue, with the figures behind it."""

    kind: ClassVar[str] = "review"
    venue: Word
    policy: Word
    decided: Word
    month_usd: Usd  # the result of these quotes in the month that ended
    year_usd: Usd  # the result of these quotes in the last twelve months
    shares_lose_usd: MaybeUsd = None  # value that the house's shares would lose without the quotes


# ------------------------------------------------------------------- payments not made


@dataclass(frozen=True, slots=True)
class UnpaidRequest(Note):
    """A customer's request for withdrawal that has to wait."""

    kind: ClassVar[str] = "unpaid-request"
    owed: Account  # an account in the house's books
    usd: Usd
    holder: Word
    commodity: MaybeWord = None  # stated only if each commodity has its own queue of requests


@dataclass(frozen=True, slots=True)
class UnpaidUse(Note):
    """A use of money that could not be paid."""

    kind: ClassVar[str] = "unpaid-use"
    to: Word
    usd: Usd
    use: Word  # the kind of use


@dataclass(frozen=True, slots=True)
class UnpaidRecall(Note):
    """The part of a lender's recall that could not be paid. The debt remains."""

    kind: ClassVar[str] = "unpaid-recall"
    debt: Account
    usd: Usd


@dataclass(frozen=True, slots=True)
class UnpaidInterest(Note):
    """Interest that could not be paid, and that is not added to the debt."""

    kind: ClassVar[str] = "unpaid-interest"
    debt: Account
    usd: Usd


# --------------------------------------------------------------------- pools, and fills


@dataclass(frozen=True, slots=True)
class TradedPool(Note):
    """A pool's day: the number of blocks, and the sum of squared log returns between blocks."""

    kind: ClassVar[str] = "pool-day"
    token: Word
    blocks: Whole
    variance: Number


@dataclass(frozen=True, slots=True)
class FillsOfDay(Note):
    """The number of a day's fills, and a hash of these fills."""

    kind: ClassVar[str] = "control-total-of-fills"
    rows: Whole
    total: Word
