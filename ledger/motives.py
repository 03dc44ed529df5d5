"""Motives: the reasons for orders and payments, and the properties of each reason.

The sentences that describe fills of each motive are in `ledger.narration`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, IntEnum, StrEnum

from ledger.kinds import Kind


class Rule(Enum):
    """The rule by which a fill or payment is posted: see `ledger.fills`."""

    FILL = "a trade on the house venue"
    HEDGE = "a trade on the lead venue; its cost is booked as an expense"
    PAYMENT = "a payment of money without a trade"
    IN_KIND = "tokens that are pledged, released or sold, and the price of sold tokens"


class VolumePart(StrEnum):
    """A part of a day's volume on the house, by the reason for the orders: see `TradedDay`.

    The fills contain three parts of the volume: noise traders' orders that the captive maker fills
    (CAPTIVE), firms' hits on quotes (HITS), and forced orders (FORCED).
    """

    CAPTIVE = "captive"
    HITS = "hits"
    FORCED = "forced"


@dataclass(frozen=True, slots=True)
class MotiveEntry:
    """The properties of a motive.

    If `ends_account` is true, rows with this motive are steps of a customer's liquidation.
    """

    word: str
    kind: Kind  # the kind of the account to which the result is posted
    rule: Rule = Rule.FILL
    is_settled: bool = False  # whether rows with this motive are part of a settlement
    ends_account: bool = False
    volume: VolumePart | None = None


def _step(word: str, kind: Kind, rule: Rule) -> MotiveEntry:
    """Return the properties of a liquidation step that is taken at a settlement."""
    return MotiveEntry(word, kind, rule, is_settled=True, ends_account=True)


class Motive(IntEnum):
    """The reason for an order or a payment. A motive equals its code in the fills."""

    entry: MotiveEntry

    def __new__(cls, code: int, entry: MotiveEntry) -> "Motive":
        """Create a motive that equals its code, so that columns of fills can store it."""
        motive = int.__new__(cls, code)
        motive._value_ = code
        motive.entry = entry
        return motive

    # A firm's order, placed because a quote was stale.
    PICKOFF = 0, MotiveEntry("pickoff", Kind.PICKOFF, volume=VolumePart.HITS)
    # A noise trader's order, placed for the customer's own reasons.
    SPREAD = 1, MotiveEntry("spread", Kind.SPREAD, volume=VolumePart.CAPTIVE)
    # An order on the lead venue: a hedge, or a trade of the directional book.
    HEDGE = 2, MotiveEntry("hedging", Kind.HEDGING, Rule.HEDGE)
    MARGIN = (
        3,
        MotiveEntry("variation-margin", Kind.VARIATION_MARGIN, Rule.PAYMENT, is_settled=True),
    )
    FUNDING = 4, MotiveEntry("funding", Kind.FUNDING, Rule.PAYMENT, is_settled=True)
    # A customer's order that opens or closes a position on margin.
    LEVERAGE = 5, MotiveEntry("leverage", Kind.LEVERAGE)
    # Dollars that a customer sets aside for one position, or takes back.
    COLLATERAL = 6, MotiveEntry("collateral", Kind.COLLATERAL, Rule.PAYMENT)
    # A forced order of a customer who is below maintenance margin.
    LIQUIDATION = (
        7,
        MotiveEntry("liquidation", Kind.LIQUIDATION, ends_account=True, volume=VolumePart.FORCED),
    )
    # A position handed over to a backstop provider.
    BACKSTOP = 8, _step("backstop", Kind.BACKSTOP, Rule.FILL)
    # A position that no backstop takes over. It is closed against the largest opposite positions.
    DELEVERAGING = 9, _step("deleveraging", Kind.DELEVERAGING, Rule.FILL)
    # Money that a liquidated account leaves to the insurance fund, or a debt that the fund pays.
    INSURANCE = 10, _step("insurance", Kind.INSURANCE, Rule.PAYMENT)
    # A debt that no margin, fund or backstop covers, or a customer's payment towards such a debt.
    SOCIALISED = 11, _step("socialised-loss", Kind.SOCIALISED, Rule.PAYMENT)
    # Tokens that a customer sets aside for one position, or takes back.
    TOKENS = 12, MotiveEntry("tokens", Kind.TOKENS, Rule.IN_KIND)
    # Tokens that are sold for a customer who is below auto-close margin, and the proceeds.
    SEIZURE = 13, _step("seizure", Kind.SEIZURE, Rule.IN_KIND)
    # A position closed at the mark because the venue halts.
    CLOSING = 14, MotiveEntry("closing", Kind.VARIATION_MARGIN)
    # The net of customers' trades with the other makers since the last settlement, at the mark.
    NET = 15, MotiveEntry("net-with-others", Kind.VARIATION_MARGIN, is_settled=True)
    # A part of a firm's position that the other makers take over at the mark.
    UNWINDING = 16, MotiveEntry("unwinding", Kind.VARIATION_MARGIN, is_settled=True)

    @property
    def word(self) -> str:
        """Return the motive's name in fills and tags."""
        return self.entry.word

    @property
    def is_payment(self) -> bool:
        """Return whether a row with this motive is a payment, not a trade in a contract."""
        return self.entry.rule in (Rule.PAYMENT, Rule.IN_KIND)

    @property
    def is_in_kind(self) -> bool:
        """Return whether the lots of a row with this motive are tokens."""
        return self.entry.rule is Rule.IN_KIND


# The kinds of the maker's separate desks. Results of a desk's positions are posted to the desk's
# own kind: see `Chart.kind`.
DESKS = (Kind.BACKSTOP, Kind.DIRECTIONAL)

PAYMENTS = tuple(motive for motive in Motive if motive.is_payment)
IN_KIND = tuple(motive for motive in Motive if motive.is_in_kind)
SETTLED = tuple(motive for motive in Motive if motive.entry.is_settled)
FROM_QUOTES = tuple(motive for motive in Motive if motive.entry.volume)
HEDGES = tuple(motive for motive in Motive if motive.entry.rule is Rule.HEDGE)
WITH_FEE = (*FROM_QUOTES, *HEDGES)
# The motives of trades that liquidate a customer's account.
FORCED = tuple(motive for motive in Motive if motive.entry.ends_account and not motive.is_payment)


def counted_as(*volumes: VolumePart) -> tuple[Motive, ...]:
    """Return the motives whose orders belong to one of the given parts of the volume."""
    return tuple(motive for motive in Motive if motive.entry.volume in volumes)


def words(motives: Iterable[Motive]) -> list[str]:
    """Return the motives' names in the fills, for use in a query."""
    return [motive.word for motive in motives]


def posting_to(kind: str | None) -> tuple[Motive, ...]:
    """Return the motives whose fills may move dollars in accounts of *kind*.

    Usually these are the motives that have this kind. All motives are returned in three cases: if
    no motive has this kind (such as Fees, Claims or Cash), if *kind* is None, and if *kind* is the
    kind of a desk. A desk posts results of several motives to its own kind: see `Chart.kind`.
    """
    own = tuple(motive for motive in Motive if motive.entry.kind == kind)
    return own if own and kind not in DESKS else tuple(Motive)
