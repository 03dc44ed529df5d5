"""Counts customers' coins: in wallets, owed by the house, held by the house, lent to its maker.

For each coin, the quantity owed is always the quantity held plus the quantity lent. A coin is
valued at the price of the last settlement, so that no decision uses a later price.
"""

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from des.chance import decision_key, mix
from des.custody.coin_prices import CoinPrices, chart_coins
from des.scenario import Scenario
from ledger import in_kind
from ledger.accounts import claim_in_coins, coins_owed, coins_there, lent, sold_coins
from ledger.journal import Journal
from ledger.parties import Parties
from ledger.times import day_of
from ledger.transaction import LedgerError, Movement

UNIT = 10**9  # shares are counted in billionths
ALL = 2**64  # the number of possible values of a random draw

Lots = Sequence[int]  # the number of lots of each coin
Meta = tuple[tuple[str, str], ...]


class CoinVault:
    """Counts the lots of each coin: in wallets, owed, held, lent, and waiting for withdrawal."""

    def __init__(self, scenario: Scenario, parties: Parties, journal: Journal) -> None:
        """Initialise with all coins in customers' own wallets, and without prices."""
        known = {coin.name: coin for coin in chart_coins(scenario)}
        self.coins = [known[each.name] for each in scenario.owed_coins]
        self.customer = parties.names.index(parties.retail)
        self._parties, self._journal = parties, journal
        self._prices = CoinPrices(scenario, scenario.owed_coins)
        self._shares = [round(each.share * UNIT) for each in scenario.owed_coins]
        self._retail = scenario.retail
        self._key = {w: decision_key(scenario.run.seed, "coins", w) for w in ("in", "out")}
        self.own = [
            coin.quantity.units_within(each.supply)
            for coin, each in zip(self.coins, scenario.owed_coins, strict=True)
        ]
        self.owed, self.there, self.lent, self.queued, self.lot_cents = (
            [0 for _ in self.coins] for _ in range(5)
        )
        self.sold_cents = 0  # cents received for lent coins, minus cents paid to buy coins back
        self._days_marks: tuple[date, np.ndarray] | None = None

    # --------------------------------------------------------- prices and values in cents

    def mark(self, day: date, marks: np.ndarray) -> None:
        """Set the coins' prices from the lead prices *marks*, in ticks, and from stated prices."""
        self._days_marks = (day, marks)
        self.lot_cents = [self._prices.lot_cents(i, day, marks) for i in range(len(self.coins))]

    @property
    def day(self) -> date | None:
        """Return the day of the current prices, or None before the first prices."""
        return self._days_marks[0] if self._days_marks else None

    def worth_cents(self, lots: Lots) -> int:
        """Return the total value of the coins in *lots*, in cents."""
        return sum(n * cents for n, cents in zip(lots, self.lot_cents, strict=True))

    @property
    def owed_cents(self) -> int:
        """Return the value in cents of the coins that the house owes to customers."""
        return self.worth_cents(self.owed)

    @property
    def line_cents(self) -> int:
        """Return the value of the lent coins minus their net proceeds, in cents.

        The net proceeds are the cents received for coins, minus the cents paid to buy coins back.
        """
        return self.worth_cents(self.lent) - self.sold_cents

    def unasked_cents(self, entity: int) -> int:
        """Return the value in cents of a party's coins that are not yet requested.

        The house owes coins only to retail customers. For other parties the result is 0.
        """
        return self.worth_cents(self._unasked) if entity == self.customer else 0

    @property
    def _unasked(self) -> list[int]:
        return [owed - queued for owed, queued in zip(self.owed, self.queued, strict=True)]

    # ---------------------------------------------------------------- deposits and withdrawals

    def open(self, time_us: int, claim_cents: int) -> tuple[int, Movement | None]:
        """Convert a part of customers' opening claim into coins, which the house owes and holds.

        Returns:
            The value of this part in cents, and the entry for the books. The entry is None if
            customers have no coins.
        """
        for place, cents in enumerate(self.lot_cents):
            if cents:
                self.owed[place] = claim_cents * self._shares[place] // UNIT // cents
        self.there = list(self.owed)
        if not any((*self.own, *self.owed)):
            return 0, None
        names = [coin.name for coin in self.coins]
        there, owed = (dict(zip(names, lots, strict=True)) for lots in (self.own, self.owed))
        return self.owed_cents, in_kind.opening_coins(time_us, self._parties, there, owed)

    def deposit(self, time_us: int, cents: int, meta: Meta = ()) -> int:
        """Receive a deposit in a random coin, in whole lots. Return the value of the lots in cents.

        The result is 0 if dollars are drawn, if the drawn coin has no price yet, if *cents* is less
        than the price of a lot, or if customers' wallets have none of the coin. An earlier random
        draw has sent a part of the dollar deposits to the agent. For each deposit that remains,
        this method draws one commodity, a coin or dollars. The probability of each coin is
        proportional to the coin's share of all deposits.
        """
        by_agent = self._retail.agent_share_on(day_of(time_us)) * self._retail.dollar_share
        wired = round(by_agent * UNIT)
        drawn = int(mix(self._key["in"], time_us)) * (UNIT - wired) // ALL
        for place, share in enumerate(self._shares):
            if drawn < share:
                return self._take_in(time_us, place, cents, meta)
            drawn -= share
        return 0  # the deposit is in dollars

    def _take_in(self, time_us: int, place: int, cents: int, meta: Meta) -> int:
        lot_cents = self.lot_cents[place]
        lots = min(cents // lot_cents, self.own[place]) if lot_cents else 0
        if lots <= 0:
            return 0
        self._move(place, lots)
        coin = self.coins[place]
        self._journal.record(in_kind.deposit_coins(time_us, self._parties, coin, lots, meta))
        return lots * lot_cents

    def chosen(self, time_us: int, cents: int, dollars_cents: int) -> tuple[int, ...]:
        """Return the lots of each coin in a request of *cents*. The rest is requested in dollars.

        A random draw selects one commodity, a coin or dollars. The probability of a commodity is
        its share of the claims not yet requested. If the claim in the drawn commodity is less than
        *cents*, dollars are added, then other coins.

        Args:
            time_us: the time of the request.
            cents: the amount, at most the claims not yet requested.
            dollars_cents: the dollars among the claims not yet requested, in cents.
        """
        unasked, lots = self._unasked, [0 for _ in self.coins]
        worth = [n * each for n, each in zip(unasked, self.lot_cents, strict=True)]
        dollars = max(dollars_cents, 0)
        drawn = int(mix(self._key["out"], time_us)) * (sum(worth) + dollars) // ALL
        first = None
        for place, each in enumerate(worth):
            if drawn < each:
                first = place
                break
            drawn -= each
        if first is not None:
            lots[first] = min(cents // self.lot_cents[first], unasked[first])
        lacking = cents - self.worth_cents(lots) - dollars
        for place, lot_cents in enumerate(self.lot_cents):
            if lacking > 0 and lot_cents:
                more = min(-(-lacking // lot_cents), unasked[place] - lots[place])
                more = min(more, (cents - self.worth_cents(lots)) // lot_cents)
                lots[place] += more
                lacking -= more * lot_cents
        return tuple(lots)

    def line_up(self, lots: Lots, sign: int = 1) -> None:
        """Add the lots of a request to the waiting lots if *sign* is 1; subtract them if -1."""
        self.queued = [n + sign * more for n, more in zip(self.queued, lots, strict=True)]

    def withdraw(self, time_us: int, lots: Lots, meta: Meta, first: Meta) -> None:
        """Deliver coins to customers. Only the entry of the first coin has the metadata *first*."""
        for place, n in enumerate(lots):
            if n > 0:
                self._move(place, -n)
                coin = self.coins[place]
                entry = in_kind.withdraw_coins(time_us, self._parties, coin, n, meta + first)
                self._journal.record(entry)
                first = ()

    def _move(self, place: int, lots: int) -> None:
        self.own[place] -= lots
        self.there[place] += lots
        self.owed[place] += lots

    # ------------------------------------------------------------------------- in the books

    def close_day(self, time_us: int) -> None:
        """Record the price of each coin that is owed to customers or lent to the maker."""
        if self._days_marks is None:
            return
        for place, coin in enumerate(self.coins):
            usd = self._prices.usd(place, *self._days_marks)
            if usd is not None and (self.owed[place] or self.lent[place]):
                self._journal.price(time_us, coin.name, f"{usd:f}")

    def agree_with_books(self) -> None:
        """Compare the simulation's lots of each coin with the general ledger.

        Raises:
            LedgerError: a quantity differs.
        """
        for account, name, lots in self._booked():
            booked = self._journal.balance(account, name)
            if booked != lots:
                raise LedgerError(
                    f"{account} has {lots} lots of {name} in the simulation and {booked} in the "
                    "books"
                )

    def _booked(self) -> Iterator[tuple[str, str, int]]:
        (house, maker), retail = self._parties.group, self._parties.retail
        for place, coin in enumerate(self.coins):
            yield coins_there(retail), coin.name, self.own[place]
            yield coins_there(house), coin.name, self.there[place]
            yield coins_owed(house, retail), coin.name, -self.owed[place]
            yield claim_in_coins(retail, house), coin.name, self.owed[place]
            yield lent(house, maker), coin.name, self.lent[place]
            yield sold_coins(maker, coin.name), coin.name, self.lent[place]
            yield coins_there(coin.dealers), coin.name, self.lent[place]
