"""Customers on margin: when they enter and leave, their collateral, the check of their margin."""

from collections.abc import Sequence

import numpy as np

from des.chance import stream
from des.clock import DAY_US, HOUR_US, SECOND_US, midnight_us
from des.given import given
from des.liquidation.desk import LiquidationDesk
from des.liquidation.margin_population import Population, population
from des.market.listing import Listing, marks_of
from des.scenario import Scenario
from des.venue.venue import Venue
from ledger.accounts import FREE, PLEDGED, owed_in_kind, pool
from ledger.journal import Journal
from ledger.kinds import Kind
from ledger.money import Contract, MarginToken, to_cents
from ledger.parties import Parties
from ledger.times import day_of
from ledger.transaction import LedgerError


def collateral_tokens(scenario: Scenario, contracts: Sequence[Contract]) -> tuple[MarginToken, ...]:
    """Return the tokens that the house accepts as collateral, each with its contract and weight."""
    by_market = {contract.market: contract for contract in contracts}
    given = scenario.leverage.tokens if scenario.leverage else ()
    return tuple(MarginToken(each.name, by_market[each.market], each.weight_e6) for each in given)


class MarginCustomers:
    """The retail customers who trade on margin, and the desk that liquidates their positions."""

    def __init__(
        self,
        scenario: Scenario,
        parties: Parties,
        house: Venue,
        listings: Sequence[Listing],
        funding_e9: int,
        journal: Journal,
    ) -> None:
        """Draw the first customers, who enter when `enter_first` is called.

        Args:
            scenario: a scenario with leverage.
            parties: all parties that keep books, by role.
            house: the house venue.
            listings: all markets.
            funding_e9: the hourly payment from longs to shorts, in billionths of the value of a
                position.
            journal: records the prices of tokens, and states the balances of the books.
        """
        self._rules, self._seed = given(scenario.leverage), scenario.run.seed
        self._parties, self._house, self._journal = parties, house, journal
        self._listings, self._funding_e9 = listings, funding_e9
        self._retail = parties.names.index(parties.retail)
        names = [market.name for market in scenario.markets]
        tokens = journal.chart.collateral
        self._token_markets = {token: names.index(token.contract.market) for token in tokens}
        start_us = midnight_us(scenario.run.start)
        self._first = self._draw_first(start_us)
        self.are_there = True
        self.desk = LiquidationDesk(
            scenario,
            parties,
            house,
            self._forced_lots_per_s(start_us),
            self._token_weights_e6(),
            self._first_tokens(to_cents(scenario.retail.opening_claim_usd)),
        )

    @property
    def opening_cash_cents(self) -> int:
        """Return the dollars that the first customers deposit, in cents."""
        return int(self._first.cash_cents.sum())

    def opening_tokens(self) -> dict[str, int]:
        """Return the lots of each token that retail has on the first day."""
        return {
            token.commodity: int(self.desk.free_tokens[market])
            for token, market in self._token_markets.items()
        }

    def held_cents(self, member: int) -> int:
        """Return the part of a party's claim that is in accounts on margin, in cents."""
        return self.desk.reserved_cents if member == self._retail else 0

    def enter_first(self, time_us: int) -> None:
        """Open the accounts of the first customers and enter their positions."""
        self.desk.enter(time_us, self._marks(), self._first)

    def settle(self, end_us: int, elapsed_s: int, marks: np.ndarray) -> None:
        """Check margin, and close accounts that have too little.

        At a full hour, first book the funding. The variation margin until *end_us* must already be
        paid.
        """
        if end_us % HOUR_US == 0:
            self.desk.accounts.fund(marks, self._funding_e9)
            self.desk.accounts.sort()
        self.desk.settle(end_us - 1, marks, elapsed_s)

    def turn_over(self, now_us: int) -> None:
        """At midnight, set a new limit on forced orders, and let customers leave and enter."""
        self.desk.limit_forced_orders(self._forced_lots_per_s(now_us))
        draws = stream(self._seed, "leverage", "turnover", str(day_of(now_us)))
        leaving = draws.random(len(self.desk.accounts.lots)) < self._rules.exits_per_day
        self.desk.leave(now_us, self._marks(), leaving)
        coming = self._draw(now_us, int(draws.poisson(self._rules.arrivals_per_day)))
        self.desk.enter(now_us, self._marks(), coming)

    def leave_all(self, now_us: int) -> None:
        """Close all positions of customers on margin."""
        self.desk.leave_all(now_us, self._marks())

    def note_prices(self, time_us: int) -> None:
        """Record the price of each collateral token."""
        for token, market in self._token_markets.items():
            price = token.contract.price.text(self._listings[market].mark_ticks)
            self._journal.price(time_us, token.commodity, price)

    def agree_with_books(self) -> None:
        """Compare the insurance fund and the tokens with the general ledger.

        Raises:
            LedgerError: a balance differs.
        """
        house, held = self._parties.house, self.desk.accounts.tokens
        self._agree(pool(house, Kind.INSURANCE), "USD", self.desk.fund_cents)
        for token, market in self._token_markets.items():
            pledged = int(held.lots[held.market == market].sum())
            for state, lots in ((FREE, self.desk.free_tokens[market]), (PLEDGED, pledged)):
                account = owed_in_kind(house, self._parties.retail, state)
                self._agree(account, token.commodity, int(lots))

    def _agree(self, account: str, commodity: str, units: int) -> None:
        if (booked := -self._journal.balance(account, commodity)) != units:
            raise LedgerError(
                f"{account} has {units} units of {commodity} in the simulation and {booked} in the "
                "books"
            )

    def _marks(self) -> np.ndarray:
        return marks_of(self._listings)

    def _lot_cents(self) -> np.ndarray:
        return self._marks() * self._house.tick_cents

    def _draw_first(self, start_us: int) -> Population:
        return self._draw(start_us, self._rules.holders)

    def _draw(self, now_us: int, n: int) -> Population:
        """Draw *n* new customers on margin.

        Each customer's market is drawn at random, with a probability proportional to the market's
        volume. A customer whose position would be smaller than one lot is left out.
        """
        return population(
            self._seed,
            day_of(now_us),
            self._rules,
            n,
            [listing.volume_usd_per_s(now_us) for listing in self._listings],
            self._lot_cents(),
            list(self._token_markets.values()),
        )

    def _forced_lots_per_s(self, now_us: int) -> np.ndarray:
        """Return each market's limit on the sum of forced orders in one second, in lots.

        The limit is a share of the market's daily volume, but at least one lot.
        """
        daily_usd = [
            listing.volume_usd_per_s(now_us) * DAY_US / SECOND_US for listing in self._listings
        ]
        cents = np.array([to_cents(self._rules.forced_share_per_s * usd) for usd in daily_usd])
        return np.maximum(cents // self._lot_cents(), 1)

    def _token_weights_e6(self) -> np.ndarray:
        weights = np.zeros(len(self._listings), dtype=np.int64)
        for token, market in self._token_markets.items():
            weights[market] = token.weight_e6
        return weights

    def _first_tokens(self, others_cents: int) -> np.ndarray:
        """Return retail's tokens on the first day in lots, by the market that prices the tokens.

        Retail has the tokens that the first customers deposit, and a reserve of tokens that later
        customers may deposit. The size of the reserve is not on record. So for each kind of token
        the reserve's value is a stated share of *others_cents*, the opening claim of all other
        retail customers.
        """
        lots, lot_cents = np.zeros(len(self._listings), dtype=np.int64), self._lot_cents()
        for token, market in zip(self._rules.tokens, self._token_markets.values(), strict=True):
            lots[market] = int(token.share * others_cents) // int(lot_cents[market])
        np.add.at(lots, self._first.token_market, self._first.tokens)
        return lots
