"""Recomputes customers' margin accounts, and checks the accounts after settlements.

A holder is a single customer. The general ledger has only joint accounts of all holders. Here each
holder's account is computed from the fills: collateral, trades, funding and liquidations. This code
is independent of the code that simulates the accounts. Each holder has cash, a position of n lots,
and tokens. If one lot is worth M at the mark, the account is worth cash + n * M + the margin value
of the tokens.
"""

from collections.abc import Iterator

import numpy as np

from ledger.fills import ABSENT
from ledger.motives import FORCED, IN_KIND, PAYMENTS, SETTLED, Motive
from ledger.notes import FundingRate
from ledger.proof.margin_tokens import MarginTokens
from ledger.run_folder import RunFolder

FUNDING_UNIT = 10**9
MARKS = (Motive.MARGIN, Motive.FUNDING)


class MarginAccounts:
    """Computes the position and the cash of every holder from the fills, in the order of seq."""

    def __init__(self, run: RunFolder, tick_cents: np.ndarray) -> None:
        """Initialise without holders.

        Args:
            run: the run's folder.
            tick_cents: the value in cents of one tick on one lot, by market.
        """
        self._tick_cents, self._tokens = tick_cents, MarginTokens(run, tick_cents)
        (rate,) = run.notes(FundingRate)
        self._funding_e9 = rate.e9
        self._marks = np.zeros(len(tick_cents), dtype=np.int64)
        self._market, self._lots, self._cash = (np.zeros(0, dtype=np.int64) for _ in range(3))
        self._known = np.zeros(0, dtype=np.int64)  # the numbers of the holders who have an account

    def wrong_steps(self, rows: np.ndarray) -> Iterator[str]:
        """Yield the errors in *rows*, and in the holders' accounts after each settlement.

        Args:
            rows: the next rows of the fills (dtype ROW), in the order of seq.
        """
        on_house = rows[rows["venue"] == 0]
        own = on_house[(on_house["motive"] >= Motive.LEVERAGE) & (on_house["holder"] != ABSENT)]
        self._make_room(own)
        self._know(own["holder"])
        if not len(self._known):
            return  # in some runs, customers are on margin only on full days
        marks = on_house[np.isin(on_house["motive"], MARKS)]
        settled = np.isin(own["motive"], SETTLED)
        times = np.unique(np.concatenate((marks["time_us"], own["time_us"][settled])))
        before, after = (own["time_us"].searchsorted(times, side) for side in ("left", "right"))
        first, last = (marks["time_us"].searchsorted(times, side) for side in ("left", "right"))
        done = 0
        for i in range(len(times)):
            yield from self._follow(own[done : before[i]])
            settlement = marks[first[i] : last[i]]
            self._settle(settlement)
            marked = np.unique(settlement["market"])
            steps, moved = own[before[i] : after[i]], own[done : after[i]]["holder"]
            done = after[i]
            yield from self._wrong_leads(steps, marked)
            yield from self._follow(steps)
            # If no payments on positions are made at this time, no mark changes. Then only accounts
            # with rows can have changed.
            holders = self._known if len(settlement) else np.unique(moved)
            yield from self._wrong_ends(steps, marked, holders)
        yield from self._follow(own[done:])

    def wrong_totals(self) -> Iterator[str]:
        """Compare the sum of all holders' tokens at the end with the general ledger."""
        return self._tokens.wrong_totals()

    def _make_room(self, own: np.ndarray) -> None:
        missing = int(own["holder"].max(initial=-1)) + 1 - len(self._lots)
        if missing > 0:
            self._tokens.make_room(missing)
            none = np.zeros(missing, dtype=np.int64)
            self._market, self._lots, self._cash = (
                np.concatenate((column, none)) for column in (self._market, self._lots, self._cash)
            )

    def _know(self, holders: np.ndarray) -> None:
        """Drop empty accounts from the known accounts, then add the accounts of *holders*."""
        old = self._known
        empty = (self._lots[old] == 0) & (self._cash[old] == 0) & (self._tokens.lots[old] == 0)
        self._known = np.union1d(old[~empty], holders)

    def _follow(self, rows: np.ndarray) -> Iterator[str]:
        """Apply rows to holders' accounts, and yield errors.

        A forced trade must reduce a position.
        """
        yield from self._tokens.follow(rows)
        in_kind = np.isin(rows["motive"], IN_KIND)
        np.add.at(self._cash, rows["holder"][in_kind], rows["edge_cents"][in_kind])
        rows = rows[~in_kind]
        if not len(rows):
            return
        holder, is_payment = rows["holder"], np.isin(rows["motive"], PAYMENTS)
        forced = np.isin(rows["motive"], FORCED)
        held = self._lots[holder]
        self._market[holder] = rows["market"]
        entered = rows[rows["motive"] == Motive.LEVERAGE]
        self._marks[entered["market"]] = entered["price"]  # marks until the next settlement
        cents = self._tick_cents[rows["market"]]
        paid = rows["lots"] * rows["price"] * cents + rows["fee_cents"]
        np.add.at(self._cash, holder, np.where(is_payment, rows["edge_cents"], -paid))
        np.add.at(self._lots, holder, np.where(is_payment, 0, rows["lots"]))
        wrong = forced & ((rows["lots"] * held >= 0) | (self._lots[holder] * held < 0))
        yield from _told(rows, wrong, "a forced trade opens, increases or reverses a position")

    def _settle(self, marks: np.ndarray) -> None:
        """Set the marks. If funding is due in a market, the holders of positions pay or receive it.

        Each change of cash is rounded down to cents.
        """
        self._marks[marks["market"]] = marks["price"]
        funded = np.unique(marks["market"][marks["motive"] == Motive.FUNDING])
        if len(funded):
            holders = self._known[np.isin(self._market[self._known], funded)]
            self._cash[holders] += -self._worth(holders) * self._funding_e9 // FUNDING_UNIT

    def _wrong_leads(self, steps: np.ndarray, marked: np.ndarray) -> Iterator[str]:
        """Check that a seizure's lead price is the settlement's mark, if this mark is known.

        At a settlement, the mark of a market is stated only in payments on positions in this
        market. Without payments, either the price has not moved or there are no positions.
        """
        seized = steps[(steps["motive"] == Motive.SEIZURE) & np.isin(steps["market"], marked)]
        wrong = seized["lead"] != self._marks[seized["market"]]
        yield from _told(seized, wrong, "the lead price of a seizure is not the settlement's mark")

    def _wrong_ends(
        self, steps: np.ndarray, marked: np.ndarray, holders: np.ndarray
    ) -> Iterator[str]:
        """Check that no account is negative, and that an account that is taken over ends at zero.

        If the price of an account's tokens is unknown, a negative value is not reported.

        Args:
            steps: the holders' rows at this settlement (dtype ROW).
            marked: the markets whose price is known from payments at this settlement.
            holders: holders whose accounts may have changed.
        """
        equity = self._equity(holders)
        has_tokens = self._tokens.lots[holders] > 0
        unknown = has_tokens & ~np.isin(self._tokens.market[holders], marked)
        equity[unknown] = np.maximum(equity[unknown], 0)
        if equity.min(initial=0) < 0:
            at = int(equity.argmin())
            yield (
                f"the account of holder r-{holders[at]:04} is worth {equity[at]} cents after a "
                "settlement, but no account may be negative"
            )
        ends = steps[steps["motive"] == Motive.BACKSTOP]
        ends = ends[self._lots[ends["holder"]] == 0]
        keeps = self._tokens.lots[ends["holder"]] != 0
        wrong = (self._equity(ends["holder"]) != 0) | keeps
        yield from _told(ends, wrong, "an account that is taken over does not end at zero")

    def _equity(self, holders: np.ndarray) -> np.ndarray:
        """Return each account's value in cents. Tokens count with their margin value."""
        tokens = self._tokens.worth(self._marks, holders)
        return self._cash[holders] + self._worth(holders) + tokens

    def _worth(self, holders: np.ndarray) -> np.ndarray:
        return self._lots[holders] * (self._tick_cents * self._marks)[self._market[holders]]


def _told(rows: np.ndarray, wrong: np.ndarray, what: str) -> Iterator[str]:
    found = np.flatnonzero(wrong)
    if len(found):
        yield f"row with seq {rows['seq'][found[0]]}: {what}"
