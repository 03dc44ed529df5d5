"""Queries a run's books with Beancount's own tools, so that tests can check figures of reports."""

from collections.abc import Callable

from beancount import loader
from beancount.core.data import Query
from beanquery.query import run_query

from ledger.run_folder import RunFolder


def asking(run: RunFolder, file: str = "main.beancount") -> Callable[[str], list[tuple]]:
    """Load a run's books, assert that they have no errors, and return a function for queries."""
    entries, errors, options = loader.load_file(str(run.path / file))
    assert errors == []
    return lambda query: run_query(entries, options, query)[1]


def saved_query(run: RunFolder, name: str) -> list[tuple]:
    """Run the query that main.beancount contains under *name*, and return its rows."""
    entries, errors, options = loader.load_file(str(run.path / "main.beancount"))
    assert errors == []
    text = next(e.query_string for e in entries if isinstance(e, Query) and e.name == name)
    return run_query(entries, options, text)[1]
