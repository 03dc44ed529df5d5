"""The report of a study: an answer in sentences, and the tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np

from ledger.reports.dollars import spoken
from ledger.reports.table import Cell, LaterTable, Table
from runs.study.member_figures import CONTRADICTIONS, HITS, HOLE, MECHANISM, PARTS, USES, VOLUME
from runs.study.nearest import nearest_table
from runs.study.plausible import CUT, JudgedMembers, nth_largest
from runs.study.searched import Searched
from runs.study.sensitivity import has_effects
from runs.study.study_tables import (
    errors_table,
    inputs_table,
    moments_table,
    predictions_table,
    sensitivity_table,
    would_have_to_be_table,
)
from runs.study.would_have_to_be import WouldHaveToBe, would_have_to_be

ENDS = (5, 95)  # percentiles at the ends of an interval
FEW = 10  # with fewer plausible members, the interval is that of all members
EXPLAINED = (MECHANISM, "quotes_usd", HOLE)  # the outcomes of the table `sensitivity`
PLAIN: Mapping[str, str] = {
    "quotes_usd": "net loss on quotes, including the spread and hedging",
    "liquidations_usd": "liquidations taken over",
    "on_chain_usd": "liquidity on chain, without lost tokens",
    MECHANISM: "the mechanism: the sum of the three parts",
    HOLE: "the hole",
    USES: "all uses of money",
    "pickoff_usd": "loss on stale quotes, without spread",
    "gap_loss_usd": "debts of trading firms",
    HITS: "volume of hits on stale quotes",
    VOLUME: "volume of the house",
}


@dataclass(frozen=True)
class StudyReport(JudgedMembers):
    """The answer and the tables of a study."""

    seal: str  # the first digits of the result's seal
    searched: Searched | None = None  # a search that started from the members

    @cached_property
    def would_have_to_be(self) -> WouldHaveToBe:
        """The members whose mechanism is at least half of the hole, and one chosen member."""
        return would_have_to_be(self.members, self.judged)

    def answer(self) -> str:
        """Return sentences on the mechanism's range, its share of the hole, and the search."""
        sentences = [self._part(), self._half()]
        if self.searched:
            sentences.append(self.searched.answer())
        return " ".join(sentences)

    def provenance(self) -> str:
        """Return one line: the numbers of members, the base's name, the seal, and the search."""
        drawn = int((~self.members.is_base).sum())
        base = int(self.members.is_base.sum())
        search = f"; {self.searched.provenance()}" if self.searched else ""
        return (
            f"{drawn} members and {base} of the base {self.members.study.base}, "
            f"seal {self.seal}, {int(self.is_plausible.sum())} plausible{search}"
        )

    def tables(self) -> list[Table]:
        """Return all tables. The table `parts` is first."""
        return [
            self._parts_table(),
            inputs_table(self.members, self.is_plausible),
            moments_table(self.judged, self.is_plausible),
            would_have_to_be_table(self.would_have_to_be),
            self._half_table(),
            predictions_table(self.members, self.is_plausible),
            nearest_table(self.members, self.judged, self.is_plausible),
            *([self.searched.table()] if self.searched else []),
            LaterTable(
                "sensitivity",
                lambda: sensitivity_table(self.members, EXPLAINED),
                has_rows=any(has_effects(self.members, outcome) for outcome in EXPLAINED),
            ),
            errors_table(self.members, PLAIN),
        ]

    def _part(self) -> str:
        found, n = self.is_plausible, len(self.is_plausible)
        if not found.any():
            nearest = float(nth_largest(self.judged, self.members.study.nth_largest).min())
            return (
                f"None of {n} members is plausible by the record. The nearest member is "
                f"{nearest:.1f} standard deviations away from the record. A plausible member is "
                f"less than {CUT:g} away."
            )
        said = f"{int(found.sum())} of {n} members are plausible by the record"
        if found.sum() < FEW:
            whole = np.ones_like(found)
            return (
                f"{said}, too few for an interval. In 90 % of all {n} members, plausible or not, "
                f"{self._used_in(whole)}"
            )
        return f"{said}. In 90 % of them {self._used_in(found)}"

    def _used_in(self, which: np.ndarray) -> str:
        """Return the end of a sentence: the ranges of mechanism and hole in some members."""
        lost, hole = (_interval(self.members.drawn(name)[which]) for name in (MECHANISM, HOLE))
        of_uses = _interval(self._share_of_uses(MECHANISM)[which])
        return (
            "the mechanism (quotes, liquidations and pools) ranges from "
            f"{_result(lost[0])} to {_result(lost[2])} ({of_uses[0]:.1f} to {of_uses[2]:.1f} % of "
            f"all uses of money), and the hole from {_usd(hole[0])} to {_usd(hole[2])}."
        )

    def _half(self) -> str:
        would = self.would_have_to_be
        if would.reached.any():
            n = int(would.reached.sum())
            hole_usd = float(self.members.drawn(HOLE)[would.chosen])
            missed = int(sum(each.rules_out[would.chosen] for each in self.judged))
            return (
                "The mechanism's loss is at least half of the hole in "
                f"{n} member{'s' if n > 1 else ''}. Of these, the member nearest to the record has "
                f"a hole of {_usd(hole_usd)}. This member is more than {CUT:g} standard deviations "
                f"away from {missed} of the {len(self.judged)} facts that judge members. A "
                f"plausible member misses at most {self.members.study.nth_largest - 1} facts."
            )
        if np.isnan(would.share).all():
            return "No member has a hole."
        largest = 100 * float(np.nanmax(would.share))
        return (
            "The mechanism's loss is less than half of the hole in all members: at most "
            f"{largest:.1f} %. {self._needed()}"
        )

    def _needed(self) -> str:
        """Return sentences on the volume of hits that would cost half of the base's hole."""
        bound = self.would_have_to_be.bound
        if bound.worst_bps <= 0:
            return "No member loses on hits, so no volume of hits would cost half of the hole."
        return (
            f"In all members, the loss per dollar of hits is at most {bound.worst_bps:.1f} bp. At "
            f"this loss, hits cost half of the base's hole if their volume is "
            f"{_usd(bound.needed_usd)}, which is {bound.of_volume_pct:.0f} % of the venue's total "
            "volume. The maker's share of the volume is on record for some years only. If all of "
            f"the maker's volume in these years is hits, then {bound.of_silent_pct:.0f} % of the "
            "venue's volume in the other years must be hits too."
        )

    def _share_of_uses(self, name: str) -> np.ndarray:
        share: np.ndarray = 100 * self.members.drawn(name) / self.members.drawn(USES)
        return share

    def _parts_table(self) -> Table:
        found = self.is_plausible
        rows: list[tuple[Cell, ...]] = []
        for name in (*PARTS, MECHANISM, HOLE, USES):
            usd, share = self.members.drawn(name), self._share_of_uses(name)
            of_all = [*map(_cents, _interval(usd)[::2])]
            here = [*map(_cents, _interval(usd[found]))] if found.any() else [None] * 3
            shares = [*map(_tenth, _interval(share[found])[::2])] if found.any() else [None] * 2
            if name == HOLE:
                shares = [None, None]
            rows.append((PLAIN[name], *of_all, *here, *shares))
        return Table(
            "parts",
            "Ranges of the mechanism and other amounts, in all members and in plausible members",
            (
                "part",
                "all_low_usd",
                "all_high_usd",
                "plausible_low_usd",
                "plausible_middle_usd",
                "plausible_high_usd",
                "of_uses_low_pct",
                "of_uses_high_pct",
            ),
            rows,
            (
                "Low and high enclose the middle 90 % of members. Losses are positive. Money is "
                "commingled, so a share of the uses is not a share of the hole. Pools also lose "
                "tokens to arbitrage. The table leaves out these tokens, which cost no money.",
            ),
        )

    def _half_table(self) -> Table:
        would, bound = self.would_have_to_be, self.would_have_to_be.bound
        contradictions = self.members.drawn(CONTRADICTIONS)[would.chosen]
        rows: list[tuple[Cell, ...]] = [
            (name, Decimal(f"{value:.6g}")) for name, value in would.inputs.items()
        ]
        rows += [
            ("the mechanism's share of the hole, %", _tenth(100 * would.share[would.chosen])),
            (
                "days (counted per market) with more hits and forced orders than recorded volume",
                Decimal(int(contradictions)),
            ),
            ("largest loss per dollar of hits in any member, bp", _tenth(bound.worst_bps)),
            (
                "loss per dollar of hits in the member with the most hits, bp",
                _tenth(bound.most_hit_bps),
            ),
            ("half of the base's hole (median over its seeds), USD", _cents(bound.half_hole_usd)),
            (
                "volume of hits that would cost half of the base's hole, USD",
                _cents(bound.needed_usd),
            ),
            ("the same volume of hits, % of the venue's total volume", _tenth(bound.of_volume_pct)),
            (
                "the maker's largest possible volume in years with a recorded share, USD",
                _cents(bound.allowed_usd),
            ),
            (
                "the venue's largest possible volume in years without a recorded share, USD",
                _cents(bound.silent_usd),
            ),
            (
                "smallest volume of these hits in years without a recorded share, % of the venue's "
                "volume in these years",
                _tenth(bound.of_silent_pct),
            ),
        ]
        return Table(
            "half",
            "The chosen member, and the volume of hits that would cost half of the base's hole",
            ("what", "value"),
            rows,
            (
                "If the mechanism is at least half of the hole in some members, the chosen member "
                "is one of them: the member that is nearest to the record in the facts that judge "
                "members. Otherwise it is the member in which the mechanism's share of the hole is "
                "largest. The volume of hits is computed from two figures of the model: the "
                "largest loss per dollar of hits in any member, and the median hole of the base. A "
                "recorded share is the maker's share of the venue's volume.",
            ),
        )


def _interval(values: np.ndarray) -> Sequence[float]:
    low, middle, high = np.nanpercentile(values, (ENDS[0], 50, ENDS[1]))
    return float(low), float(middle), float(high)


def _result(lost_usd: float) -> str:
    return f"a loss of {_usd(lost_usd)}" if lost_usd >= 0 else f"a gain of {_usd(-lost_usd)}"


def _usd(usd: float) -> str:
    return spoken(Decimal(f"{usd:.2f}"))


def _cents(usd: float) -> Decimal | None:
    return Decimal(f"{usd:.2f}") if np.isfinite(usd) else None


def _tenth(value: float) -> Decimal | None:
    return Decimal(f"{value:.1f}") if np.isfinite(value) else None
