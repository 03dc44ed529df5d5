"""Commands that are imported when they are called: help and version wait for none of them."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click


class LazyCommand(click.Command):
    """What the help says of a command, and where the command is."""

    def __init__(self, name: str, module: str, summary: str) -> None:
        """Name a command.

        Args:
            name: the word on the command line; its function is called `name_command`.
            module: the file in this folder that holds the function.
            summary: the first paragraph of the function's help, which `--help` shortens to a line.
        """
        super().__init__(name, help=summary)
        self.module = module

    def load(self) -> click.Command:
        """Import the command."""
        return getattr(import_module(f"runs.cli.{self.module}"), f"{self.name}_command")


class LazyGroup(click.Group):
    """A group of lazy commands, in the order in which they are given."""

    def __init__(
        self, name: str | None = None, *, commands: Sequence[LazyCommand], **extra: Any
    ) -> None:
        super().__init__(name, commands, **extra)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands as the help lists them."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Import the command that is called."""
        name, found, rest = super().resolve_command(ctx, args)
        return name, found.load() if isinstance(found, LazyCommand) else found, rest
