"""Computes the figures on the captive maker's quotes that decide statements of the thread.

A figure is None if the run lacks the data for it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal

from ledger.appraisal import AS_TRADING_FIRM, BY_GROWTH, WITHOUT_MAKER
from ledger.kinds import Kind
from ledger.reports.dollars import ZERO, percent
from ledger.reports.firms.league import ALL
from ledger.reports.life.share_prices import Priced, Review
from ledger.reports.market.promises import Booked, MonthInMarket
from runs.claims.evidence import RunEvidence

# Two of the possible decisions of a review: the quotes stay unchanged, or they end.
QUOTES_ON, SHUTS_OFF = "quotes on", "shuts off"
YEAR = 12


def stale_loss_usd(run: RunEvidence) -> Decimal | None:
    """Return the maker's loss on stale quotes."""
    return _where_quoted(run, lambda: -_brought(run, Kind.PICKOFF))


def quotes_loss_usd(run: RunEvidence) -> Decimal | None:
    """Return the maker's loss on its quotes, including the cost of hedges. A gain is below zero."""
    return _where_quoted(run, lambda: -run.views.maker_usd)


def quotes_gain_of_group_usd(run: RunEvidence) -> Decimal | None:
    """Return the group's gain on the maker's quotes: the maker's result plus the house's fees."""
    return _where_quoted(run, lambda: run.views.group_usd)


def loss_per_day_usd(run: RunEvidence) -> Decimal | None:
    """Return the mean of `quotes_loss_usd` per day of the run."""
    return _where_quoted(run, lambda: (-run.views.maker_usd / run.timeline.days).quantize(ZERO))


def stale_of_spread(run: RunEvidence) -> Decimal | None:
    """Return the loss on stale quotes in percent of the spread that the quotes earned."""
    return percent(-_brought(run, Kind.PICKOFF), _brought(run, Kind.SPREAD))


def quote_age_s(run: RunEvidence) -> Decimal | None:
    """Return the median age of the quotes that were hit, in seconds."""
    return run.firms.statistics[ALL].median_age_s if ALL in run.firms.statistics else None


def hits_of_volume(run: RunEvidence) -> Decimal | None:
    """Return the volume of hits in percent of the volume of all fills of the maker's quotes.

    Fills of forced orders do not count.
    """
    booked = _sum(line.booked for line in run.expectations.lines)
    return percent(booked.pickoff_volume_usd, booked.volume_usd)


def losing_months_pct(run: RunEvidence) -> Decimal | None:
    """Return the percentage of months in which the maker's quotes lost money after hedging costs.

    Months without fills of these quotes do not count.
    """
    months = [month for month in run.expectations.ledger.values() if month != Booked()]
    return percent(Decimal(sum(month.net_usd < 0 for month in months)), Decimal(len(months)))


def promised_usd(run: RunEvidence) -> Decimal | None:
    """Return the sum of the results that the maker's own simulation predicts."""
    promises = [line.promise for line in run.expectations.lines if line.promise]
    return sum((each.result_usd for each in promises), ZERO) if promises else None


def booked_of_promised(run: RunEvidence) -> Decimal | None:
    """Return the booked result of the fills in percent of the predicted result.

    Only months with a prediction count.
    """
    lines = [line for line in run.expectations.lines if line.promise]
    booked, promised = _sum(line.booked for line in lines), promised_usd(run)
    return None if promised is None else percent(booked.result_usd, promised)


def pickoffs_of_promised(run: RunEvidence) -> Decimal | None:
    """Return the loss from pick-offs in percent of the predicted result.

    This loss is the result predicted for the volume of pick-offs, less the booked result of
    pick-offs.
    """
    found = [line.difference for line in run.expectations.lines if line.difference]
    promised = promised_usd(run)
    if promised is None:
        return None
    return percent(-sum((each.from_pickoffs_usd for each in found), ZERO), promised)


def stale_rate_late_over_early(run: RunEvidence) -> Decimal | None:
    """Divide the rate of loss in the later half of the months by the rate in the earlier half.

    The rate is the loss on stale quotes per dollar of volume of the maker's quotes.
    """
    months = list(run.expectations.by_month.values())
    half = len(months) // 2
    early, late = _stale_rate(months[:half]), _stale_rate(months[half:])
    return (late / early).quantize(Decimal("0.01")) if early and late is not None else None


def share_of_first_month(run: RunEvidence) -> Decimal | None:
    """Return the maker's percentage of the house's volume in the first month with volume."""
    months = _volume_by_month(run)
    return percent(*months[0]) if months else None


def months_with_maker_pct(run: RunEvidence) -> Decimal | None:
    """Return the percentage of months in which the maker's quotes on the house were filled.

    Months without any volume on the house do not count.
    """
    months = _volume_by_month(run)
    return percent(Decimal(sum(maker > 0 for maker, _ in months)), Decimal(len(months)))


def shares_by_growth_usd(run: RunEvidence) -> Decimal | None:
    """Return the exchange's highest appraised value, computed from the growth of its fees."""
    priced = [ways[BY_GROWTH].middle_usd for ways in run.valuation.priced.values()]
    return max(priced, default=None)


def growth_due_to_maker_pct(run: RunEvidence) -> Decimal | None:
    """Return the percentage of the exchange's value that is due to the maker's quotes.

    The value is computed from the growth of fees.
    """
    ways = _last_priced(run)
    if not ways:
        return None
    growth = ways[BY_GROWTH].middle_usd
    return percent(growth - ways[WITHOUT_MAKER].middle_usd, growth)


def growth_over_trading_firm(run: RunEvidence) -> Decimal | None:
    """Return the exchange's value by growth of fees, divided by its value as a trading firm."""
    ways = _last_priced(run)
    firm = ways[AS_TRADING_FIRM].middle_usd if ways else ZERO
    return (ways[BY_GROWTH].middle_usd / firm).quantize(Decimal("0.1")) if firm > 0 else None


def reviews_quoting_on_pct(run: RunEvidence) -> Decimal | None:
    """Return the percentage of the reviews of quotes on the house that leave them unchanged."""
    reviews = _reviews_on(run, run.run.chart.parties.house)
    quoting = Decimal(sum(each.decided == QUOTES_ON for each in reviews))
    return percent(quoting, Decimal(len(reviews)))


def reviews_too_costly_pct(run: RunEvidence) -> Decimal | None:
    """Return the percentage of reviews in which the quotes cost more than they add to the shares.

    The cost is the quotes' loss in twelve months. The addition is the value that the shares would
    lose without the quotes. Reviews without an appraisal of the shares do not count.
    """
    reviews = [each for each in run.valuation.reviews if each.shares_would_lose_usd is not None]
    costly = sum(-each.year_usd > (each.shares_would_lose_usd or ZERO) for each in reviews)
    return percent(Decimal(costly), Decimal(len(reviews)))


def lead_first_month_usd(run: RunEvidence) -> Decimal | None:
    """Return the result of the maker's quotes on the lead venue in the first reviewed month."""
    reviews = _reviews_on(run, run.run.chart.parties.lead)
    return reviews[0].month_usd if reviews else None


def lead_last_of_first_pct(run: RunEvidence) -> Decimal | None:
    """Return the last month's result on the lead venue in percent of the first month's result.

    Both are results of the maker's quotes in months that the maker reviewed.
    """
    reviews = _reviews_on(run, run.run.chart.parties.lead)
    return percent(reviews[-1].month_usd, reviews[0].month_usd) if len(reviews) > 1 else None


def lead_losses_of_gains(run: RunEvidence) -> Decimal | None:
    """Return the sum of monthly losses on the lead venue in percent of the sum of monthly gains."""
    months = [each.month_usd for each in _reviews_on(run, run.run.chart.parties.lead)]
    losses = sum((-usd for usd in months if usd < 0), ZERO)
    return percent(losses, sum((usd for usd in months if usd > 0), ZERO))


def moves_after_lead(run: RunEvidence) -> Decimal | None:
    """Return the number of reviews on the house since the quotes on the lead venue first changed.

    The first change is the first review that reduces, ends or moves the maker's quotes on the lead
    venue. A review on the house on the same day counts too. The result is None if there is no
    review on the lead venue.
    """
    lead = _reviews_on(run, run.run.chart.parties.lead)
    ended = next((each.day for each in lead if each.decided != QUOTES_ON), None)
    if not lead:
        return None
    house = _reviews_on(run, run.run.chart.parties.house)
    return Decimal(sum(ended is not None and each.day >= ended for each in house))


def lead_shut_off(run: RunEvidence) -> Decimal | None:
    """Return the number of reviews that stop the quotes on the lead venue without moving them."""
    lead = _reviews_on(run, run.run.chart.parties.lead)
    return Decimal(sum(each.decided == SHUTS_OFF for each in lead)) if lead else None


def _where_quoted(run: RunEvidence, figure: Callable[[], Decimal]) -> Decimal | None:
    return figure() if any(view.fills for view in run.views.kinds) else None


def _brought(run: RunEvidence, kind: Kind) -> Decimal:
    return sum((view.maker_usd for view in run.views.kinds if view.kind is kind), ZERO)


def _sum(booked: Iterable[Booked]) -> Booked:
    return sum(booked, Booked())


def _stale_rate(months: Iterable[Iterable[MonthInMarket]]) -> Decimal | None:
    booked = _sum(line.booked for lines in months for line in lines)
    return -booked.pickoff_usd / booked.volume_usd if booked.volume_usd else None


def _volume_by_month(run: RunEvidence) -> list[tuple[Decimal, Decimal]]:
    """Return the maker's volume and the total volume of each month with volume, in order."""
    months: dict[str, tuple[Decimal, Decimal]] = defaultdict(lambda: (ZERO, ZERO))
    for each in run.share.months:
        maker, everybody = months[each.month]
        months[each.month] = (
            maker + each.maker_usd,
            everybody + each.maker_usd + each.others_usd,
        )
    return [months[month] for month in sorted(months)]


def _reviews_on(run: RunEvidence, venue: str) -> list[Review]:
    return [each for each in run.valuation.reviews if each.venue == venue]


def _last_priced(run: RunEvidence) -> dict[str, Priced]:
    """Return the exchange's values, by method, at the last funding round with an appraisal.

    If no round has an appraisal, return the values of the last appraised month.
    """
    priced = run.valuation.priced
    names = [each.name for each in run.valuation.rounds if each.name in priced] or list(priced)
    return dict(priced[names[-1]]) if names else {}
