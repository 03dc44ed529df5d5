"""Each tracing rule gives the result of a published worked example."""

from datetime import date

from ledger.reports.tracing.cash_moves import CashMove
from ledger.reports.tracing.follow import follow
from ledger.reports.tracing.rules import TracingRule
from ledger.reports.tracing.traced import Traced

ACCOUNT = "the account"
DAY = date(2022, 1, 5)


def traced(
    rule: TracingRule, *moves: tuple[str, int], followed: str = "", days: tuple[date, ...] = ()
) -> Traced:
    """Trace an account's deposits (above zero) and payments (below zero), in dollars or pounds."""
    history = [
        CashMove(day, who, ACCOUNT, 100 * amount)
        if amount > 0
        else CashMove(day, ACCOUNT, who, -100 * amount)
        for (who, amount), day in zip(moves, days or [DAY] * len(moves), strict=True)
    ]
    return follow(history, (ACCOUNT,), rule, {followed})


def left(found: Traced) -> dict[str, int]:
    """Return the remaining money by owner, in whole dollars or pounds."""
    return {source: cents // 100 for (source, _), cents in found.left_cents.items()}


def paid(found: Traced) -> dict[tuple[str, str], int]:
    return {way: each.cents // 100 for way, each in found.paid.items()}


def test_a_later_deposit_of_own_money_does_not_replace_trust_money_that_was_spent():
    """James Roscoe (Bolton) Ltd v Winder [1915] 1 Ch 62.

    Wigham collected 455 pounds that customers owed to the company, paid them into his own account,
    and spent all except 25 pounds. Later he paid in his own money. At his death the balance was 358
    pounds. The company received 25 pounds.
    """
    found = traced(
        TracingRule.LOWEST_BALANCE,
        ("Company", 455),
        ("own drawings", -430),
        ("Wigham", 333),
        followed="Company",
    )

    assert left(found) == {"Company": 25, "Wigham": 333}


def test_a_trustee_spends_own_money_before_trust_money():
    """Christie & Compton, "How Does the Lowest Intermediate Balance Rule for Tracing Work?",
    Capstone Forensic Group, 25 May 2022.

    Joe has 100,000 dollars of his own money, and adds 200,000 of the trust's money. He buys a car
    for 75,000, which is paid from his own money. Then he buys a boat and a jet, which use 154,500
    of the trust's money. The remaining 45,500 is the trust's money. The first payment with the
    trust's money is on 19 January, for the boat.
    """
    car, boat = date(2022, 1, 10), date(2022, 1, 19)
    found = traced(
        TracingRule.LOWEST_BALANCE,
        ("Joe", 100_000),
        ("Trust", 200_000),
        ("car", -75_000),
        ("boat and jet", -179_500),
        followed="Trust",
        days=(DAY, DAY, car, boat),
    )

    assert left(found) == {"Trust": 45_500}
    assert paid(found) == {
        ("Joe", "car"): 75_000,
        ("Joe", "boat and jet"): 25_000,
        ("Trust", "boat and jet"): 154_500,
    }
    assert found.paid["Trust", "boat and jet"].first == boat


def test_the_rule_in_claytons_case_spends_the_first_deposit_first():
    """A students' summary of tracing between trusts, studysmart.ai, "Actions against trustees".

    Trust W pays in 30,000, and then trust B pays in 20,000. After that 10,000 is lost, and shares
    are bought for 40,000. By the rule in Clayton's Case, only trust W loses money. Each trust owns
    half of the shares.
    """
    found = traced(
        TracingRule.FIFO, ("W", 30_000), ("B", 20_000), ("dissipated", -10_000), ("shares", -40_000)
    )

    assert paid(found) == {
        ("W", "dissipated"): 10_000,
        ("W", "shares"): 20_000,
        ("B", "shares"): 20_000,
    }


def test_two_trusts_share_a_loss_in_proportion_to_their_deposits():
    """An illustration of Barlow Clowes International v Vaughan [1992] 4 All ER 22, in lecture notes
    on mixed funds (coursehero.com, file pi9gatp).

    A fraud takes 1,000 from trust A and 2,000 from trust B. Then 600 of this money is lost. Trust A
    loses 200 and keeps 800. Trust B loses 400 and keeps 1,600. Here all receipts come before the
    payment, so pro rata (a rolling charge) and equal sharing at the end give the same result.
    """
    for rule in (TracingRule.PRO_RATA, TracingRule.EQUAL_SHARING):
        found = traced(rule, ("A", 1_000), ("B", 2_000), ("dissipated", -600))

        assert left(found) == {"A": 800, "B": 1_600}


def test_lifo_pays_out_the_last_deposit_and_fifo_pays_out_the_first_deposit():
    """Citrin Cooperman, "Unravel Financial Mysteries: An Introduction to Cash Tracing".

    Peter deposits 100 dollars, and a day later Lisa deposits 100 dollars. Then 100 dollars are paid
    out. The rule "last in, first out" pays Lisa's money. The rule "first in, first out" pays
    Peter's money.
    """
    moves = (("Peter", 100), ("Lisa", 100), ("withdrawal", -100))

    assert paid(traced(TracingRule.LIFO, *moves)) == {("Lisa", "withdrawal"): 100}
    assert paid(traced(TracingRule.FIFO, *moves)) == {("Peter", "withdrawal"): 100}
