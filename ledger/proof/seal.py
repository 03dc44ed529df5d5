"""The seal: a manifest with the hashes of a folder's files.

If a file changes, its hash changes too. Months form a chain: each link is a hash of the previous
link and the month's files. So if an early month is changed, all later links change too. The last
key of the manifest has a hash of all other keys.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path

from ledger.run_folder import MANIFEST, SIGNATURE
from ledger.whole_file import write_whole

FORMAT = 1
ALL = re.compile(r".*")


def seal(folder: Path, run: Mapping[str, object]) -> None:
    """Write the manifest of a folder. The files to seal must exist already.

    Args:
        folder: the folder of a run or of a study.
        run: further facts for the manifest, such as scenario, seed and versions.
    """
    files = {name: _sha256(folder / name) for name in sealed_files(folder)}
    write_whole(folder / MANIFEST, _manifest(run, files).encode())


def broken_seals(folder: Path, of_files: re.Pattern[str] = ALL) -> list[str]:
    """Return a sentence for each file that was changed, removed or added after the seal.

    Args:
        folder: the folder of a run or of a study.
        of_files: only files whose whole name fits this pattern are compared with the manifest.
    """
    try:
        text = (folder / MANIFEST).read_bytes().decode()  # `read_text` would change line ends
        manifest = json.loads(text)
        files, run = manifest["files"], manifest["run"]
        if text != _manifest(run, files):
            return [f"{MANIFEST}: this file has changed since it was sealed"]
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        return [f"{MANIFEST}: this file can't be read as a manifest ({type(error).__name__})"]
    files = {name: digest for name, digest in files.items() if of_files.fullmatch(name)}
    found = set(filter(of_files.fullmatch, sealed_files(folder)))
    problems = [f"{name}: this file is missing" for name in files if name not in found]
    problems += [f"{name}: this file was added after the seal" for name in found - {*files}]
    problems += [
        f"{name}: this file has changed since it was sealed"
        for name in files
        if name in found and _sha256(folder / name) != files[name]
    ]
    return sorted(problems)


def sealed_files(folder: Path) -> list[str]:
    """Return the names of the files to seal: all but the manifest, signature and hidden files."""
    return sorted(
        name
        for path in folder.rglob("*")
        if path.is_file()
        and (name := path.relative_to(folder).as_posix()) not in (MANIFEST, SIGNATURE)
        and not path.name.startswith(".")
    )


def _manifest(run: Mapping[str, object], files: Mapping[str, str]) -> str:
    content = {"format": FORMAT, "run": run, "files": dict(files), "chain": _chain(files)}
    content["seal"] = _hash(json.dumps(content, sort_keys=True))
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _chain(files: Mapping[str, str]) -> dict[str, str]:
    """Return the chain of months. The name of a month's file begins with the month."""
    months: dict[str, list[str]] = {}
    for name, digest in sorted(files.items()):
        month = Path(name).name[:7]
        if re.fullmatch(r"\d{4}-\d{2}", month, re.ASCII):
            months.setdefault(month, []).append(f"{name} {digest}")
    links, link = {}, ""
    for month in sorted(months):
        link = _hash("\n".join((link, *months[month])))
        links[month] = link
    return links


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
