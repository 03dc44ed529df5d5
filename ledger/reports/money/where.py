"""Where did the money go? Two statements, and the bridge between them.

The hole by kind lists what used money and what brought it; cash by receiver says who left with
money. They differ because a claim is not cash, and the bridge leads from one to the other.
"""

from ledger.reports.market.maker_share import volume_table
from ledger.reports.money.bridge import bridge, bridge_table
from ledger.reports.money.cash import cash_by_receiver, cash_change, cash_statement
from ledger.reports.money.hole import hole, hole_by_definition, hole_by_kind
from ledger.reports.table import Table
from ledger.run_folder import RunFolder


def where(run: RunFolder) -> list[Table]:
    """Return the hole by kind, cash by receiver, the bridge, and the maker's share of volume."""
    the_hole, statement = hole(run), cash_statement(run)
    parties = run.chart.parties
    return [
        hole_by_kind(the_hole),
        hole_by_definition(the_hole, parties.house),
        cash_by_receiver(statement, " and ".join(parties.group)),
        cash_change(statement),
        bridge_table(bridge(run), parties.house),
        volume_table(run),
    ]
