"""An object in another process receives calls in order. That process ends with its parent."""

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection

import pytest

from ledger.other_process import SENT_AT_ONCE, WAITING_MAX, OtherProcess, OtherProcessError
from ledger.transaction import UnbalancedTransactionError

PATIENCE_S = 30


class Notebook:
    """The class of the object in the other process."""

    def __init__(self, first: int) -> None:
        self._written = [first]

    def write(self, number: int) -> None:
        self._written.append(number)

    def read(self) -> list[int]:
        return self._written

    def fail(self) -> None:
        raise OSError(28, "No space left on device")

    def leave_a_residual(self) -> None:
        raise UnbalancedTransactionError("a deposit", "FTX", 1, "USD")

    def process(self) -> int:
        return os.getpid()

    def die(self) -> None:
        os._exit(1)


@pytest.fixture
def notebook() -> Iterator[OtherProcess]:
    process = OtherProcess(Notebook, 0)
    yield process
    process.close()


def exists(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_calls_run_in_order_and_a_result_shows_the_effects_of_all_earlier_calls(notebook):
    many = 2 * SENT_AT_ONCE * WAITING_MAX
    for number in range(1, many):
        notebook.call("write", number)

    assert notebook.result("read") == list(range(many))
    notebook.call("write", many)
    assert notebook.result("read") == list(range(many + 1))


def test_an_error_in_the_other_process_is_raised_here_with_its_traceback(notebook):
    notebook.call("fail")

    with pytest.raises(OSError, match="No space left") as caught:
        notebook.result("read")
    assert "in fail" in caught.value.__notes__[0]


def test_a_later_call_raises_the_error_of_an_earlier_call_even_if_no_result_is_read(notebook):
    notebook.call("fail")

    def write_on() -> None:
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            notebook.call("write", 0)
            time.sleep(0.0001)

    with pytest.raises(OSError, match="No space left"):
        write_on()


def test_an_error_that_cannot_be_pickled_is_raised_as_another_error_with_its_text(notebook):
    with pytest.raises(OtherProcessError, match=r"UnbalancedTransactionError: 'a deposit' leaves"):
        notebook.result("leave_a_residual")


def test_an_error_is_raised_if_the_other_process_ends_before_it_returns_a_result(notebook):
    with pytest.raises(OtherProcessError, match="too early"):
        notebook.result("die")


def test_the_other_process_ends_when_it_is_closed():
    notebook = OtherProcess(Notebook, 0)
    process = notebook.result("process")
    assert exists(process)

    notebook.close()

    assert not exists(process)


def start_and_wait(told: Connection) -> None:
    told.send(OtherProcess(Notebook, 0).result("process"))
    time.sleep(60)


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGKILL])
def test_the_other_process_ends_if_its_parent_is_killed(sent):
    context = multiprocessing.get_context("spawn")
    ours, its = context.Pipe()
    parent = context.Process(target=start_and_wait, args=(its,))
    parent.start()
    process = ours.recv()
    assert exists(process)

    os.kill(parent.pid, sent)
    parent.join()

    until = time.monotonic() + PATIENCE_S
    while exists(process) and time.monotonic() < until:
        time.sleep(0.01)
    assert not exists(process)
