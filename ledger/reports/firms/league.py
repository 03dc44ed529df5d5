"""The trading firms' accounts of a run: what each made and where, and what it is left with.

Edge is what a firm gains by the price at each fill on the house venue; fees and the hedge of each
fill are what that costs. Elsewhere it makes or loses what its own quotes on the lead venue do.
After a fill the position runs with the price, on both venues in opposite directions. Variation
margin by venue therefore measures only where the price went; what counts is the sum, and it stands
apart from the rest.

What drives what. Edge: how late and how often the maker quotes, its spread and size, the price's
volatility, a firm's reaction and the house's gateway, who else is there. Fees: the tiers. Hedging:
the lead venue's spread, fee and impact, and the price's moves until the hedge is there. Elsewhere:
the flow that pays the spread there, and the reactions of all who quote, since it is booked as the
expectation of a race that only speed decides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from statistics import median
from typing import NamedTuple

from ledger.accounts import cash, opening, owed
from ledger.kinds import Kind
from ledger.motives import Motive
from ledger.notes import FirmProfile
from ledger.reports.dollars import ZERO, usd_balances
from ledger.reports.firms.payable import coverage
from ledger.reports.market.hit_limits import status_changes
from ledger.reports.money.bridge import DEPOSITS, OPENING, WITHDRAWALS, claim_movements
from ledger.run_folder import RunFolder

ALL = "all firms"
NO_CLASS = "none"  # a firm's, in a run where others have one


class Profile(NamedTuple):
    """What the books say of a firm that is no money; older runs say nothing."""

    category: str | None = None  # pro, mid-tier, larp
    reaction_ms: Decimal | None = None
    status: str | None = None  # the last: trading, waiting, left the house, closed


@dataclass(frozen=True, slots=True)
class FirmResult:
    """One firm's account of the run, in dollars; costs are above zero. Also the sum of several."""

    firm: str
    profile: Profile
    edge_usd: Decimal  # gained from the captive maker's stale quotes
    house_fees_usd: Decimal
    lead_cost_usd: Decimal  # of hedging house fills: spread and fees
    lead_spread_usd: Decimal  # that its quotes on the lead venue earned
    lead_pickoff_usd: Decimal  # there: won from slower firms, less what quicker ones took
    lead_fees_usd: Decimal  # of orders that hit slower firms' quotes there
    margin_house_usd: Decimal  # variation margin received
    margin_lead_usd: Decimal
    funding_usd: Decimal  # received, on both venues
    gap_loss_usd: Decimal  # debts that venues bore for it
    opening_capital_usd: Decimal
    house_opening_usd: Decimal  # of which a claim on the house
    house_deposits_usd: Decimal
    house_withdrawals_usd: Decimal
    house_claim_usd: Decimal
    payable_usd: Decimal  # of it, pro rata, if all customers withdrew at once
    lead_claim_usd: Decimal
    cash_usd: Decimal

    @property
    def edge_less_fees_usd(self) -> Decimal:
        """Return what the house venue let the firm keep of its edge."""
        return self.edge_usd - self.house_fees_usd

    @property
    def house_result_usd(self) -> Decimal:
        """Return what its fills on the house venue brought, when fees and hedges are paid."""
        return self.edge_less_fees_usd - self.lead_cost_usd

    @property
    def elsewhere_usd(self) -> Decimal:
        """Return what it made on the lead venue by itself. Hedges belong to the house fills."""
        return self.lead_spread_usd + self.lead_pickoff_usd - self.lead_fees_usd

    @property
    def margin_usd(self) -> Decimal:
        """Return what price moves brought on both venues together."""
        return self.margin_house_usd + self.margin_lead_usd

    @property
    def result_usd(self) -> Decimal:
        """Return the sum of all results."""
        traded = self.house_result_usd + self.elsewhere_usd
        return traded + self.margin_usd + self.funding_usd + self.gap_loss_usd

    @property
    def left_usd(self) -> Decimal:
        """Return what the firm has: claims on both venues, and cash."""
        return self.house_claim_usd + self.lead_claim_usd + self.cash_usd

    @property
    def unpaid_usd(self) -> Decimal:
        """Return what of its claim on the house it could not withdraw if all did at once."""
        return self.house_claim_usd - self.payable_usd

    @property
    def left_net_usd(self) -> Decimal:
        """Return what the firm has, net of what it could not withdraw."""
        return self.left_usd - self.unpaid_usd


class FillStatistics(NamedTuple):
    """What only single fills can tell about a firm's pick-offs."""

    fills: int
    median_edge_bps: Decimal | None  # of notional
    median_age_s: Decimal | None  # from the lead price that the quote was made from to the fill


NO_FILLS = FillStatistics(0, None, None)


def league(run: RunFolder) -> tuple[FirmResult, ...]:
    """Read each firm's account off the general ledger; the largest edge stands first."""
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
    # Sorting is stable: equals stay in the order of the chart.
    return tuple(sorted(results, key=lambda result: -result.edge_usd))


def profiles(run: RunFolder) -> dict[str, Profile]:
    """Return what the books say of each firm: class and reaction first, status as it was last."""
    told = {each.name: (each.category or None, each.reaction_ms) for each in run.notes(FirmProfile)}
    last_status = {firm: status for firm, status, _ in status_changes(run)}
    profiles_of = {}
    for firm in run.chart.parties.firms:
        category, reaction_ms = told.get(firm, (None, None))
        profiles_of[firm] = Profile(category, reaction_ms, last_status.get(firm))
    return profiles_of


def total(results: Iterable[FirmResult], name: str = ALL) -> FirmResult:
    """Add up several firms' accounts."""
    added = tuple(results)
    amounts = [field.name for field in fields(FirmResult) if field.name.endswith("_usd")]
    sums = {amount: sum((getattr(r, amount) for r in added), ZERO) for amount in amounts}
    return FirmResult(name, Profile(), **sums)


def by_class(results: Sequence[FirmResult]) -> dict[str, tuple[FirmResult, ...]]:
    """Group firms by class, the quickest class first; where no firm has a class, there is none."""
    groups: dict[str, list[FirmResult]] = {}
    for result in results:
        groups.setdefault(result.profile.category or NO_CLASS, []).append(result)
    if set(groups) <= {NO_CLASS}:
        return {}
    return {name: tuple(groups[name]) for name in sorted(groups, key=lambda n: _pace(groups[n]))}


def _pace(group: Sequence[FirmResult]) -> Decimal:
    told = [r.profile.reaction_ms for r in group if r.profile.reaction_ms is not None]
    return median(told) if told else Decimal("Infinity")


def fill_statistics(run: RunFolder) -> Mapping[str, FillStatistics]:
    """Describe the pick-offs on the house venue, by firm and for all of them together."""
    found = run.select(
        """
        SELECT coalesce(taker, ?), count(*),
               median((lead - price) * sign(lots) / price * 10000)::DECIMAL(18, 2),
               (median(quote_age_us) / 1000000)::DECIMAL(18, 3)
        FROM rows WHERE motive = ? AND venue = ? GROUP BY GROUPING SETS ((taker), ())
        """,
        [ALL, Motive.PICKOFF.word, run.chart.parties.house],
    )
    return {firm: FillStatistics(*figures) for firm, *figures in found}
