"""What a world may be: every figure a scenario file can set, its unit and its range.

Money is in whole or decimal dollars here and becomes integer cents in `world.py`; rates are in
basis points.
"""

from des.scenario.customers import OtherMakers, Retail
from des.scenario.firms import FIRMS_MAX, CapitalRules, Firm, FirmClass, Firms
from des.scenario.leverage import Leverage, LeverageLimit, Provider, Token
from des.scenario.maker import Maker, Quoter
from des.scenario.market import PRICE_TICKS_MAX, DayVolume, Market, MonthVolume
from des.scenario.price import Anchor, Price, VolatilityLevel
from des.scenario.run import DAYS_MAX, Run, months_between
from des.scenario.scenario import TICKS_MAX, Scenario
from des.scenario.values import (
    YEARS,
    Bps,
    Category,
    ContradictionError,
    Entity,
    FilePath,
    Fraction,
    LeverageRatio,
    LogSd,
    MarketName,
    Milliseconds,
    Month,
    Part,
    PositiveUsd,
    Seconds,
    SourceText,
    Step,
    TokenName,
    Usd,
    Volatility,
)
from des.scenario.venues import FeeTier, Gateway, House, Lead, LeadQuoting

__all__ = [
    "DAYS_MAX",
    "FIRMS_MAX",
    "PRICE_TICKS_MAX",
    "TICKS_MAX",
    "YEARS",
    "Anchor",
    "Bps",
    "CapitalRules",
    "Category",
    "ContradictionError",
    "DayVolume",
    "Entity",
    "FeeTier",
    "FilePath",
    "Firm",
    "FirmClass",
    "Firms",
    "Fraction",
    "Gateway",
    "House",
    "Lead",
    "LeadQuoting",
    "Leverage",
    "LeverageLimit",
    "LeverageRatio",
    "LogSd",
    "Maker",
    "Market",
    "MarketName",
    "Milliseconds",
    "Month",
    "MonthVolume",
    "OtherMakers",
    "Part",
    "PositiveUsd",
    "Price",
    "Provider",
    "Quoter",
    "Retail",
    "Run",
    "Scenario",
    "Seconds",
    "SourceText",
    "Step",
    "Token",
    "TokenName",
    "Usd",
    "Volatility",
    "VolatilityLevel",
    "months_between",
]
