"""The commands in README.md run without an error, and its figures agree with runs and pages."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from ledger.reports.life.answer import answer
from ledger.reports.money.hole import hole
from ledger.run_folder import RunFolder
from runs.cli.main import main
from runs.experiments import experiment
from runs.record.compare import compare
from runs.record.facts import load_record
from runs.study.judged_run import JudgedRun
from runs.study.member_figures import HOLE, MECHANISM
from runs.study.plausible import facts_missed
from runs.study.shipped import read_shipped
from runs.study.study_report import StudyReport

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
STUDY_PAGE = (ROOT / "docs" / "study.md").read_text(encoding="utf-8")
SAMPLING = (ROOT / "docs" / "sampling.md").read_text(encoding="utf-8")
FINDINGS = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")
SCRIPTS = Path(sys.executable).parent
LIFE = "runs/out/ftx-sampled-seed1"
LINES_MAX = 150
SHELL = re.compile(r"```sh\n(.*?)```", re.DOTALL)
# Scenarios that take minutes are replaced by a scenario that takes a second.
SMALLER = {"march-2020": "tiny"}


def commands() -> list[list[str]]:
    """Return the commands of the page in order, each as a list of words."""
    lines = [line for block in SHELL.findall(README) for line in block.splitlines()]
    return [shlex.split(line, comments=True) for line in lines if not line.startswith("export ")]


def smaller(word: str) -> str:
    for name, small in SMALLER.items():
        word = word.replace(name, small)
    return word


@pytest.fixture(scope="module")
def study() -> StudyReport:
    """Return the report of the shipped study."""
    return read_shipped("life")


def said() -> str:
    return " ".join(README.split())


def test_the_readme_has_at_most_150_lines():
    assert len(README.splitlines()) <= LINES_MAX


def test_every_command_in_the_readme_runs(tiny_run: RunFolder, tmp_path, monkeypatch):
    """The commands run in the order of the page. A small run replaces the run of the whole life."""
    monkeypatch.chdir(tmp_path)
    # One process is faster here, because each new process takes seconds to start.
    monkeypatch.setattr(experiment, "cores", lambda: 1)
    shutil.copytree(tiny_run.path, LIFE)
    shutil.copy(ROOT / "docs" / "any-ledger.beancount", tmp_path)
    for program, *words in commands():
        if program != "moneytrail":
            subprocess.run([SCRIPTS / program, *words], check=True, capture_output=True)
            continue
        arguments = [smaller(word) for word in words]
        if arguments[0] == "run":
            arguments.append("--force")
        if arguments[0] == "audit":
            arguments += ["--processes", "1"]
        done = CliRunner().invoke(main, arguments)
        assert done.exit_code == 0, (arguments, done.output)
    assert len(commands()) > 15
    assert Path("exhibit.html").stat().st_size > 10_000


def test_the_readmes_figures_of_one_life_agree_with_the_pages_of_findings_and_of_sampling():
    finding = said().partition("**The main life.**")[2].partition("![")[0]
    # Figures with a dollar sign are results of the study. Another test checks them.
    told = re.findall(r"(?<![$\d.])([\d.]+(?: to [\d.]+)?) (million|billion)", finding)
    units = {"million": "m USD", "billion": "bn USD"}

    assert len(told) >= 4
    of_all_hours = finding.partition("With all hours the hole is ")[2].partition(". **Other")[0]
    for figure, unit in told:
        if f"{figure} {unit}" not in of_all_hours:
            assert f"| {figure} {units[unit]} |" in FINDINGS, figure
    (agrees,) = re.findall(r"thread's own story .*? agrees with (\d+ of) the 30 outcomes", finding)
    story = f"For {agrees} 30 recorded outcomes, the story's figure is inside"
    assert story in " ".join(FINDINGS.split())
    # The page on sampling has the figures of the life with all hours, in millions of dollars.
    hole_bn, lost = re.findall(r"([\d.]+) billion, .*? ([\d.]+) million", of_all_hours)[0]
    (lost_m,) = re.findall(r"\| loss on stale quotes \| .*? \| ([\d.]+) \|\n", SAMPLING)[-1:]
    (hole_m,) = re.findall(r"\| the hole \| .*? \| ([\d.,]+) \|\n", SAMPLING)
    assert lost == lost_m
    assert hole_bn == f"{float(hole_m.replace(',', '')) / 1000:.1f}"


def test_the_readmes_finding_agrees_with_the_shipped_study(study: StudyReport):
    n, inputs, fit, missed, facts = re.findall(
        r"simulated (\d+) lives of the exchange\. .*? leave (\d+) inputs open.*? "
        r"(\d+) lives fit the facts: each misses at most (\d+) of (\d+) ",
        said(),
    )[0]

    assert f"{fit} of {n} members are plausible" in study.answer()
    assert int(inputs) == len(study.members.study.unknown)
    assert (int(missed), int(facts)) == (study.members.study.nth_largest - 1, len(study.judged))


def test_the_readmes_amounts_of_the_lives_that_fit_agree_with_the_shipped_study(
    study: StudyReport,
):
    low, high, stale_low, stale_high, stale_part, loss, part = re.findall(
        r"the hole is \$(\S+) to \$(\S+) billion\. "
        r"Stale quotes cost \$(\S+) to \$(\S+) billion, and at most (\d+) % of the hole .*? "
        r"cost at most \$(\S+) billion, and at most (\d+) % of the hole of the same life\.",
        said(),
    )[0]
    of_exchange, to, gain = re.findall(
        r"less its own cash and coins\) is \$(\S+) to \$(\S+) billion in the 22 lives .*? "
        r"have a gain in place of the losses, at most \$(\S+) billion\.",
        said(),
    )[0]

    def in_bn(figure: str) -> np.ndarray:
        return study.members.drawn(figure)[study.is_plausible] / 10**9

    own_bn, stale_bn, lost_bn = map(
        in_bn, ("hole-of-the-exchange to 2022-11-11", "pickoff_usd", MECHANISM)
    )
    holes_bn = in_bn(HOLE)
    parts = [100 * (each / holes_bn).max() for each in (stale_bn, lost_bn)]

    assert [low, high] == [f"{holes_bn.min():.1f}", f"{holes_bn.max():.1f}"]
    assert [stale_low, stale_high] == [f"{stale_bn.min():.2f}", f"{stale_bn.max():.1f}"]
    assert [gain, loss] == [f"{-lost_bn.min():.1f}", f"{lost_bn.max():.1f}"]
    assert [stale_part, part] == [f"{each:.0f}" for each in parts]
    assert [of_exchange, to] == [f"{own_bn.min():.1f}", f"{own_bn.max():.1f}"]
    assert "the smaller part of the hole" in said()
    assert max(parts) < 50


def test_nearly_all_of_the_loss_on_liquidations_is_an_input_as_the_readme_says(study: StudyReport):
    names = [unknown.name for unknown in study.members.study.unknown]
    drawn = study.members.inputs[~study.members.is_base][study.is_plausible]
    stated_usd = 1.1e9 * drawn[:, names.index("takeovers_times")]
    lost_usd = study.members.drawn("liquidations_usd")[study.is_plausible]

    assert "Nearly all of the loss on liquidations is an input" in said()
    np.testing.assert_allclose(lost_usd, stated_usd, rtol=0.05)


def test_the_readme_and_the_study_agree_on_the_lives_whose_losses_are_at_least_half_of_the_hole(
    study: StudyReport,
):
    half, n, missed, facts = re.findall(
        r"In (\d+) of the (\d+) lives the losses are at least half of the hole, but each of these "
        r"lives misses at least (\d+) of the (\d+) facts\.",
        said(),
    )[0]
    reached = study.would_have_to_be.reached

    assert (int(n), int(half)) == (len(reached), reached.sum())
    assert (int(missed), int(facts)) == (
        facts_missed(study.judged)[reached].min(),
        len(study.judged),
    )
    assert not (study.is_plausible & reached).any()


def test_the_readme_states_the_results_of_the_search(study: StudyReport):
    searched, fit, others, part, small_bn = re.findall(
        r"Of (\d+) lives of the search (\d+) fit the facts\. In (\d+) of these the losses are at "
        r"most (\d+) % of the hole\. .*? the hole is only \$([\d.]+) billion "
        r"and smaller than the losses",
        said(),
    )[0]
    none_missed, low, high = re.findall(
        r"(\w+) of the 128 lives of the search miss no fact "
        r"\(losses: (\d+) to (\d+) % of the hole\)",
        said(),
    )[0]
    search = study.searched
    assert search is not None
    found, percent = search.is_plausible, 100 * search.share
    over = found & (percent > 100)
    fits_whole = search.of_search & (facts_missed(search.judged) == 0)

    assert int(searched) == search.of_search.sum()
    assert int(fit) == (search.of_search & found).sum()
    assert [f"{usd / 1e9:.1f}" for usd in search.members.drawn("hole_usd")[over]] == [small_bn]
    rest = search.of_search & found & ~over
    assert (int(others), part) == (rest.sum(), f"{percent[rest].max():.0f}")
    assert (none_missed, fits_whole.sum()) == ("Seven", 7)
    assert [f"{percent[fits_whole].min():.0f}", f"{percent[fits_whole].max():.0f}"] == [low, high]


def test_the_readme_names_the_member_nearest_to_the_record(study: StudyReport):
    (table,) = (each for each in study.tables() if each.name == "nearest")
    first = dict(zip(table.columns, table.rows[0], strict=True))
    of, number, near = re.findall(
        r"compares (\d+) outcomes .*? Life (\d+) is the nearest of .*?: (\d+) of its outcomes are",
        said(),
    )[0]

    assert int(number) == first["member"]
    assert f"{near} of {of} comparable outcomes agree" in " ".join(STUDY_PAGE.split())


def test_the_readmes_text_and_the_answer_below_it_state_the_same_shares_of_the_three_largest_uses():
    told = re.findall(
        r"coins bought with loans \((\d+) %\), ventures \((\d+) %\) and the buyback \((\d+) %\)",
        said(),
    )[0]
    answered = re.findall(
        r"the largest are Portfolio ([\d.]+)%, Ventures ([\d.]+)% and Buyback ([\d.]+)%", said()
    )[0]

    assert list(told) == [f"{float(share):.0f}" for share in answered]


@pytest.fixture(scope="module")
def life(executed) -> RunFolder:
    """Return the run that `make run` simulates. It takes some minutes."""
    return executed("ftx-sampled")


@pytest.mark.slow
def test_the_readme_states_the_answer_of_the_command_make_run(life):
    assert answer(life) in said()
    lost = hole(life).kinds_usd["PickOff"] / 1_000_000
    low, high = re.findall(
        r"loss of the maker on stale quotes \|[^|]*\| ([\d.]+) to ([\d.]+) m USD", FINDINGS
    )[0]
    assert float(low) <= round(float(lost), 1) <= float(high)


@pytest.mark.slow
def test_the_readme_states_the_number_of_facts_missed_by_the_main_life_and_by_the_story_as_told(
    life: RunFolder, study: StudyReport, executed
):
    ((of_life, facts),) = re.findall(r"main life\.\*\* It misses (\d+) of the (\d+) facts", said())
    (of_story,) = re.findall(r"of the 30 outcomes, but misses (\d+) of the 19 facts", said())

    assert int(facts) == len(study.judged)
    assert int(of_life) == len(JudgedRun(life, study).missed)
    story = JudgedRun(executed("as-told"), study)
    assert int(of_story) == len(story.missed)
    # The page of findings names the fact from which the story is most distant.
    first = story.tables()[0].rows[0]
    assert first[0] == "share-of-maker-in-volume to 2022-11-11"
    assert f"{float(first[3]):.0f} % instead of 2 to 3 %" in " ".join(FINDINGS.split())


@pytest.mark.slow
def test_the_readme_states_how_many_outcomes_of_the_main_life_are_near_the_record(life):
    of, inside = re.findall(
        r"compares (\d+) outcomes .*? In the main life this is true of (\d+) outcomes\.", said()
    )[0]

    assert compare(life, load_record()).answer().startswith(f"{inside} of {of} comparable outcomes")
