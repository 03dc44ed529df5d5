"""Are the firms skilled? Compares each firm's results on the house with its results elsewhere.

The result on the house comes from the captive maker's stale quotes. The result elsewhere comes from
a firm's own quotes and hits on the lead venue (see `daily_results`). If results come from skill,
firms that earn on one venue should earn on the other venue too.

Results on the house depend mainly on the latency, width and size of the captive maker's quotes, and
on reaction times, fees, hurdles, gateway delays and hedging costs. On the house, firms hit only the
captive maker's quotes. Results elsewhere depend mainly on reaction times, displayed size, the
uninformed share of orders and the half-spread. Results elsewhere are booked as expected values, by
a rule in which the faster firm wins. So it is an assumption, not a finding, that faster firms earn
more elsewhere. Results are divided by the firm's opening capital.

An interval over firms shows how a figure would vary with other firms of the same kind. An interval
over days shows how the figure would vary if the same firms traded on other days. Days are treated
as independent. So intervals over days are too narrow if volatile days follow each other. A random
draw of days (see `bootstrap`) adds noise to ranks. This noise moves rank correlations towards zero.
Firms are present on different days, and this may cause a part of a correlation.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from decimal import Decimal

import numpy as np

from ledger.money import dollars
from ledger.reports.firms.bootstrap import COVERAGE, FEWEST, Interval, draws, interval, spearman
from ledger.reports.firms.daily_results import (
    ELSEWHERE,
    HOUSE,
    DailyResults,
    basis_points,
    daily_results,
)
from ledger.reports.table import Table
from ledger.run_folder import RunFolder

REACTION = "reaction time"
IN_USD, IN_BPS, IN_RANKS = 2, 3, 2  # decimal places

INTERVALS = (
    f"Low and high are the ends of {COVERAGE:.0%} intervals, bootstrapped over firms and, "
    f"separately, over days. An interval is blank if there are fewer than {FEWEST} firms or days."
)


@dataclass(frozen=True, slots=True)
class FirmPlaces:
    """A firm's results at the house and elsewhere."""

    firm: str
    class_: str | None
    reaction_ms: Decimal | None
    capital_usd: Decimal
    days: int
    house_usd: Decimal
    elsewhere_usd: Decimal
    house_bps_per_day: Decimal | None  # None if the firm was never present
    elsewhere_bps_per_day: Decimal | None
    funding_usd: Decimal


@dataclass(frozen=True, slots=True)
class RankCorrelation:
    """A rank correlation of two results, or of a result and the reaction time."""

    ranks_of: str
    firms: int
    spearman: Decimal | None  # None if it is not defined
    over_firms_low: Decimal | None
    over_firms_high: Decimal | None
    over_days_low: Decimal | None
    over_days_high: Decimal | None


@dataclass(frozen=True, slots=True)
class ClassMean:
    """The mean result of a class at one place (house or elsewhere). Firms have equal weights."""

    class_: str
    firms: int
    place: str
    result_usd: Decimal
    mean_bps_per_day: Decimal | None
    over_firms_low_bps: Decimal | None
    over_firms_high_bps: Decimal | None
    over_days_low_bps: Decimal | None
    over_days_high_bps: Decimal | None
    verdict: str


@dataclass(frozen=True, slots=True)
class QuoterOnAndOff:
    """The daily result of a class or firm at one place, with and without the maker's quotes."""

    who: str
    place: str
    on_usd_per_day: Decimal | None
    off_usd_per_day: Decimal | None
    on_bps_per_day: Decimal | None
    on_low_bps: Decimal | None
    on_high_bps: Decimal | None
    off_bps_per_day: Decimal | None
    off_low_bps: Decimal | None
    off_high_bps: Decimal | None
    change_bps_per_day: Decimal | None
    change_low_bps: Decimal | None
    change_high_bps: Decimal | None


ON_AND_OFF = tuple(each.name for each in fields(QuoterOnAndOff))[1:]


@dataclass(frozen=True, slots=True)
class Skill:
    """Results on the house and elsewhere, rank correlations, and days with and without quotes."""

    maker: str
    firms: tuple[FirmPlaces, ...]
    ranks: tuple[RankCorrelation, ...]
    classes: tuple[ClassMean, ...]
    days_on: int  # days on which the maker quotes all day
    days_off: int  # days on which the maker never quotes
    quoter_by_class: tuple[QuoterOnAndOff, ...]  # empty if days_on or days_off is zero
    quoter_by_firm: tuple[QuoterOnAndOff, ...]

    def answer(self) -> str:
        """State how many firms earn on the house, how many on both venues, and the correlation."""
        at_house = [firm for firm in self.firms if firm.house_usd > 0]
        said = f"{len(at_house)} of {len(self.firms)} trading firms earn from {self.maker}'s quotes"
        if not any(firm.elsewhere_usd for firm in self.firms):
            return f"{said}. No firm has results on the lead venue, so there is no comparison."
        both = sum(firm.elsewhere_usd > 0 for firm in at_house)
        said += f"; {both} of these {len(at_house)} firms earn on the lead venue too."
        together = self.ranks[0].spearman if self.ranks else None
        if together is None:
            return f"{said} The firms' ranks on the two venues cannot be compared."
        return f"{said} The rank correlation of the results on the two venues is {together}."

    def tables(self) -> list[Table]:
        """Return tables of firms, rank correlations, classes, and days with and without quotes."""
        return [
            _firm_table(self.firms),
            _rank_table(self.ranks),
            _class_table(self.classes),
            _quoter_table(self, "class", self.quoter_by_class),
            _quoter_table(self, "firm", self.quoter_by_firm),
        ]


def skill(run: RunFolder) -> Skill:
    """Compare each firm's results on the house and elsewhere."""
    results = daily_results(run)
    resampled = _resampled_days(results)
    on, off = (np.array([state == value for state in results.quoting]) for value in ("on", "off"))
    firms = {firm.name: np.arange(len(results.firms)) == i for i, firm in enumerate(results.firms)}
    return Skill(
        run.chart.parties.maker,
        tuple(_firm_places(results)),
        tuple(_rank_correlations(results, resampled)),
        tuple(_class_means(results, resampled)),
        int(on.sum()),
        int(off.sum()),
        tuple(_on_and_off(results, results.groups, on, off)),
        tuple(_on_and_off(results, firms, on, off)),
    )


def _resampled_days(results: DailyResults) -> dict[str, np.ndarray]:
    """Return `bps_per_day` for each draw of days, shape (draws, firms)."""
    days = draws(len(results.days), "days")
    return {p: basis_points(cents, results.invested, days) for p, cents in results.by_place.items()}


def _firm_places(results: DailyResults) -> Iterator[FirmPlaces]:
    house, elsewhere, funding, present = (
        each.sum(axis=0)
        for each in (results.house, results.elsewhere, results.funding, results.present)
    )
    # Firms with equal results stay in the order of the chart.
    for i, firm in sorted(enumerate(results.firms), key=lambda each: -house[each[0]]):
        yield FirmPlaces(
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


def _firm_table(found: Sequence[FirmPlaces]) -> Table:
    return Table.of(
        "skill",
        "Each trading firm's results at the house and elsewhere",
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
        found,
        (
            "House: edge less fees on the house, less the cost of hedging on the lead venue.",
            "Elsewhere: the expected spread of own quotes on the lead venue, less losses to faster "
            "firms, plus gains from slower quotes, less fees. By assumption the faster firm wins.",
            "Basis points: mean daily result while present, divided by a firm's opening capital.",
            "Both results exclude variation margin, which on one venue shows only price moves.",
            *_absent(found),
        ),
    )


def _absent(found: Sequence[FirmPlaces]) -> Iterator[str]:
    """If some firms have no results, yield a note that says why."""
    came = sum(firm.days > 0 for firm in found)
    if came < len(found):
        yield (
            f"Of {len(found)} firms {came} entered, and have results. The other firms waited until "
            "the end. A firm is more likely to enter if the firms that trade earn more."
        )


def _rank_correlations(
    results: DailyResults, resampled: Mapping[str, np.ndarray]
) -> Iterator[RankCorrelation]:
    figures = {**results.bps_per_day, REACTION: results.reaction_ms}
    reaction_ms = np.broadcast_to(results.reaction_ms, resampled[HOUSE].shape)
    drawn = {**resampled, REACTION: reaction_ms}
    for one, other in ((HOUSE, ELSEWHERE), (REACTION, HOUSE), (REACTION, ELSEWHERE)):
        known = np.isfinite(figures[one] + figures[other])
        x, y, once = figures[one][known], figures[other][known], np.ones(known.sum())
        xs, ys = drawn[one][:, known], drawn[other][:, known]
        over_firms = spearman(x, y, draws(len(once), "firms"))
        over_days = spearman(xs, ys, once)
        yield RankCorrelation(
            f"{one}, {other}",
            len(once),
            _rounded(float(spearman(x, y, once)), IN_RANKS),
            *_ends(interval(over_firms), IN_RANKS),
            *_ends(interval(over_days), IN_RANKS),
        )


def _rank_table(found: Sequence[RankCorrelation]) -> Table:
    return Table.of(
        "rank-correlation",
        "Rank correlations of results at the house, results elsewhere, and reaction times",
        (
            "ranks_of",
            "firms",
            "spearman",
            "over_firms_low",
            "over_firms_high",
            "over_days_low",
            "over_days_high",
        ),
        found,
        (
            "Results are ranked in basis points of opening capital per day. For "
            "reaction time, a negative correlation means that faster firms did better.",
            INTERVALS,
        ),
    )


def _class_means(results: DailyResults, resampled: Mapping[str, np.ndarray]) -> Iterator[ClassMean]:
    for group, members in results.groups.items():
        for place, cents in results.by_place.items():
            bps = results.bps_per_day[place][members]
            bps = bps[np.isfinite(bps)]
            over_firms = interval(draws(len(bps), "firms") @ bps / max(len(bps), 1))
            over_days = interval(_means(resampled[place][:, members]))
            yield ClassMean(
                group,
                len(bps),
                place,
                dollars(cents[:, members].sum()),
                _rounded(_means(bps[np.newaxis])[0], IN_BPS),
                *_ends(over_firms, IN_BPS),
                *_ends(over_days, IN_BPS),
                _verdict(over_firms, over_days),
            )


def _class_table(found: Sequence[ClassMean]) -> Table:
    return Table.of(
        "classes",
        "Results by class, at the house and elsewhere",
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
        found,
        (
            "Each firm has the same weight in the mean (basis points of opening capital per day). "
            "The verdict is 'earns' if both intervals are above zero, 'loses' if both intervals "
            "are below zero, and 'undecided' in all other cases.",
            INTERVALS,
        ),
    )


def _means(figures: np.ndarray) -> np.ndarray:
    """Return the mean of each row's finite figures, or NaN if a row has none."""
    return np.ma.masked_invalid(figures).mean(axis=1).filled(np.nan)


def _verdict(*intervals: Interval | None) -> str:
    if all(each and each.low > 0 for each in intervals):
        return "earns"
    if all(each and each.high < 0 for each in intervals):
        return "loses"
    return "undecided"


def _on_and_off(
    results: DailyResults, members: Mapping[str, np.ndarray], on: np.ndarray, off: np.ndarray
) -> Iterator[QuoterOnAndOff]:
    """Yield results on days with and on days without the maker's quotes, if the run has both."""
    if not (on.any() and off.any()):
        return
    which = np.reshape([*members.values()], (len(members), len(results.firms))).T
    capital, made = results.invested @ which, {p: c @ which for p, c in results.by_place.items()}
    compared = {place: _compared(cents, capital, on, off) for place, cents in made.items()}
    for i, who in enumerate(members):
        for place, cents in made.items():
            usd = (_rounded(cents[d, i].sum() / 100 / d.sum(), IN_USD) for d in (on, off))
            yield QuoterOnAndOff(who, place, *usd, *compared[place][i])


def _quoter_table(found: Skill, of_whom: str, rows: Sequence[QuoterOnAndOff]) -> Table:
    compared = bool(found.days_on and found.days_off)
    notes = (
        f"There are {found.days_on} whole days with {found.maker}'s quotes, and {found.days_off} "
        "whole days without these quotes"
        + ("; other days are left out." if compared else ": no comparison is possible."),
        f"Without {found.maker}'s quotes firms hit nothing at the house, but may pay for hedges.",
        "Basis points: daily result, divided by the opening capital of the firms present. "
        f"Low and high: the ends of {COVERAGE:.0%} intervals, bootstrapped over days.",
        "The two groups of days also differ in other ways. To measure the effect of the quotes "
        "alone, compare with a run in which the maker quotes on all days.",
    )
    return Table(
        f"quoter-by-{of_whom}",
        f"Daily result of each {of_whom}, on days with and without {found.maker}'s quotes",
        (of_whom, *ON_AND_OFF),
        [astuple(row) for row in rows],
        notes if compared else notes[:1],
    )


def _compared(
    cents: np.ndarray, invested: np.ndarray, on: np.ndarray, off: np.ndarray
) -> list[list[Decimal | None]]:
    """Return each group's basis points with and without quotes, the change, and three intervals.

    The matrices of draws are large, so each is multiplied for all groups at once.
    """
    found, drawn = [], []
    for days, name in ((on, "days on"), (off, "days off")):
        made, capital = cents[days], invested[days]
        found.append(basis_points(made, capital, np.ones(len(made))))
        drawn.append(basis_points(made, capital, draws(len(made), name)))
    enough = len(drawn[0]) == len(drawn[1])  # false if just one set of days is too small
    found.append(found[1] - found[0])
    drawn.append(drawn[1] - drawn[0] if enough else drawn[0][:0])
    cells: list[list[Decimal | None]] = [[] for _ in found[0]]
    for figure, figures in zip(found, drawn, strict=True):
        for i, row in enumerate(cells):
            row += (_rounded(figure[i], IN_BPS), *_ends(interval(figures[:, i]), IN_BPS))
    return cells


def _ends(found: Interval | None, places: int) -> tuple[Decimal | None, Decimal | None]:
    return (_rounded(found.low, places), _rounded(found.high, places)) if found else (None, None)


def _rounded(figure: float, places: int) -> Decimal | None:
    # Adding zero turns minus zero into zero.
    return Decimal(f"{figure:.{places}f}") + 0 if np.isfinite(figure) else None
