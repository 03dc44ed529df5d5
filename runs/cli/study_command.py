"""The command that plays a study and prints its result."""

from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click
from tqdm import tqdm

from ledger.run_folder import RunFolder
from runs.cli.parameters import PROCESSES, RUN, SCHEDULER, plotted
from runs.cli.progress import Progress
from runs.plots.study_plot import study_figure
from runs.reporting import report
from runs.study.as_told import write_as_told
from runs.study.judged_run import JudgedRun
from runs.study.shipped import SEARCH, read_report, searched_lives, shipped_result, shipped_search
from runs.study.study_file import StudyError, load_study, study_path
from runs.study.study_report import StudyReport
from runs.workers import dask_workers, local_processes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

OUT = Path("runs/out/studies")  # a folder below the working directory
Workers = Callable[[], AbstractContextManager[Executor | None]]
TABLES = (
    "parts",
    "inputs",
    "moments",
    "contradicted",
    "half",
    "predictions",
    "nearest",
    "search",
    "sensitivity",
    "errors",
)


def _drawn(found: StudyReport | JudgedRun | str) -> "Figure":
    if not isinstance(found, StudyReport):
        raise StudyError("--plot draws only a whole study; omit --judge and --replay")
    return study_figure(found)


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
@click.option(
    "--search",
    type=click.IntRange(1),
    metavar="LIVES",
    help=(
        "Also play this number of lives near the plausible members. The aim is a plausible life in "
        "which the mechanism is a larger part of the hole than in any plausible member."
    ),
)
@PROCESSES
@SCHEDULER
@click.option(
    "--shipped",
    is_flag=True,
    help="Play no member: read the sealed result that comes with the package.",
)
@click.option(
    "--replay",
    "again",
    type=(int, click.Path(path_type=Path)),
    metavar="MEMBER FOLDER",
    help="Play only the member with this number, and write its full books to FOLDER.",
)
@click.option(
    "--judge",
    "judged",
    type=RUN,
    metavar="RUN",
    help="Print only how this run agrees with the facts that judge the members.",
)
@click.option(
    "--as-told",
    "told",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=(
        "Also write one member as a scenario: among the members in which the mechanism is at least "
        "half of the hole, the member nearest to the record. If no member reaches half, it is the "
        "member in which the mechanism's part is largest."
    ),
)
@report(*TABLES, instead={"judged": ("judged-run",)})
@plotted(_drawn)
def study_command(
    study: str,
    out: Path | None,
    members: int | None,
    search: int | None,
    processes: int,
    scheduler: str | None,
    shipped: bool,
    again: tuple[int, Path] | None,
    judged: RunFolder | None,
    told: Path | None,
) -> StudyReport | JudgedRun | str:
    """How much of the hole can the thread's mechanism explain, given the record?

    \b
      moneytrail study tiny
      moneytrail study life --shipped
      moneytrail study tiny --members 2 --processes 1 --out my-study
      moneytrail study tiny --replay 5 my-member
      moneytrail study life --shipped --judge runs/out/tiny-seed1

    A STUDY is a built-in name or a .toml file. The file has the unknown inputs with their ranges,
    the facts that judge each life, and the number of lives. Each life of a study is called a
    member. If a study is stopped, the same command continues it. The result is the same as without
    the stop.
    """
    path = study_path(study)
    if shipped and (members is not None or (out is not None and search is None)):
        given = "--members" if members is not None else "--out"
        raise StudyError(f"--shipped reads a finished result, so {given} has no effect; omit it")
    folder = out or OUT / path.stem
    if again:
        return _replayed(path, folder, *again)
    workers = partial(dask_workers, scheduler) if scheduler else partial(local_processes, processes)
    result = shipped_result(path) if shipped else _played(path, folder, members, workers)
    searched = shipped_search(path) if shipped else None
    if search is not None:
        searched = _searched(path, result, folder / SEARCH, search, workers)
    found = read_report(result, searched)
    if judged:
        return JudgedRun(judged, found)
    if told:
        write_as_told(found.members, found.would_have_to_be, told)
    return found


def _played(path: Path, out: Path, members: int | None, workers: Workers) -> Path:
    """Play a study's missing members, and return the folder of its sealed result."""
    from runs.study.play import StudyFolder  # compiled code, which a shipped result does not need

    folder = StudyFolder(path, out)
    if members is not None and members > folder.study.members:
        raise StudyError(f"{path}: has only {folder.study.members} members; raise `members` there")
    todo = len(folder.missing(members))
    if todo:
        with workers() as executor, _progress(todo) as progress:
            folder.play(executor, lambda: progress.update() and None, members)
    return folder.seal(members)


def _searched(path: Path, start: Path, out: Path, lives: int, workers: Workers) -> Path:
    """Play a search's missing lives, and return the folder of its sealed result."""
    from runs.study.search_folder import SearchFolder

    folder = SearchFolder(path, start, out)
    with workers() as executor, _progress(folder.missing(lives)) as progress:
        return folder.play(executor, lives, lambda: progress.update() and None)


def _progress(lives: int) -> "tqdm[NoReturn]":
    return tqdm(total=lives, unit="life", disable=None, leave=False)


def _replayed(path: Path, folder: Path, number: int, out: Path) -> str:
    from runs.study.play import replay

    study = load_study(path)
    with Progress() as progress:
        replay(study, number, out, progress, searched_lives(path, folder))
    return str(out)
