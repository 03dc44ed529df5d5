"""The figures that decide the thread's statements are right for made-up reports and for runs."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace as Told

import numpy as np
import pytest

from ledger.appraisal import AS_TRADING_FIRM, BY_GROWTH, WITHOUT_MAKER
from ledger.claimed import Claimed
from ledger.kinds import Kind
from ledger.reports.dollars import ZERO
from ledger.reports.firms.daily_results import HOUSE
from ledger.reports.firms.league import ALL
from ledger.reports.life.cash_coverage import Close
from ledger.reports.life.milestones import First, Milestone
from ledger.reports.life.share_prices import Review
from ledger.reports.liquidations.backstop_results import ProviderKind
from ledger.reports.market.promises import Booked
from ledger.reports.money.mechanism import TOKENS_LOST, Mechanism, PartOfMechanism
from ledger.reports.tracing.rules import TracingRule
from ledger.run_folder import RunFolder
from runs.claims import money_figures
from runs.claims.claims import figures_of
from runs.claims.figures import FIGURES
from runs.record.carried import PORTFOLIO

DAY = date(2022, 5, 1)


def usd(amount: float) -> Decimal:
    return Decimal(str(amount)).quantize(Decimal("0.01"))


def figure(key: str, **reports: object) -> Decimal | date | None:
    """Compute a figure from given reports."""
    return FIGURES[key].of(Told(**reports))


# ------------------------------------------------------------------------------ quotes


def quoted(pickoff: float, spread: float, hedges: float = 0, fees: float = 0, days: int = 10):
    """Return reports with the results of quotes by kind, the number of days and the fees."""
    kinds = {Kind.PICKOFF: -pickoff, Kind.SPREAD: spread, Kind.HEDGING: -hedges}
    maker = spread - pickoff - hedges
    return {
        "views": Told(
            kinds=[Told(kind=kind, maker_usd=usd(a), fills=1) for kind, a in kinds.items()],
            maker_usd=usd(maker),
            group_usd=usd(maker + fees),
        ),
        "timeline": Told(days=days),
    }


def test_the_loss_on_quotes_includes_spread_and_hedges_and_the_gain_of_the_group_includes_fees():
    told = quoted(pickoff=100, spread=40, hedges=10, fees=90, days=7)

    assert figure("stale-loss", **told) == 100
    assert figure("quotes-loss", **told) == 70
    assert figure("quotes-loss-per-day", **told) == 10
    assert figure("quotes-gain-of-group", **told) == 20
    assert figure("stale-of-spread", **told) == 250


def test_a_run_in_which_no_quote_is_filled_has_no_figures_on_losses_on_quotes():
    told = quoted(pickoff=0, spread=0)
    for kind in told["views"].kinds:
        kind.fills = 0

    assert figure("stale-loss", **told) is None
    assert figure("quotes-loss", **told) is None


def expected(*months: Booked, promise: float | None = None):
    """Return reports with the booked results of months. Each predicted result is *promise*."""
    promised = None if promise is None else Told(result_usd=usd(promise))
    lines = [
        Told(booked=each, promise=promised, difference=Told(from_pickoffs_usd=each.pickoff_usd))
        for each in months
    ]
    by_month = {f"2022-{i:02}": [line] for i, line in enumerate(lines, 1)}
    ledger = {month: line.booked for month, (line,) in by_month.items()}
    return {"expectations": Told(lines=lines, by_month=by_month, ledger=ledger)}


GOOD = Booked(usd(30), usd(-10), usd(-5), usd(900), usd(100))
BAD = Booked(usd(30), usd(-40), usd(-5), usd(600), usd(400))


def test_booked_results_are_compared_with_predictions_of_the_same_months():
    told = expected(GOOD, BAD, promise=50)

    assert figure("promised", **told) == 100
    assert figure("booked-of-promised", **told) == 10
    assert figure("pickoffs-of-promised", **told) == 50
    assert figure("hits-of-volume", **told) == 25
    assert figure("losing-months", **told) == 50


def test_a_maker_without_a_simulation_has_no_predictions():
    told = expected(GOOD, BAD)

    assert figure("promised", **told) is None
    assert figure("booked-of-promised", **told) is None


def test_the_trend_of_losses_is_the_loss_rate_of_later_months_divided_by_that_of_earlier_months():
    assert figure("stale-rate-late-over-early", **expected(GOOD, BAD)) == 4
    assert figure("stale-rate-late-over-early", **expected(BAD, GOOD)) == Decimal("0.25")
    assert figure("stale-rate-late-over-early", **expected(GOOD)) is None


def test_the_share_of_the_maker_in_a_month_is_computed_over_all_markets():
    months = [
        Told(month="2022-05", maker_usd=usd(30), others_usd=usd(70)),
        Told(month="2022-05", maker_usd=usd(0), others_usd=usd(100)),
        Told(month="2022-06", maker_usd=usd(0), others_usd=usd(100)),
    ]

    assert figure("share-of-first-month", share=Told(months=months)) == 15
    assert figure("months-with-maker", share=Told(months=months)) == 50


def reviews(*decided: tuple[str, str, float, float | None]):
    """Return reports with one review for each tuple.

    A tuple has the venue, the decision, the result of a month in dollars, and the value in dollars
    that the shares would lose without quotes.
    """
    told = [
        Review(DAY + timedelta(days=i), venue, "captive", what, usd(a), usd(12 * a), shares)
        for i, (venue, what, a, shares) in enumerate(decided)
    ]
    parties = Told(house="FTX", lead="Binance")
    run = Told(chart=Told(parties=parties))
    return {"run": run, "valuation": Told(reviews=told, priced={}, rounds=[])}


MOVED = reviews(
    ("Binance", "quotes on", 100, None),
    ("FTX", "quotes on", -1, Decimal(10)),
    ("Binance", "moves", -20, None),
    ("FTX", "quotes on", -1, Decimal(20)),
    ("FTX", "shuts off", -1, None),
)


def test_results_of_quotes_on_the_lead_venue_are_read_from_monthly_reviews():
    assert figure("lead-first-month", **MOVED) == 100
    assert figure("lead-last-of-first", **MOVED) == -20
    assert figure("lead-losses-of-gains", **MOVED) == 20
    assert figure("lead-shut-off", **MOVED) == 0
    assert figure("moves-after-lead", **MOVED) == 2


def test_reviews_that_continue_quotes_and_reviews_with_too_costly_quotes_are_counted_in_percent():
    # Two of the three reviews at the house continue the quotes.
    assert figure("reviews-quoting-on", **MOVED) == Decimal("66.7")
    # Two reviews state the value that the shares would lose without quotes: 10 dollars in the first
    # and 20 dollars in the second. In both reviews the quotes lose 12 dollars a year.
    assert figure("reviews-too-costly", **MOVED) == 50


def test_a_maker_that_never_quoted_on_the_lead_venue_has_no_figures_on_its_quotes_there():
    told = reviews(("FTX", "quotes on", 1, None))

    assert figure("lead-first-month", **told) is None
    assert figure("moves-after-lead", **told) is None
    assert figure("lead-shut-off", **told) is None


def test_the_figure_on_shares_is_the_highest_value_and_ratios_use_the_last_valued_funding_round():
    def ways(growth: float, without: float, firm: float):
        amounts = {BY_GROWTH: growth, WITHOUT_MAKER: without, AS_TRADING_FIRM: firm}
        return {way: Told(middle_usd=usd(amount)) for way, amount in amounts.items()}

    told = Told(
        priced={"2022-01": ways(90, 80, 10), "Series C": ways(60, 45, 4)},
        rounds=[Told(name="Series C"), Told(name="Series D")],
    )

    assert figure("shares-by-growth", valuation=told) == 90
    assert figure("growth-due-to-maker", valuation=told) == 25
    assert figure("growth-over-trading-firm", valuation=told) == 15


# ------------------------------------------------------------------------------- money


def holed(hole: float, uses: dict[str, float], opening: float = 0):
    kinds = {kind: usd(amount) for kind, amount in uses.items()} | {Kind.OPENING: usd(-opening)}
    used = {kind: usd(amount) for kind, amount in uses.items()}
    told = Told(uses_usd=used, kinds_usd=kinds)
    return {"hole": told, "missing_usd": usd(hole)}


def test_uses_of_money_for_one_purpose_are_summed_and_divided_by_all_uses():
    told = holed(
        200,
        {
            Kind.PORTFOLIO: 10,
            Kind.VARIATION_MARGIN: 10,
            Kind.LENDING: 5,
            Kind.VENTURES: 50,
            Kind.SPONSORSHIP: 15,
            Kind.INSIDERS: 10,
        },
    )

    assert figure("hole", **told) == 200
    assert figure("leveraged-of-uses", **told) == 20
    assert figure("lent-of-uses", **told) == 5
    assert figure("projects-of-uses", **told) == 15
    assert figure("stakes", **told) == 50
    assert figure("stakes-of-hole", **told) == 25


def test_only_parties_that_received_more_than_they_paid_count_in_cash_taken_from_the_group():
    cash = Told(parties=[Told(net_received_usd=usd(60)), Told(net_received_usd=usd(-40))])

    assert figure("cash-taken-of-hole", cash=cash, **holed(80, {})) == 75


def mechanism(**net: float):
    """Return reports on a mechanism. *net* has the net loss of each part, by name.

    The name TOKENS means the tokens that are lost in pools. All uses of money together are 400
    dollars.
    """
    of_kinds = {
        claimed: {"x": usd(net[claimed.name])} if claimed.name in net else {} for claimed in Claimed
    }
    if "TOKENS" in net:
        of_kinds[Claimed.ON_CHAIN] |= {TOKENS_LOST: usd(net["TOKENS"])}
    parts = {claimed: PartOfMechanism(claimed, kinds) for claimed, kinds in of_kinds.items()}
    return {
        "part": parts.__getitem__,
        "mechanism": Mechanism(tuple(parts.values()), usd(400), ZERO),
    }


def test_a_part_of_the_mechanism_that_gains_money_counts_as_zero_percent_of_the_hole():
    told = mechanism(QUOTES=-40, LIQUIDATIONS=60) | holed(120, {}, opening=10)

    assert figure("quotes-of-hole", **told) == 0
    assert figure("liquidations-of-hole", **told) == 50
    assert figure("liquidations-loss", **told) == 60
    assert figure("on-chain-of-hole", **told) is None
    assert figure("mechanism-of-uses", **told) == 15
    assert figure("mechanism-over-own-money", **told) == 200


def test_tokens_lost_in_pools_do_not_count_in_the_mechanisms_share_of_uses():
    told = mechanism(LIQUIDATIONS=60, TOKENS=40) | holed(120, {}, opening=10)

    assert figure("mechanism-of-uses", **told) == 15


def test_own_money_of_the_group_includes_the_proceeds_of_sold_shares():
    told = mechanism(LIQUIDATIONS=60) | holed(120, {}, opening=10)
    told["hole"].kinds_usd[Kind.SHARES] = usd(-30)

    assert figure("mechanism-over-own-money", **told) == 150


def test_the_loss_of_all_pools_is_their_loss_to_arbitrage_less_their_fees():
    months = [
        Told(month="all", loss_usd=usd(50), fees_usd=usd(40)),
        Told(month="2022-05", loss_usd=usd(50), fees_usd=usd(40)),
        Told(month="all", loss_usd=usd(5), fees_usd=usd(6)),
    ]

    assert figure("pools-loss", pools=Told(months=months)) == 9
    assert figure("pools-arbitrage-loss", pools=Told(months=months)) == 55
    assert figure("pools-loss", pools=Told(months=[])) is None


# ------------------------------------------------------------------------------- firms


def firm(name: str, **more: object) -> Told:
    amounts = {
        "edge_usd": 0,
        "house_result_usd": 0,
        "elsewhere_usd": 0,
        "opening_capital_usd": 100,
        "left_net_usd": 100,
        "unpaid_usd": 0,
        "house_opening_usd": 0,
        "house_deposits_usd": 0,
        "house_withdrawals_usd": 0,
    }
    amounts |= more
    return Told(firm=name, **{key: usd(amount) for key, amount in amounts.items()})


def test_results_of_firms_are_stated_by_class_and_by_venue():
    pro = firm("pro", edge_usd=60, house_result_usd=20, elsewhere_usd=40)
    mid = firm("mid-tier", edge_usd=30, house_result_usd=-5, elsewhere_usd=-15)
    larp = firm("larp", edge_usd=10, house_result_usd=10, elsewhere_usd=0)
    classes = [Told(result=each) for each in (pro, mid, larp)]
    whole = firm("all", edge_usd=100, house_result_usd=25, elsewhere_usd=25, opening_capital_usd=50)
    accounts = Told(everybody=whole, classes=classes, results=[pro, mid, larp])

    def of(key: str):
        return figure(key, firms=accounts, mechanism=Told(uses_usd=usd(500)))

    assert of("firms-result") == 25
    assert of("firms-return") == 50
    assert of("firms-kept-of-uses") == 5
    assert of("profit-from-house") == 50
    assert of("mid-tier-of-stale-loss") == 30
    assert of("slower-of-stale-loss") == 40
    assert (of("mid-tier-at-house"), of("larp-at-house")) == (-5, 10)
    assert (of("mid-tier-elsewhere"), of("larp-elsewhere")) == (-15, 0)


def test_three_figures_of_firms_agree_with_a_calculation_by_hand():
    """Net deposits, the percentage of firms with losses, and firms' percentage of unpaid claims."""
    whole = firm(
        "all", house_opening_usd=5, house_deposits_usd=30, house_withdrawals_usd=20, unpaid_usd=10
    )
    each = [firm("a", left_net_usd=99), firm("b", left_net_usd=101), firm("c", left_net_usd=100)]
    house = Told(
        claims_usd={"firms": usd(20), "retail": usd(180)},
        pro_rata_usd=lambda: {"firms": usd(10), "retail": usd(90)},
        claim_usd=lambda names: usd(200),
    )
    accounts = Told(everybody=whole, results=each, coverage=Told(house=house))

    assert figure("net-deposits", firms=accounts) == 15
    assert figure("firms-with-less", firms=accounts) == Decimal("33.3")
    assert figure("firms-of-unpaid", firms=accounts) == 10


def test_firms_that_never_entered_are_not_in_the_percentages_of_firms_that_earned_or_left():
    skill = Told(
        firms=[
            Told(firm="a", days=5, house_usd=usd(1)),
            Told(firm="b", days=5, house_usd=usd(-1)),
            Told(firm="c", days=0, house_usd=usd(0)),
        ],
        ranks=[Told(spearman=Decimal("0.12")), Told(spearman=Decimal("0.9"))],
    )
    status = {"a": "left", "b": "active", "c": "left"}
    results = [Told(firm=f, profile=Told(status=s)) for f, s in status.items()]
    present = np.array([[1, 0, 0, 0], [1, 1, 1, 0]])

    assert figure("firms-that-earn", skill=skill) == 50
    assert figure("firms-gone", skill=skill, firms=Told(results=results)) == 50
    assert figure("rank-correlation", skill=skill) == Decimal("0.12")
    assert figure("firms-came-later", daily=Told(present=present)) == 2


# ---------------------------------------------------------------------------- the life


def dated(milestone: Milestone, first: First) -> dict:
    shown = [Told(day=DAY + timedelta(days=i)) for i in range(10)]
    never = First("", None, None, 0, None)
    return {
        "first": lambda asked: first if asked is milestone else never,
        "timeline": Told(shown=shown, days=10),
    }


def test_figures_on_the_use_of_customers_money_come_from_the_milestone_of_this_use():
    first = First("", DAY + timedelta(days=2), usd(7), 4, DAY + timedelta(days=6))
    told = dated(Milestone.CUSTOMERS_MONEY, first)

    assert figure("first-use", **told) == 7
    assert figure("days-of-use", **told) == 4
    assert (
        figure("use-lasts", **told) == 50
    )  # of the last eight days, four have customers' money in use
    assert figure("in-use-since", **told) == date(2022, 5, 7)
    assert figure("insolvent-since", **told) is None


def test_the_number_of_days_with_unpaid_uses_is_missing_if_the_credit_line_was_never_drawn():
    waits = First("", DAY, usd(1), 2, None)

    assert figure("waiting-days", **dated(Milestone.WAIT, waits)) == 20
    assert figure("not-paid-days", **dated(Milestone.NOT_PAID, waits)) is None
    assert figure("not-paid-days", **dated(Milestone.CREDIT_DRAWN, waits)) == 0


def test_days_on_which_claims_or_profits_exceed_the_cash_are_a_percentage_of_days_with_claims():
    def close(profit: float, claims: float, cash: float) -> Close:
        return Close(DAY, usd(profit), usd(0), usd(claims), usd(0), usd(cash), usd(0))

    closes = [close(5, 10, 9), close(5, 10, 4), close(5, 10, 10), close(0, 0, -1)]

    assert figure("days-not-covered", coverage=Told(closes=closes)) == Decimal("66.7")
    assert figure("profit-not-covered", coverage=Told(closes=closes)) == Decimal("33.3")


def test_paper_wealth_is_the_largest_sum_of_tokens_and_shares_on_a_day_with_a_share_price():
    shown = [
        Told(day=date(2022, 5, 1), paper_usd=usd(10)),
        Told(day=date(2022, 5, 2), paper_usd=usd(30)),
        Told(day=date(2022, 6, 1), paper_usd=usd(1)),
        Told(day=date(2022, 7, 1), paper_usd=usd(99)),  # shares have no price in July
    ]
    priced = {
        month: {BY_GROWTH: Told(middle_usd=usd(worth))}
        for month, worth in (("2022-05", 20), ("2022-06", 40))
    }

    told = {"timeline": Told(shown=shown), "valuation": Told(priced=priced)}
    assert figure("paper-peak", **told) == 50


def test_liquidations_in_the_luna_crash_are_summed_from_7_to_12_may():
    days = [
        Told(day=date(2022, 5, day), liquidated_usd=usd(amount))
        for day, amount in ((6, 1), (7, 10), (12, 20), (13, 2))
    ]
    captive = Told(standing=ProviderKind.CAPTIVE, taken_usd=usd(5), result_usd=usd(-2))
    found = Told(backstops=[captive], days=days)

    def of(*on_margin: int):
        told = {"liquidations": found, "days_on_margin": {date(2022, 5, day) for day in on_margin}}
        return figure("liquidated-with-luna", **told)

    assert of(*range(1, 20)) == 30
    assert figure("captive-backstop", liquidations=found) == -2
    captive.taken_usd = usd(0)
    assert figure("captive-backstop", liquidations=found) is None


def test_liquidations_in_the_luna_crash_have_no_figure_if_a_day_has_no_customer_on_margin():
    # A sampled run has customers on margin only on its full days. On other days the amount of
    # liquidations is always zero, which shows nothing.
    for on_margin in ((), (7, 8, 9, 10, 11), (7, 12), (1, 2)):
        told = {"days_on_margin": {date(2022, 5, day) for day in on_margin}}
        assert figure("liquidated-with-luna", liquidations=Told(days=[]), **told) is None


def test_results_of_firms_on_days_without_quotes_are_in_percent_of_results_on_days_with_quotes():
    def of(off: Decimal | None):
        each = Told(who=ALL, place=HOUSE, on_usd_per_day=usd(50), off_usd_per_day=off)
        other = Told(who=ALL, place="elsewhere", on_usd_per_day=usd(1), off_usd_per_day=usd(1))
        return figure("house-off-over-on", skill=Told(quoter_by_class=[other, each]))

    assert of(usd(5)) == 10
    assert of(usd(-5)) == 0
    assert of(None) is None


def test_the_share_of_cash_that_went_elsewhere_is_the_smallest_share_of_all_tracing_rules():
    back = {rule: usd(100 - 10 * i) for i, rule in enumerate(TracingRule)}
    found = Told(
        brought_usd=usd(200),
        fate_usd=lambda rule, fate: back[rule],
        all_left_usd=lambda rule: usd(40),
    )

    assert figure("traced-elsewhere", trace=found) == 30
    assert figure("traced-elsewhere", trace=None) is None


def test_losses_are_in_percent_of_the_largest_rise_of_the_unexplained_amount_in_one_period(
    monkeypatch,
):
    def period(middle: float, lost: dict | None):
        return Told(middle_usd=usd(middle), lost_usd=lost)

    lost = {Claimed.QUOTES: usd(-5), Claimed.LIQUIDATIONS: usd(20), PORTFOLIO: usd(80)}
    periods = [period(999, None), period(10, None), period(40, lost)]
    monkeypatch.setattr(money_figures, "vanished", lambda told: told)

    assert figure("quotes-of-unexplained", residual=Told(told=periods)) == 0
    assert figure("liquidations-of-unexplained", residual=Told(told=periods)) == 50
    assert figure("portfolio-of-unexplained", residual=Told(told=periods)) == 200
    without = [*periods[:2], period(40, None)]
    assert figure("portfolio-of-unexplained", residual=Told(told=without)) is None


# -------------------------------------------------------------------------- whole runs


def income_usd(run: RunFolder, kind: Kind) -> Decimal:
    """Return the maker's income less its expenses of one kind in dollars, from the postings."""
    maker = run.chart.parties.maker
    ((found,),) = run.select(
        "SELECT -sum(units) * 0.01 FROM postings WHERE kind = ? AND commodity = 'USD' "
        "AND (account LIKE ? OR account LIKE ?)",
        [kind, f"Income:{maker}:%", f"Expenses:{maker}:%"],
    )
    return Decimal(found)


@pytest.mark.parametrize("world", ["tiny_run", "busy_run"])
def test_losses_on_stale_quotes_agree_with_the_books_of_the_maker(
    request: pytest.FixtureRequest, world: str
):
    run = request.getfixturevalue(world)
    value_of = figures_of(run)

    lost, spread = -income_usd(run, Kind.PICKOFF), income_usd(run, Kind.SPREAD)
    assert lost > 0
    assert value_of("stale-loss") == lost
    assert value_of("quotes-loss") == lost - spread - income_usd(run, Kind.HEDGING)


@pytest.mark.slow  # slow unless another test has already simulated this world
def test_every_figure_of_a_run_with_a_crash_is_an_amount_or_a_date_or_missing(
    margin_run: RunFolder,
):
    value_of = figures_of(margin_run)
    figures = {key: value_of(key) for key in FIGURES}

    assert all(isinstance(value, Decimal | date | None) for value in figures.values())
    assert figures["liquidations-loss"] is not None
