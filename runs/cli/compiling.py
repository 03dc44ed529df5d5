"""Saying that functions are compiled, which takes long: later runs find what came of it."""

from collections.abc import Iterator
from contextlib import contextmanager

from numba.core.event import Event, Listener, install_listener

from runs.cli.progress import Progress


class _Compiling(Listener):
    """Listens to the compiler, which compiles what a function calls while it compiles it."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._depth = progress, 0

    def on_start(self, event: Event) -> None:
        """Say it of the outermost function."""
        if not self._depth:
            self._progress.interrupts("compiling, once for these sources (some ten seconds)")
        self._depth += 1

    def on_end(self, event: Event) -> None:
        """Go back to what was said before."""
        self._depth -= 1
        if not self._depth:
            self._progress.resumes()


@contextmanager
def compiling_told(progress: Progress) -> Iterator[None]:
    """Say when functions are compiled; those that an earlier run left are not."""
    with install_listener("numba:compile", _Compiling(progress)):
        yield
