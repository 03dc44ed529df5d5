"""The tables of the command `residual`."""

from collections.abc import Sequence
from decimal import Decimal

from ledger.reports.dollars import ZERO
from ledger.reports.table import Cell, Table
from runs.record.carried import CARRIERS
from runs.record.compared import BILLION
from runs.record.exchange_gap import ExchangeGap
from runs.record.facts import Range
from runs.record.measured_books import Span
from runs.record.residual_day import NET, ResidualDay, Vanished, middle

Amounts = tuple[Decimal | None, ...]


def residual_table(
    maker: str, days: Sequence[ResidualDay], periods: Sequence[Vanished], notes: Sequence[str]
) -> Table:
    """Return a table of debts less assets, of uses, and of the residual and its change, by day."""
    rows: list[tuple[Cell, ...]] = []
    went = {period.until: period for period in periods}
    for each in days:
        if each.day not in went:
            rows.append((each.day, "too little on record", None, None, None, None))
            continue
        period, sheet = went[each.day], each.sheet
        rows += (
            (each.day, "debts less assets", *_ends(each.net_debt), each.run_net_debt_usd),
            (each.day, "less uses of money until then", *_ends(each.uses), each.run_uses_usd),
            (
                each.day,
                "unexplained",
                *_ends(each.unexplained),
                sheet.unexplained_usd if sheet else None,
            ),
            (
                each.day,
                "change since the previous date",
                period.recorded.low,
                period.middle_usd,
                period.recorded.high,
                period.all_lost_usd,
            ),
        )
    return Table(
        "residual",
        f"The unexplained amount: {maker}'s debts, less its assets, less its recorded uses",
        ("day", "what", "low_usd", "middle_usd", "high_usd", "run_usd"),
        rows,
        (
            "Low and high are the least and the greatest amount that the recorded ranges allow. "
            "The middle is not more likely than the ends. FTT, SOL and SRM count as zero.",
            "The maker's earnings reduce the unexplained amount, and interest increases it. The "
            "total of interest is not on record. In the run the unexplained amount equals the "
            "losses of all kinds that are not uses (table `carriers`).",
            *notes,
        ),
    )


def notes_on(days: Sequence[ResidualDay], run_days: Span, gaps: Sequence[ExchangeGap]) -> list[str]:
    """Return notes on the days that the run lacks, and on the exchange's unexplained gaps."""
    notes = []
    if missing := [str(each.day) for each in days if each.sheet is None]:
        first, last = run_days
        notes.append(
            f"This run goes from {first} to {last} and does not have {', '.join(missing)}."
        )
    for gap in gaps:
        if gap.lacked and gap.lacked.low > 0:
            low, high = (end / BILLION for end in gap.lacked)
            notes.append(
                f"In addition the exchange lacked {low:,.1f} to {high:,.1f} billion on {gap.day}, "
                "and no source says that its maker owed this amount. If the maker owed it, add it "
                "to the unexplained amount (table `the-exchange`)."
            )
    return notes


def carriers_table(maker: str, periods: Sequence[Vanished]) -> Table:
    """Return a table of the run's losses by mechanism and kind, with a column for each period."""
    kinds = [kind for period in periods for kind in period.lost_usd or ()]
    names = dict.fromkeys((*CARRIERS, *kinds))
    moving = [
        name
        for name in names
        if name in CARRIERS or any((each.lost_usd or {}).get(name) for each in periods)
    ]

    def line(name: str, amounts: Sequence[Decimal | None]) -> tuple[Cell, ...]:
        return (name, *amounts)

    rows = [line(name, [_of(each, name) for each in periods]) for name in moving]
    rows += [
        line("unexplained in the run", [each.all_lost_usd for each in periods]),
        line("unexplained on record (middle of the range)", [each.middle_usd for each in periods]),
        line("stale quotes alone (part of quotes)", [each.stale_usd for each in periods]),
        line("not included: Takeovers, a recorded use", [each.takeovers_usd for each in periods]),
    ]
    return Table(
        "carriers",
        f"{maker}'s losses by kind in the run, between dates of the record (negative: gains)",
        ("carrier", *(f"{_span(period)}_usd" for period in periods)),
        rows,
        (
            "A carrier is a group of kinds or a single kind. It explains at most its own loss in a "
            "period. The portfolio has coins at mark, and positions held to gain from a price "
            "move. Each other kind with a loss or gain has its own row. Tokens that pools lost "
            "count as zero.",
        ),
    )


def lines_table(days: Sequence[ResidualDay]) -> Table:
    """Return a table of the recorded lines, with the run's amount for each line."""
    rows: list[tuple[Cell, ...]] = []
    for each in days:
        for fact in each.facts:
            ours = each.sheet.line_usd(fact.key) if each.sheet else None
            if fact.key == NET and not fact.unsaid:
                ours = each.run_net_debt_usd
            rows.append(
                (
                    each.day,
                    fact.key,
                    fact.counts,
                    *(fact.amounts or (None, None)),
                    ours,
                    fact.ids,
                    fact.unsaid,
                )
            )
    return Table(
        "lines",
        "Each recorded line of the maker's debts, assets and uses, with the run's amount",
        ("day", "line", "counts", "low_usd", "high_usd", "run_usd", "ids", "too_little"),
        rows,
        (
            "If the record of a day has debts less assets as one figure, the residual uses this "
            "figure. The single debts are then shown, but not added again. If the record of a day "
            "has no line `use-ventures`, stakes count as assets.",
        ),
    )


def exchange_table(gaps: Sequence[ExchangeGap]) -> Table:
    """Return a table of the exchange's shortfall less the maker's debt to the exchange, by day."""
    rows: list[tuple[Cell, ...]] = []
    for gap in gaps:
        rows += (
            (gap.day, "owed to customers", *gap.owed, None),
            (gap.day, "held by the exchange", *gap.held, None),
            (gap.day, "owed by the maker", *(gap.by_maker or (None, None)), None),
            (gap.day, "further shortfall", *(gap.lacked or (None, None)), gap.run_usd),
        )
    return Table(
        "the-exchange",
        "The exchange's shortfall that no source assigns to its maker",
        ("day", "what", "low_usd", "high_usd", "run_usd"),
        rows,
        (
            "Coins count at the price of the day, so the shortfall falls if prices fall. A change "
            "of the shortfall between two days does not show when money vanished.",
        ),
    )


def sources_of_lines(days: Sequence[ResidualDay]) -> Table:
    """Return a table of each line's source, its provenance, and the note on it."""
    return Table(
        "sources",
        "Sources of the recorded lines, and notes on them",
        ("day", "line", "ids", "source", "provenance", "note"),
        [
            (each.day, fact.key, fact.ids, fact.source, fact.provenance, fact.note)
            for each in days
            for fact in each.facts
        ],
        (
            "The words 'found', 'recalled' and 'derived' describe how we obtained a figure, not "
            "whether it is true.",
        ),
    )


def _ends(of: Range[Decimal]) -> Amounts:
    return (of.low, middle(of), of.high)


def _of(period: Vanished, name: str) -> Decimal | None:
    return None if period.lost_usd is None else period.lost_usd.get(name, ZERO)


def _span(period: Vanished) -> str:
    return f"{period.since or 'first'} to {period.until}"
