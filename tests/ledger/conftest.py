"""A hand-written run of one afternoon: its ledger is afternoon.beancount, its fills are FILLS."""

import shutil
from collections.abc import Callable, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from priced_rows import price_fills

from ledger import fill_store
from ledger.copy_of_text import write_copy
from ledger.fills import new_rows
from ledger.motives import Motive
from ledger.run_folder import MANIFEST, RunFolder

AFTERNOON = Path(__file__).with_name("afternoon.beancount")
LIFE = Path(__file__).with_name("life.beancount")
THIN = Path(__file__).parent.parent / "worlds" / "thin.toml"

# The fields of a fill: motive, venue, taker, maker, lots of 0.01 BTC, price and lead price in USD,
# and the age in seconds of the lead price on which the quote is based.
FILLS = (
    (Motive.PICKOFF, "FTX", "Firm01", "Alameda", 1000, 30_000, 30_030, 1.0),
    (Motive.PICKOFF, "FTX", "Firm01", "Alameda", -1000, 30_020, 29_990, 3.0),
    (Motive.PICKOFF, "FTX", "Firm02", "Alameda", 500, 30_000, 30_040, 2.5),
    (Motive.SPREAD, "FTX", "Retail", "Alameda", -100, 29_950, 30_000, 0.5),
    (Motive.HEDGE, "Binance", "Firm02", "Outside", -500, 30_040, 30_041, None),
    (Motive.MARGIN, "FTX", "Alameda", "FTX", -400, 30_040, 30_040, None),
)


@pytest.fixture(scope="session")
def written_afternoons(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder in which this test process writes each variant of the afternoon."""
    return tmp_path_factory.mktemp("afternoons")


@pytest.fixture
def afternoon_with(tmp_path: Path, written_afternoons: Path) -> Callable[..., RunFolder]:
    """Return a function that makes a run of the afternoon, with changed entries or fills.

    Each variant of the afternoon is written only once. Each test receives its own copy.
    """

    def make(added: str = "", forgotten: str = "", fills: Sequence[tuple] = FILLS) -> RunFolder:
        text = AFTERNOON.read_text(encoding="utf-8")
        assert forgotten in text
        text = text.replace(forgotten, "") + added
        place = written_afternoons / sha256(f"{text}{fills!r}".encode()).hexdigest()
        if not place.exists():
            _write(place, text, fills)
        shutil.copytree(place, tmp_path, dirs_exist_ok=True)
        return RunFolder.at(tmp_path)

    return make


def _write(place: Path, text: str, fills: Sequence[tuple]) -> None:
    (place / "fills").mkdir(parents=True)
    (place / "main.beancount").write_text(text, encoding="utf-8")
    (place / MANIFEST).write_text("{}", encoding="utf-8")
    write_copy(place, RunFolder(place).loaded[0])
    run = RunFolder(place)
    fill_store.write(place / "fills" / "2022-05.parquet", _rows(run, fills), run.names)


@pytest.fixture
def afternoon(afternoon_with: Callable[..., RunFolder]) -> RunFolder:
    """Return a run of the afternoon without changes."""
    return afternoon_with()


@pytest.fixture
def life_with(afternoon_with: Callable[..., RunFolder]) -> Callable[[str], RunFolder]:
    """Return a function that makes the run `life`, with added entries."""
    # life.beancount itself opens the account Equity:FTX:Opening, for dollars and for tokens.
    opening = f'2022-05-09 open {"Equity:FTX:Opening":<43}USD\n  hole: "cause"\n'

    def make(added: str = "") -> RunFolder:
        return afternoon_with(LIFE.read_text(encoding="utf-8") + added, forgotten=opening)

    return make


@pytest.fixture
def life(life_with: Callable[[str], RunFolder]) -> RunFolder:
    """Return the run `life`, from the afternoon in May to the halt of withdrawals in July."""
    return life_with()


@pytest.fixture(params=["still owed", "taken over"])
def lending_run(request: pytest.FixtureRequest, executed: Callable[..., RunFolder]) -> RunFolder:
    """Return one of two runs of a world with a borrower.

    One run ends before the maker takes over the borrower's debt, and the other ends after it.
    """
    return executed(THIN, run={"end": date(2021, 4, 7)} if request.param == "still owed" else {})


@pytest.fixture(params=["afternoon", "tiny_run", "busy_run"])
def any_run(request: pytest.FixtureRequest) -> RunFolder:
    """Return one of three runs: the afternoon, or a run of the world `tiny` or `busy`."""
    return request.getfixturevalue(request.param)


def _rows(run: RunFolder, fills: Sequence[tuple]) -> np.ndarray:
    rows, names = new_rows(len(fills)), run.names
    noon_us = np.datetime64("2022-05-09T12:00:00", "us").astype(np.int64)
    for i, (motive, venue, taker, maker, lots, price, lead, age_s) in enumerate(fills):
        row = rows[i]
        row["seq"], row["time_us"], row["motive"] = i + 1, noon_us + i, motive
        row["venue"] = names.venues.index(venue)
        row["taker"], row["maker"] = names.entities.index(taker), names.entities.index(maker)
        row["lots"], row["price"], row["lead"] = lots, price, lead
        if age_s is not None:
            row["quote_age_us"] = round(age_s * 1_000_000)
    price_fills(rows, 1)
    return rows
