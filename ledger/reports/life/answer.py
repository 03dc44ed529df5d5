"""Where did the money go? In one paragraph, every figure of which is read off the books."""

from collections.abc import Mapping, Sequence
from datetime import date

from ledger.kinds import Kind
from ledger.reports.dollars import ZERO, percent, spoken
from ledger.reports.life.milestones import First, Milestone, firsts
from ledger.reports.life.standing import standings
from ledger.reports.money.hole import Hole, hole
from ledger.reports.money.mechanism import Mechanism, mechanism
from ledger.run_folder import RunFolder

LARGEST = 3  # uses that are named


def answer(run: RunFolder) -> str:
    """Say what is missing, what used money, what the thread's mechanism cost, and since when."""
    the_hole, days = hole(run), standings(run)
    dated = firsts(run, days)
    house = run.chart.parties.house
    return " ".join(
        (
            _missing(the_hole, house, days[0].day, days[-1].day),
            _largest(the_hole),
            _quotes(the_hole, run.chart.parties.maker),
            _mechanism(mechanism(run, the_hole)),
            _since(dated[Milestone.CUSTOMERS_MONEY], "Customers' money was in use"),
            _since(dated[Milestone.INSOLVENT], "At mark the group was insolvent"),
            _paid_out(dated),
        )
    )


def _missing(the_hole: Hole, house: str, first: date, last: date) -> str:
    owed = spoken(the_hole.claims_usd)
    there = spoken(sum(the_hole.liquid_usd.values(), ZERO))
    said = f"From {first} to {last}: {house} owes its customers {owed}, and the group has {there}"
    if the_hole.hole_usd <= 0:
        return f"{said}: there is no hole."
    return f"{said}: a hole of {spoken(the_hole.hole_usd)}."


def _largest(the_hole: Hole) -> str:
    uses = the_hole.uses_usd
    used = sum(uses.values(), ZERO)
    if not uses:
        return "Nothing used money."
    named = [f"{kind} {percent(usd, used)}%" for kind, usd in list(uses.items())[:LARGEST]]
    return f"Of {spoken(used)} that was used, {_listed(named)} are the largest."


def _quotes(the_hole: Hole, maker: str) -> str:
    """Say what stale quotes cost, and what quoting came to with all that belongs to it."""
    kinds = the_hole.kinds_usd
    lost, used = kinds.get(Kind.PICKOFF, ZERO), sum(the_hole.uses_usd.values(), ZERO)
    spread, hedges = -kinds.get(Kind.SPREAD, ZERO), kinds.get(Kind.HEDGING, ZERO)
    net = spread - lost - hedges
    share = f", {percent(lost, used)}% of all uses" if lost > 0 else ""
    came_to = f"{'earned' if net >= 0 else 'lost'} {spoken(abs(net))}"
    return (
        f"Stale quotes cost {maker} {spoken(lost)}{share}; it earned {spoken(spread)} in spread "
        f"and paid {spoken(hedges)} for hedges, so that its quotes {came_to} in all."
    )


def _mechanism(found: Mechanism) -> str:
    """Say what the mechanism of the thread cost and brought, and what became of each part."""
    if not found.cost_usd and not found.brought_usd:
        return "The mechanism that the thread claims cost nothing and brought nothing."
    share = percent(found.cost_usd, found.uses_usd) if found.cost_usd else None
    said = f", {share}% of all uses" if share is not None else ""
    parts = [
        f"{part.claimed} {'lost' if part.net_usd > 0 else 'earned'} {spoken(abs(part.net_usd))}"
        for part in found.parts
        if part.kinds_usd
    ]
    return (
        f"The mechanism that the thread claims cost {spoken(found.cost_usd)}{said}, and brought "
        f"{spoken(found.brought_usd)}: {_listed(parts)}."
    )


def _since(first: First, said: str) -> str:
    if first.day is None:
        return f"{said} on no day."
    days = f"{said} on {first.days} day{'' if first.days == 1 else 's'}, the first {first.day}"
    return f"{days}, for good since {first.for_good_since}." if first.for_good_since else f"{days}."


def _paid_out(dated: Mapping[Milestone, First]) -> str:
    halt, wait = dated[Milestone.HALT].day, dated[Milestone.WAIT].day
    if halt:
        return f"Withdrawals waited from {wait} on and were halted on {halt}."
    if wait:
        return f"Withdrawals waited first on {wait}, and were never halted."
    return "Every withdrawal was paid at once."


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
