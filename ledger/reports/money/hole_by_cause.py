"""The hole by cause. The table separates uses that bought assets from money that was spent.

Here a cause is a group of kinds that a blind audit cannot distinguish from each other, because the
audit sees no names: see `diagnose`.
"""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from ledger.causes import Cause
from ledger.kinds import cause_of
from ledger.reports.dollars import ZERO, percent
from ledger.reports.money.hole import Hole
from ledger.reports.table import Cell, Table


def assets_and_spending(the_hole: Hole) -> str:
    """State the share of assets in the uses of money. Return an empty text without uses."""
    used = sum(the_hole.uses_usd.values(), ZERO)
    if not used:
        return ""
    bought = sum(_by_cause(the_hole.uses_usd).get(Cause.STAKES, {}).values(), ZERO)
    if not bought:
        return "No use bought an asset: all uses are booked as spent."
    if bought == used:
        return (
            "All uses are purchases of assets. Assets are carried at cost less the proceeds of "
            "sales."
        )
    return (
        f"{percent(bought, used)}% of the uses are purchases of assets; all other uses are booked "
        "as spent. Assets are carried at cost less the proceeds of sales."
    )


def hole_by_cause(the_hole: Hole) -> Table:
    """Return a table of uses and sources by cause. Uses that bought assets come first."""
    uses, sources = _by_cause(the_hole.uses_usd), _by_cause(the_hole.sources_usd)
    used = sum(the_hole.uses_usd.values(), ZERO)
    bought = uses.pop(Cause.STAKES, {})
    spent_usd = used - sum(bought.values(), ZERO)
    rows: list[tuple[Cell, ...]] = []
    if bought:
        rows.append(_use("bought", Cause.STAKES, bought, used))
    rows += [_use("spent", cause, kinds, used) for cause, kinds in _largest_first(uses)]
    if bought and uses:
        rows.append(("spent", "all spent", spent_usd, percent(spent_usd, used), None))
    if used:
        rows.append((None, "all uses", used, percent(used, used), None))
    rows += [
        ("source", cause.value, sum(kinds.values(), ZERO), None, ", ".join(kinds))
        for cause, kinds in reversed(_largest_first(sources))
    ]
    rows.append((None, "hole", sum(the_hole.kinds_usd.values(), ZERO), None, None))
    return Table(
        "hole-by-cause",
        "The hole by cause: assets bought, money spent, and sources other than customers",
        ("side", "cause", "hole_usd", "share_of_uses_pct", "kinds"),
        rows,
        (
            "Assets are carried at cost less the proceeds of sales. Write-downs do not change the "
            "hole. The market value of assets still held: moneytrail solvency RUN DATE",
        ),
    )


def _use(side: str, cause: Cause, kinds: Mapping[str, Decimal], used: Decimal) -> tuple[Cell, ...]:
    usd = sum(kinds.values(), ZERO)
    return side, cause.value, usd, percent(usd, used), ", ".join(kinds)


def _by_cause(kinds_usd: Mapping[str, Decimal]) -> dict[Cause, dict[str, Decimal]]:
    found: dict[Cause, dict[str, Decimal]] = defaultdict(dict)
    for kind, usd in kinds_usd.items():
        found[cause_of(kind)][kind] = usd
    return dict(found)


def _largest_first(
    causes: Mapping[Cause, Mapping[str, Decimal]],
) -> list[tuple[Cause, Mapping[str, Decimal]]]:
    return sorted(causes.items(), key=lambda item: (-sum(item[1].values()), item[0]))
