"""The inputs that the books write down, for reports and audits to set beside what happened."""

from des.firms.population import trading_firms
from des.scenario import Scenario
from ledger.journal import Journal
from ledger.money import amount, to_cents
from ledger.text import quoted


def note_inputs(journal: Journal, time_us: int, scenario: Scenario, funding_e9: int) -> None:
    """Write down rates, and who the firms are.

    Args:
        journal: takes them.
        time_us: the run's start.
        scenario: has them.
        funding_e9: what longs pay shorts each hour, in billionths.
    """
    house, lead = scenario.house, scenario.lead
    journal.custom(time_us, "funding-per-hour-e9", str(funding_e9))
    for tier in house.fee_tiers:
        _note_fee(journal, time_us, house.name, tier.volume_usd, tier.taker_bps)
    _note_fee(journal, time_us, lead.name, 0, lead.taker_fee_bps)
    for firm in trading_firms(scenario):
        journal.custom(time_us, "volume-of-30-days", quoted(firm.name), _usd(firm.volume_30d_usd))
        about = (quoted(firm.name), quoted(firm.category or ""), f"{firm.reaction_ms:.3f}")
        journal.custom(time_us, "firm", *about)
    rules = scenario.leverage
    if rules and rules.insurance_stated_usd is not None:
        stated = _usd(rules.insurance_stated_usd)
        journal.custom(time_us, "insurance-fund-stated", quoted(house.name), stated)
    if house.volume_share_pct_recorded:
        low, high = (f"{pct:f}" for pct in house.volume_share_pct_recorded)
        journal.custom(time_us, "maker-share-recorded", low, high)


def _note_fee(journal: Journal, time_us: int, venue: str, volume_usd: float, bps: float) -> None:
    rate_e6 = str(round(bps * 100))
    journal.custom(time_us, "taker-fee-e6", quoted(venue), _usd(volume_usd), rate_e6)


def _usd(usd: float) -> str:
    return f"{amount(to_cents(usd))} USD"
