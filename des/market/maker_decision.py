"""The note of the maker's decision on quotes in a market, with the figures it is based on."""

from decimal import Decimal

from des.clock import SECOND_US
from des.market.maker_quotes import MakerQuotes
from ledger.money import dollars
from ledger.notes import Decision, rounded


def noted(market: str, policy: str, maker: MakerQuotes) -> Decision:
    """Return the note of the maker's present decision.

    Args:
        market: the name of the market.
        policy: the name of the policy that decided.
        maker: the captive maker's quotes in the market.
    """
    quotes, seen = maker.policy, maker.seen
    volumes = (seen.traded_cents, seen.own_cents, seen.hits_cents) if seen else (0, 0, 0)
    return Decision(
        market,
        Decimal(quotes.offset_e6[0]).scaleb(-2),
        len(quotes.offset_e6),
        rounded(quotes.refresh_us / SECOND_US, 6),
        seen.days if seen else 0,
        policy,
        maker.decided.held_by,
        dollars(maker.shown_cents),
        *map(dollars, volumes),
        *map(dollars, maker.decided.planned or ()),
    )
