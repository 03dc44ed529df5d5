"""The table of a study: a Parquet file. Each row has the inputs and figures of one member."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from ledger import duckdb_session
from ledger.proof.seal import broken_seals
from runs.study.study_file import Study, StudyError, load_study

TABLE, STUDY, MANIFEST = "members.parquet", "study.toml", "manifest.json"
FIRST = ("member", "seed", "failed")
INPUT = "input "  # the name of an unknown's column begins with this word

MAD_TO_SD = 1.4826


@dataclass(frozen=True)
class Members:
    """The members of a study as arrays. Each member is one row. The base's members come first."""

    study: Study
    manifest: Mapping[str, Any]
    numbers: np.ndarray
    inputs: np.ndarray  # shape (members, unknowns); NaN for members of the base
    figures: Mapping[str, np.ndarray]  # by the figure's name; NaN for a member without it

    @property
    def is_base(self) -> np.ndarray:
        """Return for each member whether it is the base with another seed."""
        return np.isnan(self.inputs[:, 0])

    def drawn(self, name: str) -> np.ndarray:
        """Return one figure of the drawn members. Members of the base are left out."""
        return self.figures[name][~self.is_base]

    def of_base(self, name: str) -> np.ndarray:
        """Return one figure of the base's members."""
        return self.figures[name][self.is_base]

    def middle_of_base(self, name: str) -> float:
        """Return a figure's median over the base's members.

        If trading ends early in one of these members, the median hardly changes.
        """
        return float(np.nanmedian(self.of_base(name)))

    def chance_sd(self, name: str) -> float:
        """Return a figure's standard deviation by chance, or NaN if no base member has the figure.

        The estimate is the median absolute deviation of the base's members, times MAD_TO_SD. For a
        normal distribution this product is the standard deviation: Rousseeuw & Croux (1993),
        JASA 88, 1273. If trading ends early in one of these members, the estimate hardly changes.
        """
        off = np.abs(self.of_base(name) - self.middle_of_base(name))
        return float(MAD_TO_SD * np.nanmedian(off))

    @property
    def points(self) -> np.ndarray:
        """Return the drawn members' inputs as quantiles, shape (drawn members, unknowns)."""
        drawn = self.inputs[~self.is_base]
        columns = [
            [unknown.quantile(float(value)) for value in drawn[:, i]]
            for i, unknown in enumerate(self.study.unknown)
        ]
        return np.array(columns).T


def write_members(path: Path, study: Study, results: Sequence[Mapping[str, Any]]) -> None:
    """Write a row for each result, in the given order. The same results give the same bytes."""
    names = sorted({name for each in results for name in each["figures"]})
    columns: dict[str, np.ndarray] = {
        "member": np.array([each["number"] for each in results], np.int64),
        "seed": np.array([each["seed"] for each in results], np.int64),
        "failed": np.array([each["failed"] for each in results], object),
    }
    for unknown in study.unknown:
        columns[INPUT + unknown.name] = _floats([each["inputs"] for each in results], unknown.name)
    for name in names:
        columns[name] = _floats([each["figures"] for each in results], name)
    target = duckdb_session.literal(path)
    with duckdb_session.connect(threads=1) as connection:
        connection.register("members", columns)
        connection.execute(
            f"COPY (FROM members) TO {target} "
            "(FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2)"
        )


def _floats(of_each: Sequence[Mapping[str, float]], name: str) -> np.ndarray:
    return np.array([each.get(name, np.nan) for each in of_each], np.float64)


def read_members(folder: Path) -> Members:
    """Read a sealed result. Members that failed are left out.

    Raises:
        StudyError: the folder has no result, or the result has changed since it was sealed.
    """
    if not (folder / MANIFEST).is_file():
        raise StudyError(f"{folder}: has no sealed result of a study; call `moneytrail study`")
    if problems := broken_seals(folder):
        raise StudyError(f"{folder}: {problems[0]}")
    with duckdb_session.connect() as connection:
        table = duckdb_session.parquet(folder / TABLE)
        found = connection.execute(f"FROM {table} ORDER BY member").fetchnumpy()
    study = load_study(folder / STUDY)
    kept = np.array([not text for text in found["failed"]])
    floats = {
        name: np.ma.filled(column, np.nan)[kept]
        for name, column in found.items()
        if name not in FIRST
    }
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    inputs = np.array([floats.pop(INPUT + unknown.name) for unknown in study.unknown]).T
    return Members(study, manifest["run"], np.asarray(found["member"])[kept], inputs, floats)


def seal_of(folder: Path) -> str:
    """Return the SHA-256 of a result's manifest, which has the hashes of all other files."""
    return sha256((folder / MANIFEST).read_bytes()).hexdigest()
