"""Which sources are followed, and the level of detail of sources and uses."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from ledger.kinds import ASSETS, KINDS, LIABILITIES, Kind
from ledger.mistake import MistakeError
from ledger.reports.tracing.cash_moves import OVERDRAFT, CashMove
from ledger.reports.tracing.group_cash import Passed, Reason

KIND, PARTY = "kind", "party"  # levels of detail of sources and uses
GROUP, ACCOUNT = "group", "account"  # whether the group's cash is one account
AS_ONE = "the group's cash"


class NoSuchSourceError(MistakeError):
    """The group's cash received nothing from the sources asked for.

    Attributes:
        asked: the sources asked for.
    """

    def __init__(self, asked: str, advice: str) -> None:
        super().__init__(f"{asked} supplied no cash to the group; {advice}")
        self.asked = asked


class Fate(StrEnum):
    """The fate of money that was paid out."""

    BACK = "back"  # returned to the followed sources
    HELD = "held"  # bought an asset that is still there, at cost
    CREDITORS = "creditors"  # paid a debt to another party
    SPENT = "spent"  # left no asset to trace


@dataclass(frozen=True, slots=True)
class Question:
    """The question: followed sources, accounts and steps."""

    of: str = Kind.CUSTOMERS  # a kind, a party, or both as Loans:Lender01
    seq: int | None = None  # a single entry, instead
    by: str = KIND
    per: str = GROUP
    is_daily: bool = False  # the rules see each day's sums, not each movement

    @property
    def spoken(self) -> str:
        """Name the followed sources."""
        return self.of if self.seq is None else f"entry {self.seq}"

    def source(self, reason: Reason, seq: int) -> str:
        """Name a source of cash."""
        return f"entry {seq}" if seq == self.seq else self.name(reason)

    def name(self, reason: Reason) -> str:
        """Name a source or a use of cash in the same way, so that returned money is recognised."""
        both = f"{reason.kind}:{reason.party}"
        return both if self.by == PARTY or self.of in (both, reason.party) else reason.kind

    def is_followed(self, reason: Reason, seq: int) -> bool:
        """Tell whether cash that came for this reason is followed."""
        if self.seq is not None:
            return seq == self.seq
        return self.of in (reason.kind, reason.party, f"{reason.kind}:{reason.party}")

    def moves(self, passed: Iterable[Passed]) -> Iterator[CashMove]:
        """Name sources, uses and accounts; moves within a group that is one account are left out.

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
        """Return the fate of money paid for a reason."""
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
    """Return the fate of each use; money that pays off an overdraft is lost to tracing."""
    found = {
        question.name(each.taker): question.fate(each.taker, followed)
        for each in passed
        if isinstance(each.taker, Reason)
    }
    return {**found, OVERDRAFT: Fate.CREDITORS}
