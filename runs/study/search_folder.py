"""Plays the lives of a search, generation by generation, and seals their results."""

from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path

from runs.study.design import Member
from runs.study.member_files import MemberFiles
from runs.study.member_table import STUDY, read_members, seal_of
from runs.study.play import made_by, play_missing, seal_results
from runs.study.search import generation, joined
from runs.study.study_file import StudyError, load_study


class SearchFolder:
    """The folder in which the results of a search are collected."""

    def __init__(self, file: Path, start: Path, folder: Path) -> None:
        """Create the folder, or open it to continue the search.

        Args:
            file: the study file.
            start: the folder of the study's sealed result. The search starts from the plausible
                members in this result.
            folder: the folder of the search.

        Raises:
            StudyError: *start* has no sealed result, or *start* is of another study, or *folder*
                has results of another search.
        """
        self._study, self._start, self._path = load_study(file), read_members(start), folder
        self._text = file.read_text(encoding="utf-8")
        if (start / STUDY).read_text(encoding="utf-8") != self._text:
            raise StudyError(f"{start}: is not a result of the present {file}; play the study")
        self._first = self._study.base_members + self._study.members
        self._made_by = {**made_by(self._study), "start": seal_of(start)}
        self._files = MemberFiles(folder, self._made_by)

    def missing(self, lives: int) -> int:
        """Return the number of lives that have no result.

        Args:
            lives: the number of lives to consider, from the first life of the search on.
        """
        numbers = range(self._first, self._first + lives)
        return sum(not self._files.has(number) for number in numbers)

    def play(
        self,
        executor: Executor | None,
        lives: int,
        on_member: Callable[[], None] = lambda: None,
    ) -> Path:
        """Play the lives of the search. Lives with a result are not played again.

        The results are sealed after each generation. So if the search is stopped in a later
        generation, the results of the earlier generations are sealed.

        Args:
            executor: plays the lives in other processes. With None this process plays them.
            lives: the number of lives, including lives that already have a result.
            on_member: called after each life that is played.

        Returns:
            The folder of the sealed result.

        Raises:
            StudyError: too few members of the study are plausible.
        """
        played: list[Member] = []
        so_far = self._start
        while len(played) < lives:
            proposed = generation(so_far, self._first + len(played))
            played += proposed[: lives - len(played)]
            play_missing(self._study, played, self._files, executor, on_member)
            result = self._seal(played)
            so_far = joined(self._start, read_members(result))
        return result

    def _seal(self, played: list[Member]) -> Path:
        results = self._files.results(played)
        return seal_results(self._path, self._study, self._text, results, self._made_by)
