"""For each recorded outcome, the parts of the model that may explain why a run misses it."""

from collections.abc import Mapping

RESTS_ON: Mapping[str, str] = {
    "result-of-making": "latency, size and spread of the maker's quotes; the trading firms",
    "result-of-all-trading": (
        "quotes, hedges, positions; the figure has no portfolio, arbitrage or lending"
    ),
    "result-of-directional-book": (
        "positions held to gain from a price move; only scenarios with `group.longs` have them"
    ),
    "backstop-payouts-of-ftx": "a backstop; only scenarios with customers on margin have one",
    "share-of-maker-in-volume": "quotes of the maker and of others, or a target share of volume",
    "revenue-of-ftx": "the fee rate of 2021 in all years; earlier rates were higher",
    "claims-of-customers": (
        "deposits are assumed to follow volume; only claims in coins change with prices"
    ),
    "cash-of-the-exchange": (
        "without `cash_shares` customers' cash is idle; without `retail.coins` all cash is dollars"
    ),
    "hole-of-the-exchange": "customers' claims, and cash; each of the two is also an outcome",
    "shortfall-of-the-exchange": "claims, and the portfolio that is left after recalls of loans",
    "first-use-of-customers-money": "deposits at the maker's banks, from the run's first day on",
    "owed-by-maker-to-house": "stated uses and recalled loans that customers' dollars pay for",
    "credit-drawn-by-maker": "the maker uses customers' dollars before the credit line",
    "net-worth-without-own-circle": "quotes, loans and portfolio; no earnings from before the run",
    "cash-of-the-maker": "the maker keeps no reserve; it repays the exchange with free margin",
    "own-assets-of-the-exchange": "stakes at cost, and retained fees; own tokens count as zero",
    "liquid-as-its-sheet-shows": "the last week, when the maker pays all that it has",
    "dollars-wired-to-the-maker": "the stated part of deposits that goes through the maker",
    "liquid-of-the-group": "coins and tokens still held, at the mark of that day",
    "cash-found": "cash that is left at the halt",
    "net-withdrawals": (
        "the day on which customers begin to fear a default, and the cash for withdrawals"
    ),
    "withdrawals-halted": (
        "the growth of customers' fear of a default, and how long a queue may last"
    ),
}
