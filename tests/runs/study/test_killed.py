"""Killing the processes of a study does not change its results."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from distributed import LocalCluster

from runs.study.member_files import MEMBERS
from runs.study.play import RESULT, StudyFolder
from runs.study.study_file import study_path
from runs.workers import dask_workers

pytestmark = pytest.mark.slow

TINY = study_path("tiny")
PATIENCE_S = 120


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the bytes of each file in the sealed result of an uninterrupted study."""
    folder = StudyFolder(TINY, tmp_path_factory.mktemp("study") / "whole")
    folder.play(None)
    return files_of(folder.seal())


def files_of(result: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(result.iterdir())}


def results(out: Path) -> int:
    return len(list((out / MEMBERS).glob("[0-9]*.json")))


def begin(out: Path) -> subprocess.Popen[bytes]:
    """Start the study in its own process group, so that one signal kills all its processes."""
    command = [sys.executable, "-m", "runs", "study", "tiny", "--processes", "2"]
    return subprocess.Popen(
        [*command, "--out", str(out)], stdout=subprocess.DEVNULL, start_new_session=True
    )


def test_a_study_killed_three_times_gives_the_results_of_an_uninterrupted_study(
    whole: dict[str, bytes], tmp_path: Path
):
    played = 0
    for _ in range(3):
        playing, until = begin(tmp_path), time.monotonic() + PATIENCE_S
        while results(tmp_path) == played:
            assert playing.poll() is None
            assert time.monotonic() < until
            time.sleep(0.01)
        os.killpg(playing.pid, signal.SIGKILL)
        assert playing.wait() == -signal.SIGKILL
        played = results(tmp_path)
        assert played < 8
        assert not (tmp_path / RESULT).exists()

    assert begin(tmp_path).wait(PATIENCE_S) == 0

    assert files_of(tmp_path / RESULT) == whole


def test_killing_a_dask_worker_does_not_change_the_results(whole: dict[str, bytes], tmp_path: Path):
    folder = StudyFolder(TINY, tmp_path)
    killed: list[int] = []
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, protocol="tcp"
        ) as cluster,
        dask_workers(cluster.scheduler_address) as executor,
    ):
        victim = executor.submit(os.getpid).result()

        def kill_after_the_first() -> None:
            if not killed:
                killed.append(victim)
                os.kill(victim, signal.SIGKILL)

        folder.play(executor, kill_after_the_first)

    assert killed
    assert files_of(folder.seal()) == whole
