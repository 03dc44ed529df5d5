"""How much of the hole can stale quotes explain, over what the record leaves open?

    python -m runs.life_ranges        (or: make ranges)

Runs the life of the venue at the low end, the middle and the high end of the record's ranges, each
with its trading firms and without (same seed: the hole without the mechanism), and then moves one
assumption at a time to either end, the others in the middle. All at the fidelity of `ftx-sampled`,
with one seed: what differs between two lines is what was changed, but crashes weigh heavily in
each, so a line by itself is worth less than the difference of two.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import click
from tqdm import tqdm

from des.scenario import Scenario
from ledger.reports.table import Table
from ledger.reports.where import ZERO, hole, percent
from ledger.run_folder import RunFolder
from runs.execute import execute
from runs.printing import FORMATS, render
from runs.scenarios import load
from runs.workers import cores, local_processes

SAMPLED, MIDDLE = "ftx-sampled", "ftx"
RANGES = {"low": "ftx-low", "middle": MIDDLE, "high": "ftx-high"}
# By assumption, what it is at its ends. The first two are the record's own ranges; that quotes were
# two seconds late is one remark, and the record also has them ahead of everybody by milliseconds.
ENDS: Mapping[str, tuple[float, float]] = {
    "maker.volume_share": (0.02, 0.45),
    "maker.uninformed_fraction": (0.7, 0.3),
    "quoter.latency_s": (0.1, 4.0),
    "quoter.half_spread_bps, times": (2.0, 0.5),
}


class Case(NamedTuple):
    """One life: a scenario, one assumption of it changed, and whether firms hit stale quotes."""

    scenario: str
    assumption: str | None = None
    value: float | None = None
    firms: bool = True


class Outcome(NamedTuple):
    """What the books of one life say, in dollars."""

    pickoff_usd: Decimal
    quotes_usd: Decimal  # what quoting lost with spread and hedges; a gain is below zero
    uses_usd: Decimal
    hole_usd: Decimal


def scenario_of(case: Case) -> Scenario:
    """Lay what a case changes over its scenario."""
    run = {"one_hour_in": load(SAMPLED).run.one_hour_in}
    changes: dict[str, Any] = {"run": run, "firms": {"active": case.firms}}
    if case.assumption is None:
        return load(case.scenario, changes)
    part, _, key = case.assumption.partition(".")
    if part == "maker":
        return load(case.scenario, changes | {"maker": {key: case.value}})
    markets = [m.model_dump(exclude_none=True) for m in load(case.scenario).markets]
    for market in markets:
        quoter = market["quoter"]
        if key == "latency_s":
            quoter[key] = case.value
        else:
            quoter["half_spread_bps"] *= case.value
            quoter["level_step_bps"] *= case.value
    return load(case.scenario, changes | {"markets": markets})


def outcome(case: Case) -> Outcome:
    """Run one life and read its books."""
    with TemporaryDirectory() as folder:
        execute(scenario_of(case), Path(folder) / "run")
        found = hole(RunFolder(Path(folder) / "run"))
    kinds = found.kinds_usd
    quoting = (kinds.get(kind, ZERO) for kind in ("PickOff", "Spread", "Hedging"))
    return Outcome(
        kinds.get("PickOff", ZERO),
        sum(quoting, ZERO),
        sum(found.uses_usd.values(), ZERO),
        found.hole_usd,
    )


def cases() -> list[Case]:
    """Return every life that is needed, each once."""
    ends = [Case(MIDDLE, each, value) for each, values in ENDS.items() for value in values]
    return [*(Case(name, firms=on) for name in RANGES.values() for on in (True, False)), *ends]


def range_tables(outcomes: Mapping[Case, Outcome]) -> list[Table]:
    """Lay out what was found: the range, and what moves it."""
    return [_range(outcomes), _moves(outcomes)]


def _range(outcomes: Mapping[Case, Outcome]) -> Table:
    rows = []
    for end, name in RANGES.items():
        found, without = outcomes[Case(name)], outcomes[Case(name, firms=False)]
        share = percent(found.pickoff_usd, found.uses_usd)
        explained = found.hole_usd - without.hole_usd
        rows.append((end, *found[:2], share, found.hole_usd, without.hole_usd, explained))
    return Table(
        "range",
        "What stale quotes cost, at the ends and in the middle of what the record leaves open",
        (
            "inputs",
            "pickoff_usd",
            "quotes_lose_usd",
            "pickoff_share_of_uses_pct",
            "hole_usd",
            "hole_without_firms_usd",
            "difference_usd",
        ),
        rows,
        (
            "Quotes lose what stale quotes and hedges cost less the spread; below zero they earn. "
            "Without firms: the same life and seed, in which nobody hits a quote for being stale.",
        ),
    )


def _moves(outcomes: Mapping[Case, Outcome]) -> Table:
    middle, rows = outcomes[Case(MIDDLE)], []
    for assumption, values in ENDS.items():
        ends: Sequence[Outcome] = [outcomes[Case(MIDDLE, assumption, v)] for v in values]
        lost = [end.quotes_usd for end in (*ends, middle)]
        rows.append(
            (
                assumption,
                *(Decimal(str(value)) for value in values),
                *(end.quotes_usd for end in ends),
                *(end.hole_usd for end in ends),
                max(lost) - min(lost),
            )
        )
    rows.sort(key=lambda row: -row[-1])
    return Table(
        "moves",
        "One assumption at a time: what moves the loss of the maker's quotes most",
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
        ("Low and high are what makes for a small loss and for a large one.",),
    )


@click.command()
@click.option("--format", "form", type=click.Choice(FORMATS), default=FORMATS[0])
@click.option("--table", metavar="NAME", help="One table alone; csv needs a choice.")
def main(form: str, table: str | None) -> None:
    """Print how much of the hole stale quotes can explain."""
    wanted = cases()
    with local_processes(cores()) as executor:
        run_all = executor.map if executor else map
        found = tqdm(
            run_all(outcome, wanted), total=len(wanted), unit="life", disable=None, leave=False
        )
        outcomes = dict(zip(wanted, found, strict=True))
    click.echo(render(range_tables(outcomes), form, table))


if __name__ == "__main__":
    main()
