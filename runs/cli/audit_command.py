"""The command that audits a run."""

import textwrap
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from pathlib import Path

import click

from ledger.proof.audit_step import AuditStep, Proof
from ledger.proof.signature import wrong_signature
from ledger.proof.verdict import conclusion, verdict
from ledger.run_folder import RunFolder
from runs.cli.parameters import ANY_RUN, PROCESSES, SCHEDULER
from runs.cli.progress import Progress
from runs.workers import dask_workers, local_processes

PROBLEMS_SHOWN = 20
AUDIT_FAILED = 1

_WIDTH = 100
_INDENT = " " * 7


@click.command("audit")
@click.argument("run", type=ANY_RUN)
@click.option(
    "--all",
    "every_day",
    is_flag=True,
    help="Load the ledgers of all days with Beancount, not only of two random days.",
)
@click.option(
    "--verify",
    "key",
    type=click.Path(path_type=Path),
    metavar="KEY",
    help="Check the signature of the seal with this public key of OpenSSH.",
)
@click.option(
    "--replay",
    "replayed",
    is_flag=True,
    help="Play the sealed scenario again, and compare every byte.",
)
@PROCESSES
@SCHEDULER
@click.pass_context
def audit_command(
    ctx: click.Context,
    run: RunFolder,
    every_day: bool,
    key: Path | None,
    replayed: bool,
    processes: int,
    scheduler: str | None,
) -> None:
    """Is the run unchanged since it was sealed, and are its books correct?

    \b
      moneytrail audit runs/out/tiny-seed1
      moneytrail audit runs/out/tiny-seed1 --all --processes 2
      moneytrail audit runs/out/tiny-seed1 --replay

    The report begins with the verdict. Below it each check is marked OK or WRONG, and the problems
    of a WRONG check are listed. The last paragraph says what the checks prove.

    The audit compares every file with the seal. It compares the options, accounts, queries, plugins
    and inputs in the books with the scenario. Beancount loads the general ledger, and the audit
    checks the invariants. The audit compares the Parquet copy and the group's own books with the
    general ledger. It computes the amounts of all fills again, and compares their sums with the
    general ledger. It compares all stored day ledgers with the books. Beancount loads the ledgers
    of two random days. With --all it loads the ledgers of all days. If the run states its fit to
    the public record, the audit computes the fit again.

    A person who changes a run can also seal it again. So --verify checks who made the seal, and
    --replay finds everything that does not follow from the scenario. The exit code is 1 if a
    check finds a problem.
    """
    folder = run.path.resolve()
    workers = dask_workers(scheduler) if scheduler else local_processes(processes)
    with Progress("auditing") as progress:
        steps = [
            *(_signed(folder, key) if key else ()),
            *_audited(folder, every_day, workers, progress),
            *(_replayed(folder, progress) if replayed else ()),
        ]
    steps.sort(key=lambda step: list(Proof).index(step.proof))
    for line in _told(steps):
        click.echo(line)
    if any(step.problems for step in steps):
        ctx.exit(AUDIT_FAILED)


def _signed(folder: Path, key: Path) -> Iterator[AuditStep]:
    step = f"signature: the manifest is signed by the holder of {key.name}"
    yield AuditStep(step, tuple(wrong_signature(folder, key)), Proof.SIGNATURE)


def _audited(
    folder: Path,
    every_day: bool,
    workers: AbstractContextManager[Executor | None],
    progress: Progress,
) -> Iterator[AuditStep]:
    from runs.full_audit import audit  # a slow import: progress is shown first

    with workers as executor:
        for done in audit(folder, every_day, executor):
            progress.says(f"auditing: {done.step.partition(':')[0]} done")
            yield done


def _replayed(folder: Path, progress: Progress) -> Iterator[AuditStep]:
    from runs.cli.compiling import compiling_told
    from runs.replay import replay

    with compiling_told(progress):
        yield replay(folder, progress.simulates, progress.day, progress.says)


def _told(steps: Sequence[AuditStep]) -> Iterator[str]:
    """Yield the lines of the report: the verdict, each check, and what the checks prove."""
    yield from _wrapped(verdict(steps), "")
    for done in steps:
        yield from _wrapped(f"{'WRONG' if done.problems else 'OK':<6} {done.step}")
        for said in (*done.problems[:PROBLEMS_SHOWN], *done.remarks):
            yield from _wrapped(f"{_INDENT}{said}", f"{_INDENT}  ")
        if len(done.problems) > PROBLEMS_SHOWN:
            yield f"{_INDENT}and {len(done.problems) - PROBLEMS_SHOWN:,} more"
    yield from _wrapped(conclusion(steps), "")


def _wrapped(text: str, indent: str = _INDENT) -> list[str]:
    return textwrap.wrap(text, _WIDTH, subsequent_indent=indent, break_on_hyphens=False)
