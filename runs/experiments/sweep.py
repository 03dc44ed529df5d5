"""Computes the hole for several values of one key of a scenario, over the same seeds.

Each value is played with each seed. So two runs with the same seed differ in the value only. The
mean difference and its standard error over seeds show whether the difference is more than chance.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from statistics import mean, stdev

from ledger.kinds import Kind
from ledger.mistake import MistakeError
from ledger.reports.dollars import ZERO, speaker
from ledger.reports.life.waiting import HALTED
from ledger.reports.money.hole import hole
from ledger.reports.money.hole_in_kind import AT_MARK, hole_in_kind
from ledger.reports.table import Cell, Table
from runs.experiments.experiment import books_of, run_cases
from runs.scenario_files import ScenarioError
from runs.scenario_places import shown
from runs.scenario_settings import OPTION, read_settings, read_value, setting_text
from runs.scenarios import load
from runs.what_would_have_been import or_surplus

RUNS_MAX = 10_000
SEED = "run.seed"
SWEPT = "KEY=A,B,C"  # the name of the argument in error messages


class SweepError(MistakeError):
    """A sweep that cannot be run."""


@dataclass(frozen=True, slots=True)
class SweptRun:
    """A run of a sweep: a value of the key, as text, and a seed."""

    value: str
    seed: int


@dataclass(frozen=True, slots=True)
class SweptOutcome:
    """The final figures of one run."""

    hole_usd: Decimal
    claims_usd: Decimal
    stale_quotes_usd: Decimal
    halted: bool
    has_coins: bool = False  # whether hole and claims include coins owed to customers


@dataclass(frozen=True, slots=True)
class Swept:
    """The outcomes of all runs of a sweep, in the given order of values."""

    key: str
    seeds: tuple[int, ...]
    outcomes: dict[SweptRun, SweptOutcome]

    @property
    def values(self) -> tuple[str, ...]:
        """Return the values that the key takes, each once."""
        return tuple(dict.fromkeys(case.value for case in self.outcomes))

    def holes_usd(self, value: str) -> list[Decimal]:
        """Return the hole of each run with this value, in the order of seeds."""
        return [self.outcomes[SweptRun(value, seed)].hole_usd for seed in self.seeds]

    def differences_usd(self, value: str) -> list[Decimal]:
        """Return, for each seed, the hole with *value* minus the hole with the first value."""
        first = self.holes_usd(self.values[0])
        return [a - b for a, b in zip(self.holes_usd(value), first, strict=True)]

    def answer(self) -> str:
        """State the hole with the first value and with the last value, and the difference."""
        first, last = self.values[0], self.values[-1]
        holes = [_mean(self.holes_usd(value)) for value in (first, last)]
        say = speaker(*holes)
        said = f"With {self.key} = {first} {_missing(holes[0], say)}"
        if len(self.values) == 1:
            return f"{said}."
        runs = (
            f"over {len(self.seeds)} seeds" if len(self.seeds) > 1 else f"of seed {self.seeds[0]}"
        )
        said += f"; with {last} {_missing(holes[1], say)} (mean {runs})."
        error = _standard_error(self.differences_usd(last))
        if error is None:
            return f"{said} One seed does not show the variation by chance: give --seeds 1..6."
        change = _mean(self.differences_usd(last))
        say = speaker(change, error)
        return (
            f"{said} With {last} the hole is {say(abs(change))} "
            f"{'larger' if change >= 0 else 'smaller'} than with {first}, with a standard error of "
            f"{say(error)}."
        )

    def tables(self) -> list[Table]:
        """Return a table with a row for each value, and a table with a row for each run."""
        return [self._by_value(), self._by_run()]

    def _by_value(self) -> Table:
        columns = (
            "value",
            "hole_usd",
            "least_usd",
            "most_usd",
            "differs_by_usd",
            "standard_error_usd",
            "stale_quotes_usd",
            "halted_in",
        )
        return Table(
            "sweep",
            f"The hole by {self.key}, over {len(self.seeds)} seed{'s' * (len(self.seeds) > 1)}",
            columns,
            [self._row(value) for value in self.values],
            (
                "The hole and the loss on stale quotes are means over the seeds. Least and most "
                "are the smallest and the largest hole of the single seeds.",
                "Differs by: the hole with this value minus the hole with the first value. The "
                "difference is computed for each seed, and the column has the mean over the seeds. "
                "Standard error: the standard error of this mean. Halted in: the number of runs in "
                "which withdrawals were halted.",
                *self._notes(),
            ),
        )

    def _row(self, value: str) -> tuple[Cell, ...]:
        found = [self.outcomes[SweptRun(value, seed)] for seed in self.seeds]
        holes = self.holes_usd(value)
        differences = self.differences_usd(value)
        is_first = value == self.values[0]
        return (
            value,
            _mean(holes),
            min(holes),
            max(holes),
            None if is_first else _mean(differences),
            None if is_first else _standard_error(differences),
            _mean([each.stale_quotes_usd for each in found]),
            sum(each.halted for each in found),
        )

    def _by_run(self) -> Table:
        rows = [
            (
                case.value,
                case.seed,
                each.hole_usd,
                each.claims_usd,
                each.stale_quotes_usd,
                "halted" if each.halted else "paid",
            )
            for case, each in self.outcomes.items()
        ]
        columns = ("value", "seed", "hole_usd", "claims_usd", "stale_quotes_usd", "withdrawals")
        return Table("runs", "Every run", columns, rows, self._notes())

    def _notes(self) -> tuple[str, ...]:
        return (AT_MARK,) if any(each.has_coins for each in self.outcomes.values()) else ()


def sweep(
    scenario: str, key: str, values: Sequence[str], seeds: Sequence[int], settings: Sequence[str]
) -> Swept:
    """Run a scenario with each value of a key and each seed.

    Args:
        scenario: a built-in name, or a path.
        key: the key, such as maker.credit_line_usd.
        values: the values of the key, each as text.
        seeds: the seeds of the runs. If empty, the scenario's own seed is used.
        settings: other settings for every run, each in the form KEY=VALUE.

    Raises:
        ScenarioError: the scenario, a setting, the key or a value is wrong. No run has started.
        SweepError: there are too many runs, or the key is the seed.
    """
    runs = len(values) * max(len(seeds), 1)
    if runs > RUNS_MAX:
        raise SweepError(f"{runs:_} runs are too many; {RUNS_MAX:_} at most")
    if key == SEED:
        raise SweepError("run.seed can't be swept; give the seeds with --seeds")
    own = load(scenario, {}, read_settings(settings)).run.seed
    for value in values:
        try:
            load(scenario, {}, _settings(key, settings, SweptRun(value, own)))
        except ScenarioError as error:  # `problem` is the same text as with `run --set`
            blamed = SWEPT if error.path == OPTION else error.path.replace(f"{OPTION} ", "")
            raise ScenarioError(blamed, error.key, error.problem) from error
    cases = [SweptRun(value, seed) for value in values for seed in seeds or (own,)]
    outcomes = run_cases(partial(_outcome, scenario, key, tuple(settings)), cases)
    return Swept(key, tuple(seeds or (own,)), outcomes)


def read_values(text: str) -> tuple[str, list[str]]:
    """Read a key and its values from ``KEY=a,b,c``.

    A comma inside brackets or quotes does not separate values.

    Raises:
        ScenarioError: the text does not have this form.
    """
    key, equals, said = text.partition("=")
    values = [each.strip() for each in said.split(",")]
    if set(said) & set("[{\"'"):
        found = read_value(f"[{said}]")
        listed = found if isinstance(found, tuple) else (found,)
        values = [setting_text("", each).removeprefix("=") for each in listed]
    if not equals or not key.strip() or not all(values):
        raise ScenarioError(
            SWEPT, "", f"{shown(text)} is not KEY=a,b,c; an example is maker.credit_line_usd=0,1e6"
        )
    return key.strip(), list(dict.fromkeys(values))


def _settings(key: str, settings: Sequence[str], case: SweptRun) -> dict[str, object]:
    return read_settings([*settings, f"{SEED}={case.seed}", f"{key}={case.value}"])


def _outcome(scenario: str, key: str, settings: tuple[str, ...], case: SweptRun) -> SweptOutcome:
    with books_of(load(scenario, {}, _settings(key, settings, case))) as run:
        found, in_kind = hole(run), hole_in_kind(run)
        tills = f"{run.chart.parties.house}:withdrawals"
        return SweptOutcome(
            in_kind.at_mark_usd if in_kind else found.hole_usd,
            found.claims_usd + (in_kind.coins_owed_usd if in_kind else ZERO),
            found.kinds_usd.get(Kind.PICKOFF.value, ZERO),
            any(state == HALTED for _, state in run.events(tills)),
            in_kind is not None,
        )


def _missing(hole_usd: Decimal, say: Callable[[Decimal], str]) -> str:
    words = "the hole is" if hole_usd > 0 else "nothing is missing:"
    return f"{words} {or_surplus(hole_usd, say)}"


def _mean(amounts: Sequence[Decimal]) -> Decimal:
    return mean(amounts).quantize(Decimal("0.01"))


def _standard_error(amounts: Sequence[Decimal]) -> Decimal | None:
    """Return the standard error of the amounts' mean, or None if there is one amount."""
    if len(amounts) < 2:
        return None
    return Decimal(stdev(map(float, amounts)) / math.sqrt(len(amounts))).quantize(Decimal("0.01"))
