"""The trading firms' results in a run, by firm and venue, and the money that each firm has left.

Edge is a firm's gain on its fills on the house venue. Each fill is valued at the lead price at the
moment of the fill. The result on the house venue is edge less fees, less the cost of hedging. The
result elsewhere comes from the firm's own quotes and hits on the lead venue.
After a fill and its hedge, the firm has opposite positions on the two venues. So variation margin
on one venue shows only price moves. The sum over both venues is a result of the firm, and is listed
separately.

Edge depends on the maker's quotes (latency, spread, size, and the time between two quotes), on
volatility, on the firm's reaction time, on the delay of the house's gateway, and on other firms.
Fees depend on the fee tiers. The cost of hedging depends on the lead venue's spread and fee, and on
the impact of the hedge orders. The result elsewhere depends mainly on the orders of noise traders
on the lead venue, on volatility, and on reaction times. This result is booked as an expected value,
by a rule in which the faster firm wins.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from statistics import median
from typing import NamedTuple

from ledger.accounts import cash, opening, owed
from ledger.hit_statistics import ALL as ALL
from ledger.kinds import Kind
from ledger.notes import FirmProfile
from ledger.reports.dollars import ZERO, usd_balances
from ledger.reports.firms.payable import coverage
from ledger.reports.market.hit_limits import status_changes
from ledger.reports.money.bridge import DEPOSITS, OPENING, WITHDRAWALS, claim_movements
from ledger.run_folder import RunFolder

NO_CLASS = "none"  # the name of the group of firms without a class


class Profile(NamedTuple):
    """A firm's data other than money. A field is None if the books do not state it."""

    category: str | None = None  # pro, mid-tier or larp
    reaction_ms: Decimal | None = None
    status: str | None = None  # the last status: waiting, trading, left (the house) or closed


@dataclass(frozen=True, slots=True)
class FirmResult:
    """The result of one firm, or of several firms together, in dollars. A cost paid is positive."""

    firm: str
    profile: Profile
    edge_usd: Decimal  # gains from the captive maker's stale quotes
    house_fees_usd: Decimal
    lead_cost_usd: Decimal  # cost of hedges on the lead venue: spread, impact and fees
    lead_spread_usd: Decimal  # spread that the firm's quotes earned on the lead venue
    lead_pickoff_usd: Decimal  # lead venue: gains from slower quotes less losses to faster firms
    lead_fees_usd: Decimal  # fees for hits on slower quotes on the lead venue
    margin_house_usd: Decimal  # variation margin received
    margin_lead_usd: Decimal
    funding_usd: Decimal  # funding received on both venues
    gap_loss_usd: Decimal  # debts of the firm that venues covered
    opening_capital_usd: Decimal
    house_opening_usd: Decimal  # the part of the opening capital that is a claim on the house
    house_deposits_usd: Decimal
    house_withdrawals_usd: Decimal
    house_claim_usd: Decimal
    payable_usd: Decimal  # the part of the claim that the house could pay, pro rata
    lead_claim_usd: Decimal
    cash_usd: Decimal

    @property
    def edge_less_fees_usd(self) -> Decimal:
        """Return the firm's gain at fills on the house venue, less fees."""
        return self.edge_usd - self.house_fees_usd

    @property
    def house_result_usd(self) -> Decimal:
        """Return the firm's gain at fills on the house venue, less fees, less hedging costs."""
        return self.edge_less_fees_usd - self.lead_cost_usd

    @property
    def elsewhere_usd(self) -> Decimal:
        """Return the result of the firm's own quotes and hits on the lead venue, without hedges."""
        return self.lead_spread_usd + self.lead_pickoff_usd - self.lead_fees_usd

    @property
    def margin_usd(self) -> Decimal:
        """Return the sum of the variation margin on both venues: the result of price moves."""
        return self.margin_house_usd + self.margin_lead_usd

    @property
    def result_usd(self) -> Decimal:
        """Return the whole result, with variation margin, funding and debts that venues covered."""
        traded = self.house_result_usd + self.elsewhere_usd
        return traded + self.margin_usd + self.funding_usd + self.gap_loss_usd

    @property
    def left_usd(self) -> Decimal:
        """Return the firm's wealth: its claims on both venues plus its cash."""
        return self.house_claim_usd + self.lead_claim_usd + self.cash_usd

    @property
    def unpaid_usd(self) -> Decimal:
        """Return the part of the firm's claim that is unpaid if all customers withdraw at once."""
        return self.house_claim_usd - self.payable_usd

    @property
    def left_net_usd(self) -> Decimal:
        """Return the firm's wealth less the part of its claim that the house could not pay."""
        return self.left_usd - self.unpaid_usd


def league(run: RunFolder) -> tuple[FirmResult, ...]:
    """Read the results of all firms from the general ledger, the largest edge first."""
    parties, balances, told = run.chart.parties, usd_balances(run), profiles(run)
    house, lead = (claim_movements(run, venue) for venue in (parties.house, parties.lead))
    payable = coverage(run).house.pro_rata_usd()
    results = [
        FirmResult(
            firm,
            told[firm],
            edge_usd=house[firm, Kind.PICKOFF],
            house_fees_usd=-house[firm, Kind.FEES],
            lead_cost_usd=-lead[firm, Kind.HEDGING],
            lead_spread_usd=lead[firm, Kind.LEAD_SPREAD],
            lead_pickoff_usd=lead[firm, Kind.LEAD_PICKOFF],
            lead_fees_usd=-lead[firm, Kind.LEAD_FEES],
            margin_house_usd=house[firm, Kind.VARIATION_MARGIN],
            margin_lead_usd=lead[firm, Kind.VARIATION_MARGIN],
            funding_usd=house[firm, Kind.FUNDING] + lead[firm, Kind.FUNDING],
            gap_loss_usd=house[firm, Kind.GAP_LOSS] + lead[firm, Kind.GAP_LOSS],
            opening_capital_usd=-balances[opening(firm)],
            house_opening_usd=house[firm, OPENING],
            house_deposits_usd=house[firm, DEPOSITS],
            house_withdrawals_usd=-house[firm, WITHDRAWALS],
            house_claim_usd=-balances[owed(parties.house, firm)],
            payable_usd=payable[firm],
            lead_claim_usd=-balances[owed(parties.lead, firm)],
            cash_usd=balances[cash(firm)],
        )
        for firm in parties.firms
    ]
    # Firms with equal edges stay in the order of the chart.
    return tuple(sorted(results, key=lambda result: -result.edge_usd))


def profiles(run: RunFolder) -> dict[str, Profile]:
    """Return each firm's data in the books: class, reaction time and last status."""
    told = {each.name: (each.category or None, each.reaction_ms) for each in run.notes(FirmProfile)}
    last_status = {firm: status for firm, status, _ in status_changes(run)}
    profiles_of = {}
    for firm in run.chart.parties.firms:
        category, reaction_ms = told.get(firm, (None, None))
        profiles_of[firm] = Profile(category, reaction_ms, last_status.get(firm))
    return profiles_of


def total(results: Iterable[FirmResult], name: str = ALL) -> FirmResult:
    """Return the sum of several firms' results."""
    added = tuple(results)
    amounts = [field.name for field in fields(FirmResult) if field.name.endswith("_usd")]
    sums = {amount: sum((getattr(r, amount) for r in added), ZERO) for amount in amounts}
    return FirmResult(name, Profile(), **sums)


def by_class(results: Sequence[FirmResult]) -> dict[str, tuple[FirmResult, ...]]:
    """Group firms by class, the fastest class first. There are no groups if no firm has a class."""
    groups: dict[str, list[FirmResult]] = {}
    for result in results:
        groups.setdefault(result.profile.category or NO_CLASS, []).append(result)
    if set(groups) <= {NO_CLASS}:
        return {}
    return {name: tuple(groups[name]) for name in sorted(groups, key=lambda n: _pace(groups[n]))}


def _pace(group: Sequence[FirmResult]) -> Decimal:
    told = [r.profile.reaction_ms for r in group if r.profile.reaction_ms is not None]
    return median(told) if told else Decimal("Infinity")
