"""The hole by kind: uses and sources of money.

Sources and uses do not prove causation. So reports state a kind's share of the uses, but not its
share of the hole. Kinds have Beancount's signs: uses are above zero, and sources below zero.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ledger.accounts import cash
from ledger.reports.dollars import ZERO, listed, percent, spoken, usd_balances
from ledger.reports.table import Cell, Table
from ledger.run_folder import RunFolder
from ledger.transaction import kind_of

LARGEST = 3  # number of uses that a sentence names


@dataclass(frozen=True, slots=True)
class Hole:
    """The hole, computed in two ways: claims less liquid assets, and the sum of all kinds."""

    claims_usd: Decimal  # claims of customers outside the house group
    liquid_usd: Mapping[str, Decimal]  # liquid assets, by account of the group
    house_cash_usd: Decimal
    kinds_usd: Mapping[str, Decimal]  # uses above zero, sources below zero; the largest use first

    @property
    def hole_usd(self) -> Decimal:
        """Return the hole of the group. If it is negative, the group has a surplus."""
        return self.claims_usd - sum(self.liquid_usd.values(), ZERO)

    @property
    def hole_of_exchange_usd(self) -> Decimal:
        """Return the hole of the exchange alone. If it is positive, customers' money is in use."""
        return self.claims_usd - self.house_cash_usd

    @property
    def uses_usd(self) -> dict[str, Decimal]:
        """Return the kinds that used money, the largest use first."""
        return {kind: usd for kind, usd in self.kinds_usd.items() if usd > 0}

    @property
    def sources_usd(self) -> dict[str, Decimal]:
        """Return the sources, with amounts below zero. The largest source is last."""
        return {kind: usd for kind, usd in self.kinds_usd.items() if usd < 0}

    @property
    def unexplained_usd(self) -> Decimal:
        """Return the part of the hole that no kind explains.

        It is zero if the chart of accounts is correct.
        """
        return self.hole_usd - sum(self.kinds_usd.values(), ZERO)


def in_a_sentence(the_hole: Hole, house: str, in_coins: bool = False) -> str:
    """Return a sentence with customers' claims, the group's liquid assets and the hole.

    Args:
        the_hole: the hole in dollars.
        house: the exchange's name.
        in_coins: whether customers are owed coins too. The sentence then says that coins are left
            out.
    """
    owed, missing = spoken(the_hole.claims_usd), the_hole.hole_usd
    there = spoken(sum(the_hole.liquid_usd.values(), ZERO))
    owed += ", coins left out," if in_coins else ""
    said = f"{house} owes its customers {owed} and the group has {there} in liquid assets"
    if missing <= 0:
        return f"{said}: {'no dollar' if in_coins else 'nothing'} is missing."
    return f"{said}: {spoken(missing)} is missing (the hole)."


def largest_uses(the_hole: Hole) -> str:
    """Return a sentence with the largest uses of money, each with its share of all uses."""
    uses = the_hole.uses_usd
    used = sum(uses.values(), ZERO)
    if not uses:
        return "There are no uses of money."
    named = [f"{kind} {percent(usd, used)}%" for kind, usd in list(uses.items())[:LARGEST]]
    return f"All uses sum to {spoken(used)}; the largest are {listed(named)}."


def hole(run: RunFolder) -> Hole:
    """Compute the hole from the balances of the accounts that belong to it."""
    parts: dict[str, dict[str, Decimal]] = defaultdict(dict)
    balances = usd_balances(run)
    for account, opened in run.opens.items():
        if opened.hole:
            parts[opened.hole][account] = balances[account]
    kinds: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for account, usd in parts["cause"].items():
        kinds[kind_of(account)] += usd
    return Hole(
        claims_usd=-sum(parts["claim"].values(), ZERO),
        liquid_usd=parts["liquid"],
        house_cash_usd=balances[cash(run.chart.parties.house)],
        kinds_usd=dict(sorted(kinds.items(), key=lambda item: (-item[1], item[0]))),
    )


def hole_by_kind(the_hole: Hole, deeper: Sequence[str] = ()) -> Table:
    """Return a table of all uses, all sources, and their sum, which is the hole.

    Args:
        the_hole: the hole in dollars.
        deeper: further notes. Each note names a command that shows more detail.
    """
    uses, sources = the_hole.uses_usd, the_hole.sources_usd
    used, brought = sum(uses.values(), ZERO), sum(sources.values(), ZERO)
    rows: list[tuple[Cell, ...]] = [
        ("use", kind, usd, percent(usd, used)) for kind, usd in uses.items()
    ]
    rows.append(("use", "all uses", used, percent(used, used)))
    rows += [("source", kind, usd, None) for kind, usd in reversed(sources.items())]
    rows.append(("source", "all sources", brought, None))
    rows.append((None, "hole", used + brought, None))
    notes = [
        "Uses and sources sum to the hole exactly. Money is commingled, so it is not known "
        "which source paid for which use. So a share of the uses is not a share of the hole."
    ]
    if used + brought <= 0:
        notes.append("A negative hole is a surplus: liquid assets exceed the claims of customers.")
    if uses:
        largest = next(iter(uses))
        notes.append(f"The entries of a kind: moneytrail trail RUN --kind {largest}")
    return Table(
        "hole-by-kind",
        "The hole by kind: uses of money, and sources other than customers",
        ("side", "kind", "hole_usd", "share_of_uses_pct"),
        rows,
        (*notes, *deeper),
    )


def hole_by_definition(the_hole: Hole, house: str, in_coins: bool = False) -> Table:
    """Return a table that computes the hole as claims less liquid assets, and as a sum of kinds.

    Args:
        the_hole: the hole in dollars.
        house: the exchange's name.
        in_coins: whether customers are owed coins in addition to dollars.
    """
    stated = "As a simplification, all claims in this run are in dollars."
    if in_coins:
        stated = "This table has dollars only. The debts in coins: --table hole-in-kind"
    rows = [
        ("claims of customers outside the group", the_hole.claims_usd),
        (f"cash of {house}", the_hole.house_cash_usd),
        (f"hole of the exchange: claims less cash of {house}", the_hole.hole_of_exchange_usd),
        *((f"liquid: {account}", usd) for account, usd in the_hole.liquid_usd.items()),
        ("liquid assets of the group", sum(the_hole.liquid_usd.values(), ZERO)),
        ("hole: claims less liquid assets", the_hole.hole_usd),
        ("hole: sum of its kinds", sum(the_hole.kinds_usd.values(), ZERO)),
        ("unexplained (must be 0.00)", the_hole.unexplained_usd),
    ]
    return Table(
        "hole",
        "The hole by its definition",
        ("line", "usd"),
        rows,
        (stated,),
    )
