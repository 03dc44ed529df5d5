"""On pages about the scenario `first-hole`, each command prints the output shown below it."""

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from ledger.proof.invariants import INVARIANTS, name_of
from ledger.run_folder import RunFolder
from runs.cli.main import main
from runs.execute import default_folder

DOCS = Path(__file__).parents[1] / "docs"
PAGES = ("tutorial", "books", "evidence")
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
CSV = re.compile(r"```csv\n(.*?)```", re.DOTALL)
TOML = re.compile(r"```toml\n(.*?)```", re.DOTALL)
BLOCK = re.compile(r"```\w+\n.*?```", re.DOTALL)
SEAL = re.compile(
    r"seal [0-9a-f]{12}"
)  # this hash depends on the version of the program, so the tests ignore it
FIRST, FOLDER = "first-hole", default_folder("first-hole", 1)


def text_of(page: str) -> str:
    return (DOCS / f"{page}.md").read_text("utf-8")


def shown(text: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a page with the output below it."""
    for block in CONSOLE.findall(text):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield command, output.rstrip("\n")


def told(command: str) -> str:
    """Return the output of a command.

    The run of `first-hole` exists already. So `moneytrail run first-hole` is not executed.
    """
    program, *words = shlex.split(command)
    assert program == "moneytrail"
    if words == ["run", FIRST]:
        return str(FOLDER)
    result = CliRunner().invoke(main, words)
    assert (result.exit_code, result.stderr) == (0, ""), command
    if words[:2] == ["scenario", "new"]:
        edit(Path(f"{words[2]}.toml"))
    return result.stdout.rstrip("\n")


def edit(world: Path) -> None:
    """Replace the prices of a new scenario with candles, as the tutorial tells the reader to do."""
    text = text_of("tutorial")
    (candles,), (line,) = CSV.findall(text), TOML.findall(text)
    Path("my-candles.csv").write_text(candles, "utf-8")
    written, n = re.subn(
        r"^anchors = \[.*?^volatility = \[.*?^\]\n",
        line,
        world.read_text("utf-8"),
        flags=re.DOTALL | re.MULTILINE,
    )
    assert n == 1
    world.write_text(written, "utf-8")


def renewed(text: str) -> str:
    """Return a page with the present output of its commands."""

    def block(found: re.Match[str]) -> str:
        parts = [f"$ {command}\n{told(command)}\n" for command, _ in shown(found[0])]
        return "```console\n" + "".join(parts) + "```"

    return CONSOLE.sub(block, text)


@pytest.mark.parametrize(
    "page", ["tutorial", "books", pytest.param("evidence", marks=pytest.mark.slow)]
)
def test_every_command_of_a_page_prints_the_output_below_it(
    page, first_run: RunFolder, tmp_path, monkeypatch, request
):
    shutil.copytree(first_run.path, tmp_path / FOLDER)
    monkeypatch.chdir(tmp_path)
    text = text_of(page)
    if request.config.getoption("--update-golden"):
        (DOCS / f"{page}.md").write_text(renewed(text), "utf-8")
        return

    commands = list(shown(text))
    assert len(commands) >= 4
    for command, output in commands:
        assert SEAL.sub("seal", told(command)) == SEAL.sub("seal", output), command


@pytest.mark.parametrize("page", PAGES)
def test_no_line_of_output_on_a_page_is_too_wide_for_a_screen(page):
    lines = [line for _, output in shown(text_of(page)) for line in output.splitlines()]

    assert [line for line in lines if len(line) > 100] == []


@pytest.mark.parametrize("page", PAGES)
def test_long_figures_in_the_text_of_a_page_are_in_the_output_of_a_command(page):
    outputs = "\n".join(output for each in PAGES for _, output in shown(text_of(each)))
    said = BLOCK.sub("", text_of(page))
    # 4,500 is a rounded figure, and 3.11 is a version of Python.
    figures = set(re.findall(r"\d+,\d{3}|\d+\.\d\d\b", said)) - {"4,500", "3.11"}

    plain = outputs.replace(",", "")
    assert [figure for figure in figures if figure.replace(",", "") not in plain] == []


def test_the_page_on_the_books_lists_every_invariant():
    rules = re.findall(r"^\| `([a-z-]+)` \|", text_of("books"), re.MULTILINE)

    assert rules == [name_of(invariant) for invariant in INVARIANTS]
