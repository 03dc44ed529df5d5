"""Rebuilds the files that are made from a run's ledger: the Parquet copy and the group's books.

A run can be rebuilt if these files are missing or broken. The seal covers these files, so the run
is sealed again afterwards. First all other files are compared with the old seal, because a new seal
must not hide an old change. The old seal stays until the new one is complete. So the run can be
rebuilt again after a failure, such as a full disk.
"""

import json

from ledger import directive_store, fava_links, group_books, posting_store
from ledger.copy_of_text import write_copy
from ledger.proof.seal import broken_seals, seal
from ledger.run_folder import GROUP, MANIFEST, RunFolder, RunFolderError

# A finding of `broken_seals` about a rebuilt file begins with one of these texts.
COPIES = (
    f"{posting_store.FOLDER}/",
    f"{directive_store.FILE}:",
    f"{GROUP}:",
    f"{group_books.CHECK_FILE}:",
    f"{fava_links.FAVA_FILE}:",
)


def rebuild(run: RunFolder) -> None:
    """Write the Parquet copy and the group's books from the ledger, and seal the run again.

    Raises:
        RunFolderError: another file was changed, removed or added after the seal, or Beancount
            can't load the ledger.
    """
    broken = [each for each in broken_seals(run.path) if not each.startswith(COPIES)]
    if broken:
        raise RunFolderError(
            f"{run.path}: {broken[0]}; nothing is rebuilt, since a new seal would hide this change"
        )
    manifest = json.loads((run.path / MANIFEST).read_text(encoding="utf-8"))
    write_copy(run.path, run.entries)
    group_books.write_group(RunFolder(run.path))  # the group's books are made from the new copy
    seal(run.path, manifest["run"])
