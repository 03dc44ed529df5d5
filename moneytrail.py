"""The public face of moneytrail: the Beancount plugin that holds a ledger to the invariants.

``check.beancount`` of every run names this module. Wherever the code behind it moves, a ledger
that was sealed once goes on loading:

    plugin "moneytrail"           ; a general ledger: trading is summed per closing period
    plugin "moneytrail" "line"    ; a day ledger: every fill is a transaction of its own
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from beancount.core.data import Directive

__plugins__ = ("check",)


def check(
    entries: "list[Directive]", options_map: dict[str, Any], config: str = ""
) -> "tuple[list[Directive], list[Any]]":
    """Hold a ledger to every invariant: see `ledger.proof.invariants.check`."""
    from ledger.proof import invariants

    return invariants.check(entries, options_map, config)
