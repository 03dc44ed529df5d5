"""The command that simulates a scenario."""

from pathlib import Path

import click

from runs.cli.progress import Progress

LONG_DAYS = 30  # a shorter run would end before other processes have started


@click.command("run")
@click.argument("scenario")
@click.option("--seed", type=int, help="Use this seed instead of the scenario's seed.")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    help="A new value for one key, such as maker.credit_line_usd=0. Repeat --set for more keys.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help=(
        "The run's folder. The default name also has the settings of --set.  "
        "[default: runs/out/SCENARIO-seedN]"
    ),
)
@click.option("--force", is_flag=True, help="Replace an older run that is in the run's folder.")
@click.option(
    "--every-quote",
    is_flag=True,
    help="Simulate quote by quote. This is slower, but gives a run with the same bytes.",
)
@click.option(
    "--sign",
    "key",
    type=click.Path(path_type=Path),
    metavar="KEY",
    help="Sign the run's seal with this private key of OpenSSH.",
)
def run_command(
    scenario: str,
    seed: int | None,
    settings: tuple[str, ...],
    out: Path | None,
    force: bool,
    every_quote: bool,
    key: Path | None,
) -> None:
    """Simulate a SCENARIO: a built-in name, or the path of a .toml file.

    \b
      moneytrail run tiny
      moneytrail run my-world.toml --seed 2 --out /tmp/my-world
      moneytrail run tiny --set maker.credit_line_usd=0 --set 'markets[0].quoter.latency_s=0.5'
      moneytrail run tiny --sign ~/.ssh/id_ed25519

    The last line of the output is the folder of the run, which other commands need. With the same
    versions of the libraries and the same type of processor, a scenario and a seed always give the
    same bytes. The file scenario.toml in the folder is the whole scenario, with all defaults. A
    built-in scenario is a good example for your own scenario.
    """
    if key:
        # Imported here, since few users sign a run, and importing DuckDB delays the first message.
        from ledger.proof.signature import check_signer

        check_signer(key)
    with Progress() as progress:
        # Slow imports come after the first line on the terminal.
        from runs.cli.compiling import compiling_told

        with compiling_told(progress):
            from runs.execute import default_folder, execute
            from runs.ignored_dates import ignored_dates
            from runs.scenario_settings import read_settings
            from runs.scenarios import data_of, load
            from runs.workers import cores

            seeds = [] if seed is None else [f"run.seed={seed}"]
            set_ = read_settings([*settings, *seeds])
            loaded = load(scenario, {}, set_)
            for warning in ignored_dates(data_of(scenario, {}, set_)[0], loaded):
                click.echo(f"warning: {warning}", err=True)
            target = out or default_folder(scenario, loaded.run.seed, settings)
            progress.simulates(loaded.run.start, loaded.run.end)
            parallel = cores() > 1 and (loaded.run.end - loaded.run.start).days >= LONG_DAYS
            execute(loaded, target, force, progress.day, every_quote, progress.says, parallel)
    if key:
        from ledger.proof.signature import sign

        sign(target, key)
    for market in loaded.markets:
        if read := market.price.candles_read:
            # This goes to standard error: standard output has only the run's folder.
            click.echo(f"{market.name}, candles: {read}", err=True)
    click.echo(target)
