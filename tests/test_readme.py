"""What the README says, the commands it shows still say."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.reports.dollars import percent
from ledger.reports.firms.firm_results import firms
from ledger.reports.firms.skill import skill
from ledger.reports.life.answer import answer
from ledger.reports.life.share_prices import valuation
from ledger.reports.liquidations.liquidation_results import liquidations
from ledger.reports.market.expectations import expectations
from ledger.reports.market.pool_results import pools
from ledger.reports.money.hole import hole
from ledger.reports.money.quote_views import quote_views
from ledger.reports.table import Table
from ledger.run_folder import RunFolder
from runs.execute import execute
from runs.scenarios import load

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
SCRIPTS = Path(sys.executable).parent
MILLION, BILLION = 1_000_000, 1_000_000_000
SHOWN = "may-2021"
SET_UP = "make "  # what sets up machines is tried on fresh ones

CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)


def shown() -> list[tuple[str, list[str]]]:
    """Return each command shown, with the lines of its output that are shown."""
    commands: list[tuple[str, list[str]]] = []
    for block in CONSOLE.findall(README):
        for line in block.splitlines():
            if line.startswith("$ "):
                commands.append((line[2:].split("  #")[0], []))
            else:
                commands[-1][1].append(line)
    return [(command, lines) for command, lines in commands if not command.startswith(SET_UP)]


def told(folder: Path, scenario: str = SHOWN) -> dict[str, str]:
    """Run the commands in their order, as a reader would, and return what each prints.

    Args:
        folder: where to run them.
        scenario: which to run in the place of the one that is shown.
    """
    told = {}
    for command, _ in shown():
        program, *words = shlex.split(command.replace(SHOWN, scenario))
        done = subprocess.run(
            [SCRIPTS / program, *words], cwd=folder, capture_output=True, text=True, check=True
        )
        told[command] = done.stdout
    return told


def words_of(line: str) -> list[str]:
    """Return a line without its figures."""
    return [word for word in line.split() if not re.fullmatch(r"-?[\d,.]+", word)]


def test_the_commands_that_the_readme_shows_print_such_lines_of_a_small_world_too(tmp_path):
    said = told(tmp_path, "tiny")

    assert sum(len(lines) for _, lines in shown()) >= 5
    for command, lines in shown():
        for line in lines:
            words = words_of(line.replace(SHOWN, "tiny"))
            assert words in map(words_of, said[command].splitlines()), (command, line)


@pytest.mark.slow
def test_what_the_readme_shows_is_what_its_commands_print_and_the_finding_is_there(tmp_path):
    said = told(tmp_path)
    for command, lines in shown():
        for line in lines:
            assert line in said[command], command

    _, _, month = README.partition("**One month, every quote.**")
    finding, where = (
        month.split("```")[0],
        said["moneytrail where runs/out/may-2021-seed1 --table hole-by-kind"],
    )
    figures = re.findall(r"\d[\d,]*\.\d\d\b", finding)
    assert len(figures) == 3
    assert all(figure in where for figure in figures)


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """The venue's life at the fidelity that `make run` has: a minute and a half."""
    folder = tmp_path_factory.mktemp("life") / "run"
    execute(load("ftx-sampled"), folder)
    return RunFolder.at(folder)


@pytest.mark.slow
def test_the_answer_that_the_readme_begins_with_is_made_from_the_books(life):
    said = " ".join(README.split())
    assert answer(life) in said
    the_hole = hole(life)
    lost = the_hole.kinds_usd["PickOff"]
    share = percent(lost, sum(the_hole.uses_usd.values()))
    assert f"quotes cost Alameda {lost / MILLION:.1f} million dollars, {share} % of all the" in said


@pytest.mark.slow
def test_what_the_readme_says_of_takeovers_and_of_the_groups_view_is_in_the_books(life):
    taken_over = hole(life).kinds_usd["Takeovers"] / MILLION
    views = quote_views(life)
    said = " ".join(README.split())
    assert f"{taken_over:,.0f} million of liquidations are two positions" in said
    assert f"takers' fees of {views.taker_fees_usd / MILLION:.0f} million" in said
    assert f"its quotes *earned* {views.group_usd / MILLION:.0f}." in said


@pytest.mark.slow
def test_what_the_readme_says_of_shares_and_of_the_lock_in_is_in_the_books(life):
    tables = valuation(life).tables()
    rounds, reviews = by_name(tables, "rounds"), by_name(tables, "reviews")
    last = dict(zip(rounds.columns, rounds.rows[-1], strict=True))
    worth = [
        f"{last[f'{way}_usd'] / BILLION:.1f}"
        for way in ("recorded", "by_growth", "without_quotes", "as_trading_firm")
    ]
    decided, year, lose = (
        [row[reviews.columns.index(column)] for row in reviews.rows]
        for column in ("decided", "year_usd", "shares_would_lose_usd")
    )
    said = " ".join(README.split())
    assert f"recorded at {worth[0].removesuffix('.0')} billion" in said
    assert f"fetched {worth[1]} billion with the captive maker's quotes and {worth[2]}" in said
    assert f"as a trading firm {worth[3]}" in said
    assert set(decided) == {"quotes on"}
    assert f"never cost more than {-min(year) / MILLION:.0f} million" in said
    assert f"up to {max(lose) / BILLION:.1f} billion" in said


@pytest.mark.slow
def test_what_the_readme_says_of_the_pool_is_in_the_books(life):
    table = by_name(pools(life).tables(), "pools")
    total = dict(zip(table.columns, table.rows[-1], strict=True))
    lost, fees = (total[f"{what}_usd"] / MILLION for what in ("loss", "fees"))
    said = " ".join(README.split())
    assert f"lost {lost:.1f} million to arbitrage" in said
    assert f"{fees:.1f} of it came back as fees" in said


@pytest.mark.slow
def test_what_the_readme_says_of_other_crashes_is_what_their_backstop_earned(tmp_path):
    earned = {}
    for name in ("march-2020", "may-19"):
        execute(load(name), tmp_path / name)
        backstops = by_name(liquidations(RunFolder.at(tmp_path / name)).tables(), "backstops")
        earned[name] = round(backstops.rows[0][-1] / 1_000)
    said = " ".join(README.split())
    assert f"it earns {earned['march-2020']} and {earned['may-19']} thousand" in said


@pytest.mark.slow
def test_what_the_readme_says_of_may_holds_over_its_seeds_and_its_shares(tmp_path):
    """Eight Mays; what quotes lose is what stale quotes and hedges cost less the spread."""

    def played(name: str, changes: dict) -> RunFolder:
        execute(load("may-2021", changes), tmp_path / name)
        return RunFolder.at(tmp_path / name)

    def lost_millions(run: RunFolder) -> float:
        kinds = hole(run).kinds_usd
        lost = kinds["PickOff"] + kinds["Hedging"] + kinds["Spread"]
        return round(float(lost) / 1_000_000, 1)

    seeds = {seed: played(f"seed-{seed}", {"run": {"seed": seed}}) for seed in range(1, 7)}
    earned = [-lost_millions(run) for run in seeds.values()]
    at_ends = [
        lost_millions(played(f"share-{pct}", {"maker": {"depth_share": pct / 100}}))
        for pct in (2, 45)
    ]
    promised = by_name(expectations(seeds[1]).tables(), "expectations")
    total = promised.rows[-1][promised.columns.index("promised_usd")]
    said = " ".join(README.split())
    assert f"({min(earned)} to {max(earned)} million over seeds 1 to 6)" in said
    assert f"With 2 % of the depth they earn {-at_ends[0]} million" in said
    assert f"with 45 % they lose {at_ends[1]} million" in said
    assert f"promised it {total / 1_000_000:.1f} million" in said


@pytest.mark.slow
def test_what_the_readme_says_of_luna_holds_over_its_seeds(tmp_path):
    """Six weeks of three markets and ten thousand customers on margin."""
    liquidated, taken, earned = [], [], []
    for seed in range(1, 7):
        execute(load("luna", {"run": {"seed": seed}}), tmp_path / str(seed))
        tables = liquidations(RunFolder.at(tmp_path / str(seed))).tables()
        cascade = by_name(tables, "cascade")
        ways = [
            cascade.columns.index(f"{way}_usd") for way in ("in_book", "backstop", "deleveraged")
        ]
        liquidated.append(round(sum(row[way] for row in cascade.rows for way in ways) / 1_000_000))
        _, _, taken_usd, *_, result_usd = by_name(tables, "backstops").rows[0]
        taken.append(round(taken_usd / 1_000_000))
        earned.append(round(result_usd / 1_000))
    said = " ".join(README.split())
    assert f"{min(liquidated)} to {max(liquidated)} million of customers' positions" in said
    assert f"takes over {min(taken)} to {max(taken)} million" in said
    assert f"*earns* {min(earned)} to {max(earned)} thousand" in said


@pytest.mark.slow
def test_what_the_readme_says_of_the_marks_holds_over_its_seeds(tmp_path):
    """Six runs of forty firms over three months; the figures are rounded as the text has them."""
    taken, kept, correlated = [], [], []
    for seed in range(1, 7):
        scenario = load("marks", {"run": {"seed": seed}})
        execute(scenario, tmp_path / str(seed))
        run = RunFolder.at(tmp_path / str(seed))
        classes = by_name(firms(run).tables(), "classes")
        by_class = {row[0]: dict(zip(classes.columns, row, strict=True)) for row in classes.rows}
        for each in ("pro", "mid-tier", "larp"):
            assert by_class[each]["house_result_usd"] > 0
            assert (by_class[each]["elsewhere_usd"] > 0) == (each == "pro")
        taken.append(round(by_class["pro"]["share_of_pickoff_pct"]))
        kept.append(round(by_class["all firms"]["house_result_usd"] / 1_000_000, 1))
        correlated.append(by_name(skill(run).tables(), "rank-correlation").rows[0][2])
    said = " ".join(README.split())
    assert f"takes {min(taken)} to {max(taken)} % of what" in said
    assert f"keep {min(kept)} to {max(kept)} million" in said
    assert f"the correlation is {min(correlated)} to {max(correlated)}." in said


def by_name(tables: list[Table], name: str) -> Table:
    return next(table for table in tables if table.name == name)
