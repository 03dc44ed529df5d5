"""The trading firms, named or drawn from classes, and the rules for their capital."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from des.scenario.quantities import (
    Bps,
    Category,
    ContradictionError,
    Entity,
    Fraction,
    HoldingDays,
    LeverageRatio,
    LogSd,
    Milliseconds,
    Part,
    PositiveUsd,
    Usd,
    check_distinct,
)

FIRMS_MAX = 1_000

# The largest size of one order, as a share of the firm's claim on the venue of the order.
OrderShare = Annotated[float, Field(gt=0, le=1)]


class Firm(Part):
    """A trading firm: its speed, its smallest acceptable gain, its capital."""

    name: Entity
    category: Category | None = None  # pro, mid-tier or larp, for reports only
    reaction_ms: Milliseconds
    hurdle_bps: Bps
    capital_usd: PositiveUsd
    lead_share: Fraction = 0.3  # the share of the capital that is on the lead venue
    order_share: OrderShare = 1.0
    leverage_max: LeverageRatio = 3.0
    # The discount on the taker fee, as a share of the fee in the firm's tier.
    fee_discount: Fraction = 0.0
    # The volume in the thirty days before the run. It determines the firm's first fee tier.
    volume_30d_usd: Usd = 0.0
    lead_quotes_usd: Usd = 0.0  # displayed size on the lead venue at first, per market and side
    waiting: bool = False  # true: the firm does not trade at first, and may enter later

    @property
    def on_lead_usd(self) -> float:
        """Return the part of the firm's opening capital that is on the lead venue."""
        return self.capital_usd * self.lead_share


class FirmClass(Part):
    """A class of firms whose reaction time and capital are drawn at random.

    Reaction time and capital are independent and have lognormal distributions. `order_share` is a
    share of the firm's claim on the venue of the order, as for a named firm. `lead_share` and
    `lead_quotes_share` are shares of the drawn capital. `volume_30d_share` is the volume in the
    thirty days before the run, divided by the drawn capital.
    """

    category: Category
    trading: Annotated[int, Field(ge=0, le=FIRMS_MAX)]  # firms that trade from the first day
    waiting: Annotated[int, Field(ge=0, le=FIRMS_MAX)] = 0  # firms that may enter later
    reaction_ms_median: Milliseconds
    reaction_log_sd: LogSd = 0.0
    capital_usd_median: PositiveUsd
    capital_log_sd: LogSd = 0.0
    hurdle_bps: Bps
    order_share: OrderShare = 1.0
    lead_share: Fraction = 0.3
    leverage_max: Annotated[float, Field(ge=1, le=100)] = 3.0
    fee_discount: Fraction = 0.0
    volume_30d_share: Annotated[float, Field(ge=0, le=1_000)] = 0.0
    lead_quotes_share: Fraction = 0.0


class CapitalRules(Part):
    """The daily rules for firms' capital: withdrawals, moves between venues, entry, closing."""

    # Days after which the weight of a day in the trailing return has halved.
    half_life_days: Annotated[float, Field(ge=1, le=365)]
    # The owners of a firm withdraw this share of its daily profit on the house venue.
    withdrawn_share: Fraction
    # In a day this share of a firm's capital moves to the venue with the higher trailing return,
    # for each basis point of difference between the trailing returns on the two venues.
    shift_per_bp: Fraction
    shift_max: Fraction  # the largest share of capital that moves in one day
    # The probability that a waiting firm enters on a day, if the trading firms earn nothing.
    entry_per_day: Annotated[float, Field(ge=0, le=1)]
    # The rise of this probability, for each basis point of capital that the trading firms earn in a
    # day on average.
    entry_per_bp: Annotated[float, Field(ge=0, le=1)]
    # A firm closes if its capital and cash together are below this share of its opening capital.
    closes_below: Fraction
    # Days from a firm's entry until the firm begins to act on its trailing returns.
    patience_days: Annotated[int, Field(ge=1, le=1_000)]


class Firms(Part):
    """The trading firms. With `active = false` no firm hits quotes on the house venue."""

    active: bool = True
    members: Annotated[tuple[Firm, ...], Field(max_length=FIRMS_MAX)] = ()
    classes: Annotated[tuple[FirmClass, ...], Field(max_length=20)] = ()
    capital: CapitalRules | None = None  # None: no firm moves capital, enters or closes
    # Mean days until a firm closes a position and its hedge. None: firms hold positions until they
    # trade in the other direction.
    holding_days: HoldingDays | None = None
    # If n firms trade, each firm's hurdle is multiplied by n ** -hurdle_exponent.
    hurdle_exponent: Annotated[float, Field(ge=0, le=2)] = 0.0

    @model_validator(mode="after")
    def _crowd(self) -> Self:
        check_distinct("classes", "category", [each.category for each in self.classes])
        if self.count > FIRMS_MAX:
            raise ContradictionError(
                ("classes",),
                f"and the named firms are {self.count} firms in total; give at most {FIRMS_MAX}",
            )
        if self.holding_days is not None and not self.count:
            raise ContradictionError(
                ("holding_days",), "changes nothing, since there are no firms; leave it out"
            )
        return self

    @property
    def drawn_names(self) -> tuple[str, ...]:
        """The names of all firms drawn from classes. A name does not show the firm's class."""
        known = len(self.members)
        drawn = sum(each.trading + each.waiting for each in self.classes)
        return tuple(f"Firm{n + 1:02}" for n in range(known, known + drawn))

    @property
    def count(self) -> int:
        """The number of all firms, whether named or drawn."""
        return len(self.members) + len(self.drawn_names)
