"""Generates the page docs/commands.md from the commands.

python -m runs.command_reference      # writes the page (or: make reference)
"""

import inspect
from collections.abc import Iterator
from pathlib import Path

import click

from runs.cli.main import SECTIONS, main

PAGE = Path(__file__).resolve().parents[1] / "docs" / "commands.md"
PROGRAM = "moneytrail"
# A paragraph that begins with this mark is an example. The library Click keeps its line breaks.
VERBATIM = "\b\n"
HEAD = """\
# Every command

`make reference` writes this page from the help texts of the commands. `moneytrail COMMAND --help`
prints the same text on a terminal. Tests run the examples, or smaller ones. Only the example of
`serve` is not run.

In most commands, RUN is the folder of a run. `moneytrail run` prints the path of this folder. After
a mistake in a command, one line explains the mistake, and the exit code is 2.

The shell completes commands and options after
`eval "$(_MONEYTRAIL_COMPLETE=bash_source moneytrail)"` (in zsh: `zsh_source`, in fish:
`fish_source`). To keep the completion, put this line into a start-up file of the shell.
"""
OPTIONS = "| option | meaning |\n| --- | --- |\n"


def page() -> str:
    """Return the page, with the commands in the order of `moneytrail --help`."""
    top = click.Context(main, info_name=PROGRAM)
    parts = [HEAD]
    for title, commands in SECTIONS.items():
        parts.append(f"## {title}\n")
        for lazy in commands:
            parts += _told(click.Context(lazy.load(), top, info_name=lazy.name), level=3)
    return "\n".join(parts)


def _told(context: click.Context, level: int) -> Iterator[str]:
    """Yield the parts of a command's section, then the sections of its subcommands."""
    command = context.command
    yield f"{'#' * level} {context.command_path}\n"
    yield f"```text\n{_usage(context)}\n```\n"
    yield from _paragraphs(inspect.cleandoc(command.help or ""))
    if options := "".join(_rows(context)):
        yield OPTIONS + options
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from _told(click.Context(below, context, info_name=name), level + 1)


def _usage(context: click.Context) -> str:
    return " ".join([context.command_path, *context.command.collect_usage_pieces(context)])


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in text.split("\n\n"):
        if paragraph.startswith(VERBATIM):
            lines = inspect.cleandoc(paragraph.removeprefix(VERBATIM))
            yield f"```sh\n{lines}\n```\n"
        else:
            yield f"{paragraph}\n"


def _rows(context: click.Context) -> Iterator[str]:
    """Yield a table row for each option except --help: the option, choices, meaning and default."""
    for parameter in context.command.params:
        record = parameter.get_help_record(context)
        if record and isinstance(parameter, click.Option):
            name, meaning = (part.replace("|", r"\|") for part in record)
            yield f"| `{name}` | {' '.join(meaning.split())} |\n"


def write() -> None:
    """Write the page docs/commands.md."""
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    write()
