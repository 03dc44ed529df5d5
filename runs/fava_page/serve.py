"""Opens the house group's own books in Fava, with the page "Where did the money go?"."""

from collections.abc import Callable
from functools import partial

from ledger.fava_links import FAVA_FILE, page_address
from ledger.group_books import group_title
from ledger.mistake import MistakeError
from ledger.run_folder import RunFolder

PORT = 5000


class NothingToServeError(MistakeError):
    """The group's own books can't be opened in Fava."""


def address(run: RunFolder, port: int = PORT) -> str:
    """Return the address of the first page, once Fava listens on *port*.

    Raises:
        NothingToServeError: the run does not have the file that Fava opens.
    """
    if not (run.path / FAVA_FILE).is_file():
        raise NothingToServeError(
            f"{run.path}: {FAVA_FILE} is missing; write it with `moneytrail rebuild {run.path}`"
        )
    return f"http://localhost:{port}{page_address(group_title(run))}"


def opener(run: RunFolder, port: int = PORT) -> Callable[[], None]:
    """Return a function that runs Fava until it is interrupted.

    Fava can only read the books, since they are sealed.

    Raises:
        NothingToServeError: Fava is not installed.
    """
    try:
        from fava.cli import main as fava
    except ImportError as error:
        raise NothingToServeError(
            "Fava is not installed; type `make tools` in a clone, or pip install 'moneytrail[view]'"
        ) from error
    return partial(fava, [str(run.path / FAVA_FILE), "--port", str(port), "--read-only"])
