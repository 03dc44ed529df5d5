"""Compares each cause's effect on the hole (a Shapley value) with the cause's booked amount."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256

from des.scenario import Scenario
from ledger.reports.dollars import ZERO, spoken
from ledger.reports.money.hole_in_kind import AT_MARK
from ledger.reports.table import Cell, Table
from runs.attribution.coalitions_played import Played
from runs.attribution.shapley import (
    Added,
    Coalition,
    coalitions,
    exact,
    on_the_way,
    orders,
    sampled,
)
from runs.program import program, versions
from runs.scenarios import dump

COINS = "customers' coins that are lacking"
EXACT_MAX = 4  # if there are more causes, their sequences are drawn at random
WHY = (
    "Booked: the amount of a cause in the hole of this run, as the books state it. Effect: the "
    "amount that the cause adds to the hole, including the consequences of the cause. To find the "
    "effect, the causes are added one by one, with the same scenario and seed. The effect is the "
    "hole after the cause is added minus the hole before, averaged over the sequences of causes. "
    "The two amounts differ if money from one cause pays for another cause, if one cause prevents "
    "a payment for another cause, or if a cause changes fees, deposits or withdrawals. Booked "
    "amounts sum to the hole. Effects sum to the hole minus the hole without these causes."
)


@dataclass(frozen=True)
class Attribution:
    """The hole, and the amount that each cause adds to the hole."""

    question: str
    seed: int
    causes: tuple[str, ...]
    played: Played
    shares: Mapping[str, Added]  # Shapley values, in dollars
    values: Mapping[Coalition, Fraction]  # the hole of each coalition, in dollars

    @property
    def without_any(self) -> Fraction:
        """Return the hole without any of the causes."""
        return self.values[frozenset()]

    @property
    def by_rank(self) -> list[str]:
        """Return the causes, the largest effect first."""
        return sorted(self.causes, key=lambda cause: (-self.shares[cause].value, cause))

    def answer(self) -> str:
        """State the hole, the cause that adds the most, and the hole without the causes."""
        first = self.by_rank[0]
        share = self.shares[first]
        error = "" if share.error is None else f" (standard error {spoken(Decimal(share.error))})"
        return (
            f"The hole is {spoken(_usd(self.played.hole))}. Of {len(self.causes)} causes {first} "
            f"adds the most: {spoken(_usd(share.value))}{error}; the books have "
            f"{spoken(self._booked(first))} for it. Without any of these causes the hole would be "
            f"{spoken(_usd(self.without_any))}."
        )

    def provenance(self) -> str:
        """Return one line: the seed, the number of runs, and how sets of causes were chosen."""
        exactly = self.shares[self.causes[0]].error is None
        how = "all sets of causes" if exactly else "sequences drawn at random"
        return f"seed {self.seed}, {len(self.values)} runs, {how}"

    def tables(self) -> list[Table]:
        """Return the table of causes and the table of all runs."""
        return [self._causes_table(), self._runs_table()]

    def _booked(self, cause: str) -> Decimal:
        return self.played.kinds_usd.get(cause, ZERO)

    def _causes_table(self) -> Table:
        in_dollars = sum(self.played.kinds_usd.values(), ZERO)
        rest = in_dollars - sum(map(self._booked, self.causes), ZERO)
        rows: list[tuple[Cell, ...]] = [self._row(cause) for cause in self.by_rank]
        rows.append(
            (
                "booked: all other kinds; effect: hole without these causes",
                rest,
                _usd(self.without_any),
                *[None] * 3,
            )
        )
        hole = _usd(self.played.hole)
        if self.played.has_coins:
            rows.append((COINS, hole - in_dollars, *[None] * 4))
        rows.append(("hole", hole, hole, *[None] * 3))
        return Table(
            "causes",
            "The amount of each cause in the books, and the amount that the cause adds to the hole",
            ("cause", "booked_usd", "effect_usd", "error_usd", "alone_usd", "last_usd"),
            rows,
            (
                WHY,
                "Alone: the amount that a cause adds to the hole if none of the other causes is "
                "present. Last: the amount that it adds if all other causes are present, as in "
                "`counterfactual`. Alone and Last are empty if a run that they need was not "
                "played. Error: the standard error of the effect, if the sequences in which causes "
                "are added are drawn at random. Error is empty if all sequences were counted.",
                *(
                    (
                        "Causes are booked in dollars, without the value of customers' coins. For "
                        f"the effects and the hole: {AT_MARK}",
                    )
                    if self.played.has_coins
                    else ()
                ),
                *self.played.held,
            ),
        )

    def _row(self, cause: str) -> tuple[Cell, ...]:
        share, everything = self.shares[cause], frozenset(self.causes)
        error = None if share.error is None else _usd(Fraction(share.error))
        alone = self._added(cause, frozenset())
        last = self._added(cause, everything - {cause})
        return (cause, self._booked(cause), _usd(share.value), error, alone, last)

    def _added(self, cause: str, to: Coalition) -> Decimal | None:
        ends = self.values.get(to | {cause}), self.values.get(to)
        return None if ends[0] is None or ends[1] is None else _usd(ends[0] - ends[1])

    def _runs_table(self) -> Table:
        rows = [
            (", ".join(cause for cause in self.causes if cause in each) or "none", _usd(value))
            for each, value in sorted(
                self.values.items(), key=lambda item: [c not in item[0] for c in self.causes]
            )
        ]
        return Table(
            "runs", "The hole of each set of causes that was played", ("with", "hole_usd"), rows
        )


def wanted(causes: Sequence[str], permutations: int, seed: int) -> set[Coalition]:
    """Return the coalitions (sets of causes) whose holes are needed for the Shapley values."""
    if len(causes) <= EXACT_MAX:
        return set(coalitions(causes))
    drawn = orders(causes, permutations, seed)
    return {each for order in drawn for each in on_the_way(order)}


def attribute(
    scenario: Scenario,
    causes: tuple[str, ...],
    permutations: int,
    played: Played,
    play: Callable[[list[Coalition]], Mapping[Coalition, Fraction]],
) -> Attribution:
    """Play the coalitions, and compute the Shapley value of each cause.

    Args:
        scenario: the scenario.
        causes: the causes to examine. The scenario has all of them.
        permutations: the number of random sequences of the causes, used if there are more than
            EXACT_MAX causes. The number is even, and at least four.
        played: the result of the run with all causes.
        play: a function that takes a list of coalitions and returns the hole of each coalition.
    """
    everything, seed = frozenset(causes), scenario.run.seed
    asked = sorted(wanted(causes, permutations, seed) - {everything}, key=sorted)
    values = {**play(asked), everything: played.hole}
    if len(causes) <= EXACT_MAX:
        shares = exact(causes, values)
    else:
        shares = sampled(orders(causes, permutations, seed), values)
    return Attribution(scenario.question, seed, causes, played, shares, values)


def made_by(scenario: Scenario, causes: Sequence[str]) -> dict[str, object]:
    """Return the inputs on which a stored result depends.

    A result is the hole of one coalition, so it does not depend on the number of sequences.
    """
    digest = sha256(dump(scenario).encode()).hexdigest()
    return {
        "scenario": digest,
        "causes": list(causes),
        "program": program(),
        "versions": versions(),
    }


def _usd(dollars: Fraction) -> Decimal:
    """Round dollars to cents, for a table."""
    return (Decimal(round(dollars * 100)) / 100).quantize(Decimal("0.01"))
