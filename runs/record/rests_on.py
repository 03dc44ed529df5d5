"""The parts of the model, or the missing parts, on which each recorded outcome depends."""

from collections.abc import Mapping

# For each key of the record, a possible reason why a run differs from the record.
RESTS_ON: Mapping[str, str] = {
    "result-of-making": "latency, size and spread of the maker's quotes; the trading firms",
    "result-of-all-trading": "quotes, hedges and portfolio; arbitrage and lending are left out",
    "result-of-directional-book": "positions held for their price; no shipped life has them",
    "backstop-payouts-of-ftx": "a backstop; only scenarios with customers on margin have one",
    "share-of-maker-in-volume": "quotes of the maker and of others, or a target share of volume",
    "revenue-of-ftx": "the fee rate of 2021 in all years; earlier rates were higher",
    "claims-of-customers": "deposits follow volume, by assumption; only coins follow prices",
    "cash-of-the-exchange": (
        "without cash_shares all money is idle cash; without retail.coins all cash is dollars"
    ),
    "hole-of-the-exchange": "claims of customers, and cash, which are separate outcomes",
    "shortfall-of-the-exchange": "claims, and the portfolio that is left after recalls of loans",
    "first-use-of-customers-money": "deposits at the maker's banks, from the run's first day on",
    "owed-by-maker-to-house": "stated uses and recalled loans that customers' dollars pay for",
    "credit-drawn-by-maker": "customers' dollars at the maker, used before the credit line",
    "net-worth-without-own-circle": "quotes, loans and portfolio; earlier earnings are left out",
    "cash-of-the-maker": "the maker keeps no reserve: free margin repays the exchange",
    "own-assets-of-the-exchange": "stakes at cost, retained fees; own tokens count as zero",
    "liquid-as-its-sheet-shows": "the last week, when the maker pays all that it has",
    "dollars-wired-to-the-maker": "the stated part of deposits that goes through the maker",
    "liquid-of-the-group": "coins and tokens still held, at the mark of that day",
    "cash-found": "cash that is left at the halt",
    "net-withdrawals": "the day on which customers begin to fear a default, and the cash to pay",
    "withdrawals-halted": "the growth of customers' fear of a default, and the longest wait",
}
