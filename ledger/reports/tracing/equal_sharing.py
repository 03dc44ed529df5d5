"""Equal sharing at the end: all sources share each use, and cash is not traced through time.

A payment to a source repays this source's own money first. All other payments are taken from all
sources, in proportion to their money that was not repaid. The cash that is left is shared in the
same way. So a source that was fully repaid has no share.

Source: the pari passu solution in Barlow Clowes International v Vaughan [1992] 4 All ER 22, Woolf
    LJ. Receivers whom American courts appoint use the same proportions (net investment).
"""

from collections.abc import Collection, Iterable

from ledger.money import pro_rata
from ledger.reports.tracing.cash_moves import OVERDRAFT, CashMove
from ledger.reports.tracing.traced import Paid, Traced


def share_equally(moves: Iterable[CashMove], accounts: Collection[str]) -> Traced:
    """Share every use, and the cash that is left, among all sources.

    The shares are in proportion to the sources' money that was not repaid, and are rounded down.
    Cents left over go to the shares with the largest remainders. No source pays more than its own
    money.

    Args:
        moves: the movements of cash in order. The order matters only for the dates of uses, and for
            the cents left over.
        accounts: the names of the accounts. All other names are sources or uses.
    """
    brought: dict[str, int] = {}
    uses: dict[str, Paid] = {}
    balance = dict.fromkeys(accounts, 0)
    for day, giver, taker, cents in moves:
        if giver in balance:
            balance[giver] -= cents
        else:
            brought[giver] = brought.get(giver, 0) + cents
        if taker in balance:
            balance[taker] += cents
        elif taker in uses:
            uses[taker].add(cents, day)
        else:
            uses[taker] = Paid(cents, day, day)
    if owing := -sum(min(cents, 0) for cents in balance.values()):
        brought[OVERDRAFT] = owing
    back = {name: min(cents, uses[name].cents) for name, cents in brought.items() if name in uses}
    net = [cents - back.get(name, 0) for name, cents in brought.items()]

    def shares(cents: int) -> dict[str, int]:
        parts = pro_rata(cents, net)
        net[:] = [weight - part for weight, part in zip(net, parts, strict=True)]
        return dict(zip(brought, parts, strict=True))

    paid: dict[tuple[str, str], Paid] = {}
    for use, all_of_it in uses.items():
        parts = shares(all_of_it.cents - back.get(use, 0))
        if use in back:
            parts[use] += back[use]
        for source, cents in parts.items():
            if cents:
                paid[source, use] = Paid(cents, all_of_it.first, all_of_it.last)
    left = {
        (source, account): cents
        for account in accounts
        for source, cents in shares(max(balance[account], 0)).items()
        if cents
    }
    return Traced(paid, left, {})
