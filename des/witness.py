"""Checks that debts in the simulation equal the same debts in the general ledger."""

from collections.abc import Mapping

from des.venue.venue import Venue
from ledger.accounts import owed, with_agent
from ledger.journal import Journal
from ledger.transaction import LedgerError


def agree_on_claims(journal: Journal, venues: Mapping[str, Venue]) -> None:
    """Compare each party's claim on each venue with the general ledger.

    Raises:
        LedgerError: a claim differs.
    """
    for name, venue in venues.items():
        for code, entity in enumerate(journal.chart.parties.names):
            booked = -journal.balance(owed(name, entity))
            if booked != venue.claims[code]:
                raise LedgerError(
                    f"{name} owes {entity} {venue.claims[code]} cents in the simulation and "
                    f"{booked} in the books"
                )


def agree_on_agent(journal: Journal, cents: int) -> None:
    """Compare the deposits held by the house's agent, if any, with the general ledger.

    Raises:
        LedgerError: the deposits differ.
    """
    parties = journal.chart.parties
    booked = journal.balance(with_agent(parties.house, parties.agent)) if parties.agent else 0
    if booked != cents:
        raise LedgerError(
            f"the agent of {parties.house} has {cents} cents of deposits in the simulation and "
            f"{booked} in the books"
        )
