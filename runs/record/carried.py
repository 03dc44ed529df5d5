"""The captive maker's balance sheet in a run's books, with its uses of money and its losses.

To the cent, debts less assets less uses of money are the net loss of all other kinds, such as
quotes, liquidations, portfolio and interest. The coins of the portfolio count at mark. FTT, SOL and
SRM (the kind `Tokens`) count as zero, as in the record, so their cost is a loss. If the maker sold
customers' coins, the maker owes these coins to the exchange. This debt counts at mark, so a rise of
the price since the sale is a loss.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ledger.causes import Cause
from ledger.claimed import Claimed
from ledger.kinds import ASSETS, AT_COST, CAUSE, GROUP, KINDS, LIQUID, USES, Kind, cause_of
from ledger.reports.dollars import ZERO
from ledger.transaction import MONEY, entity_of, is_contract, kind_of
from runs.record.measured_books import MeasuredBooks, Span
from runs.record.sheet_lines import in_dollars, worth

PORTFOLIO = "a falling portfolio"
# The groups of kinds that may explain a residual, in the order in which tables list them. A kind
# without a group is listed by its own name.
CARRIERS = (*Claimed, PORTFOLIO)
# The kinds of use in each line of the record. The line `use-others` has all other kinds of use.
USES_OF_LINE: Mapping[str, tuple[Kind, ...]] = {
    "use-ventures": AT_COST,
    "use-buyback": (Kind.BUYBACK,),
    "use-takeovers": (Kind.TAKEOVERS,),
    "use-incidents": (Kind.INCIDENTS,),
    "use-insiders": (Kind.INSIDERS,),
}


@dataclass(frozen=True, slots=True)
class MakerSheet:
    """The maker's debts, assets, uses and losses at the end of a day, in dollars."""

    day: date
    lenders_usd: Decimal
    house_usd: Decimal  # debts to the exchange less claims on it
    liquid_usd: Decimal
    coins_usd: Decimal  # the coins of the portfolio, at mark
    uses_usd: Mapping[str, Decimal]  # by kind; stakes are at cost
    lost_usd: Mapping[str, Decimal]  # by group in CARRIERS, or by kind; losses are positive
    stale_usd: Decimal  # the loss on stale quotes alone

    @property
    def sources_usd(self) -> Decimal:
        """Return all debts."""
        return self.lenders_usd + self.house_usd

    @property
    def stakes_usd(self) -> Decimal:
        """Return the cost of stakes in companies."""
        return self.used_usd(AT_COST)

    @property
    def all_uses_usd(self) -> Decimal:
        """Return the sum of all uses, including stakes."""
        return sum(self.uses_usd.values(), ZERO)

    @property
    def unexplained_usd(self) -> Decimal:
        """Return debts minus assets minus uses."""
        return self.sources_usd - self.liquid_usd - self.coins_usd - self.all_uses_usd

    def used_usd(self, kinds: tuple[str, ...]) -> Decimal:
        """Return the sum of the uses of the given kinds."""
        return sum((self.uses_usd.get(kind, ZERO) for kind in kinds), ZERO)

    def line_usd(self, key: str) -> Decimal | None:
        """Return the run's figure for a line of the record, or None if there is no such figure."""
        named = {kind for kinds in USES_OF_LINE.values() for kind in kinds}
        lines = {
            "source-lenders": self.lenders_usd,
            "source-house": self.house_usd,
            "asset-cash": self.liquid_usd,
            "asset-coins": self.coins_usd,
            "asset-cash-and-coins": self.liquid_usd + self.coins_usd,
            "use-others": self.used_usd(tuple(set(self.uses_usd) - named)),
            **{line: self.used_usd(kinds) for line, kinds in USES_OF_LINE.items()},
        }
        return lines.get(key)


def maker_sheet(books: MeasuredBooks, day: date) -> MakerSheet:
    """Compute the maker's sheet at the end of a day from the maker's books."""
    span, maker = Span(day, day), books.run.chart.parties.maker
    usd: dict[str, Decimal] = defaultdict(lambda: ZERO)
    held: dict[str, Decimal] = defaultdict(lambda: ZERO)
    parts: dict[str | None, Decimal] = defaultdict(lambda: ZERO)
    in_coins: set[str] = set()
    for account, opened in books.run.opens.items():
        if entity_of(account) != maker or is_contract(account):
            continue
        kind = kind_of(account)
        if opened.hole != CAUSE:
            parts[opened.hole] += worth(books, account, span)
            continue
        # If customers' coins were sold, the loss is the coins' value at mark less the proceeds.
        of = worth if kind == Kind.COINS else in_dollars
        usd[kind] += of(books, account, span)
        if account.startswith(ASSETS) and kind not in (*AT_COST, Kind.TOKENS):
            held[kind] += worth(books, account, span)
            if set(opened.commodities) - {MONEY}:
                in_coins.add(kind)
    uses = {kind: usd.pop(kind) for kind in list(usd) if kind in USES}
    lenders = -usd.pop(Kind.LOANS, ZERO)
    stale = sum((each for kind, each in usd.items() if cause_of(kind) is Cause.FASTER), ZERO)
    lost: dict[str, Decimal] = {carrier: ZERO for carrier in CARRIERS}
    for kind, paid in usd.items():
        carrier = _carrier_of(kind, kind in in_coins)
        lost[carrier] = lost.get(carrier, ZERO) + paid - held[kind]
    return MakerSheet(
        day, lenders, -parts[GROUP], parts[LIQUID], sum(held.values(), ZERO), uses, lost, stale
    )


def _carrier_of(kind: str, is_in_coins: bool) -> str:
    known = KINDS.get(kind)
    if is_in_coins or known is Kind.DIRECTIONAL:
        return PORTFOLIO
    return (known and known.entry.claimed) or kind
