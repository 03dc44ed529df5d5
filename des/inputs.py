"""Inputs that the books record, so that reports and audits can compare inputs with outcomes."""

from collections.abc import Iterator
from decimal import Decimal

from des.firms.population import trading_firms
from des.given import given
from des.scenario import Leverage, PledgedLoan, Scenario
from des.venue.venue import hourly_funding_e9
from ledger.fee_notes import CustomersFee, FeeDiscount, FeeFloor, TakerFee, VolumeBefore
from ledger.money import dollars, to_cents
from ledger.notes import (
    CandlesRead,
    FirmProfile,
    FundingRate,
    Note,
    RecordedShare,
    StatedFund,
    rounded,
)
from ledger.pledged_terms import PledgedTerms


def input_notes(scenario: Scenario) -> Iterator[Note]:
    """Yield the notes on the scenario's inputs that the books record at the start of the run."""
    house, lead = scenario.house, scenario.lead
    yield FundingRate(hourly_funding_e9(house.funding_bps_per_day))
    for tier in house.fee_tiers:
        yield _fee(house.name, tier.volume_usd, tier.taker_bps)
    yield _fee(lead.name, 0, lead.taker_fee_bps)
    yield CustomersFee(house.name, scenario.retail.fee_e6)
    if house.taker_floor_bps:
        yield FeeFloor(house.name, round(house.taker_floor_bps * 100))
    for firm in trading_firms(scenario):
        yield VolumeBefore(firm.name, _usd(firm.volume_30d_usd))
        yield FirmProfile(firm.name, firm.category or "", rounded(firm.reaction_ms, 3))
        if firm.fee_discount:
            yield FeeDiscount(firm.name, round(firm.fee_discount * 10_000))
    rules = scenario.leverage
    if rules and rules.insurance_stated_usd is not None:
        yield StatedFund(house.name, _usd(rules.insurance_stated_usd))
    for loan in scenario.pledged_loans:
        yield _terms(loan, given(rules))
    if house.volume_share_pct_recorded:
        low, high = (rounded(pct, 6) for pct in house.volume_share_pct_recorded)
        yield RecordedShare(low, high)
    for market in scenario.markets:
        if market.price.candles_read:
            yield CandlesRead(market.name, market.price.candles_read)


def _terms(loan: PledgedLoan, rules: Leverage) -> PledgedTerms:
    (token,) = (each for each in rules.tokens if each.name == loan.token)
    most_usd, book = loan.borrowed_usd_max, loan.book
    return PledgedTerms(
        loan.borrower,
        loan.token,
        initial_e6=loan.weight_initial_e6(token.weight_e6),
        lend_margin_e6=loan.margin_e6,
        maintenance_e6=rules.maintenance_e6,
        auto_close_e6=rules.auto_close_e6,
        imf_factor=Decimal(repr(loan.imf_factor)),
        book_usd_per_bp=_usd(book.usd_per_bp),
        book_through_e6=round(book.through_bps * 1_000_000),
        book_refill_s=book.refill_s,
        most_usd=None if most_usd is None else _usd(most_usd),
    )


def _fee(venue: str, volume_usd: float, bps: float) -> TakerFee:
    return TakerFee(venue, _usd(volume_usd), round(bps * 100))


def _usd(usd: float) -> Decimal:
    return dollars(to_cents(usd))
