"""Opens a run for reports, unless its scenario or the Parquet copy of its books has changed."""

import re
from collections.abc import Sequence
from pathlib import Path

from ledger import directive_store, posting_store
from ledger.book_views import missing_copies
from ledger.proof.seal import ALL, broken_seals
from ledger.run_folder import SCENARIO, RunFolder, RunFolderError

# The Parquet copy of the general ledger, and the scenario. Fills are not checked here: the fills of
# a long run have hundreds of megabytes, and reading them would take longer than most reports.
# `audit` and `report` check all files.
SUMMED = re.compile(rf"{posting_store.FOLDER}/.*|{directive_store.FILE}|{SCENARIO}")


def checked_run(path: Path) -> RunFolder:
    """Open the folder of a run, and compare the files in SUMMED with the seal.

    Raises:
        RunFolderError: the folder has no finished run, or one of these files has changed.
    """
    run = RunFolder.at(path)
    refuse_changed(run, SUMMED)
    return run


def refuse_changed(run: RunFolder, of_files: re.Pattern[str] = ALL) -> None:
    """Compare files with the seal, unless a Parquet file of the general ledger is missing.

    If such a file is missing, `RunFolder` refuses the run when it reads the books.

    Raises:
        RunFolderError: a file has changed since the run was sealed.
    """
    if missing_copies(run.path):
        return
    if broken := broken_seals(run.path, of_files):
        raise RunFolderError(
            f"{run.path}: {broken[0]}, so no report is made; {_remedy(run, broken)}"
        )


def _remedy(run: RunFolder, broken: Sequence[str]) -> str:
    from ledger.proof.rebuild import COPIES  # imported here, because it loads Beancount

    if all(each.startswith(COPIES) for each in broken):
        return f"write the Parquet copy again from the text with `moneytrail rebuild {run.path}`"
    return f"`moneytrail audit {run.path}` lists all changes"
