"""Each account on margin, followed through the fills: what was done is found right, else wrong."""

from collections.abc import Callable

import numpy as np
import pytest

from ledger import fill_store
from ledger.fills import ROW, Motive
from ledger.margin_accounts import MarginAccounts
from ledger.run_folder import RunFolder

CENT_A_TICK = np.array([1])  # on a lot, in the margin world


@pytest.fixture(scope="module")
def rows(margin_run: RunFolder) -> np.ndarray:
    with margin_run.connect() as connection:
        return fill_store.read(connection, "rows", margin_run.names)


def problems(run: RunFolder, rows: np.ndarray) -> list[str]:
    return list(MarginAccounts(run, CENT_A_TICK).wrong_steps(rows))


def first(rows: np.ndarray, motive: Motive) -> int:
    return int(np.flatnonzero(rows["motive"] == motive)[0])


def test_the_accounts_of_a_run_are_as_they_should_be(margin_run, rows):
    assert rows.dtype == ROW
    assert not problems(margin_run, rows)


def test_months_follow_on_each_other(margin_run, rows):
    accounts = MarginAccounts(margin_run, CENT_A_TICK)
    # A month ends with a settlement.
    later = np.searchsorted(rows["time_us"], rows["time_us"][first(rows, Motive.BACKSTOP)])

    assert not [*accounts.wrong_steps(rows[:later]), *accounts.wrong_steps(rows[later:])]


def pays_a_cent_less(rows: np.ndarray, i: int) -> None:
    rows["edge_cents"][i] += 1


def sells_a_lot_more_than_it_has(rows: np.ndarray, i: int) -> None:
    rows["lots"][i] -= 100_000


def buys(rows: np.ndarray, i: int) -> None:
    rows["lots"][i] *= -1


@pytest.mark.parametrize(
    ("motive", "forge", "said"),
    [
        (Motive.INSURANCE, pays_a_cent_less, "does not end at zero"),
        (Motive.COLLATERAL, pays_a_cent_less, "does not end at zero"),
        (Motive.BACKSTOP, sells_a_lot_more_than_it_has, "does not shrink"),
        (Motive.LIQUIDATION, buys, "does not shrink"),
    ],
)
def test_what_is_forged_is_found(
    margin_run, rows, motive: Motive, forge: Callable[[np.ndarray, int], None], said: str
):
    forged = rows.copy()
    for i in np.flatnonzero(rows["motive"] == motive)[:400]:
        forge(forged, int(i))

    assert any(said in problem for problem in problems(margin_run, forged))


def test_a_holder_below_zero_is_found(margin_run, rows):
    forged = rows.copy()
    i = first(rows, Motive.COLLATERAL)
    forged["edge_cents"][i] = -1_000_000_000

    assert "stands at -" in problems(margin_run, forged)[0]
