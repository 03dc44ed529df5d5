"""Who plays which part, read back from the books: each `custom "role"` names one party."""

from collections.abc import Sequence
from dataclasses import MISSING, fields

from beancount.core import data
from beancount.core.account import split

from ledger.notes import Role
from ledger.parties import Parties
from ledger.transaction import LedgerError

# Roles that several may play: as the books word them, and as `Parties` does.
OF_SEVERAL = {
    "firm": "firms",
    "provider": "providers",
    "lender": "lenders",
    "counterparty": "counterparties",
}
# Roles that one party plays, each with whether somebody must.
OF_ONE = {
    field.name: field.default is MISSING
    for field in fields(Parties)
    if field.name not in OF_SEVERAL.values()
}


class RoleError(LedgerError):
    """The roles in main.beancount are not those of a run."""

    def __init__(self, line: int | None, role: str, problem: str) -> None:
        place = "main.beancount" if line is None else f"main.beancount:{line}"
        super().__init__(f"{place}: the role {role!r} {problem}")
        self.line, self.role = line, role


def read_parties(entries: Sequence[data.Directive]) -> Parties:
    """Read who keeps these books, by role.

    Args:
        entries: the directives of a general ledger.

    Raises:
        RoleError: a role is unknown, played by too many or by nobody, or names a party for whom no
            account is opened.
    """
    keepers = {split(entry.account)[1] for entry in entries if isinstance(entry, data.Open)}
    players: dict[str, list[str]] = {role: [] for role in (*OF_ONE, *OF_SEVERAL)}
    for entry in entries:
        if isinstance(entry, data.Custom) and entry.type == Role.kind:
            role, name = (value.value for value in entry.values)
            _check(entry.meta["lineno"], role, name, players, keepers)
            players[role].append(name)
    for role, must_be in OF_ONE.items():
        if must_be and not players[role]:
            raise RoleError(None, role, "is missing; name the party that plays it")
    single = {role: players[role][0] for role in OF_ONE if players[role]}
    return Parties(**single, **{OF_SEVERAL[role]: tuple(players[role]) for role in OF_SEVERAL})


def _check(
    line: int, role: str, name: str, players: dict[str, list[str]], keepers: set[str]
) -> None:
    if role not in players:
        raise RoleError(line, role, f"is unknown; give one of {', '.join(players)}")
    if role in OF_ONE and players[role]:
        raise RoleError(line, role, f"is {players[role][0]}'s already; name one party")
    if name in players[role]:
        raise RoleError(line, role, f"names {name!r} twice; leave one of them out")
    if name not in keepers:
        raise RoleError(
            line,
            role,
            f"names {name!r}, for whom no account is opened; name a party of the chart of accounts",
        )
