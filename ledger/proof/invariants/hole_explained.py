"""The invariant of the hole: the causes of the hole sum to the hole.

Each account of the group, except accounts of contracts, has a part in the hole. The part is a word,
such as "claim" or "cause", under the key `hole` on the account's `open` line.
"""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from beancount.core.data import Directive, Open

from ledger.kinds import Kind
from ledger.proof.invariants.steps import Finding, Ledger, account_of

COUNTED = ("claim", "liquid", "cause")
HOLE_PARTS = (*COUNTED, "group", "in-kind")


def hole_is_explained(ledger: Ledger) -> Iterator[Finding]:
    """Each account of the group has a part in the hole, and the causes sum to the hole at the end.

    Accounts of contracts are an exception: they need no part. The sum is checked in dollars, and in
    each coin that the group owes to customers or holds for them.
    """
    yield from _without_part(ledger.opens)
    yield from _unexplained(ledger)


def _without_part(opens: list[Open]) -> Iterator[Finding]:
    group = {account_of(entry.account).entity for entry in opens if "hole" in entry.meta}
    for entry in opens:
        account = account_of(entry.account)
        if account.entity not in group or account.kind == Kind.CONTRACTS:
            continue
        part = entry.meta.get("hole")
        if part not in HOLE_PARTS:
            yield (
                entry,
                f"{account.name} has the value {part} under the metadata key 'hole', but this "
                f"account of {account.entity} needs one of these values: {', '.join(HOLE_PARTS)}",
            )


def _unexplained(ledger: Ledger) -> Iterator[Finding]:
    part_of = {entry.account: entry.meta.get("hole") for entry in ledger.opens}
    sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: dict.fromkeys(COUNTED, Decimal()))
    promised: set[str] = {"USD"}  # the loop adds each coin owed to customers or held for them
    movers: dict[str, Directive] = {}
    for step in ledger.steps:
        drifts: dict[str, Decimal] = defaultdict(Decimal)
        for account, number, commodity in step.legs:
            part = part_of.get(account.name)
            if part in COUNTED:
                sums[commodity][part] += number
                drifts[commodity] += number
            if part in ("claim", "liquid"):
                promised.add(commodity)
        movers |= {commodity: step.entry for commodity, drift in drifts.items() if drift}
    for commodity in sorted(promised & movers.keys()):
        by_part = sums[commodity]
        hole = -by_part["claim"] - by_part["liquid"]
        if hole != by_part["cause"]:
            yield (
                movers[commodity],
                f"at the end the hole is {hole:,f} {commodity} and its causes sum to "
                f"{by_part['cause']:,f}; this transaction is the last that changes the "
                "difference: look for an account whose part in the hole is missing or wrong",
            )
