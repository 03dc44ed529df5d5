"""Judges one run by the same facts as the members of a study."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ledger.reports.table import Cell, Table
from ledger.run_folder import RunFolder
from runs.provenance import provenance
from runs.record.facts import load_record
from runs.study.member_figures import figures
from runs.study.plausible import CUT, Judgement
from runs.study.study_report import StudyReport
from runs.study.study_tables import digits


@dataclass(frozen=True)
class JudgedRun:
    """A run, compared with the facts that judge the members of a study."""

    run: RunFolder
    study: StudyReport

    @cached_property
    def judged(self) -> Sequence[Judgement]:
        """The comparison of the run with each fact, as if the run were the only member.

        The standard deviations come from the study.
        """
        of_run = figures(self.run, load_record())
        return [
            replace(each, model=np.array([of_run.get(each.moment.name, np.nan)]))
            for each in self.study.judged
        ]

    @property
    def missed(self) -> list[str]:
        """Return the names of the facts that the run misses."""
        return [each.moment.name for each in self.judged if each.rules_out[0]]

    def answer(self) -> str:
        """Return sentences that say which facts the run misses and whether the run is plausible."""
        allowed = self.study.members.study.nth_largest - 1
        verdict = "is" if len(self.missed) <= allowed else "is not"
        which = f": {', '.join(self.missed)}" if self.missed else ""
        return (
            f"The run misses {len(self.missed)} of the {len(self.judged)} facts that judge the "
            f"members of the study{which}. A plausible member misses {allowed} at most, so the run "
            f"{verdict} plausible."
        )

    def provenance(self) -> str:
        """Return the source of the figures: the run, and the study with its seal."""
        return f"{provenance(self.run)}; {self.study.provenance()}"

    def tables(self) -> list[Table]:
        """Return one table with a row for each fact. The most distant fact is first."""
        far_first = sorted(self.judged, key=lambda each: -each.implausibility[0])
        return [
            Table(
                "judged-run",
                "The facts that judge members, and the run's figures, the most distant first",
                ("fact", "distance", "missed", "run", "rec_low", "rec_high", "sd"),
                [self._row(each) for each in far_first],
                (
                    "Distance: the distance of the run's figure from the middle of the recorded "
                    "range, in standard deviations. The standard deviation (sd) combines the "
                    "errors of chance, record and model. A fact is missed if the distance is more "
                    f"than {CUT:g}, or if the run does not have the figure.",
                ),
            )
        ]

    def _row(self, each: Judgement) -> tuple[Cell, ...]:
        figure, far = float(each.model[0]), float(each.implausibility[0])
        return (
            each.moment.name,
            digits(far),
            "yes" if each.rules_out[0] else "no",
            digits(figure),
            digits(each.low),
            digits(each.high),
            digits(each.sd),
        )
