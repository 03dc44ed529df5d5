"""Reads a ledger's currency, roles, notes, commodities, events and prices."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from beancount.core import data

from ledger.chart import Chart
from ledger.chart_reader import chart_of
from ledger.copy_of_text import directives
from ledger.declared_accounts import Declared, LedgerFileError, place_of
from ledger.directive_store import Directive
from ledger.loaded_entries import moved_by
from ledger.notes import Note, Pays, Role
from ledger.parties import OUTSIDE, Parties
from ledger.roles import OF_ONE, RoleError, read_parties
from ledger.text import quoted
from ledger.transaction import MONEY
from ledger.values import plain, read_value

_CUSTOMER, _FIRM = "customer", "firm"  # a customer with a name gets the role of a firm

# In the books of a run, each commodity except money has one of these metadata keys.
_OURS = ("market", "house-token", "valued-by", "dealers")
_DIGITS_MAX = 9  # the most digits after the point, if a commodity has none of these keys


def operating_currency(path: Path, options: Mapping[str, Any]) -> str:
    """Return the ledger's operating currency, or dollars if the ledger states none.

    Raises:
        LedgerFileError: the ledger has several operating currencies.
    """
    stated = list(options["operating_currency"])
    if len(stated) > 1:
        raise LedgerFileError(
            f"{path.name}: the ledger has {len(stated)} operating currencies "
            f"({', '.join(stated)}), but reports can use only one; keep one of these options"
        )
    return str(stated[0]) if stated else MONEY


# --------------------------------------------------------------------- notes and roles


def notes_of(entries: Sequence[data.Directive]) -> list[Directive]:
    """Return the notes that reports read. `custom` directives of unknown types are ignored.

    Raises:
        LedgerFileError: reports cannot read the values of a note.
    """
    kinds = {kind.kind: kind for kind in Note.__subclasses__()}
    found = []
    for entry in entries:
        if isinstance(entry, data.Custom) and entry.type in kinds:
            try:
                (note,) = directives([entry])
                kinds[entry.type].read(map(read_value, note.words))
            except (TypeError, ValueError, ArithmeticError) as error:
                raise LedgerFileError(
                    f"{place_of(entry.meta)}: reports cannot read the directive custom "
                    f'"{entry.type}"; see docs/any-ledger.md'
                ) from error
            found.append(note)
    return found


def parties_of(path: Path, notes: Sequence[Directive]) -> tuple[Parties, set[str]]:
    """Return the parties by role, and the names of all parties.

    If no party has a required role, a placeholder gets the role. The house has no placeholder.

    Raises:
        LedgerFileError: no party is the house, or the roles are wrong.
    """
    roles = [
        Role(_FIRM if each.role == _CUSTOMER else each.role, each.name)
        for each in _read(notes, Role)
    ]
    for each in roles:
        if not each.name or ":" in each.name:
            raise LedgerFileError(
                f"{path.name}: the role {each.role!r} has {each.name!r}, which is not the name of "
                f"a party; give a name without a colon"
            )
    if not any(each.role == "house" for each in roles):
        raise LedgerFileError(
            f'{path.name}: no party is the house; write DATE custom "role" "house" "NAME" for '
            f"the party that owes the customers"
        )
    played = {each.role for each in roles}
    roles += [
        Role(role, _nobody(role)) for role, must in OF_ONE.items() if must and role not in played
    ]
    names = {each.name for each in roles}
    try:
        return read_parties(roles, names), names
    except RoleError as error:
        said = str(error).removeprefix("main.beancount")
        raise LedgerFileError(f"{path.name}{said}") from error


def _nobody(role: str) -> str:
    """Return the name of the placeholder for a role that no party has."""
    return "No" + "".join(word.capitalize() for word in role.split("_"))


def _read(notes: Sequence[Directive], kind: type[Any]) -> list[Any]:
    return [kind.read(map(plain, each.words)) for each in notes if each.name == kind.kind]


def renamed(note: Directive, declared: Mapping[str, Declared]) -> Directive:
    """Return the note with each account's name replaced by its name in reports."""
    words = tuple(declared[word].account if word in declared else word for word in note.words)
    return note._replace(words=words)


def told(entries: Sequence[data.Directive], money: str) -> list[Directive]:
    """Return the ledger's events, and its prices in the currency *money*.

    In the returned prices, USD replaces *money*.
    """
    return [
        found._replace(words=(found.words[0].replace(f" {money}", f" {MONEY}"),))
        if found.directive == "price"
        else found
        for entry in entries
        if isinstance(entry, data.Event)
        or (isinstance(entry, data.Price) and entry.amount.currency == money)
        for found in directives([entry])
    ]


# ----------------------------------------------------------------- commodities, accounts


def commodities_of(entries: Sequence[data.Directive], money: str) -> list[Directive]:
    """Return the declarations of all commodities except money.

    A declaration in the form of a run's books is returned unchanged. Any other commodity in use
    gets as many digits after the point as its most precise amount. If a cost or a price is in this
    commodity, the commodity gets at least two digits.

    Raises:
        LedgerFileError: `USD` is used but is not the operating currency, or an amount has too many
            digits.
    """
    ours: dict[str, Directive] = {}
    digits = {MONEY: 2}
    first: dict[str, data.Transaction] = {}
    for entry in entries:
        if isinstance(entry, data.Commodity) and any(key in entry.meta for key in _OURS):
            (ours[entry.currency],) = directives([entry])
        if not isinstance(entry, data.Transaction):
            continue
        for posting in entry.postings:
            number, called = moved_by(posting)
            cost = posting.cost or posting.price
            valued_in = str(cost.currency) if cost else money
            if MONEY in (called, valued_in) and money != MONEY:
                raise LedgerFileError(
                    f"{place_of(entry.meta)}: {MONEY} is used, but the operating currency is "
                    f"{money}; reports write usd for {money}, so give {MONEY} another name"
                )
            said = number.normalize().as_tuple().exponent
            digits[called] = max(digits.get(called, 0), -int(said))
            first.setdefault(called, entry)
            if valued_in != money:
                digits[valued_in] = max(digits.get(valued_in, 0), 2)
                first.setdefault(valued_in, entry)
    fine = [name for name, n in digits.items() if n > _DIGITS_MAX and name not in (*ours, money)]
    if fine:
        raise LedgerFileError(
            f"{place_of(first[fine[0]].meta)}: amounts of {fine[0]} have up to {digits[fine[0]]} "
            f"digits after the point, but reports can use at most {_DIGITS_MAX}; round the amounts"
        )
    counted = [
        Directive(
            "commodity",
            entry.date,
            name,
            meta=(
                ("unit", quoted(f"{Decimal(1).scaleb(-digits[name]):f}")),
                ("dealers", quoted(OUTSIDE)),
            ),
        )
        for name, entry in first.items()
        if name not in (*ours, money)
    ]
    return [*ours.values(), *counted]


def chart_declared(
    path: Path, parties: Parties, notes: Sequence[Directive], commodities: Sequence[Directive]
) -> Chart:
    """Return the chart: the parties and the commodities that the ledger declares.

    Raises:
        LedgerFileError: a commodity has the metadata of a run's books only in part, or with errors.
    """
    about = {each.name: {k: plain(v) for k, v in each.meta} for each in commodities}
    try:
        # `parties` also has the placeholders for missing roles. `notes` does not have them.
        roles = [Role(role, name) for role, name in parties.roles()]
        return chart_of(about, roles, _read(notes, Pays), {name for _, name in parties.roles()})
    except (KeyError, ValueError, ArithmeticError) as error:
        raise LedgerFileError(
            f"{path.name}: a commodity has metadata keys of moneytrail's books "
            f"({' or '.join(_OURS)}), but they are incomplete or wrong ({error}); leave them out"
        ) from error
