"""The hole: its causes sum to it, and no account of the group is left out."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from beancount.core.data import Directive, Open

from ledger.kinds import Kind
from ledger.proof.invariants.steps import Finding, Ledger, account_of

HOLE_PARTS = ("claim", "liquid", "group", "cause", "in-kind")


def hole_is_explained(ledger: Ledger) -> Iterator[Finding]:
    """Accounts of the group all play a part in the hole, and its causes sum to it, in USD."""
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
                f"{account.name} has hole: {part}, but other accounts of {account.entity} count; "
                f"give it one of {', '.join(HOLE_PARTS)}",
            )


def _unexplained(ledger: Ledger) -> Iterator[Finding]:
    part_of = {entry.account: entry.meta.get("hole") for entry in ledger.opens}
    usd: dict[str | None, Decimal] = defaultdict(Decimal)
    mover: Directive | None = None
    for step in ledger.steps:
        before = usd["claim"] + usd["liquid"] + usd["cause"]
        for account, number, commodity in step.legs:
            if commodity == "USD":
                usd[part_of.get(account.name)] += number
        if usd["claim"] + usd["liquid"] + usd["cause"] != before:
            mover = step.entry
    hole = -usd["claim"] - usd["liquid"]
    if mover and hole != usd["cause"]:
        yield (
            mover,
            f"at the end the hole is {hole:,f} USD and its causes sum to {usd['cause']:,f}; this "
            f"transaction is the last that moved them apart: look for an account without a part",
        )
