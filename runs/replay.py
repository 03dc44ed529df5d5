"""Plays a run's sealed scenario again, and compares the result with the run byte for byte.

With the same versions of the libraries and the same type of processor, a scenario and seed always
give the same ledger. So the books of a run can be computed again. A forger may invent a deposit
that no check of the books finds. A replay finds it, because the deposit does not follow from the
scenario.
"""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

from ledger.proof.audit_step import AuditStep, Proof
from ledger.proof.folders_compared import differences
from ledger.proof.preamble import SCENARIO
from ledger.run_folder import MANIFEST
from runs.execute import RunRefusedError, execute
from runs.program import program, versions
from runs.scenario_files import ScenarioError
from runs.scenarios import load

_GIVER = "the scenario gives"


def replay(
    folder: Path,
    on_span: Callable[[date, date], None] = lambda start, end: None,
    on_day: Callable[[], None] = lambda: None,
    on_phase: Callable[[str], None] = lambda phase: None,
) -> AuditStep:
    """Play a run's scenario again in a temporary folder, and compare sealed files byte for byte.

    Args:
        folder: the run's folder.
        on_span: called with the first day of the run and the day after the last day.
        on_day: called after each simulated day.
        on_phase: called with the name of each phase that follows the last simulated day.

    Raises:
        RunRefusedError: the temporary folder can't be written.
    """
    scratch = Path(tempfile.mkdtemp(prefix="moneytrail-replay-"))
    try:
        problems = tuple(_problems(folder, scratch / "run", on_span, on_day, on_phase))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    step = "replay: the sealed scenario, played again with its seed, gives the same bytes"
    return AuditStep(step, problems, Proof.REPLAY, tuple(_other_versions(folder)))


def _problems(
    folder: Path,
    again: Path,
    on_span: Callable[[date, date], None],
    on_day: Callable[[], None],
    on_phase: Callable[[str], None],
) -> Iterator[str]:
    try:
        scenario = load(str(folder / SCENARIO))
        on_span(scenario.run.start, scenario.run.end)
        execute(scenario, again, on_day=on_day, on_phase=on_phase)
    except RunRefusedError:
        raise
    except ScenarioError as error:
        yield f"{SCENARIO}: {error.key} {error.problem}"
        return
    except Exception as error:  # a forged scenario may pass all checks of `load` and still fail
        said = f"{SCENARIO}: the scenario can't be played ({type(error).__name__}: {error})"
        yield said.splitlines()[0]
        return
    on_phase("comparing every byte")
    yield from differences(folder, again, _GIVER)


def _other_versions(folder: Path) -> Iterator[str]:
    """Yield a line for each program or library whose version here differs from the run's.

    If the manifest has no versions, yield one line that says so.
    """
    try:
        run = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["run"]
        sealed = {**run["versions"], "moneytrail": _commit(run["program"])}
    except (OSError, ValueError, LookupError, TypeError):
        yield f"{MANIFEST}: the versions that made the run are missing"
        return
    for name, here in {**versions(), "moneytrail": _commit(program())}.items():
        if sealed.get(name) != here:
            yield f"{name} is {here} here, but the run was made with {sealed.get(name)}"


def _commit(of: Mapping[str, str]) -> str:
    return f"{of['version']} at commit {of['commit']}"
