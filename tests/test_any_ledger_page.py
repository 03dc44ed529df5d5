"""The commands on the page docs/any-ledger.md print what the page shows."""

import re
import shlex
from pathlib import Path

import pytest
from beancount import loader
from beancount.core import data
from click.testing import CliRunner

from ledger.ledger_file import LedgerFile
from ledger.reports.money.hole import hole
from runs.cli.main import main
from runs.cli.parameters import OF_ANY_LEDGER

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "any-ledger.md").read_text(encoding="utf-8")
EXAMPLE = ROOT / "docs" / "any-ledger.beancount"
LISTED, *SHOWN = re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)
REFUSED = re.search(r"```\nmoneytrail: (.*?)\n```", PAGE)


@pytest.mark.parametrize("shown", SHOWN, ids=lambda shown: shown.split()[2])
def test_each_command_on_the_page_prints_the_output_shown_below_it(shown, monkeypatch):
    monkeypatch.chdir(ROOT)
    command, _, output = shown.partition("\n")
    answered = CliRunner().invoke(main, shlex.split(command)[2:])

    assert not answered.exit_code, answered.output
    assert answered.output.rstrip() == output.rstrip()


def test_the_page_shows_every_command_that_works_on_any_ledger():
    listed = [line.split()[2] for line in LISTED.splitlines()]

    assert listed == list(OF_ANY_LEDGER)
    assert [shown.partition("\n")[0] for shown in SHOWN] == LISTED.splitlines()


def test_the_example_has_thirty_transactions_and_no_error():
    entries, errors, _ = loader.load_file(str(EXAMPLE))

    assert not errors
    assert sum(isinstance(entry, data.Transaction) for entry in entries) == 30


def test_the_causes_in_the_example_add_up_to_the_whole_hole():
    found = hole(LedgerFile.at(EXAMPLE))

    assert found.hole_usd > 0
    assert found.unexplained_usd == 0


def test_the_page_shows_the_error_for_an_account_whose_open_directive_lacks_the_part_in_the_hole(
    tmp_path,
):
    line, text = '2021-01-01 open Expenses:Owner\n  hole: "cause"\n', EXAMPLE.read_text()
    broken = tmp_path / EXAMPLE.name
    broken.write_text(text.replace(line, line.partition("\n")[0] + "\n"))
    answered = CliRunner().invoke(main, ["where", str(broken)])

    assert REFUSED
    assert answered.output.rstrip() == f"moneytrail: {REFUSED[1]}"
