"""The wheel contains all data files of the packages."""

import configparser
import re
import subprocess
from pathlib import Path

from runs import __version__

ROOT = Path(__file__).parents[1]
PACKAGES = ("des", "ledger", "runs")

SETUP = configparser.ConfigParser()
SETUP.read(ROOT / "setup.cfg", encoding="utf-8")


def tracked() -> list[Path]:
    listed = ["git", "-C", str(ROOT), "ls-files", "-z", *PACKAGES]
    names = subprocess.run(listed, check=True, capture_output=True, text=True).stdout
    return [Path(name) for name in names.split("\0") if name]


def carried(path: Path) -> bool:
    """Return whether a pattern in setup.cfg puts a data file into the wheel."""
    data = SETUP["options.package_data"]
    return any(
        path.match(f"{folder.as_posix()}/{pattern.strip()}")
        for folder in path.parents
        for pattern in data.get(".".join(folder.parts), "").split(",")
    )


def test_every_data_file_of_a_package_is_in_the_wheel():
    beside = [path for path in tracked() if path.suffix != ".py"]

    assert Path("runs/tiny.toml") in beside
    assert Path("runs/record/facts.toml") in beside
    assert Path("ledger/py.typed") in beside
    assert [path.as_posix() for path in beside if not carried(path)] == []


def test_every_folder_with_modules_is_a_package():
    folders = {path.parent for path in tracked() if path.suffix == ".py"}

    assert len(folders) > 20
    assert [
        folder.as_posix() for folder in folders if not (ROOT / folder / "__init__.py").is_file()
    ] == []


def test_the_lowest_python_version_is_the_same_in_all_files():
    lowest = SETUP["options"]["python_requires"]

    assert lowest == ">=3.11"
    for page in ("README.md", "CONTRIBUTING.md", ".github/workflows/test.yml"):
        text = (ROOT / page).read_text(encoding="utf-8")
        named = [line for line in text.splitlines() if "python" in line.lower()]
        minors = [int(minor) for line in named for minor in re.findall(r"\b3\.(\d+)\b", line)]
        assert f">=3.{min(minors)}" == lowest, page


def test_the_changelog_and_the_citation_file_state_the_version_of_the_wheel():
    assert SETUP["metadata"]["version"] == "attr: runs.__version__"
    assert f"\n## [{__version__}] - " in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"\nversion: {__version__}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
