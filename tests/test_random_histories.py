"""With any events in any order, the books satisfy all invariants.

Random histories use the simulation's own code for journal, venues, cash, credit line and margin.
Traders often have too little margin, and a settlement can follow any event. At the end Beancount
loads the general ledger from disk and parses the day ledgers, and all fills are recomputed.
"""

import random
import tempfile
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from beancount import loader
from hypothesis import given, settings
from hypothesis import strategies as st
from sound_worlds import assert_days_and_fills_are_sound

from des.custody.custody import Custody
from des.treasury.credit_line import CreditLine
from des.treasury.margin import MarginDesk
from des.treasury.purse import Purse
from des.venue.venue import Venue
from ledger import movements
from ledger.accounts import borrowed, cash, claim, contracts, lent, owed
from ledger.chart import Chart
from ledger.fee_notes import CustomersFee, TakerFee
from ledger.fills import Names, new_rows
from ledger.journal import Journal
from ledger.money import Contract
from ledger.motives import Motive
from ledger.notes import FundingRate
from ledger.parties import OUTSIDE, Parties
from ledger.proof import invariants
from ledger.run_folder import RunFolder
from ledger.times import DAY_US

PARTIES = Parties("FTX", "Alameda", "Binance", "Retail", "OtherMakers", ("Firm01", "Firm02"))
HOUSE, LEAD, MAKER = PARTIES.house, PARTIES.lead, PARTIES.maker
VENUES = (HOUSE, LEAD)
MARKETS = ("BTC-PERP", "SOL-PERP")
LOTS = ("0.01", "10")
TICKS_USD = ("1", "0.01")
PRICES = (30_000, 3_000)  # the first price of each market, in ticks
NAMES = Names(VENUES, MARKETS, PARTIES.names)
CODE = {name: code for code, name in enumerate(PARTIES.names)}

MAY_30_US = 19_142 * DAY_US  # 2022-05-30, so that longer histories continue in the next month
HOUR_US = DAY_US // 24
SETTLE_US = HOUR_US // 2
FUNDING_E9 = 50_000

# In dollars. The amounts are small, so that parties sometimes have too little money.
CASH_USD = {HOUSE: 3_000, MAKER: 1_500, "Retail": 4_000, LEAD: 0}
CLAIMS_USD = {
    ("Retail", HOUSE): 1_500,
    ("OtherMakers", HOUSE): 500,
    ("Firm01", HOUSE): 3_000,
    ("Firm01", LEAD): 1_000,
    ("Firm02", HOUSE): 400,
    ("Firm02", LEAD): 200,
    (OUTSIDE, LEAD): 30_000,
}
LINE_USD, TRANCHE_USD = 4_000, 250
LEAD_FLOOR_USD = {MAKER: 300, "Firm01": 1_000, "Firm02": 200}
MARGIN_RATIOS = (0.05, 0.2)
FEES_E6 = {HOUSE: 700, LEAD: 200}


# ------------------------------------------------------------------------ the events


class Deposit(NamedTuple):
    entity: str
    venue: str
    cents: int


class Withdraw(NamedTuple):
    entity: str
    venue: str
    cents: int


class Trade(NamedTuple):
    """A party trades with the maker.

    If the party buys, the price is *better_ticks* below the lead price. If the party sells, the
    price is *better_ticks* above the lead price.
    """

    taker: str
    market: int
    lots: int
    better_ticks: int


class Hedge(NamedTuple):
    """A party hedges on the lead venue. The price is *worse_ticks* worse than the lead price."""

    hedger: str
    market: int
    lots: int
    worse_ticks: int


class Tick(NamedTuple):
    """The lead price moves."""

    market: int
    change_e3: int


class Settle(NamedTuple):
    """The settlement interval ends. If *end_of_day*, the day also ends."""

    end_of_day: bool


class Cut(NamedTuple):
    """The house lowers the limit of the credit line to *line_usd*, if the limit is higher."""

    line_usd: int


Step = Deposit | Withdraw | Trade | Hedge | Tick | Settle | Cut


class History:
    """A small world with the simulation's own journal, venues, cash and margin.

    The test chooses each step of the world's history.
    """

    def __init__(self, folder: Path) -> None:
        self._contracts = {
            venue: tuple(
                Contract(m, venue, *unit) for m, *unit in zip(MARKETS, LOTS, TICKS_USD, strict=True)
            )
            for venue in VENUES
        }
        chart = Chart(PARTIES, self._contracts[HOUSE] + self._contracts[LEAD])
        self.journal = Journal(folder, "A random history", chart, NAMES, MAY_30_US)
        self.journal.note(MAY_30_US, FundingRate(FUNDING_E9))
        self.journal.note(MAY_30_US, CustomersFee(HOUSE, FEES_E6[HOUSE]))
        for venue, rate_e6 in FEES_E6.items():
            self.journal.note(MAY_30_US, TakerFee(venue, Decimal("0.00"), rate_e6))
        pays = {HOUSE: CODE[HOUSE], LEAD: CODE[OUTSIDE]}
        self.venues = {
            name: Venue(i, self._contracts[name], len(CODE), pays[name], self.journal)
            for i, name in enumerate(VENUES)
        }
        self.custody = Custody(
            PARTIES, self.venues, np.zeros(len(CODE), dtype=np.int64), self.journal
        )
        house, lead = self.venues[HOUSE], self.venues[LEAD]
        house.fee_e6[:], lead.fee_e6[:] = FEES_E6[HOUSE], FEES_E6[LEAD]
        self.line_cents = 100 * LINE_USD
        self.drawn_before_cents = 0  # the maker's debt after the previous settlement
        self.credit = CreditLine(
            house,
            (MAKER, HOUSE),
            CODE[MAKER],
            lambda _: self.line_cents,
            100 * TRANCHE_USD,
            self.journal,
        )
        floor_cents = {CODE[name]: 100 * usd for name, usd in LEAD_FLOOR_USD.items()}
        self._margin = MarginDesk(
            PARTIES,
            house,
            lead,
            self.custody,
            Purse(PARTIES, house, self.custody, self.credit),
            floor_cents,
            MARGIN_RATIOS,
            self.journal,
        )
        self._open_books()
        self._prices = np.array(PRICES, dtype=np.int64)
        self._now_us = self._start_us = MAY_30_US
        self._traded: list[tuple[str, int, np.ndarray]] = []

    def play(self, steps: Iterable[Step]) -> None:
        """Process all steps, then end the day."""
        for step in steps:
            self._now_us = min(self._now_us + 1_000_003, self._start_us + SETTLE_US - 2)
            match step:
                case Deposit(entity, venue, cents):
                    self.custody.deposit(self._now_us, CODE[entity], venue, cents)
                case Withdraw(entity, venue, cents):
                    self.custody.withdraw(self._now_us, CODE[entity], venue, cents)
                case Trade(taker, market, lots, better_ticks):
                    motive = Motive.SPREAD if taker == "Retail" else Motive.PICKOFF
                    self._fill(HOUSE, motive, (taker, MAKER), market, lots, -better_ticks)
                case Hedge(hedger, market, lots, worse_ticks):
                    self._fill(LEAD, Motive.HEDGE, (hedger, OUTSIDE), market, lots, worse_ticks)
                case Tick(market, change_e3):
                    moved = self._prices[market] * (1_000 + change_e3) // 1_000
                    self._prices[market] = max(moved, 100)
                case Cut(line_usd):
                    self.line_cents = min(self.line_cents, 100 * line_usd)
                case Settle(end_of_day):
                    self._settle(end_of_day)
        self._settle(end_of_day=True)
        self.journal.finish(self._start_us - 1)

    def _fill(
        self,
        venue: str,
        motive: Motive,
        sides: tuple[str, str],
        market: int,
        lots: int,
        worse_ticks: int,
    ) -> None:
        """Record a fill. As in a simulation, the venue books the fill at the next settlement."""
        row = new_rows(1)
        lead = int(self._prices[market])
        row["time_us"], row["motive"] = self._now_us, motive
        row["taker"], row["maker"] = CODE[sides[0]], CODE[sides[1]]
        row["lots"], row["lead"] = lots, lead
        row["price"] = max(lead + (1 if lots > 0 else -1) * worse_ticks, 1)
        if motive is not Motive.HEDGE:
            row["lead_when_quoted"], row["quote_age_us"] = lead, 2_000_000
        self._traded.append((venue, market, row))

    def _settle(self, end_of_day: bool) -> None:
        for venue, market, row in self._traded:
            self.venues[venue].fill(market, row)
        self._traded = []
        end_us = self._start_us + SETTLE_US
        if end_of_day:
            end_us = -(-end_us // DAY_US) * DAY_US
        time_us = end_us - 1
        for venue in self.venues.values():
            venue.settle(self._prices, time_us)
        if end_us % HOUR_US == 0:
            for venue in self.venues.values():
                venue.fund(self._prices, FUNDING_E9, time_us)
        self._margin.after_settlement(time_us, self._prices)
        if end_us % DAY_US == 0:
            self._margin.daily(time_us, self._prices)
            self.journal.close_day(time_us)
            assert_the_books_agree(self)
        else:
            self.journal.post()
        assert_the_world_is_in_order(self)
        self.drawn_before_cents = self.credit.drawn_cents
        self._start_us = self._now_us = end_us

    def _open_books(self) -> None:
        cash_cents = {entity: 100 * usd for entity, usd in CASH_USD.items()}
        claim_cents = {place: 100 * usd for place, usd in CLAIMS_USD.items()}
        for (entity, venue), cents in claim_cents.items():
            self.venues[venue].claims[CODE[entity]] = cents
            cash_cents[venue] += cents
        for entity, cents in cash_cents.items():
            self.custody.cash[CODE[entity]] = cents
        self.journal.record(movements.opening_balances(MAY_30_US, cash_cents, claim_cents))

    def balances(self) -> dict[tuple[str, str], int]:
        """Return the balances of cash, claims, positions and credit, without using the books."""
        found = {(cash(name), "USD"): int(self.custody.cash[code]) for name, code in CODE.items()}
        for name, venue in self.venues.items():
            for entity, code in CODE.items():
                found[owed(name, entity), "USD"] = -int(venue.claims[code])
                found[claim(entity, name), "USD"] = int(venue.claims[code])
                for market, contract in enumerate(self._contracts[name]):
                    desk = "Quoter" if entity == MAKER else None
                    held = int(venue.lots[market, code])
                    found[contracts(entity, name, desk), contract.commodity] = held
        found[lent(HOUSE, MAKER), "USD"] = self.credit.drawn_cents
        found[borrowed(MAKER, HOUSE), "USD"] = -self.credit.drawn_cents
        return found


# ------------------------------------------------------------------------- the checks


def assert_the_world_is_in_order(history: History) -> None:
    """Check the world's cash, claims, positions and credit after a settlement."""
    assert (history.custody.cash >= 0).all()
    assert history.custody.cash.sum() == 100 * (sum(CASH_USD.values()) + sum(CLAIMS_USD.values()))
    for venue in history.venues.values():
        assert (venue.claims >= 0).all()
        assert not venue.lots.sum(axis=1).any()
    # If the limit is lowered, no money is recalled. But the maker cannot draw more while it owes
    # more than the limit.
    allowed_cents = max(history.line_cents, history.drawn_before_cents)
    assert 0 <= history.credit.drawn_cents <= allowed_cents


def assert_the_books_agree(history: History) -> None:
    """At the end of a day, check that the journal has the same balances as the world."""
    for (account, commodity), units in history.balances().items():
        assert history.journal.balance(account, commodity) == units, account


def assert_beancount_agrees(history: History, run: RunFolder) -> None:
    """Check that Beancount finds the same balances as the journal and the world."""
    lot = {c.commodity: Decimal(c.lot) for c in run.chart.contracts} | {"USD": Decimal("0.01")}
    theirs: Counter = Counter()
    for entry in run.transactions:
        for posting in entry.postings:
            theirs[posting.account, posting.units.currency] += posting.units.number
    for (account, commodity), number in theirs.items():
        assert history.journal.balance(account, commodity) * lot[commodity] == number, account
    for (account, commodity), units in history.balances().items():
        assert units * lot[commodity] == theirs[account, commodity], account


def assert_the_books_hold(folder: Path) -> RunFolder:
    """Check the general ledger on disk, the ledger of each day, and all fills."""
    entries, errors, options = loader.load_file(str(folder / "main.beancount"))
    assert not errors
    assert not invariants.check(entries, options)[1]
    run = RunFolder(folder)
    assert_days_and_fills_are_sound(run)
    return run


def play(steps: Iterable[Step]) -> Counter:
    """Process the steps, check the books, and count the transactions of the ledger by type."""
    with tempfile.TemporaryDirectory() as name:
        history = History(Path(name))
        history.play(steps)
        run = assert_the_books_hold(Path(name))
        assert_beancount_agrees(history, run)
        return Counter(_what_happened(entry) for entry in run.transactions)


def _what_happened(entry) -> str:
    (tag,) = entry.tags
    if tag == "credit-line":
        return "repays" if "repays" in entry.narration else "draws"
    return f"{tag} of {entry.narration.split()[0]}" if tag == "gap-loss" else tag


# ------------------------------------------------------------------------------ random steps

CUSTOMERS = st.sampled_from(
    [("Retail", HOUSE), *((name, venue) for name in PARTIES.hedgers for venue in VENUES)]
)
CENTS = st.integers(1, 1_000_000)
SIZES = st.integers(-300, 300).filter(bool)
MARKET = st.integers(0, len(MARKETS) - 1)

STEPS = st.one_of(
    st.builds(lambda who, cents: Deposit(*who, cents), CUSTOMERS, CENTS),
    st.builds(lambda who, cents: Withdraw(*who, cents), CUSTOMERS, CENTS),
    st.builds(
        Trade,
        st.sampled_from([*PARTIES.firms, "Retail"]),
        MARKET,
        SIZES,
        st.integers(-40, 40),
    ),
    st.builds(Hedge, st.sampled_from(PARTIES.hedgers), MARKET, SIZES, st.integers(0, 40)),
    st.builds(Tick, MARKET, st.integers(-150, 150)),
    st.builds(Settle, st.sampled_from([False, False, False, True])),
    st.builds(Cut, st.integers(0, LINE_USD)),
)


@settings(max_examples=10)
@given(st.lists(STEPS, max_size=40))
def test_in_any_history_the_books_balance_and_agree_with_the_simulated_balances(steps):
    play(steps)


@pytest.mark.slow
@settings(max_examples=300)
@given(st.lists(STEPS, max_size=120))
def test_in_any_long_history_the_books_balance_and_agree_with_the_simulated_balances(steps):
    play(steps)


# ----------------------------------------------------------------------- long seeded histories


def draw_steps(draws: random.Random, n: int) -> list[Step]:
    """Draw *n* random steps, and insert one step `Cut` at a random place."""

    def one() -> Step:
        who = draws.choice([("Retail", HOUSE), *((n, v) for n in PARTIES.hedgers for v in VENUES)])
        cents = draws.randrange(1, 200_000)
        market, lots = draws.randrange(2), draws.choice([-1, 1]) * draws.randrange(1, 120)
        kind = draws.random()
        if kind < 0.08:
            return Deposit(*who, cents)
        if kind < 0.14:
            return Withdraw(*who, cents)
        if kind < 0.40:
            taker = draws.choice([*PARTIES.firms, "Retail"])
            return Trade(taker, market, lots, draws.randrange(-20, 30))
        if kind < 0.60:
            return Hedge(draws.choice(PARTIES.hedgers), market, lots, draws.randrange(5))
        if kind < 0.80:
            return Tick(market, draws.randrange(-40, 41))
        return Settle(end_of_day=draws.random() < 0.08)

    steps = [one() for _ in range(n)]
    steps.insert(draws.randrange(n), Cut(draws.randrange(LINE_USD)))
    return steps


def test_the_books_balance_in_two_long_histories_that_include_each_listed_type_of_transaction():
    happened = sum((play(draw_steps(random.Random(seed), 300)) for seed in range(2)), Counter())

    assert happened.keys() >= {
        "deposit",
        "withdrawal",
        "pickoff",
        "spread",
        "hedging",
        "variation-margin",
        "funding",
        "draws",
        "repays",
        "gap-loss of Retail",
        "gap-loss of Firm02",
        f"gap-loss of {MAKER}",
    }


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 150))
def test_in_many_long_histories_the_books_balance(seed):
    play(draw_steps(random.Random(seed), 500))
