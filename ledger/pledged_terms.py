"""What the books note of loans on tokens: the rules by which each step can be worked out again."""

from dataclasses import dataclass
from typing import ClassVar

from ledger.notes import MaybeUsd, Note, Number, Usd, Whole, Word


@dataclass(frozen=True, slots=True)
class PledgedTerms(Note):
    """What a borrower may owe against its tokens, when it fails, and what their book takes.

    Margins are fractions of the debt, in millionths.
    """

    kind: ClassVar[str] = "pledged-terms"
    borrower: Word
    token: Word
    initial_e6: Whole  # what counts of the tokens when it borrows
    lend_margin_e6: Whole  # kept on a new dollar
    maintenance_e6: Whole  # below which tokens are sold
    auto_close_e6: Whole  # below which the account is taken over
    imf_factor: Number  # the more tokens, the less of each counts; 0: no such rule
    book_usd_per_bp: Usd
    book_through_e6: Whole  # millionths of a basis point that a sale goes through
    book_refill_s: Whole
    most_usd: MaybeUsd = None  # that it may owe in all
