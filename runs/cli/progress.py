"""Shows the progress of a command on a terminal."""

from datetime import date
from typing import Any

from tqdm import tqdm

_WORD = "{desc} ..."
_DAYS = "{desc}: {percentage:3.0f}% |{bar}| {n_fmt} of {total_fmt} days, {remaining} left"
_FIRST = "loading the simulation"
_MONTH_DAYS = 30.44


class Progress:
    """A line that shows the current phase, or the simulated days and the remaining time.

    The line is shown before slow imports, so that the user sees it at once.
    """

    def __init__(self, first: str = _FIRST) -> None:
        """Show *first* as the name of the first phase."""
        self._bar = tqdm(desc=first, bar_format=_WORD, leave=False, disable=None)
        self._shown = self._interrupted = (_WORD, first)

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: Any) -> None:
        self._bar.close()

    def says(self, phase: str) -> None:
        """Show the next phase."""
        self._show(_WORD, phase)

    def simulates(self, start: date, end: date) -> None:
        """Count the simulated days, beginning at zero. *end* is the day after the last day."""
        days = (end - start).days
        months = round(days / _MONTH_DAYS)
        span = f"{months} months" if months > 1 else f"{days} days"
        self._bar.total = days
        self._show(_DAYS, f"simulating {span}")
        self._bar.reset()  # the estimate of the remaining time begins here

    def day(self) -> None:
        """Add one simulated day to the count."""
        self._bar.update()

    def interrupts(self, phase: str) -> None:
        """Show another phase until `resumes` is called."""
        self._interrupted = self._shown
        self._show(_WORD, phase)

    def resumes(self) -> None:
        """Show again the message that `interrupts` replaced."""
        self._show(*self._interrupted)

    def _show(self, bar_format: str, desc: str) -> None:
        self._shown = (bar_format, desc)
        self._bar.bar_format = bar_format
        self._bar.set_description_str(desc)
