"""Gives each account of a user's ledger a name: ``Root : whose books : kind : with whom``.

Reports need names of this form. The metadata `entity`, `kind` and `with` of an `open` line can
state the last three parts of the name. A part that is not stated follows from the account's own
name, by the rules in docs/any-ledger.md.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from beancount.core import data

from ledger.kinds import (
    ASSETS,
    CAUSE,
    CLAIM,
    EQUITY,
    EXPENSES,
    GROUP,
    IN_KIND,
    INCOME,
    KINDS,
    LIABILITIES,
    LIQUID,
    Kind,
)
from ledger.mistake import MistakeError
from ledger.opened import Opened
from ledger.parties import Parties

ROOTS = (ASSETS, LIABILITIES, EQUITY, INCOME, EXPENSES)
PARTS = (CLAIM, LIQUID, GROUP, CAUSE, IN_KIND)
# The kind of an account, by its part in the hole, if its metadata and its name give no kind.
_BY_PART = {LIQUID: Kind.CASH, CLAIM: Kind.CUSTOMERS}
_OPENING = "Opening"  # an equity account called Opening... is for opening balances


class LedgerFileError(MistakeError):
    """A user's ledger cannot be read, or reports cannot use it. The message says what to do."""


@dataclass(frozen=True, slots=True)
class Declared:
    """An account: its name in reports, its part in the hole, and the place of its `open` line."""

    account: str
    hole: str | None
    place: str


def place_of(meta: data.Meta) -> str:
    """Return the file and the line of a directive."""
    return f"{Path(str(meta.get('filename', '?'))).name}:{meta.get('lineno', '?')}"


class DeclaredAccounts:
    """Reads from each `open` line the account's name in reports, and its part in the hole."""

    def __init__(self, parties: Parties, names: Collection[str], roots: Mapping[str, str]) -> None:
        """Initialise with the parties, the entities, and the ledger's words for the five roots."""
        self._parties, self._names, self._roots = parties, names, roots

    def declare(self, line: data.Open) -> Declared:
        """Return an account's name in reports and its part in the hole.

        Raises:
            LedgerFileError: the metadata of the `open` line are incomplete or wrong.
        """
        place = place_of(line.meta)
        root, *words = line.account.split(":")
        stated = {key: _word(line, key, place) for key in ("hole", "entity", "kind", "with")}
        hole = stated["hole"]
        if hole is not None and hole not in PARTS:
            raise LedgerFileError(
                f'{place}: {line.account} has hole: "{hole}"; write one of {", ".join(PARTS)}'
            )
        entity = stated["entity"] or (words[0] if words[0] in self._names else None)
        if words[0] == entity:
            words = words[1:]
        entity = entity or self._parties.house
        kind, rest = self._kind(self._roots[root], words, hole, stated["kind"])
        if not kind:
            raise LedgerFileError(
                f'{place}: {line.account} has no kind; write kind: "..." below its open line'
            )
        if kind == Kind.CASH:
            rest = []  # the name of the bank does not matter
        others = stated["with"] or ":".join(rest)
        if hole == CLAIM:
            self._check_claim(line.account, entity, kind, others, place)
        name = ":".join(word for word in (self._roots[root], entity, kind, others) if word)
        return Declared(name, hole, place)

    def check_part(self, line: data.Open, declared: Declared) -> None:
        """Refuse an account of the group if it has no `hole:`. Accounts of contracts need none.

        Raises:
            LedgerFileError: the account needs `hole:` in its metadata, but does not have it.
        """
        entity, kind = declared.account.split(":")[1:3]
        if entity in self._parties.group and not declared.hole and kind != Kind.CONTRACTS:
            raise LedgerFileError(
                f"{declared.place}: {line.account} has no part in the hole; below its open line, "
                f"write the key `hole` with one of these values: {', '.join(PARTS)}"
            )

    def _kind(
        self, root: str, words: list[str], hole: str | None, stated: str | None
    ) -> tuple[str | None, list[str]]:
        """Return the kind of an account, and the words of its name that name the other party."""
        if stated:
            return stated, words[1:] if words and words[0] == stated else words[-1:]
        if words and words[0] in KINDS:
            return words[0], words[1:]
        if hole in _BY_PART:
            return _BY_PART[hole], words[-1:]
        if root == EQUITY and words and words[0].startswith(_OPENING):
            return Kind.OPENING, []
        return (words[0], words[1:]) if words else (None, [])

    def _check_claim(self, account: str, entity: str, kind: str, customer: str, place: str) -> None:
        house, customers = self._parties.house, self._parties.house_customers
        if (entity, kind) != (house, Kind.CUSTOMERS):
            raise LedgerFileError(
                f"{place}: {account} is a claim, but has kind {kind} in the books of {entity}; a "
                f"claim must have kind {Kind.CUSTOMERS} in the books of {house}; correct the keys "
                "`entity` and `kind`"
            )
        if customer not in customers:
            raise LedgerFileError(
                f"{place}: {account} is a claim, but does not name a customer with a role; write "
                f'custom "role" "customer" "{customer or "NAME"}", or set the key `with` to the '
                "customer's name"
            )


def joined(line: Opened, other: Opened, place: str) -> Opened:
    """Merge two accounts that have the same name in reports.

    Raises:
        LedgerFileError: the two accounts have different parts in the hole.
    """
    if line.hole != other.hole:
        raise LedgerFileError(
            f"{place}: two accounts have the name {line.account} in reports, but their values of "
            f"the key `hole` differ: {line.hole} and {other.hole}; change the key `kind` or the "
            "key `with` of one of them"
        )
    commodities = tuple(dict.fromkeys((*line.commodities, *other.commodities)))
    return Opened(line.account, commodities, line.hole, line.about or other.about)


def _word(line: data.Open, key: str, place: str) -> str | None:
    """Return the value of a metadata key of an `open` line, or None if the key is missing."""
    value = line.meta.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or not value or (":" in value and key != "with"):
        raise LedgerFileError(
            f"{place}: {line.account} has the key `{key}`, but its value is not a word; write "
            f'{key}: "..."'
        )
    return value
