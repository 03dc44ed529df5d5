"""The maker's tokens, valued daily at a mark. Changes of the mark are not booked as gains."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np

from des.defi.pool import ConstantProductPool
from des.scenario import Scenario, Token, TokenPurchase
from ledger import chart
from ledger.journal import Journal
from ledger.parties import OUTSIDE
from ledger.times import day_of


@dataclass(frozen=True, slots=True)
class Purchase:
    """Tokens that the maker receives on a day."""

    token: chart.HeldToken
    units: int
    usd: float
    links: tuple[str, ...]


def chart_tokens(scenario: Scenario) -> tuple[chart.HeldToken, ...]:
    """Return the scenario's tokens in the form that the chart of accounts needs."""
    tokens = scenario.group.tokens if scenario.group else ()
    return tuple(_chart_token(token, scenario) for token in tokens)


class TokenHoldings:
    """The maker's tokens, and their value."""

    def __init__(self, scenario: Scenario, tokens: Sequence[Token], journal: Journal) -> None:
        """Start without tokens.

        Args:
            scenario: states the markets, the house, and the lift. The lift is the rule by which the
                dollars in a token's pool raise the token's mark.
            tokens: the group's tokens.
            journal: records the marks.
        """
        self._tokens, self._journal = tokens, journal
        self._token = {token.name: _chart_token(token, scenario) for token in tokens}
        markets = {market.name: i for i, market in enumerate(scenario.markets)}
        self._market = {t.name: markets[t.market] for t in tokens if t.market is not None}
        self._tick_usd = [Decimal(market.tick_usd) for market in scenario.markets]
        self._lift = scenario.group.lift if scenario.group else None
        self.units = {token.name: 0 for token in tokens}  # units outside pools
        self.pools: dict[str, ConstantProductPool] = {}  # open pools, by token
        self._due: dict[date, list[tuple[Token, int, TokenPurchase]]] = defaultdict(list)
        for token in tokens:
            for n, purchase in enumerate(token.bought, start=1):
                self._due[purchase.date].append((token, n, purchase))

    def opening_units(self) -> dict[tuple[str, str], int]:
        """Return the issuers' opening units, by (issuer, token).

        These are all units that the maker is to receive.
        """
        return {
            (self._token[t.name].issuer, t.name): sum(each.units for each in t.bought)
            for t in self._tokens
        }

    def due(self, day: date) -> Iterator[Purchase]:
        """Yield the tokens that the maker is to receive on a day, in the order of the scenario."""
        for token, n, bought in self._due.get(day, ()):
            link = f"tokens-{token.name.lower()}-{n}"
            yield Purchase(self._token[token.name], bought.units, bought.usd, (link,))

    def worth_cents(self, day: date, marks: np.ndarray) -> int:
        """Return the value of all tokens in cents. Each token's value is rounded down.

        Args:
            day: the day of the marks.
            marks: lead prices of all markets, in ticks.
        """
        return sum(
            int(self._held(token) * self._mark_usd(token, day, marks) * 100)
            for token in self._tokens
        )

    def close_day(self, time_us: int, marks: np.ndarray) -> None:
        """Record the mark of each token that the maker holds."""
        for token in self._tokens:
            if self._held(token):
                usd = self._mark_usd(token, day_of(time_us), marks)
                self._journal.price(time_us, token.name, f"{usd:f}")

    def _held(self, token: Token) -> int:
        """Return the maker's units. Units in a pool count, since they can be removed at once."""
        pool = self.pools.get(token.name)
        return self.units[token.name] + (pool.lots if pool else 0)

    def _mark_usd(self, token: Token, day: date, marks: np.ndarray) -> Decimal:
        """Return a token's mark in dollars.

        If a market prices the token, the mark is the lead price times the lift's factor. Otherwise
        the scenario states marks: the last one up to *day* applies. Before the first one the mark
        is 0.
        """
        if token.market is not None:
            market = self._market[token.name]
            return int(marks[market]) * self._tick_usd[market] * self._lifted(token)
        in_force = [mark.usd for mark in token.marks if mark.at <= day]
        return Decimal(repr(in_force[-1])) if in_force else Decimal(0)

    def _lifted(self, token: Token) -> Decimal | int:
        """Return the factor by which the dollars in a pool raise a mark. No pool or no lift: 1."""
        pool = self.pools.get(token.name)
        if self._lift is None or pool is None:
            return 1
        return Decimal(f"{self._lift.factor(pool.cents / 100):.6f}")


def _chart_token(token: Token, scenario: Scenario) -> chart.HeldToken:
    pools = (scenario.group.pools if scenario.group else None) or ()
    return chart.HeldToken(
        token.name,
        scenario.house.name if token.house_token else OUTSIDE,
        token.name in {pool.token for pool in pools},
    )
