"""Each trading firm's results by day and venue.

The result on the house venue comes from hits on the captive maker's stale quotes. It is the edge of
these hits, less fees, less the cost of hedging.
The result elsewhere comes from a firm's own quotes and hits on the lead venue. It is the spread
that noise traders pay, less losses to faster firms, plus gains from slower quotes, less fees.
Both results exclude variation margin, which on one venue alone shows only price moves.
Funding is a separate figure.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

import numpy as np

from ledger.accounts import expense, income, opening
from ledger.kinds import LEAD_QUOTING, Kind
from ledger.money import dollars
from ledger.reports.days import calendar, posted_cents
from ledger.reports.firms.league import ALL, NO_CLASS, Profile, profiles
from ledger.reports.market.hit_limits import STATUS
from ledger.reports.once import once
from ledger.run_folder import RunFolder

HOUSE, ELSEWHERE = "house", "elsewhere"
PRESENT = ("trading", "left")  # a firm that has left the house still quotes on the lead venue


class TradingFirm(NamedTuple):
    """The name, the profile and the opening capital of a trading firm."""

    name: str
    profile: Profile
    capital_usd: Decimal


@dataclass(frozen=True)
class DailyResults:
    """Each firm's results on each day, in cents, as arrays of shape (days, firms)."""

    days: Sequence[date]
    firms: Sequence[TradingFirm]
    house: np.ndarray
    elsewhere: np.ndarray
    funding: np.ndarray  # funding received on both venues
    present: np.ndarray  # 1 if the firm has entered and is not closed, otherwise 0
    # The state of the maker's quotes on each day: "on" or "off". It is None if the state changed on
    # the day, or is not in the books.
    quoting: Sequence[str | None]

    @property
    def by_place(self) -> dict[str, np.ndarray]:
        """Return the results by place: on the house venue, and elsewhere."""
        return {HOUSE: self.house, ELSEWHERE: self.elsewhere}

    @cached_property
    def invested(self) -> np.ndarray:
        """Return opening capital in cents, shape (days, firms). It is 0 while a firm is absent."""
        return self.present * np.array([float(firm.capital_usd) * 100 for firm in self.firms])

    @cached_property
    def reaction_ms(self) -> np.ndarray:
        """Return reaction times, shape (firms,). A time that is not in the books is NaN."""
        told = [firm.profile.reaction_ms for firm in self.firms]
        return np.array([np.nan if ms is None else ms for ms in told], dtype=float)

    @cached_property
    def groups(self) -> dict[str, np.ndarray]:
        """Return a mask of the firms of each class, the fastest class first.

        The last mask has all firms. It is the only mask if no firm has a class.
        """
        classes = np.array([firm.profile.category or NO_CLASS for firm in self.firms])
        members = {str(name): classes == name for name in np.unique(classes)}
        if set(members) <= {NO_CLASS}:
            members = {}
        pace_ms = np.nan_to_num(self.reaction_ms, nan=np.inf)
        quickest_first = sorted(members, key=lambda name: np.median(pace_ms[members[name]]))
        everybody = np.ones(len(self.firms), dtype=bool)
        return {**{name: members[name] for name in quickest_first}, ALL: everybody}

    @cached_property
    def bps_per_day(self) -> dict[str, np.ndarray]:
        """Return each firm's mean daily result, in basis points of opening capital.

        The key HOUSE has the results on the house venue, and ELSEWHERE has the other results.
        """
        every_day = np.ones(len(self.days))
        return {
            p: basis_points(cents, self.invested, every_day) for p, cents in self.by_place.items()
        }


def basis_points(cents: np.ndarray, invested: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return the sum of results divided by the sum of capital, in basis points per day.

    Args:
        cents: results, shape (days, n).
        invested: capital in cents, shape (days, n). It is zero while no firm is present.
        counts: the weight of each day, shape (days,), or (draws, days) for several draws of days.

    Returns:
        Basis points, shape (n,) or (draws, n). NaN if the sum of capital is zero.
    """
    # Floats represent the weights exactly, and matrices of floats multiply fast.
    counts = np.asarray(counts, dtype=float)
    capital = counts @ invested
    return 10_000 * (counts @ cents) / np.where(capital > 0, capital, np.nan)


@once
def daily_results(run: RunFolder) -> DailyResults:
    """Read the firms' results from the general ledger, day by day."""
    parties, days, states = run.chart.parties, calendar(run), _states(run)
    accounts = (
        house_accounts,
        elsewhere_accounts,
        lambda firm: [income(firm, Kind.FUNDING)],
        lambda firm: [opening(firm)],
    )
    posted = posted_cents(run, [of(firm) for of in accounts for firm in parties.firms])
    # In the books gains and capital are negative, and costs are positive.
    house, elsewhere, funding, opened = np.split(-posted, len(accounts), axis=1)
    told = profiles(run)
    present = [[_was_present(states[firm + STATUS][day]) for firm in parties.firms] for day in days]
    return DailyResults(
        days,
        [
            TradingFirm(name, told[name], dollars(cents))
            for name, cents in zip(parties.firms, opened.sum(axis=0), strict=True)
        ],
        house,
        elsewhere,
        funding,
        np.array(present, dtype=float).reshape(house.shape),
        [_only(states[f"{parties.maker}:quoter"][day]) for day in days],
    )


def house_accounts(firm: str) -> list[str]:
    """Return a firm's accounts for gains from stale quotes, for fees, and for hedging costs."""
    return [income(firm, Kind.PICKOFF), expense(firm, Kind.FEES), expense(firm, Kind.HEDGING)]


def elsewhere_accounts(firm: str) -> list[str]:
    """Return a firm's accounts for its own quotes and hits on the lead venue."""
    return [*(income(firm, kind) for kind in LEAD_QUOTING), expense(firm, Kind.LEAD_FEES)]


def _states(run: RunFolder) -> defaultdict[str, defaultdict[date, list[str]]]:
    """Return each state's values by day: the value at the day's start, then new values."""
    states: defaultdict[str, defaultdict[date, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name, day, value in run.select("SELECT name, date, value FROM events"):
        states[name][day].append(value)
    for values in states.values():
        before: list[str] = []
        for day in calendar(run):
            values[day] = before + values[day]
            before = values[day][-1:]
    return states


def _was_present(statuses: Sequence[str]) -> bool:
    """Return whether a firm was present on a day, judged by its status at the day's start.

    A firm without a status in the books is always present.
    """
    return not statuses or statuses[0] in PRESENT


def _only(values: Sequence[str]) -> str | None:
    return values[0] if len(set(values)) == 1 else None
