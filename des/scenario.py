"""What a world may be: every figure a scenario file can set, its unit and its range.

Money is in whole or decimal dollars here and becomes integer cents in `world.py`; rates are in
basis points; names become components of accounts and commodities, so they must be fit for both.
Descriptions finish the sentence "give ..." in the messages that a reader of scenarios shows.
"""

import math
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from des.clock import HOUR_US, instant_us, midnight_us

YEARS = (1990, 2100)
DAYS_MAX = 2_000
TICKS_MAX = 10**10  # of all markets in the whole run: a day's work for one machine
PRICE_TICKS_MAX = 10**8  # prices are stored in 32 bits, and must have room to rise

# Patterns are in the dialect of Rust, where \z is the very end: a trailing newline is no part of
# a name. The last character is never a dash, since no Beancount commodity (BTC-PERP.FTX) may end
# in one.
Entity = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z]([A-Za-z0-9-]*[A-Za-z0-9])?\z", max_length=24),
    Field(
        description="a name of at most 24 letters, digits and dashes (none at the end) that "
        "begins with a capital, such as 'Firm07'"
    ),
]
MarketName = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z][A-Z0-9-]*[A-Z0-9]\z", max_length=16),
    Field(
        description="a name of 2 to 16 capitals, digits and dashes (none at the end) that begins "
        "with a capital, such as 'BTC-PERP'"
    ),
]
TokenName = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z][A-Z0-9]*[A-Z0-9]\z", max_length=12),
    Field(
        description="a name of 2 to 12 capitals and digits that begins with a capital, such as "
        "'SOL'"
    ),
]
NOT_TOKENS = ("USD", "NULL", "TRUE", "FALSE")  # money, and words of Beancount's own
Month = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])\z"),
    Field(description="a month in quotes, such as '2021-05'"),
]
Step = Annotated[
    str,
    StringConstraints(pattern=r"^(0|[1-9][0-9]{0,5})(\.[0-9]{1,8})?\z"),
    Field(description="a decimal in quotes, below a million, such as '0.01'"),
]
FilePath = Annotated[
    str,
    StringConstraints(pattern=r"^[^\p{Cc}\p{Zl}\p{Zp}]+\z", max_length=1_000),
    Field(description="the path of a file in quotes, from the scenario's folder"),
]
SourceText = Annotated[
    str,
    Field(description="a text, after a key in quotes: 'house.fee_tiers' = 'the fee page of 2021'"),
]
Usd = Annotated[float, Field(ge=0, le=1e12)]
PositiveUsd = Annotated[float, Field(ge=0.01, le=1e12)]  # a cent is the least there is
Bps = Annotated[float, Field(ge=0, le=1_000)]
Milliseconds = Annotated[float, Field(ge=0, le=60_000)]
Seconds = Annotated[float, Field(ge=0, le=3_600)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Volatility = Annotated[float, Field(ge=0, le=50)]
LogSd = Annotated[float, Field(ge=0, le=3)]
Category = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]([a-z-]*[a-z])?\z", max_length=16),
    Field(description="a word in small letters, such as 'mid-tier'"),
]
Leverage = Annotated[float, Field(gt=0, le=100)]
FIRMS_MAX = 1_000


class Part(BaseModel):
    """A table of a scenario file: unknown keys, wrong types and NaN are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class ContradictionError(ValueError):
    """Values that are each in range and cannot stand together.

    Attributes:
        keys: where to look, from the table that was checked: ("fee_tiers", 2, "volume_usd").
        problem: what is wrong and what to do, to be read after the key.
    """

    def __init__(self, keys: tuple[str | int, ...], problem: str) -> None:
        super().__init__(f"{'.'.join(map(str, keys))} {problem}")
        self.keys, self.problem = keys, problem


class Run(Part):
    """When the world starts and ends, how often it settles, how its books are closed."""

    start: date
    end: date  # the first day that is not simulated
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = 1
    settle_s: Annotated[int, Field(ge=1, le=3_600)] = 300
    hedge_s: Annotated[int, Field(ge=1, le=86_400)] | None = None  # None: at every settlement
    day_ledgers: Literal["all"] | tuple[date, ...] = ()

    @model_validator(mode="after")
    def _span(self) -> Self:
        if self.start.year < YEARS[0]:
            raise ContradictionError(("start",), f"is {self.start}; give a day from {YEARS[0]} on")
        if self.end.year > YEARS[1]:
            raise ContradictionError(("end",), f"is {self.end}; give a day until {YEARS[1]}")
        if not self.start < self.end:
            raise ContradictionError(
                ("end",), f"is {self.end}; give a day after start {self.start}"
            )
        if (self.end - self.start).days > DAYS_MAX:
            raise ContradictionError(
                ("end",), f"is {self.end}; give a day at most {DAYS_MAX} days after {self.start}"
            )
        if 3_600 % self.settle_s:
            raise ContradictionError(
                ("settle_s",),
                f"is {self.settle_s}; give a divisor of 3600, since funding is paid on the hour",
            )
        if self.hedge_s is not None and (self.hedge_s % self.settle_s or 86_400 % self.hedge_s):
            raise ContradictionError(
                ("hedge_s",),
                f"is {self.hedge_s}; give a multiple of settle_s, {self.settle_s}, that divides a "
                "day",
            )
        return self

    @model_validator(mode="after")
    def _days_of_the_run(self) -> Self:
        if self.day_ledgers == "all":
            return self
        for i, day in enumerate(self.day_ledgers):
            if not self.start <= day < self.end:
                raise ContradictionError(
                    ("day_ledgers", i),
                    f"is {day}; give a day from {self.start} on and before {self.end}",
                )
            if day in self.day_ledgers[:i]:
                raise ContradictionError(("day_ledgers", i), f"repeats {day}; give each day once")
        return self


class FeeTier(Part):
    """What a taker pays once its volume of thirty days reaches *volume_usd*."""

    volume_usd: Usd
    taker_bps: Annotated[float, Field(ge=0, le=100)]


class Gateway(Part):
    """How long an order takes from its sender to the venue's matching engine."""

    gateway_ms_median: Milliseconds
    gateway_log_sd: LogSd = 0.0


class House(Gateway):
    """The exchange whose books we keep."""

    name: Entity
    opening_cash_usd: Usd
    gateway_ms_median_busy: Milliseconds
    busy_above: Annotated[float, Field(gt=0, le=100)] = 2.0  # hour's volatility over its level
    funding_bps_per_day: Annotated[float, Field(ge=-100, le=100)] = 0.0  # longs pay shorts
    fee_tiers: Annotated[tuple[FeeTier, ...], Field(min_length=1, max_length=20)]
    volume_share_pct_recorded: tuple[Annotated[float, Field(ge=0, le=100)], ...] = ()

    @model_validator(mode="after")
    def _ladders(self) -> Self:
        if self.fee_tiers[0].volume_usd != 0:
            raise ContradictionError(
                ("fee_tiers", 0, "volume_usd"),
                f"is {self.fee_tiers[0].volume_usd:_}; give 0, where everybody begins",
            )
        for i, (below, tier) in enumerate(pairwise(self.fee_tiers), start=1):
            if not below.volume_usd < tier.volume_usd:
                raise ContradictionError(
                    ("fee_tiers", i, "volume_usd"),
                    f"is {tier.volume_usd:_}; give more than the {below.volume_usd:_} of the "
                    "tier before it",
                )
        recorded = self.volume_share_pct_recorded
        if recorded and (len(recorded) != 2 or recorded[0] > recorded[1]):
            raise ContradictionError(
                ("volume_share_pct_recorded",), "is not a range; give [low, high] or leave it out"
            )
        return self


class LeadQuoting(Part):
    """How the firms quote on the lead venue, where each is only as good as it is fast."""

    refresh_s: Annotated[float, Field(ge=0.01, le=3_600)]
    half_spread_bps: Bps
    uninformed_fraction: Fraction  # of the venue's volume: flow that pays the spread
    outside_quotes_usd: PositiveUsd  # per market, shown by everybody who is no firm of ours


class Lead(Part):
    """The venue where the price is discovered, and where inventory is hedged."""

    name: Entity
    gateway_ms: Milliseconds  # how long an order takes to its matching engine
    half_spread_bps: Bps
    taker_fee_bps: Annotated[float, Field(ge=0, le=100)]
    impact_kappa: Annotated[float, Field(ge=0, le=10)] = 0.0
    impact_tau_s: Annotated[float, Field(gt=0, le=86_400)] = 600.0
    margin_ratio_min: Annotated[float, Field(gt=0, le=1)]  # of a hedge's notional, else topped up
    margin_ratio_target: Annotated[float, Field(gt=0, le=1)]
    outside_claim_usd: PositiveUsd  # what everybody else keeps there: the hedges' other side
    quoting: LeadQuoting | None = None  # None: the firms only hedge there

    @model_validator(mode="after")
    def _margin(self) -> Self:
        if self.margin_ratio_target < self.margin_ratio_min:
            raise ContradictionError(
                ("margin_ratio_target",),
                f"is {self.margin_ratio_target:_}; give at least margin_ratio_min, "
                f"{self.margin_ratio_min:_}",
            )
        return self


class Maker(Part):
    """The captive maker: its own money, its right to borrow, its share of the volume."""

    name: Entity
    opening_cash_usd: Usd
    house_deposit_usd: Usd
    lead_deposit_usd: Usd
    credit_line_usd: Usd
    credit_tranche_usd: PositiveUsd
    hedge_delay_ms: Milliseconds
    volume_share: Fraction  # of the house's volume, one side of trades
    uninformed_fraction: Fraction  # of the maker's volume
    quoter_off: date | None = None  # from its first moment on, whatever it earns or loses
    lead_quotes_usd: Usd = 0.0  # per market, shown on the lead venue as a firm shows them
    policy: Literal["captive", "independent"] | None = None  # None: it is never reviewed

    @model_validator(mode="after")
    def _deposits(self) -> Self:
        if self.house_deposit_usd + self.lead_deposit_usd > self.opening_cash_usd:
            raise ContradictionError(
                ("opening_cash_usd",),
                f"is {self.opening_cash_usd:_}; give at least house_deposit_usd + "
                f"lead_deposit_usd, {self.house_deposit_usd + self.lead_deposit_usd:_}",
            )
        return self


class Retail(Part):
    """Customers who trade for their own reasons, under one control account."""

    name: Entity
    holders: Annotated[int, Field(ge=1, le=10_000_000)]
    opening_claim_usd: Usd
    opening_cash_usd: Usd
    deposits_per_day: Annotated[float, Field(ge=0, le=10_000)]
    deposit_usd_mean: PositiveUsd
    withdrawals_per_day: Annotated[float, Field(ge=0, le=10_000)]
    withdrawal_usd_mean: PositiveUsd


class OtherMakers(Part):
    """Makers and takers who trade the rest of the house's volume among themselves."""

    name: Entity
    opening_claim_usd: Usd
    fee_bps: Annotated[float, Field(ge=0, le=100)]  # of volume, both sides together


class Firm(Part):
    """A trading firm: how fast it is, what it asks for, what it has."""

    name: Entity
    category: Category | None = None  # pro, mid-tier, larp: for reports alone
    reaction_ms: Milliseconds
    hurdle_bps: Bps
    capital_usd: PositiveUsd
    lead_share: Fraction = 0.3  # of capital, kept on the lead venue as margin for hedges
    order_usd: PositiveUsd
    leverage_max: Leverage = 3.0
    volume_30d_usd: Usd = 0.0  # before the run, for its first fee tier
    lead_quotes_usd: Usd = 0.0  # per market, shown on the lead venue
    waiting: bool = False  # it has its capital in cash, and may enter

    @model_validator(mode="after")
    def _means(self) -> Self:
        if self.order_usd > self.capital_usd * self.leverage_max:
            raise ContradictionError(
                ("order_usd",),
                f"is {self.order_usd:_}; give at most capital_usd x leverage_max, "
                f"{self.capital_usd * self.leverage_max:_}",
            )
        return self


class FirmClass(Part):
    """Firms that are alike but for chance: each draws its speed and its capital.

    Both are lognormal, and independent. All that is a share is one of the drawn capital.
    """

    category: Category
    trading: Annotated[int, Field(ge=0, le=FIRMS_MAX)]  # from the first day on
    waiting: Annotated[int, Field(ge=0, le=FIRMS_MAX)] = 0  # who may enter later
    reaction_ms_median: Milliseconds
    reaction_log_sd: LogSd = 0.0
    capital_usd_median: PositiveUsd
    capital_log_sd: LogSd = 0.0
    hurdle_bps: Bps
    order_share: Annotated[float, Field(gt=0, le=1)]
    lead_share: Fraction = 0.3
    leverage_max: Annotated[float, Field(ge=1, le=100)] = 3.0
    volume_30d_share: Annotated[float, Field(ge=0, le=1_000)] = 0.0
    lead_quotes_share: Fraction = 0.0


class CapitalRules(Part):
    """How the firms' capital follows their results, daily."""

    half_life_days: Annotated[float, Field(ge=1, le=365)]  # of what counts as trailing
    withdrawn_share: Fraction  # of what the house brought a firm in a day, its owners take
    shift_per_bp: Fraction  # of capital moved a day for each bp a day of trailing advantage
    shift_max: Fraction  # of capital, in one day
    entry_per_day: Annotated[float, Field(ge=0, le=1)]  # chance of each firm that waits
    entry_per_bp: Annotated[float, Field(ge=0, le=1)]  # more for each bp a day that others earn
    closes_below: Fraction  # of what it began with
    patience_days: Annotated[int, Field(ge=1, le=1_000)]  # before it judges its trailing result


class Firms(Part):
    """The trading firms; `active = false` keeps them watching but never sending an order."""

    active: bool = True
    members: Annotated[tuple[Firm, ...], Field(max_length=FIRMS_MAX)] = ()
    classes: Annotated[tuple[FirmClass, ...], Field(max_length=20)] = ()
    capital: CapitalRules | None = None  # None: what they have stays where it is

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
        return self

    @property
    def drawn_names(self) -> tuple[str, ...]:
        """The names of the firms that classes stand for; they say nothing of their class."""
        known = len(self.members)
        drawn = sum(each.trading + each.waiting for each in self.classes)
        return tuple(f"Firm{n + 1:02}" for n in range(known, known + drawn))

    @property
    def count(self) -> int:
        """How many there are, drawn and named."""
        return len(self.members) + len(self.drawn_names)


class LeverageLimit(Part):
    """The most leverage that the venue allows from a day on."""

    since: date
    leverage_max: Annotated[float, Field(ge=1, le=200)]


class Provider(Part):
    """Who takes over positions that the book cannot absorb, how many, and how it sheds them."""

    name: Entity  # the captive maker's, or one of its own
    usd_per_minute: Usd
    usd_per_hour: Usd
    unwind_delay_s: Annotated[float, Field(ge=0, le=86_400)]  # from decision to fill
    unwind_usd_per_minute: PositiveUsd | None = None  # None: all at once
    capital_usd: Usd = 0.0  # of a provider with a name of its own
    lead_share: Fraction = 0.5  # of that capital, on the lead venue as margin
    balance_usd_min: Usd = 0.0  # on the house venue; with less it takes nothing over


class Token(Part):
    """A token that customers on margin bring as collateral, marked down."""

    name: TokenName
    market: MarketName  # whose lead price is the token's, and whose lot its unit of account
    weight: Annotated[float, Field(ge=0.01, le=1)]  # what of its value counts
    share: Fraction  # of customers on margin who bring it

    @property
    def weight_e6(self) -> int:
        """Return the weight in millionths."""
        return round(self.weight * 1_000_000)


class Leverage(Part):
    """Customers who trade on margin, and what the venue does when their margin fails.

    They are holders under the retail control account, numbered after its other holders. Each has
    one position in one market, and other makers hold the other side.
    """

    holders: Annotated[int, Field(ge=0, le=1_000_000)]
    collateral_usd_median: PositiveUsd
    collateral_log_sd: LogSd = 0.0
    leverage_mean: Annotated[float, Field(gt=0, le=100)]
    leverage_log_sd: LogSd = 0.0
    limits: Annotated[tuple[LeverageLimit, ...], Field(min_length=1, max_length=20)]
    long_share: Fraction = 0.5
    arrivals_per_day: Annotated[float, Field(ge=0, le=100_000)] = 0.0  # of holders, at midnight
    exits_per_day: Fraction = 0.0  # the chance that a holder closes its position, at midnight
    maintenance_margin_pct: Annotated[float, Field(ge=0.01, le=50)]
    auto_close_margin_pct: Annotated[float, Field(ge=0.01, le=50)]
    discount_thirds: Annotated[int, Field(ge=0, le=3)] = 2  # of the way from mark to zero price
    insurance_usd: Usd = 0.0  # what the fund really has
    insurance_stated_usd: Usd | None = None  # what the venue says that it has
    providers: Annotated[tuple[Provider, ...], Field(min_length=1, max_length=20)]
    tokens: Annotated[tuple[Token, ...], Field(max_length=20)] = ()  # the rest bring cash

    @model_validator(mode="after")
    def _tokens(self) -> Self:
        for key in ("name", "market"):
            words = [getattr(token, key) for token in self.tokens]
            for i, word in enumerate(words):
                if word in words[:i]:
                    raise ContradictionError(
                        ("tokens", i, key), f"is '{word}', which is taken; give each its own"
                    )
        for i, token in enumerate(self.tokens):
            if token.name in NOT_TOKENS:
                raise ContradictionError(
                    ("tokens", i, "name"),
                    f"is '{token.name}', which means something else in the "
                    "books; give another name",
                )
        shares = math.fsum(token.share for token in self.tokens)
        if shares > 1:
            last = len(self.tokens) - 1
            raise ContradictionError(
                ("tokens", last, "share"),
                f"is {self.tokens[last].share:_}, which makes the shares sum to {shares:_}; give "
                "less, so that they sum to at most 1",
            )
        return self

    @model_validator(mode="after")
    def _rules(self) -> Self:
        if self.auto_close_margin_pct > self.maintenance_margin_pct:
            raise ContradictionError(
                ("auto_close_margin_pct",),
                f"is {self.auto_close_margin_pct:_}; give at most maintenance_margin_pct, "
                f"{self.maintenance_margin_pct:_}",
            )
        for i, (before, limit) in enumerate(pairwise(self.limits), start=1):
            if not before.since < limit.since:
                raise ContradictionError(
                    ("limits", i, "since"),
                    f"is {limit.since}; give a day after the {before.since} before it",
                )
        names = [provider.name for provider in self.providers]
        for i, name in enumerate(names):
            if name in names[:i]:
                raise ContradictionError(
                    ("providers", i, "name"), f"is '{name}', which is taken; give each its own"
                )
        return self

    def leverage_max(self, day: date) -> float:
        """Return the venue's limit on a day; before the first, that one's."""
        in_force = [limit for limit in self.limits if limit.since <= day]
        return (in_force or self.limits[:1])[-1].leverage_max


class Anchor(Part):
    """A lead price that is known to have been there at that hour."""

    at: date | datetime  # a date is its first moment; a time without a zone is UTC
    price_usd: Annotated[float, Field(gt=0, le=1e9)]

    @model_validator(mode="after")
    def _hour(self) -> Self:
        # A path is drawn hour by hour as far as the next anchor, so that one must be in sight.
        if not YEARS[0] <= self.at.year <= YEARS[1]:
            raise ContradictionError(
                ("at",), f"is {self.at}; give a time from {YEARS[0]} to {YEARS[1]}"
            )
        if self.time_us % HOUR_US:
            raise ContradictionError(("at",), f"is {self.at}; give a full hour, or a date")
        return self

    @property
    def time_us(self) -> int:
        """The moment, in microseconds since 1970."""
        return instant_us(self.at) if isinstance(self.at, datetime) else midnight_us(self.at)


class VolatilityLevel(Part):
    """Annualised volatility (365 days) in force from a day on."""

    since: date
    annual: Volatility


class Price(Part):
    """The lead price of one market: anchors, volatility, jumps, ticks."""

    anchors: tuple[Anchor, ...] = ()
    volatility: tuple[VolatilityLevel, ...] = ()
    candles: FilePath | None = None  # a CSV of the user's, instead of anchors and volatility
    ticks_per_s: Annotated[float, Field(gt=0, le=1_000)] = 1.0
    volatility_log_sd: Annotated[float, Field(ge=0, le=2)] = 0.0
    volatility_half_life_h: Annotated[float, Field(gt=0, le=10_000)] = 24.0
    jumps_per_day: Annotated[float, Field(ge=0, le=1_000)] = 0.0
    jump_share: Fraction = 0.0  # of the variance

    @model_validator(mode="after")
    def _path(self) -> Self:
        if self.candles is None and not (self.anchors and self.volatility):
            missing = "volatility" if self.anchors else "anchors"
            raise ContradictionError(
                (missing,), "is missing; give anchors and volatility, or candles"
            )
        if self.candles is not None and (self.anchors or self.volatility):
            raise ContradictionError(
                ("candles",), "is not alone; give it, or anchors and volatility"
            )
        if (self.jump_share > 0) != (self.jumps_per_day > 0):
            zero = "jump_share" if self.jump_share == 0 else "jumps_per_day"
            raise ContradictionError((zero,), "is 0; give jump_share and jumps_per_day together")
        if self.jump_share == 1:
            raise ContradictionError(
                ("jump_share",), "is 1; leave some of the variance to the ticks"
            )
        return self

    @model_validator(mode="after")
    def _order(self) -> Self:
        for i, (before, anchor) in enumerate(pairwise(self.anchors), start=1):
            if not before.time_us < anchor.time_us:
                raise ContradictionError(
                    ("anchors", i, "at"),
                    f"is {anchor.at}; give a time after the {before.at} before it",
                )
        for i, (before, level) in enumerate(pairwise(self.volatility), start=1):
            if not before.since < level.since:
                raise ContradictionError(
                    ("volatility", i, "since"),
                    f"is {level.since}; give a day after the {before.since} before it",
                )
        return self


class Quoter(Part):
    """How the captive maker quotes one market."""

    latency_s: Seconds
    refresh_s: Seconds  # 0: it quotes anew at every tick
    half_spread_bps: Bps
    levels: Annotated[int, Field(ge=1, le=10)] = 1
    level_step_bps: Bps = 0.0
    skew_bps_per_limit: Bps = 0.0  # shift of the mid when the position is at its limit
    position_limit_usd: PositiveUsd
    displayed_usd: PositiveUsd | None = None  # per level; else set monthly from the volume

    @model_validator(mode="after")
    def _ladder(self) -> Self:
        if self.levels > 1 and self.level_step_bps == 0:
            raise ContradictionError(
                ("level_step_bps",), f"is 0; give more, to tell {self.levels} levels apart"
            )
        if 0 < self.refresh_s < 0.01:
            raise ContradictionError(
                ("refresh_s",), f"is {self.refresh_s:_}; give 0 (every tick) or at least 0.01"
            )
        return self


class MonthVolume(Part):
    """The house's recorded volume in one month, each trade counted once."""

    month: Month
    usd: Annotated[float, Field(ge=0, le=1e14)]


class Market(Part):
    """One perpetual contract, settled in dollars, listed on both venues."""

    name: MarketName
    lot: Step
    tick_usd: Step
    volume: Annotated[tuple[MonthVolume, ...], Field(min_length=1, max_length=1_000)]
    price: Price
    quoter: Quoter
    order_usd_mean: PositiveUsd  # of uninformed customers
    lead_volume_usd_per_day: PositiveUsd | None = None  # needed where hedges have impact

    @model_validator(mode="after")
    def _grain(self) -> Self:
        cents = Decimal(self.lot) * Decimal(self.tick_usd) * 100
        if cents < 1 or cents != int(cents):
            raise ContradictionError(
                ("lot",),
                f"is {self.lot}; lot x tick_usd ({self.tick_usd}) must be a whole number of "
                "cents, at least one",
            )
        return self

    @model_validator(mode="after")
    def _months(self) -> Self:
        for i, (before, volume) in enumerate(pairwise(self.volume), start=1):
            if not before.month < volume.month:
                raise ContradictionError(
                    ("volume", i, "month"),
                    f"is '{volume.month}'; give a month after the '{before.month}' before it",
                )
        return self

    @model_validator(mode="after")
    def _sizes(self) -> Self:
        """Refuse a price that ticks cannot express and a quote smaller than one lot."""
        tick_usd, lot = float(self.tick_usd), float(self.lot)
        for i, anchor in enumerate(self.price.anchors):
            if not tick_usd <= anchor.price_usd <= PRICE_TICKS_MAX * tick_usd:
                raise ContradictionError(
                    ("price", "anchors", i, "price_usd"),
                    f"is {anchor.price_usd:_}; give 1 to {PRICE_TICKS_MAX:_} ticks of "
                    f"{self.tick_usd}, or another tick_usd",
                )
        lot_usd = lot * max((anchor.price_usd for anchor in self.price.anchors), default=0.0)
        for key in ("position_limit_usd", "displayed_usd"):
            limit_usd = getattr(self.quoter, key)
            if limit_usd is not None and limit_usd < lot_usd:
                raise ContradictionError(
                    ("quoter", key),
                    f"is {limit_usd:_}; give at least the price of one lot, {lot_usd:_}",
                )
        return self


class Scenario(Part):
    """A question asked of a world, and the world it is asked of."""

    question: Annotated[
        str,
        StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+\z", min_length=1, max_length=500),
        Field(description="a question in quotes, one line of at most 500 characters"),
    ]
    run: Run
    house: House
    lead: Lead
    maker: Maker
    retail: Retail
    other_makers: OtherMakers
    firms: Firms = Firms()
    leverage: Leverage | None = None  # None: nobody trades on margin
    markets: Annotated[tuple[Market, ...], Field(min_length=1, max_length=50)]
    sources: dict[str, SourceText] = {}  # by key: where its figure is from

    def entities(self) -> Iterator[str]:
        """Name everybody who keeps books."""
        parts = (self.house, self.maker, self.lead, self.retail, self.other_makers)
        yield from (part.name for part in parts)
        yield from (firm.name for firm in self.firms.members)
        yield from self.firms.drawn_names
        yield from (provider.name for provider in self.outside_providers)

    @property
    def outside_providers(self) -> tuple[Provider, ...]:
        """Return the backstop providers that keep books of their own: all but the maker."""
        providers = self.leverage.providers if self.leverage else ()
        return tuple(each for each in providers if each.name != self.maker.name)

    @model_validator(mode="after")
    def _names(self) -> Self:
        """Refuse two sets of books, or two commodities, under one name."""
        seen = {"Outside"}  # the rest of the world has books too
        for place, name in zip(self._places(), self.entities(), strict=True):
            if name in seen and place == ("firms", "classes"):
                raise ContradictionError(
                    place, f"draw a firm '{name}', which is taken; give the other another name"
                )
            if name in seen:
                raise ContradictionError(
                    place, f"is '{name}', which is taken; give every entity its own"
                )
            seen.add(name)
        if self.house.name.upper() == self.lead.name.upper():
            # Commodities are in capitals: BTC-PERP.FTX must say which venue's contract it is.
            raise ContradictionError(
                ("lead", "name"),
                f"is '{self.lead.name}', in capitals the house's; give a name that differs by "
                "more than case",
            )
        names = [market.name for market in self.markets]
        for i, name in enumerate(names):
            if name in names[:i]:
                raise ContradictionError(
                    ("markets", i, "name"), f"is '{name}', which is taken; give each its own"
                )
        return self

    def _places(self) -> Iterator[tuple[str | int, ...]]:
        """Say where each of `entities` stands."""
        for part in ("house", "maker", "lead", "retail", "other_makers"):
            yield (part, "name")
        yield from (("firms", "members", i, "name") for i in range(len(self.firms.members)))
        yield from (("firms", "classes") for _ in self.firms.drawn_names)
        if self.leverage:
            for i, provider in enumerate(self.leverage.providers):
                if provider.name != self.maker.name:
                    yield ("leverage", "providers", i, "name")

    @model_validator(mode="after")
    def _cover(self) -> Self:
        """Refuse a market whose volume, volatility or anchors leave out part of the run."""
        for i, market in enumerate(self.markets):
            recorded = {volume.month for volume in market.volume}
            for month in months_between(self.run.start, self.run.end):
                if month not in recorded:
                    raise ContradictionError(
                        ("markets", i, "volume"), f"has no month '{month}'; add it, or end the run"
                    )
            levels, anchors = market.price.volatility, market.price.anchors
            if levels and levels[0].since > self.run.start:
                raise ContradictionError(
                    ("markets", i, "price", "volatility", 0, "since"),
                    f"is {levels[0].since}; give {self.run.start}, when the run starts, or before",
                )
            if anchors and anchors[0].time_us > midnight_us(self.run.start):
                raise ContradictionError(
                    ("markets", i, "price", "anchors", 0, "at"),
                    f"is {anchors[0].at}; give {self.run.start}, when the run starts, or before",
                )
        return self

    @model_validator(mode="after")
    def _valued(self) -> Self:
        """Refuse a token that no market here could price."""
        names = [market.name for market in self.markets]
        for i, token in enumerate(self.leverage.tokens if self.leverage else ()):
            if token.market not in names:
                raise ContradictionError(
                    ("leverage", "tokens", i, "market"),
                    f"is '{token.market}', which is not listed; give one of {', '.join(names)}",
                )
        return self

    @model_validator(mode="after")
    def _shown(self) -> Self:
        for i, market in enumerate(self.markets):
            if not self.firms.count and market.quoter.displayed_usd is None:
                raise ContradictionError(
                    ("markets", i, "quoter", "displayed_usd"),
                    "is missing; give it, since there are no firms whose hits could set it",
                )
        return self

    @model_validator(mode="after")
    def _impact(self) -> Self:
        needed_by = "lead.impact_kappa is above 0" if self.lead.impact_kappa > 0 else ""
        if self.lead.quoting:
            needed_by = "lead.quoting is there"
        for i, market in enumerate(self.markets):
            if needed_by and market.lead_volume_usd_per_day is None:
                raise ContradictionError(
                    ("markets", i, "lead_volume_usd_per_day"),
                    f"is missing; give it, since {needed_by}",
                )
        return self

    @model_validator(mode="after")
    def _quoted(self) -> Self:
        """Refuse quotes on the lead venue where nobody says how they are shown."""
        quotes = [(("maker", "lead_quotes_usd"), self.maker.lead_quotes_usd)]
        quotes += [
            (("firms", "members", i, "lead_quotes_usd"), firm.lead_quotes_usd)
            for i, firm in enumerate(self.firms.members)
        ]
        quotes += [
            (("firms", "classes", i, "lead_quotes_share"), each.lead_quotes_share)
            for i, each in enumerate(self.firms.classes)
        ]
        for place, shown in quotes:
            if shown and not self.lead.quoting:
                raise ContradictionError(place, f"is {shown:_}; give lead.quoting too, or 0")
        return self

    @model_validator(mode="after")
    def _reviewed(self) -> Self:
        if self.maker.policy and not (self.lead.quoting and self.maker.lead_quotes_usd):
            raise ContradictionError(
                ("maker", "policy"),
                f"is '{self.maker.policy}'; give lead.quoting and maker.lead_quotes_usd too, or "
                "leave it out: there is nothing else to move or to shut",
            )
        return self

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        seconds = (self.run.end - self.run.start).days * 86_400
        ticks = seconds * sum(market.price.ticks_per_s for market in self.markets)
        if ticks > TICKS_MAX:
            raise ContradictionError(
                ("run", "end"),
                f"is {self.run.end}, which makes {ticks:.2g} ticks; shorten the run or lower "
                f"ticks_per_s, to {TICKS_MAX:.0g} at most",
            )
        return self


def months_between(start: date, end: date) -> list[str]:
    """List the months, as 2021-05, that have a day in [start, end)."""
    months = []
    year, month = start.year, start.month
    while date(year, month, 1) < end:
        months.append(f"{year:04}-{month:02}")
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return months
