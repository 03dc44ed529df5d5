"""docs/commands.md agrees with the commands, and its examples of `moneytrail scenario` work."""

import re
import shlex

import pytest
from click.testing import CliRunner

from runs.cli.main import main
from runs.command_reference import PAGE, page

NOT_HERE = {"new"}  # `scenario new` writes a file and has separate tests


def test_the_page_of_commands_agrees_with_the_commands():
    assert PAGE.read_text("utf-8") == page(), "run `make reference` to update the page"


def test_every_top_level_command_with_its_options_is_on_the_page():
    text = page()

    for name, lazy in main.commands.items():
        assert f"\n### moneytrail {name}\n" in text
        for parameter in lazy.load().params:
            for option in parameter.opts if parameter.param_type_name == "option" else ():
                assert f"`{option}" in text


def below_scenario() -> list[str]:
    (section,) = re.findall(r"^#### moneytrail scenario list$.*?^### ", page(), re.DOTALL | re.M)
    lines = re.findall(r"^moneytrail scenario .*$", section, re.MULTILINE)
    return [line for line in lines if "[" not in line and line.split()[2] not in NOT_HERE]


@pytest.mark.parametrize("line", below_scenario())
def test_the_examples_of_scenario_subcommands_run_without_an_error(line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = CliRunner().invoke(main, ["scenario", "new", "my-world", "--like", "tiny"])
    done = CliRunner().invoke(main, shlex.split(line.partition(" > ")[0])[1:])

    assert (made.exit_code, done.exit_code) == (0, 0), done.output
