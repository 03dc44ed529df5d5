"""The command that audits a run."""

import click

from ledger.proof.audit import audit
from ledger.run_folder import RunFolder
from runs.cli.parameters import RUN
from runs.workers import cores, dask_workers, local_processes

PROBLEMS_SHOWN = 20
AUDIT_FAILED = 1


@click.command("audit")
@click.argument("run", type=RUN)
@click.option(
    "--all", "every_day", is_flag=True, help="Have Beancount load all days, not a sample."
)
@click.option(
    "--processes",
    type=click.IntRange(1, 1_000),
    default=cores(),
    show_default="all cores",
    help="How many local processes share the work.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Use the workers of this Dask scheduler, such as tcp://127.0.0.1:8786.",
)
@click.pass_context
def audit_command(
    ctx: click.Context, run: RunFolder, every_day: bool, processes: int, scheduler: str | None
) -> None:
    """Is the run as it was sealed, and do its books hold?

    \b
      moneytrail audit runs/out/tiny-seed1
      moneytrail audit runs/out/tiny-seed1 --all --processes 2

    Step by step: the seal of every file; the general ledger through Beancount's own loader and
    the invariants; the fills, recomputed and summed; day ledgers, each by itself. A step is OK,
    or WRONG with what is wrong below it. The exit code is 1 if any is.
    """
    workers = dask_workers(scheduler) if scheduler else local_processes(processes)
    wrong = False
    with workers as executor:
        for done in audit(run.path.resolve(), every_day, executor):
            click.echo(f"{'WRONG' if done.problems else 'OK':<6} {done.step}")
            for problem in done.problems[:PROBLEMS_SHOWN]:
                click.echo(f"       {problem}")
            if len(done.problems) > PROBLEMS_SHOWN:
                click.echo(f"       and {len(done.problems) - PROBLEMS_SHOWN:,} more")
            wrong = wrong or bool(done.problems)
    if wrong:
        ctx.exit(AUDIT_FAILED)
