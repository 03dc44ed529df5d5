"""After an edit of the source, compiled code that is out of date is never run.

The tests edit a copy of the program and run this copy in separate processes.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]

CLEARED = """
import numpy as np
from des.rows import clear
from ledger.fills import ROW
rows = np.zeros(1, ROW)
clear(rows[0])
print(rows["holder"][0])
"""
ORDER = """
import numpy as np
from des.market import hedging
hedging._note(hedging._no_orders(1), 0, 1, 2, 3)
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for room in ("des", "ledger"):
        bytecode = shutil.ignore_patterns("__pycache__")
        shutil.copytree(CHECKOUT / room, tmp_path / room, ignore=bytecode)
    return tmp_path


def said(copy: Path, program: str) -> str:
    environment = {key: value for key, value in os.environ.items() if key != "NUMBA_CACHE_DIR"}
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=copy,
        env=environment | {"PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def kept(copy: Path) -> list[Path]:
    return list((copy / "des" / "__pycache__").glob("moneytrail-*"))


def test_a_changed_constant_in_another_file_causes_a_new_compilation(copy):
    before, first = said(copy, CLEARED), kept(copy)
    again = said(copy, CLEARED), kept(copy)
    edit(copy / "ledger" / "fills.py", "ABSENT = -1", "ABSENT = -2")

    assert before == "-1"
    assert again == (before, first)
    assert said(copy, CLEARED) == "-2"
    assert len(kept(copy)) == len(first) == 1
    assert kept(copy) != first


@pytest.mark.slow
def test_the_program_runs_with_an_old_cache_after_a_type_in_compiled_code_is_renamed(copy):
    said(copy, ORDER)
    edit(copy / "des" / "market" / "hedging.py", "HedgeOrders", "PendingOrders")

    said(copy, ORDER)
