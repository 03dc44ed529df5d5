"""The kinds of accounts, with their properties. The third word of an account's name is its kind.

A new use of money needs one line in this file and a payment in a scenario. Charts, reports,
counterfactuals and the scenario's schema read the properties of a kind from its `Entry`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ledger.causes import Cause
from ledger.claimed import Claimed

ASSETS, LIABILITIES, EQUITY = "Assets", "Liabilities", "Equity"
INCOME, EXPENSES = "Income", "Expenses"

# An account of the house group has one of these parts in the definition of the hole: see
# `ledger.chart`. Tokens that are held in kind for their owners (in-kind) are no part of the hole.
CLAIM, LIQUID, GROUP, CAUSE, IN_KIND = "claim", "liquid", "group", "cause", "in-kind"


class Family(StrEnum):
    """Groups of kinds that are opened or chosen together."""

    LEAD_QUOTING = "results of quotes on the lead venue, and losses to faster firms"
    HOLDING = "results of holding a position"
    ON_MARGIN = "results of customers on margin, other than variation margin and funding"
    USE = "payments of the group other than for trading: `group.uses` of a scenario"


@dataclass(frozen=True, slots=True)
class Entry:
    """The properties of a kind."""

    word: str  # the word in accounts' names
    plain: str  # the meaning in plain English
    roots: tuple[str, ...]  # roots of the kind's accounts, in all books
    parts: tuple[str, ...] = ()  # the parts in the hole that accounts of this kind can have
    cause: Cause | None = None  # the cause to which a blind audit assigns the kind
    family: Family | None = None
    has_switch: bool = False  # whether a counterfactual can remove the kind; see `runs.removals`
    claimed: Claimed | None = None  # the part of the mechanism to which the kind belongs


def _stake(word: str, plain: str) -> Entry:
    """Return a use of money for which the group receives a stake, carried at cost."""
    return Entry(word, plain, (ASSETS, EQUITY), (CAUSE,), Cause.STAKES, Family.USE)


def _use(word: str, plain: str, cause: Cause, claimed: Claimed | None = None) -> Entry:
    """Return a use of money for which the group receives no asset."""
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
    """Return the properties of a kind with income accounts only.

    In Beancount's signs, a loss is a positive balance of an income account, and a gain is a
    negative balance.
    """
    return Entry(word, plain, (INCOME,), (CAUSE,), cause, family, has_switch, claimed)


class Kind(StrEnum):
    """The kinds that books may have. Reports list them in this order."""

    entry: Entry

    def __new__(cls, entry: Entry) -> "Kind":
        """Create a kind that equals its word, so that accounts and tables can use it."""
        kind = str.__new__(cls, entry.word)
        kind._value_ = entry.word
        kind.entry = entry
        return kind

    # Assets, debts and opening balances.
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
        "quotes hit because they were stale",
        Cause.FASTER,
        Claimed.QUOTES,
        has_switch=True,
    )
    SPREAD = _result("Spread", "quotes hit for any other reason", Cause.OTHER_FLOW, Claimed.QUOTES)
    LEAD_SPREAD = _result(
        "LeadSpread",
        "quotes hit for any other reason on the lead venue",
        Cause.OTHER_FLOW,
        Claimed.QUOTES,
        Family.LEAD_QUOTING,
    )
    LEAD_PICKOFF = _result(
        "LeadPickOff",
        "stale quotes hit on the lead venue",
        Cause.FASTER,
        Claimed.QUOTES,
        Family.LEAD_QUOTING,
    )
    VARIATION_MARGIN = Entry(
        "VariationMargin",
        "gains and losses on positions, paid in cash as the price moves",
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
        "positions held for their price",
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
        "Leverage", "positions on margin, entered or left", (INCOME,), family=Family.ON_MARGIN
    )
    COLLATERAL = Entry(
        "Collateral", "dollars set aside for a position", (INCOME,), family=Family.ON_MARGIN
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
        "positions taken over that the book could not absorb",
        (INCOME, EXPENSES),
        (CAUSE,),
        Cause.TAKEOVERS,
        Family.ON_MARGIN,
        has_switch=True,
        claimed=Claimed.LIQUIDATIONS,
    )
    DELEVERAGING = Entry(
        "Deleveraging",
        "positions closed against the largest ones on the other side",
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
    SEIZURE = Entry(
        "Seizure", "tokens taken from a customer, and their proceeds", (EQUITY,), (IN_KIND,)
    )
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
    # Unlike `BACKSTOP`, this kind has no fills, so a blind audit sees it as a large single payment.
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

    # The group's holdings, and its financing.
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
        "coins bought with borrowed money: cost less proceeds of sales",
        (ASSETS, EQUITY),
        (CAUSE,),
        Cause.STAKES,
        has_switch=True,
    )
    COINS = Entry(
        "Coins",
        "customers' coins: held, owed, and the proceeds of coins sold",
        (ASSETS, LIABILITIES, EQUITY),
        (CLAIM, LIQUID, CAUSE),
        Cause.BORROWED,
        has_switch=True,
    )
    POOLS = Entry(
        "Pools",
        "dollars in pools, and the fees paid by their traders",
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
# The kinds whose accounts have units of a commodity in addition to dollars.
HELD = (Kind.TOKENS, Kind.PORTFOLIO, Kind.COINS)
AT_COST = tuple(kind for kind in USES if ASSETS in kind.entry.roots)


def cause_of(word: str) -> Cause:
    """Return the cause of a kind, or `OTHER` if the kind has no cause or the word is unknown.

    A word is unknown if the books come from a later version or from another program.
    """
    kind = KINDS.get(word)
    return (kind and kind.entry.cause) or Cause.OTHER
