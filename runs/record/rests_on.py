"""The parts of the model behind each outcome, or missing parts, for rows outside the record."""

from collections.abc import Mapping

# By key of the record. A line says why the model can miss the record, not that it does.
RESTS_ON: Mapping[str, str] = {
    "result-of-making": "latency, size and spread of its quotes, and who hits them",
    "result-of-all-trading": "quotes, hedges and portfolio; arbitrage and lending are left out",
    "result-of-directional-book": "positions held for their price, which no shipped life has",
    "backstop-payouts-of-ftx": "a backstop, which only worlds with customers on margin have",
    "share-of-maker-in-volume": "its quotes beside the others', or a share that it aims at",
    "revenue-of-ftx": "the fee rate of 2021 in all years; those before were higher",
    "claims-of-customers": "deposits by volume, an assumption; in kind alone they move with prices",
    "cash-of-the-exchange": "custody: in dollars, unless retail.coins; all can be paid out",
    "hole-of-the-exchange": "claims and custody, each of which has its own line",
    "shortfall-of-the-exchange": "claims, and what recalled loans leave of the portfolio",
    "first-use-of-customers-money": "deposits at the maker's banks, which count from the first day",
    "owed-by-maker-to-house": "stated uses and recalled loans that customers' dollars pay for",
    "credit-drawn-by-maker": "customers' dollars at the maker, used before the credit line",
    "net-worth-without-own-circle": "quotes, loans and portfolio; what it made before is left out",
    "cash-of-the-maker": "no reserve: what margin does not need repays the exchange",
    "own-assets-of-the-exchange": "stakes at cost and fees kept; its own tokens count for nothing",
    "liquid-as-its-sheet-shows": "the last week: the maker pays all it has before the halt",
    "dollars-wired-to-the-maker": "the stated part of deposits that goes through the maker",
    "liquid-of-the-group": "coins and tokens still held, at the mark of that day",
    "cash-found": "cash that is left at the halt",
    "net-withdrawals": "when customers take fright, and the cash there is to pay them",
    "withdrawals-halted": "how fast fear spreads, and how long payments may wait",
}
