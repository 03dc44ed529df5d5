"""Worlds that many tests read; each is run once."""

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

# No test fails on time, and each test uses the same examples on every machine.
settings.register_profile(
    "moneytrail", deadline=None, derandomize=True, database=None, max_examples=40
)
settings.load_profile("moneytrail")

# A background job of a shell ignores Ctrl-C, and so would all processes that tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Collected tests stay until the end: repeated searches for garbage among them take seconds.
gc.disable()
# Tests also leave little garbage: searches after each 700 objects find almost nothing.
gc.set_threshold(100_000)

# Parsing a query takes longer than answering it, and the same queries go to many runs.
beanquery.parser.parse = cache(beanquery.parser.parse)

# Most audits load the same days: forged copies of one run differ in other places.
audit._errors_of = cache(audit._errors_of)

CROWD = Path(__file__).parent / "worlds" / "crowd.toml"
BUSY = Path(__file__).parent / "worlds" / "busy.toml"
MARGIN = Path(__file__).parent / "worlds" / "margin.toml"
TOKENS = Path(__file__).parent / "worlds" / "tokens.toml"
SMALL = Path(__file__).parent / "golden" / "world.toml"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write tests/golden anew from what the code gives now; then read the difference",
    )


def pytest_configure(config: pytest.Config) -> None:
    # Fast tests have small worlds, for which threads cost CPU and save no time. Slow ones have
    # large worlds, and the threads that a user has.
    if config.option.markexpr == "not slow":
        duckdb_session.THREADS = 1


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def executed(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[Callable[..., RunFolder]]:
    """Give the run of a scenario, by name or path, with tables laid over it.

    A scenario that is changed so has no day ledgers, unless a table states them: few tests read
    them.

    Each scenario is played once, for all tests and all processes. So no test may change a run: at
    the end each run must be as it was sealed.
    """
    own = tmp_path_factory.getbasetemp()
    runs = (own if worker_id == "master" else own.parent) / "runs"
    runs.mkdir(exist_ok=True)
    given: dict[Path, RunFolder] = {}  # which keep their loaded data

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
    """Three small days, with all their day ledgers."""
    return executed("tiny")


@pytest.fixture(scope="session")
def first_run(executed: Callable[..., RunFolder]) -> RunFolder:
    """Six days of the world that the tutorial is about."""
    return executed("first-hole")


@pytest.fixture(scope="session")
def busy_run(executed: Callable[..., RunFolder]) -> RunFolder:
    """Three days over a month's end: two markets, credit drawn, a queue at the till, gap losses."""
    return executed(BUSY)


@pytest.fixture(scope="session")
def crowd_run(executed: Callable[..., RunFolder]) -> RunFolder:
    """Two weeks in which firms of three classes come, leave, and quote on the lead venue."""
    return executed(CROWD)


@pytest.fixture(scope="session")
def margin_run(executed: Callable[..., RunFolder]) -> RunFolder:
    """Three days in which a price halves and customers on margin are liquidated."""
    return executed(MARGIN)


@pytest.fixture(scope="session")
def tokens_run(executed: Callable[..., RunFolder]) -> RunFolder:
    """The same three days; half of the customers on margin deposit tokens."""
    return executed(TOKENS)


@pytest.fixture(scope="session")
def small_run(executed: Callable[..., RunFolder]) -> RunFolder:
    """Two days, six fills and payments: the world of the golden ledger."""
    return executed(SMALL)


@pytest.fixture(scope="session")
def may_run(executed: Callable[..., RunFolder]) -> RunFolder:
    """A volatile month, of more than a million fills; for slow tests only."""
    return executed("may-2021")


@pytest.fixture(params=["tiny_run", "busy_run", "crowd_run"])
def simulated(request: pytest.FixtureRequest) -> RunFolder:
    """Each of these worlds in turn: a tiny one, a busy one, and one with firms of three classes."""
    return request.getfixturevalue(request.param)


@pytest.fixture(params=["tiny_run", "busy_run"])
def run(request: pytest.FixtureRequest) -> RunFolder:
    """Each of these worlds in turn."""
    return request.getfixturevalue(request.param)
