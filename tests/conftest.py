"""Runs that many tests use. Each scenario is run only once."""

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

# These settings are for tests with random examples (Hypothesis). An example has no time limit, and
# every machine tests the same 30 examples. `make test-slow` tests 200 examples.
settings.register_profile(
    "moneytrail", deadline=None, derandomize=True, database=None, max_examples=30
)
settings.register_profile("thorough", settings.get_profile("moneytrail"), max_examples=200)
settings.load_profile("moneytrail")

# If pytest runs as a background job, it ignores Ctrl-C, and so do the processes that tests start.
# But some tests send Ctrl-C to these processes.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Tests that pytest has collected stay in memory. Without this line Python's garbage collector would
# spend seconds on a search through these tests.
gc.disable()
# After the collection of tests the garbage collector runs again, but rarely, because tests leave
# little garbage.
gc.set_threshold(100_000)

# The parsed queries are kept, because parsing a query takes longer than running the query, and
# tests run the same queries on many runs.
beanquery.parser.parse = cache(beanquery.parser.parse)

# The audit loads each day ledger with Beancount. The errors that Beancount finds are kept, because
# forged copies of a run mostly have the same day ledgers.
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
    # Fast tests have small worlds, for which threads cost CPU time and save no time. Slow tests
    # have large worlds, so they use the default number of threads.
    if config.option.markexpr == "not slow":
        duckdb_session.THREADS = 1


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def executed(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[Callable[..., RunFolder]]:
    """Return a function that runs a scenario, given by name or path, with changed settings.

    A run with changed settings has no day ledgers, unless a changed setting asks for them, because
    few tests read day ledgers.

    Each scenario is run once for all tests and all processes. So no test may change a run. At the
    end the seal of each run must still be valid.
    """
    own = tmp_path_factory.getbasetemp()
    runs = (own if worker_id == "master" else own.parent) / "runs"
    runs.mkdir(exist_ok=True)
    given: dict[Path, RunFolder] = {}  # a RunFolder keeps the data that it has loaded

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
    """Return a run of three small days, with all day ledgers."""
    return executed("tiny")


@pytest.fixture(scope="session")
def first_run(executed: Callable[..., RunFolder]) -> RunFolder:
    """Return a run of the tutorial: six days with a hole, waiting withdrawals and a halt."""
    return executed("first-hole")


@pytest.fixture(scope="session")
def busy_run(executed: Callable[..., RunFolder]) -> RunFolder:
    """Return a run of three days in two months: two markets, waiting withdrawals and gap losses."""
    return executed(BUSY)


@pytest.fixture(scope="session")
def crowd_run(executed: Callable[..., RunFolder]) -> RunFolder:
    """Return a run of two weeks in which firms enter, leave, and quote on the lead venue."""
    return executed(CROWD)


@pytest.fixture(scope="session")
def margin_run(executed: Callable[..., RunFolder]) -> RunFolder:
    """Return a run of three days in which a price halves and customers on margin are liquidated."""
    return executed(MARGIN)


@pytest.fixture(scope="session")
def tokens_run(executed: Callable[..., RunFolder]) -> RunFolder:
    """Return a run like margin_run in which half of the customers on margin deposit tokens."""
    return executed(TOKENS)


@pytest.fixture(scope="session")
def group_run(executed: Callable[..., RunFolder]) -> RunFolder:
    """Return a run of five days: the group borrows, invests, holds tokens and repays loans."""
    return executed(GROUP)


@pytest.fixture(scope="session")
def small_run(executed: Callable[..., RunFolder]) -> RunFolder:
    """Return a run of the golden ledger's world: two days and four fills."""
    return executed(SMALL)


@pytest.fixture(scope="session")
def may_run(executed: Callable[..., RunFolder]) -> RunFolder:
    """Return a run of a volatile month with over a million fills, for slow tests only."""
    return executed("may-2021")


@pytest.fixture(params=["tiny_run", "busy_run", "crowd_run"])
def simulated(request: pytest.FixtureRequest) -> RunFolder:
    """Return one of three runs: tiny_run, busy_run or crowd_run."""
    return request.getfixturevalue(request.param)


@pytest.fixture(params=["tiny_run", "busy_run"])
def run(request: pytest.FixtureRequest) -> RunFolder:
    """Return tiny_run or busy_run."""
    return request.getfixturevalue(request.param)
