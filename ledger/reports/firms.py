"""What the trading firms made of the slow quotes, what it cost them, and what they are left with.

Edge is what a firm gains by the price at each fill; after it, the position runs with the price,
on both venues in opposite directions. Variation margin by venue therefore measures only where the
price went; what counts is the sum, and it stands apart from the edge.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import NamedTuple

from ledger.accounts import Parties, cash, income, opening, owed
from ledger.fills import Motive
from ledger.reports.table import Table
from ledger.reports.where import (
    DEPOSITS,
    WITHDRAWALS,
    ZERO,
    claim_movements,
    percent,
    usd_balances,
)
from ledger.run_folder import RunFolder

ALL = "all firms"


@dataclass(frozen=True, slots=True)
class FirmResult:
    """One firm's account of the run, in dollars; costs are above zero. Also the sum of several."""

    firm: str
    edge_usd: Decimal  # gained from the captive maker's stale quotes
    house_fees_usd: Decimal
    lead_cost_usd: Decimal  # of hedging: spread and fees
    margin_house_usd: Decimal  # variation margin received
    margin_lead_usd: Decimal
    funding_usd: Decimal  # received, on both venues
    gap_loss_usd: Decimal  # debts that venues bore for it
    opening_usd: Decimal
    deposits_usd: Decimal  # at the house
    withdrawals_usd: Decimal  # from the house
    house_claim_usd: Decimal
    lead_claim_usd: Decimal
    cash_usd: Decimal

    @property
    def edge_less_fees_usd(self) -> Decimal:
        """Return what the house venue let the firm keep of its edge."""
        return self.edge_usd - self.house_fees_usd

    @property
    def margin_usd(self) -> Decimal:
        """Return what price moves brought on both venues together."""
        return self.margin_house_usd + self.margin_lead_usd

    @property
    def result_usd(self) -> Decimal:
        """Return the sum of all results."""
        costs_paid = self.edge_less_fees_usd - self.lead_cost_usd
        return costs_paid + self.margin_usd + self.funding_usd + self.gap_loss_usd

    @property
    def left_usd(self) -> Decimal:
        """Return what the firm has: claims on both venues, and cash."""
        return self.house_claim_usd + self.lead_claim_usd + self.cash_usd


class FillStatistics(NamedTuple):
    """What only single fills can tell about a firm's pick-offs."""

    fills: int
    median_edge_bps: Decimal | None  # of notional
    median_age_s: Decimal | None  # from the lead price that the quote was made from to the fill


NO_FILLS = FillStatistics(0, None, None)


def firms(run: RunFolder) -> list[Table]:
    """Return the league table, the firms' capital, their shares of the loss, and a check."""
    results = league(run)
    rows = (*results, total(results))
    return [
        _league_table(rows, fill_statistics(run)),
        _capital_table(rows, run.chart.parties),
        _share_table(rows, run.chart.parties.maker),
        _check_table(rows[-1], usd_balances(run), run.chart.parties),
    ]


def league(run: RunFolder) -> tuple[FirmResult, ...]:
    """Read each firm's account off the general ledger; the largest edge stands first."""
    parties, balances = run.chart.parties, usd_balances(run)
    house, lead = (claim_movements(run, venue) for venue in (parties.house, parties.lead))
    results = [
        FirmResult(
            firm,
            edge_usd=house[firm, "PickOff"],
            house_fees_usd=-house[firm, "Fees"],
            lead_cost_usd=-lead[firm, "Hedging"],
            margin_house_usd=house[firm, "VariationMargin"],
            margin_lead_usd=lead[firm, "VariationMargin"],
            funding_usd=house[firm, "Funding"] + lead[firm, "Funding"],
            gap_loss_usd=house[firm, "GapLoss"] + lead[firm, "GapLoss"],
            opening_usd=-balances[opening(firm)],
            deposits_usd=house[firm, DEPOSITS],
            withdrawals_usd=-house[firm, WITHDRAWALS],
            house_claim_usd=-balances[owed(parties.house, firm)],
            lead_claim_usd=-balances[owed(parties.lead, firm)],
            cash_usd=balances[cash(firm)],
        )
        for firm in parties.firms
    ]
    # Sorting is stable: equals stay in the order of the chart.
    return tuple(sorted(results, key=lambda result: -result.edge_usd))


def total(results: Sequence[FirmResult]) -> FirmResult:
    """Add up several firms' accounts."""
    amounts = [field.name for field in fields(FirmResult) if field.name != "firm"]
    sums = {name: sum((getattr(r, name) for r in results), ZERO) for name in amounts}
    return FirmResult(ALL, **sums)


def fill_statistics(run: RunFolder) -> dict[str, FillStatistics]:
    """Describe the pick-offs on the house venue, by firm and for all of them together."""
    with run.connect() as connection:
        found = connection.execute(
            """
            SELECT coalesce(taker, ?), count(*),
                   median((lead - price) * sign(lots) / price * 10000)::DECIMAL(18, 2),
                   (median(quote_age_us) / 1000000)::DECIMAL(18, 3)
            FROM rows WHERE motive = ? AND venue = ? GROUP BY GROUPING SETS ((taker), ())
            """,
            [ALL, Motive.PICKOFF.word, run.chart.parties.house],
        ).fetchall()
    return {firm: FillStatistics(*figures) for firm, *figures in found}


def _league_table(rows: Sequence[FirmResult], statistics: dict[str, FillStatistics]) -> Table:
    return Table(
        "league",
        "What the trading firms made of stale quotes",
        (
            "firm",
            "fills",
            "median_edge_bps",
            "median_age_s",
            "edge_usd",
            "house_fees_usd",
            "edge_less_fees_usd",
            "lead_cost_usd",
            "funding_usd",
            "margin_house_usd",
            "margin_lead_usd",
            "margin_usd",
        ),
        [
            (
                row.firm,
                *statistics.get(row.firm, NO_FILLS),
                row.edge_usd,
                row.house_fees_usd,
                row.edge_less_fees_usd,
                row.lead_cost_usd,
                row.funding_usd,
                row.margin_house_usd,
                row.margin_lead_usd,
                row.margin_usd,
            )
            for row in rows
        ],
        (
            "Fees and costs are above zero where paid, all else where received.",
            "Age runs from the lead price that a quote was made from to the fill.",
            "Variation margin by venue only measures where the price went: a firm holds opposite "
            "positions on the two, so only the sum speaks of the firm.",
        ),
    )


def _capital_table(rows: Sequence[FirmResult], parties: Parties) -> Table:
    return Table(
        "capital",
        "What the trading firms brought, and what they are left with",
        (
            "firm",
            "opening_capital_usd",
            "result_usd",
            "house_claim_usd",
            "lead_claim_usd",
            "cash_usd",
            "left_usd",
            "house_deposits_usd",
            "house_withdrawals_usd",
        ),
        [
            (
                row.firm,
                row.opening_usd,
                row.result_usd,
                row.house_claim_usd,
                row.lead_claim_usd,
                row.cash_usd,
                row.left_usd,
                row.deposits_usd,
                row.withdrawals_usd,
            )
            for row in rows
        ],
        (
            "The result is edge less fees, less lead cost, plus funding, variation margin and "
            "debts that venues bore.",
            f"Claims are as {parties.house} and {parties.lead} have them in their own books; "
            f"only what was withdrawn is out of {parties.house}.",
        ),
    )


def _share_table(rows: Sequence[FirmResult], maker: str) -> Table:
    return Table(
        "share-of-pickoff-loss",
        f"Who received what {maker} lost to stale quotes",
        ("firm", "pickoff_usd", "share_pct"),
        [(row.firm, row.edge_usd, percent(row.edge_usd, rows[-1].edge_usd)) for row in rows],
    )


def _check_table(everybody: FirmResult, balances: Mapping[str, Decimal], parties: Parties) -> Table:
    gained = sum((balances[income(firm, "PickOff")] for firm in parties.firms), ZERO)
    lost = balances[income(parties.maker, "PickOff")]
    brought = everybody.opening_usd + everybody.result_usd
    return Table(
        "check",
        "Two sums that must be zero",
        ("line", "usd"),
        [
            ("PickOff in the books of the trading firms", gained),
            (f"PickOff in the books of {parties.maker}", lost),
            ("sum (must be 0.00)", gained + lost),
            ("opening capital and results of the trading firms", brought),
            ("claims and cash left to them", everybody.left_usd),
            ("difference (must be 0.00)", everybody.left_usd - brought),
        ],
        ("Signs are as Beancount keeps them: a gain is below zero in an income account.",),
    )
