"""The folder of a run appears only when the run is complete. An older run is kept until then."""

import errno
import gc
import multiprocessing
import os
import shutil
import signal
import tempfile
import time
import warnings
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from folder_contents import contents

import runs.execute
from des.scenario import Scenario
from ledger.run_folder import MANIFEST, RunFolder, RunFolderError
from runs.execute import RunRefusedError, execute
from runs.full_audit import audit
from runs.scenarios import load

SMALL = Path(__file__).parents[1] / "golden" / "world.toml"
ONE, OTHER = {"day_ledgers": ()}, {"day_ledgers": (), "seed": 2}


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load(str(SMALL), {"run": ONE})


@pytest.fixture(scope="module")
def other() -> Scenario:
    return load(str(SMALL), {"run": OTHER})


@pytest.fixture
def before(executed, tmp_path) -> dict[str, bytes]:
    """Copy an older run to the target folder, and return its content."""
    shutil.copytree(executed(SMALL, run=ONE).path, tmp_path / "run")
    return contents(tmp_path / "run")


@pytest.fixture(scope="module")
def of_other(executed) -> dict[str, bytes]:
    """Return the content of a run of the scenario `other`."""
    return contents(executed(SMALL, run=OTHER).path)


class InterruptedRunError(Exception):
    """An error that a test raises in the middle of a run."""


def fail() -> None:
    raise InterruptedRunError


# --------------------------------------------------------------------- a run that succeeds


def test_a_run_is_complete_and_sealed_and_passes_its_audit(scenario, tmp_path):
    execute(scenario, tmp_path / "run")

    assert RunFolder.at(tmp_path / "run").transactions
    assert [finding.problems for finding in audit(tmp_path / "run")] == [()] * 7
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_missing_parent_folders_are_created(scenario, tmp_path):
    execute(scenario, tmp_path / "a" / "b" / "run")

    assert RunFolder.at(tmp_path / "a" / "b" / "run")


def test_playing_the_saved_scenario_of_a_run_gives_an_identical_run(scenario, tmp_path):
    execute(scenario, tmp_path / "one")
    execute(load(str(tmp_path / "one" / "scenario.toml")), tmp_path / "two")

    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_progress_is_reported_after_every_day(scenario, tmp_path):
    days = []

    execute(scenario, tmp_path / "run", on_day=lambda: days.append(1))

    assert len(days) == 2


def test_day_ledgers_are_written_for_the_days_in_the_scenario(tmp_path):
    day = load(str(SMALL)).run.start
    execute(load(str(SMALL), {"run": {"day_ledgers": [day]}}), tmp_path / "run")

    assert [path.name for path in (tmp_path / "run/days").iterdir()] == [f"{day}.beancount"]


# ---------------------------------------------------------------------- obstacles


def test_an_existing_run_is_not_replaced_without_force(other, before, tmp_path):
    with pytest.raises(RunRefusedError, match="--force"):
        execute(other, tmp_path / "run")

    assert contents(tmp_path / "run") == before


def test_force_replaces_an_older_run(other, before, of_other, tmp_path):
    execute(other, tmp_path / "run", force=True)

    assert contents(tmp_path / "run") == of_other != before
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def nothing(place: Path) -> None:
    place.mkdir()


def holiday_pictures(place: Path) -> None:
    place.mkdir()
    (place / "beach.jpg").write_bytes(b"a beach")


def somebody_elses_ledger(place: Path) -> None:
    place.mkdir()
    (place / "main.beancount").write_text("", encoding="utf-8")


def a_file(place: Path) -> None:
    place.write_bytes(b"a file")


@pytest.mark.parametrize("put", [nothing, holiday_pictures, somebody_elses_ledger, a_file])
@pytest.mark.parametrize("force", [False, True])
def test_a_folder_or_file_that_is_not_a_run_is_never_replaced(scenario, tmp_path, put, force):
    put(tmp_path / "run")
    before = contents(tmp_path)

    with pytest.raises(RunRefusedError):
        execute(scenario, tmp_path / "run", force=force)

    assert contents(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


@pytest.mark.parametrize("put", [nothing, holiday_pictures, a_file])
@pytest.mark.parametrize("force", [False, True])
def test_a_folder_or_file_that_appears_during_the_simulation_is_not_replaced(
    scenario, tmp_path, put, force
):
    def appear() -> None:
        if not (tmp_path / "run").exists():
            put(tmp_path / "run")

    with pytest.raises(RunRefusedError):
        execute(scenario, tmp_path / "run", force=force, on_day=appear)

    put(tmp_path / "expected")
    assert contents(tmp_path / "run") == contents(tmp_path / "expected")
    if (tmp_path / "run").is_file():
        assert (tmp_path / "run").read_bytes() == (tmp_path / "expected").read_bytes()


def test_if_two_runs_have_the_same_folder_the_run_that_finishes_later_is_refused(
    scenario, other, of_other, tmp_path
):
    """Neither of the two runs has the option `--force`, so neither may replace the other."""

    def overtake() -> None:
        if not (tmp_path / "run").exists():
            execute(other, tmp_path / "run")

    with pytest.raises(RunRefusedError):
        execute(scenario, tmp_path / "run", on_day=overtake)

    assert contents(tmp_path / "run") == of_other


def test_a_run_whose_parent_folder_is_a_file_is_refused(scenario, tmp_path):
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(RunRefusedError, match="can't be written"):
        execute(scenario, tmp_path / "file" / "run")


@pytest.mark.skipif(os.geteuid() == 0, reason="root can write to every folder")
def test_a_run_in_a_read_only_folder_is_refused(scenario, tmp_path):
    (tmp_path / "closed").mkdir(mode=0o500)

    with pytest.raises(RunRefusedError, match="can't be written"):
        execute(scenario, tmp_path / "closed" / "run")


def test_a_run_in_a_folder_without_permission_to_write_is_refused(scenario, tmp_path, monkeypatch):
    def refuse(**_: object) -> str:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(tempfile, "mkdtemp", refuse)

    with pytest.raises(RunRefusedError, match="Permission denied"):
        execute(scenario, tmp_path / "run")


def test_a_path_that_beancount_cannot_include_is_refused_before_the_simulation(scenario, tmp_path):
    """Beancount reads an include as a pattern, so `[1]` in a path would match a folder `1`."""
    with pytest.raises(RunRefusedError):
        execute(scenario, tmp_path / "[1]" / "run", on_day=lambda: pytest.fail("it ran"))


# ------------------------------------------------------------------------- failures


@pytest.mark.parametrize("error", [InterruptedRunError, KeyboardInterrupt, SystemExit, MemoryError])
def test_a_failed_run_leaves_no_files(scenario, tmp_path, error):
    def go_wrong() -> None:
        raise error

    with pytest.raises(error):
        execute(scenario, tmp_path / "run", on_day=go_wrong)

    assert list(tmp_path.iterdir()) == []


def test_a_failed_run_leaves_no_open_file(scenario, tmp_path):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ResourceWarning)
        with pytest.raises(InterruptedRunError):
            execute(scenario, tmp_path / "run", on_day=fail)
        gc.collect()

    assert [str(each.message) for each in caught] == []


def test_a_failure_during_the_simulation_keeps_the_old_run(other, before, tmp_path):
    with pytest.raises(InterruptedRunError):
        execute(other, tmp_path / "run", force=True, on_day=fail)

    assert contents(tmp_path / "run") == before
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


@pytest.mark.parametrize("step", ["dump", "seal", "_write_day_ledgers"])
def test_a_failure_after_the_simulation_keeps_the_old_run(
    other, before, tmp_path, monkeypatch, step
):
    monkeypatch.setattr(runs.execute, step, lambda *_: fail())

    with pytest.raises(InterruptedRunError):
        execute(other, tmp_path / "run", force=True)

    assert contents(tmp_path / "run") == before
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_a_failure_during_the_replacement_keeps_the_old_run(
    other, before, tmp_path, monkeypatch, error
):
    rename = Path.rename

    def rename_all_but_the_new(path: Path, target: Path) -> Path:
        scenario_as_run = path / "scenario.toml"
        if scenario_as_run.is_file() and "seed = 2" in scenario_as_run.read_text(encoding="utf-8"):
            raise error
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", rename_all_but_the_new)
    with pytest.raises(error):
        execute(other, tmp_path / "run", force=True)

    assert contents(tmp_path / "run") == before
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


# --------------------------------------------------------------- runs stopped from outside


def mid_run(running: Connection, place: Path, force: bool) -> None:
    def pause() -> None:
        running.send(True)
        time.sleep(60)

    execute(load("tiny"), place, force=force, on_day=pause)


def mid_parallel_run(running: Connection, place: Path, force: bool) -> None:
    def pause() -> None:
        running.send(True)
        time.sleep(60)

    execute(load("tiny"), place, force=force, on_day=pause, parallel=True)


def before_the_seal(running: Connection, place: Path, force: bool) -> None:
    def pause(*_: object) -> None:
        running.send(True)
        time.sleep(60)

    runs.execute.seal = pause
    execute(load("tiny"), place, force=force)


@pytest.fixture(scope="module")
def imported() -> ForkServerContext:
    """Return a context that forks each process from a process that has imported this module."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


@pytest.fixture
def started(imported: ForkServerContext) -> Callable[..., BaseProcess]:
    """Return a function that starts a run in a new process and waits until the run pauses."""
    processes = []

    def start(program: Callable[..., None], place: Path, force: bool = False) -> BaseProcess:
        ours, its = imported.Pipe(duplex=False)
        process = imported.Process(target=program, args=(its, place, force))
        process.start()
        its.close()
        processes.append(process)
        assert ours.recv()
        return process

    yield start
    for process in processes:
        process.kill()
        process.join()


@pytest.mark.parametrize("program", [mid_run, mid_parallel_run, before_the_seal])
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL], ids=["ctrl-c", "kill"])
def test_an_interrupted_or_killed_run_leaves_no_folder_that_counts_as_a_run(
    started, tmp_path, program, sent
):
    process = started(program, tmp_path / "run")
    os.kill(process.pid, sent)
    process.join()

    assert process.exitcode != 0
    assert not (tmp_path / "run").exists()
    for leftover in tmp_path.iterdir():
        assert sent == signal.SIGKILL  # a killed process cannot delete its files
        assert leftover.name.startswith(".")
        with pytest.raises(RunFolderError):
            RunFolder.at(leftover)


@pytest.mark.parametrize("program", [mid_run, mid_parallel_run, before_the_seal])
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL], ids=["ctrl-c", "kill"])
def test_an_interrupted_or_killed_run_keeps_the_old_run(started, before, tmp_path, program, sent):
    process = started(program, tmp_path / "run", force=True)
    os.kill(process.pid, sent)
    process.join()

    assert contents(tmp_path / "run") == before


def test_files_of_a_killed_run_do_not_prevent_the_next_run(started, scenario, tmp_path):
    process = started(mid_run, tmp_path / "run")
    process.kill()
    process.join()

    execute(scenario, tmp_path / "run")

    assert RunFolder.at(tmp_path / "run")


def test_a_folder_without_its_manifest_does_not_count_as_a_run(tiny_run, tmp_path):
    shutil.copytree(tiny_run.path, tmp_path / "run")
    (tmp_path / "run" / MANIFEST).unlink()

    with pytest.raises(RunFolderError, match="not a finished run"):
        RunFolder.at(tmp_path / "run")
