"""Plays the members of a study, and seals their results as a table.

A member is a run whose books are stored without Beancount files and without single fills.
"""

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, as_completed
from contextlib import contextmanager
from datetime import date
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from des.scenario import Scenario
from des.world import World
from ledger import duckdb_session
from ledger.accounts_journal import AccountsJournal
from ledger.proof.seal import seal
from ledger.run_folder import RunFolder
from ledger.transaction import LedgerError
from runs.execute import execute
from runs.program import program, versions
from runs.record.facts import load_record
from runs.scenario_files import ScenarioError
from runs.scenarios import dump
from runs.study.design import Member, members_of, scenario_of
from runs.study.member_figures import figures
from runs.study.member_files import MemberFiles
from runs.study.member_table import STUDY, TABLE, write_members
from runs.study.shipped import RESULT
from runs.study.study_file import Study, StudyError, load_study
from runs.whole_folder import whole_folder

_DAYS = """
    COPY (SELECT date, kind, sum(units)::BIGINT AS cents FROM postings
          WHERE hole = 'cause' AND commodity = 'USD' GROUP BY ALL ORDER BY ALL)
    TO {target} (FORMAT parquet, COMPRESSION zstd)
"""


@contextmanager
def books_of_accounts(scenario: Scenario) -> Iterator[RunFolder]:
    """Play a scenario, and yield its books without single fills.

    The books are deleted when the `with` block ends.
    """
    with tempfile.TemporaryDirectory(prefix="moneytrail-") as folder:
        World(scenario, Path(folder), books=AccountsJournal).run(lambda: None)
        (Path(folder) / "scenario.toml").write_text(dump(scenario), encoding="utf-8")
        yield RunFolder(Path(folder))


def play(study: Study, member: Member, days: Path | None = None) -> dict[str, Any]:
    """Play one member.

    Args:
        study: the member's study.
        member: the member's seed and inputs.
        days: the file to write, with the sum of each kind on each day, in cents. No file is
            written if *days* is None, or if the member fails.

    Returns:
        A mapping with the keys `number`, `seed`, `inputs`, `figures` and `failed`. If the inputs
        contradict each other, or if the books would be wrong, `figures` is empty and `failed` is
        the error message. Otherwise `failed` is empty.
    """
    told: dict[str, Any] = {**member._asdict(), "failed": "", "figures": {}}
    try:
        with books_of_accounts(scenario_of(study, member)) as run:
            told["figures"] = figures(run, load_record())
            if days:
                run.connect().execute(_DAYS.format(target=duckdb_session.literal(days)))
    except (ScenarioError, LedgerError) as error:
        told["failed"] = str(error)
    return told


class Watching(Protocol):
    """An object that receives the progress of a run."""

    def simulates(self, start: date, end: date) -> None:
        """Receive the first simulated day, and the day after the last simulated day."""

    def day(self) -> None:
        """Receive the message that a simulated day has ended."""

    def says(self, phase: str) -> None:
        """Receive the description of a phase that starts after the simulation."""


def replay(
    study: Study, number: int, out: Path, watching: Watching, searched: Sequence[Member] = ()
) -> None:
    """Play one member, and write its full books to a folder. All reports can read these books.

    Args:
        study: the member's study.
        number: the number of a member of the study, or of a life of its search.
        out: the folder.
        watching: receives the progress.
        searched: the lives of the study's search. Their numbers follow the last member's number.

    Raises:
        StudyError: no member and no life has this number, or the folder exists.
        RunRefusedError: the folder can't be written.
    """
    members = {each.number: each for each in (*members_of(study), *searched)}
    if number not in members:
        raise StudyError(f"there is no member {number}; give one from 0 to {max(members)}")
    if out.exists():
        raise StudyError(f"{out}: exists; give another folder, or delete this one")
    scenario = scenario_of(study, members[number])
    watching.simulates(scenario.run.start, scenario.run.end)
    execute(scenario, out, on_day=watching.day, on_phase=watching.says)


class StudyFolder:
    """The folder in which a study's results are collected."""

    def __init__(self, file: Path, folder: Path) -> None:
        """Create the folder, or open it to continue the study.

        Raises:
            StudyError: the folder has results of another study, base or program.
        """
        self.study = load_study(file)
        self._path, self._text = folder, file.read_text(encoding="utf-8")
        self._members = members_of(self.study)
        self._made_by = made_by(self.study)
        self._files = MemberFiles(folder, self._made_by)

    def missing(self, members: int | None = None) -> list[Member]:
        """Return the members without a result.

        Args:
            members: the number of drawn members to consider, or None for all.
        """
        return self._files.missing(self._first(members))

    def play(
        self,
        executor: Executor | None,
        on_member: Callable[[], None] = lambda: None,
        members: int | None = None,
    ) -> None:
        """Play the members that have no result yet, and write their results.

        Args:
            executor: plays the members in other processes. With None this process plays them.
            on_member: called after each member that is played.
            members: the number of drawn members to consider, or None for all.
        """
        play_missing(self.study, self._first(members), self._files, executor, on_member)

    def seal(self, members: int | None = None) -> Path:
        """Write the results as one table, copy the study file, and seal both.

        Args:
            members: the number of drawn members to consider, or None for all.

        Returns:
            The folder of the sealed result.

        Raises:
            StudyError: a member has no result.
        """
        results = self._files.results(self._first(members))
        return seal_results(self._path, self.study, self._text, results, self._made_by)

    def _first(self, members: int | None) -> list[Member]:
        last = len(self._members) if members is None else self.study.base_members + members
        return self._members[:last]


def play_missing(
    study: Study,
    members: Sequence[Member],
    files: MemberFiles,
    executor: Executor | None,
    on_member: Callable[[], None],
) -> None:
    """Play the members that have no result yet, and write their results.

    Args:
        study: the members' study.
        members: the members whose results are wanted.
        files: the results.
        executor: plays the members in other processes. With None this process plays them.
        on_member: called after each member that is played.
    """
    played, missing = partial(_played, study), files.missing(members)
    if executor is None:
        for member in missing:
            files.keep(member, *played(member))
            on_member()
        return
    tasks = {executor.submit(played, each): each for each in missing}
    for task in as_completed(tasks):
        files.keep(tasks[task], *task.result())
        on_member()


def seal_results(
    folder: Path,
    study: Study,
    text: str,
    results: Sequence[Mapping[str, Any]],
    inputs: Mapping[str, Any],
) -> Path:
    """Write the results as one table, write the study file's text beside it, and seal both.

    Args:
        folder: the folder of the study or of the search.
        study: the members' study.
        text: the text of the study file.
        results: the results of the members.
        inputs: all inputs on which each result depends.

    Returns:
        The folder of the sealed result.
    """
    target = folder / RESULT
    with whole_folder(target) as beside:
        (beside / STUDY).write_text(text, encoding="utf-8")
        write_members(beside / TABLE, study, results)
        seal(beside, {"question": study.question, "members": len(results), **inputs})
    return target


def made_by(study: Study) -> dict[str, Any]:
    """Return hashes and versions of all inputs on which each member's result depends.

    No result depends on the number of members, on the facts that judge members, or on
    `nth_largest`.
    """
    settings = study.model_dump(mode="json", exclude={"members", "moment", "nth_largest"})
    base = dump(scenario_of(study, members_of(study)[0]))
    return {
        "design": _digest(json.dumps(settings, sort_keys=True)),
        "scenario": _digest(base),
        "program": program(),
        "versions": versions(),
    }


def _played(study: Study, member: Member) -> tuple[dict[str, Any], bytes]:
    """Play a member. Return its result, and the bytes of its file with sums by day and kind."""
    with tempfile.TemporaryDirectory(prefix="moneytrail-") as folder:
        days = Path(folder) / "days.parquet"
        told = play(study, member, days)
        return told, days.read_bytes() if days.is_file() else b""


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
