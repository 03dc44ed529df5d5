"""Provides workers for audits and studies: local processes, or the workers of a Dask cluster."""

import os
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

from ledger.mistake import MistakeError

ANSWER_WITHIN = "5s"  # the longest time that we wait for a scheduler's first answer


class SchedulerError(MistakeError):
    """No Dask scheduler answers at the given address, or Dask is not installed."""


def cores() -> int:
    """Return the number of processes that can run in parallel on this machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def local_processes(count: int) -> Iterator[Executor | None]:
    """Start *count* worker processes. If *count* is 1, yield None: the caller does the work."""
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

    Each worker needs an installed moneytrail. For an audit, each worker must find the run under the
    path that this process uses.

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
        yield client.get_executor(pure=False)
