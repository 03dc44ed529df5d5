"""The answer in one paragraph agrees with `where` and `timeline`."""

from ledger.reports.life.answer import answer
from ledger.reports.life.milestones import Milestone, firsts
from ledger.reports.life.standing import standings
from ledger.reports.money.hole import hole


def millions(usd) -> str:
    return f"${usd / 1_000_000:,.1f} million" if abs(usd) >= 1_000_000 else f"${usd:,.0f}"


def test_the_amounts_in_the_answer_agree_with_the_hole(busy_run):
    found, said = hole(busy_run), answer(busy_run)

    assert f"owes its customers {millions(found.claims_usd)}" in said
    assert f"Stale quotes cost Alameda {millions(found.kinds_usd['PickOff'])}" in said
    for kind in list(found.uses_usd)[:3]:
        assert kind in said
    net = -sum(found.kinds_usd.get(kind, 0) for kind in ("PickOff", "Spread", "Hedging"))
    assert f"{'earned' if net >= 0 else 'lost'} {millions(abs(net))}." in said


def test_the_days_in_the_answer_agree_with_the_timeline(busy_run):
    said = answer(busy_run)
    used = firsts(busy_run, standings(busy_run))[Milestone.CUSTOMERS_MONEY]

    if used.day is None:
        assert "Customers' money was in use on no day." in said
    else:
        assert f"Customers' money was in use on {used.days} day" in said
        assert f"first on {used.day}" in said


def test_the_answer_states_that_nothing_is_missing_if_assets_exceed_claims(tiny_run):
    assert hole(tiny_run).hole_usd <= 0
    assert "nothing is missing" in answer(tiny_run)
