"""Each command imports only the heavy packages that it needs, and `--help` imports none."""

import itertools
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.run_folder import RunFolder
from runs.cli.lazy_commands import LazyCommand
from runs.cli.main import COMMANDS

ROOT = Path(__file__).parents[3]

HEAVY = {"beancount", "beanquery", "des", "distributed", "duckdb", "jinja2", "matplotlib"}
HEAVY |= {"numba", "numpy"}
HEAVY |= {"pydantic", "simpy", "tabulate", "tqdm"}

# A report computes with DuckDB, which returns numpy arrays, and prints with tabulate.
REPORT = {"duckdb", "numpy", "tabulate"}
# Some commands also read Beancount text.
TEXT = REPORT | {"beancount"}
# A comparison with the public record validates the file of the record like a scenario.
RECORD = REPORT | {"des", "pydantic"}

# Commands on scenarios validate a scenario without simulating it.
SCENARIO = {"des", "numpy", "pydantic"}

# An audit computes the preamble of the books from the scenario, with code of the simulation.
SIMULATION = {"des", "numba", "pydantic", "simpy", "tqdm"}

MAY_IMPORT = (
    ("--help", set()),
    ("--version", set()),
    ("scenario list", SCENARIO),
    ("scenario explain maker.credit_line_usd", SCENARIO),
    ("scenario check tiny", SCENARIO),
    ("scenario schema", SCENARIO),
    ("where {run} --formt csv", REPORT),
    ("where {run}", REPORT),
    ("trace {run}", REPORT),
    ("schedules {run}", REPORT),
    ("firms {run}", REPORT),
    ("skill {run}", REPORT),
    ("cash-coverage {run}", REPORT),
    ("expectations {run}", REPORT),
    ("lead-lag {run}", REPORT),
    ("liquidations {run}", RECORD),
    ("answer {run}", REPORT),
    ("claims {run}", RECORD),
    ("report {run} -o /nowhere/exhibit.html", RECORD | {"jinja2"}),
    ("serve /nowhere", TEXT),
    ("timeline {run}", REPORT),
    ("solvency {run} 2022-05-10", REPORT),
    ("valuation {run}", REPORT),
    ("diagnose {run}", REPORT),
    ("pools {run}", REPORT),
    ("compare {run}", RECORD),
    ("residual {run}", RECORD),
    ("books {run} FTX", REPORT),
    ("books {run} FTX --beancount", TEXT),
    ("trail {run}", REPORT),
    ("trail {run} --seq 20", REPORT),
    ("trail {run} --link fills-2022-05-09", REPORT),
    ("query {run} .run", TEXT | {"beanquery"}),
    ("sql {run} 'FROM fills'", REPORT),
    ("day {run} 2022-05-10", TEXT),
    ("audit {run} --processes 1", TEXT | SIMULATION),
    ("sign {run} /nowhere", REPORT),
    ("rebuild {run}", TEXT),
)

# This program runs its input lines one after another. After each line it prints the imported
# modules.
TOLD = """
import sys
from runs.__main__ import main
for line in sys.stdin.read().splitlines():
    sys.argv = line.split("\\t")
    try:
        main()
    except SystemExit:
        pass
    sys.stdout.flush()
    print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
    print("asked", line.replace("\\t", " "), file=sys.stderr)
"""


def chains() -> list[list[tuple[str, set[str]]]]:
    """Divide the command lines into groups, so that one process can run all lines of a group.

    Modules stay imported in a process. So in a group each line must also allow the imports of all
    earlier lines.
    """
    found: list[list[tuple[str, set[str]]]] = []
    for line, allowed in sorted(MAY_IMPORT, key=lambda each: len(each[1])):
        chain = next((chain for chain in found if chain[-1][1] <= allowed), None)
        if chain is None:
            found.append(chain := [])
        chain.append((line, allowed))
    return found


@pytest.mark.parametrize("chain", chains(), ids=lambda chain: "+".join(sorted(chain[-1][1])))
def test_a_command_imports_no_heavy_package_outside_its_list(
    tiny_run: RunFolder, tmp_path: Path, chain: list[tuple[str, set[str]]]
):
    # This test uses a copy, since `rebuild` writes files that another test may be reading.
    run = shutil.copytree(tiny_run.path, tmp_path / "run")
    asked = ["\t".join(["moneytrail", *shlex.split(line.format(run=run))]) for line, _ in chain]
    told = subprocess.run(
        [sys.executable, "-c", TOLD],
        cwd=ROOT,
        capture_output=True,
        text=True,
        input="\n".join(asked),
    ).stderr.splitlines()
    after = [
        (line, set(imported.split()))
        for imported, line in itertools.pairwise(told)
        if line.startswith("asked ")
    ]

    assert len(after) == len(chain)
    for (line, imported), (_, allowed) in zip(after, chain, strict=True):
        assert {"click", "runs"} <= imported
        assert imported & HEAVY <= allowed, line


def test_every_command_that_does_not_simulate_has_a_list_of_allowed_imports():
    held = {line.split()[0] for line, _ in MAY_IMPORT}

    simulating = {"run", "attribution", "counterfactual", "study", "sweep"}
    assert {command.name for command in COMMANDS} - held == simulating


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_the_listed_description_of_a_command_is_the_first_line_of_its_help(command: LazyCommand):
    loaded = command.load()

    assert loaded.name == command.name
    assert loaded.help.split("\n\n")[0] == command.help
