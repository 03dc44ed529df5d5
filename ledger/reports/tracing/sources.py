"""The choices of a tracing, and what happened to money that was paid out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from ledger.kinds import ASSETS, KINDS, LIABILITIES, Kind
from ledger.mistake import MistakeError
from ledger.reports.tracing.cash_moves import OVERDRAFT, CashMove
from ledger.reports.tracing.group_cash import Passed, Reason

KIND, PARTY = "kind", "party"  # a source or use is named by kind, or by kind and party
GROUP, ACCOUNT = "group", "account"  # trace all cash as one account, or each account separately
AS_ONE = "the group's cash"


class NoSuchSourceError(MistakeError):
    """The chosen sources paid no cash to the group.

    Attributes:
        asked: one name for the chosen sources.
    """

    def __init__(self, asked: str, advice: str) -> None:
        super().__init__(f"{asked} supplied no cash to the group; {advice}")
        self.asked = asked


class Fate(StrEnum):
    """What happened to money that was paid out."""

    BACK = "back"  # paid back to the followed sources
    HELD = "held"  # bought an asset, which may have been sold later
    CREDITORS = "creditors"  # paid a debt, but not to the followed sources
    SPENT = "spent"  # was paid for something that is not an asset


@dataclass(frozen=True, slots=True)
class Question:
    """The choices of a tracing: the followed sources, and the level of detail."""

    of: str = Kind.CUSTOMERS  # a kind, a party, or both, such as Loans:Lender01
    seq: int | None = None  # the entry that is the source, in place of `of`
    by: str = KIND
    per: str = GROUP
    is_daily: bool = False  # apply the rules to each day's sums, not to each movement

    @property
    def spoken(self) -> str:
        """Return one name for all followed sources together."""
        return self.of if self.seq is None else f"entry {self.seq}"

    def source(self, reason: Reason, seq: int) -> str:
        """Return the name of a source of cash."""
        return f"entry {seq}" if seq == self.seq else self.name(reason)

    def name(self, reason: Reason) -> str:
        """Return the name of a source or use. A use with a source's name repays this source."""
        both = f"{reason.kind}:{reason.party}"
        return both if self.by == PARTY or self.of in (both, reason.party) else reason.kind

    def is_followed(self, reason: Reason, seq: int) -> bool:
        """Return whether a receipt of cash is followed."""
        if self.seq is not None:
            return seq == self.seq
        return self.of in (reason.kind, reason.party, f"{reason.kind}:{reason.party}")

    def moves(self, passed: Iterable[Passed]) -> Iterator[CashMove]:
        """Yield the movements, with the names of sources, uses and accounts.

        If the group's cash is traced as one account, transfers within the group are left out.

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
        """Return the names of the followed sources.

        Raises:
            NoSuchSourceError: the group received no cash from the chosen sources.
        """
        came = [(each.giver, each.seq) for each in passed if isinstance(each.giver, Reason)]
        found = frozenset(self.source(why, seq) for why, seq in came if self.is_followed(why, seq))
        if not found:
            raise NoSuchSourceError(self.spoken, self._advice([why for why, _ in came]))
        return found

    def _advice(self, came: Sequence[Reason]) -> str:
        if self.seq is not None:
            return "give the number (seq) of a receipt of cash, such as a deposit or a loan"
        kinds = sorted({why.kind for why in came})
        close = get_close_matches(self.of, [*kinds, *{why.party for why in came}], n=1)
        meant = f"did you mean {close[0]}? or " if close else ""
        return f"{meant}give one of {', '.join(kinds)}, or a party"

    def fate(self, reason: Reason, followed: frozenset[str]) -> Fate:
        """Return what happened to money that was paid for this reason."""
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
    """Return the fate of each use. The repayment of an overdraft is a payment to a creditor."""
    found = {
        question.name(each.taker): question.fate(each.taker, followed)
        for each in passed
        if isinstance(each.taker, Reason)
    }
    return {**found, OVERDRAFT: Fate.CREDITORS}
