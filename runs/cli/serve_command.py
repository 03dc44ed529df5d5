"""The command that opens a run in Fava."""

import click

from ledger.run_folder import RunFolder
from runs.cli.parameters import RUN
from runs.fava_page.serve import PORT, address, opener


@click.command("serve")
@click.argument("run", type=RUN)
@click.option(
    "--port",
    type=click.IntRange(1, 65_535),
    default=PORT,
    show_default=True,
    help="The port on which Fava listens.",
)
def serve_command(run: RunFolder, port: int) -> None:
    """Open the group's own books in Fava, with a page on where the money went.

    \b
      moneytrail serve runs/out/tiny-seed1

    The page has the answer, sources and uses, the hole by cause over time, and the timeline. Links
    on the page lead to Fava's journal and accounts. The command needs Fava, which `make tools` or
    `pip install 'moneytrail[view]'` installs. Without this command, Fava can open the file
    group.beancount of the run. It then shows the same books, but not our page.
    """
    listen = opener(run, port)
    click.echo(f"Where did the money go? {address(run, port)}")
    click.echo("The page appears after some seconds, when the books are loaded. Ctrl-C stops Fava.")
    listen()
