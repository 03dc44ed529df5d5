"""Reads the sealed results of a study and of its search."""

from pathlib import Path

from runs.study.design import Member
from runs.study.member_table import MANIFEST, read_members, seal_of
from runs.study.search import joined, lives_of
from runs.study.searched import Searched
from runs.study.study_file import load_study, study_path
from runs.study.study_report import StudyReport

RESULT = "result"  # the folder of the sealed result, in the folder of a study or of a search
SEARCH = "search"  # the folder of a search, in the folder of its study


def shipped_result(file: Path) -> Path:
    """Return the folder in the package for the result of a study."""
    return file.with_suffix("")


def shipped_search(file: Path) -> Path:
    """Return the folder in the package for the result of a study's search."""
    return file.with_name(f"{file.stem}-search")


def read_report(result: Path, search: Path | None = None) -> StudyReport:
    """Read a study's sealed result, and the sealed result of its search if there is one.

    Raises:
        StudyError: the study has no sealed result, or a result has changed since it was sealed, or
            the search is of another study.
    """
    members, seal = read_members(result), seal_of(result)[:12]
    if search is None or not (search / MANIFEST).is_file():
        return StudyReport(members, seal)
    return StudyReport(members, seal, Searched(joined(members, read_members(search))))


def read_shipped(name: str) -> StudyReport:
    """Read the results of a built-in study and of its search from the package."""
    file = study_path(name)
    return read_report(shipped_result(file), shipped_search(file))


def searched_lives(file: Path, folder: Path) -> list[Member]:
    """Return the lives of a study's sealed searches: in the package, and in the study's folder."""
    study = load_study(file)
    places = (shipped_search(file), folder / SEARCH / RESULT)
    found = [read_members(place) for place in places if (place / MANIFEST).is_file()]
    return [life for each in found if each.study == study for life in lives_of(each)]
