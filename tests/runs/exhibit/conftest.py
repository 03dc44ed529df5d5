"""A small world with a hole, its exhibit, and a browser, which is started once."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from chromium import DESKTOP, Tab, browsing, chromium

from ledger.run_folder import RunFolder
from runs.exhibit.exhibit_page import write_exhibit


@pytest.fixture(scope="session")
def hole_run(executed: Callable[..., RunFolder]) -> RunFolder:
    """Six days with a hole, a queue and a halt."""
    return executed("first-hole")


@pytest.fixture(scope="session")
def page(hole_run: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the exhibit of that world."""
    path = tmp_path_factory.mktemp("exhibit") / "exhibit.html"
    write_exhibit(hole_run, path)
    return path


@pytest.fixture(scope="session")
def small_page(small_run: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the exhibit of six fills, which opens fastest."""
    path = tmp_path_factory.mktemp("small") / "exhibit.html"
    write_exhibit(small_run, path)
    return path


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """Give a browser's tab, without a network."""
    if chromium() is None:
        pytest.skip("no Chromium on this machine")
    with browsing(tmp_path_factory.mktemp("profile")) as tab:
        yield tab


@pytest.fixture
def opened(browser: Tab, page: Path) -> Tab:
    """Give the tab with the exhibit, in the size of a desk screen."""
    browser.resize(*DESKTOP)
    assert browser.open(page) == "sealed"
    return browser
