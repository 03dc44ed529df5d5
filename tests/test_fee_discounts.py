"""Firms with house tokens pay lower taker fees, and the audit recomputes the discount."""

from pathlib import Path

from ledger.proof.taker_fees import FeeRates
from runs.full_audit import audit

CROWD = Path(__file__).parent / "worlds" / "crowd.toml"


def test_an_audit_without_the_fee_discount_reports_discounted_fills_as_wrong(executed, monkeypatch):
    run = executed(CROWD)
    with run.connect() as connection:
        found = connection.execute("SELECT DISTINCT fee_e6 FROM rows WHERE motive = 'pickoff'")
        rates_e6 = {rate for (rate,) in found.fetchall()}
    # The fee is seven basis points, or 60 % less with the discount.
    assert rates_e6 == {280, 700}
    assert not any(finding.problems for finding in audit(run.path))

    monkeypatch.setattr(FeeRates, "_discounted_e6", lambda _, tier_e6: tier_e6)
    (finding,) = (each for each in audit(run.path) if each.problems)
    assert "the fee rate is not the rate that the taker must pay" in finding.problems[0]
