"""Properties of the tracing rules that hold for random histories of payments."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slow_rules import slow_paid

from ledger.reports.tracing.cash_moves import OVERDRAFT, CashMove, by_day
from ledger.reports.tracing.follow import follow
from ledger.reports.tracing.rules import TracingRule
from ledger.reports.tracing.traced import Traced

START = date(2022, 5, 9)
ONE, TWO = "first account", "second account"
ACCOUNTS = (ONE, TWO)
SOURCES = ("A", "B", "C")
FOLLOWED = frozenset("A")
RULES = pytest.mark.parametrize("rule", TracingRule)
ROLLING = tuple(rule for rule in TracingRule if rule is not TracingRule.EQUAL_SHARING)


@st.composite
def histories(draw: st.DrawFn, accounts: tuple[str, ...] = ACCOUNTS) -> list[CashMove]:
    """Draw receipts, transfers and payments. Payments may go to sources or overdraw accounts."""
    account, source = st.sampled_from(accounts), st.sampled_from(SOURCES)
    use = st.sampled_from((*SOURCES, "rent", "shares"))
    way = st.one_of(
        st.tuples(source, account),
        st.tuples(account, use),
        st.tuples(account, account).filter(lambda pair: pair[0] != pair[1])
        if len(accounts) > 1
        else st.nothing(),
    )
    steps = draw(st.lists(st.tuples(st.integers(0, 2), way, st.integers(1, 999)), max_size=40))
    day, moves = START, []
    for later, (giver, taker), cents in steps:
        day += timedelta(days=later)
        moves.append(CashMove(day, giver, taker, cents))
    return moves


def without_overdraft(moves: list[CashMove]) -> list[CashMove]:
    """Return the moves without the payments and transfers that would overdraw an account."""
    balance, kept = Counter(), []
    for move in moves:
        if move.giver not in ACCOUNTS or balance[move.giver] >= move.cents:
            balance[move.giver] -= move.cents
            balance[move.taker] += move.cents
            kept.append(move)
    return kept


def sums(traced: Traced) -> Counter[tuple[str, str]]:
    paid = Counter({way: paid.cents for way, paid in traced.paid.items()})
    return paid + Counter(traced.left_cents)


@RULES
@given(moves=histories())
def test_each_rule_agrees_with_its_slow_and_simple_form(rule: TracingRule, moves: list[CashMove]):
    assert sums(follow(moves, ACCOUNTS, rule, FOLLOWED)) == slow_paid(
        moves, ACCOUNTS, rule, FOLLOWED
    )


@RULES
@given(moves=histories())
def test_no_rule_creates_or_loses_money_if_no_account_is_overdrawn(
    rule: TracingRule, moves: list[CashMove]
):
    moves = without_overdraft(moves)
    found = sums(follow(moves, ACCOUNTS, rule, FOLLOWED))
    came = Counter()
    went = Counter()
    for _, giver, taker, cents in moves:
        came[giver] += cents * (giver not in ACCOUNTS)
        went[taker] += cents
        went[giver] -= cents * (giver in ACCOUNTS)
    by_source, by_use = Counter(), Counter()
    for (source, use), cents in found.items():
        by_source[source] += cents
        by_use[use] += cents

    assert by_source == +came
    assert by_use == +went


@RULES
@given(moves=histories())
def test_overdrafts_less_their_repayments_equal_the_overdrawn_balances_at_the_end(
    rule: TracingRule, moves: list[CashMove]
):
    found = sums(follow(moves, ACCOUNTS, rule, FOLLOWED))
    balance = Counter()
    for _, giver, taker, cents in moves:
        balance[giver] -= cents
        balance[taker] += cents
    end = -sum(min(balance[account], 0) for account in ACCOUNTS)
    lent = sum(cents for (source, _), cents in found.items() if source == OVERDRAFT)
    paid_off = sum(cents for (_, use), cents in found.items() if use == OVERDRAFT)

    assert lent - paid_off == end


@given(moves=histories())
def test_under_pro_rata_the_results_of_two_sources_are_swapped_if_their_names_are_swapped(
    moves: list[CashMove],
):
    other = {"B": "C", "C": "B"}
    renamed = [
        move._replace(
            giver=other.get(move.giver, move.giver), taker=other.get(move.taker, move.taker)
        )
        for move in moves
    ]
    found, swapped = (
        sums(follow(each, ACCOUNTS, TracingRule.PRO_RATA, FOLLOWED)) for each in (moves, renamed)
    )

    assert swapped == {
        (other.get(source, source), other.get(use, use)): cents
        for (source, use), cents in found.items()
    }


@given(moves=histories((ONE,)))
def test_under_lowest_balance_the_remaining_traced_money_is_at_most_the_lowest_later_balance(
    moves: list[CashMove],
):
    moves = without_overdraft(moves)
    left = balance = 0
    for count, (_, giver, taker, cents) in enumerate(moves, start=1):
        balance += cents if taker == ONE else -cents
        left += cents if giver in FOLLOWED else 0
        left -= min(left, cents) if taker in FOLLOWED else 0
        left = min(left, balance)
        found = follow(moves[:count], (ONE,), TracingRule.LOWEST_BALANCE, FOLLOWED)

        assert found.left_of("A") == left


@given(moves=histories((ONE,)))
def test_no_rolling_rule_leaves_more_traced_money_than_the_lowest_balance_rule(
    moves: list[CashMove],
):
    """A rolling rule is any rule except equal sharing. No payment here goes back to source A."""
    moves = without_overdraft([move for move in moves if move.taker not in FOLLOWED])
    left = {rule: follow(moves, (ONE,), rule, FOLLOWED).left_of("A") for rule in ROLLING}

    assert left[TracingRule.LOWEST_BALANCE] == max(left.values())


@given(moves=histories((ONE,)))
def test_the_lowest_balance_rule_takes_from_the_followed_source_only_if_other_sources_are_used_up(
    moves: list[CashMove],
):
    """The followed source is A. The test expects that A only pays what B and C cannot cover."""
    moves = without_overdraft([move for move in moves if move.taker not in FOLLOWED])
    unpaid, balance = Counter(), 0
    for _, giver, taker, cents in moves:
        if giver in FOLLOWED:
            continue
        if taker == ONE:
            balance += cents
        else:
            unpaid[taker] += max(cents - balance, 0)
            balance -= min(cents, balance)
    found = follow(moves, (ONE,), TracingRule.LOWEST_BALANCE, FOLLOWED)

    assert {use: paid.cents for (who, use), paid in found.paid.items() if who == "A"} == +unpaid


@pytest.mark.parametrize("rule", ROLLING)
@given(moves=histories())
def test_the_remaining_money_of_a_source_is_the_sum_of_the_daily_changes_in_its_money(
    rule: TracingRule, moves: list[CashMove]
):
    traced = follow(moves, ACCOUNTS, rule, FOLLOWED)

    for source in (*SOURCES, OVERDRAFT):
        assert sum(traced.change_cents.get(source, {}).values()) == traced.left_of(source)


@RULES
@given(moves=histories())
def test_the_first_and_the_last_day_of_a_use_are_days_with_a_payment_for_this_use(
    rule: TracingRule, moves: list[CashMove]
):
    traced = follow(moves, ACCOUNTS, rule, FOLLOWED)
    of_use: dict[str, list[date]] = {}
    for move in moves:
        of_use.setdefault(move.taker, []).append(move.day)

    for (_, use), paid in traced.paid.items():
        if use != OVERDRAFT:
            assert paid.first in of_use[use]
            assert paid.last in of_use[use]
            assert paid.first <= paid.last


@given(moves=histories())
def test_each_day_has_sums_of_receipts_then_net_transfers_and_then_sums_of_payments(
    moves: list[CashMove],
):
    daily = list(by_day(moves, ACCOUNTS))
    turns = [
        (move.day, 0 if move.giver not in ACCOUNTS else 1 if move.taker in ACCOUNTS else 2)
        for move in daily
    ]

    def balances(those: list[CashMove]) -> dict[tuple[date, str], int]:
        moved: Counter[tuple[date, str]] = Counter()
        for day, giver, taker, cents in those:
            moved[day, giver] -= cents
            moved[day, taker] += cents
        return {key: cents for key, cents in moved.items() if key[1] in ACCOUNTS and cents}

    assert turns == sorted(turns)
    assert balances(daily) == balances(moves)
    assert len({move[:3] for move in daily}) == len(daily)
    # Transfers in both directions on a day are netted, so only one direction is left.
    ways = {move[:3] for move in daily if {move.giver, move.taker} == set(ACCOUNTS)}
    assert not any((day, taker, giver) in ways for day, giver, taker in ways)


def test_under_pro_rata_a_transfer_has_the_same_mix_of_sources_as_the_account_that_pays_it():
    moves = [
        CashMove(START, "A", ONE, 60),
        CashMove(START, "B", ONE, 40),
        CashMove(START, ONE, TWO, 50),
        CashMove(START, "C", TWO, 50),
        CashMove(START, TWO, "rent", 20),
    ]
    found = sums(follow(moves, ACCOUNTS, TracingRule.PRO_RATA, FOLLOWED))

    assert found == {
        ("A", "rent"): 6,
        ("B", "rent"): 4,
        ("C", "rent"): 10,
        ("A", ONE): 30,
        ("B", ONE): 20,
        ("A", TWO): 24,
        ("B", TWO): 16,
        ("C", TWO): 40,
    }
