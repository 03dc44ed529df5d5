"""Measures how often a blind audit finds the main cause of loss, over scenarios and seeds.

    python -m runs.experiments.blind_audit        (or: make blind-audit)

Runs each scenario with each seed, on all cores. `diagnose` then reads a copy of the books without
kinds, names and narrations. The true main cause is the cause with the largest loss in the full
books. This may not be the cause that the scenario's author intended.

Chance is the score of a diagnosis that always names the most common true cause: the share of runs
that have this cause. The audit must reach twice this share. A correct diagnosis of a single run
proves little, since the largest use of money is easy to see. So the report also has the share of
all losses that the audit places under their true cause.

Only the payer's own books show that a payment bought an asset. For a reader who does not trust
these books, the audit is repeated from cash alone. Then a venture and a cost look the same.

Of the six scenarios, `may-2021` is the only one in which stale quotes are the main loss. No
scenario has takeovers as its main loss.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import product
from typing import NamedTuple

from ledger.causes import Cause
from ledger.reports.blind.blind_report import booked_usd, placed_pct
from ledger.reports.blind.diagnose import Verdict, diagnose, verdict
from ledger.reports.blind.stripped_books import blind_copy, without_holdings
from ledger.reports.table import Cell, Table
from ledger.run_folder import RunFolder
from runs.experiments.experiment import books_of, experiment, run_cases
from runs.scenarios import load

# For each scenario, the number of hours that one played hour represents. Only this number and the
# seed differ from the scenario's file.
SCENARIOS: Mapping[str, int] = {
    "ftx": 24,
    "leveraged-longs": 12,
    "bad-loans": 12,
    "boondoggle": 12,
    "ventures-only": 12,
    "may-2021": 24,
}
SEEDS = (1, 2, 3)
BETTER = 2  # the audit must find the cause at least this many times as often as chance

Case = tuple[str, int]  # scenario, seed
Pair = tuple[Cause | None, Cause | None]  # the true main cause and the diagnosed main cause


class Audited(NamedTuple):
    """A blind audit's finding on one run, and the truth."""

    true: Verdict
    diagnosed: Verdict
    by_cash: Verdict  # the diagnosis from cash alone, without the payer's asset accounts
    placed_pct: Decimal | None  # share of all losses that the audit finds under their true cause
    unexplained_usd: Decimal


class Score(NamedTuple):
    """The percentage of runs in which the audit, or a guess, names the true main cause."""

    found_pct: Decimal
    chance_pct: Decimal

    @property
    def is_better(self) -> bool:
        """Return whether `found_pct` is at least BETTER times `chance_pct`."""
        return self.found_pct >= BETTER * self.chance_pct


def cases(seeds: Sequence[int] = SEEDS) -> list[Case]:
    """Return the cases, with the longest runs first."""
    return list(product(SCENARIOS, seeds))


def audited(case: Case) -> Audited:
    """Run one case and diagnose it."""
    name, seed = case
    scenario = load(name, {"run": {"seed": seed, "one_hour_in": SCENARIOS[name]}})
    with books_of(scenario) as run:
        return audit(run)


def audit(run: RunFolder) -> Audited:
    """Diagnose a run from its stripped books, and compare the diagnosis with the full books."""
    books, _ = blind_copy(run)
    found, booked = diagnose(books), booked_usd(run)
    return Audited(
        verdict(booked),
        verdict(found.usd),
        verdict(diagnose(without_holdings(books)).usd),
        placed_pct(found.usd, booked),
        found.unexplained_usd,
    )


def score(pairs: Sequence[Pair]) -> Score:
    """Return the percentage of right diagnoses, and of runs with the most common true cause."""
    right = sum(true == diagnosed for true, diagnosed in pairs)
    ((_, commonest),) = Counter(true for true, _ in pairs).most_common(1)
    return Score(
        *(Decimal(100 * n / len(pairs)).quantize(Decimal("0.1")) for n in (right, commonest))
    )


def audit_tables(found: Mapping[Case, Audited]) -> list[Table]:
    """Return four tables: diagnoses, diagnoses from cash alone, all runs, and scores."""
    pairs = [(each.true.main, each.diagnosed.main) for each in found.values()]
    by_cash = [(each.true.main, each.by_cash.main) for each in found.values()]
    title = "The main cause in the books, and the diagnosed main cause"
    return [
        _matrix("confusion", title, pairs),
        _matrix("confusion-by-cash", f"{title} (diagnosed from cash alone)", by_cash),
        _runs(found),
        _scores({"the whole copy of the books": pairs, "cash alone": by_cash}),
    ]


def _matrix(name: str, title: str, pairs: Sequence[Pair]) -> Table:
    counts = Counter(pairs)
    seen = [cause for cause in Cause if any(cause in pair for pair in counts)]
    rows: list[tuple[Cell, ...]] = [
        (true, *(counts[true, diagnosed] for diagnosed in seen)) for true in seen
    ]
    note = "A row is a true cause, a column is a diagnosis, and a cell is a number of runs."
    return Table(name, title, ("true", *seen), rows, (note,))


def _runs(found: Mapping[Case, Audited]) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            name,
            seed,
            each.true.main,
            each.true.margin_pct,
            each.diagnosed.main,
            each.diagnosed.margin_pct,
            each.by_cash.main,
            each.placed_pct,
            each.unexplained_usd,
        )
        for (name, seed), each in found.items()
    ]
    return Table(
        "runs",
        "Each run",
        (
            "scenario",
            "seed",
            "true",
            "true_margin_pct",
            "diagnosed",
            "margin_pct",
            "by_cash",
            "placed_pct",
            "unexplained_usd",
        ),
        rows,
        (
            "Margin: the largest loss less the second largest loss, in percent of all losses. "
            "Placed: the percentage of all losses that the audit finds under their true cause.",
        ),
    )


def _scores(ways: Mapping[str, Sequence[Pair]]) -> Table:
    scores = {way: score(pairs) for way, pairs in ways.items()}
    return Table(
        "score",
        "How often the blind audit finds the main cause",
        ("from", "runs", "found_pct", "chance_pct", "asked_pct", "met"),
        [
            (
                way,
                len(ways[way]),
                *each,
                BETTER * each.chance_pct,
                "yes" if each.is_better else "no",
            )
            for way, each in scores.items()
        ],
        (
            f"The column `met` has a yes if `found_pct` is at least {BETTER} times `chance_pct`. "
            "The column `chance_pct` has the percentage of runs with the most frequent true cause. "
            "A guess that always names this cause is right in these runs.",
        ),
    )


@experiment("confusion", "confusion-by-cash", "runs", "score")
def main() -> list[Table]:
    """Print how often a blind audit finds the main cause."""
    return audit_tables(run_cases(audited, cases()))


if __name__ == "__main__":
    main()
