"""Plays the members of a study, and stores the result of each member in a file.

A member is a run whose books have no single fills. A result is written to a temporary file, which
is renamed when complete. So a study can continue after an interruption, and its table has the same
bytes as without the interruption.
"""

import json
import tempfile
from collections.abc import Callable, Iterator
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
from ledger.whole_file import write_whole
from runs.execute import execute
from runs.program import program, versions
from runs.record.facts import load_record
from runs.scenario_files import ScenarioError
from runs.scenarios import dump
from runs.study.design import Member, members_of, scenario_of
from runs.study.member_figures import figures
from runs.study.member_table import write_members
from runs.study.study_file import Study, StudyError, load_study
from runs.whole_folder import whole_folder

STUDY, MEMBERS, RESULT, BASE = "study.toml", "members", "result", "base"
DAYS = ".days.parquet"  # suffix of a member's file with daily sums by kind
_DAYS = """
    COPY (SELECT date, kind, sum(units)::BIGINT AS cents FROM postings
          WHERE hole = 'cause' AND commodity = 'USD' GROUP BY ALL ORDER BY ALL)
    TO {target} (FORMAT parquet, COMPRESSION zstd)
"""


@contextmanager
def books_of_accounts(scenario: Scenario) -> Iterator[RunFolder]:
    """Play a scenario without storing fills, and keep its books while they are read."""
    with tempfile.TemporaryDirectory(prefix="moneytrail-") as folder:
        World(scenario, Path(folder), books=AccountsJournal).run(lambda: None)
        (Path(folder) / "scenario.toml").write_text(dump(scenario), encoding="utf-8")
        yield RunFolder(Path(folder))


def play(study: Study, member: Member, days: Path | None = None) -> dict[str, Any]:
    """Play one member.

    Args:
        study: the member's study.
        member: the member's seed and inputs.
        days: the file for sums by day and kind, in cents, or None to write no file.

    Returns:
        Number, seed, inputs and figures. If the inputs contradict each other or the simulation
        fails, there are no figures, and `failed` is the message of the error.
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
    """An object that is called with the progress of a run."""

    def simulates(self, start: date, end: date) -> None:
        """Receive the first day, and the day after the last day."""

    def day(self) -> None:
        """Receive the end of a simulated day."""

    def says(self, phase: str) -> None:
        """Receive the start of a phase."""


def replay(study: Study, number: int, out: Path, watching: Watching) -> None:
    """Play one member with full books, which all reports can read, into a folder.

    Raises:
        StudyError: the study has no member of this number, or the folder exists.
        RunRefusedError: the folder can't be written.
    """
    members = members_of(study)
    if not 0 <= number < len(members):
        raise StudyError(f"there is no member {number}; give one from 0 to {len(members) - 1}")
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
        (folder / MEMBERS).mkdir(parents=True, exist_ok=True)
        self._check()

    def missing(self, members: int | None = None) -> list[Member]:
        """Return the members without a result.

        Args:
            members: the number of members with drawn inputs to consider, or None for all.
        """
        return [each for each in self._first(members) if not self._place(each).is_file()]

    def play(
        self,
        executor: Executor | None,
        on_member: Callable[[], None] = lambda: None,
        members: int | None = None,
    ) -> None:
        """Play the missing members, and write a file for each result.

        Args:
            executor: plays the members in other processes. With None this process plays them.
            on_member: called after each member.
            members: the number of members with drawn inputs, or None for all.
        """
        played = partial(_played, self.study)
        if executor is None:
            for member in self.missing(members):
                self._keep(member, played(member))
                on_member()
            return
        tasks = {executor.submit(played, each): each for each in self.missing(members)}
        for task in as_completed(tasks):
            self._keep(tasks[task], task.result())
            on_member()

    def seal(self, members: int | None = None) -> Path:
        """Write the results as one table, and seal the table with the study's text.

        Args:
            members: the number of members with drawn inputs, or None for all.

        Returns:
            The folder of the result.

        Raises:
            StudyError: results are missing.
        """
        wanted = self._first(members)
        missing = [each.number for each in wanted if not self._place(each).is_file()]
        if missing:
            raise StudyError(
                f"{self._path}: {len(missing)} members are not played; play them first"
            )
        results = [json.loads(self._place(each).read_text(encoding="utf-8")) for each in wanted]
        target = self._path / RESULT
        with whole_folder(target) as beside:
            (beside / STUDY).write_text(self._text, encoding="utf-8")
            write_members(beside / "members.parquet", self.study, results)
            said = {"question": self.study.question, "members": len(results)}
            seal(beside, {**said, **self._made_by()})
        return target

    def _first(self, members: int | None) -> list[Member]:
        last = len(self._members) if members is None else self.study.base_members + members
        return self._members[:last]

    def _place(self, member: Member) -> Path:
        return self._path / MEMBERS / f"{member.number:05}.json"

    def _keep(self, member: Member, result: tuple[dict[str, Any], bytes]) -> None:
        told, days = result
        place = self._place(member)
        write_whole(place.with_name(f"{member.number:05}{DAYS}"), days)
        write_whole(place, json.dumps(told, sort_keys=True).encode())

    def _check(self) -> None:
        """Raise an error if the folder has members of another study."""
        made_by = json.dumps(self._made_by(), sort_keys=True)
        place = self._path / f"{BASE}.json"
        if place.is_file() and place.read_text(encoding="utf-8") != made_by:
            raise StudyError(
                f"{self._path}: its members are of another study, base or program; "
                "give another --out"
            )
        write_whole(place, made_by.encode())

    def _made_by(self) -> dict[str, Any]:
        """Return the inputs on which each result depends, without the number of members."""
        settings = self.study.model_dump(mode="json", exclude={"members", "moment", "nth_largest"})
        base = dump(scenario_of(self.study, self._members[0]))
        return {
            "design": _digest(json.dumps(settings, sort_keys=True)),
            "scenario": _digest(base),
            "program": program(),
            "versions": versions(),
        }


def _played(study: Study, member: Member) -> tuple[dict[str, Any], bytes]:
    """Play a member, also in another process, and return its result and its sums by day."""
    with tempfile.TemporaryDirectory(prefix="moneytrail-") as folder:
        days = Path(folder) / "days.parquet"
        told = play(study, member, days)
        return told, days.read_bytes() if days.is_file() else b""


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
