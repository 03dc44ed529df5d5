"""Reports when functions are compiled. Compiling takes long; later runs use the stored result."""

from collections.abc import Iterator
from contextlib import contextmanager

from numba.core.event import Event, Listener, install_listener

from runs.cli.progress import Progress


class _Compiling(Listener):
    """Shows a message during compilation. A called function is compiled inside its caller."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._depth = progress, 0

    def on_start(self, event: Event) -> None:
        """Show the message at the start of the outermost function."""
        if not self._depth:
            self._progress.interrupts("compiling, once for these sources (some ten seconds)")
        self._depth += 1

    def on_end(self, event: Event) -> None:
        """Restore the previous message at the end of the outermost function."""
        self._depth -= 1
        if not self._depth:
            self._progress.resumes()


@contextmanager
def compiling_told(progress: Progress) -> Iterator[None]:
    """Report when functions are compiled; functions that an earlier run stored are loaded."""
    with install_listener("numba:compile", _Compiling(progress)):
        yield
