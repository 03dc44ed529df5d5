"""Fixtures for tests of the page in Fava. Fava has the books of `first_run`."""

import logging
from collections.abc import Iterator

import pytest
from fava.application import create_app
from fava.core import FavaLedger
from flask import Flask
from flask.testing import FlaskClient

from ledger.fava_links import FAVA_FILE, page_address
from ledger.group_books import group_title
from ledger.run_folder import RunFolder


@pytest.fixture(scope="session")
def app(first_run: RunFolder) -> Flask:
    """Return the Fava application, which has loaded the group's books and the page."""
    return create_app([first_run.path / FAVA_FILE], load=True)


@pytest.fixture
def client(app: Flask, caplog: pytest.LogCaptureFixture) -> Iterator[FlaskClient]:
    """Yield a client that calls Fava without a network. Fail if Fava logs a warning."""
    yield app.test_client()
    assert [said for said in caplog.records if said.levelno >= logging.WARNING] == []


@pytest.fixture(scope="session")
def books(app: Flask) -> FavaLedger:
    """Return the ledger that Fava has loaded."""
    (ledger,) = app.config["LEDGERS"]._ledgers
    return ledger


@pytest.fixture(scope="session")
def where(first_run: RunFolder) -> str:
    """Return the path of the page on Fava's server."""
    return page_address(group_title(first_run))
