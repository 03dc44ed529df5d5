"""The daily decisions of firms: to enter, to move or withdraw capital, to leave, or to close.

Firms decide after the day's last settlement. A firm compares the two venues by its trailing return
on each of them. A trailing return is a mean of the firm's daily returns, in which recent days have
more weight. Returns exclude variation margin and funding. Every move of capital is a transfer of
cash.

A firm that stops trading keeps its hedged positions, so it also keeps the margin for them on both
venues. If the scenario lets firms unwind, a part of each position is closed before the decisions.
"""

import math
from collections.abc import Sequence

import numpy as np

from des.chance import decision_key
from des.clock import DAY_US
from des.firms.firm_money import HOUSE, LEAD, FirmMoney
from des.firms.lead_desk import shown_cents
from des.firms.returns import Returns
from des.firms.unwinding import Unwinding
from des.scenario import CapitalRules, Firm
from ledger.journal import Journal
from ledger.money import to_cents
from ledger.parties import Parties

WAITING, TRADING, LEFT, CLOSED = "waiting", "trading", "left", "closed"
BPS = 10_000


class CapitalDesk:
    """Decides for each firm where its money is, and whether the firm trades."""

    def __init__(
        self,
        rules: CapitalRules | None,
        seed: int,
        firms: Sequence[Firm],
        parties: Parties,
        money: FirmMoney,
        journal: Journal,
        unwinding: Unwinding | None = None,
    ) -> None:
        """Initialise each firm as trading, or as waiting if the scenario says so.

        Args:
            rules: the scenario's rules on capital. None: firms make no daily decisions.
            seed: the run's seed.
            firms: the named firms and the drawn firms.
            parties: all parties that keep books, by role.
            money: moves the firms' money.
            journal: records each firm's first status, and each change of a status.
            unwinding: closes a part of the firms' positions daily. None: firms never unwind.
        """
        self._rules, self._seed, self._firms = rules, seed, firms
        self._money, self._journal, self._unwinding = money, journal, unwinding
        self._code = [parties.names.index(firm.name) for firm in firms]
        self.status = [WAITING if firm.waiting else TRADING for firm in firms]
        self._takes = self._trading()
        self._days = np.zeros(len(firms), dtype=np.int64)
        # The trailing returns in bps of capital. The first row is for the house, the second for the
        # lead venue.
        self._trailing = np.zeros((2, len(firms)))

    @property
    def takes(self) -> np.ndarray:
        """Tell for each firm whether it may hit quotes on the house venue: bool, shape (firms,)."""
        return self._takes

    @property
    def quotes(self) -> np.ndarray:
        """Tell for each firm whether it may quote on the lead venue: bool, shape (firms,)."""
        return np.array([status in (TRADING, LEFT) for status in self.status], dtype=bool)

    def lead_quote_cents(self) -> np.ndarray:
        """Return each firm's displayed size on the lead venue, in cents per market and side."""
        shown = shown_cents(self._firms, self._money.on_lead_cents(self._code))
        return np.where(self.quotes, shown, 0)

    def note(self, time_us: int) -> None:
        """Record the status of each firm on the first day: trading or waiting."""
        for firm, status in zip(self._firms, self.status, strict=True):
            self._journal.event(time_us, f"{firm.name}:status", status)

    def daily(self, time_us: int, returns: Returns, marks: np.ndarray) -> None:
        """Close a part of the firms' positions, then let the firms decide.

        If there are no rules on capital, or if the house has halted, firms decide nothing.

        Args:
            time_us: the day's last microsecond.
            returns: the firms' results of the day.
            marks: lead prices in ticks, by market.
        """
        if self._unwinding:
            self._unwinding.close_day(time_us, marks)
        for code, cents in zip(self._code, returns.lead.tolist(), strict=True):
            self._money.keep_on_lead(code, cents)
        rules = self._rules
        if rules is None or self._money.is_stuck:
            return
        needed = self._money.needed_cents(marks)
        for i, status in enumerate(self.status):
            if status in (TRADING, LEFT):
                self._judge(rules, time_us, i, returns, needed)
            if self.status[i] in (LEFT, CLOSED):
                self._take_home(time_us, i, needed)
        self._let_in(rules, time_us)

    def _judge(
        self, rules: CapitalRules, time_us: int, i: int, returns: Returns, needed: np.ndarray
    ) -> None:
        """Close a firm that is too poor, or let a trading firm act on its returns.

        A trading firm also closes if it has no money left on the venues. Otherwise its trailing
        returns are updated. After `patience_days` the firm leaves the house if its trailing return
        there is negative. A firm that stays pays its owners a share of the day's profit on the
        house. After `patience_days` it also moves capital to the venue with the better trailing
        return.
        """
        code = self._code[i]
        capital = self._money.capital_cents(code)
        self._days[i] += 1
        wealth = capital + self._money.cash_cents(code)  # including money that the firm withdrew
        trades = self.status[i] == TRADING
        poor = wealth < rules.closes_below * to_cents(self._firms[i].capital_usd)
        if poor or (trades and not capital):
            self._become(time_us, i, CLOSED)
        if not trades or self.status[i] == CLOSED:
            return
        day_bps = np.array((returns.house[i], returns.lead[i])) * BPS / capital
        weight = 1 - 0.5 ** (1 / rules.half_life_days)
        # A firm's first days have a higher weight, so that the trailing return does not start near
        # zero.
        weight = max(weight, 1 / self._days[i])
        self._trailing[:, i] += weight * (day_bps - self._trailing[:, i])
        if self._days[i] >= rules.patience_days and self._trailing[0, i] < 0:
            self._become(time_us, i, LEFT)
            return
        share = int(rules.withdrawn_share * max(int(returns.house[i]), 0))
        spare = self._money.spare_cents(HOUSE, code, needed)
        self._money.take_home(time_us, code, min(share, spare), ", its owners' share")
        if self._days[i] >= rules.patience_days:
            self._shift(rules, time_us, i, capital, needed)

    def _shift(
        self, rules: CapitalRules, time_us: int, i: int, capital: int, needed: np.ndarray
    ) -> None:
        """Move capital towards the venue with the better trailing return."""
        code = self._code[i]
        advantage_bps = float(self._trailing[0, i] - self._trailing[1, i])
        share = min(abs(advantage_bps) * rules.shift_per_bp, rules.shift_max)
        to, source = (HOUSE, LEAD) if advantage_bps > 0 else (LEAD, HOUSE)
        cents = min(int(share * capital), self._money.spare_cents(source, code, needed))
        self._money.shift(time_us, code, cents, to)

    def _take_home(self, time_us: int, i: int, needed: np.ndarray) -> None:
        """Withdraw spare money from the house, and from both venues if the firm has closed."""
        code, why = self._code[i], ", and does not come back"
        spare = self._money.spare_cents(HOUSE, code, needed)
        self._money.take_home(time_us, code, spare, why)
        if self.status[i] == CLOSED:
            self._money.leave_lead(time_us, code, needed, why)

    def _let_in(self, rules: CapitalRules, time_us: int) -> None:
        """Let waiting firms enter at random, with a higher chance if trading firms earn more."""
        # For each trading firm, the sum of its trailing returns on the two venues.
        seen = self._trailing[:, self.takes].sum(axis=0)
        # The exact sum is rounded once, so that the order of the firms does not matter.
        visible_bps = max(math.fsum(seen) / len(seen), 0.0) if len(seen) else 0.0
        chance = min(rules.entry_per_day + rules.entry_per_bp * visible_bps, 1.0)
        for i, firm in enumerate(self._firms):
            if self.status[i] == WAITING:
                drawn = decision_key(self._seed, "firms", "entry", firm.name, time_us // DAY_US)
                if (drawn >> 11) / 2**53 < chance:
                    self._enter(time_us, i, firm)

    def _enter(self, time_us: int, i: int, firm: Firm) -> None:
        capital, on_lead = to_cents(firm.capital_usd), to_cents(firm.on_lead_usd)
        self._become(time_us, i, TRADING)
        self._money.enter(time_us, self._code[i], capital - on_lead, on_lead)

    def _become(self, time_us: int, i: int, status: str) -> None:
        self.status[i] = status
        self._takes = self._trading()
        self._journal.event(time_us, f"{self._firms[i].name}:status", status)

    def _trading(self) -> np.ndarray:
        return np.array([status == TRADING for status in self.status], dtype=bool)
