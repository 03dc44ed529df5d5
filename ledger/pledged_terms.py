"""The note on the terms of a loan against tokens. The audit uses it to recompute the loan."""

from dataclasses import dataclass
from typing import ClassVar

from ledger.notes import MaybeUsd, Note, Number, Usd, Whole, Word


@dataclass(frozen=True, slots=True)
class PledgedTerms(Note):
    """The terms of a loan against tokens: limits, margins, and the depth of the tokens' order book.

    Margins are millionths of the debt.
    """

    kind: ClassVar[str] = "pledged-terms"
    borrower: Word
    token: Word
    initial_e6: Whole  # part of the tokens' value that counts for a new loan, in millionths
    lend_margin_e6: Whole  # the margin required for each new dollar of debt
    maintenance_e6: Whole  # below this margin the house sells tokens
    auto_close_e6: Whole  # below this margin the maker takes over the debt and the tokens
    imf_factor: Number  # if above 0, a smaller part of a large holding's value counts
    book_usd_per_bp: Usd  # dollars that buyers offer at each basis point below the price
    book_through_e6: Whole  # distance up to which a sale uses the book, millionths of a bp
    book_refill_s: Whole  # seconds until the book has its full depth again
    most_usd: MaybeUsd = None  # the largest debt, if there is a limit
