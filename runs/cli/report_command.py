"""The command that writes a web page about a run."""

from pathlib import Path

import click

from ledger.run_folder import RunFolder
from runs.checked_run import refuse_changed
from runs.cli.parameters import ANY_RUN
from runs.exhibit.exhibit_page import write_exhibit
from runs.provenance import provenance


@click.command("report")
@click.argument("run", type=ANY_RUN)
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("exhibit.html"),
    show_default=True,
    help="The file to write. An existing file is replaced.",
)
def report_command(run: RunFolder, out: Path) -> None:
    """Write the whole story into one web page that works offline and checks itself.

    \b
      moneytrail report runs/out/tiny-seed1 -o exhibit.html

    The page has the answer, a picture of sources and uses, the timeline, the firms' results, and a
    balance sheet for any date. A click on a figure shows the entries behind this figure. For the
    largest entries of some days, a click on the entry shows its fills. The page contains the sealed
    books of the house group. The browser computes the hole and the hash of these books again. It
    shows a red sign if a byte of the books was changed.
    """
    refuse_changed(run)
    size = write_exhibit(run, out)
    click.echo(f"{out}: {size / 1e6:,.1f} MB; open it in any browser, no network needed.")
    click.echo(provenance(run))
