"""Open the house group's own books in Fava, and print the address first."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from ledger.fava_links import page_address
from ledger.group_books import group_title
from ledger.mistake import MistakeError
from ledger.run_folder import GROUP, RunFolder

PORT = 5000


class NothingToServeError(MistakeError):
    """The group's own books can't be opened in Fava."""


def address(run: RunFolder, port: int = PORT) -> str:
    """Return the address of the first page, once Fava listens on *port*.

    Raises:
        NothingToServeError: the run has no books of the group alone.
    """
    if not (run.path / GROUP).is_file():
        raise NothingToServeError(
            f"{run.path}: the group's own books are missing ({GROUP}); write them with "
            f"`moneytrail rebuild {run.path}`"
        )
    return f"http://localhost:{port}{page_address(group_title(run))}"


def main(words: Sequence[str] | None = None) -> None:
    """Print the address, and serve the page until it is interrupted."""
    parser = argparse.ArgumentParser(prog="serve", description=__doc__)
    parser.add_argument("run", type=Path, help="a run's folder")
    parser.add_argument("--port", type=int, default=PORT, help="where Fava listens")
    said = parser.parse_args(words)
    try:
        where = address(RunFolder.at(said.run), said.port)
        from fava.cli import main as fava
    except MistakeError as mistake:
        parser.exit(2, f"moneytrail: {mistake}\n")
    except ImportError:
        brings = "make tools (in a clone) or pip install 'moneytrail[view]' brings it"
        parser.exit(2, f"moneytrail: no Fava here; {brings}\n")
    print(f"Where did the money go? {where}", flush=True)
    print(
        "The first page waits for the books: seconds, longer for a life. Ctrl-C ends.", flush=True
    )
    fava([str(said.run / GROUP), "--port", str(said.port)])


if __name__ == "__main__":
    main()
