"""Creates the captive maker's quoting policy, as the scenario states it."""

from des.policies.believed_quotes import BelievedQuotes
from des.policies.growth_quotes import GrowthQuotes
from des.policies.monthly_quotes import QuotingChoice
from des.policies.shown_limit import shown_limit
from des.policies.stated_quotes import StatedQuotes
from des.scenario import Maker, Market


def quoting_choice(market: Market, maker: Maker) -> QuotingChoice:
    """Return the maker's policy for a market. Each policy starts with the stated quotes.

    If the scenario has the decisions of a base run, the maker repeats these decisions instead.
    """
    stated, rules = StatedQuotes(market, maker), maker.quoting
    if market.quoter.decided:
        return stated
    if rules.policy == "growth":
        return GrowthQuotes(stated, rules, shown_limit(market.quoter))
    if rules.policy == "believed":
        half_spread_bps = market.quoter.half_spread_bps
        return BelievedQuotes(stated, half_spread_bps, shown_limit(market.quoter))
    return stated
