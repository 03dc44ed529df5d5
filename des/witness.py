"""Two witnesses: what is owed in the world, and what the general ledger says that is owed."""

from collections.abc import Mapping

from des.venue.venue import Venue
from ledger.accounts import owed, with_agent
from ledger.journal import Journal
from ledger.transaction import LedgerError


def agree_on_claims(journal: Journal, venues: Mapping[str, Venue]) -> None:
    """Hold the claims of all parties on each venue, by its name, against the general ledger's.

    Raises:
        LedgerError: they differ.
    """
    for name, venue in venues.items():
        for code, entity in enumerate(journal.chart.parties.names):
            booked = -journal.balance(owed(name, entity))
            if booked != venue.claims[code]:
                raise LedgerError(
                    f"{name} owes {entity} {venue.claims[code]} cents in the world and "
                    f"{booked} in the books"
                )


def agree_on_agent(journal: Journal, cents: int) -> None:
    """Hold what the house's agent took in for it, if it has one, against the general ledger's.

    Raises:
        LedgerError: they differ.
    """
    parties = journal.chart.parties
    booked = journal.balance(with_agent(parties.house, parties.agent)) if parties.agent else 0
    if booked != cents:
        raise LedgerError(
            f"the agent of {parties.house} has {cents} cents of customers in the world and "
            f"{booked} in the books"
        )
