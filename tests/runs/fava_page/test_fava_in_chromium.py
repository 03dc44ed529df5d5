"""A real browser shows the page in Fava. Clicks show a band's entries and a query's result."""

import logging
import threading
from collections.abc import Iterator
from time import sleep

import pytest
from chromium import DESKTOP, Tab, browsing, chromium
from werkzeug.serving import make_server

WAIT_S, STEP_S = 20, 0.05


@pytest.fixture(scope="module")
def served(app) -> Iterator[str]:
    """Serve Fava on a free port, and yield the address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """Yield a browser tab with network access."""
    if chromium() is None:
        pytest.skip("no Chromium on this machine")
    with browsing(tmp_path_factory.mktemp("profile"), offline=False) as opened:
        opened.resize(*DESKTOP)
        yield opened


def complaints(tab: Tab, served: str) -> list[str]:
    return [said for said in tab.complaints if not said.startswith(served)]


def shows(tab: Tab, element: str, text: str) -> bool:
    """Wait for a text in an element, and return whether the text appears within WAIT_S seconds."""
    script = f"!!document.querySelector({element!r})?.textContent.includes({text!r})"
    for _ in range(int(WAIT_S / STEP_S)):
        if tab.run(script):
            return True
        sleep(STEP_S)
    return False


def test_a_click_on_a_band_opens_the_entries_of_the_band_without_an_error(
    tab, served, where, tmp_path
):
    tab.visit(f"{served}{where}")

    assert shows(tab, "#moneytrail-answer", "is missing (the hole)")
    assert shows(tab, "aside", "Journal")
    tab.picture(tmp_path / "fava.png", whole=False)
    tab.press("#moneytrail-sankey a", "Ventures")
    assert shows(tab, "article", "Alameda pays MineCo 150,000.00")
    assert complaints(tab, served) == []


def test_a_click_on_a_query_in_the_sidebar_shows_the_result_of_the_query(tab, served, where):
    tab.visit(f"{served}{where}")

    assert shows(tab, "aside", "The hole by kind")
    tab.press("aside a", "The hole by kind")
    assert shows(tab, "article", "hole_usd")
    assert shows(tab, "article", "150000.00")
    assert complaints(tab, served) == []
