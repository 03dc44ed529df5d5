"""An audit has the same findings with one process, with two processes and with Dask workers."""

import os
import re
import shutil
import signal
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path

import pytest
from distributed import LocalCluster

from ledger.proof.audit_step import AuditStep
from ledger.run_folder import RunFolder
from runs import workers
from runs.full_audit import audit
from runs.workers import SchedulerError, dask_workers, local_processes


@pytest.fixture(scope="module")
def forged(tiny_run: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy a run, and change one amount in its general ledger and one in a day ledger."""
    folder = Path(shutil.copytree(tiny_run.path, tmp_path_factory.mktemp("forged") / "run"))
    for path in (folder / "2022-05.beancount", folder / "days" / "2022-05-10.beancount"):
        text, changed = re.subn(
            r"(Assets:FTX:Cash +[\d-]+)\.\d\d", r"\1.99", path.read_text(), count=1
        )
        assert changed
        path.write_text(text)
    return folder


@pytest.fixture(scope="module")
def by_one(tiny_run: RunFolder, forged: Path) -> dict[Path, list[AuditStep]]:
    """Return the findings of an audit by one process, for a sound run and for a forged run."""
    found = {folder: findings(folder, None) for folder in (tiny_run.path, forged)}
    assert [any(step.problems for step in steps) for steps in found.values()] == [False, True]
    return found


@contextmanager
def cluster(processes: bool) -> Iterator[LocalCluster]:
    """Start two Dask workers, as processes or as threads. Threads start faster."""
    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=processes,
        dashboard_address=None,
        protocol="tcp",
    ) as started:
        yield started


@pytest.fixture(scope="module")
def processes() -> Iterator[LocalCluster]:
    with cluster(processes=True) as started:
        yield started


def findings(folder: Path, executor: Executor | None) -> list[AuditStep]:
    return list(audit(folder, every_day=True, executor=executor))


def test_an_audit_by_two_processes_has_the_findings_of_a_single_process(by_one):
    with local_processes(1) as alone, local_processes(2) as two:
        assert alone is None
        assert {folder: findings(folder, two) for folder in by_one} == by_one


def test_the_end_of_the_with_block_cancels_tasks_that_have_not_started():
    with local_processes(2) as two:
        tasks = [two.submit(time.sleep, 0.1) for _ in range(20)]

    assert any(task.cancelled() for task in tasks)


def test_a_cluster_returns_the_results_of_tasks_in_order():
    with cluster(processes=False) as threads, dask_workers(threads.scheduler_address) as executor:
        assert list(executor.map(abs, (-2, 1, -2))) == [2, 1, 2]


@pytest.mark.slow
def test_an_audit_by_a_cluster_has_the_findings_of_a_single_process(by_one, processes):
    with dask_workers(processes.scheduler_address) as executor:
        assert {folder: findings(folder, executor) for folder in by_one} == by_one


@pytest.mark.slow
def test_an_audit_has_the_same_findings_if_a_worker_is_killed(by_one, forged, processes):
    with dask_workers(processes.scheduler_address) as executor:
        victim = executor.submit(os.getpid).result()
        # Both workers are busy when the test kills one of them.
        busy = [executor.submit(time.sleep, 0.3) for _ in range(8)]
        audited = audit(forged, every_day=True, executor=executor)
        first = next(audited)
        os.kill(victim, signal.SIGKILL)

        assert [first, *audited] == by_one[forged]
        assert all(future.result() is None for future in busy)


def test_an_address_is_refused_if_no_dask_scheduler_answers_there(monkeypatch):
    monkeypatch.setattr(workers, "ANSWER_WITHIN", "100ms")  # else the test waits 5 seconds
    with (
        pytest.raises(SchedulerError, match="no Dask scheduler"),
        dask_workers("tcp://127.0.0.1:9"),
    ):
        pass
