"""Progress of a run, shown on terminals alone."""

from datetime import date
from typing import Any

from tqdm import tqdm

_WORD = "{desc} ..."
_DAYS = "{desc}: {percentage:3.0f}% |{bar}| {n_fmt} of {total_fmt} days, {remaining} left"
_FIRST = "loading the simulation"
_MONTH_DAYS = 30.44


class Progress:
    """A line with the present phase, or with the days simulated and the remaining time.

    It is shown at once, before slow imports.
    """

    def __init__(self, first: str = _FIRST) -> None:
        """Show the phase *first*."""
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
        """Count days from now on; *end* is the day after the last."""
        days = (end - start).days
        months = round(days / _MONTH_DAYS)
        span = f"{months} months" if months > 1 else f"{days} days"
        self._bar.total = days
        self._show(_DAYS, f"simulating {span}")
        self._bar.reset()  # the remaining time is estimated from now on

    def day(self) -> None:
        """Count a day that has been simulated."""
        self._bar.update()

    def interrupts(self, phase: str) -> None:
        """Show a phase for a while."""
        self._interrupted = self._shown
        self._show(_WORD, phase)

    def resumes(self) -> None:
        """Restore the interrupted message."""
        self._show(*self._interrupted)

    def _show(self, bar_format: str, desc: str) -> None:
        self._shown = (bar_format, desc)
        self._bar.bar_format = bar_format
        self._bar.set_description_str(desc)
