"""The maker's accounts for trading results, loans and interest.

In the definition of the hole, these accounts have the part `cause` (see `ledger.chart`).
"""

from collections.abc import Iterator

from ledger.accounts import debt, expense, income
from ledger.kinds import HOLDING, LEAD_QUOTING, Kind
from ledger.parties import Parties


def maker_causes(parties: Parties) -> Iterator[tuple[str, str | None]]:
    """Yield the name of each account, and its description if it has one."""
    maker = parties.maker
    yield income(maker, Kind.PICKOFF), f"{Kind.PICKOFF.entry.plain}; a loss is > 0"
    yield income(maker, Kind.SPREAD), Kind.SPREAD.entry.plain
    yield from ((income(maker, kind), None) for kind in HOLDING)
    for kind in LEAD_QUOTING:
        yield income(maker, kind), kind.entry.plain
    yield expense(maker, Kind.HEDGING), None
    if parties.providers:
        yield income(maker, Kind.LIQUIDATION), Kind.LIQUIDATION.entry.plain
    if maker in parties.providers:
        yield income(maker, Kind.BACKSTOP), "results of positions that it took over; a loss is > 0"
        yield expense(maker, Kind.BACKSTOP), "costs of hedging positions that it took over"
    if parties.directional:
        about = f"results of {Kind.DIRECTIONAL.entry.plain}; a loss is > 0"
        yield income(maker, Kind.DIRECTIONAL), about
        yield expense(maker, Kind.DIRECTIONAL), "costs of buying and selling these positions"
    if parties.lenders:
        yield from ((debt(maker, lender), "callable on demand") for lender in parties.lenders)
        yield expense(maker, Kind.INTEREST), None
