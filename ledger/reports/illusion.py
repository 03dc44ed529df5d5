"""Skill, or the captive maker's money? House against elsewhere, for each trading firm.

House is what a firm makes of slow quotes: its edge, less fees there, less what it costs to lay
those fills off on the lead venue. Elsewhere is what its own quotes on the lead venue earn from
whoever knows nothing and lose to whoever is faster, and what it wins from slower ones, less fees.
Variation margin is in neither: by venue it only measures where the price went. Funding stands
apart. If results were skill, who wins in one place should win in the other.

What drives which figure. House: how late the quotes are and how wide, sizes shown, fees, hurdles,
gateway delays, the cost of a hedge. The books have fills of the captive maker's quotes only, so
while its quoter is off there is nothing to hit, by construction. Elsewhere: reaction times, sizes
shown, the share of flow that knows nothing, the venue's half-spread. It is booked in expectation,
by a rule in which speed decides: that faster firms do better there is an assumption, no finding.
Both are set against opening capital, whatever became of it since.

Intervals are percentile bootstraps: Efron & Tibshirani (1993), An Introduction to the Bootstrap,
section 13.3. Over firms, they say what other firms of the same kind might have shown in this run;
over days, what the same firms might have shown on other days. Days count as independent: where
one storm lasts for several, intervals over days are too narrow. A day drawn twice adds noise to
noise: a rank correlation of noisy results has an interval that leans towards zero. Firms that came
and went at different times met different days, and part of a correlation may be of those.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, cached_property
from typing import NamedTuple
from zlib import crc32

import numpy as np
from beancount.core import data

from ledger.accounts import LEAD_QUOTING, expense, income, opening
from ledger.reports.league import ALL, NO_CLASS, STATUS, Profile, profiles
from ledger.reports.table import Cell, Table
from ledger.reports.where import usd_lines
from ledger.run_folder import RunFolder

HOUSE, ELSEWHERE, REACTION = "house", "elsewhere", "reaction time"
PRESENT = ("trading", "left")  # who left the house still quotes on the lead venue

COVERAGE = 0.95
RESAMPLES = 2_000
SEED = 19_930_513
IN_USD, IN_BPS, IN_RANKS = 2, 3, 2  # decimal places
FEWEST = 5  # firms, or days: fewer, drawn again and again, say nothing about others

INTERVALS = (
    f"Low and high: {COVERAGE:.0%} intervals, bootstrapped over firms, and separately over days; "
    f"none where there are fewer than {FEWEST}."
)


# -------------------------------------------------------------------------- the books


class Firm(NamedTuple):
    """A trading firm, and what it opened with."""

    name: str
    profile: Profile
    capital_usd: Decimal


@dataclass(frozen=True)
class DailyResults:
    """What each firm made on each day, in cents: arrays of shape (days, firms)."""

    days: Sequence[date]
    firms: Sequence[Firm]
    house: np.ndarray
    elsewhere: np.ndarray
    funding: np.ndarray  # received, on both venues
    present: np.ndarray  # whether it had entered, and not closed
    quoting: Sequence[str | None]  # the captive maker's quoter: on, off, None if it changed

    @property
    def by_place(self) -> dict[str, np.ndarray]:
        """Return the results that are to be compared."""
        return {HOUSE: self.house, ELSEWHERE: self.elsewhere}

    @cached_property
    def invested(self) -> np.ndarray:
        """Opening capital, in cents, of who was present: shape (days, firms)."""
        return self.present * np.array([float(firm.capital_usd) * 100 for firm in self.firms])

    @cached_property
    def reaction_ms(self) -> np.ndarray:
        """Reaction times, shape (firms,); NaN where the books don't say."""
        told = [firm.profile.reaction_ms for firm in self.firms]
        return np.array([np.nan if ms is None else ms for ms in told], dtype=float)

    @cached_property
    def groups(self) -> dict[str, np.ndarray]:
        """Which firms are of each class, the quickest class first; all of them stand last."""
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
        """Results by place per day of presence, over opening capital: shape (firms,)."""
        every_day = np.ones(len(self.days))
        return {
            p: basis_points(cents, self.invested, every_day) for p, cents in self.by_place.items()
        }

    @cached_property
    def resampled(self) -> dict[str, np.ndarray]:
        """The same over days drawn at random: shape (drawings, firms)."""
        days = draws(len(self.days), "days")
        return {p: basis_points(cents, self.invested, days) for p, cents in self.by_place.items()}


def basis_points(cents: np.ndarray, invested: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Set results against capital, in basis points per day.

    Args:
        cents: results, shape (days, n).
        invested: cents of capital, of the same shape; zero on days that don't count.
        counts: how often each day is counted, shape (days,) or (drawings, days).

    Returns:
        Shape (n,) or (drawings, n); NaN where no capital was there.
    """
    # In floats, which are exact here, and quick to multiply.
    capital = counts.astype(float) @ invested
    return 10_000 * (counts.astype(float) @ cents) / np.where(capital > 0, capital, np.nan)


def daily_results(run: RunFolder) -> DailyResults:
    """Read the firms' results off the general ledger, day by day."""
    parties, days, states = run.chart.parties, calendar(run), _states(run)
    accounts = (
        house_accounts,
        elsewhere_accounts,
        lambda firm: [income(firm, "Funding")],
        lambda firm: [opening(firm)],
    )
    posted = posted_cents(run, [of(firm) for of in accounts for firm in parties.firms])
    # Gains and capital are below zero where they are booked, and costs above.
    house, elsewhere, funding, opened = np.split(-posted, len(accounts), axis=1)
    told = profiles(run)
    present = [[_was_present(states[firm + STATUS][day]) for firm in parties.firms] for day in days]
    return DailyResults(
        days,
        [
            Firm(name, told[name], dollars(cents))
            for name, cents in zip(parties.firms, opened.sum(axis=0), strict=True)
        ],
        house,
        elsewhere,
        funding,
        np.array(present, dtype=float).reshape(house.shape),
        [_only(states[f"{parties.maker}:quoter"][day]) for day in days],
    )


def house_accounts(firm: str) -> list[str]:
    """Return where a firm books what slow quotes bring it, and all that this costs."""
    return [income(firm, "PickOff"), expense(firm, "Fees"), expense(firm, "Hedging")]


def elsewhere_accounts(firm: str) -> list[str]:
    """Return where it books what its quotes on the lead venue bring, and its hits on others."""
    return [*(income(firm, kind) for kind in LEAD_QUOTING), expense(firm, "LeadFees")]


def calendar(run: RunFolder) -> list[date]:
    """Return every day from the first entry to the last."""
    first, last = run.transactions[0].date, run.transactions[-1].date
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def posted_cents(run: RunFolder, groups: Sequence[Sequence[str]]) -> np.ndarray:
    """Sum up what is posted to each group of accounts on each day: cents, shape (days, groups)."""
    column = {account: i for i, accounts in enumerate(groups) for account in accounts}
    days = calendar(run)
    cents = np.zeros((len(days), len(groups)), dtype=np.int64)
    for entry in run.transactions:
        for account, usd in usd_lines(entry):
            if account in column:
                cents[(entry.date - days[0]).days, column[account]] += int(usd.scaleb(2))
    return cents


def dollars(cents: int) -> Decimal:
    """Return whole cents as an exact amount."""
    return Decimal(int(cents)).scaleb(-2)


def _states(run: RunFolder) -> defaultdict[str, defaultdict[date, list[str]]]:
    """Return by event and day the values that it had, the one at the day's start first."""
    states: defaultdict[str, defaultdict[date, list[str]]] = defaultdict(lambda: defaultdict(list))
    for entry in run.entries:
        if isinstance(entry, data.Event):
            states[entry.type][entry.date].append(entry.description)
    for values in states.values():
        before: list[str] = []
        for day in calendar(run):
            values[day] = before + values[day]
            before = values[day][-1:]
    return states


def _was_present(statuses: Sequence[str]) -> bool:
    """Tell whether a firm took part in a day: what it decides at the close is for the next."""
    return not statuses or statuses[0] in PRESENT


def _only(values: Sequence[str]) -> str | None:
    return values[0] if len(set(values)) == 1 else None


# --------------------------------------------------------------------- the statistics


class Interval(NamedTuple):
    """Where a figure might as well have been."""

    low: float
    high: float


@cache
def draws(n: int, what: str) -> np.ndarray:
    """Draw *n* out of *n* with replacement, RESAMPLES times.

    Args:
        n: out of how many.
        what: a name for the draws; those of another name are others.

    Returns:
        How often each is drawn, shape (RESAMPLES, n); of fewer than FEWEST there are no draws.
    """
    if n < FEWEST:
        return np.zeros((0, n), dtype=np.int64)
    generator = np.random.default_rng([SEED, crc32(what.encode())])
    return generator.multinomial(n, np.full(n, 1 / n), size=RESAMPLES)


def interval(figures: np.ndarray) -> Interval | None:
    """Return the middle COVERAGE of a resampled figure; None where no resample has one."""
    defined = figures[np.isfinite(figures)]
    if not len(defined):
        return None
    outside = (1 - COVERAGE) / 2
    return Interval(*map(float, np.quantile(defined, (outside, 1 - outside))))


def spearman(x: np.ndarray, y: np.ndarray, counts: np.ndarray) -> float:
    """Correlate the ranks of two series; ties share the mean of their ranks.

    Args:
        x: values, shape (n,).
        y: values, shape (n,).
        counts: how often each pair counts, shape (n,). A pair with a NaN counts for nothing.

    Returns:
        Between -1 and 1; NaN if all values of a series tie.

    Source: Spearman (1904), American Journal of Psychology 15(1), 72-101.
    """
    counts = np.where(np.isnan(x + y), 0, counts)
    first, second = (_centred_ranks(values, counts) for values in (x, y))
    squares = (counts @ first**2) * (counts @ second**2)
    return float(counts @ (first * second) / np.sqrt(squares)) if squares else np.nan


def _centred_ranks(values: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return ranks from which their mean is taken, half of all that counts."""
    _, tie = np.unique(values, return_inverse=True)
    size = np.bincount(tie, counts)
    return (size.cumsum() - size / 2 - size.sum() / 2)[tie]


def _means(figures: np.ndarray) -> np.ndarray:
    """Return the mean of each row's defined figures; NaN where there is none."""
    return np.ma.masked_invalid(figures).mean(axis=1).filled(np.nan)


# ------------------------------------------------------------------------- the tables


def illusion(run: RunFolder) -> list[Table]:
    """Return house against elsewhere: by firm, in ranks, by class, and by state of the quoter."""
    results = daily_results(run)
    return [
        _firm_table(results),
        _rank_table(results),
        _class_table(results),
        *_quoter_tables(results, run.chart.parties.maker),
    ]


def _firm_table(results: DailyResults) -> Table:
    house, elsewhere, funding, present = (
        each.sum(axis=0)
        for each in (results.house, results.elsewhere, results.funding, results.present)
    )
    return Table(
        "illusion",
        "House against elsewhere: what each trading firm made, and where",
        (
            "firm",
            "class",
            "reaction_ms",
            "capital_usd",
            "days",
            "house_usd",
            "elsewhere_usd",
            "house_bps_per_day",
            "elsewhere_bps_per_day",
            "funding_usd",
        ),
        [
            (
                firm.name,
                firm.profile.category,
                firm.profile.reaction_ms,
                firm.capital_usd,
                int(present[i]),
                dollars(house[i]),
                dollars(elsewhere[i]),
                _rounded(results.bps_per_day[HOUSE][i], IN_BPS),
                _rounded(results.bps_per_day[ELSEWHERE][i], IN_BPS),
                dollars(funding[i]),
            )
            # Sorting is stable: equals stay in the order of the chart.
            for i, firm in sorted(enumerate(results.firms), key=lambda each: -house[each[0]])
        ],
        (
            "House: edge less fees there, less what laying it off on the lead venue cost.",
            "Elsewhere: what own quotes on the lead venue earned, less what faster firms took from "
            "them, and what was taken from slower ones less fees; booked in expectation, by a rule "
            "in which speed decides.",
            "Basis points are of opening capital, per day from entering to closing.",
            "Variation margin is in neither: by venue it only measures where the price went.",
        ),
    )


def _rank_table(results: DailyResults) -> Table:
    figures = {**results.bps_per_day, REACTION: results.reaction_ms}
    resampled = {**results.resampled}
    resampled[REACTION] = np.broadcast_to(figures[REACTION], resampled[HOUSE].shape)
    rows = []
    for one, other in ((HOUSE, ELSEWHERE), (REACTION, HOUSE), (REACTION, ELSEWHERE)):
        known = np.isfinite(figures[one] + figures[other])
        x, y, once = figures[one][known], figures[other][known], np.ones(known.sum())
        xs, ys = resampled[one][:, known], resampled[other][:, known]
        over_firms = [spearman(x, y, counts) for counts in draws(len(once), "firms")]
        over_days = [spearman(*drawn, once) for drawn in zip(xs, ys, strict=True)]
        rows.append(
            (
                f"{one}, {other}",
                len(once),
                _rounded(spearman(x, y, once), IN_RANKS),
                *_ends(interval(np.array(over_firms)), IN_RANKS),
                *_ends(interval(np.array(over_days)), IN_RANKS),
            )
        )
    return Table(
        "rank-correlation",
        "Does who wins at the house win elsewhere, and is it speed?",
        (
            "ranks_of",
            "firms",
            "spearman",
            "over_firms_low",
            "over_firms_high",
            "over_days_low",
            "over_days_high",
        ),
        rows,
        (
            "House and elsewhere are ranked by basis points of opening capital per day. With "
            "reaction time, a correlation below zero means that the faster did better.",
            INTERVALS,
        ),
    )


def _class_table(results: DailyResults) -> Table:
    rows = []
    for group, members in results.groups.items():
        for place, cents in results.by_place.items():
            bps = results.bps_per_day[place][members]
            bps = bps[np.isfinite(bps)]
            over_firms = interval(draws(len(bps), "firms") @ bps / max(len(bps), 1))
            over_days = interval(_means(results.resampled[place][:, members]))
            rows.append(
                (
                    group,
                    len(bps),
                    place,
                    dollars(cents[:, members].sum()),
                    _rounded(_means(bps[np.newaxis])[0], IN_BPS),
                    *_ends(over_firms, IN_BPS),
                    *_ends(over_days, IN_BPS),
                    _verdict(over_firms, over_days),
                )
            )
    return Table(
        "classes",
        "Which class earns at the house, and which elsewhere?",
        (
            "class",
            "firms",
            "place",
            "result_usd",
            "mean_bps_per_day",
            "over_firms_low_bps",
            "over_firms_high_bps",
            "over_days_low_bps",
            "over_days_high_bps",
            "verdict",
        ),
        rows,
        (
            "The mean is over firms, each counting once whatever its size, in basis points of "
            "opening capital per day. A class earns, or loses, if both intervals say so.",
            INTERVALS,
        ),
    )


def _verdict(*intervals: Interval | None) -> str:
    if all(each and each.low > 0 for each in intervals):
        return "earns"
    if all(each and each.high < 0 for each in intervals):
        return "loses"
    return "undecided"


def _quoter_tables(results: DailyResults, maker: str) -> Iterator[Table]:
    """Yield daily results with the quoter on and with it off, by class and by firm."""
    on, off = (np.array([state == value for state in results.quoting]) for value in ("on", "off"))
    compared = bool(on.any() and off.any())
    notes = (
        f"{maker}'s quoter was on for {on.sum()} whole days and off for {off.sum()}"
        + ("; days on which it changed are in neither." if compared else ": nothing to compare."),
        "While it is off there is nothing to hit at the house, by construction; what is left there "
        "is the cost of hedges.",
        "Basis points are of the opening capital of those in business, per day. "
        f"Low and high: {COVERAGE:.0%} intervals, bootstrapped over days.",
        "The days differ in more than the quoter: its effect alone is the difference to a run in "
        "which it goes on.",
    )
    firms = {firm.name: np.arange(len(results.firms)) == i for i, firm in enumerate(results.firms)}
    for of_whom, members in (("class", results.groups), ("firm", firms)):
        yield Table(
            f"quoter-by-{of_whom}",
            f"With {maker}'s quoter on, and off: what each {of_whom} made a day",
            (
                of_whom,
                "place",
                "on_usd_per_day",
                "off_usd_per_day",
                "on_bps_per_day",
                "on_low_bps",
                "on_high_bps",
                "off_bps_per_day",
                "off_low_bps",
                "off_high_bps",
                "change_bps_per_day",
                "change_low_bps",
                "change_high_bps",
            ),
            [
                (
                    who,
                    place,
                    *(
                        _rounded(cents[days][:, which].sum() / 100 / days.sum(), IN_USD)
                        for days in (on, off)
                    ),
                    *_compared(cents[:, which], results.invested[:, which], on, off),
                )
                for who, which in members.items()
                for place, cents in results.by_place.items()
                if compared
            ],
            notes if compared else notes[:1],
        )


def _compared(
    cents: np.ndarray, invested: np.ndarray, on: np.ndarray, off: np.ndarray
) -> Iterator[Cell]:
    """Yield basis points per day for some days, for others, and the change; with intervals."""
    found, drawn = [], []
    for days, name in ((on, "days on"), (off, "days off")):
        series = [each[days].sum(axis=1, keepdims=True) for each in (cents, invested)]
        found.append(basis_points(*series, np.ones(len(series[0])))[0])
        drawn.append(basis_points(*series, draws(len(series[0]), name))[:, 0])
    enough = len(drawn[0]) == len(drawn[1])  # days of both
    found.append(found[1] - found[0])
    drawn.append(drawn[1] - drawn[0] if enough else np.empty(0))
    for figure, figures in zip(found, drawn, strict=True):
        yield _rounded(figure, IN_BPS)
        yield from _ends(interval(figures), IN_BPS)


def _ends(found: Interval | None, places: int) -> tuple[Cell, Cell]:
    return (_rounded(found.low, places), _rounded(found.high, places)) if found else (None, None)


def _rounded(figure: float, places: int) -> Decimal | None:
    # Minus zero plus zero is zero.
    return Decimal(f"{figure:.{places}f}") + 0 if np.isfinite(figure) else None
