"""The trading firms, one by one or in classes, and how their capital moves."""

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
)

FIRMS_MAX = 1_000

# The largest size of one order, as a share of the firm's claim on the venue at that time.
OrderShare = Annotated[float, Field(gt=0, le=1)]


class Firm(Part):
    """A trading firm: its speed, the edge that it needs, its capital."""

    name: Entity
    category: Category | None = None  # pro, mid-tier or larp: used by reports alone
    reaction_ms: Milliseconds
    hurdle_bps: Bps
    capital_usd: PositiveUsd
    lead_share: Fraction = 0.3  # share of capital kept on the lead venue as margin for hedges
    order_share: OrderShare = 1.0
    leverage_max: LeverageRatio = 3.0
    fee_discount: Fraction = 0.0  # share off its tier's fee, for the house tokens that it holds
    volume_30d_usd: Usd = 0.0  # volume before the run, which sets its first fee tier
    lead_quotes_usd: Usd = 0.0  # per market, shown on the lead venue
    waiting: bool = False  # its capital is in cash, and it may enter later

    @property
    def on_lead_usd(self) -> float:
        """Return the part of its first capital that it takes to the lead venue."""
        return self.capital_usd * self.lead_share


class FirmClass(Part):
    """A class of firms that differ by chance alone: each draws its speed and its capital.

    Both are lognormal and independent. Shares are of the drawn capital, except for `order_share`,
    which is the same as for a named firm.
    """

    category: Category
    trading: Annotated[int, Field(ge=0, le=FIRMS_MAX)]  # number that trade from the first day on
    waiting: Annotated[int, Field(ge=0, le=FIRMS_MAX)] = 0  # number that may enter later
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
    """How the firms' capital follows their results, daily."""

    half_life_days: Annotated[float, Field(ge=1, le=365)]  # the half-life of the trailing return
    withdrawn_share: Fraction  # share of a day's profit on the house that owners withdraw
    shift_per_bp: Fraction  # share of capital moved in a day, per bp of daily trailing advantage
    shift_max: Fraction  # largest share of capital moved in one day
    entry_per_day: Annotated[float, Field(ge=0, le=1)]  # chance of entry for each waiting firm
    entry_per_bp: Annotated[float, Field(ge=0, le=1)]  # added per bp a day that others earn
    closes_below: Fraction  # part of its first capital
    patience_days: Annotated[int, Field(ge=1, le=1_000)]  # before it acts on its trailing result


class Firms(Part):
    """The trading firms; `active = false` keeps them watching but never sending an order."""

    active: bool = True
    members: Annotated[tuple[Firm, ...], Field(max_length=FIRMS_MAX)] = ()
    classes: Annotated[tuple[FirmClass, ...], Field(max_length=20)] = ()
    capital: CapitalRules | None = None  # None: capital stays where it is
    # Mean time until a position and its hedge are closed; None: never.
    holding_days: HoldingDays | None = None
    # With n firms trading, each hurdle is multiplied by n to the power of minus this.
    hurdle_exponent: Annotated[float, Field(ge=0, le=2)] = 0.0

    @model_validator(mode="after")
    def _crowd(self) -> Self:
        categories = [each.category for each in self.classes]
        for i, category in enumerate(categories):
            if category in categories[:i]:
                raise ContradictionError(
                    ("classes", i, "category"),
                    f"is '{category}', which is taken; give each its own",
                )
        if self.count > FIRMS_MAX:
            raise ContradictionError(
                ("classes",), f"make {self.count} firms; give {FIRMS_MAX} at most"
            )
        if self.holding_days is not None and not self.count:
            raise ContradictionError(
                ("holding_days",), "changes nothing, since there are no firms; leave it out"
            )
        return self

    @property
    def drawn_names(self) -> tuple[str, ...]:
        """The names of the firms that classes draw; a name does not depend on the class."""
        known = len(self.members)
        drawn = sum(each.trading + each.waiting for each in self.classes)
        return tuple(f"Firm{n + 1:02}" for n in range(known, known + drawn))

    @property
    def count(self) -> int:
        """The number of firms, drawn and named."""
        return len(self.members) + len(self.drawn_names)
