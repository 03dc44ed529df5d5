"""Finds the versions of the program, and of the libraries on which a run's bytes depend."""

import os
import platform
import subprocess
from functools import cache
from importlib.metadata import version
from pathlib import Path

from runs import __version__

UNKNOWN = "unknown"
CHANGED = " with uncommitted changes"

# Libraries that the bytes of a run depend on, besides scenario and seed.
LIBRARIES = ("numpy", "numba", "simpy", "duckdb", "beancount")

_ROOT = Path(__file__).resolve().parents[1]
# The parts of a checkout that can change a run. The README, for example, can't.
_SOURCES = ("des", "ledger", "runs", "moneytrail.py", "setup.cfg", "constraints.txt")


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
    """Return the commit of a checkout, with a mark if its sources differ from that commit.

    Args:
        root: the folder with ``des``, ``ledger`` and ``runs``.

    Returns:
        The full hash, followed by CHANGED if sources were edited or added. UNKNOWN if *root* is not
        itself a checkout (an installed wheel, perhaps inside another project's checkout), or if git
        is missing.
    """
    try:
        top, commit = _git(root, "rev-parse", "--show-toplevel", "HEAD").splitlines()
        if Path(top).resolve() != root:
            return UNKNOWN
        return commit + (CHANGED if _git(root, "status", "--porcelain", "--", *_SOURCES) else "")
    except (OSError, subprocess.CalledProcessError):
        return UNKNOWN


def _git(root: Path, *words: str) -> str:
    """Run git in a folder, without lock files and without the environment variables of hooks."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    asked = ["git", "--no-optional-locks", "-C", str(root), *words]
    return subprocess.run(asked, env=env, check=True, capture_output=True, text=True).stdout
