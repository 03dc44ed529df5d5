"""The kinds of accounts, with their properties. The third word of an account's name is its kind.

A new use of money needs one line in this file and a payment in a scenario. Reports,
counterfactuals and the scenario's schema read the properties of each kind from its `Entry`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ledger.causes import Cause
from ledger.claimed import Claimed

ASSETS, LIABILITIES, EQUITY = "Assets", "Liabilities", "Equity"
INCOME, EXPENSES = "Income", "Expenses"

# The parts that accounts of the house group can have in the definition of the hole: see
# `ledger.chart`. Tokens with the part `in-kind` are held for their owners, and do not change the
# hole.
CLAIM, LIQUID, GROUP, CAUSE, IN_KIND = "claim", "liquid", "group", "cause", "in-kind"


class Family(StrEnum):
    """Groups of kinds that the chart of accounts or a report uses together."""

    LEAD_QUOTING = "results of quotes on the lead venue, and of orders that hit these quotes"
    HOLDING = "gains and losses on positions that are held"
    ON_MARGIN = "customers' positions on margin, their collateral, and steps of liquidations"
    USE = "uses of money that a scenario can state in `group.uses`"


@dataclass(frozen=True, slots=True)
class Entry:
    """The properties of a kind.

    `word` is the third word in the names of the kind's accounts. `roots` are the possible first
    words, in the books of all parties. `cause` is the cause to which the kind belongs in a blind
    audit.
    """

    word: str
    plain: str  # the meaning in plain English
    roots: tuple[str, ...]
    # The parts that accounts of this kind can have in the definition of the hole.
    parts: tuple[str, ...] = ()
    cause: Cause | None = None
    family: Family | None = None
    # Whether a counterfactual can remove the kind, if it is not a use of money. Every use of money
    # can be removed: see `runs.removals`.
    has_switch: bool = False
    claimed: Claimed | None = None  # the part of the mechanism to which the kind belongs


def _stake(word: str, plain: str) -> Entry:
    """Return the properties of a use that buys a stake. The group carries the stake at cost."""
    return Entry(word, plain, (ASSETS, EQUITY), (CAUSE,), Cause.STAKES, Family.USE)


def _use(word: str, plain: str, cause: Cause, claimed: Claimed | None = None) -> Entry:
    """Return the properties of a use of money that is an expense in the group's books."""
    roots = (EXPENSES, INCOME)
    return Entry(word, plain, roots, (CAUSE,), cause, Family.USE, claimed=claimed)


def _result(
    word: str,
    plain: str,
    cause: Cause,
    claimed: Claimed,
    family: Family | None = None,
    has_switch: bool = False,
) -> Entry:
    """Return the properties of a kind that has only income accounts.

    In Beancount's signs, a loss is a positive balance of an income account, and a gain is a
    negative balance.
    """
    return Entry(word, plain, (INCOME,), (CAUSE,), cause, family, has_switch, claimed)


class Kind(StrEnum):
    """The kinds that the books of a run can have."""

    entry: Entry

    def __new__(cls, entry: Entry) -> "Kind":
        """Create a kind that equals its word, so that accounts and tables can use it."""
        kind = str.__new__(cls, entry.word)
        kind._value_ = entry.word
        kind.entry = entry
        return kind

    # Cash, claims, positions in contracts, and debts within the group.
    CASH = Entry("Cash", "cash at hand", (ASSETS,), (LIQUID,))
    CLAIMS = Entry("Claims", "a venue's debt, in the creditor's books", (ASSETS,), (LIQUID, GROUP))
    CUSTOMERS = Entry(
        "Customers", "a venue's debt, in the venue's books", (LIABILITIES,), (CLAIM, GROUP)
    )
    CONTRACTS = Entry("Contracts", "open positions", (ASSETS,))
    CREDIT_LINE = Entry(
        "CreditLine",
        "the house's loans to the maker",
        (ASSETS, LIABILITIES),
        (GROUP,),
        has_switch=True,
    )

    AGENT_DEPOSITS = Entry(
        "AgentDeposits",
        "customers' dollars that the maker received for the house",
        (ASSETS, LIABILITIES),
        (GROUP,),
        has_switch=True,
    )

    # Results of trading.
    PICKOFF = _result(
        "PickOff",
        "quotes that are hit because they are stale",
        Cause.FASTER,
        Claimed.QUOTES,
        has_switch=True,
    )
    SPREAD = _result("Spread", "quotes hit by noise traders", Cause.OTHER_FLOW, Claimed.QUOTES)
    LEAD_SPREAD = _result(
        "LeadSpread",
        "quotes that noise traders hit on the lead venue",
        Cause.OTHER_FLOW,
        Claimed.QUOTES,
        Family.LEAD_QUOTING,
    )
    LEAD_PICKOFF = _result(
        "LeadPickOff",
        "stale quotes that faster firms hit on the lead venue",
        Cause.FASTER,
        Claimed.QUOTES,
        Family.LEAD_QUOTING,
    )
    VARIATION_MARGIN = Entry(
        "VariationMargin",
        "gains and losses on positions, paid in cash at each settlement",
        (INCOME, LIABILITIES),
        (CAUSE,),
        Cause.POSITIONS,
        Family.HOLDING,
    )
    FUNDING = Entry(
        "Funding",
        "hourly payments between longs and shorts",
        (INCOME, LIABILITIES),
        (CAUSE,),
        Cause.POSITIONS,
        Family.HOLDING,
    )
    DIRECTIONAL = Entry(
        "Directional",
        "positions held to gain from a price move",
        (INCOME, EXPENSES),
        (CAUSE,),
        Cause.POSITIONS,
        has_switch=True,
    )
    HEDGING = Entry(
        "Hedging",
        "the cost of hedging inventory on the lead venue",
        (EXPENSES, INCOME),
        (CAUSE,),
        Cause.COSTS,
        claimed=Claimed.QUOTES,
    )
    FEES = Entry("Fees", "fees on trades", (INCOME, EXPENSES), (CAUSE,), Cause.FEES)
    LEAD_FEES = Entry("LeadFees", "fees for hitting quotes on the lead venue", (EXPENSES,))

    # Customers on margin, and their liquidation.
    LEVERAGE = Entry(
        "Leverage", "positions on margin, opened or closed", (INCOME,), family=Family.ON_MARGIN
    )
    COLLATERAL = Entry(
        "Collateral", "dollars that secure one position", (INCOME,), family=Family.ON_MARGIN
    )
    LIQUIDATION = _result(
        "Liquidation",
        "quotes hit by forced orders of customers",
        Cause.OTHER_FLOW,
        Claimed.LIQUIDATIONS,
        Family.ON_MARGIN,
    )
    BACKSTOP = Entry(
        "Backstop",
        "failed accounts' positions that backstops took over",
        (INCOME, EXPENSES),
        (CAUSE,),
        Cause.TAKEOVERS,
        Family.ON_MARGIN,
        has_switch=True,
        claimed=Claimed.LIQUIDATIONS,
    )
    DELEVERAGING = Entry(
        "Deleveraging",
        "positions closed against the largest opposite positions",
        (INCOME,),
        family=Family.ON_MARGIN,
    )
    INSURANCE = Entry(
        "Insurance",
        "money left by liquidated accounts, set aside for debts",
        (INCOME, LIABILITIES),
        (CAUSE,),
        Cause.TAKEOVERS,
        Family.ON_MARGIN,
        claimed=Claimed.LIQUIDATIONS,
    )
    SOCIALISED = Entry(
        "SocialisedLoss",
        "unpaid debts shared among customers",
        (INCOME, LIABILITIES),
        (CAUSE,),
        Cause.TAKEOVERS,
        claimed=Claimed.LIQUIDATIONS,
    )
    GAP_LOSS = Entry(
        "GapLoss",
        "debts of customers whose margin was too small",
        (EXPENSES, INCOME),
        (CAUSE,),
        Cause.TAKEOVERS,
        Family.HOLDING,
        claimed=Claimed.LIQUIDATIONS,
    )
    SEIZURE = Entry("Seizure", "tokens sold for customers, and the proceeds", (EQUITY,), (IN_KIND,))
    MARGIN_LOANS = Entry(
        "MarginLoans",
        "dollars that customers borrowed against tokens",
        (ASSETS, LIABILITIES),
        (CAUSE,),
        Cause.SUMS,
    )

    # Payments of the group.
    VENTURES = _stake("Ventures", "shares of other companies")
    ACQUISITIONS = _stake("Acquisitions", "whole companies bought")
    # `TAKEOVERS` has no fills, unlike `BACKSTOP`. So a blind audit sees large single payments.
    TAKEOVERS = _use(
        "Takeovers",
        "losses on positions taken over from failed liquidations",
        Cause.SUMS,
        Claimed.LIQUIDATIONS,
    )
    INCIDENTS = _use("Incidents", "thefts, and accidents that cost money", Cause.SUMS)
    LENDING = _use("Lending", "loans that are never repaid", Cause.SUMS)
    SETTLEMENTS = _use("Settlements", "payments that end a dispute", Cause.SUMS)
    BUYBACK = _use("Buyback", "the house's own shares bought back", Cause.SUMS)
    PROPERTY = _use("Property", "houses and land", Cause.SPENDING)
    SPONSORSHIP = _use("Sponsorship", "stadiums, teams and advertising", Cause.SPENDING)
    POLITICS = _use("Politics", "gifts to politicians", Cause.SPENDING)
    CHARITY = _use("Charity", "gifts to charities", Cause.SPENDING)
    INSIDERS = _use("Insiders", "payments and loans to insiders", Cause.SPENDING)
    GRANTS = _use("Grants", "gifts to projects", Cause.SPENDING)
    OPERATIONS = Entry(
        "Operations",
        "the operating costs of the house",
        (EXPENSES, INCOME),
        (CAUSE,),
        Cause.SPENDING,
        has_switch=True,
    )
    INTEREST = Entry(
        "Interest", "interest paid to lenders", (EXPENSES, INCOME), (CAUSE,), Cause.COSTS
    )

    # The group's holdings, its financing, and opening balances.
    TOKENS = Entry(
        "Tokens",
        "tokens, and the price paid for them",
        (ASSETS, LIABILITIES, EQUITY),
        (CAUSE, IN_KIND),
        Cause.STAKES,
        has_switch=True,
    )
    PORTFOLIO = Entry(
        "Portfolio",
        "the cost of coins bought with borrowed money, less the proceeds of sales",
        (ASSETS, EQUITY),
        (CAUSE,),
        Cause.STAKES,
        has_switch=True,
    )
    COINS = Entry(
        "Coins",
        "coins held for customers, coins owed to them, and proceeds of sales",
        (ASSETS, LIABILITIES, EQUITY),
        (CLAIM, LIQUID, CAUSE),
        Cause.BORROWED,
        has_switch=True,
    )
    POOLS = Entry(
        "Pools",
        "dollars in liquidity pools, and fees from traders in the pools",
        (ASSETS, INCOME),
        (LIQUID, CAUSE),
        Cause.FEES,
        has_switch=True,
        claimed=Claimed.ON_CHAIN,
    )
    LOANS = Entry(
        "Loans",
        "debts to lenders outside the group",
        (ASSETS, LIABILITIES),
        (CAUSE,),
        Cause.BORROWED,
        has_switch=True,
    )
    SHARES = Entry(
        "Shares",
        "the proceeds of shares sold",
        (ASSETS, EQUITY),
        (CAUSE,),
        Cause.SHARES,
        has_switch=True,
    )
    OPENING = Entry("Opening", "opening balances", (EQUITY,), (CAUSE,), Cause.OPENING)


KINDS: Mapping[str, Kind] = {kind.value: kind for kind in Kind}


def _family(which: Family) -> tuple[Kind, ...]:
    return tuple(kind for kind in Kind if kind.entry.family is which)


LEAD_QUOTING, HOLDING = _family(Family.LEAD_QUOTING), _family(Family.HOLDING)
ON_MARGIN, USES = _family(Family.ON_MARGIN), _family(Family.USE)
# The kinds of accounts in which the group holds tokens and coins.
HELD = (Kind.TOKENS, Kind.PORTFOLIO, Kind.COINS)
AT_COST = tuple(kind for kind in USES if ASSETS in kind.entry.roots)


def cause_of(word: str) -> Cause:
    """Return the cause of the kind with this word, or `OTHER` if there is no such kind or no cause.

    Books of a later version, or of another program, can have unknown words.
    """
    kind = KINDS.get(word)
    return (kind and kind.entry.cause) or Cause.OTHER
