"""Starts the worker processes of audits and studies: local processes, or a Dask cluster."""

import os
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

from ledger.mistake import MistakeError

RETRIES = 3  # if a worker dies, another worker repeats its task
ANSWER_WITHIN = "5s"  # the time that a scheduler has for its first answer


class SchedulerError(MistakeError):
    """No Dask cluster answers at the given address, or Dask is not installed."""


def cores() -> int:
    """Return the number of processes that can run in parallel on this machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def local_processes(count: int) -> Iterator[Executor | None]:
    """Start *count* processes. If *count* is one, use the current process."""
    if count == 1:
        yield None
        return
    # Processes are spawned, not forked, so that they do not share the parent's open files.
    pool = ProcessPoolExecutor(count, mp_context=get_context("spawn"))
    try:
        yield pool
    finally:
        # After an early exit, for example by Ctrl-C, pending tasks are cancelled.
        pool.shutdown(cancel_futures=True)


@contextmanager
def dask_workers(scheduler: str) -> Iterator[Executor]:
    """Use the workers of the Dask scheduler at an address such as tcp://127.0.0.1:8786.

    The workers must have moneytrail installed, and must find the run under the same path.

    Raises:
        SchedulerError: Dask is not installed, or the scheduler does not answer.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise SchedulerError(
            "--scheduler needs Dask; install it with: pip install 'moneytrail[cluster]'"
        ) from error
    try:
        client = Client(scheduler, timeout=ANSWER_WITHIN)
    except (OSError, ValueError) as error:
        raise SchedulerError(f"{scheduler}: no Dask scheduler answers there") from error
    with client:
        yield client.get_executor(pure=False, retries=RETRIES)
