"""Writes the comparison of a run with the record as tables."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from ledger.kinds import USES, Kind
from ledger.reports.dollars import ZERO
from ledger.reports.table import Cell, Table
from runs.record.compared import (
    DIGITS,
    VERDICTS,
    AmountRow,
    DayRow,
    Row,
    Unsaid,
    furthest_first,
    recorded,
    when,
)
from runs.record.rests_on import RESTS_ON

UNABLE = "cannot say"
TIMES = Decimal("0.001")


def like_for_like(outcomes: Sequence[AmountRow]) -> Table:
    """Return outcomes in dollars beside their recorded ranges, the largest deviation first."""
    rows = [
        (
            when(row.fact.first, row.fact.last),
            row.what,
            row.told,
            *(row.fact.amounts or (None, None)),
            row.verdict,
        )
        for row in furthest_first(outcomes)
    ]
    return Table(
        "like-for-like",
        "Outcomes in dollars, with the same definition here and on record, largest deviation first",
        ("when", "what_is_counted", "run_usd", "low_usd", "high_usd", "verdict"),
        rows,
        (
            "Near: the figure is outside the range, by at most 10 % of the range's nearer end. "
            "Inputs are not judged.",
            "Recorded claims and recorded cash are dollars plus coins at market prices. A balance "
            "is at the end of the last day of the period.",
        ),
    )


def explained_table(missed: Sequence[Row]) -> Table:
    """Return the missed outcomes, each with the parts of the model on which it depends.

    Args:
        missed: outcomes of three kinds: amounts that are outside the recorded range by more than
            10 % of the range's nearer end; days that are outside the recorded range; and recorded
            events that did not happen in the run.
    """
    return Table(
        "explained",
        "Outcomes that miss the record, and the parts of the model on which each depends",
        ("when", "what_is_counted", "verdict", "depends_on"),
        [
            (when(row.fact.first, row.fact.last), row.what, row.verdict, RESTS_ON.get(row.fact.key))
            for row in missed
        ],
    )


def verdicts_table(outcomes: Sequence[Row], unsaid: int) -> Table:
    """Return the number of outcomes with each verdict."""
    said = [row.verdict for row in outcomes]
    return Table(
        "verdicts",
        "Outcomes of this run compared with the public record",
        ("verdict", "outcomes"),
        [*((each, said.count(each)) for each in VERDICTS), (UNABLE, unsaid)],
        (
            "Only outcomes are counted, no inputs. Near: outside the range by at most 10 % of the "
            "range's nearer end. Silent: the record has no figure. Never: the event did not happen "
            f"in the run. {UNABLE.capitalize()}: the run has no figure of the same definition, or "
            "does not cover the days (table `cannot-say` has the reasons).",
            "The record contains reports, which may be wrong. Several rows depend on each other, "
            "so they are not independent tests.",
        ),
    )


def outcomes_table(outcomes: Sequence[AmountRow]) -> Table:
    """Return all outcomes that are amounts, with the definitions of the record and of the run."""
    return Table(
        "outcomes",
        "Outcomes: figures that no scenario states",
        _COLUMNS,
        [_cells(row) for row in outcomes],
        (
            "'Beyond' is the run's figure less the nearer end of the recorded range. 'Times' is "
            "the run's figure divided by this end. Near: outside the range by at most a tenth of "
            "this end. A single recorded figure is a range whose ends are equal.",
            "A run that begins late starts with the opening balances of its scenario. These "
            "balances represent the years before the run.",
        ),
    )


def days_table(outcomes: Sequence[DayRow]) -> Table:
    """Return the outcomes that are days."""
    cells = [
        (
            row.fact.key,
            row.figure,
            *(row.fact.days or (None, None)),
            row.beyond,
            row.verdict,
            *_who(row),
        )
        for row in outcomes
    ]
    return Table(
        "days",
        "Outcomes that are days",
        (
            "what",
            "this_run",
            "recorded_low",
            "recorded_high",
            "beyond_days",
            "verdict",
            "ids",
            "seen",
            "source",
        ),
        cells,
    )


def unsaid_table(unsaid: Sequence[Unsaid]) -> Table:
    """Return the facts for which this run has no figure, each with the reason."""
    return Table(
        "cannot-say",
        "Recorded facts for which this run has no figure of the same definition (USD in billions)",
        ("when", "what_is_counted", "why_not", "recorded", "role", "ids"),
        [
            (
                when(each.fact.first, each.fact.last),
                each.fact.counts or each.fact.key,
                each.why,
                recorded(each.fact),
                each.fact.role,
                each.fact.ids,
            )
            for each in unsaid
        ],
    )


def origins_table(kinds_usd: Mapping[str, Decimal]) -> Table:
    """Return the parts of the hole: stated amounts, loans (with a stated limit), and outcomes."""
    stated = {*USES, Kind.SHARES, Kind.TOKENS, Kind.OPENING}
    kinds = {kind: usd for kind, usd in kinds_usd.items() if usd}
    given = {kind: usd for kind, usd in kinds.items() if kind in stated}
    found = {kind: usd for kind, usd in kinds.items() if kind not in {*stated, Kind.LOANS}}
    return Table(
        "origins",
        "The hole at the end: amounts and limits that the scenario states, and outcomes",
        ("origin", "kind", "hole_usd"),
        [
            (
                "amount stated",
                ", ".join(sorted(given)) or None,
                sum(given.values(), ZERO),
            ),
            ("limit stated", Kind.LOANS, kinds.get(Kind.LOANS, ZERO)),
            *(("outcome", kind, usd) for kind, usd in found.items()),
            ("outcome", "all outcomes", sum(found.values(), ZERO)),
            (None, "hole", sum(kinds.values(), ZERO)),
        ],
        (
            "Amounts that the scenario states are in the hole of any run that pays them. So if a "
            "run's hole is near the recorded hole, this is evidence only for the outcomes in the "
            "run's hole.",
            "This table has the hole of the group without coins: claims in dollars less liquid "
            "assets in dollars. The tables `like-for-like` and `outcomes` have the hole of the "
            "exchange.",
        ),
    )


def inputs_table(inputs: Sequence[AmountRow], unsaid: int) -> Table:
    """Return the inputs, and figures that follow from inputs, beside the record."""
    return Table(
        "inputs",
        "Inputs: figures that scenarios may state, and their consequences",
        _COLUMNS,
        [_cells(row) for row in inputs],
        (
            "No row of this table is a prediction. A figure that agrees with the record follows "
            "from an input. If an input differs from the record, 'beyond' and 'times' show by how "
            "much.",
            f"{unsaid} of {len(inputs) + unsaid} inputs on record are not in this run, since it "
            "does not cover the days, or has no such input.",
        ),
    )


def sources_table(shown: Sequence[Row]) -> Table:
    """Return the sources of the facts for which the run has a figure."""
    return Table(
        "sources",
        "Sources of the record's figures, and notes on them",
        ("what", "ids", "since", "until", "role", "source", "provenance", "note"),
        [
            (
                row.fact.key,
                row.fact.ids,
                row.fact.first,
                row.fact.last,
                row.fact.role,
                row.fact.source,
                row.fact.provenance,
                row.fact.note,
            )
            for row in shown
        ],
        (
            "The words 'found', 'recalled' and 'derived' describe how we obtained a figure, not "
            "whether it is true. If the record has no figure, the note says which figure is "
            "missing.",
        ),
    )


_COLUMNS = (
    "what",
    "since",
    "until",
    "unit",
    "this_run",
    "recorded_low",
    "recorded_high",
    "beyond",
    "times",
    "verdict",
    "record_counts",
    "run_counts",
    "ids",
    "seen",
    "source",
)


def _cells(row: AmountRow) -> tuple[Cell, ...]:
    digits = DIGITS[row.fact.unit]
    recorded = row.fact.amounts or (None, None)
    return (
        row.fact.key,
        row.fact.first,
        row.fact.last,
        row.fact.unit,
        row.told,
        *(end if end is None else end.quantize(digits) for end in recorded),
        row.beyond,
        row.times if row.times is None else row.times.quantize(TIMES),
        row.verdict,
        row.fact.counts,
        row.counts,
        *_who(row),
    )


def _who(row: Row) -> tuple[str | None, str, str]:
    """Return a fact's ids, the way in which we obtained it, and its source."""
    return row.fact.ids, row.fact.provenance.partition(":")[0], row.fact.source
