"""The answer in one paragraph agrees with the reports `where` and `timeline`."""

from ledger.reports.life.answer import answer
from ledger.reports.life.milestones import Milestone, firsts
from ledger.reports.life.standing import standings
from ledger.reports.money.hole import hole


def millions(usd) -> str:
    return f"${usd / 1_000_000:,.1f} million" if abs(usd) >= 1_000_000 else f"${usd:,.0f}"


def test_the_amounts_in_the_answer_agree_with_the_report_on_the_hole(busy_run):
    found, said = hole(busy_run), answer(busy_run)

    assert f"owes its customers {millions(found.claims_usd)}" in said
    assert f"Stale quotes cost Alameda {millions(found.kinds_usd['PickOff'])}" in said
    for kind in list(found.uses_usd)[:3]:
        assert kind in said
    net = -sum(found.kinds_usd.get(kind, 0) for kind in ("PickOff", "Spread", "Hedging"))
    assert f"{'earned' if net >= 0 else 'lost'} {millions(abs(net))}." in said


def test_the_days_in_the_answer_agree_with_the_timeline(busy_run):
    said, dated = answer(busy_run), firsts(busy_run, standings(busy_run))

    for milestone, words in (
        (Milestone.CUSTOMERS_MONEY, "Customers' money was in use"),
        (
            Milestone.INSOLVENT,
            "The group was insolvent (tokens at market prices, stakes at cost)",
        ),
    ):
        first = dated[milestone]
        assert f"{words} on {first.days} days: first on {first.day} and on every day after" in said
        assert first.continuous_since == first.day
    wait = dated[Milestone.WAIT].day
    assert f"had to wait for the first time on {wait}; they were never halted." in said
    assert dated[Milestone.HALT].day is None


def test_the_answer_states_that_nothing_is_missing_if_liquid_assets_cover_all_claims(tiny_run):
    assert hole(tiny_run).hole_usd <= 0
    assert "nothing is missing" in answer(tiny_run)
