"""Firms enter, move capital to the venue with better results, and leave the house after losses.

A firm closes if it has too little money.
"""

import math
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kept_books import Books, opened

from des.clock import DAY_US, midnight_us
from des.custody.custody import HALTED, QUEUED, Custody
from des.custody.till import Till
from des.firms.capital import CLOSED, LEFT, TRADING, WAITING, CapitalDesk
from des.firms.firm_money import FirmMoney
from des.firms.returns import Returns
from des.scenario import CapitalRules, Firm
from des.treasury.credit_line import CreditLine
from des.treasury.margin import MarginDesk
from des.treasury.purse import Purse
from des.venue.venue import Venue
from ledger.accounts import cash, claim, owed
from ledger.chart import Chart
from ledger.money import Contract, to_cents
from ledger.notes import UnpaidRequest
from ledger.parties import Parties

FIRST_NIGHT_US = midnight_us(date(2021, 5, 2)) - 1
HOUSE, LEAD = "FTX", "Binance"
CONTRACTS = {venue: (Contract("BTC-PERP", venue, "0.01", "1"),) for venue in (HOUSE, LEAD)}
MARKS = np.array([30_000])  # a lot is worth 300 USD
RATIOS = (0.05, 0.2)
LOT_MARGIN = 6_000  # the margin that a position of one lot needs on a venue, in cents
CAPITAL_USD = 1_000.0
CAPITAL, ON_LEAD = 100_000, 30_000  # cents


def firm(name: str, **changes) -> Firm:
    usual = {"reaction_ms": 5.0, "hurdle_bps": 1.0, "capital_usd": CAPITAL_USD}
    return Firm(name=name, **(usual | {"lead_share": 0.3} | changes))


def rules(**changes) -> CapitalRules:
    """Return rules with the given changes. Without changes, firms move no capital."""
    still = {
        "half_life_days": 14.0,
        "withdrawn_share": 0.0,
        "shift_per_bp": 0.0,
        "shift_max": 0.0,
        "entry_per_day": 0.0,
        "entry_per_bp": 0.0,
        "closes_below": 0.0,
        "patience_days": 1_000,
    }
    return CapitalRules(**(still | changes))


class Town:
    """Two venues, some firms, and for each venue another customer who has much money there."""

    def __init__(
        self,
        rules: CapitalRules | None,
        *firms: Firm,
        seed: int = 1,
        over_the_till: bool = False,
    ) -> None:
        names = tuple(each.name for each in firms)
        self.parties = Parties(HOUSE, "Alameda", LEAD, "Retail", "OtherMakers", names)
        self.names, self.firms = self.parties.names, firms
        chart = Chart(self.parties, CONTRACTS[HOUSE] + CONTRACTS[LEAD])
        self.books = Books(opened(chart))
        self.house, self.lead = (
            Venue(i, CONTRACTS[venue], len(self.names), 0, self.books)
            for i, venue in enumerate((HOUSE, LEAD))
        )
        venues = {HOUSE: self.house, LEAD: self.lead}
        self.custody = Custody(
            self.parties, venues, np.zeros(len(self.names), dtype=np.int64), self.books
        )
        for each in firms:
            own = to_cents(each.capital_usd)
            on_lead = to_cents(each.capital_usd * each.lead_share)
            if each.waiting:
                self.give(each.name, cash=own)
            else:
                self.give(each.name, house=own - on_lead, lead=on_lead)
        self.give("Retail", house=10**9)
        self.give("Outside", lead=10**9)
        floors = {
            self.code(each.name): to_cents(each.capital_usd * each.lead_share) for each in firms
        }
        maker = self.code("Alameda")
        no_credit = CreditLine(self.house, ("Alameda", HOUSE), maker, lambda _: 0, 100, self.books)
        self.margin = MarginDesk(
            self.parties,
            self.house,
            self.lead,
            self.custody,
            Purse(self.parties, self.house, self.custody, no_credit),
            {self.code("Alameda"): 0} | floors,
            RATIOS,
            self.books,
        )
        self.till = Till(self.custody, HOUSE, self.names, lambda _: 0, self.books)
        self.desk = CapitalDesk(
            rules,
            seed,
            firms,
            self.parties,
            FirmMoney(
                self.parties,
                self.house,
                self.lead,
                self.custody,
                self.margin,
                self.till if over_the_till else None,
            ),
            self.books,
        )
        self.night_us = FIRST_NIGHT_US
        self.results = np.zeros((2, len(self.names)), dtype=np.int64)  # row 0: house, row 1: lead

    def code(self, name: str) -> int:
        return self.names.index(name)

    def give(self, name: str, cash: int = 0, house: int = 0, lead: int = 0) -> None:
        """Give a party cash and claims on venues. Each venue gets cash equal to its new debt."""
        till = self.custody.cash
        till[[self.code(name), self.code(HOUSE), self.code(LEAD)]] += (cash, house, lead)
        self.house.claims[self.code(name)] += house
        self.lead.claims[self.code(name)] += lead

    def hold(self, name: str, lots: int) -> None:
        """Add lots to a firm's position on the house venue, and hedge them on the lead venue."""
        for venue, other, signed in (
            (self.house, "Retail", lots),
            (self.lead, "Outside", -lots),
        ):
            venue.lots[0, [self.code(name), self.code(other)]] += (signed, -signed)

    def day(
        self,
        house: dict[str, int] | None = None,
        lead: dict[str, int] | None = None,
        margin: bool = False,
    ) -> None:
        """Add the firms' results of a day, in cents, to their claims. Then let firms decide.

        If *margin* is True, the margin desk also transfers margin between the venues.
        """
        won = (house or {}, lead or {})
        for row, other in enumerate(("Retail", "Outside")):
            for name, cents in won[row].items():
                paid = np.array((cents, -cents))
                self.results[row, [self.code(name), self.code(other)]] += paid
                (self.house, self.lead)[row].claims[[self.code(name), self.code(other)]] += paid
        of_firms = [np.array([of.get(each.name, 0) for each in self.firms]) for of in won]
        if margin:
            self.margin.after_settlement(self.night_us, MARKS)
        self.desk.daily(self.night_us, Returns(*of_firms), MARKS)
        if margin:
            self.margin.daily(self.night_us, MARKS)
        self.night_us += DAY_US

    def status(self, name: str) -> str:
        return self.desk.status[[each.name for each in self.firms].index(name)]

    def has(self, name: str) -> tuple[int, int, int]:
        """Return a party's own cash, its claim on the house, and its claim on the lead venue."""
        of = (self.custody.cash, self.house.claims, self.lead.claims)
        return tuple(int(amounts[self.code(name)]) for amounts in of)


# ---- profits


def test_firms_move_no_capital_if_the_scenario_has_no_rules_for_capital():
    town = Town(None, firm("Firm01"), firm("Firm02", waiting=True))
    for won in (90_000, -140_000, 0):
        town.day(house={"Firm01": won}, lead={"Firm01": -won // 10})

    assert not town.books.transactions
    assert town.desk.status == [TRADING, WAITING]


def test_the_first_status_of_each_firm_is_recorded_as_an_event():
    town = Town(None, firm("Firm01"), firm("Firm02", waiting=True))
    town.desk.note(7)

    assert town.books.events == [(7, "Firm01:status", TRADING), (7, "Firm02:status", WAITING)]


@given(
    days=st.lists(st.tuples(st.integers(-2_000, 90_000), st.integers(-1_000, 90_000)), max_size=12),
    share=st.sampled_from([0.0, 0.25, 1.0]),
)
def test_profits_stay_on_their_venue_except_the_part_that_owners_withdraw_from_the_house(
    days, share
):
    """The margin desk also runs every day, but does not move profits between the venues."""
    town = Town(rules(withdrawn_share=share), firm("Firm01"))
    for house, lead in days:
        town.day(house={"Firm01": house}, lead={"Firm01": lead}, margin=True)

    taken = sum(int(share * max(house, 0)) for house, _ in days)
    assert town.has("Firm01") == (
        taken,
        CAPITAL - ON_LEAD + sum(house for house, _ in days) - taken,
        ON_LEAD + sum(lead for _, lead in days),
    )


def test_owners_do_not_withdraw_money_that_is_needed_as_margin():
    town = Town(rules(withdrawn_share=1.0), firm("Firm01"))
    town.hold("Firm01", 12)  # the position needs 72,000 of the 75,000 cents on the house venue
    town.day(house={"Firm01": 5_000})

    assert town.has("Firm01") == (3_000, 72_000, ON_LEAD)


def test_owners_withdraw_nothing_after_a_loss_on_the_house_despite_a_profit_on_the_lead_venue():
    town = Town(rules(withdrawn_share=1.0), firm("Firm01"))
    town.day(house={"Firm01": -5_000}, lead={"Firm01": 8_000})

    assert not town.books.transactions


# ---- moves of capital to the better venue


def shifting(**changes) -> CapitalRules:
    return rules(shift_per_bp=0.001, shift_max=0.05, patience_days=1, **changes)


@pytest.mark.parametrize(
    ("house", "lead", "to_house"),
    [
        # Amounts are in cents, and the capital is 100,000. So a basis point of the capital is 10.
        # For each basis point by which one venue's result is better, 0.1 % of the capital moves.
        (100, 0, 1_000),
        (0, 100, -1_000),
        (250, 150, 1_000),
        (100, -100, 2_000),
        (1_000, 0, 5_050),  # the maximum is a twentieth of the capital of 101,000
        (0, 0, 0),
        (70, 70, 0),
    ],
)
def test_capital_moves_at_the_stated_rate_to_the_venue_with_the_better_return(
    house, lead, to_house
):
    town = Town(shifting(half_life_days=1.0), firm("Firm01"))
    town.day(house={"Firm01": house}, lead={"Firm01": lead})

    _, on_house, on_lead = town.has("Firm01")
    assert on_house == pytest.approx(CAPITAL - ON_LEAD + house + to_house, abs=1)
    assert on_house + on_lead == CAPITAL + house + lead


money = st.integers(-20_000, 20_000)


@given(
    house=st.integers(0, 20_000),
    lead=money,
    lots=st.integers(-12, 12),
    per_bp=st.floats(0, 1),
    most=st.floats(0, 1),
)
def test_capital_moves_only_to_the_better_venue_and_only_up_to_the_maximum_and_the_spare_money(
    house, lead, lots, per_bp, most
):
    town = Town(rules(shift_per_bp=per_bp, shift_max=most, patience_days=1), firm("Firm01"))
    town.hold("Firm01", lots)
    before = (CAPITAL - ON_LEAD + house, ON_LEAD + lead)
    town.day(house={"Firm01": house}, lead={"Firm01": lead})

    own, *after = town.has("Firm01")
    moved = after[0] - before[0]
    assert own == 0
    assert sum(after) == sum(before)
    assert abs(moved) <= most * sum(before)
    assert moved * (house - lead) >= 0
    needed = abs(lots) * LOT_MARGIN
    assert town.margin.floor_cents(town.code("Firm01")) == after[1]
    assert moved <= 0 or after[1] >= needed
    assert moved >= 0 or after[0] >= needed


def test_margin_transfers_do_not_reverse_a_move_of_capital():
    """A move of capital changes the minimum balance on the lead venue by the moved amount."""
    for house, lead in ((0, 2_000), (2_000, 0)):
        town = Town(rules(shift_per_bp=1, shift_max=0.2, patience_days=1), firm("Firm01"))
        town.day(house={"Firm01": house}, lead={"Firm01": lead})
        shifted = town.has("Firm01")
        assert abs(shifted[1] - (CAPITAL - ON_LEAD + house)) == 20_400
        town.margin.after_settlement(town.night_us, MARKS)
        town.margin.daily(town.night_us, MARKS)

        assert town.has("Firm01") == shifted


def test_a_move_of_capital_is_a_withdrawal_and_a_deposit_with_the_same_link():
    town = Town(shifting(), firm("Firm01"))
    town.day(house={"Firm01": 100})

    out, back = town.books.transactions
    assert (out.tag, back.tag) == ("withdrawal", "deposit")
    assert out.links == back.links == ("capital-2021-05-01-Firm01",)
    assert out.narration.endswith("from Binance, where it recently earned less than on FTX")


def test_no_capital_moves_before_the_end_of_the_patience_period():
    town = Town(rules(shift_per_bp=1, shift_max=1, patience_days=3, closes_below=0), firm("Firm01"))
    for _ in range(2):
        town.day(house={"Firm01": -500}, lead={"Firm01": -900})
    assert (town.books.transactions, town.desk.status) == ([], [TRADING])

    town.day(house={"Firm01": 5_000}, lead={"Firm01": -900})
    assert town.books.transactions


def test_a_move_of_capital_is_limited_to_the_cash_of_the_venue_that_pays_it_out():
    town = Town(shifting(), firm("Firm01"))
    town.custody.cash[town.code(HOUSE)] = 300
    town.give("Firm01", cash=5_000)  # the firm's cash outside the venues is not used
    town.day(lead={"Firm01": 1_000})

    assert town.has("Firm01") == (5_000, CAPITAL - ON_LEAD - 300, ON_LEAD + 1_000 + 300)
    assert town.custody.till(HOUSE) == 0


def test_price_gains_and_price_losses_move_no_capital():
    """A firm's result excludes price gains and losses, because the firm's hedge offsets them."""
    town = Town(shifting(closes_below=0.9), firm("Firm01"))
    for cents in (40_000, -60_000, 30_000):
        town.give("Firm01", house=cents, lead=-cents // 2)
        town.give("Firm01", lead=-cents + cents // 2)
        town.day()

    assert not town.books.transactions
    assert town.desk.status == [TRADING]


@pytest.mark.parametrize("half_life", [1, 5, 30])
def test_the_trailing_result_has_the_stated_half_life(half_life):
    """Many days with equal losses are followed by days with gains of the same size.

    Let h be the half-life in days, and w = 2^(-1 / h). After n days of gains the trailing result is
    the gain of a day times (1 - 2 * w^n). This result is zero at n = h, after one half-life.
    """
    town = Town(
        rules(half_life_days=half_life, shift_per_bp=1, shift_max=0.000_1, patience_days=1),
        firm("Firm01"),
    )
    for _ in range(12 * half_life):  # After 12 half-lives the first day has almost no weight.
        town.day(lead={"Firm01": -50})
    losing = len(town.books.tagged("deposit"))
    for _ in range(half_life + 2):
        town.day(lead={"Firm01": 50})

    to_lead = ["at Binance" in one.narration for one in town.books.tagged("deposit")]
    assert not any(to_lead[:losing])
    assert to_lead[losing:].index(True) in (half_life - 1, half_life)


# ---- leaving


def test_after_lasting_losses_on_the_house_a_firm_leaves_and_withdraws_all_except_its_margin():
    town = Town(rules(patience_days=3), firm("Firm01"))
    town.hold("Firm01", 2)
    for _ in range(2):
        town.day(house={"Firm01": -100}, lead={"Firm01": 50})
        assert town.status("Firm01") == TRADING
    town.day(house={"Firm01": -100}, lead={"Firm01": 50})

    assert town.status("Firm01") == LEFT
    assert town.has("Firm01") == (CAPITAL - ON_LEAD - 300 - 12_000, 12_000, ON_LEAD + 150)
    assert town.books.events == [(FIRST_NIGHT_US + 2 * DAY_US, "Firm01:status", LEFT)]
    assert town.desk.takes.tolist() == [False]
    assert town.desk.quotes.tolist() == [True]


def test_a_firm_leaves_the_house_after_losses_there_but_not_after_losses_on_the_lead_venue():
    town = Town(rules(patience_days=2), firm("Firm01"), firm("Firm02"))
    for _ in range(4):
        town.day(
            house={"Firm01": -1, "Firm02": 1},
            lead={"Firm01": 900, "Firm02": -900},
        )

    assert town.desk.status == [LEFT, TRADING]


def test_a_firm_that_has_left_withdraws_more_money_when_its_position_needs_less_margin():
    town = Town(rules(patience_days=1), firm("Firm01"))
    town.hold("Firm01", 2)
    town.day(house={"Firm01": -100})
    town.hold("Firm01", -1)
    town.day()

    assert town.has("Firm01") == (CAPITAL - ON_LEAD - 100 - 6_000, 6_000, ON_LEAD)


def test_a_leaving_firm_keeps_the_unpaid_part_of_its_claim_until_the_house_has_cash():
    town = Town(rules(patience_days=1), firm("Firm01"))
    town.custody.cash[town.code(HOUSE)] = 40_000
    town.day(house={"Firm01": -100})

    assert town.status("Firm01") == LEFT
    assert town.has("Firm01") == (40_000, CAPITAL - ON_LEAD - 100 - 40_000, ON_LEAD)

    town.give("Retail", house=10_000)
    town.day()
    assert town.has("Firm01") == (50_000, CAPITAL - ON_LEAD - 100 - 50_000, ON_LEAD)


def test_a_leaving_firm_makes_only_one_request_to_withdraw_its_whole_claim():
    town = Town(rules(patience_days=1), firm("Firm01"), over_the_till=True)
    town.custody.cash[town.code(HOUSE)] = 40_000
    for _ in range(3):
        town.day(house={"Firm01": -100} if town.desk.takes[0] else {})

    asked = CAPITAL - ON_LEAD - 100
    assert town.status("Firm01") == LEFT
    assert town.has("Firm01") == (0, asked, ON_LEAD)
    assert town.books.notes == [
        UnpaidRequest(owed(HOUSE, "Firm01"), Decimal(asked).scaleb(-2), "Firm01")
    ]

    town.give("Retail", house=asked)
    town.till.serve(town.night_us)
    assert town.has("Firm01") == (asked, 0, ON_LEAD)


def test_firms_move_no_capital_away_from_the_house_during_a_queue_or_after_a_halt():
    town = Town(shifting(), firm("Firm01"))
    for status in (QUEUED, HALTED):
        town.custody.status[HOUSE] = status
        town.day(lead={"Firm01": 1_000})
        assert town.has("Firm01")[1] == CAPITAL - ON_LEAD
    town.day(house={"Firm01": -CAPITAL // 2})

    assert town.status("Firm01") == TRADING
    assert not town.books.transactions


@pytest.mark.parametrize("lead_share", [0.0, 0.3, 1.0])
def test_a_firm_that_left_and_withdrew_its_capital_is_not_closed(lead_share):
    each = firm("Firm01", lead_share=lead_share)
    town = Town(rules(patience_days=1, closes_below=0.9), each)
    for _ in range(5):
        town.day(house={"Firm01": -100 if town.desk.takes[0] else 0})

    assert town.status("Firm01") == LEFT


# ---- closing


def test_a_firm_closes_if_its_capital_falls_below_a_stated_part_of_its_opening_capital():
    town = Town(rules(closes_below=0.4), firm("Firm01"))
    town.day(house={"Firm01": -60_000})
    assert town.status("Firm01") == TRADING

    town.day(lead={"Firm01": -1})
    assert town.status("Firm01") == CLOSED
    assert town.has("Firm01") == (CAPITAL - 60_001, 0, 0)
    assert not town.desk.takes.any()
    assert not town.desk.quotes.any()


def test_a_closed_firm_keeps_margin_for_its_positions_on_both_venues():
    town = Town(rules(closes_below=1.0), firm("Firm01"))
    town.hold("Firm01", 1)
    town.day(house={"Firm01": -1})
    town.margin.daily(town.night_us, MARKS)

    assert town.has("Firm01") == (CAPITAL - 1 - 2 * LOT_MARGIN, LOT_MARGIN, LOT_MARGIN)

    town.give("Firm01", lead=-LOT_MARGIN)
    town.margin.after_settlement(town.night_us, MARKS)
    # The margin desk does not restore the larger balance that the firm had before it closed.
    assert town.has("Firm01")[2] == LOT_MARGIN


def test_a_firm_that_loses_all_its_money_closes_even_if_the_threshold_for_closing_is_zero():
    town = Town(rules(patience_days=1), firm("Firm01"))
    town.day(house={"Firm01": -70_000}, lead={"Firm01": -30_000})

    assert (town.desk.status, town.has("Firm01")) == ([CLOSED], (0, 0, 0))


def test_a_firm_that_loses_all_its_capital_closes_even_if_its_owners_hold_withdrawn_profits():
    town = Town(rules(withdrawn_share=1.0), firm("Firm01"))
    town.day(house={"Firm01": 50_000})
    town.day(house={"Firm01": -70_000}, lead={"Firm01": -30_000})

    assert (town.desk.status, town.has("Firm01")) == ([CLOSED], (50_000, 0, 0))


def test_a_firm_that_left_the_house_closes_after_losses_on_the_lead_venue():
    town = Town(rules(patience_days=1, closes_below=0.8), firm("Firm01"))
    town.day(house={"Firm01": -100})
    town.day(lead={"Firm01": -25_000})

    assert town.status("Firm01") == CLOSED
    assert town.has("Firm01") == (CAPITAL - 25_100, 0, 0)


# ---- entry


def waiters(n: int) -> tuple[Firm, ...]:
    return tuple(firm(f"Firm{i:03}", waiting=True) for i in range(n))


@pytest.mark.parametrize(
    ("won_bps", "per_day", "per_bp", "chance"),
    [
        (0, 0.02, 0.0, 0.02),
        (0, 0.02, 0.01, 0.02),
        (5, 0.02, 0.01, 0.07),
        (-5, 0.02, 0.01, 0.02),  # losses do not lower the probability below `entry_per_day`
        (5, 0.0, 0.01, 0.05),
        (20, 0.5, 0.1, 1.0),
        (20, 0.0, 0.0, 0.0),
    ],
)
def test_the_daily_probability_that_a_firm_enters_rises_with_the_profits_of_trading_firms(
    won_bps, per_day, per_bp, chance
):
    """The share of waiting firms that enter may be at most three standard errors away from p.

    Here p is the probability that a waiting firm enters on a day. The standard error is
    sqrt(p * (1 - p) / n), and n is the number of waiting firms, summed over all days.
    """
    town = Town(rules(entry_per_day=per_day, entry_per_bp=per_bp), firm("Seen"), *waiters(300))
    waited = entered = 0
    for _ in range(8):
        waiting = town.desk.status.count(WAITING)
        # The desk gets the results, but claims do not change, so that capital stays constant.
        won = [round(won_bps * CAPITAL / 10_000) * taking for taking in town.desk.takes.tolist()]
        results = Returns(np.array(won), np.zeros(len(won), dtype=np.int64))
        town.desk.daily(town.night_us, results, MARKS)
        town.night_us += DAY_US
        waited += waiting
        entered += waiting - town.desk.status.count(WAITING)

    assert abs(entered / waited - chance) <= 3 * math.sqrt(chance * (1 - chance) / waited)


@pytest.mark.parametrize(
    ("lead", "entered"), [(0, {20}), (-100, set(range(1, 20))), (-200, {0})], ids=["10", "5", "0"]
)
def test_the_probability_of_entry_depends_on_the_results_of_trading_firms_on_both_venues(
    lead, entered
):
    """The two trading firms have results of 30 and -10 basis points on the house venue.

    A firm's result is the sum over both venues. Each basis point of the two firms' mean result adds
    0.1 to the probability that a waiting firm enters.
    """
    town = Town(rules(entry_per_bp=0.1), firm("A"), firm("B"), *waiters(20))
    nothing = [0] * 20
    results = Returns(np.array([300, -100, *nothing]), np.array([lead, 0, *nothing]))
    town.desk.daily(town.night_us, results, MARKS)

    assert town.desk.status.count(TRADING) - 2 in entered


def test_no_firm_enters_if_no_firm_trades_and_only_profits_attract_firms():
    town = Town(rules(entry_per_bp=1.0), *waiters(20))
    town.day()

    assert set(town.desk.status) == {WAITING}


def test_an_entering_firm_deposits_capital_on_both_venues_and_begins_to_trade():
    town = Town(rules(entry_per_day=1.0), firm("Firm01", waiting=True))
    assert town.has("Firm01") == (CAPITAL, 0, 0)
    assert not town.desk.takes.any()
    assert not town.desk.quotes.any()
    town.day(margin=True)

    assert town.has("Firm01") == (0, CAPITAL - ON_LEAD, ON_LEAD)
    assert town.desk.takes.all()
    assert [one.tag for one in town.books.transactions] == ["deposit", "deposit"]


def test_the_patience_period_of_an_entering_firm_starts_on_the_day_of_entry():
    town = Town(rules(entry_per_day=1.0, patience_days=3), firm("Firm01", waiting=True))
    town.day()
    for _ in range(2):
        town.day(house={"Firm01": -10})
    assert town.status("Firm01") == TRADING

    town.day(house={"Firm01": -10})
    assert town.status("Firm01") == LEFT


def test_the_seed_decides_which_firms_enter():
    def entered(seed):
        town = Town(rules(entry_per_day=0.5), *waiters(40), seed=seed)
        town.day()
        return town.desk.status

    assert entered(1) == entered(1)
    assert entered(1) != entered(2)


# ---- histories

CROWD = tuple(firm(f"Firm{i:02}", waiting=i > 3, lead_share=i % 4 / 4) for i in range(6))
any_rules = st.builds(
    CapitalRules,
    half_life_days=st.sampled_from([1.0, 3.0]),
    withdrawn_share=st.sampled_from([0.0, 0.3, 1.0]),
    shift_per_bp=st.sampled_from([0.0, 0.01, 1.0]),
    shift_max=st.sampled_from([0.0, 0.1, 1.0]),
    entry_per_day=st.sampled_from([0.0, 0.3, 1.0]),
    entry_per_bp=st.sampled_from([0.0, 0.01, 1.0]),
    closes_below=st.sampled_from([0.0, 0.3, 1.0]),
    patience_days=st.integers(1, 4),
)
results = st.lists(money | st.integers(-90_000, 90_000), min_size=6, max_size=6)


@dataclass(frozen=True)
class Day:
    """One day: each firm's results on both venues, and the change of its position in lots.

    If the house has more cash than *till_cents*, a customer withdraws the excess. None: no customer
    withdraws.
    """

    house: list[int]
    lead: list[int]
    lots: list[int]
    till_cents: int | None


days = st.builds(
    Day,
    results,
    results,
    st.lists(st.integers(-3, 3), min_size=6, max_size=6),
    st.none() | st.integers(0, 50_000),
)
NEXT = {WAITING: {TRADING}, TRADING: {LEFT, CLOSED}, LEFT: {CLOSED}, CLOSED: set()}


def live(town: Town, day: Day) -> None:
    """Play one day.

    Only trading firms have results on the house or change their positions. On the lead venue, firms
    that left the house have results too.
    """
    takes, quotes = town.desk.takes, town.desk.quotes
    for each, lots in zip(town.firms, (np.array(day.lots) * takes).tolist(), strict=True):
        town.hold(each.name, lots)
    if day.till_cents is not None:
        spare = town.custody.till(HOUSE) - day.till_cents
        town.custody.withdraw(town.night_us, town.code("Retail"), HOUSE, spare)
    names = [each.name for each in town.firms]
    town.day(
        dict(zip(names, (np.array(day.house) * takes).tolist(), strict=True)),
        dict(zip(names, (np.array(day.lead) * quotes).tolist(), strict=True)),
        margin=True,
    )


@settings(max_examples=60)
@given(rules=any_rules, history=st.lists(days, max_size=12), seed=st.integers(0, 9))
def test_in_any_history_cash_is_conserved_and_a_closed_firm_stays_closed(rules, history, seed):
    town = Town(rules, *CROWD, seed=seed)
    total = town.custody.cash.sum()
    for day in history:
        before = list(town.desk.status)
        live(town, day)

        assert town.custody.cash.sum() == total
        assert (town.custody.cash >= 0).all()
        assert (town.house.claims >= 0).all()
        assert (town.lead.claims >= 0).all()
        for old, new in zip(before, town.desk.status, strict=True):
            assert new == old or new in NEXT[old]
        for each, status in zip(town.firms, town.desk.status, strict=True):
            if status == WAITING:
                assert town.has(each.name) == (CAPITAL, 0, 0)


@settings(max_examples=40)
@given(rules=any_rules, history=st.lists(days, max_size=12))
def test_the_books_record_all_changes_of_cash_and_claims_except_trading_results(rules, history):
    """The books of the firm and of the venue have a transaction for each of these changes."""
    town = Town(rules, *CROWD)
    before = [town.has(name) for name in town.names]
    for day in history:
        live(town, day)

    books = town.books.balances
    for i, name in enumerate(town.names):
        own, house, lead = (now - then for now, then in zip(town.has(name), before[i], strict=True))
        assert own == books[cash(name)]
        assert house - town.results[0, i] == books[claim(name, HOUSE)] == -books[owed(HOUSE, name)]
        assert lead - town.results[1, i] == books[claim(name, LEAD)] == -books[owed(LEAD, name)]
    said = {name: status for _, name, status in town.books.events}
    for each, status in zip(town.firms, town.desk.status, strict=True):
        first = WAITING if each.waiting else TRADING
        assert said.get(f"{each.name}:status", first) == status


@settings(max_examples=25)
@given(
    rules=any_rules,
    history=st.lists(days.filter(lambda day: day.till_cents is None), max_size=8),
    order=st.permutations(range(6)),
)
def test_the_order_of_firms_changes_no_result_if_venues_have_enough_cash(rules, history, order):
    """Each firm has its own money and random draws.

    So the order of the firms matters only if a venue lacks cash.
    """
    listed, otherwise = Town(rules, *CROWD), Town(rules, *(CROWD[i] for i in order))
    for day in history:
        live(listed, day)
        of_firms = (day.house, day.lead, day.lots)
        live(otherwise, Day(*([row[i] for i in order] for row in of_firms), None))

    for each in CROWD:
        assert listed.status(each.name) == otherwise.status(each.name)
        assert listed.has(each.name) == otherwise.has(each.name)
