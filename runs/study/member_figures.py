"""Computes the figures of a member: outcomes of its books, and figures for recorded facts."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from ledger.claimed import Claimed
from ledger.kinds import KINDS, Kind
from ledger.notes import TradedDay
from ledger.reports.dollars import ZERO
from ledger.reports.market.market_days import market_days
from ledger.reports.market.traded_days import traded_days
from ledger.reports.money.hole import Hole, hole
from ledger.reports.money.hole_in_kind import hole_at_mark_usd
from ledger.run_folder import RunFolder
from runs.record.compare import held_against
from runs.record.compared import AmountRow
from runs.record.facts import Record
from runs.record.market_figures import Inputs
from runs.record.market_judgement import ELASTICITY, OF_OTHERS
from runs.record.measured_books import MeasuredBooks
from runs.record.measures import MEASURES
from runs.record.volume_elasticity import elasticity
from runs.study.study_file import figure_name

NEEDS_FILLS = ("youngest-quote-hit",)  # a figure that is missing in books without single fills
PARTS: Mapping[str, Claimed] = {
    "quotes_usd": Claimed.QUOTES,
    "liquidations_usd": Claimed.LIQUIDATIONS,
    "on_chain_usd": Claimed.ON_CHAIN,
}
MECHANISM, HOLE, USES = "mechanism_usd", "hole_usd", "uses_usd"
HITS, VOLUME, CONTRADICTIONS = "hits_usd", "volume_usd", "contradictions"
OUTCOMES = (*PARTS, MECHANISM, HOLE, USES, "pickoff_usd", "gap_loss_usd", HITS, VOLUME)


def figures(run: RunFolder, record: Record) -> dict[str, float]:
    """Compute the figures of one member from its books.

    Args:
        run: the books of the member. Their fills are not needed.
        record: the facts on public record.

    Returns:
        The figures by name. A name is one of the names in OUTCOMES, the name CONTRADICTIONS, the
        `figure_name` of a fact, or `use KIND`. The figure `use KIND` is the amount of this kind in
        USD.
    """
    found = hole(run)
    told = {name: float(usd) for name, usd in outcomes(run, found, hole_at_mark_usd(run)).items()}
    told[CONTRADICTIONS] = float(len(traded_days(run).contradictions))
    told |= {f"use {kind}": float(usd) for kind, usd in found.kinds_usd.items() if usd}
    return told | of_facts(run, record) | elasticities(run, record)


def outcomes(run: RunFolder, found: Hole, missing_usd: Decimal) -> dict[str, Decimal]:
    """Return the outcomes in USD. If a part of the mechanism makes a loss, its amount is positive.

    Args:
        run: the books.
        found: the uses and sources of dollars.
        missing_usd: the hole, with customers' coins at market prices.

    Gap losses belong to no part of the mechanism. They are not losses on positions that were taken
    over. Of the losses in liquidations, the thread names only losses on positions taken over.
    """
    kinds = found.kinds_usd
    parts = {
        name: sum(
            (
                usd
                for kind, usd in kinds.items()
                if _claimed(kind) is part and kind != Kind.GAP_LOSS.value
            ),
            ZERO,
        )
        for name, part in PARTS.items()
    }
    days = [note for _, note in run.dated_notes(TradedDay)]
    every: Callable[[TradedDay], Decimal] = lambda day: sum(  # noqa: E731
        (day.captive_usd, day.others_usd, day.hits_usd, day.forced_usd), ZERO
    )
    return {
        **parts,
        MECHANISM: sum(parts.values(), ZERO),
        HOLE: missing_usd,
        USES: sum(found.uses_usd.values(), ZERO),
        "pickoff_usd": kinds.get("PickOff", ZERO),
        "gap_loss_usd": kinds.get(Kind.GAP_LOSS.value, ZERO),
        HITS: sum((day.hits_usd for day in days), ZERO),
        VOLUME: sum(map(every, days), ZERO),
    }


def _claimed(kind: str) -> Claimed | None:
    return KINDS[kind].entry.claimed if kind in KINDS else None


def of_facts(run: RunFolder, record: Record) -> dict[str, float]:
    """Return the member's figures for facts on the whole exchange, as in `compare`.

    Facts without an amount, facts that need single fills, and facts for which the books have no
    figure are left out.
    """
    facts = [
        fact
        for fact in record.fact
        if fact.key in MEASURES
        and fact.key not in NEEDS_FILLS
        and fact.market is None
        and fact.amounts
        and not fact.unsaid
    ]
    rows, _ = held_against(MeasuredBooks(run), facts)
    return {
        figure_name(row.fact.key, None, row.fact.last): float(row.figure)
        for row in rows
        if isinstance(row, AmountRow)
    }


def elasticities(run: RunFolder, record: Record) -> dict[str, float]:
    """Return the elasticity of each market's volume to the day's price range, as in `compare`."""
    days = market_days(run)
    left_over = Inputs.of(run).has_recorded_volume
    told: dict[str, float] = {}
    for fact in record.fact:
        if fact.key != ELASTICITY:
            continue
        within = [d for d in days if d.market == fact.market and fact.first <= d.day <= fact.last]
        of_others = record.on(fact.first, OF_OTHERS, fact.market)
        if within and of_others:
            middle = float(of_others.low + of_others.high) / 2
            if found := elasticity(within, middle, left_over):
                told[figure_name(fact.key, fact.market, fact.last)] = found.figure
    return told
