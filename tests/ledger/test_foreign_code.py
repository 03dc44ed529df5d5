"""A run's books are not loaded if they could make Beancount run foreign code."""

import re
import shutil
import sys

import pytest

from ledger.foreign_code import ForeignCodeError, refuse_foreign_code_in
from ledger.group_books import write_group
from ledger.proof.audit import _errors_of
from ledger.proof.rebuild import rebuild
from ledger.proof.seal import seal
from ledger.run_folder import GROUP, RunFolder
from runs.full_audit import audit

PATH = 'option "insert_pythonpath" "TRUE"'
FOREIGN = (
    f'{PATH}\nplugin "stranger"',
    f', {PATH}\n, plugin "stranger"',
    'option "insert\\_pythonpath" "TRUE"\njunk plugin "stranger"',
    f'2022-01-01 open Assets:Cash {PATH}\n2022-01-01 open Assets:Cash plugin "stranger"',
    f'include "x" {PATH}\ninclude "x" plugin"stranger"',
    '"a string\n; of two lines" plugin "stranger"',
    'option "plugin_processing_mode" "raw"',
    'include "/tmp/stranger.beancount"',
    'include "20??-0?.beancount"',
)


@pytest.fixture
def books(afternoon: RunFolder) -> RunFolder:
    """Return a run whose folder has a Python module with the name of a plugin."""
    (afternoon.path / "stranger.py").write_text("raise SystemExit('foreign code runs')\n")
    return RunFolder(afternoon.path)


@pytest.mark.parametrize("added", FOREIGN)
def test_books_that_name_a_plugin_or_a_foreign_option_or_a_foreign_file_are_not_loaded(
    books, added
):
    main = books.path / "main.beancount"
    main.write_text(f"{main.read_text()}\n{added}\n")

    with pytest.raises(ForeignCodeError, match=r"^main\.beancount:\d+: .*, so the ledger is not"):
        books.entries  # noqa: B018


def test_the_error_for_a_plugin_states_its_line_in_the_file_of_a_month_or_in_the_books_of_the_group(
    books,
):
    write_group(books)
    for name in ("2022-05.beancount", GROUP):
        file = books.path / name
        file.write_text(f'{file.read_text() if file.exists() else ""}\n; plugin\n, plugin "x"\n')
        line = file.read_text().count("\n")
        run = RunFolder(books.path)

        with pytest.raises(
            ForeignCodeError, match=rf"^{re.escape(name)}:{line}: this line names a plug"
        ):
            run.group_entries if name == GROUP else run.entries  # noqa: B018
        file.unlink()


def test_words_in_strings_and_comments_are_not_read_as_directives():
    refuse_foreign_code_in(
        "x", '; plugin "a"\n2022-05-09 event "option" "include plugin \\"x\\""\n'
    )
    refuse_foreign_code_in("x", ";; a fragment. Open main.beancount, which includes it.\n")


def test_a_text_that_is_loaded_alone_may_not_include_a_file():
    """Otherwise Beancount would look for the file in the user's current folder."""
    with pytest.raises(
        ForeignCodeError, match=r"^x:1: this line names the file '2022-05\.beancount'"
    ):
        _errors_of("x", 'include "2022-05.beancount"\n', "line")


def test_the_audit_and_the_rebuild_do_not_execute_code_that_is_in_the_folder_of_a_run(
    small_run, tmp_path
):
    folder = tmp_path / "run"
    shutil.copytree(small_run.path, folder)
    (folder / "stranger.py").write_text("raise SystemExit('foreign code runs')\n")
    month = folder / "2022-05.beancount"
    month.write_text(f'{month.read_text()}\n, {PATH}\n, plugin "stranger"\n')
    seal(folder, {})

    problems = [problem for step in audit(folder) for problem in step.problems]
    with pytest.raises(ForeignCodeError):
        rebuild(RunFolder.at(folder))

    assert any("2022-05.beancount:" in each and "not loaded" in each for each in problems)
    assert "stranger" not in sys.modules
