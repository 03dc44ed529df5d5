"""The public functions of moneytrail, to run scenarios and to report on runs.

    import moneytrail

    run = moneytrail.run("tiny")                                # or open_run("runs/out/tiny-seed1")
    slow = moneytrail.run("tiny", out="slow", changes={"run": {"seed": 2}})
    for table in moneytrail.where(run).tables():
        print(table.title, table.columns, table.rows)
    moneytrail.frame(moneytrail.where(run), "hole-by-kind")     # a data frame; see docs/python.md
    moneytrail.plot(moneytrail.where(run))                      # a picture

Most functions that report on a run have the name of the command that prints the same report. The
import of this module loads no report. The first use of a report loads this report and its
libraries.

This module is also a plugin of Beancount. The file ``check.beancount`` of every run names this
module, and this module calls the checks. So a sealed ledger still loads if the code of the checks
moves to another module. The plugin has three forms:

    plugin "moneytrail"           ; for a general ledger, which sums the fills of each day
    plugin "moneytrail" "line"    ; for a day ledger, in which every fill is a transaction
    plugin "moneytrail" "group"   ; for the house group's own books
"""

from collections.abc import Mapping
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runs import __version__ as __version__

if TYPE_CHECKING:
    from beancount.core.data import Directive

    from ledger.day_ledger import render_day as render_day
    from ledger.mistake import MistakeError as MistakeError
    from ledger.reports.firms.firm_results import firms as firms
    from ledger.reports.firms.skill import skill as skill
    from ledger.reports.life.answer import answer as answer
    from ledger.reports.life.cash_coverage import cash_coverage as cash_coverage
    from ledger.reports.life.share_prices import valuation as valuation
    from ledger.reports.life.solvency import solvency as solvency
    from ledger.reports.life.timeline import timeline as timeline
    from ledger.reports.liquidations.liquidation_results import liquidations as liquidations
    from ledger.reports.market.expectations import expectations as expectations
    from ledger.reports.market.lead_lag import lead_lag as lead_lag
    from ledger.reports.market.pool_results import pools as pools
    from ledger.reports.money.quarters import where_by_quarter as where_by_quarter
    from ledger.reports.money.where import where as where
    from ledger.reports.schedules.schedules import schedules as schedules
    from ledger.reports.tracing.sources import Question as Question
    from ledger.reports.tracing.trace import trace as trace
    from ledger.reports.trail.entity_books import books as books
    from ledger.reports.trail.query import query as query
    from ledger.reports.trail.sql import sql as sql
    from ledger.reports.trail.trail_down import trail as trail
    from ledger.reports.trail.trail_up import trail_up as trail_up
    from ledger.run_folder import RunFolder as RunFolder
    from ledger.run_folder import RunFolderError as RunFolderError
    from runs.claims.claims import claims as claims
    from runs.data_frames import NotebookError as NotebookError
    from runs.data_frames import frame as frame
    from runs.data_frames import plot as plot
    from runs.data_frames import table as table
    from runs.execute import RunRefusedError as RunRefusedError
    from runs.full_audit import audit as audit
    from runs.record.compare import compare as compare
    from runs.scenario_files import ScenarioError as ScenarioError
    from runs.scenario_files import built_ins as built_ins

__plugins__ = ("check",)

# The module of each public name that is loaded on first use. The imports above are only for type
# checkers.
_HOMES = {
    "MistakeError": "ledger.mistake",
    "Question": "ledger.reports.tracing.sources",
    "RunFolder": "ledger.run_folder",
    "RunFolderError": "ledger.run_folder",
    "RunRefusedError": "runs.execute",
    "ScenarioError": "runs.scenario_files",
    "answer": "ledger.reports.life.answer",
    "audit": "runs.full_audit",
    "expectations": "ledger.reports.market.expectations",
    "books": "ledger.reports.trail.entity_books",
    "built_ins": "runs.scenario_files",
    "claims": "runs.claims.claims",
    "compare": "runs.record.compare",
    "cash_coverage": "ledger.reports.life.cash_coverage",
    "firms": "ledger.reports.firms.firm_results",
    "skill": "ledger.reports.firms.skill",
    "lead_lag": "ledger.reports.market.lead_lag",
    "liquidations": "ledger.reports.liquidations.liquidation_results",
    "frame": "runs.data_frames",
    "plot": "runs.data_frames",
    "table": "runs.data_frames",
    "NotebookError": "runs.data_frames",
    "pools": "ledger.reports.market.pool_results",
    "query": "ledger.reports.trail.query",
    "render_day": "ledger.day_ledger",
    "schedules": "ledger.reports.schedules.schedules",
    "solvency": "ledger.reports.life.solvency",
    "sql": "ledger.reports.trail.sql",
    "timeline": "ledger.reports.life.timeline",
    "trace": "ledger.reports.tracing.trace",
    "trail": "ledger.reports.trail.trail_down",
    "trail_up": "ledger.reports.trail.trail_up",
    "valuation": "ledger.reports.life.share_prices",
    "where": "ledger.reports.money.where",
    "where_by_quarter": "ledger.reports.money.quarters",
}

# The functions of modules whose names begin with these words take an opened run.
_REPORTS = ("ledger.reports.", "ledger.day_ledger", "runs.claims.", "runs.record.")


def __getattr__(name: str) -> Any:
    """Load a public name from its module on first use."""
    if name not in _HOMES:
        raise AttributeError(f"moneytrail has no {name!r}; it has {', '.join(__dir__())}")
    found = getattr(import_module(_HOMES[name]), name)
    return _of_opened_run(found) if _HOMES[name].startswith(_REPORTS) else found


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted({*_HOMES, "__version__", "check", "open_run", "run"})


def run(
    scenario: str | Path,
    out: str | Path | None = None,
    seed: int | None = None,
    changes: Mapping[str, Any] | None = None,
    force: bool = False,
) -> "RunFolder":
    """Simulate a scenario, write and seal the run, and open it.

    Args:
        scenario: a built-in name, such as ``may-2021``, or the path of a ``.toml`` file.
        out: the run's folder. The default is ``runs/out/SCENARIO-seedN`` in the working directory.
        seed: a seed that replaces the scenario's seed.
        changes: new values of keys, by table, such as ``{"maker": {"depth_share": 0.45}}``.
        force: replace an older run in the folder.

    Raises:
        ScenarioError: the scenario can't be read, or can't be run with these changes.
        RunRefusedError: the folder exists and *force* is false; or the folder exists and is not a
            run; or the folder can't be written; or its path has the character *, ? or [.
    """
    from runs import scenarios
    from runs.execute import default_folder, execute

    loaded = scenarios.load(str(scenario), _with_seed(changes or {}, seed))
    folder = Path(out) if out else default_folder(str(scenario), loaded.run.seed)
    execute(loaded, folder, force)
    return open_run(folder)


def open_run(folder: str | Path) -> "RunFolder":
    """Open the folder of a finished run. Reports load the books later, when they need them.

    Raises:
        RunFolderError: the folder is not a finished run; or its scenario, its manifest, or the
            Parquet copy of its general ledger has changed since the run was sealed.
    """
    from runs.checked_run import checked_run

    return checked_run(Path(folder))


def check(
    entries: "list[Directive]", options_map: dict[str, Any], config: str = ""
) -> "tuple[list[Directive], list[Any]]":
    """Check a ledger that names this plugin, with `ledger.proof.invariants.check`."""
    from ledger.proof import invariants

    return invariants.check(entries, options_map, config)


def _of_opened_run(report: Any) -> Any:
    """Return a report that raises an error if its run is a path. A class is returned unchanged."""
    if isinstance(report, type):
        return report

    @wraps(report)
    def asked(*about: Any, **named: Any) -> Any:
        for given in (*about[:1], named.get("run")):
            if isinstance(given, str | Path):
                from ledger.mistake import MistakeError

                raise MistakeError(
                    f"{report.__name__} needs an opened run, not a path; "
                    f"give moneytrail.open_run({str(given)!r})"
                )
        return report(*about, **named)

    return asked


def _with_seed(changes: Mapping[str, Any], seed: int | None) -> Mapping[str, Any]:
    return changes if seed is None else {**changes, "run": {**changes.get("run", {}), "seed": seed}}
