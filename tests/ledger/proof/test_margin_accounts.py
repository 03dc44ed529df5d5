"""The audit recomputes customers' margin accounts from the fills, and finds wrong rows.

The tests forge rows that set collateral aside, close positions, or sell pledged tokens.
"""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from ledger import fill_store
from ledger.fills import ROW
from ledger.motives import Motive
from ledger.proof.margin_accounts import MarginAccounts
from ledger.run_folder import RunFolder

WORLDS = Path(__file__).parents[2] / "worlds"
MARGIN, TOKENS = WORLDS / "margin.toml", WORLDS / "tokens.toml"
# Other test files use the same settings, so each run is simulated only once.
ONE_DAY = {"start": date(2022, 5, 10), "end": date(2022, 5, 11), "day_ledgers": ()}
CENT_A_TICK = np.array([1])  # the value of one tick on one lot in the margin world, in cents


@pytest.fixture(scope="module")
def crash(executed) -> RunFolder:
    """Return a run of one day of the world `margin`. On this day the price halves."""
    return executed(MARGIN, run=ONE_DAY)


@pytest.fixture(scope="module")
def rows(crash: RunFolder) -> np.ndarray:
    return rows_of(crash)


def rows_of(run: RunFolder) -> np.ndarray:
    with run.connect() as connection:
        return fill_store.read(connection, "rows", run.names)


def problems(run: RunFolder, rows: np.ndarray) -> list[str]:
    return list(MarginAccounts(run, CENT_A_TICK).wrong_steps(rows))


def first(rows: np.ndarray, motive: Motive) -> int:
    return int(np.flatnonzero(rows["motive"] == motive)[0])


def test_the_margin_accounts_of_an_unchanged_run_are_correct(margin_run):
    rows = rows_of(margin_run)

    assert rows.dtype == ROW
    assert not problems(margin_run, rows)


def test_no_fault_of_margin_accounts_is_found_if_the_correct_rows_are_checked_in_two_parts(
    crash, rows
):
    accounts = MarginAccounts(crash, CENT_A_TICK)
    # A day ends with a settlement, so the test divides the rows at a settlement.
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
        (Motive.BACKSTOP, sells_a_lot_more_than_it_has, "opens, increases or reverses"),
        (Motive.LIQUIDATION, buys, "opens, increases or reverses"),
    ],
)
def test_forged_rows_of_margin_accounts_are_found(
    crash, rows, motive: Motive, forge: Callable[[np.ndarray, int], None], said: str
):
    forged = rows.copy()
    for i in np.flatnonzero(rows["motive"] == motive)[:400]:
        forge(forged, int(i))

    assert any(said in problem for problem in problems(crash, forged))


def test_a_negative_balance_of_a_margin_account_is_found(crash, rows):
    forged = rows.copy()
    i = first(rows, Motive.COLLATERAL)
    forged["edge_cents"][i] = -1_000_000_000

    assert "is worth -" in problems(crash, forged)[0]


# --------------------------------------------------------------------------------- tokens


@pytest.fixture(scope="module")
def crash_with_tokens(executed) -> RunFolder:
    return executed(TOKENS, run=ONE_DAY)


@pytest.fixture(scope="module")
def rows_with_tokens(crash_with_tokens: RunFolder) -> np.ndarray:
    return rows_of(crash_with_tokens)


def test_the_pledged_tokens_of_an_unchanged_run_are_correct(tokens_run):
    accounts = MarginAccounts(tokens_run, CENT_A_TICK)
    rows = rows_of(tokens_run)

    assert (rows["motive"] == Motive.SEIZURE).sum() > 50
    assert not list(accounts.wrong_steps(rows))
    assert not list(accounts.wrong_totals())


def sells_a_tick_lower(row: np.void) -> None:
    row["price"] -= 1
    row["edge_cents"] += row["lots"]  # a price one tick lower costs one cent per lot


def keeps_a_lot(row: np.void) -> None:
    row["lots"] += 1
    row["edge_cents"] -= row["price"]


def takes_a_lot_too_many(row: np.void) -> None:
    row["lots"] -= 1
    row["edge_cents"] += row["price"]


def is_given_a_cent_less(row: np.void) -> None:
    row["edge_cents"] -= 1


def is_sold_to_the_captive_maker(row: np.void) -> None:
    row["maker"] = 1


def is_sold_at_another_mark(row: np.void) -> None:
    row["lead"] += 1_000
    row["price"] = row["lead"] * 9 // 10
    row["edge_cents"] = -row["lots"] * row["price"]


def is_paid_for(row: np.void) -> None:
    row["edge_cents"] = 1


def releases_more_than_is_there(row: np.void) -> None:
    row["lots"] = -1


@pytest.mark.parametrize(
    ("motive", "forge", "said"),
    [
        (Motive.SEIZURE, sells_a_tick_lower, "the price of a seizure is not the lead"),
        (Motive.SEIZURE, keeps_a_lot, "does not take all tokens"),
        (Motive.SEIZURE, takes_a_lot_too_many, "gives more tokens than it has"),
        (Motive.SEIZURE, is_given_a_cent_less, "the proceeds of a seizure"),
        (Motive.SEIZURE, is_sold_to_the_captive_maker, "do not go to the other makers"),
        (Motive.SEIZURE, is_sold_at_another_mark, "is not the settlement's mark"),
        (Motive.TOKENS, is_paid_for, "money moves, although tokens are only set aside or released"),
        (Motive.TOKENS, releases_more_than_is_there, "gives more tokens than it has"),
    ],
)
def test_a_forged_row_on_pledged_tokens_is_found(
    crash_with_tokens,
    rows_with_tokens,
    motive: Motive,
    forge: Callable[[np.void], None],
    said: str,
):
    forged = rows_with_tokens.copy()
    i = first(forged, motive)
    forge(forged[i])

    found = problems(crash_with_tokens, forged)
    assert any(f"seq {forged['seq'][i]}: " in problem and said in problem for problem in found)


def test_missing_sales_of_pledged_tokens_are_found(crash_with_tokens, rows_with_tokens):
    seizures = np.flatnonzero(rows_with_tokens["motive"] == Motive.SEIZURE)

    found = problems(crash_with_tokens, np.delete(rows_with_tokens, seizures))

    assert any("does not end at zero" in problem for problem in found)


def test_a_difference_in_pledged_tokens_between_the_fills_and_the_general_ledger_is_found(
    crash_with_tokens, rows_with_tokens
):
    accounts = MarginAccounts(crash_with_tokens, CENT_A_TICK)
    last = np.flatnonzero(rows_with_tokens["motive"] == Motive.TOKENS)[-1]

    list(accounts.wrong_steps(np.delete(rows_with_tokens, last)))

    (problem,) = accounts.wrong_totals()
    assert "lots of BTC, but" in problem
