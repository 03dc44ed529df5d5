"""The note on the terms of a loan against tokens. The audit recomputes the loan from its terms."""

from dataclasses import dataclass
from typing import ClassVar

from ledger.notes import MaybeUsd, Note, Number, Usd, Whole, Word


@dataclass(frozen=True, slots=True)
class PledgedTerms(Note):
    """The terms of a loan against tokens: limits, margins, and the depth of the tokens' order book.

    Margins are fractions of the debt, in millionths.
    """

    kind: ClassVar[str] = "pledged-terms"
    borrower: Word
    token: Word
    initial_e6: Whole  # the part of the tokens' value that backs a new loan
    lend_margin_e6: Whole  # the margin required for each new dollar of debt
    maintenance_e6: Whole  # below this margin tokens are sold
    auto_close_e6: Whole  # below this margin the captive maker takes over debt and tokens
    imf_factor: Number  # above 0: a large holding counts with a lower weight
    book_usd_per_bp: Usd  # dollars of tokens that the book buys for each basis point of price
    book_through_e6: Whole  # price range that a sale may use, in millionths of a basis point
    book_refill_s: Whole  # seconds after which the book has its full depth again
    most_usd: MaybeUsd = None  # the largest debt, if there is a limit
