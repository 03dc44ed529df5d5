"""What a run is doing, and how long it takes: on a terminal, and nowhere else."""

from datetime import date
from typing import Any

from tqdm import tqdm

_WORD = "{desc} ..."
_DAYS = "{desc}: {percentage:3.0f}% |{bar}| {n_fmt} of {total_fmt} days, {remaining} left"
_FIRST = "loading the simulation"
_MONTH_DAYS = 30.44


class Progress:
    """A line that says what is being done; of days simulated, how many and how long the rest takes.

    It stands there at once, before anything slow is imported.
    """

    def __init__(self, first: str = _FIRST) -> None:
        """Say what is done *first*."""
        self._bar = tqdm(desc=first, bar_format=_WORD, leave=False, disable=None)
        self._shown = self._interrupted = (_WORD, first)

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: Any) -> None:
        self._bar.close()

    def says(self, phase: str) -> None:
        """Say what begins."""
        self._show(_WORD, phase)

    def simulates(self, start: date, end: date) -> None:
        """Count days from now on; *end* is the day after the last."""
        days = (end - start).days
        months = round(days / _MONTH_DAYS)
        span = f"{months} months" if months > 1 else f"{days} days"
        self._bar.total = days
        self._show(_DAYS, f"simulating {span}")
        self._bar.reset()  # the time left is told by what passes from now on

    def day(self) -> None:
        """Count a day that has been simulated."""
        self._bar.update()

    def interrupts(self, phase: str) -> None:
        """Say what is done before the rest goes on."""
        self._interrupted = self._shown
        self._show(_WORD, phase)

    def resumes(self) -> None:
        """Say again what was interrupted."""
        self._show(*self._interrupted)

    def _show(self, bar_format: str, desc: str) -> None:
        self._shown = (bar_format, desc)
        self._bar.bar_format = bar_format
        self._bar.set_description_str(desc)
