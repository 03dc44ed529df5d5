"""Computes the figures of the exhibit. The page's scripts compute some of these figures again.

All amounts are whole cents, except amounts in sentences and in the thread's statements.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from ledger.kinds import HELD, Kind
from ledger.parties import Parties
from ledger.reports.firms.league import FirmResult, league
from ledger.reports.life.answer import answer
from ledger.reports.life.milestones import First, Milestone
from ledger.reports.life.standing import Standing
from ledger.reports.money.hole import Hole, hole
from ledger.run_folder import RunFolder
from runs.claims.claims import claims
from runs.exhibit.key_days import KeyDay
from runs.provenance import provenance

OF_A_FIRM = (
    "edge_usd",
    "house_fees_usd",
    "house_result_usd",
    "house_deposits_usd",
    "house_withdrawals_usd",
    "house_claim_usd",
    "payable_usd",
    "left_net_usd",
)
BY_DAY = ("claims_usd", "liquid_usd", "hole_usd", "loans_usd", "paper_usd", "net_at_mark_usd")


def figures(
    run: RunFolder,
    days: Sequence[Standing],
    firsts: Mapping[Milestone, First],
    named: Sequence[KeyDay],
) -> dict[str, object]:
    """Return all figures of the page, under the names used by the page's scripts."""
    parties = run.chart.parties
    return {
        "run": run.path.resolve().name,
        "provenance": provenance(run),
        "answer": answer(run),
        "question": "Where did the money go?",
        "parties": _parties(parties),
        "about": {kind.value: kind.entry.plain for kind in Kind},
        "held": sorted(HELD),
        "hole": _hole(hole(run)),
        "first": days[0].day.isoformat(),
        "days": {name: [_cents(getattr(at, name)) for at in days] for name in BY_DAY},
        "milestones": [_first(each) for each in firsts.values()],
        "key_days": [
            {"day": each.day.isoformat(), "what": each.what, "source": each.source}
            for each in named
        ],
        "firms": [_firm(each) for each in league(run)],
        "claims": _claims(run),
    }


def _parties(parties: Parties) -> dict[str, object]:
    return {
        "house": parties.house,
        "maker": parties.maker,
        "lead": parties.lead,
        "retail": parties.retail,
        "other_makers": parties.other_makers,
        "firms": list(parties.firms),
    }


def _hole(the_hole: Hole) -> dict[str, object]:
    return {
        "hole": _cents(the_hole.hole_usd),
        "claims": _cents(the_hole.claims_usd),
        "liquid": {account: _cents(usd) for account, usd in the_hole.liquid_usd.items()},
        "kinds": {kind: _cents(usd) for kind, usd in the_hole.kinds_usd.items()},
    }


def _first(first: First) -> dict[str, object]:
    return {
        "what": first.what,
        "day": first.day and first.day.isoformat(),
        "usd": None if first.usd is None else _cents(first.usd),
        "days": first.days,
        "continuous_since": first.continuous_since and first.continuous_since.isoformat(),
    }


def _firm(result: FirmResult) -> dict[str, object]:
    profile = result.profile
    return {
        "firm": result.firm,
        "class": profile.category,
        "status": profile.status,
        "reaction_ms": None if profile.reaction_ms is None else float(profile.reaction_ms),
        **{name: _cents(getattr(result, name)) for name in OF_A_FIRM},
    }


def _claims(run: RunFolder) -> dict[str, object]:
    """Return the answer on the whole thread, and a row for each of its statements."""
    found = claims([run])
    by_name = {table.name: table for table in found.tables()}
    more = [{str(row[0]): row[1] for row in by_name[name].rows} for name in ("reasons", "commands")]
    rows = [
        [*row, *(cells.get(str(row[0])) for cells in more)] for row in by_name["statements"].rows
    ]
    return {"answer": found.answer(), "rows": rows}


def _cents(usd: Decimal) -> int:
    """Convert dollars to whole cents. A part of a cent is rounded."""
    cents = usd.scaleb(2)
    if cents != cents.to_integral_value():
        # Values of tokens at mark, and pro rata amounts, may have parts of a cent.
        cents = cents.quantize(Decimal(1))
    return int(cents)
