"""What a world may be: every figure a scenario file can set, its unit and its range.

Money is in whole or decimal dollars here and becomes integer cents in `world.py`; rates are in
basis points.
"""

from des.scenario.customers import Cohort, Flow, News, OtherMakers, Retail
from des.scenario.demand import Demand, Others
from des.scenario.firms import FIRMS_MAX, CapitalRules, Firm, FirmClass, Firms
from des.scenario.group import (
    Group,
    Lender,
    Lift,
    LoanLimit,
    Long,
    Pool,
    Round,
    Token,
    TokenMark,
    TokenPurchase,
    Use,
)
from des.scenario.leverage import CollateralToken, Leverage, LeverageLimit, Provider
from des.scenario.maker import Maker, Quoter, ShareStep, SizeStep
from des.scenario.market import PRICE_TICKS_MAX, DayVolume, Depth, Market, MonthVolume
from des.scenario.pledged import PledgedLoan, TokenBook
from des.scenario.price import Anchor, Price, VolatilityLevel
from des.scenario.quantities import (
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
from des.scenario.run import DAYS_MAX, Run, months_between
from des.scenario.scenario import TICKS_MAX, Scenario
from des.scenario.valuation import Valuation
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
    "Cohort",
    "CollateralToken",
    "ContradictionError",
    "DayVolume",
    "Demand",
    "Depth",
    "Entity",
    "FeeTier",
    "FilePath",
    "Firm",
    "FirmClass",
    "Firms",
    "Flow",
    "Fraction",
    "Gateway",
    "Group",
    "House",
    "Lead",
    "LeadQuoting",
    "Lender",
    "Leverage",
    "LeverageLimit",
    "LeverageRatio",
    "Lift",
    "LoanLimit",
    "LogSd",
    "Long",
    "Maker",
    "Market",
    "MarketName",
    "Milliseconds",
    "Month",
    "MonthVolume",
    "News",
    "OtherMakers",
    "Others",
    "Part",
    "PledgedLoan",
    "Pool",
    "PositiveUsd",
    "Price",
    "Provider",
    "Quoter",
    "Retail",
    "Round",
    "Run",
    "Scenario",
    "Seconds",
    "ShareStep",
    "SizeStep",
    "SourceText",
    "Step",
    "Token",
    "TokenBook",
    "TokenMark",
    "TokenName",
    "TokenPurchase",
    "Usd",
    "Use",
    "Valuation",
    "Volatility",
    "VolatilityLevel",
    "months_between",
]
