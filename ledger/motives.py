"""Motives: the reasons for orders and payments, and the properties of each reason.

The sentences of each motive are in `ledger.narration`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, IntEnum, StrEnum

from ledger.kinds import Kind


class Rule(Enum):
    """The rule by which a row of the fills is posted: see `ledger.fills`."""

    FILL = "a trade on the house venue"
    HEDGE = "a trade on the lead venue, whose cost is an expense"
    PAYMENT = "a payment of money without a trade"
    IN_KIND = "tokens, and the price paid for them"


class VolumePart(StrEnum):
    """The part of the day's volume in which an order at the house counts: see `TradedDay`."""

    CAPTIVE = "captive"  # noise traders' trades with the captive maker
    HITS = "hits"  # trades of firms that hit quotes
    FORCED = "forced"  # trades of customers who are liquidated


@dataclass(frozen=True, slots=True)
class MotiveEntry:
    """The properties of a motive."""

    word: str  # the word in fills and tags
    kind: Kind  # the kind of the account to which the result is posted
    rule: Rule = Rule.FILL
    is_settled: bool = False  # whether rows with this motive are part of a settlement
    ends_account: bool = False  # whether the row is a step of a customer's liquidation
    volume: VolumePart | None = None  # the part of the house's volume in which the order counts


def _step(word: str, kind: Kind, rule: Rule) -> MotiveEntry:
    """Return the properties of a step of a liquidation that happens at a settlement."""
    return MotiveEntry(word, kind, rule, is_settled=True, ends_account=True)


class Motive(IntEnum):
    """The reason for an order, or the kind of a payment. A motive equals its code in the fills."""

    entry: MotiveEntry

    def __new__(cls, code: int, entry: MotiveEntry) -> "Motive":
        """Create a motive that equals its code, so that columns can store it."""
        motive = int.__new__(cls, code)
        motive._value_ = code
        motive.entry = entry
        return motive

    # A firm's order, placed because a quote was stale.
    PICKOFF = 0, MotiveEntry("pickoff", Kind.PICKOFF, volume=VolumePart.HITS)
    # A noise trader's order, placed for the customer's own reasons.
    SPREAD = 1, MotiveEntry("spread", Kind.SPREAD, volume=VolumePart.CAPTIVE)
    # An order on the lead venue that hedges inventory.
    HEDGE = 2, MotiveEntry("hedging", Kind.HEDGING, Rule.HEDGE)
    MARGIN = (
        3,
        MotiveEntry("variation-margin", Kind.VARIATION_MARGIN, Rule.PAYMENT, is_settled=True),
    )
    FUNDING = 4, MotiveEntry("funding", Kind.FUNDING, Rule.PAYMENT, is_settled=True)
    # A customer's order that opens or closes a position on margin.
    LEVERAGE = 5, MotiveEntry("leverage", Kind.LEVERAGE)
    # Dollars set aside for one position, or released.
    COLLATERAL = 6, MotiveEntry("collateral", Kind.COLLATERAL, Rule.PAYMENT)
    # An order forced on a customer below maintenance margin.
    LIQUIDATION = (
        7,
        MotiveEntry("liquidation", Kind.LIQUIDATION, ends_account=True, volume=VolumePart.FORCED),
    )
    # A position handed over to a backstop provider.
    BACKSTOP = 8, _step("backstop", Kind.BACKSTOP, Rule.FILL)
    # A position closed against the largest accounts on the other side.
    DELEVERAGING = 9, _step("deleveraging", Kind.DELEVERAGING, Rule.FILL)
    # Money that a liquidated account leaves to the insurance fund, or a debt that the fund pays.
    INSURANCE = 10, _step("insurance", Kind.INSURANCE, Rule.PAYMENT)
    # A debt that no margin, fund or backstop covers, or a customer's payment towards such a debt.
    SOCIALISED = 11, _step("socialised-loss", Kind.SOCIALISED, Rule.PAYMENT)
    # Tokens set aside for one position, or released.
    TOKENS = 12, MotiveEntry("tokens", Kind.TOKENS, Rule.IN_KIND)
    # Tokens sold for a customer below auto-close margin, and the proceeds.
    SEIZURE = 13, _step("seizure", Kind.SEIZURE, Rule.IN_KIND)
    # A position closed at the mark because the venue halts.
    CLOSING = 14, MotiveEntry("closing", Kind.VARIATION_MARGIN)
    # Customers' net trades with the other makers since the last settlement, at the mark.
    NET = 15, MotiveEntry("net-with-others", Kind.VARIATION_MARGIN, is_settled=True)
    # A part of a firm's position, closed against the other makers at the mark.
    UNWINDING = 16, MotiveEntry("unwinding", Kind.VARIATION_MARGIN, is_settled=True)

    @property
    def word(self) -> str:
        """Return the motive's name as written in fills and tags."""
        return self.entry.word

    @property
    def is_payment(self) -> bool:
        """Return whether a row with this motive is a payment, not a trade."""
        return self.entry.rule in (Rule.PAYMENT, Rule.IN_KIND)

    @property
    def is_in_kind(self) -> bool:
        """Return whether the lots of a row with this motive are tokens."""
        return self.entry.rule is Rule.IN_KIND


# The kinds of desks. Results of a desk's positions are posted to the desk's kind: see `Chart.kind`.
DESKS = (Kind.BACKSTOP, Kind.DIRECTIONAL)

PAYMENTS = tuple(motive for motive in Motive if motive.is_payment)
IN_KIND = tuple(motive for motive in Motive if motive.is_in_kind)
SETTLED = tuple(motive for motive in Motive if motive.entry.is_settled)
FROM_QUOTES = tuple(motive for motive in Motive if motive.entry.volume)
HEDGES = tuple(motive for motive in Motive if motive.entry.rule is Rule.HEDGE)
WITH_FEE = (*FROM_QUOTES, *HEDGES)
# The trades by which a customer's account is liquidated.
FORCED = tuple(motive for motive in Motive if motive.entry.ends_account and not motive.is_payment)


def counted_as(*volumes: VolumePart) -> tuple[Motive, ...]:
    """Return the motives whose orders count in the given parts of the volume."""
    return tuple(motive for motive in Motive if motive.entry.volume in volumes)


def words(motives: Iterable[Motive]) -> list[str]:
    """Return the motives' names as written in the fills, for use in a query."""
    return [motive.word for motive in motives]


def posting_to(kind: str | None) -> tuple[Motive, ...]:
    """Return the motives whose fills may move dollars in accounts of *kind*.

    If some motives have this kind, only fills of these motives move dollars in its accounts. The
    kinds of desks are an exception, since a desk posts results of all motives to its own kind (see
    `Chart.kind`). No motive has the kind of fees, claims or cash, so for these kinds all motives
    are returned. If *kind* is None, all motives are returned too.
    """
    own = tuple(motive for motive in Motive if motive.entry.kind == kind)
    return own if own and kind not in DESKS else tuple(Motive)
