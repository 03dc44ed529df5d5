"""The tests' own checks of a parsed ledger find errors that Beancount misses if it only parses."""

import pytest
from beancount.parser import parser
from sound_worlds import faults_of

SOUND = """
2022-05-09 open Assets:FTX:Cash USD
2022-05-09 open Equity:FTX:Opening USD
2022-05-09 * "FTX" "opens"
  Assets:FTX:Cash         100.00 USD
  Equity:FTX:Opening     -100.00 USD
2022-05-10 balance Assets:FTX:Cash 100.00 USD
"""


def faults(text: str) -> list[str]:
    """Return the faults that the checks find in a text. Beancount parses it without an error."""
    entries, errors, _ = parser.parse_string(text)
    assert not errors
    return list(faults_of(entries))


def test_a_sound_ledger_has_no_faults():
    assert faults(SOUND) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("2022-05-09 open Equity:FTX:Opening USD\n", "", "2022-05-09: Equity:FTX:Opening is not"),
        ("Equity:FTX:Opening USD\n", "Equity:FTX:Opening EUR\n", "is not open for USD"),
        ("open Equity:FTX:Opening", "open Assets:FTX:Cash", "Assets:FTX:Cash is opened twice"),
        ("Cash 100.00 USD\n", "Cash 100.01 USD\n", "2022-05-10: Assets:FTX:Cash has 100.00"),
        ("balance Assets:FTX:Cash", "balance Assets:FTX:Till", "Assets:FTX:Till is not open"),
        ("Cash         100.00", "Cash          90.00", "2022-05-10: Assets:FTX:Cash has 90.00"),
    ],
)
def test_the_checks_report_a_fault_that_beancount_finds_only_when_it_loads_a_ledger(
    old: str, new: str, fault: str
):
    assert SOUND.count(old) == 1

    assert any(fault in found for found in faults(SOUND.replace(old, new)))
