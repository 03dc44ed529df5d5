"""In random histories of customers' coins, no step loses a coin and the books are valid.

Customers deposit and withdraw, prices change, and the maker borrows money and repays a part of it.
The tests use the simulation's own code for coins, cash, withdrawals, credit line and journal. Then
Beancount loads the books from disk. The changes of prices and of quantities must explain the whole
change of the hole, valued at market prices.
"""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from beancount import loader
from hypothesis import given, settings
from hypothesis import strategies as st

from des.bookkeeping import contracts_of, open_journal, parties_of
from des.clock import DAY_US, HOUR_US, midnight_us
from des.custody.coin_vault import CoinVault
from des.custody.custody import Custody
from des.custody.retail import RetailCustody
from des.custody.till import Till
from des.custody.waiting_lines import DOLLARS, Request
from des.treasury.credit_line import CreditLine
from des.treasury.purse import Purse
from des.venue.venue import Venue
from ledger import movements
from ledger.accounts import lent
from ledger.journal import Journal
from ledger.notes import UnpaidRequest
from ledger.proof import invariants
from ledger.reports.days import calendar
from ledger.reports.life.waiting import queue_usd
from ledger.reports.money.hole_in_kind import hole_in_kind
from ledger.run_folder import RunFolder
from ledger.times import day_of
from runs.scenarios import load

SCENARIO = load(str(Path(__file__).parent / "worlds" / "coins.toml"))
PARTIES = parties_of(SCENARIO)
CODE = {name: code for code, name in enumerate(PARTIES.names)}
HOUSE, MAKER, RETAIL = PARTIES.house, PARTIES.maker, PARTIES.retail
START_US = midnight_us(SCENARIO.run.start)
FIRST_TICKS = 30_000
CLAIM_CENTS = 20_000_000
TRANCHE_CENTS, LINE_CENTS = 100_000, 50_000_000


class Bring(NamedTuple):
    """A customer deposits."""

    cents: int


class Ask(NamedTuple):
    """A customer requests a withdrawal."""

    cents: int


class Take(NamedTuple):
    """The maker raises cash: first from its account at the house, then from the credit line."""

    cents: int


class GiveBack(NamedTuple):
    """The maker deposits cash at the house and repays the credit line."""

    cents: int


class Tick(NamedTuple):
    """The price of bitcoin becomes the first price times *e3* / 1,000."""

    e3: int


class EndDay(NamedTuple):
    """The day ends. Stated prices may change on the next day."""


Step = Bring | Ask | Take | GiveBack | Tick | EndDay


class Clock(NamedTuple):
    """A clock with a fixed time."""

    now: int


class CoinHistory:
    """A house with customers' coins and dollars. Its maker borrows, and dealers trade coins."""

    def __init__(self, folder: Path, dealers_cents: int, daily_cents: int | None = None) -> None:
        self.journal = open_journal(SCENARIO, PARTIES, folder, Journal)
        members = len(PARTIES.holders)
        self.house = Venue(0, contracts_of(SCENARIO, HOUSE), members, CODE[HOUSE], self.journal)
        cents = np.zeros(members, dtype=np.int64)
        self.custody = Custody(PARTIES, {HOUSE: self.house}, cents, self.journal)
        self.vault = CoinVault(SCENARIO, PARTIES, self.journal)
        self.custody.keep_coins(self.vault, TRANCHE_CENTS, daily_cents)
        self.credit = CreditLine(
            self.house,
            (MAKER, HOUSE),
            CODE[MAKER],
            lambda _: LINE_CENTS,
            TRANCHE_CENTS,
            self.journal,
            coins=self.vault,
        )
        self._purse = Purse(PARTIES, self.house, self.custody, self.credit)
        self.till = Till(self.custody, HOUSE, PARTIES.names, lambda _: 0, self.journal)
        self.now_us, self._ticks = START_US, FIRST_TICKS
        self._mark()
        in_coins, entry = self.vault.open(START_US, CLAIM_CENTS)
        self._open(CLAIM_CENTS - in_coins, dealers_cents)
        self.journal.record(entry)
        self.cash_cents = int(self.custody.cash.sum())
        self.coins = self._counted()

    def play(self, steps: Iterable[Step]) -> None:
        """Process all steps, then end the day."""
        for step in (*steps, EndDay()):
            self.now_us += HOUR_US // 60
            desk = RetailCustody(Clock(self.now_us), self.custody, self.till, HOUSE, CODE[RETAIL])
            match step:
                case Bring(cents):
                    desk.deposit(7, cents)
                case Ask(cents):
                    desk.request(7, cents)
                case Take(cents):
                    self._purse.raise_cash(self.now_us, self._purse.cash_cents + cents)
                case GiveBack(cents):
                    self.custody.deposit(self.now_us, CODE[MAKER], HOUSE, cents)
                    self.credit.repay(self.now_us, int(self.house.claims[CODE[MAKER]]))
                case Tick(e3):
                    self._ticks = FIRST_TICKS * e3 // 1_000
                    self._mark()
                case EndDay():
                    self._end_day()
            self.till.serve(self.now_us)
            self.assert_in_order()
        self.journal.finish(self.now_us - 1)

    def assert_in_order(self) -> None:
        """Check all balances and the queue of requests after a step."""
        vault = self.vault
        for owed, there, to_maker in zip(vault.owed, vault.there, vault.lent, strict=True):
            assert owed == there + to_maker
            assert min(owed, there, to_maker) >= 0
        assert min(vault.own) >= 0
        assert self._counted() == self.coins
        assert (self.custody.cash >= 0).all()
        assert self.custody.cash.sum() == self.cash_cents
        assert self.house.claims[CODE[RETAIL]] >= 0
        assert self.till.is_waited_at == bool(self.till.queue)
        for place, queued in enumerate(vault.queued):
            assert queued == sum(r.lots[place] for r in self.till.queue if r.lots)
        firsts: dict[int, Request] = {}
        for request in self.till.queue:
            firsts.setdefault(self.till._lines.line_of(request), request)
        for line, first in firsts.items():
            cents = min(first.cents, self.till.free_cents(first.entity))
            wanted = first.lots or [0 for _ in vault.owed]
            lots = [min(n, owed) for n, owed in zip(wanted, vault.owed, strict=True)]
            buys_none = DOLLARS in firsts and line != DOLLARS and not self.custody.has_coins(lots)
            assert buys_none or not self.custody.can_pay(HOUSE, cents, lots)

    def _end_day(self) -> None:
        self.now_us = -(-(self.now_us + 1) // DAY_US) * DAY_US
        time_us = self.now_us - 1
        self._mark()
        self.vault.close_day(time_us)
        self.journal.close_day(time_us)
        self.vault.agree_with_books()
        in_dollars = self.journal.balance(lent(HOUSE, MAKER))
        assert in_dollars == self.credit.drawn_cents - self.vault.sold_cents

    def _mark(self) -> None:
        day = day_of(max(self.now_us - 1, START_US))
        self.vault.mark(day, np.array([self._ticks], dtype=np.int64))

    def _counted(self) -> list[int]:
        """Return the total of each coin: with customers, with the house, and lent to the maker."""
        vault = self.vault
        return [sum(each) for each in zip(vault.own, vault.there, vault.lent, strict=True)]

    def _open(self, claim_cents: int, dealers_cents: int) -> None:
        cash = {HOUSE: claim_cents, RETAIL: 30_000_000, "Coin-Dealers": dealers_cents}
        self.house.claims[CODE[RETAIL]] = claim_cents
        for name, cents in cash.items():
            self.custody.cash[CODE[name]] = cents
        claims = {(RETAIL, HOUSE): claim_cents}
        self.journal.record(movements.opening_balances(START_US, cash, claims))


def play(steps: Iterable[Step], dealers_cents: int, daily_cents: int | None) -> None:
    """Process a history of steps and check the books on disk."""
    with tempfile.TemporaryDirectory() as name:
        history = CoinHistory(Path(name), dealers_cents, daily_cents)
        history.play(steps)
        entries, errors, options = loader.load_file(str(Path(name) / "main.beancount"))
        assert not errors
        assert not invariants.check(entries, options)[1]
        run = RunFolder(Path(name))
        assert (queue_usd(run, calendar(run))[-1] > 0) == history.till.is_waited_at
        found = hole_in_kind(run)
        assert found is not None
        assert all(line.unexplained_usd == 0 for line in found.lines)


CENTS = st.integers(1, 30_000).map(lambda usd: 100 * usd)
LINES = {"USD", "BTC", "STABLE"}
STEPS = st.one_of(
    st.builds(Bring, CENTS),
    st.builds(Ask, CENTS),
    st.builds(Take, CENTS),
    st.builds(GiveBack, CENTS),
    st.builds(Tick, st.integers(100, 3_000)),
    st.builds(EndDay),
)


@settings(max_examples=20)
@given(
    st.lists(STEPS, max_size=40),
    st.sampled_from([0, 3_000_000, 10**12]),
    st.sampled_from([None, 0, 1_000_000]),
)
def test_in_any_history_no_coin_is_lost_and_the_books_balance(steps, dealers_cents, daily_cents):
    play(steps, dealers_cents, daily_cents)


@pytest.mark.parametrize(("seed", "daily_cents", "waits"), [(5, 0, {"USD"}), (0, 300_000, LINES)])
def test_requests_for_some_coins_are_paid_while_requests_for_dollars_wait(seed, daily_cents, waits):
    with tempfile.TemporaryDirectory() as name:
        CoinHistory(Path(name), 10**12, daily_cents).play(long_history(seed))
        run = RunFolder(Path(name))
        noted = [note.commodity for note in run.notes(UnpaidRequest)]
        # Find withdrawals of coins while a request for dollars waits.
        meanwhile = run.select(
            """
            WITH waited AS (
                SELECT seq, time - to_seconds((meta->>'waited-s')::DOUBLE) AS since
                FROM postings WHERE line = 1 AND commodity = 'USD'
                    AND (meta->>'waited-s') IS NOT NULL
            )
            SELECT DISTINCT commodity FROM postings JOIN waited
            ON postings.time > since AND postings.seq < waited.seq
            WHERE line = 1 AND narration LIKE '%withdraws%' AND commodity != 'USD'
            """
        )

    assert set(noted) == waits
    assert meanwhile


def test_long_histories_include_requests_that_waited_and_sales_and_purchases_of_coins():
    told = set.union(*(told_in(long_history(seed)) for seed in range(2)))

    assert told == WORDS


def long_history(seed: int) -> list[Step]:
    """Draw steps of all kinds, with large price changes between them."""
    draws = np.random.default_rng(seed)
    kinds = (Bring, Ask, Take, GiveBack)
    steps: list[Step] = []
    for _ in range(60):
        steps += [kinds[k](100 * int(draws.integers(1, 20_000))) for k in draws.integers(0, 4, 3)]
        steps.append(Tick(int(draws.integers(300, 2_000))))
        steps += [EndDay()] if draws.random() < 0.1 else []
    return steps


WORDS = {" sells them for ", " and returns these coins", " BTC from ", "waited-s"}


def told_in(steps: Iterable[Step]) -> set[str]:
    """Return the texts in WORDS that are in the books of a history."""
    with tempfile.TemporaryDirectory() as name:
        CoinHistory(Path(name), 10**12).play(steps)
        text = "".join(path.read_text() for path in Path(name).glob("2*.beancount"))
        return {each for each in WORDS if each in text}
