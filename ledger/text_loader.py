"""Loads the text of a ledger with Beancount."""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from beancount import loader
from beancount.core import data

from ledger.foreign_code import refuse_foreign_code

# Beancount's cache is never used. A cache file beside the ledger could be older than the ledger, or
# forged. Also, nothing may be written into a sealed folder when its ledger is read.
loader.initialize(use_cache=False)


def load_text(path: Path) -> tuple[data.Directives, list[data.BeancountError]]:
    """Return all directives of a run's books, and the errors that Beancount finds in the books.

    Raises:
        ForeignCodeError: the books could make Beancount run code that is not ours.
    """
    refuse_foreign_code(path)
    entries, errors, _ = load_with_options(path)
    return entries, errors


def load_with_options(
    path: Path,
) -> tuple[data.Directives, list[data.BeancountError], Mapping[str, Any]]:
    """Load a ledger, run its plugins, and return its directives, errors and options.

    A caller must trust the ledger, or call `refuse_foreign_code` first.
    """
    with collector_at_rest():
        return loader.load_file(str(path))


def placed(error: data.BeancountError) -> str:
    """Write an error of Beancount on one line: file, line number, first line of the message."""
    source = error.source or {}
    file = Path(source.get("filename", "?")).name
    return f"{file}:{source.get('lineno', '?')}: {error.message}".splitlines()[0]


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Pause Python's garbage collector while a ledger is loaded and checked.

    A ledger may have hundreds of thousands of directives, and none of them is garbage. The
    collector's repeated searches would take a quarter of the loading time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
