"""The trading firms' results on stale quotes and elsewhere, and the firms' remaining money.

The tables show each firm, each class, and the claims of firms and other customers on the house. The
module `league` defines the figures. Most columns have the name of an attribute of `FirmResult`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ledger.accounts import claim, expense, income, margin_loan, pool
from ledger.hit_statistics import NO_FILLS, FillStatistics, fill_statistics
from ledger.kinds import LEAD_QUOTING, Kind
from ledger.parties import Parties
from ledger.reports.dollars import ZERO, earned, percent, spoken, usd_balances
from ledger.reports.firms.league import (
    ALL,
    FirmResult,
    by_class,
    league,
    total,
)
from ledger.reports.firms.payable import Coverage, coverage
from ledger.reports.market.hit_limits import AllCame, Cut, all_came, cuts, limits_table
from ledger.reports.money.bridge import DEPOSITS, OPENING, WITHDRAWALS, claim_movements
from ledger.reports.table import Table
from ledger.run_folder import RunFolder
from ledger.transaction import MONEY

MADE = (
    "edge_usd",
    "house_fees_usd",
    "edge_less_fees_usd",
    "lead_cost_usd",
    "house_result_usd",
    "lead_spread_usd",
    "lead_pickoff_usd",
    "lead_fees_usd",
    "elsewhere_usd",
)
BY_PRICE = (
    "margin_house_usd",
    "margin_lead_usd",
    "margin_usd",
    "funding_usd",
    "gap_loss_usd",
)
CAPITAL = (
    "opening_capital_usd",
    "result_usd",
    "house_claim_usd",
    "lead_claim_usd",
    "cash_usd",
    "left_usd",
    "house_opening_usd",
    "house_deposits_usd",
    "house_withdrawals_usd",
    "payable_usd",
    "unpaid_usd",
    "left_net_usd",
)
OF_A_CLASS = (
    "edge_less_fees_usd",
    "house_result_usd",
    "elsewhere_usd",
    "opening_capital_usd",
    "house_opening_usd",
    "house_deposits_usd",
    "house_withdrawals_usd",
    "house_claim_usd",
    "payable_usd",
    "left_usd",
    "left_net_usd",
)


@dataclass(frozen=True, slots=True)
class ClassResult:
    """The sum of the results of one class of firms, or of all firms."""

    firms: int
    fills: int
    share_of_pickoff_pct: Decimal | None
    result: FirmResult  # the sum; its field `firm` has the name of the class


@dataclass(frozen=True, slots=True)
class FirmAccounts:
    """The trading firms' results by firm and by class, and the money that each firm has left."""

    parties: Parties
    results: tuple[FirmResult, ...]  # the firm with the largest edge first
    everybody: FirmResult
    statistics: Mapping[str, FillStatistics]  # by firm, and one entry for all firms
    classes: tuple[ClassResult, ...]  # fastest class first, then all firms; empty if no classes
    coverage: Coverage
    cuts: tuple[Cut, ...]  # hits, and hits that limits prevented, by market and month
    none_left: AllCame | None  # the day since which no firm waits to enter, if there is one
    checks: tuple[tuple[str, Decimal], ...]  # the sums that must be zero, with their parts

    @property
    def rows(self) -> tuple[FirmResult, ...]:
        """Return the results of every firm, and the total as the last row."""
        return (*self.results, self.everybody)

    def answer(self) -> str:
        """State the firms' gain from stale quotes, before and after costs, and who gained most."""
        taken, maker = self.everybody.edge_usd, self.parties.maker
        if not self.results or not taken:
            return f"No trading firm hit a stale quote of {maker}."
        first = self.results[0]
        kept = earned(self.everybody.house_result_usd)
        return (
            f"The run's {len(self.results)} trading firms took {spoken(taken)} from stale quotes "
            f"of {maker}; after fees and hedging they {kept}. {first.firm} took the most, "
            f"{spoken(first.edge_usd)} ({percent(first.edge_usd, taken)}%)."
        )

    def tables(self) -> list[Table]:
        """Return tables of firms, claims, prevented hits, and sums that must be zero."""
        return [
            _league_table(self.rows, self.statistics, self.parties),
            _class_table(self),
            _margin_table(self.rows),
            _capital_table(self.rows, self.parties),
            _share_table(self.rows, self.parties.maker),
            _claims_table(self.results, self.coverage, self.parties),
            limits_table(self.cuts, self.none_left),
            _check_table(self),
        ]


def firms(run: RunFolder) -> FirmAccounts:
    """Read the trading firms' results, and the money that each firm has left, from the books."""
    results, statistics = league(run), fill_statistics(run)
    everybody = total(results)
    return FirmAccounts(
        run.chart.parties,
        results,
        everybody,
        statistics,
        _class_results(results, statistics),
        coverage(run),
        cuts(run),
        all_came(run),
        tuple(_checks(run, everybody)),
    )


def _class_results(
    results: Sequence[FirmResult], statistics: Mapping[str, FillStatistics]
) -> tuple[ClassResult, ...]:
    classes, whole_usd = by_class(results), total(results).edge_usd
    return tuple(
        ClassResult(
            len(members),
            sum(statistics.get(member.firm, NO_FILLS).fills for member in members),
            percent(row.edge_usd, whole_usd),
            row,
        )
        for name, members in ({**classes, ALL: results} if classes else {}).items()
        for row in (total(members, name),)
    )


def _amounts(result: FirmResult, names: Sequence[str]) -> tuple[Decimal, ...]:
    return tuple(getattr(result, name) for name in names)


def _league_table(
    rows: Sequence[FirmResult], statistics: Mapping[str, FillStatistics], parties: Parties
) -> Table:
    profile = ("class", "reaction_ms", "status")
    return Table(
        "league",
        "The trading firms' results on stale quotes, and elsewhere",
        ("firm", *profile, *FillStatistics._fields, *MADE),
        [
            (
                row.firm,
                *row.profile,
                *statistics.get(row.firm, NO_FILLS),
                *_amounts(row, MADE),
            )
            for row in rows
        ],
        (
            "A fee or cost above zero was paid; any other amount above zero was received.",
            "A quote is based on a lead price. Age is the time from this price to the fill.",
            f"'Lead cost' is the cost of hedges on {parties.lead} for fills on {parties.house}. "
            "'Elsewhere' is the expected result of a firm's own quotes and hits on "
            f"{parties.lead}.",
        ),
    )


def _class_table(found: FirmAccounts) -> Table:
    note = (
        f"'Share of pickoff' is the class's share of the loss of {found.parties.maker} on stale "
        "quotes. A class includes firms that wait or have closed, with their deposits and "
        "withdrawals."
    )
    return Table(
        "classes",
        "The trading firms by class",
        ("class", "firms", "fills", "edge_usd", "share_of_pickoff_pct", *OF_A_CLASS),
        [
            (
                each.result.firm,
                each.firms,
                each.fills,
                each.result.edge_usd,
                each.share_of_pickoff_pct,
                *_amounts(each.result, OF_A_CLASS),
            )
            for each in found.classes
        ],
        (note if found.classes else "The books of this run have no classes of firms.",),
    )


def _margin_table(rows: Sequence[FirmResult]) -> Table:
    return Table(
        "margin",
        "The firms' variation margin and funding, and the firms' debts that venues covered",
        ("firm", *BY_PRICE),
        [(row.firm, *_amounts(row, BY_PRICE)) for row in rows],
        (
            "A firm has opposite positions on the two venues. So the variation margin on one venue "
            "shows only the move of the price. The sum over both venues is a result of the firm.",
        ),
    )


def _capital_table(rows: Sequence[FirmResult], parties: Parties) -> Table:
    return Table(
        "capital",
        "The trading firms' deposits, results and remaining money",
        ("firm", *CAPITAL),
        [(row.firm, *_amounts(row, CAPITAL)) for row in rows],
        (
            "Result = edge - fees - lead cost + result elsewhere + variation margin + funding "
            "+ debts that venues covered.",
            f"Claims are taken from the books of {parties.house} and {parties.lead}. A gain on "
            f"{parties.house} is a claim until the firm withdraws it. Deposits and withdrawals "
            "include margin that moves between the two venues.",
            f"'Payable' is the firm's pro rata share of the cash of {parties.house} if all "
            "customers withdrew at once. 'Left net' is the firm's remaining money, less the part "
            f"of the firm's claim that {parties.house} could not pay. {parties.lead} is assumed to "
            "pay in full.",
        ),
    )


def _share_table(rows: Sequence[FirmResult], maker: str) -> Table:
    return Table(
        "share-of-pickoff-loss",
        f"Recipients of the money that {maker} lost to stale quotes",
        ("firm", "pickoff_usd", "share_pct"),
        [(row.firm, row.edge_usd, percent(row.edge_usd, rows[-1].edge_usd)) for row in rows],
    )


def _claims_table(results: Sequence[FirmResult], found: Coverage, parties: Parties) -> Table:
    classes = by_class(results).items()
    groups = {
        **{f"firms: {name}": [member.firm for member in members] for name, members in classes},
        "trading firms": parties.firms,
        "retail": (parties.retail,),
        "other makers": (parties.other_makers,),
        "all": tuple(found.house.claims_usd),
    }
    whole_usd = found.house.claim_usd(groups["all"])
    by_house, by_group = found.house.pro_rata_usd(), found.group.pro_rata_usd()
    rows = []
    for name, customers in groups.items():
        claim_usd = found.house.claim_usd(customers)
        payable_usd = sum((by_house[customer] for customer in customers), ZERO)
        rows.append(
            (
                name,
                claim_usd,
                percent(claim_usd, whole_usd),
                payable_usd,
                claim_usd - payable_usd,
                claim_usd - found.house.first_usd(customers),
                claim_usd - found.house.last_usd(customers),
                sum((by_group[customer] for customer in customers), ZERO),
            )
        )
    return Table(
        "claims-against-cash",
        f"The amount that {parties.house} could pay if all customers withdrew at once",
        (
            "customers",
            "claim_usd",
            "share_pct",
            "payable_usd",
            "unpaid_usd",
            "unpaid_if_first_usd",
            "unpaid_if_last_usd",
            "payable_by_group_usd",
        ),
        rows,
        (
            f"'Payable' is a pro rata share of the cash of {parties.house}. So a row's share of "
            "all unpaid amounts equals its share of all claims. If customers are paid in the order "
            "of their requests, the unpaid amount of a row is between 'unpaid if first' and "
            "'unpaid if last'.",
            "'Payable by group' is the pro rata payment if all liquid assets of "
            f"{parties.house} and {parties.maker} were cash of the exchange.",
        ),
    )


def _checks(run: RunFolder, everybody: FirmResult) -> Iterator[tuple[str, Decimal]]:
    """Yield lines of the table `check`: sums that must be zero, and the parts of most sums."""
    parties, balances = run.chart.parties, usd_balances(run)
    gained = sum((balances[income(firm, Kind.PICKOFF)] for firm in parties.firms), ZERO)
    lost = balances[income(parties.maker, Kind.PICKOFF)]
    brought = everybody.opening_capital_usd + everybody.result_usd
    yield "PickOff in the books of the trading firms", gained
    yield f"PickOff in the books of {parties.maker}", lost
    yield "sum (must be 0.00)", gained + lost
    for kind in LEAD_QUOTING:
        moved = sum((balances[income(each, kind)] for each in parties.lead_customers), ZERO)
        yield f"{kind} in all books (must be 0.00)", moved
    yield from _venue_check(run, balances, parties.house, everybody.house_claim_usd)
    yield from _venue_check(run, balances, parties.lead, everybody.lead_claim_usd)
    yield "opening capital and results of the trading firms", brought
    yield "remaining claims and cash of the trading firms", everybody.left_usd
    yield "difference (must be 0.00)", everybody.left_usd - brought


def _check_table(found: FirmAccounts) -> Table:
    return Table(
        "check",
        "Sums that must be zero",
        ("line", "usd"),
        found.checks,
        (
            "Amounts of PickOff, LeadSpread and LeadPickOff have Beancount's signs: a gain is "
            "negative in an income account.",
        ),
    )


def _venue_check(
    run: RunFolder, balances: Mapping[str, Decimal], venue: str, told_usd: Decimal
) -> Iterator[tuple[str, Decimal]]:
    """Yield two sums that must be zero, each after its parts.

    The first sum has four parts: the results of all customers; the venue's fees less the debts that
    the venue covered; the net payments to its insurance fund; and the repaid loans against tokens.
    The second sum is the venue's debts to the firms, from its own books, less the firms' claims on
    the venue, from the firms' books.

    Args:
        run: the run.
        balances: the balances of all accounts.
        venue: the house or the lead venue.
        told_usd: the venue's debts to the firms, as the venue's own books state them.
    """
    no_results = (OPENING, DEPOSITS, WITHDRAWALS, Kind.MARGIN_LOANS)
    moved = claim_movements(run, venue).items()
    made = sum((usd for (_, reason), usd in moved if reason not in no_results), ZERO)
    kept = -balances[income(venue, Kind.FEES)] - balances[expense(venue, Kind.GAP_LOSS)]
    own_usd = sum((balances[claim(firm, venue)] for firm in run.chart.parties.firms), ZERO)
    yield f"results of all customers on {venue}", made
    yield f"fees of {venue}, less debts that {venue} covered", kept
    if pool(venue, Kind.INSURANCE) in run.opens:
        left = _left_to_fund(run, venue)
        yield f"payments to the insurance fund of {venue}, less payments from the fund", left
        kept += left
    borrowed = {customer: usd for (customer, reason), usd in moved if reason == Kind.MARGIN_LOANS}
    if borrowed:
        open_usd = sum((balances[margin_loan(venue, each)] for each in borrowed), ZERO)
        repaid = sum(borrowed.values(), ZERO) - open_usd
        yield f"repaid loans of {venue} against tokens", repaid
        kept += repaid
    yield f"results and fees on {venue} (must be 0.00)", made + kept
    yield f"claims on {venue} in the books of the trading firms", own_usd
    yield f"debts to firms in {venue}'s books, less these claims (must be 0.00)", told_usd - own_usd


def _left_to_fund(run: RunFolder, venue: str) -> Decimal:
    """Return payments to the insurance fund less payments from the fund.

    The opening balance of the fund is left out.
    """
    ((left,),) = run.select(
        "SELECT -sum(units) * 0.01 FROM postings "
        "WHERE account = ? AND commodity = ? AND tag IS DISTINCT FROM 'opening'",
        [pool(venue, Kind.INSURANCE), MONEY],
    )
    return left or ZERO
