"""The venue's liquidation of accounts on margin, at each settlement.

An account below maintenance margin sends random orders into the book until the next settlement.
Below auto-close margin its tokens are sold, at what they count for. Then it is handed over to
backstop providers; what they cannot take is closed against the largest accounts on the other side.
A debt is paid by the insurance fund as far as it goes; what a provider does not take over with the
position is then borne by all customers.
"""

from collections.abc import Iterator

import numpy as np

from des.chance import decision_key
from des.liquidation.backstop import Backstop
from des.liquidation.closing import hand_over, transferred_lots
from des.liquidation.leveraged_accounts import LeveragedAccounts
from des.liquidation.margin_population import Population
from des.liquidation.orders import forced_orders
from des.liquidation.token_collateral import E6, sale_price
from des.liquidation.turnover import Turnover, rows_of_holders
from des.quoting.race import NO_ORDERS
from des.scenario import Leverage
from des.venue.venue import Venue
from ledger.fills import Motive, join_rows, new_rows
from ledger.money import pro_rata, to_cents
from ledger.parties import Parties

DELEVERAGED = 10  # how many accounts of the other side are closed
TO_ZERO_PRICE = 3  # thirds of the way

# A trade of one account, not yet booked: (motive, taker, maker, account, lots, price).
Trade = tuple[Motive, int, int, int, int, int]


class LiquidationDesk:
    """Watches margin, and ends accounts that have too little."""

    def __init__(
        self,
        rules: Leverage,
        seed: int,
        market_names: tuple[str, ...],
        first_holder: int,
        parties: Parties,
        house: Venue,
        forced_lots_per_s: np.ndarray,
        token_weight_e6: np.ndarray,
        free_tokens: np.ndarray,
    ) -> None:
        """Begin with nobody.

        Args:
            rules: of the scenario.
            seed: of the run.
            market_names: by market.
            first_holder: the number of the first holder in the books.
            parties: who is who.
            house: the venue.
            forced_lots_per_s: what all forced orders of a second may be together, by market.
            token_weight_e6: what counts of the value of tokens, by the market that prices them.
            free_tokens: what customers have of them, in lots, by the same.
        """
        self._first, self._house = first_holder, house
        self._maintenance_e6 = round(rules.maintenance_margin_pct * E6 / 100)
        self._auto_close_e6 = round(rules.auto_close_margin_pct * E6 / 100)
        self._thirds = rules.discount_thirds
        self._backstop = Backstop(rules.providers)
        keys = [decision_key(seed, "liquidation", name) for name in market_names]
        self._keys = np.array(keys, dtype=np.uint64)
        self._forced_per_s = forced_lots_per_s
        codes = {name: code for code, name in enumerate(parties.holders)}
        self._retail, self._others = codes[parties.retail], codes[parties.other_makers]
        self._venue = codes[parties.house]
        self._providers = [codes[name] for name in parties.backstops]
        self._least_cents = [
            None if provider.name == parties.maker else to_cents(provider.balance_usd_min)
            for provider in rules.providers
        ]
        outside = [name for name in parties.house_customers if name != parties.maker]
        self._bearers = np.array([codes[name] for name in outside])
        self._weight_e6, self.free_tokens = token_weight_e6, free_tokens
        self.accounts = LeveragedAccounts(house.tick_cents, self._maintenance_e6, token_weight_e6)
        self._turnover = Turnover(
            house, self._retail, self._others, first_holder, self.accounts, free_tokens
        )
        self.fund_cents = to_cents(rules.insurance_usd)
        self._marks = np.ones(len(market_names), dtype=np.int64)

    @property
    def reserved_cents(self) -> int:
        """What all accounts were worth at the last settlement: their part of retail's claim.

        Tokens are no part of it: they are owed by themselves. Who owes dollars against them adds
        nothing, nor makes others' dollars any more.
        """
        return int(np.maximum(self.accounts.worth(self._marks), 0).sum())

    def enter(self, time_us: int, marks: np.ndarray, holders: Population) -> None:
        """Let holders set collateral aside and enter their positions, at *marks*.

        As many as retail's free claim can pay for.
        """
        free_cents = int(self._house.claims[self._retail]) - self.reserved_cents
        self._turnover.enter(time_us, marks, holders, free_cents)
        self._marks = marks

    def leave(self, time_us: int, marks: np.ndarray, chosen: np.ndarray) -> None:
        """Let those chosen (bool, by account) who are safe close their positions, at *marks*."""
        self._turnover.leave(time_us, marks, chosen)
        self._marks = marks

    def follow(self, market: int, fills: np.ndarray) -> None:
        """Book liquidation orders that were filled (rows of dtype ROW) to their accounts."""
        forced = fills[fills["motive"] == Motive.LIQUIDATION]
        if len(forced):
            accounts = forced["holder"] - self._first
            self.accounts.trade(
                market, accounts, forced["lots"], forced["price"], forced["fee_cents"]
            )

    def orders(self, market: int, mark: int, start_us: int, end_us: int) -> np.ndarray:
        """Return the orders (dtype ORDER) that accounts of a market are forced to send."""
        accounts, lot_cents = self.accounts, int(self._house.tick_cents[market]) * mark
        low = accounts.below(market, mark)
        if not len(low):
            return NO_ORDERS
        equity, lots = accounts.equity(market, mark, low), accounts.lots[low]
        # Below auto-close margin, what the backstop has no time to take yet waits for it.
        in_book = equity * E6 >= np.abs(lots) * lot_cents * self._auto_close_e6
        low, equity, lots = low[in_book], equity[in_book], lots[in_book]
        keep = equity * E6 // (lot_cents * self._maintenance_e6)
        return forced_orders(
            self._keys[market],
            self._first + low,
            lots,
            keep,
            int(self._forced_per_s[market]),
            start_us,
            end_us,
        )

    def settle(self, time_us: int, marks: np.ndarray, elapsed_s: int) -> None:
        """Hand over accounts below auto-close margin, and settle what they leave behind.

        Args:
            time_us: the settlement, whose variation margin has been paid.
            marks: by market, ticks.
            elapsed_s: since the settlement before.
        """
        self._backstop.refill(time_us, elapsed_s, self._able())
        self.accounts.mark_tokens(marks)
        self._insured: dict[int, int] = {}  # by account: from the fund, or to it if below zero
        self._debts: dict[int, int] = {}  # by account: what nobody has covered yet
        for market, mark in enumerate(marks.tolist()):
            due = self._worst_first(market, mark, self._auto_close_e6)
            while due:
                for account in due:
                    self._seize(time_us, market, marks, account)
                    trades = list(self._close(market, mark, account, elapsed_s))
                    if trades:
                        self._book(time_us, market, mark, trades)
                # Whoever is closed at the price of a debt may be left with one.
                due = self._worst_first(market, mark, 0)
        self._settle_insurance(time_us)
        self._socialise(time_us, marks)
        self._marks = marks

    def _able(self) -> list[bool]:
        """Say which providers keep the least balance asked of them; the captive one need not."""
        balances = self._house.claims[self._providers].tolist()
        return [
            least is None or cents >= least
            for cents, least in zip(balances, self._least_cents, strict=True)
        ]

    def _worst_first(self, market: int, mark: int, margin_e6: int) -> list[int]:
        """Return the accounts below a margin fraction, the lowest first."""
        accounts, lot_cents = self.accounts, int(self._house.tick_cents[market]) * mark
        low = accounts.below(market, mark)
        equity = accounts.equity(market, mark, low) * E6
        notional = np.abs(accounts.lots[low]) * lot_cents
        due = equity < notional * margin_e6
        low, fraction = low[due], equity[due] // np.maximum(notional[due], 1)
        return low[np.lexsort((low, fraction))].tolist()

    def _seize(self, time_us: int, market: int, marks: np.ndarray, account: int) -> None:
        """Sell an account's tokens for it to the other makers, if it has any."""
        tokens = int(self.accounts.tokens.lots[account])
        equity, threshold = self._margin(market, int(marks[market]), account)
        if not tokens or equity >= threshold:
            return
        priced_by = int(self.accounts.tokens.market[account])
        lead = int(marks[priced_by])
        price = sale_price(lead, int(self._weight_e6[priced_by]))
        rows = self._rows(time_us, Motive.SEIZURE, priced_by, np.array([account]))
        rows["maker"], rows["lots"] = self._others, -tokens
        rows["price"], rows["lead"] = price, lead
        rows["edge_cents"] = tokens * price * int(self._house.tick_cents[priced_by])
        self.accounts.sell_tokens(account, int(rows["edge_cents"][0]))
        self._house.pay(rows)

    def _margin(self, market: int, mark: int, account: int) -> tuple[int, int]:
        """Return the cents behind a position, and those of which its auto-close margin consists."""
        equity = int(self.accounts.equity(market, mark, np.array([account]))[0])
        lots, tick_cents = int(self.accounts.lots[account]), int(self._house.tick_cents[market])
        return equity, abs(lots) * mark * tick_cents * self._auto_close_e6 // E6

    def _close(self, market: int, mark: int, account: int, elapsed_s: int) -> Iterator[Trade]:
        """End an account, or as much of it as the rule says; yield the trades that do."""
        tick_cents = int(self._house.tick_cents[market])
        position = int(self.accounts.lots[account])
        equity, threshold = self._margin(market, mark, account)
        if equity >= threshold:
            return  # it was closed against somebody else meanwhile
        if equity < 0:
            # The fund pays before anybody else: that is what it is for.
            equity += self._insure(account, min(self.fund_cents, -equity))
        if not position:
            self._owe(account, -equity)
            return
        due = transferred_lots(abs(position), equity, threshold, elapsed_s)
        taken = self._backstop.take(due, mark * tick_cents)
        side = 1 if position > 0 else -1
        for provider, lots in (*zip(self._providers, taken, strict=True), (None, due - sum(taken))):
            if not lots:
                continue
            thirds = TO_ZERO_PRICE if provider is None else self._thirds
            part = hand_over(equity, position, lots, mark, tick_cents, thirds)
            if part.left_cents >= 0:
                self._insure(account, -part.left_cents)
            else:
                self._owe(account, -part.left_cents)
            motive = Motive.DELEVERAGING if provider is None else Motive.BACKSTOP
            maker = self._others if provider is None else provider
            yield motive, self._retail, maker, account, -side * lots, part.price
            if provider is None:
                yield from self._deleverage(market, side, lots, part.price)
            equity, position = equity - part.own_cents, position - side * lots

    def _deleverage(self, market: int, side: int, lots: int, price: int) -> Iterator[Trade]:
        """Close the largest accounts of the other side; the rest of it are the other makers."""
        against = self.accounts.opposing(market, side, DELEVERAGED)
        held = np.abs(self.accounts.lots[against]).tolist()
        shares = pro_rata(min(lots, sum(held)), held)
        for account, share in zip(against.tolist(), shares, strict=True):
            if share:
                yield (
                    Motive.DELEVERAGING,
                    self._retail,
                    self._others,
                    account,
                    side * share,
                    price,
                )

    def _insure(self, account: int, cents: int) -> int:
        """Let the fund pay an account, or take what it leaves."""
        if cents:
            self.fund_cents -= cents
            self.accounts.credit(np.array([account]), cents)
            self._insured[account] = self._insured.get(account, 0) + cents
        return cents

    def _owe(self, account: int, cents: int) -> None:
        """Relieve an account of a debt that somebody will have to bear."""
        if cents:
            self.accounts.credit(np.array([account]), cents)
            self._debts[account] = self._debts.get(account, 0) + cents

    def _book(self, time_us: int, market: int, mark: int, trades: list[Trade]) -> None:
        rows = new_rows(len(trades))
        columns = ("motive", "taker", "maker", "holder", "lots", "price")
        for name, values in zip(columns, zip(*trades, strict=True), strict=True):
            rows[name] = values
        accounts = rows["holder"].copy()
        rows["holder"] += self._first
        rows["time_us"], rows["lead"] = time_us, mark
        self._house.exchange(market, rows)
        self.accounts.trade(market, accounts, rows["lots"], rows["price"], rows["fee_cents"])

    def _settle_insurance(self, time_us: int) -> None:
        paid = {account: cents for account, cents in self._insured.items() if cents}
        if paid:
            accounts = np.array(list(paid))
            market = self.accounts.market[accounts]
            rows = self._rows(time_us, Motive.INSURANCE, market, accounts)
            rows["maker"], rows["edge_cents"] = self._venue, list(paid.values())
            self._house.pay(rows)

    def _socialise(self, time_us: int, marks: np.ndarray) -> None:
        """Let all customers outside the group bear what is owed, in proportion to their claims."""
        if not self._debts:
            return
        debtors, debts = np.array(list(self._debts)), list(self._debts.values())
        market = self.accounts.market[debtors]
        claims = np.maximum(self._house.claims[self._bearers], 0).tolist()
        # What not even all claims cover stays in the control account, as a gap.
        covered = pro_rata(min(sum(debts), sum(claims)), debts)
        relief = self._rows(time_us, Motive.SOCIALISED, market, debtors)
        relief["maker"], relief["edge_cents"] = self._venue, covered
        shares = dict(zip(self._bearers.tolist(), pro_rata(sum(covered), claims), strict=True))
        worth = np.maximum(self.accounts.worth(marks), 0)
        # The accounts are relieved already; in the claims it is yet to be booked.
        free = int(self._house.claims[self._retail]) + sum(debts) - int(worth.sum())
        borne = self._borne(time_us, int(market[0]), shares, worth, max(free, 0))
        rows = join_rows((relief, borne))
        self._house.pay(rows[rows["edge_cents"] != 0])

    def _borne(
        self, time_us: int, market: int, shares: dict[int, int], worth: np.ndarray, rest: int
    ) -> np.ndarray:
        """Return what each bears: of retail's share, each account on margin, and then the rest."""
        of_rest, *of_accounts = pro_rata(shares.pop(self._retail), [rest, *worth.tolist()])
        self.accounts.cash -= np.array(of_accounts, dtype=np.int64)
        bearing = np.flatnonzero(of_accounts)
        on_margin = self._rows(time_us, Motive.SOCIALISED, self.accounts.market[bearing], bearing)
        on_margin["edge_cents"] = -np.array(of_accounts, dtype=np.int64)[bearing]
        others = new_rows(1 + len(shares))
        others["time_us"], others["motive"], others["market"] = time_us, Motive.SOCIALISED, market
        others["taker"] = [self._retail, *shares]
        others["edge_cents"] = [-of_rest, *(-share for share in shares.values())]
        borne = join_rows((on_margin, others))
        borne["maker"] = self._venue
        return borne

    def _rows(
        self, time_us: int, motive: Motive, market: int | np.ndarray, accounts: np.ndarray
    ) -> np.ndarray:
        return rows_of_holders(time_us, motive, market, self._retail, self._first + accounts)
