"""A run's manifest has the program's version and commit, and the versions of its libraries."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from ledger.run_folder import MANIFEST, RunFolder
from runs import __version__
from runs.program import CHANGED, LIBRARIES, UNKNOWN, commit_of, program, versions


def git(folder: Path, *words: str) -> str:
    named = {
        f"GIT_{who}_{what}": "somebody"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    done = subprocess.run(
        ["git", "-C", str(folder), *words],
        env=os.environ | named,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Create a git checkout with one commit, one source file and one page. Return its path."""
    root = (tmp_path / "checkout").resolve()
    (root / "des").mkdir(parents=True)
    (root / "des/world.py").write_text("one = 1\n")
    (root / "README.md").write_text("A page.\n")
    git(tmp_path, "init", "--quiet", str(root))
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "Begin")
    return root


def test_a_manifest_has_the_versions_of_the_program_and_its_libraries(tiny_run: RunFolder):
    made = json.loads((tiny_run.path / MANIFEST).read_text(encoding="utf-8"))["run"]

    assert made["program"] == program()
    assert made["versions"] == versions()
    assert made["program"]["version"] == __version__
    assert {"python", "numpy", "numba", "simpy", "duckdb", "beancount"} == made["versions"].keys()
    assert len(LIBRARIES) == 5


def test_the_commit_of_the_program_is_the_commit_of_the_checkout(checkout):
    assert commit_of(checkout) == git(checkout, "rev-parse", "HEAD")


@pytest.mark.parametrize("source", ["des/world.py", "des/added.py", "runs/added.toml"])
def test_the_commit_is_marked_as_changed_if_a_source_file_is_edited_or_added(checkout, source):
    (checkout / source).parent.mkdir(exist_ok=True)
    (checkout / source).write_text("two = 2\n")

    assert commit_of(checkout).startswith(
        git(checkout, "rev-parse", "HEAD") + CHANGED + " (sources "
    )


def test_different_sources_give_different_texts_for_the_commit_both_inside_and_outside_a_checkout(
    checkout,
):
    source = checkout / "des/world.py"
    for outside in (False, True):
        if outside:
            shutil.rmtree(checkout / ".git")
        found = []
        for text in ("two = 2\n", "three = 3\n", "two = 2\n"):
            source.write_text(text)
            commit_of.cache_clear()
            found.append(commit_of(checkout))

        assert found[0] == found[2] != found[1]


def test_the_commit_is_not_marked_as_changed_if_a_page_is_edited(checkout):
    (checkout / "README.md").write_text("Another page.\n")

    assert commit_of(checkout) == git(checkout, "rev-parse", "HEAD")


def test_the_commit_of_an_installation_inside_another_checkout_is_unknown(checkout):
    installed = checkout / "site-packages"
    installed.mkdir()

    assert commit_of(installed).startswith(UNKNOWN)


def test_the_commit_of_an_installation_outside_a_checkout_is_unknown(tmp_path):
    assert commit_of(tmp_path.resolve()).startswith(UNKNOWN)


def test_the_commit_is_unknown_if_git_is_missing(checkout, monkeypatch):
    monkeypatch.setenv("PATH", "")

    assert commit_of(checkout).startswith(UNKNOWN)


def test_the_commit_does_not_depend_on_the_environment_variable_git_dir(checkout, monkeypatch):
    commit = git(checkout, "rev-parse", "HEAD")
    monkeypatch.setenv("GIT_DIR", str(Path(__file__).parent))

    assert commit_of(checkout) == commit
