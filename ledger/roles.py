"""Reads from the books which party has which role.

Each directive `custom "role"` names one party.
"""

from collections.abc import Collection, Iterable
from dataclasses import MISSING, fields
from typing import Any

from ledger.notes import Role
from ledger.parties import Parties
from ledger.transaction import LedgerError

# The roles that several parties may have: the word in the books, and the field of `Parties`.
OF_SEVERAL = {
    "firm": "firms",
    "provider": "providers",
    "lender": "lenders",
    "counterparty": "counterparties",
    "borrower": "borrowers",
}
# The roles that only one party may have. The value is True if the books must name a party with
# this role.
OF_ONE = {
    field.name: field.default is MISSING
    for field in fields(Parties)
    if field.name not in OF_SEVERAL.values()
}


class RoleError(LedgerError):
    """The roles in main.beancount are incomplete or contradictory."""

    def __init__(self, role: str, problem: str) -> None:
        super().__init__(f"main.beancount: the role {role!r} {problem}")
        self.role = role


def read_parties(roles: Iterable[Role], keepers: Collection[str]) -> Parties:
    """Read from notes which party has which role.

    Args:
        roles: the notes in the books that give a role to a party.
        keepers: the entities for which accounts are opened.

    Raises:
        RoleError: a role is unknown or missing, has too many parties, names a party twice, or names
            a party without accounts.
    """
    players: dict[str, list[str]] = {role: [] for role in (*OF_ONE, *OF_SEVERAL)}
    for each in roles:
        _check(each.role, each.name, players, keepers)
        players[each.role].append(each.name)
    for role, must_be in OF_ONE.items():
        if must_be and not players[role]:
            raise RoleError(role, "is missing; name the party that has it")
    # A value is one party or a tuple of parties.
    by_field: dict[str, Any] = {role: players[role][0] for role in OF_ONE if players[role]}
    by_field |= {field: tuple(players[role]) for role, field in OF_SEVERAL.items()}
    return Parties(**by_field)


def _check(role: str, name: str, players: dict[str, list[str]], keepers: Collection[str]) -> None:
    if role not in players:
        raise RoleError(role, f"is unknown; give one of {', '.join(players)}")
    if role in OF_ONE and players[role]:
        raise RoleError(role, f"already has the party {players[role][0]}; name only one party")
    if name in players[role]:
        raise RoleError(role, f"names {name!r} twice; leave one of them out")
    if name not in keepers:
        raise RoleError(
            role,
            f"names {name!r}, for whom no account is opened; name a party of the chart of accounts",
        )
