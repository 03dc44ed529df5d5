"""A run beside the public record, row by row: what came out, and apart from it what was put in.

An outcome has a verdict. An input has none, however near it is to the record: a scenario was
given it, or what it follows from. The largest outcome, the hole, is in great part a sum of what the
scenario states by amount; how great a part is told beside it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ledger.kinds import USES, Kind
from ledger.reports.dollars import ZERO
from ledger.reports.market.traded_days import TradedDays, contradictions_table, traded_days
from ledger.reports.money.hole import hole
from ledger.reports.table import Cell, Table
from ledger.run_folder import RunFolder
from runs.record.facts import Fact, Record, nearer_end, verdict
from runs.record.market_figures import SHARE, Inputs
from runs.record.market_judgement import MarketJudgement, market_judgement
from runs.record.measures import MEASURES, NEVER, Day, MeasuredBooks

AS_GIVEN = "as given"
VERDICTS = ("inside", "below", "above", NEVER, "silent")
ABSENT = "not in this run"
DIGITS = {"USD": Decimal(1), "pct": Decimal("0.1"), "bps": Decimal("0.01"), "s": Decimal("0.001")}
TIMES = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class AmountRow:
    """An amount of the record, and what the run has in its place."""

    fact: Fact
    figure: Decimal

    @property
    def told(self) -> Decimal:
        """Return the figure as precisely as it is printed and held against the record."""
        # Adding nothing turns a rounded -0 into 0.
        return self.figure.quantize(DIGITS[self.fact.unit]) + 0

    @property
    def verdict(self) -> str:
        """Say how an outcome stands to the record: an input was given, and stands in no way."""
        return AS_GIVEN if self.fact.role == "input" else verdict(self.told, self.fact.amounts)

    @property
    def beyond(self) -> Decimal | None:
        """Return how far it lies from the nearer end; None if inside."""
        end = nearer_end(self.told, self.fact.amounts)
        return None if end is None else (self.told - end).quantize(DIGITS[self.fact.unit])

    @property
    def times(self) -> Decimal | None:
        """Return how many times the nearer end it is; None if inside, or signs differ."""
        end = nearer_end(self.told, self.fact.amounts)
        return None if end is None or end * self.told <= 0 else self.told / end


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day of the record, and when it came to that in the run."""

    fact: Fact
    figure: Day

    @property
    def verdict(self) -> str:
        """Say how an outcome stands to the record: an input was given, and stands in no way."""
        if self.fact.role == "input":
            return AS_GIVEN
        if isinstance(self.figure, date):
            return verdict(self.figure, self.fact.days)
        return "silent" if self.fact.days is None else NEVER

    @property
    def beyond(self) -> int | None:
        """Return by how many days it is off the nearer end; None if inside, or if it never was."""
        if not isinstance(self.figure, date):
            return None
        end = nearer_end(self.figure, self.fact.days)
        return None if end is None else (self.figure - end).days


Row = AmountRow | DayRow


@dataclass(frozen=True, slots=True)
class BesideRecord:
    """A run held against the record: the rows that it has, of all that the record could ask."""

    rows: tuple[Row, ...]
    recorded: Mapping[str, int]  # how many facts there are of each role
    kinds_usd: Mapping[str, Decimal]  # of the hole at the end
    traded: TradedDays
    markets: MarketJudgement

    def of_role(self, role: str) -> list[Row]:
        """Return the outcomes, or the inputs."""
        return [row for row in self.rows if row.fact.role == role]

    def tables(self) -> list[Table]:
        """Lay out verdicts, outcomes, days, markets, contradictions, origins, inputs, sources."""
        outcomes, inputs = self.of_role("outcome"), self.of_role("input")
        amounts = [row for row in outcomes if isinstance(row, AmountRow)]
        days = [row for row in outcomes if isinstance(row, DayRow)]
        return [
            _verdicts_table(outcomes, self.recorded["outcome"]),
            _outcomes_table(amounts),
            _days_table(days),
            *self.markets.tables(),
            contradictions_table(self.traded),
            _origins_table(self.kinds_usd),
            # All of them amounts: no scenario is given a day of the record.
            _inputs_table(
                [row for row in inputs if isinstance(row, AmountRow)], self.recorded["input"]
            ),
            _sources_table(self.rows),
        ]


def compare(run: RunFolder, record: Record) -> BesideRecord:
    """Hold a run against the record.

    Args:
        run: the books.
        record: the facts.
    """
    aims_at_share = Inputs.of(run).aims_at_share
    facts = [
        fact.model_copy(update={"role": "input"}) if fact.key == SHARE and aims_at_share else fact
        for fact in record.fact
        if fact.key in MEASURES and fact.market is None
    ]
    return BesideRecord(
        tuple(rows(MeasuredBooks(run), facts)),
        Counter(fact.role for fact in facts),
        hole(run).kinds_usd,
        traded_days(run),
        market_judgement(run, record),
    )


def rows(books: MeasuredBooks, facts: Sequence[Fact]) -> list[Row]:
    """Compute the figures that the run has, in the order of the record."""
    found: list[Row] = []
    for fact in facts:
        measure = MEASURES[fact.key]
        span = measure.covers(fact, books.days)
        figure = None if span is None else measure.figure(books, span)
        if isinstance(figure, Decimal):
            found.append(AmountRow(fact, figure))
        elif figure is not None:
            found.append(DayRow(fact, figure))
    return found


# --------------------------------------------------------------------------- the tables


def _verdicts_table(outcomes: Sequence[Row], recorded: int) -> Table:
    said = [row.verdict for row in outcomes]
    return Table(
        "verdicts",
        "How the outcomes of this run stand to the public record",
        ("verdict", "outcomes"),
        [*((each, said.count(each)) for each in VERDICTS), (ABSENT, recorded - len(outcomes))],
        (
            "Outcomes alone: no input is counted. Silent: nobody has said, and this run's figure "
            f"stands alone. Never: it did not come to that. {ABSENT.capitalize()}: it does not "
            "cover the days, or has no such thing.",
            "The record says what was reported, which need not be what happened, and several rows "
            "follow from one: these are no independent trials.",
        ),
    )


def _outcomes_table(outcomes: Sequence[AmountRow]) -> Table:
    return Table(
        "outcomes",
        "Outcomes: what no scenario is given",
        _COLUMNS,
        [_cells(row) for row in outcomes],
        (
            "Beyond is the distance to the nearer end of what is recorded, times the ratio to it. "
            "A single figure on record leaves no room: what is below it by little is near it.",
            "Claims, cash, the hole and what is owed are as at the end of the last day.",
            "Claims and cash are dollars here, whatever was deposited. The record often counts "
            "coins at market, and then leaves out the dollars that stood on accounts of the maker.",
            "A run that begins late begins with what its scenario gives it, and is held against "
            "years that it did not live.",
        ),
    )


def _days_table(outcomes: Sequence[DayRow]) -> Table:
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
            "seen",
            "source",
        ),
        cells,
    )


def _origins_table(kinds_usd: Mapping[str, Decimal]) -> Table:
    """Split the hole into what the scenario states by amount, and, kind by kind, what came out."""
    stated = {*USES, Kind.SHARES, Kind.TOKENS, Kind.OPENING}
    kinds = {kind: usd for kind, usd in kinds_usd.items() if usd}
    given = {kind: usd for kind, usd in kinds.items() if kind in stated}
    found = {kind: usd for kind, usd in kinds.items() if kind not in {*stated, Kind.LOANS}}
    return Table(
        "origins",
        "Of the hole at the end: what the scenario states, and what came out",
        ("origin", "kind", "hole_usd"),
        [
            (
                "stated by amount",
                ", ".join(sorted(given)) or None,
                sum(given.values(), ZERO),
            ),
            ("stated as a limit", Kind.LOANS, kinds.get(Kind.LOANS, ZERO)),
            *(("came out", kind, usd) for kind, usd in found.items()),
            ("came out", "all of these", sum(found.values(), ZERO)),
            (None, "hole", sum(kinds.values(), ZERO)),
        ],
        (
            "What is stated by amount is in the hole of any run that pays for it: if the hole is "
            "near the record's, that is a verdict on what came out, and on no more.",
            "This is the hole of the group, whose cash all counts; the rows above have that of the "
            "exchange.",
        ),
    )


def _inputs_table(inputs: Sequence[AmountRow], recorded: int) -> Table:
    return Table(
        "inputs",
        "Inputs: what scenarios may be given, and what follows from that",
        _COLUMNS,
        [_cells(row) for row in inputs],
        (
            "Nothing here is a prediction: where it is as recorded, the scenario says so. Where it "
            "is not, beyond and times say how far the run is from the record to begin with.",
            f"{recorded - len(inputs)} of {recorded} inputs on record are not in this run: it does "
            "not cover the days, or has no such thing.",
        ),
    )


def _sources_table(shown: Sequence[Row]) -> Table:
    return Table(
        "sources",
        "Where the record's figures are from, and what else to know of them",
        ("what", "since", "until", "role", "source", "provenance", "note"),
        [
            (
                row.fact.key,
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
            "Found, recalled and derived say how a figure came here, not whether it is true. Where "
            "the record is silent, the note says of what.",
        ),
        on_request=True,
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
        *_who(row),
    )


def _who(row: Row) -> tuple[str, str]:
    """Return whether the source was seen, and what it is."""
    return row.fact.provenance.partition(":")[0], row.fact.source
