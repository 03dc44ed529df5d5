"""How much of the hole can stale quotes explain, if uncertain inputs are low or high?

    python -m runs.experiments.life_ranges        (or: make ranges)

Runs three lives of the exchange. They differ in the share of the volume at which the maker aims. In
the low life it aims at the smallest recorded share (2 %) in all years, and in the high life at the
largest (45 %). In the middle life, `ftx`, the maker's aim falls from 45 % in 2019 to 2 % in 2022.
The maker's share of the depth has the same values. Each of the three lives is run twice with the
same seed: with hits of trading firms, and without hits. Then the middle life is run with one
changed assumption at a time. All lives have the sampled hours of `ftx-sampled`.

Crashes have a large effect on a life. Outside the full days it is random which hours of a crash are
sampled. So the three lives are run with several seeds, and a table has the mean, the least and the
greatest value. Lives with a changed assumption are run with the first seed only. The difference of
two lives with the same seed is the effect of the change between them. It is more precise than the
figures of a single life.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from itertools import product
from typing import Any, NamedTuple

from des.scenario import Scenario
from ledger.kinds import Kind
from ledger.reports.dollars import ZERO, percent
from ledger.reports.money.hole import hole
from ledger.reports.table import Cell, Table
from runs.experiments.experiment import books_of, experiment, run_cases
from runs.experiments.played_hours import hours_as_in
from runs.scenarios import load

SAMPLED, MIDDLE = "ftx-sampled", "ftx"
RANGES = {"low": "ftx-low", "middle": MIDDLE, "high": "ftx-high"}
# Each assumption has a value that should give a small loss, and a value that should give a large
# loss. For the maker's share of the volume, these are the ends of its recorded range. In `ftx` the
# latency is two seconds, from a single remark. The record also says that the maker's quotes were
# milliseconds faster than all others. The time between two refreshes of the maker's quotes equals
# the latency.
ENDS: Mapping[str, tuple[float, float]] = {
    "quoting.target_share": (0.02, 0.45),
    "quoter.latency_s": (0.1, 4.0),
    "others.latency_s": (0.5, 0.005),
    "maker.spread_times": (2.0, 0.5),
}
SEEDS = (1, 2, 3)
OF_SEEDS: Mapping[str, Callable[[Sequence[Decimal]], Decimal]] = {
    "mean": lambda figures: (sum(figures, ZERO) / len(figures)).quantize(figures[0]),
    "least": min,
    "greatest": max,
}


class Case(NamedTuple):
    """One life: a scenario, at most one changed assumption, and whether firms hit stale quotes."""

    scenario: str
    assumption: str | None = None
    value: float | None = None
    firms: bool = True
    seed: int = SEEDS[0]


class LifeLosses(NamedTuple):
    """The figures of one life's books, in dollars."""

    pickoff_usd: Decimal
    quotes_usd: Decimal  # loss on quotes after spread and hedging costs; a gain is negative
    uses_usd: Decimal
    hole_usd: Decimal


class WithAndWithoutFirms(NamedTuple):
    """The figures of a life, its hole without hits on stale quotes, and the holes' difference."""

    pickoff_usd: Decimal
    quotes_lose_usd: Decimal
    pickoff_share_of_uses_pct: Decimal | None
    hole_usd: Decimal
    hole_without_firms_usd: Decimal
    difference_usd: Decimal


def scenario_of(case: Case) -> Scenario:
    """Return the scenario of a case, with the sampled hours of `ftx-sampled`."""
    run = {**hours_as_in(SAMPLED), "seed": case.seed}
    changes: dict[str, Any] = {"run": run, "firms": {"active": case.firms}}
    if case.assumption is None:
        return load(case.scenario, changes)
    part, _, key = case.assumption.partition(".")
    if part == "quoting":
        same_in_all_years: dict[str, Any] = {key: case.value, f"{key}_steps": []}
        return load(case.scenario, changes | {"maker": {"quoting": same_in_all_years}})
    if part == "maker":
        return load(case.scenario, changes | {"maker": {key: case.value}})
    markets = [m.model_dump(exclude_none=True) for m in load(case.scenario).markets]
    for market in markets:
        market[part][key] = case.value
    return load(case.scenario, changes | {"markets": markets})


def outcome(case: Case) -> LifeLosses:
    """Run one life, and read its figures from the books."""
    with books_of(scenario_of(case)) as run:
        found = hole(run)
    kinds = found.kinds_usd
    quoting = (kinds.get(kind, ZERO) for kind in (Kind.PICKOFF, Kind.SPREAD, Kind.HEDGING))
    return LifeLosses(
        kinds.get(Kind.PICKOFF, ZERO),
        sum(quoting, ZERO),
        sum(found.uses_usd.values(), ZERO),
        found.hole_usd,
    )


def cases() -> list[Case]:
    """Return all lives that the tables need, each once."""
    lives = product(RANGES.values(), (True, False), SEEDS)
    moved = [Case(MIDDLE, each, value) for each, values in ENDS.items() for value in values]
    return [*(Case(name, firms=on, seed=seed) for name, on, seed in lives), *moved]


def range_tables(outcomes: Mapping[Case, LifeLosses]) -> list[Table]:
    """Return three tables: figures over all seeds, figures by seed, and effects of assumptions."""
    by_seed = {
        (end, seed): _figures(outcomes, name, seed)
        for (end, name), seed in product(RANGES.items(), SEEDS)
    }
    return [_range(by_seed), _seeds(by_seed), _moves(outcomes)]


def _figures(outcomes: Mapping[Case, LifeLosses], name: str, seed: int) -> WithAndWithoutFirms:
    found, without = (outcomes[Case(name, firms=on, seed=seed)] for on in (True, False))
    return WithAndWithoutFirms(
        found.pickoff_usd,
        found.quotes_usd,
        percent(found.pickoff_usd, found.uses_usd),
        found.hole_usd,
        without.hole_usd,
        found.hole_usd - without.hole_usd,
    )


def _range(by_seed: Mapping[tuple[str, int], WithAndWithoutFirms]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for end in RANGES:
        columns = list(zip(*(by_seed[end, seed] for seed in SEEDS), strict=True))
        rows += [(end, what, *map(of, columns)) for what, of in OF_SEEDS.items()]
    return Table(
        "range",
        "The loss on stale quotes if the maker aims at a low, middle or high share of the volume",
        ("inputs", "of_seeds", *WithAndWithoutFirms._fields),
        rows,
        (
            "The column quotes_lose_usd has the loss on stale quotes plus hedging costs minus "
            "spread income. A negative loss is a gain. The column hole_without_firms_usd has the "
            "hole of the same life and seed without hits on stale quotes.",
            f"Mean, least and greatest are over {len(SEEDS)} seeds, for each column separately.",
        ),
    )


def _seeds(by_seed: Mapping[tuple[str, int], WithAndWithoutFirms]) -> Table:
    return Table(
        "seeds",
        "The loss on stale quotes and the hole, for each seed",
        ("inputs", "seed", *WithAndWithoutFirms._fields),
        [(*which, *figures) for which, figures in by_seed.items()],
    )


def _moves(outcomes: Mapping[Case, LifeLosses]) -> Table:
    middle = outcomes[Case(MIDDLE)]
    swings: list[tuple[Decimal, tuple[Cell, ...]]] = []
    for assumption, values in ENDS.items():
        ends: Sequence[LifeLosses] = [outcomes[Case(MIDDLE, assumption, v)] for v in values]
        lost = [end.quotes_usd for end in (*ends, middle)]
        swing = max(lost) - min(lost)
        swings.append(
            (
                swing,
                (
                    assumption,
                    *(Decimal(str(value)) for value in values),
                    *(end.quotes_usd for end in ends),
                    *(end.hole_usd for end in ends),
                    swing,
                ),
            )
        )
    swings.sort(key=lambda moved: -moved[0])
    rows = [row for _, row in swings]
    return Table(
        "moves",
        "The loss of the maker's quotes if one assumption changes, the largest effect first",
        (
            "assumption",
            "low",
            "high",
            "quotes_lose_low_usd",
            "quotes_lose_high_usd",
            "hole_low_usd",
            "hole_high_usd",
            "swing_usd",
        ),
        rows,
        (
            "Low is the value that should give a small loss, and high is the value that should "
            "give a large loss. The swing is the greatest minus the least loss of three lives: "
            "with the low value, with the high value, and without a change.",
        ),
    )


@experiment("range", "seeds", "moves")
def main() -> list[Table]:
    """Print the part of the hole that stale quotes can explain."""
    return range_tables(run_cases(outcome, cases()))


if __name__ == "__main__":
    main()
