"""The maker's decisions on quotes: their times, their inputs, and their effect on the quotes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest

from des.clock import DAY_US, HOUR_US, SECOND_US, midnight_us
from des.market.holdings import Holdings
from des.market.maker_decision import noted
from des.market.maker_quotes import MakerQuotes
from des.market.market_volume import Traded
from des.policies.monthly_quotes import Decided, MonthlyQuotes, Outlook, SeenMonth
from des.quoting.firms_in_market import FirmsInMarket
from des.quoting.plan import QuotingPolicy
from des.quoting.quotes import Plan
from des.quoting.whole_lots import WholeLots
from des.traded_hours import ALL_HOURS, TradedHours
from ledger.money import dollars

START, APRIL = midnight_us(date(2022, 3, 20)), midnight_us(date(2022, 4, 1))
NOBODY = FirmsInMarket(*(np.zeros(0, dtype=np.int64),) * 5)
MARK_TICKS, LOT_CENTS = 100_000, 1_000_00
# Two levels at 5 and 7 bps from the mid, with a very large position limit.
AS_STATED = QuotingPolicy(2_000_000, 4_000_000, (500, 700), 0, 10**15)
CALM = SimpleNamespace(half_spread_times=lambda now_us: 1.0)
TRADED = Traded(captive_cents=30, others_cents=500, hits_cents=70, forced_cents=9)


class Simulation:
    """A stub of the maker's simulation, which records the considered quotes.

    For each hour it predicts a result of one cent and a volume of two cents.
    """

    def __init__(self) -> None:
        self.months: list[Sequence[tuple[QuotingPolicy, int]]] = []
        self.hours = 0

    def begin_month(self, considered: Sequence[tuple[QuotingPolicy, int]]) -> None:
        self.months.append(considered)
        self.hours = 0

    def imagine(self, hour_us: int, usd_per_s: float, stands_for: int) -> None:
        self.hours += stands_for

    def promised(self) -> list[tuple[int, int]]:
        return [(self.hours, 2 * self.hours) for _ in self.months[-1]]


class Choice:
    """A policy that decides the given quotes one after another.

    It also considers quotes of twice the size.
    """

    def __init__(self, *shown: MonthlyQuotes) -> None:
        self.shown, self.asked = list(shown), []

    def considers(self, quotes: MonthlyQuotes) -> tuple[MonthlyQuotes, ...]:
        return quotes, MonthlyQuotes(quotes.half_spread_bps, 2 * quotes.shown_cents)

    def decide(self, now_us: int, seen: SeenMonth | None) -> Decided:
        self.asked.append((now_us, seen))
        planned = None if seen is None else Outlook(-11, 22)
        return Decided(self.shown[len(self.asked) - 1], planned)


def state(shows: float = 1.0) -> Holdings:
    return Holdings(0, 0, may_quote=True, firms=NOBODY, maker_shows=shows)


def maker(choice: Choice, simulation: Simulation, spread_times: float = 1.0) -> MakerQuotes:
    volume = SimpleNamespace(last_month=TRADED, usd_per_day=lambda: 0.0)
    return MakerQuotes(AS_STATED, spread_times, choice, simulation, CALM, volume, ALL_HOURS)


FIVE, NINE = MonthlyQuotes(5.0, 20_000_00), MonthlyQuotes(9.0, 50_000_00)


def test_the_maker_decides_at_the_start_of_the_run_and_on_the_first_day_of_each_month():
    choice = Choice(FIVE, NINE)
    quotes = maker(choice, Simulation())
    for hour_us in range(START, APRIL + 2 * DAY_US, HOUR_US):
        quotes.look(hour_us, state())

    assert [now_us for now_us, _ in choice.asked] == [START, APRIL]


def test_a_policy_receives_the_volume_and_the_predictions_of_the_previous_month():
    choice = Choice(FIVE, NINE)
    quotes = maker(choice, Simulation())
    for hour_us in range(START, APRIL + HOUR_US, HOUR_US):
        quotes.look(hour_us, state())

    hours = 24 * 12
    promised = (Outlook(hours, 2 * hours),) * 2
    assert choice.asked[0] == (START, None)
    assert choice.asked[1] == (APRIL, SeenMonth(12, 609, 100, 70, FIVE, promised))


@pytest.mark.parametrize("spread_times", [1.0, 2.0])
def test_a_decided_half_spread_moves_all_levels_by_the_same_distance(spread_times):
    """The decision adds 4 bps to the distance of each level from the mid.

    The factor `spread_times` multiplies all distances.
    """
    stated = QuotingPolicy(0, 0, tuple(int(e6 * spread_times) for e6 in (500, 700)), 0, 10**15)
    volume = SimpleNamespace(last_month=TRADED, usd_per_day=lambda: 0.0)
    simulation = Simulation()
    quotes = MakerQuotes(stated, spread_times, Choice(NINE), simulation, CALM, volume, ALL_HOURS)
    quotes.look(START, state())
    plan = quotes.plan(START, MARK_TICKS, LOT_CENTS, state())

    assert plan.offset_ticks == (90 * spread_times, 90 * spread_times + 20 * spread_times)
    assert plan.shown_lots == (50, 50)


def test_a_maker_that_displays_half_the_size_also_simulates_half_the_size():
    simulation = Simulation()
    quotes = maker(Choice(FIVE), simulation)
    quotes.look(START, state(shows=0.5))

    assert quotes.plan(START, MARK_TICKS, LOT_CENTS, state()).shown_lots == (10, 10)
    assert [cents for _, cents in simulation.months[0]] == [10_000_00, 20_000_00]


def test_in_a_sampled_run_the_position_limit_and_the_skew_use_the_lots_of_a_single_hour():
    """The position limit is 40 lots, and each played hour has weight four.

    So the booked lots are four times the lots of a single hour. 120 booked lots count as 30 lots.
    160 booked lots count as 40 lots, which is the limit.
    """
    in_four = TradedHours(4, 0, 0)
    hours_us = range(START, START + 9 * DAY_US, HOUR_US)
    hour_us = next(us for us in hours_us if in_four.has(us) and in_four.weight_of_position(us) == 4)
    limited = replace(AS_STATED, limit_cents=40 * LOT_CENTS, skew_e6=400)
    volume = SimpleNamespace(last_month=TRADED, usd_per_day=lambda: 0.0)
    quotes = MakerQuotes(limited, 1.0, Choice(FIVE), Simulation(), CALM, volume, in_four)
    quotes.look(START, state())

    def plan(after_us: int, lots: int) -> Plan:
        held = replace(state(), maker_lots=lots)
        return quotes.plan(hour_us + after_us, MARK_TICKS, LOT_CENTS, held)

    shown = 4 * 20
    assert plan(0, 4 * 30).shown_lots == (shown, shown)
    assert plan(SECOND_US, 4 * (30 + 9)).shown_lots == (shown, shown)
    assert plan(SECOND_US, 4 * (30 + 10)).shown_lots == (shown, 0)
    assert plan(SECOND_US, 4 * (30 - 70)).shown_lots == (0, shown)
    # The same limit applies at the start of an hour: 160 booked lots count as 40 lots.
    assert plan(0, 4 * 40).shown_lots == (shown, 0)
    assert plan(0, 4 * 30).skew_ticks == round(MARK_TICKS * 400 / 1_000_000 * 30 / 40)


def test_a_decided_size_of_a_quarter_lot_is_displayed_as_one_lot_at_a_quarter_of_settlements():
    """At about three quarters of the settlements the maker displays nothing."""
    quarter = MonthlyQuotes(FIVE.half_spread_bps, LOT_CENTS // 4)
    volume = SimpleNamespace(last_month=TRADED, usd_per_day=lambda: 0.0)
    rounding = WholeLots.of_decisions(1, "X-PERP")
    quotes = MakerQuotes(
        AS_STATED, 1.0, Choice(quarter), Simulation(), CALM, volume, ALL_HOURS, rounding
    )
    quotes.look(START, state())
    plans = [
        quotes.plan(START + n * SECOND_US, MARK_TICKS, LOT_CENTS, state()) for n in range(4_000)
    ]

    assert {plan.shown_lots for plan in plans} == {(0, 0), (1, 1)}
    assert np.mean([plan.shown_lots[0] for plan in plans]) == pytest.approx(0.25, abs=0.03)


def test_the_note_of_a_decision_has_last_months_volumes_and_the_quotes_and_their_predicted_result():
    quotes = maker(Choice(FIVE, NINE), Simulation())
    quotes.look(START, state())
    first = noted("X-PERP", "believed", quotes)
    quotes.look(APRIL, state(shows=0.5))
    second = noted("X-PERP", "believed", quotes)

    assert first.words() == (
        *('"X-PERP"', "5.00", "2", "4.000000", "0", '"believed"', '""', "20000.00 USD"),
        *["0.00 USD"] * 3,
    )
    assert (second.half_spread_bps, second.shown_usd) == (9, 25_000)
    assert (second.seen_days, second.seen_usd) == (12, dollars(609))
    assert (second.own_usd, second.hits_usd) == (dollars(100), dollars(70))
    assert (second.planned_result_usd, second.planned_volume_usd) == (dollars(-11), dollars(22))


@pytest.mark.parametrize(("widens", "offsets"), [(True, (150, 210)), (False, (50, 70))])
def test_levels_widen_with_the_quotes_of_other_makers_only_if_widening_is_on(widens, offsets):
    stressed = SimpleNamespace(half_spread_times=lambda now_us: 3.0)
    volume = SimpleNamespace(last_month=TRADED, usd_per_day=lambda: 0.0)
    policy, choice = replace(AS_STATED, widens=widens), Choice(MonthlyQuotes(5.0, 1_000_00))
    quotes = MakerQuotes(policy, 1.0, choice, Simulation(), stressed, volume, ALL_HOURS)

    quotes.look(START, state())

    assert quotes.plan(START, MARK_TICKS, LOT_CENTS, state()).offset_ticks == offsets
