"""The default output of each report on `tiny` equals the golden text, word by word."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from ledger.run_folder import RunFolder
from runs.cli.main import main

GOLDEN = Path(__file__).parents[2] / "golden" / "answers.txt"
SEAL = re.compile(r"seal [0-9a-f]{12}")  # the seal differs between versions of the program
ASKED = re.compile(r"^\$ moneytrail (\w[\w-]*).*$", re.MULTILINE)
# Commands whose only argument is the run. `WORDS` has all tested commands with their other
# arguments.
NO_WORDS = (
    "answer audit cash-coverage claims compare diagnose expectations firms lead-lag liquidations "
    "pools residual schedules skill timeline trace valuation where"
)
WORDS: dict[str, str] = dict.fromkeys(NO_WORDS.split(), "") | {
    "solvency": "2022-05-10",
    "books": "Alameda",
    "trail": "--kind PickOff",
    "query": '"SELECT account, sum(position) GROUP BY account"',
    "sql": '"SELECT motive, sum(edge_usd) FROM fills GROUP BY motive ORDER BY motive"',
}


def printed(command: str, run: RunFolder) -> str:
    """Return a report's command line and its output, without the digits of the seal."""
    words = [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', WORDS[command])]
    # An audit of this small run is faster in one process, since starting processes takes time.
    quick = ["--processes", "1"] if command == "audit" else []
    done = CliRunner().invoke(main, [command, str(run.path), *words, *quick])
    assert (done.exit_code, done.stderr) == (0, ""), command
    asked = " ".join(filter(None, ("$ moneytrail", command, "RUN", WORDS[command])))
    return f"{asked}\n{SEAL.sub('seal', done.stdout).rstrip()}\n"


def sections() -> dict[str, str]:
    """Return the golden text of each command."""
    text = GOLDEN.read_text("utf-8") if GOLDEN.exists() else ""
    starts = [*ASKED.finditer(text)]
    ends = [*(each.start() for each in starts[1:]), len(text)]
    return {
        each[1]: text[each.start() : end].rstrip() + "\n"
        for each, end in zip(starts, ends, strict=True)
    }


@pytest.fixture(scope="module")
def golden(request: pytest.FixtureRequest, tiny_run: RunFolder) -> dict[str, str]:
    """Return the golden text of each command. With `--update-golden`, first write the file."""
    if request.config.getoption("--update-golden"):
        GOLDEN.write_text("\n".join(printed(each, tiny_run) for each in sorted(WORDS)), "utf-8")
    return sections()


@pytest.mark.parametrize("command", sorted(WORDS))
def test_a_report_on_tiny_prints_its_golden_text(command, golden, tiny_run):
    assert printed(command, tiny_run) == golden[command]


def test_every_report_on_one_run_has_a_golden_text(golden):
    """All other commands simulate, write files, open a browser, or have separate tests."""
    others = {"run", "counterfactual", "attribution", "sweep", "scenario", "study", "report"}
    others |= {"serve", "day", "sign", "rebuild"}

    assert set(golden) == set(WORDS) == set(main.commands) - others
