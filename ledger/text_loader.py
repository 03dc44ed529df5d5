"""The general ledger's text, loaded by Beancount: audits and `query` read it, reports don't."""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from beancount import loader
from beancount.core import data

# What is read are the books, never Beancount's cache of them: a pickle beside the ledger could be
# older than it, or somebody else's, and reading must not write into a sealed folder.
loader.initialize(use_cache=False)


def load_text(path: Path) -> tuple[data.Directives, list[data.BeancountError]]:
    """Return all directives of a ledger, and the errors that Beancount finds in it."""
    entries, errors, _ = load_with_options(path)
    return entries, errors


def load_with_options(
    path: Path,
) -> tuple[data.Directives, list[data.BeancountError], Mapping[str, Any]]:
    """Return the same, and the options of a ledger."""
    with collector_at_rest():
        return loader.load_file(str(path))


def placed(error: data.BeancountError) -> str:
    """Say in one line where one of Beancount's errors is, and what it is."""
    source = error.source or {}
    file = Path(source.get("filename", "?")).name
    return f"{file}:{source.get('lineno', '?')}: {error.message}".splitlines()[0]


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Let Python's collector of cycles rest while a ledger is loaded, and held to its invariants.

    Directives come by the hundred thousand and none is let go: looking through them all for
    garbage, over and over, takes a quarter of the time and finds none.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
