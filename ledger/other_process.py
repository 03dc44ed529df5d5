"""An object in another process. Its methods run there while this process continues.

Calls are sent in groups. Only `OtherProcess.result` waits until the called method has run. It
returns the method's result. If a method fails in the other process, its call or a later call raises
the error in this process.
"""

import pickle
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from queue import Queue
from threading import Thread
from traceback import format_exception
from typing import Any

Made = tuple[Callable[..., object], tuple[object, ...]]  # a class, and the arguments for it
Calls = list[tuple[str, tuple[Any, ...]]]  # names of methods, with their arguments
# A message. Its last part states whether the sender waits for the result of the last call.
Sending = tuple[Made | None, Calls, bool]

SENT_AT_ONCE = 64  # the most calls in one message
WAITING_MAX = 8  # the most messages that wait in the other process's queue


class OtherProcessError(RuntimeError):
    """The other process ended before its work was finished."""


class OtherProcess:
    """An object in a process of its own."""

    def __init__(self, make: Callable[..., object], *args: object) -> None:
        """Start the process. When it receives the first message, it calls *make* with *args*."""
        # The process is spawned, not forked: a fork of a process with threads may hang.
        context = get_context("spawn")
        self._end, other_end = context.Pipe()
        self._process = context.Process(target=_serve, args=(other_end,), daemon=True)
        with _without_interruption():
            self._process.start()
        other_end.close()  # so that the pipe breaks when the other process ends
        self._calls: Calls = []
        self._made_from: Made | None = (make, args)

    def call(self, method: str, *args: object) -> None:
        """Call a method without waiting for its end. If the queue of messages is full, wait.

        Raises:
            Exception: the error of an earlier call.
        """
        self._calls.append((method, args))
        if len(self._calls) == SENT_AT_ONCE:
            self._send(waits=False)

    def result(self, method: str, *args: object) -> Any:
        """Call a method after all earlier calls, wait for it, and return its result.

        Raises:
            Exception: the error of this call or of an earlier call.
        """
        self._calls.append((method, args))
        self._send(waits=True)
        return self._answer()

    def close(self) -> None:
        """End the process, even if it is working."""
        self._process.terminate()
        self._process.join()
        self._end.close()

    def _send(self, waits: bool) -> None:
        sending = self._made_from, self._calls, waits
        self._made_from, self._calls = None, []
        try:
            self._end.send(sending)
        except OSError:  # the other process has ended
            self._answer()

    def _answer(self) -> Any:
        try:
            failed, answer = self._end.recv()
        except (EOFError, OSError) as error:
            raise OtherProcessError("another process of this run has ended too early") from error
        if failed:
            raise answer
        return answer


@contextmanager
def _without_interruption() -> Iterator[None]:
    """Let processes that start in this context ignore Ctrl-C. Their parent process ends them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(end: Connection) -> None:
    """Make the object, and call its methods until an error, or until the parent process ends."""
    sendings: Queue[Sending | None] = Queue(WAITING_MAX)
    # The receiving thread needs Python's lock for each part of a message. By default a thread may
    # wait 5 ms for the lock. Here the limit is 0.2 ms.
    sys.setswitchinterval(0.0002)
    Thread(target=_receive, args=(end, sendings), daemon=True).start()
    with suppress(OSError):  # the parent has ended
        try:
            made: object = None
            while sending := sendings.get():
                made_from, calls, waits = sending
                if made_from:
                    make, args = made_from
                    made = make(*args)
                answers = [getattr(made, method)(*arguments) for method, arguments in calls]
                if waits:
                    end.send((False, answers[-1]))
        except Exception as error:
            end.send((True, _portable(error)))


def _receive(end: Connection, sendings: "Queue[Sending | None]") -> None:
    """Put the parent's messages into the queue, and None after the last message."""
    try:
        with suppress(EOFError, OSError):  # the parent has ended
            while True:
                sendings.put(end.recv())
    finally:
        sendings.put(None)


def _portable(error: Exception) -> Exception:
    """Return the error with its traceback, or an `OtherProcessError` if it can't be pickled."""
    error.add_note("".join(format_exception(error)))
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return OtherProcessError(f"{type(error).__name__}: {error}")
    return error
