"""Runs a scenario in a temporary folder, seals the folder, and renames it to the run's folder."""

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path

from des.scenario import Scenario
from des.world import World
from ledger.day_ledger import days_of, render_days
from ledger.group_books import write_group
from ledger.hit_statistics import sealed_statistics
from ledger.journal import Journal
from ledger.journal_beside import JournalBeside
from ledger.mistake import MistakeError
from ledger.proof.seal import seal
from ledger.run_folder import MANIFEST, RunFolder, is_pattern
from runs.program import program, versions
from runs.record.fit import sealed_fit
from runs.scenarios import dump, name
from runs.whole_folder import whole_folder

OUT = Path("runs/out")  # a folder below the working directory


class RunRefusedError(MistakeError):
    """The run's folder can't be created or must not be replaced."""


def default_folder(name_or_path: str, seed: int, settings: Iterable[str] = ()) -> Path:
    """Return the default folder of a run. Its name has the scenario, the settings and the seed.

    Long names are cut, and capital letters become small letters. All characters except a-z and 0-9
    become dashes.
    """
    words = [name(name_or_path), *(name(each.replace(".", "-")) for each in settings)]
    return OUT / f"{'-'.join(words)[:150]}-seed{seed}"


def execute(
    scenario: Scenario,
    target: Path,
    force: bool = False,
    on_day: Callable[[], None] = lambda: None,
    every_quote: bool = False,
    on_phase: Callable[[str], None] = lambda phase: None,
    parallel: bool = False,
) -> None:
    """Run a scenario, and store the run in a folder.

    Args:
        scenario: the scenario to run.
        target: the folder.
        force: replace an older run in the folder.
        on_day: called after each simulated day.
        every_quote: simulate one quote after another, which is slower and gives the same bytes.
        on_phase: called with the name of each phase that follows the last simulated day.
        parallel: write the books, and compute the maker's predictions, in other processes. This
            does not change the bytes of the run.

    Raises:
        RunRefusedError: the folder can't be written; or its path contains `*`, `?` or `[`; or the
            folder exists and *force* is false; or the folder exists and is not a run.
    """
    _check_place(target, force)
    with ExitStack() as stack:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            beside = stack.enter_context(whole_folder(target))
        except OSError as error:
            what = error.strerror
            raise RunRefusedError(f"{target.parent}: can't be written ({what})") from error
        books = JournalBeside if parallel else Journal
        World(scenario, beside, every_quote, books, parallel).run(on_day)
        _complete(beside, scenario, on_phase)
        _check_place(target, force)  # another process may have made the folder in the meantime


def without_day_ledgers(scenario: Scenario) -> Scenario:
    """Return the scenario without day ledgers, for a run whose books are read and then deleted."""
    return scenario.model_copy(update={"run": scenario.run.model_copy(update={"day_ledgers": ()})})


def _complete(folder: Path, scenario: Scenario, on_phase: Callable[[str], None]) -> None:
    """Write the remaining files of a run beside the books, and seal all files."""
    (folder / "scenario.toml").write_text(dump(scenario), encoding="utf-8")
    run = RunFolder(folder)
    on_phase("writing the books of the group")
    write_group(run)
    _write_day_ledgers(run, scenario, on_phase)
    on_phase("comparing with the record")
    fit = sealed_fit(run, scenario.sources)
    on_phase("sealing")
    seal(
        folder,
        {
            "question": scenario.question,
            "seed": scenario.run.seed,
            **fit,
            **sealed_statistics(run),
            "program": program(),
            "versions": versions(),
        },
    )


def _write_day_ledgers(run: RunFolder, scenario: Scenario, on_phase: Callable[[str], None]) -> None:
    wanted = scenario.run.day_ledgers
    if not wanted:
        return
    on_phase("writing day ledgers")
    folder = run.path / "days"
    folder.mkdir()
    for day, text in render_days(run, days_of(run) if wanted == "all" else wanted):
        (folder / f"{day}.beancount").write_text(text, encoding="utf-8")


def _check_place(target: Path, force: bool) -> None:
    if is_pattern(target):
        raise RunRefusedError(f"{target}: Beancount can't include from a path with *, ? or [")
    if not target.exists():
        return
    if not force:
        raise RunRefusedError(
            f"{target} exists already; replace it (--force, in Python force=True) or choose "
            "another folder (--out, in Python out=)"
        )
    if not (target / MANIFEST).is_file() or not (target / "main.beancount").is_file():
        raise RunRefusedError(
            f"{target} is not a run, so the program does not replace it; choose another folder "
            "(--out, in Python out=)"
        )
