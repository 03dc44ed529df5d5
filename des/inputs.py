"""The inputs that the books write down, for reports and audits to set beside what happened."""

from decimal import Decimal

from des.firms.population import trading_firms
from des.given import given
from des.scenario import Leverage, PledgedLoan, Scenario
from ledger.fee_notes import CustomersFee, FeeDiscount, FeeFloor, TakerFee, VolumeBefore
from ledger.journal import Journal
from ledger.money import dollars, to_cents
from ledger.notes import FirmProfile, FundingRate, RecordedShare, StatedFund, rounded
from ledger.pledged_terms import PledgedTerms


def note_inputs(journal: Journal, time_us: int, scenario: Scenario, funding_e9: int) -> None:
    """Write down rates, and who the firms are.

    Args:
        journal: takes them.
        time_us: the run's start.
        scenario: has them.
        funding_e9: what longs pay shorts each hour, in billionths.
    """
    house, lead = scenario.house, scenario.lead
    journal.note(time_us, FundingRate(funding_e9))
    for tier in house.fee_tiers:
        journal.note(time_us, _fee(house.name, tier.volume_usd, tier.taker_bps))
    journal.note(time_us, _fee(lead.name, 0, lead.taker_fee_bps))
    journal.note(time_us, CustomersFee(house.name, scenario.retail.fee_e6))
    if house.taker_floor_bps:
        journal.note(time_us, FeeFloor(house.name, round(house.taker_floor_bps * 100)))
    for firm in trading_firms(scenario):
        journal.note(time_us, VolumeBefore(firm.name, _usd(firm.volume_30d_usd)))
        reaction_ms = rounded(firm.reaction_ms, 3)
        journal.note(time_us, FirmProfile(firm.name, firm.category or "", reaction_ms))
        if firm.fee_discount:
            journal.note(time_us, FeeDiscount(firm.name, round(firm.fee_discount * 10_000)))
    rules = scenario.leverage
    if rules and rules.insurance_stated_usd is not None:
        journal.note(time_us, StatedFund(house.name, _usd(rules.insurance_stated_usd)))
    for loan in scenario.pledged_loans:
        journal.note(time_us, _terms(loan, given(rules)))
    if house.volume_share_pct_recorded:
        low, high = (rounded(pct, 6) for pct in house.volume_share_pct_recorded)
        journal.note(time_us, RecordedShare(low, high))


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
