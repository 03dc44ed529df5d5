"""Fixtures for tests of the exhibit: the exhibits of two runs, and a browser tab."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import DESKTOP, Tab, browsing, chromium

from ledger.run_folder import RunFolder
from runs.exhibit.exhibit_page import write_exhibit


@pytest.fixture(scope="session")
def page(first_run: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the path of the exhibit of `first_run`."""
    path = tmp_path_factory.mktemp("exhibit") / "exhibit.html"
    write_exhibit(first_run, path)
    return path


@pytest.fixture(scope="session")
def small_page(small_run: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the path of the exhibit of `small_run`, a run with only four fills."""
    path = tmp_path_factory.mktemp("small") / "exhibit.html"
    write_exhibit(small_run, path)
    return path


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """Yield a browser tab without network access."""
    if chromium() is None:
        pytest.skip("no Chromium on this machine")
    with browsing(tmp_path_factory.mktemp("profile")) as tab:
        yield tab


@pytest.fixture
def opened(browser: Tab, page: Path) -> Tab:
    """Open the exhibit of `first_run` in a tab as large as a desktop screen. Return the tab."""
    browser.resize(*DESKTOP)
    assert browser.open(page) == "sealed"
    return browser
