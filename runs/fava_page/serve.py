"""Opens the house group's own books in Fava, with the page "Where did the money go?"."""

import re
from collections.abc import Callable
from functools import partial

from ledger.fava_links import FAVA_FILE, page_address
from ledger.foreign_code import NOTHING, refuse_foreign_code_in
from ledger.group_books import group_title
from ledger.mistake import MistakeError
from ledger.run_folder import GROUP, RunFolder

PORT = 5000
ONLY_GROUP = re.compile(re.escape(GROUP))


class NothingToServeError(MistakeError):
    """The group's own books can't be opened in Fava."""


def address(run: RunFolder, port: int = PORT) -> str:
    """Return the address of our page in Fava. It works while Fava listens on *port*."""
    return f"http://localhost:{port}{page_address(group_title(run))}"


def opener(run: RunFolder, port: int = PORT) -> Callable[[], None]:
    """Return a function that runs Fava until it is interrupted.

    Fava runs in its read-only mode, because the books are sealed.

    Raises:
        NothingToServeError: Fava is not installed, or a file that Fava needs is missing.
        ForeignCodeError: the books could make Fava run code that is not ours.
    """
    _check_books(run)
    try:
        from fava.cli import main as fava

        # To find the extension, Fava searches the run's folder first. It does not search for a
        # module that is imported already, so we import ours here.
        import moneytrail_fava  # noqa: F401
    except ImportError as error:
        raise NothingToServeError(
            "Fava is not installed; type `make tools` in a clone, or pip install 'moneytrail[view]'"
        ) from error
    return partial(fava, [str(run.path / FAVA_FILE), "--port", str(port), "--read-only"])


def _check_books(run: RunFolder) -> None:
    for name, may_include in ((FAVA_FILE, ONLY_GROUP), (GROUP, NOTHING)):
        if not (run.path / name).is_file():
            raise NothingToServeError(
                f"{run.path}: {name} is missing; write it with `moneytrail rebuild {run.path}`"
            )
        text = (run.path / name).read_text(encoding="utf-8")
        refuse_foreign_code_in(name, text, may_include)
