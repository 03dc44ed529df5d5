"""The command line: the commands by topic, and errors that are reported in one line."""

import os
import sys
from collections.abc import Sequence
from typing import Any, Never

import click

from ledger.mistake import MistakeError
from runs import __version__
from runs.cli.lazy_commands import LazyCommand, LazyGroup

# The commands in the order of the help, by topic. Each command has its name, its file in this
# folder, and the first paragraph of its help. Some commands also have a former name.
SECTIONS = {
    "Run a scenario": (
        LazyCommand(
            "run",
            "run_command",
            "Simulate a SCENARIO: a built-in name, or the path of a .toml file.",
        ),
        LazyCommand(
            "scenario",
            "scenario_commands",
            "List built-in scenarios, explain a key, check a file, or write a new scenario.",
        ),
        LazyCommand(
            "counterfactual",
            "counterfactual_command",
            "How would the run differ without one cause, with the same scenario and seed?",
        ),
    ),
    "The story": (
        LazyCommand(
            "answer",
            "story_commands",
            "Where did the money go, in one paragraph and one table?",
        ),
        LazyCommand(
            "claims",
            "claims_command",
            "Which statements of the thread do the books support?",
        ),
        LazyCommand(
            "timeline",
            "story_commands",
            "When was customers' money used, and since when was the group insolvent?",
        ),
        LazyCommand(
            "cash-coverage",
            "money_commands",
            "Since when did customers' claims exceed the exchange's cash?",
            formerly="cage",
        ),
        LazyCommand(
            "solvency", "story_commands", "What did each entity own and owe at the end of DATE?"
        ),
        LazyCommand(
            "report",
            "report_command",
            "Write the whole story into one web page that works offline and checks itself.",
        ),
        LazyCommand(
            "serve",
            "serve_command",
            "Open the group's own books in Fava, with a page on where the money went.",
        ),
    ),
    "The money": (
        LazyCommand(
            "where",
            "money_commands",
            "Where did the money go, by kind of use and by receiver?",
        ),
        LazyCommand(
            "trace",
            "trace_command",
            "Whose money paid for which use, by each tracing rule?",
        ),
        LazyCommand(
            "schedules",
            "schedules_command",
            "Which payments did the group make before the end, and was it solvent then?",
        ),
        LazyCommand(
            "books",
            "book_commands",
            "What is in the books of one ENTITY?",
        ),
        LazyCommand(
            "trail",
            "book_commands",
            "Which entries and fills make up a figure, and which figures include a fill?",
        ),
    ),
    "Trading firms and markets": (
        LazyCommand("firms", "firm_commands", "What did each trading firm earn from stale quotes?"),
        LazyCommand(
            "skill",
            "firm_commands",
            "Do trading firms' results on the exchange and elsewhere show skill?",
            formerly="illusion",
        ),
        LazyCommand(
            "expectations",
            "market_commands",
            "Which result did the maker predict for its quotes, and which did it get?",
            formerly="beliefs",
        ),
        LazyCommand(
            "lead-lag",
            "market_commands",
            "Which exchange's price moves first, and how much earlier?",
            formerly="leadlag",
        ),
        LazyCommand(
            "liquidations",
            "liquidations_command",
            "Which accounts lacked margin, who took over their positions, and who paid?",
        ),
        LazyCommand(
            "pools",
            "market_commands",
            "How much did liquidity in pools earn in fees, and lose to arbitrage?",
        ),
        LazyCommand(
            "valuation",
            "story_commands",
            "At what price was the exchange valued, and why did its maker go on quoting?",
        ),
    ),
    "Comparison with the public record": (
        LazyCommand(
            "compare",
            "compare_command",
            "How does a run compare with the public record, fact by fact?",
        ),
        LazyCommand(
            "residual",
            "residual_command",
            "How many billions does the record not explain, and when did they disappear?",
        ),
    ),
    "Many runs": (
        LazyCommand(
            "study",
            "study_command",
            "How much of the hole can the thread's mechanism explain, given the record?",
        ),
        LazyCommand(
            "attribution",
            "attribution_command",
            "How much does each cause add to the hole, as a Shapley value?",
        ),
        LazyCommand(
            "sweep", "sweep_command", "How does the hole change if one KEY has other values?"
        ),
    ),
    "Query the books": (
        LazyCommand(
            "query",
            "query_command",
            "Query the general ledger in BQL, the query language of Beancount.",
        ),
        LazyCommand("sql", "book_commands", "Query the books in SQL, in DuckDB's dialect."),
        LazyCommand(
            "day",
            "day_command",
            "Print the ledger of one day, with every fill and every movement of cash.",
        ),
    ),
    "Proof": (
        LazyCommand(
            "audit",
            "audit_command",
            "Is the run unchanged since it was sealed, and are its books correct?",
        ),
        LazyCommand(
            "diagnose",
            "diagnose_command",
            "Which causes of loss does an audit find if names and kinds are hidden?",
        ),
        LazyCommand("sign", "sign_command", "Sign a run's seal with a KEY, as `run --sign` does."),
        LazyCommand(
            "rebuild",
            "rebuild_command",
            "Rebuild the files that are made from a run's ledger, and seal the run again.",
        ),
    ),
}
COMMANDS = tuple(command for section in SECTIONS.values() for command in section)

MISTAKEN = 2
INTERRUPTED = 130  # the exit code that a shell gives a program after Ctrl-C
UNREAD = 141  # the exit code that a shell gives a program after a closed pipe


class OneLineErrors(LazyGroup):
    """A group of commands that report each mistake in one line."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command. If the reader of the output closes the pipe, end without a message."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _forget_output()  # for example, `| head` closed the pipe
            ctx.exit(UNREAD)

    def main(  # type: ignore[override]  # click's two signatures become one
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> Never:
        """Run a command and end the process with its exit code."""
        try:
            code = super().main(args, prog_name or self.name, standalone_mode=False, **extra)
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            code = MISTAKEN
        except click.UsageError as error:
            about = f" Try '{error.ctx.command_path} --help'." if error.ctx else ""
            code = _complain(f"{error.format_message()}{about}")
        except click.Abort:
            code = _complain("interrupted", INTERRUPTED)
        except RuntimeError as error:
            # DuckDB turns Ctrl-C during a query into an error of its own.
            if not isinstance(error.__cause__, KeyboardInterrupt):
                raise
            code = _complain("interrupted", INTERRUPTED)
        except (MistakeError, click.ClickException) as error:
            code = _complain(str(error))
        except _duckdb_error() as error:
            code = _complain(
                f"the fills can't be read ({str(error).splitlines()[0]}); audit the run"
            )
        except OSError as error:
            code = _complain(f"{error.filename or 'input or output'}: {error.strerror or error}")
            try:
                sys.stdout.flush()
            except OSError:
                _forget_output()  # for example, the disk is full
        sys.exit(code)


def _forget_output() -> None:
    """Discard the rest of the output, since a second attempt to write it would fail too."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(message: str, code: int = MISTAKEN) -> int:
    click.echo(f"moneytrail: {' '.join(message.split())}", err=True)
    return code


def _duckdb_error() -> type[Exception] | tuple[()]:
    """Return the base class of DuckDB's errors, or () if DuckDB has not been imported."""
    duckdb = sys.modules.get("duckdb")
    return duckdb.Error if duckdb else ()


@click.group(
    cls=OneLineErrors,
    name="moneytrail",
    sections=SECTIONS,
    context_settings={"max_content_width": 100},
)
@click.version_option(__version__)
def main() -> None:
    """Where did the money go? Simulate an exchange, keep its books, query the books.

    \b
      moneytrail run first-hole
      moneytrail where runs/out/first-hole-seed1
      moneytrail trail runs/out/first-hole-seed1 --kind PickOff
      moneytrail audit runs/out/first-hole-seed1

    A run is a folder. Reports on a run are computed from the books in its folder. Beancount's own
    tools, such as bean-check and bean-query, open the same books in the file main.beancount.

    The exit code is 0 after success, and 1 if `audit` or `scenario check` finds an error. It is 2
    if a command or a file has a mistake. One line then explains the mistake. The exit code is 130
    after Ctrl-C.
    """
