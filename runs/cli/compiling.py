"""Shows a message while functions are compiled, which takes several seconds.

Later runs load the compiled code.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from numba.core.event import Event, Listener, install_listener

from runs.cli.progress import Progress


class _Compiling(Listener):
    """Shows one message while a function and the functions that it calls are compiled."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._depth = progress, 0

    def on_start(self, event: Event) -> None:
        """Show the message when the compilation of the outermost function begins."""
        if not self._depth:
            self._progress.interrupts("compiling, once for all later runs (about ten seconds)")
        self._depth += 1

    def on_end(self, event: Event) -> None:
        """Restore the previous message when the compilation of the outermost function ends."""
        self._depth -= 1
        if not self._depth:
            self._progress.resumes()


@contextmanager
def compiling_told(progress: Progress) -> Iterator[None]:
    """Show a message while functions are compiled, but not while compiled functions are loaded."""
    with install_listener("numba:compile", _Compiling(progress)):
        yield
