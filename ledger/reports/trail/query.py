"""Queries in BQL, Beancount's query language, and the ledger's saved queries.

A query reads the general ledger, or the house group's own books.

The results equal the results of `bean-query` on the same books. In the table, a column of amounts
becomes several columns of numbers, one for each commodity.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from difflib import get_close_matches

import beanquery
from beancount.core import amount, data, inventory, position
from beancount.parser.options import OPTIONS_DEFAULTS
from beanquery.parser import ast

from ledger.mistake import MistakeError
from ledger.reports.table import Cell, Table, cell_of
from ledger.run_folder import RunFolder

# The statements that return a table. CREATE, INSERT and PRINT do not.
QUESTIONS = (ast.Select, ast.Balances, ast.Journal)


class QueryError(MistakeError, ValueError):
    """A query is empty or not valid, or no saved query has the given name."""


def query(run: RunFolder, bql: str, group: bool = False) -> Table:
    """Return the result of a BQL query.

    ``.run NAME`` runs a saved query. ``.run`` lists all saved queries.

    Args:
        run: the run.
        bql: the statement.
        group: whether to query the house group's own books. They load faster than the general
            ledger.

    Raises:
        QueryError: the statement is empty or not a valid query, or no saved query has the name.
    """
    text = bql.strip()
    if not text:
        raise QueryError("an empty query; give BQL, .run or .run NAME")
    is_command = text.startswith(".")
    command, _, name = text.rstrip("; ").partition(" ")
    if is_command and command != ".run":
        raise QueryError(f"{command} is not a command; give BQL, .run or .run NAME")
    entries = run.group_entries if group else run.entries
    if not is_command:
        return _answer(entries, "query", text)
    saved = _saved(entries)
    if not name:
        return _list(saved)
    name = name.strip()
    if name not in saved:
        close = get_close_matches(name, saved, n=1)
        meant = f"did you mean {close[0]}?" if close else f"give one of {', '.join(saved)}"
        raise QueryError(f"there is no saved query {name!r}; {meant}")
    return _answer(entries, name, saved[name])


def _saved(entries: Sequence[data.Directive]) -> dict[str, str]:
    found = {e.name: e.query_string for e in entries if isinstance(e, data.Query)}
    return dict(sorted(found.items()))


def _list(saved: dict[str, str]) -> Table:
    rows = [(name, " ".join(text.split())) for name, text in saved.items()]
    return Table("saved-queries", "Saved queries; run one with .run NAME", ("name", "bql"), rows)


def _answer(entries: Sequence[data.Directive], name: str, text: str) -> Table:
    options = {**OPTIONS_DEFAULTS, "operating_currency": ["USD"]}
    connection = beanquery.connect("beancount:", entries=entries, errors=[], options=options)
    try:
        statement = connection.parse(text)
        if not isinstance(statement, QUESTIONS):
            raise QueryError("give a SELECT, BALANCES or JOURNAL; a query can only read")
        cursor = connection.execute(statement)
        found = cursor.fetchall()
    except QueryError:
        raise
    except beanquery.ParseError as error:
        raise QueryError(f"BQL: syntax error at {_place(error, text)}") from error
    except Exception as error:  # the message of any error is passed on to the user
        raise QueryError(f"BQL: {' '.join(str(error).split())}") from error
    columns = [
        _numbers(c.name, [row[i] for row in found]) for i, c in enumerate(cursor.description)
    ]
    names, values = zip(*(column for group in columns for column in group), strict=True)
    rows = list(zip(*values, strict=True))
    count = f"{len(rows):,} row{'' if len(rows) == 1 else 's'}"
    return Table(name, f"{count} for {' '.join(text.split())}", names, rows)


def _place(error: beanquery.ParseError, text: str) -> str:
    rest = " ".join(text[error.parseinfo.pos :].split())
    return repr(rest[:30]) if rest else "the end"


def _numbers(name: str, values: Sequence[object]) -> Iterator[tuple[str, list[Cell]]]:
    """Yield the column. A column of amounts is split into one column for each commodity."""
    amounts = [_amounts(value) for value in values]
    commodities = dict.fromkeys(commodity for found in amounts for commodity in found or ())
    if not commodities:
        # An inventory that sums to zero gives an empty cell.
        yield name, [None if isinstance(v, inventory.Inventory) else _cell(v) for v in values]
    for commodity in commodities:
        yield f"{name} ({commodity})", [(found or {}).get(commodity) for found in amounts]


def _amounts(value: object) -> dict[str, Decimal] | None:
    """Return an amount's numbers by commodity, or None if the value is not an amount."""
    match value:
        case inventory.Inventory():
            units = [position.units for position in value]
        case position.Position():
            units = [value.units]
        case amount.Amount():
            units = [value]
        case _:
            return None
    numbers: dict[str, Decimal] = {}
    for unit in units:
        numbers[unit.currency] = numbers.get(unit.currency, Decimal()) + unit.number
    return numbers


def _cell(value: object) -> Cell:
    """Convert a value of beanquery to a value of a table."""
    if isinstance(value, set | frozenset | list | tuple):
        return ", ".join(sorted(map(str, value)))
    return cell_of(value)
