"""Computes how the captive maker's result as a backstop depends on six factors.

    python -m runs.experiments.liquidation_sweep        (or: make liquidation-sweep)

Runs the scenario `liquidation-sweep` for each setting and seed, on all cores, and reads the captive
maker's takeovers and their results from the books. One factor varies at a time. In addition there
is a grid: each delay of unwinding is combined with each volatility.

A position's loss after its takeover depends on the direction of the price. So each setting uses one
of two kinds of path. A path of the kind `recorded` meets all anchors (recorded prices): the price
falls as in history, so a long position loses after its takeover. This direction is known only in
hindsight. A path of the kind `driftless` meets only the first anchor: the log-price has no
direction, so a delay adds risk, but hardly changes the expected result. (The expected price rises
by half the variance of the log-price. In half an hour this is 15 basis points at a volatility of
7.2 a year, and 60 basis points at twice this volatility.)

The volatility factor multiplies every move of the log-price, including the moves from anchor to
anchor. So settings with the same kind of path and the same seed have the same moves, apart from
this factor and from price impact. With a factor of zero the price would not move.

A setting's result is a ratio of two sums over all seeds: the sum of the results in dollars, divided
by the sum of the volumes that the captive maker takes over. So a seed with few takeovers has little
weight. The error is the standard error of this ratio. If the result changes its sign between two
values of a factor, the break-even is interpolated between these two values. A bootstrap over seeds
gives the interval of the break-even.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from itertools import pairwise, product
from typing import Any, NamedTuple

import numpy as np

from des.given import given
from des.scenario import Scenario
from ledger.reports.firms.bootstrap import draws, interval
from ledger.reports.liquidations.backstop_results import ProviderKind
from ledger.reports.liquidations.liquidation_results import liquidations
from ledger.reports.table import Cell, Table
from runs.experiments.experiment import books_of, experiment, run_cases
from runs.scenarios import load

SCENARIO = "liquidation-sweep"
SEEDS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
RECORDED, DRIFTLESS = PATHS = ("recorded", "driftless")
FACTORS: Mapping[str, tuple[float, ...]] = {
    "latency_s": (0.0, 0.5, 2.0, 5.0, 10.0),
    "unwind_delay_s": (0.0, 2.0, 10.0, 60.0, 300.0, 1_800.0),
    "unwind_usd_per_minute": (100_000.0, 200_000.0, 500_000.0, 2_000_000.0),
    "impact_kappa": (0.0, 0.25, 0.5, 1.0, 2.0),
    "forced_share_per_s": (0.000_001, 0.000_003, 0.000_01, 0.000_1),
    "volatility": (0.5, 1.0, 1.5, 2.0),
}
ALONG, ACROSS = "unwind_delay_s", "volatility"  # the two factors of the grid


@dataclass(frozen=True, slots=True)
class Setting:
    """The kind of path and the values of all factors in one case of the sweep."""

    path: str  # one of PATHS
    latency_s: float  # the latency of the captive maker's quotes
    unwind_delay_s: float  # seconds until the captive maker's hedge is filled
    unwind_usd_per_minute: float
    impact_kappa: float
    forced_share_per_s: float  # the limit of forced orders a second, as a share of a day's volume
    volatility: float = 1.0  # a factor on the scenario's volatility

    @classmethod
    @cache
    def base(cls, path: str) -> "Setting":
        """Return the setting with the scenario's own values. *path* is one of PATHS."""
        scenario = load(SCENARIO)
        leverage = given(scenario.leverage)
        captive = leverage.providers[_captive(scenario)]
        return cls(
            path,
            scenario.markets[0].quoter.latency_s,
            captive.unwind_delay_s,
            given(captive.unwind_usd_per_minute),
            scenario.lead.impact_kappa,
            leverage.forced_share_per_s,
        )


Case = tuple[Setting, int]  # a setting and a seed


class BackstopOutcome(NamedTuple):
    """The captive maker's takeovers in one run, and their result, in dollars."""

    taken_usd: float
    discount_usd: float
    moves_usd: float
    unwinding_usd: float
    result_usd: float


# The parts of a takeover's result, then the result.
PARTS = ("discount_usd", "moves_usd", "unwinding_usd", "result_usd")


def scenario_of(case: Case) -> Scenario:
    """Return the scenario with the setting and the seed of a case."""
    setting, seed = case
    scenario = load(SCENARIO)
    providers = [
        provider.model_dump(exclude_none=True) for provider in given(scenario.leverage).providers
    ]
    providers[_captive(scenario)] |= {
        "unwind_delay_s": setting.unwind_delay_s,
        "unwind_usd_per_minute": setting.unwind_usd_per_minute,
    }
    market = scenario.markets[0].model_dump(exclude_none=True)
    market["quoter"]["latency_s"] = setting.latency_s
    market["price"] |= _stretched(market["price"], setting)
    return load(
        SCENARIO,
        {
            "run": {"seed": seed},
            "lead": {"impact_kappa": setting.impact_kappa},
            "leverage": {
                "providers": providers,
                "forced_share_per_s": setting.forced_share_per_s,
            },
            "markets": [market],
        },
    )


def _stretched(price: Mapping[str, Any], setting: Setting) -> dict[str, list[dict[str, Any]]]:
    """Return new anchors and volatilities: each log-price move is multiplied by the factor."""
    factor, first_usd = setting.volatility, price["anchors"][0]["price_usd"]
    anchors = [
        anchor | {"price_usd": first_usd * (anchor["price_usd"] / first_usd) ** factor}
        for anchor in price["anchors"]
    ]
    levels = [level | {"annual": level["annual"] * factor} for level in price["volatility"]]
    kept = anchors if setting.path == RECORDED else anchors[:1]
    return {"anchors": kept, "volatility": levels}


def _captive(scenario: Scenario) -> int:
    """Return the index of the captive maker in the list of providers."""
    return [provider.name for provider in given(scenario.leverage).providers].index(
        scenario.maker.name
    )


def outcome(case: Case) -> BackstopOutcome:
    """Run one case and read the captive maker's result from its books."""
    with books_of(scenario_of(case)) as run:
        backstops = liquidations(run).backstops
        captive = next(each for each in backstops if each.standing is ProviderKind.CAPTIVE)
        return BackstopOutcome(
            float(captive.taken_usd),
            float(captive.discount_usd),
            float(captive.moves_usd),
            float(captive.unwinding_usd),
            float(captive.result_usd),
        )


# ------------------------------------------------------------------------- the cases


def line(path: str, factor: str, **at: Any) -> list[Setting]:
    """Return a setting for each value of *factor*. *at* sets values of other factors."""
    base = replace(Setting.base(path), **at)
    changes: list[dict[str, Any]] = [{factor: value} for value in FACTORS[factor]]
    return [replace(base, **change) for change in changes]


def lines() -> Iterator[tuple[str, str, float | None, list[Setting]]]:
    """Yield each line: path, factor, volatility (None outside the grid), and settings."""
    for path, factor in product(PATHS, FACTORS):
        yield path, factor, None, line(path, factor)
    for path, across in product(PATHS, FACTORS[ACROSS]):
        yield path, ALONG, across, line(path, ALONG, **{ACROSS: across})


def cases() -> list[Case]:
    """Return each setting with each seed. No case is repeated."""
    settings = dict.fromkeys(setting for *_, along in lines() for setting in along)
    return list(product(settings, SEEDS))


# ------------------------------------------------------------------------- the tables


class Found:
    """The outcomes of all cases."""

    def __init__(self, outcomes: Mapping[Case, BackstopOutcome]) -> None:
        settings = dict.fromkeys(setting for setting, _ in outcomes)
        # For each setting and figure, an array with a value for each seed.
        self._usd = {
            setting: {
                figure: np.array([getattr(outcomes[setting, seed], figure) for seed in SEEDS])
                for figure in BackstopOutcome._fields
            }
            for setting in settings
        }

    def taken_usd(self, setting: Setting) -> float:
        """Return the volume that the captive maker takes over in dollars, as a mean over seeds."""
        return float(self._usd[setting]["taken_usd"].mean())

    def bps(self, setting: Setting, which: str = "result_usd") -> float:
        """Return a figure in basis points of the volume taken over. Both are sums over all seeds.

        Return NaN if nothing was taken over.
        """
        return float(self._resampled(setting, np.ones((1, len(SEEDS))), which)[0])

    def error_bps(self, setting: Setting) -> float:
        """Return the standard error of the result in basis points.

        Source: Cochran (1977), Sampling Techniques, section 6.4: the error of a ratio of two sums.
        """
        taken, result = (self._usd[setting][figure] for figure in ("taken_usd", "result_usd"))
        if not taken.any():
            return math.nan
        off = result - result.sum() / taken.sum() * taken
        n = len(SEEDS)
        return float(10_000 * np.sqrt(n / (n - 1) * (off @ off)) / taken.sum())

    def resampled(self, along: Sequence[Setting]) -> np.ndarray:
        """Return the results for random draws of seeds (a bootstrap), shape (draws, settings).

        Results are in basis points, as in `bps`. Runs with the same seed use the same random
        numbers in all settings of *along*. So each draw takes the same seeds for all settings.
        """
        counts = draws(len(SEEDS), "seeds")
        return np.stack([self._resampled(each, counts, "result_usd") for each in along], axis=1)

    def _resampled(self, setting: Setting, counts: np.ndarray, which: str) -> np.ndarray:
        usd = self._usd[setting]
        taken, gained = counts @ usd["taken_usd"], counts @ usd[which]
        return 10_000 * gained / np.where(taken > 0, taken, np.nan)


def break_even(values: Sequence[float], results: Sequence[float]) -> float:
    """Return the first value at which the interpolated result is zero, or NaN if there is none.

    Args:
        values: the values of a factor, in rising order.
        results: the result at each value. Values whose result is NaN are skipped.
    """
    points = [(x, y) for x, y in zip(values, results, strict=True) if not math.isnan(y)]
    for (x, y), (next_x, next_y) in pairwise(points):
        if y == 0:
            return x
        if y * next_y < 0:
            return x + (next_x - x) * y / (y - next_y)
    return points[-1][0] if points and points[-1][1] == 0 else math.nan


def sweep_tables(outcomes: Mapping[Case, BackstopOutcome]) -> list[Table]:
    """Return the tables: results by factor, the grid, the errors of the grid, and break-evens."""
    found = Found(outcomes)
    return [_by_factor(found), *_grids(found), _break_evens(found)]


def _by_factor(found: Found) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for path, factor, across, along in lines():
        if across is not None:
            continue
        for value, setting in zip(FACTORS[factor], along, strict=True):
            parts = (found.bps(setting, which) for which in PARTS)
            figures = (_tenths(bps) for bps in (*parts, found.error_bps(setting)))
            rows.append((path, factor, _plain(value), round(found.taken_usd(setting)), *figures))
    return Table(
        "by-factor",
        "The captive backstop's result on its takeovers, one factor at a time",
        (
            "path",
            "factor",
            "value",
            "taken_usd",
            "discount_bps",
            "moves_bps",
            "unwinding_bps",
            "result_bps",
            "error_bps",
        ),
        rows,
        (
            "The column taken_usd has the volume that the captive backstop takes over, as a mean "
            f"over {len(SEEDS)} seeds. Results and errors are in basis points of this volume. If "
            "the factor is volatility, the value multiplies every move of the log-price.",
        ),
    )


def _grids(found: Found) -> Iterator[Table]:
    columns = ("path", ACROSS, *(f"after_{_plain(value)}_s" for value in FACTORS[ALONG]))
    grid = [(path, across, along) for path, _, across, along in lines() if across is not None]
    for name, title, bps in (
        ("grid", "The result in basis points, by volatility and by delay of unwinding", found.bps),
        ("grid-errors", "The standard errors of the results in the table `grid`", found.error_bps),
    ):
        rows = [
            (path, _plain(across), *(_tenths(bps(each)) for each in along))
            for path, across, along in grid
        ]
        yield Table(name, title, columns, rows)


def _break_evens(found: Found) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for path, factor, across, along in lines():
        values, results = FACTORS[factor], [found.bps(setting) for setting in along]
        at = math.nan if across is None else across
        resampled = np.array([break_even(values, each) for each in found.resampled(along)])
        zero = break_even(values, results)
        ends = interval(resampled) if not math.isnan(zero) else None
        rows.append(
            (
                path,
                factor,
                _plain(at),
                _told(results),
                *map(_plain, (zero, *(ends or (math.nan, math.nan)))),
                round(100 * float(np.isfinite(resampled).mean())),
            )
        )
    return Table(
        "break-even",
        "The value of a factor at which the captive backstop's result is zero (break-even)",
        ("path", "factor", f"at_{ACROSS}", "result", "break_even", "low", "high", "crossing_pct"),
        rows,
        (
            "If the result changes its sign between two values of the factor, the break-even is "
            "interpolated between these two values. Only the first change of sign counts. Low and "
            "high are the ends of the break-even's 95 % interval, from random draws of the seeds. "
            "The column crossing_pct has the percentage of draws with a break-even.",
        ),
    )


def _told(results: Sequence[float]) -> str:
    """State the sign of the first result along a line, and how often the sign changes."""
    signs = [math.copysign(1, bps) for bps in results if bps and not math.isnan(bps)]
    changes = sum(one != other for one, other in pairwise(signs))
    if not signs:
        return "nothing taken over"
    begins = "above zero" if signs[0] > 0 else "below zero"
    if not changes:
        return f"{begins}, no sign change in the range"
    return f"{begins} at first, {changes} sign change{'s' if changes > 1 else ''}"


def _tenths(bps: float) -> Decimal | None:
    return None if math.isnan(bps) else Decimal(f"{bps:.1f}")


def _plain(value: float) -> Decimal | None:
    """Return a factor's value with at most four significant digits, or None for NaN."""
    return None if math.isnan(value) else Decimal(f"{float(f'{value:.4g}'):f}").normalize() + 0


@experiment("by-factor", "grid", "grid-errors", "break-even")
def main() -> list[Table]:
    """Print the captive maker's result as a backstop for several values of each factor."""
    return sweep_tables(run_cases(outcome, cases()))


if __name__ == "__main__":
    main()
