"""A folder is replaced as a whole. After an error either the old or the new folder is there."""

import os
from pathlib import Path

import pytest

from runs.whole_folder import whole_folder


@pytest.fixture
def target(tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "old").touch()
    return tmp_path / "run"


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_the_new_folder_replaces_the_old_folder_if_there_is_no_error(target):
    with whole_folder(target) as new:
        (new / "new").touch()

    assert names(target.parent) == ["run", "run/new"]


def test_the_old_folder_stays_if_there_is_an_error_in_the_with_block(target):
    def stop(new: Path) -> None:
        (new / "new").touch()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), whole_folder(target) as new:
        stop(new)

    assert names(target.parent) == ["run", "run/old"]


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize(("interrupted", "left"), [(1, "old"), (2, "new")])
def test_one_whole_folder_is_left_if_ctrl_c_comes_just_before_or_after_a_rename(
    target, monkeypatch, interrupted, left, done
):
    rename, calls = Path.rename, []

    def interrupting(path: Path, to: Path) -> Path:
        calls.append(to)
        if len(calls) != interrupted:
            return rename(path, to)
        if done:
            rename(path, to)
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "rename", interrupting)
    with pytest.raises(KeyboardInterrupt), whole_folder(target) as new:
        (new / "new").touch()

    assert names(target.parent) == ["run", f"run/{left if done else 'old'}"]


@pytest.mark.parametrize("umask", [0o022, 0o027, 0o077])
def test_a_new_folder_has_the_permissions_that_the_umask_of_the_user_allows(tmp_path, umask):
    before = os.umask(umask)
    try:
        with whole_folder(tmp_path / "run"):
            pass
    finally:
        os.umask(before)

    assert (tmp_path / "run").stat().st_mode & 0o777 == 0o777 & ~umask
