"""The command that plays a study and prints its result."""

from concurrent.futures import Executor
from contextlib import AbstractContextManager
from pathlib import Path

import click
from tqdm import tqdm

from runs.cli.parameters import PROCESSES, SCHEDULER
from runs.cli.progress import Progress
from runs.reporting import report
from runs.study.as_told import write_as_told
from runs.study.member_table import read_members, seal_of
from runs.study.study_file import StudyError, load_study, study_path
from runs.study.study_report import StudyReport
from runs.workers import dask_workers, local_processes

OUT = Path("runs/out/studies")  # a folder below the working directory
TABLES = (
    "parts",
    "inputs",
    "moments",
    "contradicted",
    "half",
    "predictions",
    "nearest",
    "sensitivity",
    "errors",
)


@click.command("study")
@click.argument("study")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="The study's folder. A study that was stopped in this folder is continued.",
)
@click.option(
    "--members",
    type=click.IntRange(2),
    help="Play only this number of members with drawn inputs.",
)
@PROCESSES
@SCHEDULER
@click.option("--shipped", is_flag=True, help="Read the sealed result that comes with the package.")
@click.option(
    "--replay",
    "again",
    type=(int, click.Path(path_type=Path)),
    metavar="MEMBER FOLDER",
    help="Play only the member with this number, and write its full books to FOLDER.",
)
@click.option(
    "--as-told",
    "told",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Also write the member nearest to the thread's story as a scenario.",
)
@report(*TABLES)
def study_command(
    study: str,
    out: Path | None,
    members: int | None,
    processes: int,
    scheduler: str | None,
    shipped: bool,
    again: tuple[int, Path] | None,
    told: Path | None,
) -> StudyReport | str:
    """How much of the hole can the thread's mechanism explain, given the record?

    \b
      moneytrail study tiny
      moneytrail study life --shipped
      moneytrail study tiny --members 2 --processes 1 --out my-study
      moneytrail study tiny --replay 5 my-member

    A STUDY is a built-in name or a .toml file. The file names unknown inputs with their ranges, the
    facts that judge each life, and the number of lives. Each life of a study is called a member. If
    a study is stopped, the same command continues the study, and prints the same result as a study
    that was not stopped.
    """
    path = study_path(study)
    if shipped and (members is not None or out is not None):
        given = "--members" if members is not None else "--out"
        raise StudyError(f"--shipped reads a finished result, so {given} has no effect; omit one")
    if again:
        return _replayed(path, *again)
    workers = dask_workers(scheduler) if scheduler else local_processes(processes)
    found = _read(path.with_suffix("")) if shipped else _played(path, out, members, workers)
    if told:
        write_as_told(found.members, found.would_have_to_be, told)
    return found


def _played(
    path: Path,
    out: Path | None,
    members: int | None,
    workers: AbstractContextManager[Executor | None],
) -> StudyReport:
    from runs.study.play import StudyFolder  # compiled code, which a shipped result does not need

    folder = StudyFolder(path, out or OUT / path.stem)
    if members is not None and members > folder.study.members:
        raise StudyError(f"{path}: has only {folder.study.members} members; raise the key members")
    todo = folder.missing(members)
    if todo:
        with (
            workers as executor,
            tqdm(total=len(todo), unit="life", disable=None, leave=False) as progress,
        ):
            folder.play(executor, lambda: progress.update() and None, members)
    return _read(folder.seal(members))


def _read(folder: Path) -> StudyReport:
    members = read_members(folder)
    return StudyReport(members, seal_of(folder)[:12])


def _replayed(path: Path, number: int, out: Path) -> str:
    from runs.study.play import replay

    study = load_study(path)
    with Progress() as progress:
        replay(study, number, out, progress)
    return str(out)
