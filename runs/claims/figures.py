"""The register of figures: by its key, what a statement is held against, and its unit."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ledger.claimed import Claimed
from runs.claims import firm_figures as firms
from runs.claims import life_figures as life
from runs.claims import money_figures as money
from runs.claims import quote_figures as quotes
from runs.claims.evidence import Evidence
from runs.claims.statement import Value

USD, PERCENT, TIMES, DAYS, DAY = "USD", "%", "times", "days", "day"


class Figure(NamedTuple):
    """A figure of a run: how it is computed, None where the run has no such thing; and its unit."""

    of: Callable[[Evidence], Value | None]
    unit: str


FIGURES: Mapping[str, Figure] = {
    "hole": Figure(money.missing_usd, USD),
    "cash-taken-of-hole": Figure(money.cash_taken_of_hole, PERCENT),
    "leveraged-of-uses": Figure(money.share_of_uses(money.LEVERED), PERCENT),
    "lent-of-uses": Figure(money.share_of_uses(money.LENT), PERCENT),
    "projects-of-uses": Figure(money.share_of_uses(money.PROJECTS), PERCENT),
    "stakes": Figure(money.stakes_usd, USD),
    "stakes-of-hole": Figure(money.stakes_of_hole, PERCENT),
    "quotes-of-hole": Figure(money.loss_of_hole(Claimed.QUOTES), PERCENT),
    "liquidations-loss": Figure(money.net_loss(Claimed.LIQUIDATIONS), USD),
    "liquidations-of-hole": Figure(money.loss_of_hole(Claimed.LIQUIDATIONS), PERCENT),
    "on-chain-of-hole": Figure(money.loss_of_hole(Claimed.ON_CHAIN), PERCENT),
    "mechanism-of-uses": Figure(money.mechanism_of_uses, PERCENT),
    "mechanism-of-opening": Figure(money.mechanism_of_opening, PERCENT),
    "firms-kept-of-uses": Figure(money.firms_kept_of_uses, PERCENT),
    "pools-loss": Figure(money.pools_lost_usd, USD),
    "pools-arbitrage-loss": Figure(money.pools_arbitrage_usd, USD),
    "traced-elsewhere": Figure(money.traced_elsewhere_pct, PERCENT),
    "quotes-of-unexplained": Figure(money.quotes_of_unexplained, PERCENT),
    "liquidations-of-unexplained": Figure(money.liquidations_of_unexplained, PERCENT),
    "portfolio-of-unexplained": Figure(money.portfolio_of_unexplained, PERCENT),
    "stale-loss": Figure(quotes.stale_loss_usd, USD),
    "quotes-loss": Figure(quotes.quotes_loss_usd, USD),
    "quotes-gain-of-group": Figure(quotes.quotes_gain_of_group_usd, USD),
    "quotes-loss-per-day": Figure(quotes.loss_per_day_usd, USD),
    "stale-of-spread": Figure(quotes.stale_of_spread, PERCENT),
    "quote-age": Figure(quotes.quote_age_s, "s"),
    "hits-of-volume": Figure(quotes.hits_of_volume, PERCENT),
    "losing-months": Figure(quotes.losing_months_pct, PERCENT),
    "promised": Figure(quotes.promised_usd, USD),
    "booked-of-promised": Figure(quotes.booked_of_promised, PERCENT),
    "pickoffs-of-promised": Figure(quotes.pickoffs_of_promised, PERCENT),
    "stale-rate-late-over-early": Figure(quotes.stale_rate_late_over_early, TIMES),
    "share-of-first-month": Figure(quotes.share_of_first_month, PERCENT),
    "months-with-maker": Figure(quotes.months_with_maker_pct, PERCENT),
    "shares-by-growth": Figure(quotes.shares_by_growth_usd, USD),
    "growth-of-maker": Figure(quotes.growth_of_maker_pct, PERCENT),
    "growth-over-trading-firm": Figure(quotes.growth_over_trading_firm, TIMES),
    "reviews-quoting-on": Figure(quotes.reviews_quoting_on_pct, PERCENT),
    "reviews-too-costly": Figure(quotes.reviews_too_costly_pct, PERCENT),
    "lead-first-month": Figure(quotes.lead_first_month_usd, USD),
    "lead-last-of-first": Figure(quotes.lead_last_of_first_pct, PERCENT),
    "lead-losses-of-gains": Figure(quotes.lead_losses_of_gains, PERCENT),
    "moves-after-lead": Figure(quotes.moves_after_lead, "reviews"),
    "lead-shut-off": Figure(quotes.lead_shut_off, "reviews"),
    "firms-result": Figure(firms.firms_result_usd, USD),
    "firms-return": Figure(firms.firms_return_pct, PERCENT),
    "firms-of-unpaid": Figure(firms.firms_share_of_unpaid, PERCENT),
    "profit-from-house": Figure(firms.profit_from_house_pct, PERCENT),
    "firms-that-earn": Figure(firms.firms_that_earn_pct, PERCENT),
    "firms-came-later": Figure(firms.firms_came_later, "firms"),
    "firms-gone": Figure(firms.firms_gone_pct, PERCENT),
    "rank-correlation": Figure(firms.rank_correlation, ""),
    "house-off-over-on": Figure(firms.house_off_over_on_pct, PERCENT),
    "mid-tier-of-stale-loss": Figure(firms.share_of_class_pct(firms.MID_TIER), PERCENT),
    "mid-tier-at-house": Figure(firms.house_result_usd(firms.MID_TIER), USD),
    "mid-tier-elsewhere": Figure(firms.elsewhere_usd(firms.MID_TIER), USD),
    "larp-at-house": Figure(firms.house_result_usd(firms.LARP), USD),
    "larp-elsewhere": Figure(firms.elsewhere_usd(firms.LARP), USD),
    "slower-of-stale-loss": Figure(firms.slower_share_pct, PERCENT),
    "firms-with-less": Figure(firms.firms_with_less_pct, PERCENT),
    "net-deposits": Figure(firms.net_deposits_usd, USD),
    "first-use": Figure(life.first_use_usd, USD),
    "days-of-use": Figure(life.days_of_use, DAYS),
    "use-lasts": Figure(life.use_lasts_pct, PERCENT),
    "worth-at-first-use": Figure(life.worth_at_first_use_usd, USD),
    "paper-peak": Figure(life.paper_peak_usd, USD),
    "not-paid-days": Figure(life.uses_not_paid_days, DAYS),
    "days-not-covered": Figure(life.days_not_covered_pct, PERCENT),
    "profit-not-covered": Figure(life.profit_not_covered_pct, PERCENT),
    "waiting-days": Figure(life.waiting_days_pct, PERCENT),
    "insolvent-since": Figure(life.insolvent_since, DAY),
    "in-use-since": Figure(life.in_use_since, DAY),
    "captive-backstop": Figure(life.captive_backstop_usd, USD),
    "liquidated-with-luna": Figure(life.liquidated_with_luna_usd, USD),
}
