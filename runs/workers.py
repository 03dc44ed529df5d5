"""Who does the work of an audit: local processes, or the workers of a Dask cluster."""

import os
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

from ledger.mistake import MistakeError

RETRIES = 3  # a task whose worker dies is done again by another


class SchedulerError(MistakeError):
    """There is no cluster to be had at that address."""


def cores() -> int:
    """Return how many processes can run side by side here."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def local_processes(count: int) -> Iterator[Executor | None]:
    """Start *count* processes; for one, use the process that is there already."""
    if count == 1:
        yield None
        return
    # Spawned, not forked: what the parent has open is none of theirs.
    pool = ProcessPoolExecutor(count, mp_context=get_context("spawn"))
    try:
        yield pool
    finally:
        # Whoever leaves early, as by Ctrl-C, does not wait for what is not begun.
        pool.shutdown(cancel_futures=True)


@contextmanager
def dask_workers(scheduler: str) -> Iterator[Executor]:
    """Use the workers of the Dask scheduler at an address such as tcp://127.0.0.1:8786.

    The workers must see the run under the same path, and have moneytrail installed.

    Raises:
        SchedulerError: Dask is not installed, or nobody answers.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise SchedulerError(
            "--scheduler needs Dask; install it with: pip install 'moneytrail[cluster]'"
        ) from error
    try:
        client = Client(scheduler, timeout="5s")
    except (OSError, ValueError) as error:
        raise SchedulerError(f"{scheduler}: no Dask scheduler answers there") from error
    with client:
        yield client.get_executor(pure=False, retries=RETRIES)
