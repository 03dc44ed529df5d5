"""A run in several processes writes the same bytes as a run in one process.

A run in several processes stops with an error if its books are wrong.
"""

from pathlib import Path

import pytest
from folder_contents import contents

from des.world import World
from ledger.accounts import cash
from ledger.journal_beside import JournalBeside
from ledger.transaction import LedgerError, Posting, Transaction, UnbalancedTransactionError
from runs.execute import execute
from runs.scenarios import load

WORLDS = Path(__file__).parent / "worlds"


# In the world `months` the maker chooses its quotes by its own simulation. The world `everything`
# has coins, loans, pools and customers on margin.
@pytest.mark.parametrize("world", ["months", "everything"])
def test_a_run_in_several_processes_writes_the_same_bytes_as_a_run_in_one_process(
    executed, tmp_path, world
):
    path = WORLDS / f"{world}.toml"

    execute(load(str(path)), tmp_path / "run", parallel=True)

    assert contents(tmp_path / "run") == contents(executed(path).path)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(load(str(WORLDS / "run.toml")), tmp_path, books=JournalBeside)


def test_an_unbalanced_transaction_is_refused_at_once(world):
    half = Transaction(0, None, "half", "deposit", (Posting(cash("FTX"), 1),))

    with pytest.raises(UnbalancedTransactionError):
        world.journal.record(half)
    world.journal.close()


def test_a_balance_that_differs_between_the_two_processes_is_an_error(world):
    def change_a_balance() -> None:
        world.journal._add([Posting("Income:FTX:Fees", 1)])

    with pytest.raises(LedgerError, match=r"Income:FTX:Fees has .* in the simulating process"):
        world.run(change_a_balance)
