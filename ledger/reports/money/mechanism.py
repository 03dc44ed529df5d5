"""The mechanism that the thread claims: quotes, liquidations, and liquidity on chain.

Each kind of the mechanism belongs to one of these three parts. The loss of pools has no kind,
because it is a loss of tokens. The report computes this loss as the sum of two booked amounts: the
maker's fee income, and the arbitrageurs' gains.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from ledger.accounts import income
from ledger.claimed import Claimed
from ledger.kinds import CAUSE, KINDS, Kind
from ledger.money import dollars
from ledger.motives import Motive
from ledger.reports.dollars import ZERO, earned, listed, percent, spoken, usd_balances
from ledger.reports.market.sampled_hours import sampling_error_usd
from ledger.reports.money.hole import Hole
from ledger.reports.table import Cell, Table
from ledger.run_folder import RunFolder
from ledger.spending import Spent
from ledger.transaction import MONEY

TOKENS_LOST = "tokens lost to arbitrage"


@dataclass(frozen=True, slots=True)
class PartOfMechanism:
    """One part of the mechanism, with its costs (above zero) and gains (below zero) by kind."""

    claimed: Claimed
    kinds_usd: Mapping[str, Decimal]

    @property
    def cost_usd(self) -> Decimal:
        """Return the sum of the costs."""
        return sum((usd for usd in self.kinds_usd.values() if usd > 0), ZERO)

    @property
    def tokens_usd(self) -> Decimal:
        """Return the part of the cost that is a loss of tokens. It is not a use of money."""
        return self.kinds_usd.get(TOKENS_LOST, ZERO)

    @property
    def brought_usd(self) -> Decimal:
        """Return the sum of the gains, without their minus sign."""
        return -sum((usd for usd in self.kinds_usd.values() if usd < 0), ZERO)

    @property
    def net_usd(self) -> Decimal:
        """Return costs less gains. If the difference is above zero, the part lost money."""
        return self.cost_usd - self.brought_usd


@dataclass(frozen=True, slots=True)
class Mechanism:
    """All parts of the mechanism, and the sum of all uses of money for comparison."""

    parts: tuple[PartOfMechanism, ...]
    uses_usd: Decimal
    stated_usd: Decimal  # the part of the cost that is an input of the scenario

    @property
    def cost_usd(self) -> Decimal:
        """Return the costs of all parts, added up."""
        return sum((part.cost_usd for part in self.parts), ZERO)

    @property
    def tokens_usd(self) -> Decimal:
        """Return the value of the tokens that pools lost. This loss is not a use of money."""
        return sum((part.tokens_usd for part in self.parts), ZERO)

    @property
    def of_uses_pct(self) -> Decimal | None:
        """Return the costs, except lost tokens, in percent of all uses. None: there are no uses."""
        return percent(self.cost_usd - self.tokens_usd, self.uses_usd)

    @property
    def brought_usd(self) -> Decimal:
        """Return the gains of all parts, added up."""
        return sum((part.brought_usd for part in self.parts), ZERO)

    @property
    def net_usd(self) -> Decimal:
        """Return the costs of all parts less the gains. A difference above zero is a loss."""
        return self.cost_usd - self.brought_usd

    def in_a_sentence(self) -> str:
        """State the results of the mechanism and of its parts, then the total costs and gains."""
        if not self.cost_usd and not self.brought_usd:
            return "The thread's mechanism had no costs and no earnings."
        money_usd = self.cost_usd - self.tokens_usd
        share = self.of_uses_pct if money_usd else None
        said = f" ({share}% of all uses)" if share is not None else ""
        lost = f" and {spoken(self.tokens_usd)} of tokens," if self.tokens_usd else ""
        parts = [f"{part.claimed} {earned(-part.net_usd)}" for part in self.parts if part.kinds_usd]
        result = (
            f"The thread's mechanism {earned(-self.net_usd)} in all: {listed(parts)}."
            f" It cost {spoken(money_usd)}{said}{lost} and earned {spoken(self.brought_usd)}."
        )
        if not self.stated_usd:
            return result
        return (
            f"{result} The cost includes {spoken(self.stated_usd)} of {Kind.TAKEOVERS}, which are "
            "an input of the scenario."
        )


def stale_quotes(run: RunFolder, the_hole: Hole) -> str:
    """State the cost of stale quotes, and the result of all quotes after spread and hedging.

    The text is empty if the hole has no kind PickOff. If only some hours were simulated, the text
    also has the standard error of the cost, unless this error is unknown.
    """
    kinds, maker = the_hole.kinds_usd, run.chart.parties.maker
    if Kind.PICKOFF not in kinds:
        return ""
    lost, used = kinds.get(Kind.PICKOFF, ZERO), sum(the_hole.uses_usd.values(), ZERO)
    spread, hedges = -kinds.get(Kind.SPREAD, ZERO), kinds.get(Kind.HEDGING, ZERO)
    share = f" ({percent(lost, used)}% of all uses)" if lost > 0 else ""
    error = sampling_error_usd(run, Motive.PICKOFF)
    plus_minus = f", with a standard error of {spoken(error)} from sampled hours" if error else ""
    return (
        f"Stale quotes cost {maker} {spoken(lost)}{share}{plus_minus}. Its quotes also "
        f"earned {spoken(spread)} of spread and cost {spoken(hedges)} of hedging, so in all they "
        f"{earned(spread - lost - hedges)}."
    )


def mechanism(run: RunFolder, the_hole: Hole) -> Mechanism:
    """Group the kinds of the hole by part of the mechanism, and add the loss of pools."""
    parts = []
    for claimed in Claimed:
        kinds = {
            kind: usd
            for kind, usd in the_hole.kinds_usd.items()
            if usd and kind in KINDS and KINDS[kind].entry.claimed is claimed
        }
        if claimed is Claimed.ON_CHAIN and (lost := _lost_in_pools(run)):
            kinds[TOKENS_LOST] = lost
        parts.append(PartOfMechanism(claimed, kinds))
    return Mechanism(tuple(parts), sum(the_hole.uses_usd.values(), ZERO), _stated_usd(run))


def _stated_usd(run: RunFolder) -> Decimal:
    """Return the takeovers that the scenario states, in dollars.

    The debts of accounts that borrowed against tokens have the same kind. These debts are outcomes
    of the simulation, so they are left out.
    """
    ((cents,),) = run.select(
        """
        SELECT coalesce(sum(units), 0)::BIGINT FROM postings
        WHERE tag = $tag AND kind = $kind AND hole = $cause AND commodity = $money
        """,
        {"tag": Spent.USE, "kind": Kind.TAKEOVERS, "cause": CAUSE, "money": MONEY},
    )
    return dollars(cents)


def _lost_in_pools(run: RunFolder) -> Decimal:
    """Return the pools' loss versus rebalancing: the maker's fee income plus arbitrage gains."""
    parties, balances = run.chart.parties, usd_balances(run)
    traders = (name for name in (parties.maker, parties.arbitrageurs) if name)
    return -sum((balances[income(name, Kind.POOLS)] for name in traders), ZERO)


def mechanism_table(found: Mechanism) -> Table:
    """Return a table with a row for each part, and a row for the whole mechanism."""
    rows: list[tuple[Cell, ...]] = [
        (
            part.claimed,
            ", ".join(map(str, part.claimed.tweets)),
            ", ".join(part.kinds_usd) or None,
            part.cost_usd,
            part.brought_usd,
            part.net_usd,
            percent(part.cost_usd - part.tokens_usd, found.uses_usd),
        )
        for part in found.parts
    ]
    rows.append(
        (
            "the mechanism",
            None,
            None,
            found.cost_usd,
            found.brought_usd,
            found.net_usd,
            found.of_uses_pct,
        )
    )
    return Table(
        "the-mechanism",
        "The mechanism that the thread claims, with its parts",
        ("part", "tweets", "kinds", "cost_usd", "brought_usd", "net_usd", "share_of_uses_pct"),
        rows,
        (
            "'Net' is cost less earnings; if it is positive, the part lost money. The share is "
            "the cost, less tokens lost, as a percentage of all uses of money. A loss of tokens is "
            "not a use of money.",
            f"The kind {Kind.TAKEOVERS} has amounts that the scenario states, and debts of "
            "accounts that borrowed against tokens (`moneytrail liquidations`). These debts and "
            "the amounts of all other kinds are outcomes of the simulation.",
            "Tokens lost to arbitrage are valued at the lead price. This loss is not one of the "
            "hole's kinds, because the hole already counts the purchase price of tokens (the kind "
            "Tokens).",
            "The maker's gains and losses from price moves and funding of its positions (the kinds "
            "VariationMargin and Funding) are in no part of the mechanism.",
            "`moneytrail residual` shows how much of the unexplained money each part can explain.",
        ),
    )
