"""A program that imports `moneytrail` can run scenarios and read runs."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import moneytrail

CHECKOUT = Path(__file__).parents[1]
HEAVY = ("beancount", "click", "duckdb", "numba", "numpy", "pydantic", "simpy", "tabulate")

NO_DAYS = {"run": {"day_ledgers": []}}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> "moneytrail.RunFolder":
    return moneytrail.run("tiny", out=tmp_path_factory.mktemp("face") / "tiny")


def test_a_user_can_run_a_scenario_and_make_a_report(run):
    first = moneytrail.where(run).tables()[0]
    picked_off = "SELECT sum(edge_usd) FROM fills WHERE motive = 'pickoff'"
    ((edge_usd,),) = moneytrail.sql(run, picked_off).rows

    assert any(edge_usd in row and "PickOff" in row for row in first.rows)
    assert "owes its customers" in moneytrail.answer(run)


def test_a_run_opened_from_disk_gives_the_same_reports(run):
    opened = moneytrail.open_run(str(run.path))

    assert opened.path == run.path
    assert moneytrail.answer(opened) == moneytrail.answer(run)


def test_reports_refuse_a_path_and_the_report_on_claims_accepts_one_run_or_a_list(run):
    for report in (moneytrail.firms, moneytrail.claims, moneytrail.compare):
        with pytest.raises(moneytrail.MistakeError, match=r"moneytrail\.open_run\('runs/out/x'\)"):
            report("runs/out/x")

    assert moneytrail.claims(run) == moneytrail.claims([run])
    assert moneytrail.where(run=run).answer() == moneytrail.where(run).answer()


def test_a_new_run_passes_the_audit(run):
    assert [finding.problems for finding in moneytrail.audit(run.path)] == [()] * 7


def test_a_scenario_can_be_run_with_another_seed_and_with_changed_settings(run, tmp_path):
    changes = {"run": {"day_ledgers": []}, "maker": {"credit_line_usd": 123}}

    other = moneytrail.run("tiny", tmp_path / "other", seed=7, changes=changes)

    as_run = (other.path / "scenario.toml").read_text(encoding="utf-8")
    assert "seed = 7\n" in as_run
    assert "credit_line_usd = 123.0\n" in as_run
    assert changes == {"run": {"day_ledgers": []}, "maker": {"credit_line_usd": 123}}
    assert moneytrail.answer(other) != moneytrail.answer(run)


def test_the_default_folder_of_a_run_is_the_same_as_on_the_command_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert moneytrail.run("tiny", changes=NO_DAYS).path == Path("runs/out/tiny-seed1")
    assert moneytrail.open_run("runs/out/tiny-seed1")


def test_an_existing_run_is_replaced_only_if_force_is_true(tmp_path):
    moneytrail.run("tiny", tmp_path / "run", changes=NO_DAYS)

    with pytest.raises(moneytrail.RunRefusedError, match="exists"):
        moneytrail.run("tiny", tmp_path / "run", changes=NO_DAYS)
    assert moneytrail.run("tiny", tmp_path / "run", changes=NO_DAYS, force=True)


def test_a_wrong_key_and_an_unfinished_run_and_an_unknown_name_raise_different_errors(tmp_path):
    with pytest.raises(moneytrail.ScenarioError, match="latency_ss"):
        moneytrail.run("tiny", tmp_path / "run", changes={"maker": {"latency_ss": 1}})
    with pytest.raises(moneytrail.RunFolderError, match="not a finished run"):
        moneytrail.open_run(tmp_path)
    assert issubclass(moneytrail.ScenarioError, moneytrail.MistakeError)
    with pytest.raises(AttributeError, match=r"no 'were'; it has .*where"):
        moneytrail.were  # noqa: B018


@pytest.mark.parametrize("name", dir(moneytrail))
def test_every_public_name_exists_and_is_documented(name):
    public = getattr(moneytrail, name)

    assert name == "__version__" or public.__doc__


def test_type_checkers_find_each_public_name_in_its_module():
    tree = ast.parse(Path(moneytrail.__file__).read_text(encoding="utf-8"))
    seen = {
        name.name: node.module
        for branch in tree.body
        if isinstance(branch, ast.If)
        for node in branch.body
        for name in node.names
        if name.asname
    }

    assert seen == moneytrail._HOMES


def test_importing_moneytrail_loads_no_large_library():
    seen = "import sys, moneytrail; print(moneytrail.__version__, *sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", seen], cwd=CHECKOUT, check=True, capture_output=True, text=True
    )
    loaded = {module.split(".")[0] for module in done.stdout.split()}

    assert loaded & {*HEAVY, "des", "ledger"} == set()
    assert done.stdout.startswith(moneytrail.__version__)


def test_the_packages_are_marked_as_typed():
    assert all((CHECKOUT / package / "py.typed").is_file() for package in ("des", "ledger", "runs"))
