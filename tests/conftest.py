"""Provides runs that many tests share, and settings for all tests."""

import fcntl
import gc
import signal
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

import beanquery.parser
import pytest
from hypothesis import settings

from ledger import duckdb_session
from ledger.proof import audit
from ledger.proof.seal import broken_seals
from ledger.run_folder import RunFolder
from runs.execute import execute
from runs.scenarios import dump, load

# These settings are for tests with random examples (Hypothesis). An example has no time limit.
# Every machine tests the same examples: 30 for each test, if the test sets no other number.
# `make test-slow` tests 200 examples.
settings.register_profile(
    "moneytrail", deadline=None, derandomize=True, database=None, max_examples=30
)
settings.register_profile("thorough", settings.get_profile("moneytrail"), max_examples=200)
settings.load_profile("moneytrail")

# If pytest runs as a background job, pytest and the processes that it starts ignore Ctrl-C. These
# lines undo this, because some tests send Ctrl-C to such processes.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# While pytest loads the tests, Python's garbage collector would spend seconds on useless searches,
# because all tests stay in memory. So the collector is off until the tests are loaded.
gc.disable()
# After that the garbage collector runs rarely, because tests leave little garbage.
gc.set_threshold(100_000)

# Parsed queries are cached. It takes longer to parse a query than to run it, and tests use the same
# queries for many runs.
beanquery.parser.parse = cache(beanquery.parser.parse)

# The audit loads day ledgers and the group's books with Beancount. The errors that Beancount finds
# in a ledger are cached, because most ledgers of a run are the same in its forged copies.
audit._errors_of = cache(audit._errors_of)

CROWD = Path(__file__).parent / "worlds" / "crowd.toml"
BUSY = Path(__file__).parent / "worlds" / "busy.toml"
MARGIN = Path(__file__).parent / "worlds" / "margin.toml"
TOKENS = Path(__file__).parent / "worlds" / "tokens.toml"
GROUP = Path(__file__).parent / "worlds" / "group.toml"
SMALL = Path(__file__).parent / "golden" / "world.toml"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write the golden texts again from the code's present output; then review the changes",
    )


def pytest_configure(config: pytest.Config) -> None:
    # In fast tests DuckDB uses one thread. In their small worlds more threads would use more
    # processor time without being faster. Slow tests use the default number of threads.
    if config.option.markexpr == "not slow":
        duckdb_session.THREADS = 1


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def executed(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[Callable[..., RunFolder]]:
    """Yield a function that runs a scenario and returns the run.

    The function takes the scenario's name or path, and settings that replace settings of the
    scenario. Few tests read day ledgers. So a run with replaced settings has day ledgers only if
    these settings ask for them.

    All tests in all processes share the run of a scenario, so no test may change a run. After the
    tests, the seal of each run must still be valid.
    """
    own = tmp_path_factory.getbasetemp()
    runs = (own if worker_id == "master" else own.parent) / "runs"
    runs.mkdir(exist_ok=True)
    given: dict[Path, RunFolder] = {}  # a RunFolder caches the data that it loads

    def run(name_or_path: str | Path, **overrides: object) -> RunFolder:
        if overrides:
            overrides["run"] = {"day_ledgers": ()} | overrides.get("run", {})
        scenario = load(str(name_or_path), overrides)
        place = runs / sha256(dump(scenario).encode()).hexdigest()
        if place in given:
            return given[place]
        with place.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (place / "run").exists():
                execute(scenario, place / "run")
        return given.setdefault(place, RunFolder.at(place / "run"))

    yield run

    changed = {path: problems for path in given if (problems := broken_seals(path / "run"))}
    assert not changed, changed


@pytest.fixture(scope="session")
def tiny_run(executed: Callable[..., RunFolder]) -> RunFolder:
    """Return a run of three days with little trading, and with all day ledgers."""
    return executed("tiny")


@pytest.fixture(scope="session")
def first_run(executed: Callable[..., RunFolder]) -> RunFolder:
    """Return the run of the tutorial: six days with a hole, waiting withdrawals and a halt."""
    return executed("first-hole")


@pytest.fixture(scope="session")
def busy_run(executed: Callable[..., RunFolder]) -> RunFolder:
    """Return a run of three days in two months, with two markets, a queue and gap losses."""
    return executed(BUSY)


@pytest.fixture(scope="session")
def crowd_run(executed: Callable[..., RunFolder]) -> RunFolder:
    """Return a run of two weeks in which firms enter, leave, and quote on the lead venue."""
    return executed(CROWD)


@pytest.fixture(scope="session")
def margin_run(executed: Callable[..., RunFolder]) -> RunFolder:
    """Return a run of three days: a price falls by half, and margin accounts are liquidated."""
    return executed(MARGIN)


@pytest.fixture(scope="session")
def tokens_run(executed: Callable[..., RunFolder]) -> RunFolder:
    """Return a run like `margin_run`, but half of the customers on margin deposit tokens."""
    return executed(TOKENS)


@pytest.fixture(scope="session")
def group_run(executed: Callable[..., RunFolder]) -> RunFolder:
    """Return a run of five days: the group borrows, invests, holds tokens and repays loans."""
    return executed(GROUP)


@pytest.fixture(scope="session")
def small_run(executed: Callable[..., RunFolder]) -> RunFolder:
    """Return the run whose ledger is stored in tests/golden: two days and four fills."""
    return executed(SMALL)


@pytest.fixture(scope="session")
def may_run(executed: Callable[..., RunFolder]) -> RunFolder:
    """Return a run of a volatile month with more than a million fills. Only slow tests use it."""
    return executed("may-2021")


@pytest.fixture(params=["tiny_run", "busy_run", "crowd_run"])
def simulated(request: pytest.FixtureRequest) -> RunFolder:
    """Return a run. Each test is repeated with `tiny_run`, `busy_run` and `crowd_run`."""
    return request.getfixturevalue(request.param)


@pytest.fixture(params=["tiny_run", "busy_run"])
def run(request: pytest.FixtureRequest) -> RunFolder:
    """Return a run. Each test is repeated with `tiny_run` and `busy_run`."""
    return request.getfixturevalue(request.param)
