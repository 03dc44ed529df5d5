"""Reports when functions are compiled, which takes long and is kept for later runs."""

from collections.abc import Iterator
from contextlib import contextmanager

from numba.core.event import Event, Listener, install_listener

from runs.cli.progress import Progress


class _Compiling(Listener):
    """Listens to the compiler, which compiles called functions inside their callers."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._depth = progress, 0

    def on_start(self, event: Event) -> None:
        """Report the outermost function."""
        if not self._depth:
            self._progress.interrupts("compiling, once for these sources (some ten seconds)")
        self._depth += 1

    def on_end(self, event: Event) -> None:
        """Restore the previous message."""
        self._depth -= 1
        if not self._depth:
            self._progress.resumes()


@contextmanager
def compiling_told(progress: Progress) -> Iterator[None]:
    """Report when functions are compiled; those kept from an earlier run are not."""
    with install_listener("numba:compile", _Compiling(progress)):
        yield
