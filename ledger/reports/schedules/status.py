"""The legal relation of a party to the group, such as insider, lender or customer."""

from collections.abc import Mapping
from enum import StrEnum

from ledger.kinds import Kind
from ledger.reports.tracing.group_cash import Reason, cash_passed
from ledger.run_folder import RunFolder


class Status(StrEnum):
    """A party's relation to the group. An affiliate is an insider too (11 USC 101(31)(E))."""

    AFFILIATE = "affiliate"
    INSIDER = "insider"
    LENDER = "lender"
    CUSTOMER = "customer"
    INVESTOR = "investor"
    OTHER = "other"

    @property
    def is_insider(self) -> bool:
        """Return whether the party is an insider.

        A payment to an insider can be a preference if it was made in the last year before the end.
        For other recipients this period is 90 days (11 USC 547(b)(4)).
        """
        return self in (Status.AFFILIATE, Status.INSIDER)


def statuses(run: RunFolder) -> Mapping[str, Status]:
    """Return each party's relation to the group.

    Lenders and insiders are known by the payments that they received. All other parties are known
    by their roles.
    """
    parties = run.chart.parties
    found = dict.fromkeys(parties.names, Status.OTHER)
    found |= dict.fromkeys(parties.house_customers, Status.CUSTOMER)
    if parties.investors:
        found[parties.investors] = Status.INVESTOR
    found |= dict.fromkeys(_paid(run, Kind.LOANS, Kind.INTEREST), Status.LENDER)
    found |= dict.fromkeys(_paid(run, Kind.INSIDERS), Status.INSIDER)
    return found | dict.fromkeys(parties.group, Status.AFFILIATE)


def _paid(run: RunFolder, *kinds: Kind) -> set[str]:
    """Return the parties that received payments of these kinds."""
    takers = (each.taker for each in cash_passed(run))
    return {taker.party for taker in takers if isinstance(taker, Reason) and taker.kind in kinds}
