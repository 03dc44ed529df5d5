"""Computes the tables of docs/findings.md. Each table answers one question.

    python -m runs.experiments.findings --page docs/findings.md        (or: make findings)

Plays each setting of each question with each of its seeds, reads the figures from the books, and
deletes the run. A cell is a figure, or its least and greatest value over the seeds.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import click

from des.scenario import Scenario
from ledger.kinds import Kind
from ledger.reports.dollars import ZERO
from ledger.reports.table import Table
from runs.claims.evidence import RunEvidence
from runs.claims.figures import FIGURES, PERCENT, USD, RunFigure
from runs.claims.money_figures import mechanism_of_hole
from runs.claims.spoken_values import spoken_span
from runs.claims.statement import Value
from runs.experiments.docs_page import PAGE, fill
from runs.experiments.experiment import books_of, run_cases
from runs.experiments.played_hours import hours_as_in
from runs.reporting import report
from runs.scenarios import load

SAMPLED = "ftx-sampled"
ONE, THREE, SIX = (1,), (1, 2, 3), (1, 2, 3, 4, 5, 6)


class PlayedSetting(NamedTuple):
    """A scenario with changes, and the seeds with which it is played."""

    scenario: str
    seeds: Sequence[int]
    changes: Mapping[str, Any] = {}

    def load(self, seed: int) -> Scenario:
        """Return the scenario with its changes and a seed.

        A scenario whose name begins with "ftx" gets the sampled hours of `ftx-sampled`. The
        scenario `as-told` has these hours already.
        """
        run: dict[str, Any] = {"seed": seed}
        if self.scenario.startswith("ftx"):
            run |= hours_as_in(SAMPLED)
        return load(self.scenario, {**self.changes, "run": run})


class OpenQuestion(NamedTuple):
    """A question, its settings, and the figures that answer it."""

    title: str
    settings: Mapping[str, PlayedSetting]
    figures: Mapping[str, RunFigure]


class Play(NamedTuple):
    """One run that is played to answer a question."""

    question: str
    setting: str
    seed: int


ByFigure = Mapping[str, Value | None]  # the key is a figure's name


def _used(kind: Kind) -> RunFigure:
    return RunFigure(lambda run: run.hole.kinds_usd.get(kind, ZERO), USD)


def _brought(kind: Kind) -> RunFigure:
    return RunFigure(lambda run: -run.hole.kinds_usd.get(kind, ZERO), USD)


def _uses(run: RunEvidence) -> Decimal:
    return sum(run.hole.uses_usd.values(), ZERO)


def _backstop(figure: str) -> Callable[[RunEvidence], Value | None]:
    def of_captive(run: RunEvidence) -> Value | None:
        maker = run.run.chart.parties.maker
        found = (each for each in run.liquidations.backstops if each.provider == maker)
        return next((getattr(each, figure) for each in found), None)

    return of_captive


def _liquidated(run: RunEvidence) -> Decimal:
    return sum((day.liquidated_usd for day in run.liquidations.days), ZERO)


QUOTES: Mapping[str, RunFigure] = {
    "loss of the maker on stale quotes": FIGURES["stale-loss"],
    "spread income of the maker": _brought(Kind.SPREAD),
    "hedging costs of the maker": _used(Kind.HEDGING),
    "total loss of the maker's quotes after spread and hedging (below zero: a gain)": FIGURES[
        "quotes-loss"
    ],
    "gain of maker and exchange together on the maker's quotes": FIGURES["quotes-gain-of-group"],
    "hits on stale quotes, % of the volume of the maker's quotes": FIGURES["hits-of-volume"],
    "gain that the maker's own simulation predicted": FIGURES["promised"],
}
LIFE: Mapping[str, RunFigure] = {
    "the hole": FIGURES["hole"],
    "all uses of money": RunFigure(_uses, USD),
    "ventures": _used(Kind.VENTURES),
    "net cost of coins bought with borrowed money": _used(Kind.PORTFOLIO),
    "interest": _used(Kind.INTEREST),
    "takeovers of failed liquidations": _used(Kind.TAKEOVERS),
    "cost of the thread's mechanism, % of all uses": FIGURES["mechanism-of-uses"],
    "net loss of the thread's mechanism, % of the hole": RunFigure(mechanism_of_hole, PERCENT),
    **QUOTES,
    "loss of liquidity pools to arbitrage": FIGURES["pools-arbitrage-loss"],
    "loss of liquidity pools after fees": FIGURES["pools-loss"],
    "gain of trading firms on stale quotes, after costs": FIGURES["firms-result"],
    "customers' money in use on every day since": FIGURES["in-use-since"],
    "insolvent at market prices on every day since": FIGURES["insolvent-since"],
    "highest value of the exchange's shares, by growth of fees": FIGURES["shares-by-growth"],
    "part of the shares' value due to the maker's quotes, at the last funding round": FIGURES[
        "growth-due-to-maker"
    ],
}
SKILL: Mapping[str, RunFigure] = {
    "loss of the maker on stale quotes": FIGURES["stale-loss"],
    "share of the two slower classes in this loss": FIGURES["slower-of-stale-loss"],
    "result of all firms at the exchange, after fees and hedging": FIGURES["firms-result"],
    "result of mid-tier firms at the exchange": FIGURES["mid-tier-at-house"],
    "result of mid-tier firms elsewhere": FIGURES["mid-tier-elsewhere"],
    "result of the slowest firms at the exchange": FIGURES["larp-at-house"],
    "result of the slowest firms elsewhere": FIGURES["larp-elsewhere"],
    "rank correlation of results at the exchange and elsewhere": FIGURES["rank-correlation"],
}
CRASH: Mapping[str, RunFigure] = {
    "customers' positions liquidated": RunFigure(_liquidated, USD),
    "positions taken over by the maker": RunFigure(_backstop("taken_usd"), USD),
    "the maker's result on these positions": RunFigure(_backstop("result_usd"), USD),
}
QUESTIONS: Mapping[str, OpenQuestion] = {
    "life": OpenQuestion(
        "The life of the exchange, May 2019 to November 2022",
        {
            "aims at 2 % of the volume": PlayedSetting("ftx-low", ONE),
            "target falls from 45 % to 2 % (shipped)": PlayedSetting("ftx", THREE),
            "aims at 45 % of the volume": PlayedSetting("ftx-high", ONE),
            "target falls from 45 % to 2 %, no firm hits stale quotes": PlayedSetting(
                "ftx", ONE, {"firms": {"active": False}}
            ),
            "as told: the hypothesis": PlayedSetting("as-told", ONE),
        },
        LIFE,
    ),
    "month": OpenQuestion(
        "May 2021, bitcoin and Solana perpetuals, every quote simulated",
        {
            "shows 2 % of the depth": PlayedSetting(
                "may-2021", SIX, {"maker": {"depth_share": 0.02}}
            ),
            "9.5 % (shipped)": PlayedSetting("may-2021", SIX),
            "45 %": PlayedSetting("may-2021", SIX, {"maker": {"depth_share": 0.45}}),
        },
        QUOTES,
    ),
    "skill": OpenQuestion(
        "Forty firms on two venues, May to July 2021",
        {"trading-firms": PlayedSetting("trading-firms", SIX)},
        SKILL,
    ),
    "crashes": OpenQuestion(
        "Three crashes in which customers trade on margin",
        {
            "March 2020": PlayedSetting("march-2020", SIX),
            "19 May 2021": PlayedSetting("may-19", SIX),
            "Luna, May 2022": PlayedSetting("luna", SIX),
        },
        CRASH,
    ),
}


def plays(names: Sequence[str]) -> list[Play]:
    """Return all runs of the named questions."""
    return [
        Play(name, setting, seed)
        for name in names
        for setting, played in QUESTIONS[name].settings.items()
        for seed in played.seeds
    ]


def figures_of(play: Play) -> ByFigure:
    """Play one run and return the figures of its question."""
    question = QUESTIONS[play.question]
    with books_of(question.settings[play.setting].load(play.seed)) as run:
        evidence = RunEvidence(run)
        return {name: figure.of(evidence) for name, figure in question.figures.items()}


def findings_tables(found: Mapping[Play, ByFigure]) -> list[Table]:
    """Return a table for each played question, with figures as rows and settings as columns."""
    names = dict.fromkeys(play.question for play in found)
    return [_table(name, QUESTIONS[name], found) for name in names]


def _table(name: str, question: OpenQuestion, found: Mapping[Play, ByFigure]) -> Table:
    rows = [
        (
            figure,
            *(
                _span([found[Play(name, setting, seed)][figure] for seed in played.seeds], unit)
                for setting, played in question.settings.items()
            ),
        )
        for figure, (_, unit) in question.figures.items()
    ]
    seeds = "; ".join(
        f'"{setting}" with {_seeds(played.seeds)}' for setting, played in question.settings.items()
    )
    return Table(name, question.title, ("figure", *question.settings), rows, (f"Runs: {seeds}.",))


def _span(values: Sequence[Value | None], unit: str) -> str:
    known = [value for value in values if value is not None]
    if not known:
        return "none"
    return spoken_span((min(known), max(known)), "%" if unit == PERCENT else unit)


def _seeds(seeds: Sequence[int]) -> str:
    return f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {seeds[0]} to {seeds[-1]}"


@click.command()
@click.option(
    "--question",
    "names",
    type=click.Choice(tuple(QUESTIONS)),
    multiple=True,
    default=tuple(QUESTIONS),
    help="Play only this question. The option may be repeated.",
)
@PAGE
@report()
def main(names: tuple[str, ...], page: Path | None) -> list[Table]:
    """Print the tables of docs/findings.md: lives, a month, forty firms, crashes."""
    tables = findings_tables(run_cases(figures_of, plays(names)))
    if page:
        fill(page, tables)
    return tables


if __name__ == "__main__":
    main()
