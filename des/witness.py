"""Two witnesses: what venues owe in the world, and what the general ledger says that they owe."""

from collections.abc import Mapping

from des.venue.venue import Venue
from ledger.accounts import owed
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
