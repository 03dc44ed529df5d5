"""The results of single members. Each member has two files of its own.

A file is written under a temporary name, and renamed when it is complete. So a study can continue
after an interruption, and its table has the same bytes as without the interruption.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ledger.whole_file import write_whole
from runs.study.design import Member
from runs.study.study_file import StudyError

MEMBERS, BASE = "members", "base"
DAYS = ".days.parquet"  # the end of a file's name; the file has sums by day and kind


class MemberFiles:
    """A folder with the results of the members that were played."""

    def __init__(self, folder: Path, made_by: Mapping[str, Any]) -> None:
        """Create the folder, or open it to add results.

        Args:
            folder: the folder of a study or of a search.
            made_by: all inputs on which each result depends.

        Raises:
            StudyError: the results in the folder were computed from inputs other than *made_by*.
        """
        self._path = folder
        (folder / MEMBERS).mkdir(parents=True, exist_ok=True)
        text, place = json.dumps(made_by, sort_keys=True), folder / f"{BASE}.json"
        if place.is_file() and place.read_text(encoding="utf-8") != text:
            raise StudyError(
                f"{folder}: has members of another study, base or program; give another --out"
            )
        write_whole(place, text.encode())

    def has(self, number: int) -> bool:
        """Return whether the member with this number has a result."""
        return self._place(number).is_file()

    def missing(self, members: Sequence[Member]) -> list[Member]:
        """Return the members without a result."""
        return [each for each in members if not self.has(each.number)]

    def keep(self, member: Member, told: Mapping[str, Any], days: bytes) -> None:
        """Write a member's result, and a Parquet file with the member's sums by day and kind."""
        place = self._place(member.number)
        write_whole(place.with_name(f"{member.number:05}{DAYS}"), days)
        write_whole(place, json.dumps(told, sort_keys=True).encode())

    def results(self, members: Sequence[Member]) -> list[dict[str, Any]]:
        """Return the results of the members, in the same order.

        Raises:
            StudyError: a member has no result.
        """
        if missing := self.missing(members):
            raise StudyError(
                f"{self._path}: {len(missing)} members are not played; play them first"
            )
        return [
            json.loads(self._place(each.number).read_text(encoding="utf-8")) for each in members
        ]

    def _place(self, number: int) -> Path:
        return self._path / MEMBERS / f"{number:05}.json"
