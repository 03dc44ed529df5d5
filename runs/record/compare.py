"""Compares a run with the public record, and lists outcomes and inputs separately.

A recorded fact is compared only if the run has a figure of the same definition. Outcomes are
judged. Inputs and figures that follow from inputs are not judged, because their agreement proves
nothing. The hole is an outcome, but it may contain amounts that the scenario states. The table
`origins` shows these amounts.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ledger.reports.market.traded_days import TradedDays, contradictions_table, traded_days
from ledger.reports.money.hole import hole
from ledger.reports.table import Table
from ledger.run_folder import RunFolder
from runs.record.compare_tables import (
    days_table,
    explained_table,
    inputs_table,
    like_for_like,
    origins_table,
    outcomes_table,
    sources_table,
    unsaid_table,
    verdicts_table,
)
from runs.record.compared import (
    TENTH,
    AmountRow,
    DayRow,
    Row,
    Unsaid,
    billions,
    furthest_first,
    judged,
    recorded,
    when,
)
from runs.record.facts import Fact, Record, load_record
from runs.record.market_figures import SHARE, Inputs
from runs.record.market_judgement import MarketJudgement, market_judgement
from runs.record.measured_books import MeasuredBooks, Span
from runs.record.measures import MEASURES, NEVER

FURTHEST = 3  # the answer names at most this many deviations


@dataclass(frozen=True, slots=True)
class BesideRecord:
    """A run compared with the record: facts with a figure of the run, and facts without one."""

    rows: tuple[Row, ...]
    unsaid: tuple[Unsaid, ...]
    kinds_usd: Mapping[str, Decimal]  # the hole at the end of the run, by kind
    traded: TradedDays
    markets: MarketJudgement

    def of_role(self, role: str) -> list[Row]:
        """Return the rows of the outcomes (role "outcome") or of the inputs (role "input")."""
        return [row for row in self.rows if row.fact.role == role]

    def answer(self) -> str:
        """State how many outcomes agree with the record, and which deviate most or never happen."""
        outcomes = judged(self.of_role("outcome"))
        if not outcomes:
            return "This run has no outcome that is on record."
        said = Counter(row.verdict for row in outcomes)
        inside, near = said["inside"], said[TENTH]
        close = (
            f"{inside + near} of {len(outcomes)} comparable outcomes agree with the record: "
            f"{inside} inside the recorded range, and {near} at most 10 % outside."
        )
        amounts = [row for row in outcomes if isinstance(row, AmountRow)]
        far = [row for row in furthest_first(amounts) if row.is_off][:FURTHEST]
        named = [
            f"{row.what}, {when(row.fact.first, row.fact.last)} "
            f"({billions(row.told)} here, {recorded(row.fact)} on record)"
            for row in far
        ]
        never = [row.what for row in outcomes if row.verdict == NEVER]
        more = [f"Largest deviations: {'; '.join(named)}."] if named else []
        more += [f"Never reached: {'; '.join(never)}."] if never else []
        return " ".join([close, *more])

    def tables(self) -> list[Table]:
        """Return all tables of the report, with the outcomes in dollars first."""
        outcomes, inputs = self.of_role("outcome"), self.of_role("input")
        amounts = [row for row in outcomes if isinstance(row, AmountRow)]
        of_role = Counter(each.fact.role for each in self.unsaid)
        return [
            like_for_like(amounts),
            explained_table([row for row in outcomes if row.is_off]),
            verdicts_table(outcomes, of_role["outcome"]),
            outcomes_table(amounts),
            days_table([row for row in outcomes if isinstance(row, DayRow)]),
            unsaid_table(self.unsaid),
            *self.markets.tables(),
            contradictions_table(self.traded),
            origins_table(self.kinds_usd),
            # All inputs in the record are amounts. The facts that are days are outcomes.
            inputs_table([row for row in inputs if isinstance(row, AmountRow)], of_role["input"]),
            sources_table(self.rows),
        ]


def compare(run: RunFolder, record: Record | None = None) -> BesideRecord:
    """Compare a run with the record.

    Args:
        run: the books.
        record: the facts to compare with. None means the facts that come with the package.
    """
    record = record or load_record()
    found, unsaid = held_against(MeasuredBooks(run), facts_to_meet(run, record))
    return BesideRecord(
        tuple(found),
        tuple(unsaid),
        hole(run).kinds_usd,
        traded_days(run),
        market_judgement(run, record),
    )


def facts_to_meet(run: RunFolder, record: Record) -> list[Fact]:
    """Return the facts with which a run is compared. Facts on a single market are left out.

    If the maker's policy aims at a share of the volume, this share becomes an input.
    """
    aims_at_share = Inputs.of(run).aims_at_share
    return [
        fact.model_copy(update={"role": "input"}) if fact.key == SHARE and aims_at_share else fact
        for fact in record.fact
        if (fact.key in MEASURES or fact.unsaid) and fact.market is None
    ]


def held_against(books: MeasuredBooks, facts: Sequence[Fact]) -> tuple[list[Row], list[Unsaid]]:
    """Return the facts with the run's figures, and the facts for which the run has no figure."""
    found: list[Row] = []
    unsaid: list[Unsaid] = []
    for fact in facts:
        if fact.unsaid:
            unsaid.append(Unsaid(fact, fact.unsaid))
            continue
        measure = MEASURES[fact.key]
        span = measure.covers(fact, books.days)
        figure = None if span is None else measure.figure(books, span)
        if isinstance(figure, Decimal):
            found.append(AmountRow(fact, figure, measure.counts))
        elif figure is not None:
            found.append(DayRow(fact, figure))
        else:
            unsaid.append(Unsaid(fact, why_not(books.days, span)))
    return found, unsaid


def why_not(days: Span, span: Span | None) -> str:
    """Return why a run has no figure for a fact.

    Either the run does not cover the fact's days, or the run's books have no such figure.
    """
    if span is None:
        return f"the run covers {days.first} to {days.last}"
    return "the run's books have no such figure"
