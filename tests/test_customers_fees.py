"""Customers pay the same fee rate on trades with any maker and on forced orders."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from ledger.fee_notes import CustomersFee
from ledger.notes import TradedDay
from ledger.proof.taker_fees import FeeRates
from ledger.run_folder import RunFolder
from runs.full_audit import audit

HALF_A_CENT = Decimal("0.005")


@pytest.fixture(params=["tiny_run", "busy_run", "margin_run"])
def of_customers(request: pytest.FixtureRequest) -> RunFolder:
    """Return one of three runs: with one market, with two markets, or with forced orders."""
    return request.getfixturevalue(request.param)


def rate_e6(run: RunFolder) -> int:
    (noted,) = run.notes(CustomersFee)
    return noted.e6


def test_customers_pay_the_same_fee_rate_to_trade_with_the_captive_maker_or_with_other_makers(
    of_customers,
):
    run, days = of_customers, of_customers.notes(TradedDay)
    ((fills, paid_cents),) = run.select(
        "SELECT count(*), sum(fee_cents) FROM rows WHERE motive = 'spread'"
    )
    ((others_cents,),) = run.select(
        "SELECT -sum(units) FROM postings WHERE tag = 'fees' AND root = 'Income'"
    )

    for cents, usd, roundings in (
        (paid_cents, [day.captive_usd for day in days], fills),
        (others_cents, [day.others_usd for day in days], len(days)),
    ):
        due_usd = at_rate(usd, rate_e6(run))
        assert abs(Decimal(cents).scaleb(-2) - due_usd) <= HALF_A_CENT * roundings < due_usd


def at_rate(usd: Sequence[Decimal], e6: int) -> Decimal:
    return sum(usd, Decimal()) * Decimal(e6).scaleb(-6)


def test_forced_orders_and_other_orders_of_customers_have_the_same_fee_rate(margin_run):
    rates_e6 = margin_run.select("SELECT DISTINCT fee_e6 FROM rows WHERE motive = 'liquidation'")

    assert rates_e6 == [(rate_e6(margin_run),)]


def test_an_audit_reports_fills_with_an_unexpected_fee_rate(tiny_run, monkeypatch):
    assert not any(finding.problems for finding in audit(tiny_run.path))

    read = FeeRates.__init__

    def misread(self: FeeRates, run: RunFolder) -> None:
        read(self, run)
        self._customers_e6 += 1

    monkeypatch.setattr(FeeRates, "__init__", misread)
    (finding,) = (each for each in audit(tiny_run.path) if each.problems)
    assert "the rate that the taker must pay" in finding.problems[0]
