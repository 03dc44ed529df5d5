"""The check of a seal reports each changed, added or missing file."""

import errno
import json
import os
import random
import shutil
from pathlib import Path

import pytest

from ledger.proof.seal import broken_seals, seal
from ledger.run_folder import MANIFEST, RunFolder

RUN = {"question": "Does it hold?", "seed": 1}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a sealed folder with the files of three months."""
    for name in (
        "main.beancount",
        "2022-04.beancount",
        "2022-05.beancount",
        "2022-06.beancount",
        "fills/2022-04.parquet",
        "fills/2022-05.parquet",
        "fills/2022-06.parquet",
        "days/2022-05-09.beancount",
    ):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"the first version of {name}\n", encoding="utf-8")
    seal(tmp_path, RUN)
    return tmp_path


def files(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def chain(folder: Path) -> dict[str, str]:
    return json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["chain"]


def test_the_seal_of_an_unchanged_run_is_valid(folder):
    assert broken_seals(folder) == []


def test_a_manifest_with_other_line_ends_is_reported_as_changed(folder):
    manifest = folder / MANIFEST
    manifest.write_bytes(manifest.read_bytes().replace(b"\n", b"\r\n"))

    assert broken_seals(folder) == [f"{MANIFEST}: this file has changed since it was sealed"]


def test_the_seal_of_a_run_stays_valid_if_the_run_is_copied_to_another_folder(
    folder, tmp_path_factory
):
    elsewhere = tmp_path_factory.mktemp("else") / "where"
    shutil.copytree(folder, elsewhere)

    assert broken_seals(elsewhere) == []


def test_a_second_seal_of_unchanged_files_has_the_same_bytes(folder):
    before = (folder / MANIFEST).read_bytes()

    seal(folder, RUN)

    assert (folder / MANIFEST).read_bytes() == before


def test_a_changed_bit_in_any_file_is_reported(folder):
    draws = random.Random(1)
    for name in files(folder):
        path = folder / name
        content = bytearray(path.read_bytes())
        place = draws.randrange(len(content))
        content[place] ^= 1 << draws.randrange(8)
        was = path.read_bytes()
        path.write_bytes(content)

        (problem,) = broken_seals(folder)

        assert problem.startswith(f"{name}: ")
        path.write_bytes(was)


def test_a_missing_file_is_reported(folder):
    (folder / "fills/2022-05.parquet").unlink()

    assert broken_seals(folder) == ["fills/2022-05.parquet: this file is missing"]


def test_an_added_file_is_reported(folder):
    (folder / "days/2022-05-10.beancount").write_text("", encoding="utf-8")

    assert broken_seals(folder) == ["days/2022-05-10.beancount: this file was added after the seal"]


def test_a_renamed_file_is_reported_with_its_old_and_its_new_name(folder):
    (folder / "2022-05.beancount").rename(folder / "2022-07.beancount")

    assert [problem.split(":")[0] for problem in broken_seals(folder)] == [
        "2022-05.beancount",
        "2022-07.beancount",
    ]


def test_cache_files_of_beancount_do_not_break_the_seal(folder):
    (folder / ".main.beancount.picklecache").write_bytes(b"")

    assert broken_seals(folder) == []


def test_reading_the_text_of_a_run_removes_the_cache_files_of_beancount(folder):
    left = folder / ".main.beancount.picklecache"
    left.write_bytes(b"")

    assert RunFolder.at(folder).loaded

    assert not left.exists()


def test_a_changed_digit_in_the_manifest_is_reported(folder):
    path = folder / MANIFEST
    text = path.read_text(encoding="utf-8")
    for place in (i for i, c in enumerate(text) if c in "0123456789"):
        digit = "1" if text[place] == "0" else "0"
        path.write_text(text[:place] + digit + text[place + 1 :], encoding="utf-8")

        (problem,) = broken_seals(folder)

        assert problem.startswith(f"{MANIFEST}: ")


def test_a_changed_text_in_the_manifest_is_reported(folder):
    path = folder / MANIFEST
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Does it hold?", "Did it hold?"), encoding="utf-8")

    assert broken_seals(folder) == [f"{MANIFEST}: this file has changed since it was sealed"]


@pytest.mark.parametrize(
    "manifest",
    [
        None,
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"{}",
        b'{"files": [], "run": {}}',
        b'{"files": {"a": 1}, "run": {}}',
        b'{"files": {"2022": "0"}, "run": {}}',
        b'{"files": {"a": "0"}, "run": []}',
    ],
)
def test_an_invalid_or_missing_manifest_is_reported(folder, manifest):
    (folder / MANIFEST).unlink()
    if manifest is not None:
        (folder / MANIFEST).write_bytes(manifest)

    assert any(problem.startswith(f"{MANIFEST}: ") for problem in broken_seals(folder))


def test_a_changed_file_changes_the_hash_of_its_month_and_of_all_later_months(folder):
    before = chain(folder)
    (folder / "fills/2022-05.parquet").write_text("another version", encoding="utf-8")

    seal(folder, RUN)

    after = chain(folder)
    assert list(after) == ["2022-04", "2022-05", "2022-06"]
    assert after["2022-04"] == before["2022-04"]
    assert after["2022-05"] != before["2022-05"]
    assert after["2022-06"] != before["2022-06"]


def test_the_hash_of_a_month_depends_on_the_day_ledgers_of_the_month(folder):
    before = chain(folder)
    (folder / "days/2022-05-09.beancount").write_text("another version", encoding="utf-8")

    seal(folder, RUN)

    assert chain(folder)["2022-05"] != before["2022-05"]


def test_if_the_disk_has_no_space_for_a_new_seal_the_old_seal_remains(folder, monkeypatch):
    write = Path.write_bytes

    def on_a_full_disk(path: Path, content: bytes) -> int:
        write(path, content[:100])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (folder / "main.beancount").write_text("the second version\n", encoding="utf-8")
    monkeypatch.setattr(Path, "write_bytes", on_a_full_disk)
    with pytest.raises(OSError, match="No space"):
        seal(folder, RUN)

    (problem,) = broken_seals(folder)
    assert problem.startswith("main.beancount: ")
    assert not list(folder.glob(".*"))
