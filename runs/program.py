"""Finds the version of the program, and of each library on which a run's bytes depend."""

import hashlib
import os
import platform
import subprocess
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

from runs import __version__

UNKNOWN = "unknown"
CHANGED = " with uncommitted changes"
SOURCES_DIGITS = 12

# The libraries on which the bytes of a run depend.
LIBRARIES = ("numpy", "numba", "simpy", "duckdb", "beancount")

_ROOT = Path(__file__).resolve().parents[1]
# The parts of a checkout that can change a run. The README, for example, can't.
_SOURCES = ("des", "ledger", "runs", "moneytrail.py", "setup.cfg", "constraints.txt")
_USERS_RUNS = ("runs", "out")


def program() -> dict[str, str]:
    """Return the program's version and commit, as a manifest records them."""
    return {"version": __version__, "commit": commit_of(_ROOT)}


def versions() -> dict[str, str]:
    """Return the versions of Python and of LIBRARIES, as a manifest records them."""
    return {
        "python": platform.python_version(),
        **{library: version(library) for library in LIBRARIES},
    }


@cache
def commit_of(root: Path) -> str:
    """Return the commit of a checkout, and a hash of its sources if they differ from that commit.

    Args:
        root: the folder with ``des``, ``ledger`` and ``runs``.

    Returns:
        The commit's full hash. If sources have uncommitted changes, CHANGED and a hash of the
        sources follow. If *root* is not the top folder of a checkout, or git fails, the result is
        UNKNOWN and a hash of the sources. For example, *root* may be an installed wheel.
    """
    try:
        top, commit = _git(root, "rev-parse", "--show-toplevel", "HEAD").splitlines()
        if Path(top).resolve() != root:
            return UNKNOWN + _sources_of(root)
        changed = _git(root, "status", "--porcelain", "--", *_SOURCES)
        return commit + CHANGED + _sources_of(root) if changed else commit
    except (OSError, subprocess.CalledProcessError):
        return UNKNOWN + _sources_of(root)


def _sources_of(root: Path) -> str:
    """Return the first digits of a hash of all files that can change a run, in brackets."""
    digest = hashlib.sha256()
    for path in _files(root):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return f" (sources {digest.hexdigest()[:SOURCES_DIGITS]})"


def _files(root: Path) -> Iterator[Path]:
    """Yield the files that can change a run. The user's own runs in `runs/out` are left out."""
    for source in _SOURCES:
        place = root / source
        if place.is_file():
            yield place
        for path in sorted(place.rglob("*")):
            ours = path.relative_to(root).parts[:2] != _USERS_RUNS
            if ours and path.suffix in (".py", ".toml") and path.is_file():
                yield path


def _git(root: Path, *words: str) -> str:
    """Run git in a folder without taking locks, and return its output.

    Environment variables that begin with GIT_ are removed. Git sets such variables for hooks.
    """
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    asked = ["git", "--no-optional-locks", "-C", str(root), *words]
    return subprocess.run(asked, env=env, check=True, capture_output=True, text=True).stdout
