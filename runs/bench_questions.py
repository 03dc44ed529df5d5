"""Measures the CPU time of `bean-check` and of some commands, all on one run, for `make bench`.

Each command runs in its own process, and all CPU time of the process counts. The command `--help`
cannot be faster than the import of the library click. There is no time limit: this command only
measures.
"""

import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tabulate import tabulate

from ledger.run_folder import GROUP

ROUNDS = 3
COMMAND = (sys.executable, "-m", "runs")
QUESTIONS = (
    ("--help",),
    ("where", "{run}"),
    ("timeline", "{run}"),
    ("answer", "{run}"),
    ("solvency", "{run}", "2021-11-30"),
    ("firms", "{run}"),
    ("trail", "{run}", "--kind", "PickOff"),
    ("trail", "{run}", "--seq", "20"),
    ("diagnose", "{run}"),
)


def main() -> None:
    """Print a table of CPU times for the run whose folder is the first argument."""
    run = Path(sys.argv[1])
    if not run.is_dir():
        print(f"{run} does not exist. Create it with `make run`, then call `make bench` again")
        return
    whole_s = _bean_check_s(run / "main.beancount", rounds=1)
    rows = [("bean-check main.beancount", whole_s)]
    rows.append((f"bean-check {GROUP}", _bean_check_s(run / GROUP)))
    rows.append(("python -c 'import click'", _cpu_s([sys.executable, "-c", "import click"])))
    for question in QUESTIONS:
        line = [word.format(run=run) for word in question]
        rows.append((" ".join(question).format(run="RUN"), _cpu_s([*COMMAND, *line])))
    print(
        f"\nQuestions about {run}: CPU time of the fastest of {ROUNDS} rounds, in seconds "
        "(main.beancount is checked only once)\n"
    )
    print(
        tabulate(
            [(asked, cpu_s, whole_s / cpu_s) for asked, cpu_s in rows],
            headers=("question", "CPU s", "times as fast as the first line"),
            floatfmt=("", ",.2f", ",.1f"),
        )
    )


def _bean_check_s(ledger: Path, rounds: int = ROUNDS) -> float:
    check = [sys.executable, "-m", "beancount.scripts.check", "--no-cache", str(ledger)]
    return _cpu_s(check, rounds)


def _cpu_s(command: Sequence[str], rounds: int = ROUNDS) -> float:
    """Return the CPU time (user plus system) of the fastest of several rounds of a command."""
    return min(_once_s(command) for _ in range(rounds))


def _once_s(command: Sequence[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
