"""Imports a command only when it is called, so that --help and --version are fast."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import click


class LazyCommand(click.Command):
    """A command that is not imported yet, with a summary for the help and the name of its file."""

    def __init__(
        self, name: str, module: str, summary: str, *, formerly: str | None = None
    ) -> None:
        """Describe a command without importing its file.

        Args:
            name: the command's name. The function of `lead-lag` is called `lead_lag_command`.
            module: the file in this folder that has the function.
            summary: the first paragraph of the function's help, which `--help` shortens to a line.
            formerly: the command's former name, which still works and is not listed.
        """
        super().__init__(name, help=summary)
        self.module, self.formerly = module, formerly

    def load(self) -> click.Command:
        """Import the command."""
        function = f"{str(self.name).replace('-', '_')}_command"
        return getattr(import_module(f"runs.cli.{self.module}"), function)


class LazyGroup(click.Group):
    """A group of lazy commands in sections with titles.

    The help keeps the order of the sections and of the commands.
    """

    def __init__(
        self,
        name: str | None = None,
        *,
        sections: Mapping[str, Sequence[LazyCommand]],
        **extra: Any,
    ) -> None:
        """Create the group from *sections*: the commands of each section, by its title."""
        commands = [command for section in sections.values() for command in section]
        super().__init__(name, commands, **extra)
        self._sections = sections
        self._former = {command.formerly: command for command in commands if command.formerly}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands in the order of the help."""
        return list(self.commands)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name or former name."""
        return super().get_command(ctx, cmd_name) or self._former.get(cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands by section. All descriptions begin in the same column."""
        width = max(map(len, self.commands))
        room = formatter.width - width - 6
        for title, commands in self._sections.items():
            rows = [
                (str(command.name).ljust(width), command.get_short_help_str(room))
                for command in commands
            ]
            with formatter.section(title):
                formatter.write_dl(rows)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Import the command that is called."""
        name, found, rest = super().resolve_command(ctx, args)
        return name, found.load() if isinstance(found, LazyCommand) else found, rest
