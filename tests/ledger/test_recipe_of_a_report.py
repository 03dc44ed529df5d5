"""The example of a new report in CONTRIBUTING.md works as it is printed on that page."""

import re
import textwrap
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ledger.run_folder import RunFolder

PAGE = Path(__file__).parents[2] / "CONTRIBUTING.md"


@pytest.fixture(scope="module")
def recipe() -> dict[str, Any]:
    """Return the functions and constants that the recipe defines for a report and its test."""
    _, _, text = PAGE.read_text(encoding="utf-8").partition("## Recipe: add a report")
    blocks = re.findall(r"^ *```python\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)
    (report,) = (block for block in blocks if "def payments(" in block)
    (claim,) = (block for block in blocks if "def test_the_largest" in block)
    defined: dict[str, Any] = {"Callable": Callable, "__name__": __name__}
    for block in (report, claim):
        exec(textwrap.dedent(block), defined)
    return defined


def test_the_report_in_the_recipe_returns_a_table_of_payments(
    recipe: dict[str, Any], tiny_run: RunFolder
):
    (table,) = recipe["payments"](tiny_run).tables()

    assert table.columns == ("seq", "day", "usd", "what")
    assert len(table.rows) == recipe["SHOWN"]
    assert all(isinstance(row[2], Decimal) and row[2] > 0 for row in table.rows)


def test_the_test_in_the_recipe_passes(
    recipe: dict[str, Any], afternoon_with: Callable[..., RunFolder]
):
    recipe["test_the_largest_payment_comes_first"](afternoon_with)
