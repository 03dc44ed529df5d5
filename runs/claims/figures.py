"""The register of all figures that can decide a statement, each with its unit."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ledger.claimed import Claimed
from runs.claims import firm_figures as firms
from runs.claims import life_figures as life
from runs.claims import money_figures as money
from runs.claims import quote_figures as quotes
from runs.claims.evidence import RunEvidence
from runs.claims.statement import Value

USD, PERCENT, TIMES, DAYS, DAY = "USD", "%", "times", "days", "day"


class RunFigure(NamedTuple):
    """A function that computes a figure of a run, and the unit of the figure.

    The function returns None if the run lacks the figure.
    """

    of: Callable[[RunEvidence], Value | None]
    unit: str


FIGURES: Mapping[str, RunFigure] = {
    "hole": RunFigure(money.missing_usd, USD),
    "cash-taken-of-hole": RunFigure(money.cash_taken_of_hole, PERCENT),
    "leveraged-of-uses": RunFigure(money.share_of_uses(money.LEVERED), PERCENT),
    "lent-of-uses": RunFigure(money.share_of_uses(money.LENT), PERCENT),
    "projects-of-uses": RunFigure(money.share_of_uses(money.PROJECTS), PERCENT),
    "stakes": RunFigure(money.stakes_usd, USD),
    "stakes-of-hole": RunFigure(money.stakes_of_hole, PERCENT),
    "quotes-of-hole": RunFigure(money.loss_of_hole(Claimed.QUOTES), PERCENT),
    "liquidations-loss": RunFigure(money.net_loss(Claimed.LIQUIDATIONS), USD),
    "liquidations-of-hole": RunFigure(money.loss_of_hole(Claimed.LIQUIDATIONS), PERCENT),
    "on-chain-of-hole": RunFigure(money.loss_of_hole(Claimed.ON_CHAIN), PERCENT),
    "mechanism-of-uses": RunFigure(money.mechanism_of_uses, PERCENT),
    "mechanism-over-own-money": RunFigure(money.mechanism_over_own_money, PERCENT),
    "firms-kept-of-uses": RunFigure(money.firms_kept_of_uses, PERCENT),
    "pools-loss": RunFigure(money.pools_lost_usd, USD),
    "pools-arbitrage-loss": RunFigure(money.pools_arbitrage_usd, USD),
    "traced-elsewhere": RunFigure(money.traced_elsewhere_pct, PERCENT),
    "quotes-of-unexplained": RunFigure(money.quotes_of_unexplained, PERCENT),
    "liquidations-of-unexplained": RunFigure(money.liquidations_of_unexplained, PERCENT),
    "portfolio-of-unexplained": RunFigure(money.portfolio_of_unexplained, PERCENT),
    "stale-loss": RunFigure(quotes.stale_loss_usd, USD),
    "quotes-loss": RunFigure(quotes.quotes_loss_usd, USD),
    "quotes-gain-of-group": RunFigure(quotes.quotes_gain_of_group_usd, USD),
    "quotes-loss-per-day": RunFigure(quotes.loss_per_day_usd, USD),
    "stale-of-spread": RunFigure(quotes.stale_of_spread, PERCENT),
    "quote-age": RunFigure(quotes.quote_age_s, "s"),
    "hits-of-volume": RunFigure(quotes.hits_of_volume, PERCENT),
    "losing-months": RunFigure(quotes.losing_months_pct, PERCENT),
    "promised": RunFigure(quotes.promised_usd, USD),
    "booked-of-promised": RunFigure(quotes.booked_of_promised, PERCENT),
    "pickoffs-of-promised": RunFigure(quotes.pickoffs_of_promised, PERCENT),
    "stale-rate-late-over-early": RunFigure(quotes.stale_rate_late_over_early, TIMES),
    "share-of-first-month": RunFigure(quotes.share_of_first_month, PERCENT),
    "months-with-maker": RunFigure(quotes.months_with_maker_pct, PERCENT),
    "shares-by-growth": RunFigure(quotes.shares_by_growth_usd, USD),
    "growth-due-to-maker": RunFigure(quotes.growth_due_to_maker_pct, PERCENT),
    "growth-over-trading-firm": RunFigure(quotes.growth_over_trading_firm, TIMES),
    "reviews-quoting-on": RunFigure(quotes.reviews_quoting_on_pct, PERCENT),
    "reviews-too-costly": RunFigure(quotes.reviews_too_costly_pct, PERCENT),
    "lead-first-month": RunFigure(quotes.lead_first_month_usd, USD),
    "lead-last-of-first": RunFigure(quotes.lead_last_of_first_pct, PERCENT),
    "lead-losses-of-gains": RunFigure(quotes.lead_losses_of_gains, PERCENT),
    "moves-after-lead": RunFigure(quotes.moves_after_lead, "reviews"),
    "lead-shut-off": RunFigure(quotes.lead_shut_off, "reviews"),
    "firms-result": RunFigure(firms.firms_result_usd, USD),
    "firms-return": RunFigure(firms.firms_return_pct, PERCENT),
    "firms-of-unpaid": RunFigure(firms.firms_share_of_unpaid, PERCENT),
    "profit-from-house": RunFigure(firms.profit_from_house_pct, PERCENT),
    "firms-that-earn": RunFigure(firms.firms_that_earn_pct, PERCENT),
    "firms-came-later": RunFigure(firms.firms_came_later, "firms"),
    "firms-gone": RunFigure(firms.firms_gone_pct, PERCENT),
    "rank-correlation": RunFigure(firms.rank_correlation, ""),
    "house-off-over-on": RunFigure(firms.house_off_over_on_pct, PERCENT),
    "mid-tier-of-stale-loss": RunFigure(firms.share_of_class_pct(firms.MID_TIER), PERCENT),
    "mid-tier-at-house": RunFigure(firms.house_result_usd(firms.MID_TIER), USD),
    "mid-tier-elsewhere": RunFigure(firms.elsewhere_usd(firms.MID_TIER), USD),
    "larp-at-house": RunFigure(firms.house_result_usd(firms.LARP), USD),
    "larp-elsewhere": RunFigure(firms.elsewhere_usd(firms.LARP), USD),
    "slower-of-stale-loss": RunFigure(firms.slower_share_pct, PERCENT),
    "firms-with-less": RunFigure(firms.firms_with_less_pct, PERCENT),
    "net-deposits": RunFigure(firms.net_deposits_usd, USD),
    "first-use": RunFigure(life.first_use_usd, USD),
    "days-of-use": RunFigure(life.days_of_use, DAYS),
    "use-lasts": RunFigure(life.use_lasts_pct, PERCENT),
    "worth-at-first-use": RunFigure(life.worth_at_first_use_usd, USD),
    "paper-peak": RunFigure(life.paper_peak_usd, USD),
    "not-paid-days": RunFigure(life.uses_not_paid_days, DAYS),
    "days-not-covered": RunFigure(life.days_not_covered_pct, PERCENT),
    "profit-not-covered": RunFigure(life.profit_not_covered_pct, PERCENT),
    "waiting-days": RunFigure(life.waiting_days_pct, PERCENT),
    "insolvent-since": RunFigure(life.insolvent_since, DAY),
    "in-use-since": RunFigure(life.in_use_since, DAY),
    "captive-backstop": RunFigure(life.captive_backstop_usd, USD),
    "liquidated-with-luna": RunFigure(life.liquidated_with_luna_usd, USD),
}
