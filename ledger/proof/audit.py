"""The audit: is the run unchanged since it was sealed, and are its books correct?

The steps of the audit:

- The seal is checked.
- The preamble of the books (accounts, roles, queries and inputs) is compared with the scenario and
  the code.
- Beancount loads the general ledger. Then the invariants and the loans against tokens are checked.
- The Parquet copy of the general ledger is compared with its text.
- The group's own books are made again from the general ledger, compared with the files on disk, and
  loaded.
- The amounts of the fills are recomputed. The closing entries in the general ledger are compared
  with the fills, in amounts and words.
- Day ledgers on disk are compared with the books. Beancount loads the ledgers of some or all days.

Two proofs are elsewhere: `ledger.proof.signature` checks who signed the seal, and `runs.replay`
plays the scenario again. Most checks of fills and of day ledgers need the data of one day only. So
several processes can share the work.
"""

import random
import uuid
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from datetime import date
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any

from beancount import loader

from ledger.day_ledger import days_of, render_day
from ledger.fill_store import FillsError
from ledger.foreign_code import ForeignCodeError, refuse_foreign_code_in
from ledger.group_books import group_texts
from ledger.hit_statistics import wrong_statistics
from ledger.proof import invariants
from ledger.proof.audit_step import AuditStep, Proof
from ledger.proof.copy_check import wrong_copies
from ledger.proof.edge_notes import wrong_edges
from ledger.proof.first_difference import line_that_differs
from ledger.proof.hour_notes import wrong_hours
from ledger.proof.misplaced import misplaced
from ledger.proof.pledged_steps import wrong_loans
from ledger.proof.preamble import Given, wrong_inputs, wrong_preamble
from ledger.proof.quote_ages import wrong_ages
from ledger.proof.recompute import Recomputation
from ledger.proof.seal import broken_seals
from ledger.proof.traded_notes import wrong_forced_notes, wrong_notes
from ledger.roles import RoleError
from ledger.run_folder import GROUP, RunFolder, RunFolderError
from ledger.text_loader import collector_at_rest, placed

SAMPLE_DAYS = 2
SAMPLE_SEED = 20221111

# The audit sends questions to workers. An answer has problems as texts, arguments for further
# questions, or both.
Told = str
PlannedPreamble = tuple[Given]
PlannedFills = tuple[date]
PlannedLedger = tuple[date, bool]  # a day, and whether Beancount loads its ledger
Planned = PlannedPreamble | PlannedFills | PlannedLedger
Found = tuple[Any, ...]  # problems, and arguments for further questions
Answer = Callable[[], Found]  # waits for the answer and returns it


def audit(
    folder: Path,
    given: Given | Told,
    every_day: bool = False,
    executor: Executor | None = None,
) -> Iterator[AuditStep]:
    """Audit a run, step by step.

    Args:
        folder: the run's folder.
        given: the preamble and other data that follow from the scenario, or the reason why the
            scenario can't be read.
        every_day: whether Beancount loads the ledgers of all days. If not, it loads those of a
            random sample of days. All ledgers on disk are compared with the books anyway.
        executor: sends the audit's questions to local processes, or to a cluster's workers with
            access to the same folder. None: this process answers all questions. The findings do
            not depend on the executor.
    """
    ask = _asking(folder, executor)
    # The short questions are sent first.
    seal, general, copy, group = ask("seal"), ask("general"), ask("copy"), ask("group")
    loans = ask("loans_on_tokens")
    preamble = _each(ask, "preamble", [given if isinstance(given, Told) else (given,)])
    plans = ask("days", every_day), ask("days_of_fills")
    days, days_of_fills = (answer() for answer in plans)
    # The questions on day ledgers take longest. So they are sent before the questions on fills,
    # although the report lists them last.
    day_ledgers = _each(ask, "day_ledger", days)
    others = [ask("fills_between_days", given), ask("fills_on_margin")]
    # Without a scenario, the ages of quotes can't be checked. The step on the preamble says why the
    # scenario can't be read.
    others += [] if isinstance(given, Told) else [ask("ages_of_quotes", given)]
    fills = [*_each(ask, "fills_within", days_of_fills), *others]
    for step, answers in (
        ("seal: no file has changed since the run was sealed", [seal]),
        ("preamble: accounts, roles, queries and inputs follow from scenario and code", preamble),
        ("general ledger: Beancount loads it, and the invariants hold", [general, loans]),
        ("copy: the general ledger's Parquet copy has the same data as the ledger's text", [copy]),
        ("group: the group's own books agree with the general ledger and the invariants", [group]),
        ("fills: amounts are recomputed; sums and narrations agree with the general ledger", fills),
        (f"day ledgers: {_coverage(days)}", day_ledgers),
    ):
        problems = (problem for answer in answers for problem in answer())
        # A problem with the same text on several days is reported once.
        proof = Proof.SEAL if answers == [seal] else Proof.BOOKS
        yield AuditStep(step, tuple(dict.fromkeys(problems)), proof)


def _asking(folder: Path, executor: Executor | None) -> Callable[..., Answer]:
    """Return a function that sends a question to a worker.

    Without an executor, this process answers the question.
    """
    if executor is None:
        auditor = _Auditor(folder)
        return lambda *question: partial(_answer, auditor, *question)
    audit_id = uuid.uuid4().hex
    return lambda *question: executor.submit(_answer_afar, str(folder), audit_id, *question).result


def _each(
    ask: Callable[..., Answer], question: str, plan: Iterable[Planned | Told]
) -> list[Answer]:
    """Ask the question once for each item of the plan, with the item as the question's arguments.

    But if an item is the text of a problem, this text is the answer.
    """
    return [
        partial(tuple, [item]) if isinstance(item, Told) else ask(question, *item) for item in plan
    ]


def _coverage(plan: Iterable[PlannedLedger | Told]) -> str:
    days = [item for item in plan if not isinstance(item, Told)]
    if not days:
        return "Beancount loads some or all day ledgers"
    loaded = sum(load for _, load in days)
    return (
        f"Beancount loads the ledgers of {loaded} of {len(days)} days, each alone; the day ledgers "
        "on disk agree with the books"
    )


def _answer_afar(folder: str, audit_id: str, question: str, *arguments: object) -> Found:
    return _answer(_auditor(folder, audit_id), question, *arguments)


@lru_cache(maxsize=1)
def _auditor(folder: str, audit_id: str) -> "_Auditor":
    """Return the auditor of a run. Each audit needs a new one, since the run may have changed."""
    return _Auditor(Path(folder))


def _answer(auditor: "_Auditor", question: str, *arguments: object) -> Found:
    """Return the answer to a question. If the books cannot be read, the answer says so."""
    found: list[Any] = []
    try:
        # If an error stops the question, `found` keeps the problems that were found before.
        found.extend(getattr(auditor, question)(*arguments))
    except (RunFolderError, ForeignCodeError, RoleError, FillsError) as error:
        found.append(str(error))
    except Exception as error:  # reading a forged file may raise any error
        found.append(f"the books can't be read: {type(error).__name__}: {error}".splitlines()[0])
    return tuple(found)


class _Auditor:
    """Answers questions about one run. Data that several answers need are read only once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _run(self) -> RunFolder:
        return RunFolder(self._folder)

    @cached_property
    def _recomputation(self) -> Recomputation:
        return Recomputation(self._run)

    def seal(self) -> Iterator[Told]:
        yield from broken_seals(self._folder)

    def preamble(self, given: Given) -> Iterator[Told]:
        yield from wrong_preamble(self._folder, given)
        yield from wrong_inputs(self._run, given)

    def general(self) -> Iterator[Told]:
        entries, errors = self._run.loaded
        yield from map(placed, errors)
        yield from misplaced(self._folder, entries, self._run.chart)
        yield from map(placed, invariants.check(entries, {})[1])

    def loans_on_tokens(self) -> Iterator[Told]:
        yield from wrong_loans(self._run)

    def copy(self) -> Iterator[Told]:
        yield from wrong_copies(self._run)

    def group(self) -> Iterator[Told]:
        """Compare the group's own books with the general ledger, and load them with Beancount."""
        texts = group_texts(self._run)
        for name, text in texts.items():
            path = self._run.path / name
            if not path.is_file():
                yield f"{name}: this file is missing; `moneytrail rebuild` writes it"
                continue
            stored = path.read_text(encoding="utf-8")
            yield from line_that_differs(name, stored, text, "the general ledger gives")
        yield from _errors_of(GROUP, texts[GROUP], "group")

    def days_of_fills(self) -> Iterator[PlannedFills]:
        """Yield the days whose fills must be recomputed."""
        yield from ((day,) for day in self._recomputation.days)

    def fills_within(self, day: date) -> Iterator[Told]:
        return self._recomputation.wrong_within(day)

    def fills_between_days(self, given: Given | Told) -> Iterator[Told]:
        """Check all that is not within a day. *given* is as in `audit`.

        Without a scenario it is not known which notes a run must have, so the notes may be missing.
        """
        sampled = not isinstance(given, Told) and given.hours_are_sampled
        grouped = not isinstance(given, Told) and given.hours_are_grouped
        yield from self._recomputation.wrong_between_days()
        yield from wrong_notes(self._run)
        yield from wrong_forced_notes(self._run)
        yield from wrong_edges(self._run, sampled)
        yield from wrong_hours(self._run, grouped)
        yield from wrong_statistics(self._run)

    def ages_of_quotes(self, given: Given) -> Iterator[Told]:
        return wrong_ages(self._run, given.latency_us)

    def fills_on_margin(self) -> Iterator[Told]:
        return self._recomputation.wrong_on_margin()

    def days(self, every_day: bool) -> Iterator[PlannedLedger | Told]:
        """Yield each day, and whether Beancount must load the day's ledger.

        Also yield a sentence for each ledger on disk whose day is not in the books.
        """
        days = days_of(self._run)
        stored = {path.stem for path in (self._run.path / "days").glob("*.beancount")}
        for name in sorted(stored - {str(day) for day in days}):
            yield f"days/{name}.beancount: the books have no such day"
        drawn = random.Random(SAMPLE_SEED).sample(days, min(SAMPLE_DAYS, len(days)))
        loaded = set(days if every_day else drawn)
        # Days whose ledgers are loaded take longest. They come first, so that all workers end at
        # about the same time.
        yield from ((day, day in loaded) for day in sorted(days, key=lambda day: day not in loaded))

    def day_ledger(self, day: date, load: bool) -> Iterator[Told]:
        """Compare a day's ledger on disk, if any, with the books.

        If *load*, load and check the ledger that the books give.
        """
        name = f"days/{day}.beancount"
        stored = self._run.path / name
        if not load and not stored.is_file():
            return
        text = render_day(self._run, day)
        if stored.is_file():
            found = stored.read_text(encoding="utf-8")
            yield from line_that_differs(name, found, text, "general ledger and fills give")
        if load:
            yield from _errors_of(name, text, "line")


def _errors_of(name: str, text: str, mode: str) -> list[str]:
    """Let Beancount load the text of a ledger without other files, and return its errors.

    If there are none, return the broken invariants. Each error states the ledger's name and the
    line number.

    Raises:
        ForeignCodeError: the ledger could make Beancount run code that is not ours.
    """
    # The text repeats lines of the general ledger, which was checked. But in this text a line can
    # have another meaning. So the text needs a check too.
    refuse_foreign_code_in(name, text)
    with collector_at_rest():
        entries, errors, _ = loader.load_string(text)
        wrong = errors or invariants.check(entries, {}, mode)[1]
        return [f"{name}: {placed(error)}" for error in wrong]
