"""Writes Parquet files of fills and postings. A month is written while the next is simulated.

DuckDB writes the files in a thread that does not block Python. Only one month is written at a time,
because writing two months at once would need twice the memory.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from ledger import fill_store, posting_store
from ledger.chart import Chart
from ledger.fills import Names

FILLS = "fills"


class MonthlyColumns:
    """The current month's fills and postings, and the thread that writes the previous month."""

    def __init__(self, folder: Path, chart: Chart, names: Names) -> None:
        """Create a folder for fills and a folder for postings inside *folder*."""
        self._folder, self._names, self._contracts = folder, names, chart.contracts
        self.fills = fill_store.MonthOfFills()
        opened = (line for _, accounts in chart.accounts() for line in accounts)
        self.postings = posting_store.MonthOfPostings(opened, chart.quantities)
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._being_written: Future[None] | None = None
        (folder / FILLS).mkdir()
        (folder / posting_store.FOLDER).mkdir()

    def end_month(self, name: str) -> None:
        """Wait until the previous month is written, then begin to write this month as *name*."""
        rows, write_postings = self.fills.end(), self.postings.end()

        def write() -> None:
            fills = self._folder / FILLS / name
            fill_store.write(fills, rows, self._names, self._contracts)
            write_postings(self._folder / posting_store.FOLDER / name)

        self.wait()
        self._being_written = self._thread.submit(write)

    def wait(self) -> None:
        """Wait until all ended months are written. Raise the error if writing has failed."""
        if self._being_written:
            self._being_written.result()

    def close(self) -> None:
        """Stop the thread when it has finished its work, also if the run has failed."""
        self._thread.shutdown()
