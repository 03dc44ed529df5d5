"""The command that runs a scenario with several values of one key."""

import re
from typing import Any

import click

from runs.experiments.sweep import Swept, read_values, sweep
from runs.reporting import report


class SeedsParameter(click.ParamType[tuple[int, ...]]):
    """A list of seeds, written as 1..6 or as 1,2,5."""

    name = "seeds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: Any) -> tuple[int, ...]:
        """Read the seeds."""
        if isinstance(value, tuple):
            return value
        if found := re.fullmatch(r"(\d{1,10})\.\.(\d{1,10})", value, re.ASCII):
            first, last = map(int, found.groups())
            if 0 <= last - first < 10_000:
                return tuple(range(first, last + 1))
        elif re.fullmatch(r"\d{1,10}(,\d{1,10})*", value, re.ASCII):
            return tuple(dict.fromkeys(map(int, value.split(","))))
        self.fail(f"{value!r} is not a list of seeds; write 1..6 or 1,2,5.", param, ctx)


@click.command("sweep")
@click.argument("scenario")
@click.argument("values", metavar="KEY=A,B,C")
@click.option(
    "--seeds",
    type=SeedsParameter(),
    default=(),
    help="The seeds, as 1..6 or 1,2,5.  [default: the scenario's seed]",
)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    help="A new value for another key, the same in all runs. Repeat --set for more keys.",
)
@report("sweep", "runs")
def sweep_command(
    scenario: str, values: str, seeds: tuple[int, ...], settings: tuple[str, ...]
) -> Swept:
    """How does the hole change if one KEY has other values?

    \b
      moneytrail sweep first-hole maker.credit_line_usd=0,100_000,10_000_000 --seeds 1..6
      moneytrail sweep first-hole 'markets[0].quoter.latency_s=0.5,2,5' --seeds 1,2

    Every value is played with every seed, on all cores. The runs are not stored. To store one of
    them, play it again with `moneytrail run`, --set and --seed.
    """
    key, each = read_values(values)
    return sweep(scenario, key, each, seeds, settings)
