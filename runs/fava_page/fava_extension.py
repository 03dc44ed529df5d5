"""The Fava extension. The template `MoneyTrail.html` gets the page's figures from it."""

from pathlib import Path

from fava.ext import FavaExtensionBase

from ledger.mistake import MistakeError
from ledger.run_folder import RunFolder
from runs.fava_page.first_page import FirstPage, first_page


class MoneyTrail(FavaExtensionBase):
    """The page "Where did the money go?" for the books that Fava has opened."""

    report_title = "Where did the money go?"

    _page: FirstPage | None = None

    def after_load_file(self) -> None:
        """Delete the cached page, since the books have changed or are new."""
        self._page = None

    def page(self) -> FirstPage | str:
        """Return the page, or one line that says why there is no page."""
        if self._page is None:
            try:
                folder = Path(self.ledger.beancount_file_path).parent
                self._page = first_page(RunFolder.at(folder))
            except MistakeError as mistake:
                return f"The run of these books can't be read: {mistake}"
        return self._page
