"""What is followed, and how finely sources and uses are told apart."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from ledger.kinds import ASSETS, KINDS, LIABILITIES, Kind
from ledger.mistake import MistakeError
from ledger.reports.tracing.cash_moves import OVERDRAFT, CashMove
from ledger.reports.tracing.group_cash import Passed, Reason

KIND, PARTY = "kind", "party"  # how finely sources and uses are told apart
GROUP, ACCOUNT = "group", "account"  # whether the group's cash is one account
AS_ONE = "the group's cash"


class NoSuchSourceError(MistakeError):
    """Nothing of what is to be followed came into the group's cash.

    Attributes:
        asked: what was asked for.
    """

    def __init__(self, asked: str, advice: str) -> None:
        super().__init__(f"{asked} brought the group no cash; {advice}")
        self.asked = asked


class Fate(StrEnum):
    """What became of money that was paid out."""

    BACK = "back"  # to those whose money is followed
    HELD = "held"  # something was bought that is still there, at cost
    CREDITORS = "creditors"  # a debt to somebody else was paid
    SPENT = "spent"  # nothing is left in which it could be traced


@dataclass(frozen=True, slots=True)
class Question:
    """Whose money is followed, through which accounts, in which steps."""

    of: str = Kind.CUSTOMERS  # a kind, a party, or both as Loans:Lender01
    seq: int | None = None  # a single entry, instead
    by: str = KIND
    per: str = GROUP
    is_daily: bool = False  # the rules see each day's sums, not each movement

    @property
    def spoken(self) -> str:
        """Name what is followed."""
        return self.of if self.seq is None else f"entry {self.seq}"

    def source(self, reason: Reason, seq: int) -> str:
        """Name a source of cash."""
        return f"entry {seq}" if seq == self.seq else self.name(reason)

    def name(self, reason: Reason) -> str:
        """Name a source or a use of cash: alike, so that money which goes back is known."""
        both = f"{reason.kind}:{reason.party}"
        return both if self.by == PARTY or self.of in (both, reason.party) else reason.kind

    def is_followed(self, reason: Reason, seq: int) -> bool:
        """Tell whether cash that came for this reason is followed."""
        if self.seq is not None:
            return seq == self.seq
        return self.of in (reason.kind, reason.party, f"{reason.kind}:{reason.party}")

    def moves(self, passed: Iterable[Passed]) -> Iterator[CashMove]:
        """Name sources, uses and accounts; what goes on inside the group is nothing to it as one.

        Args:
            passed: the movements of the group's cash.
        """
        for seq, day, giver, taker, cents in passed:
            whole = self.per == GROUP
            if isinstance(giver, Reason):
                till = AS_ONE if whole else str(taker)
                yield CashMove(day, self.source(giver, seq), till, cents)
            elif isinstance(taker, Reason):
                yield CashMove(day, AS_ONE if whole else giver, self.name(taker), cents)
            elif not whole:
                yield CashMove(day, giver, taker, cents)

    def followed(self, passed: Sequence[Passed]) -> frozenset[str]:
        """Name the sources that are followed.

        Raises:
            NoSuchSourceError: there are none.
        """
        came = [(each.giver, each.seq) for each in passed if isinstance(each.giver, Reason)]
        found = frozenset(self.source(why, seq) for why, seq in came if self.is_followed(why, seq))
        if not found:
            raise NoSuchSourceError(self.spoken, self._advice([why for why, _ in came]))
        return found

    def _advice(self, came: Sequence[Reason]) -> str:
        if self.seq is not None:
            return "give the seq of a deposit, a loan or the like"
        kinds = sorted({why.kind for why in came})
        close = get_close_matches(self.of, [*kinds, *{why.party for why in came}], n=1)
        meant = f"did you mean {close[0]}? or " if close else ""
        return f"{meant}give one of {', '.join(kinds)}, or a party"

    def fate(self, reason: Reason, followed: frozenset[str]) -> Fate:
        """Tell what became of money paid for a reason."""
        if self.name(reason) in followed:
            return Fate.BACK
        if reason.root == LIABILITIES:
            return Fate.CREDITORS
        kind = KINDS.get(reason.kind)
        return Fate.HELD if kind and ASSETS in kind.entry.roots else Fate.SPENT


ALL_CUSTOMERS = Question()


def fates(
    question: Question, passed: Iterable[Passed], followed: frozenset[str]
) -> dict[str, Fate]:
    """Tell of each use what became of the money; what pays off an overdraft is lost to tracing."""
    found = {
        question.name(each.taker): question.fate(each.taker, followed)
        for each in passed
        if isinstance(each.taker, Reason)
    }
    return {**found, OVERDRAFT: Fate.CREDITORS}
