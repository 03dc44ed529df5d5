"""Commands for authors of scenarios: list, explain, check, new, schema."""

import textwrap
from pathlib import Path

import click

WIDTH = 100


@click.group("scenario")
def scenario_command() -> None:
    """List built-in scenarios, explain a key, check a file, or write a new scenario.

    \b
      moneytrail scenario list
      moneytrail scenario explain maker.credit_line_usd
      moneytrail scenario check tiny
      moneytrail scenario schema

    `moneytrail scenario new my-world --like tiny` writes a scenario file for you to change.
    docs/scenario.md lists all keys.
    """


@scenario_command.command("list")
def list_command() -> None:
    """Which scenarios come with the program, and which question does each scenario study?"""
    from runs.scenario_files import built_ins, grouped
    from runs.scenarios import data_of

    names = list(built_ins())
    width = max(map(len, names)) + 2
    click.echo(f"{len(names)} scenarios; play one with: moneytrail run NAME")
    for title, group in grouped(names).items():
        click.echo(f"\n{title}:")
        for name in group:
            _, data = data_of(name)
            click.echo(
                textwrap.fill(
                    data["question"],
                    WIDTH,
                    initial_indent=f"  {name:{width}}",
                    subsequent_indent=" " * (width + 2),
                    break_on_hyphens=False,
                )
            )


@scenario_command.command("explain")
@click.argument("key")
def explain_command(key: str) -> None:
    """Explain a KEY: its meaning, type, range, unit and default, and the files that read it.

    \b
      moneytrail scenario explain maker.credit_line_usd
      moneytrail scenario explain latency_s
      moneytrail scenario explain retail.flow

    KEY is a whole key, or only the last part of it, such as latency_s. If KEY is a table, the
    command lists the keys in this table.
    """
    from runs.scenario_reference import explained

    click.echo(explained(key))


@scenario_command.command("check")
@click.argument("scenario")
@click.pass_context
def check_command(ctx: click.Context, scenario: str) -> None:
    """What is wrong with a SCENARIO? Each fault is printed on one line, with its place.

    \b
      moneytrail scenario check tiny
      moneytrail scenario check my-world.toml

    Contradictions between keys are checked only if each key has the right type and is in its range.
    The exit code is 1 if there is a fault. If there is none, the command warns of entries that have
    no effect because their dates are outside the run.
    """
    from runs.ignored_dates import ignored_dates
    from runs.scenario_check import faults
    from runs.scenarios import data_of, load

    found = faults(scenario)
    for fault in found:
        click.echo(fault)
    if found:
        ctx.exit(1)
    for warning in ignored_dates(data_of(scenario)[0], load(scenario)):
        click.echo(f"warning: {warning}")
    click.echo(f"{scenario}: no errors; play it with `moneytrail run {scenario}`")


@scenario_command.command("new")
@click.argument("name")
@click.option(
    "--like", default="tiny", show_default=True, help="The scenario whose values are copied."
)
def new_command(name: str, like: str) -> None:
    """Write NAME.toml, a scenario for you to change, with comments on its keys.

    \b
      moneytrail scenario new my-world --like tiny
      moneytrail run my-world.toml
    """
    from runs.scenario_writing import write_scenario

    target = Path(name if name.endswith(".toml") else f"{name}.toml")
    write_scenario(target, like)
    click.echo(f"{target} has the values of {like}; play it with: moneytrail run {target}")


@scenario_command.command("schema")
def schema_command() -> None:
    """Print the JSON Schema of scenario files. With it an editor completes and explains keys.

    \b
      moneytrail scenario schema > scenario.schema.json

    An editor needs this line at the top of a scenario file: #:schema scenario.schema.json
    """
    from runs.scenario_schema import schema_text

    click.echo(schema_text(), nl=False)
