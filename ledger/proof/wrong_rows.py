"""Finds errors in the rows of fills: in their order, prices, fees and settlement payments."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from ledger.motives import PAYMENTS, Motive
from ledger.proof.day_openings import Carried

FUNDING_UNIT = 10**9


def first_wrong(rows: np.ndarray, wrong: np.ndarray, what: str) -> Iterator[str]:
    """Yield the error *what* for the first row where *wrong* is true.

    The error also states the number of further wrong rows.
    """
    found = np.flatnonzero(wrong)
    if len(found):
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        yield f"row with seq {rows['seq'][found[0]]}: {what}{more}"


def wrong_columns(rows: np.ndarray) -> Iterator[str]:
    """Yield an error if a payment's mark is not the lead price, or if a trade has no quantity."""
    payment = np.isin(rows["motive"], PAYMENTS)
    marked = payment & (rows["motive"] != Motive.SEIZURE)
    yield from first_wrong(
        rows, marked & (rows["price"] != rows["lead"]), "a mark is not the lead price"
    )
    yield from first_wrong(rows, ~payment & (rows["lots"] == 0), "the trade has no quantity")


def wrong_order(rows: np.ndarray, seqs_of_entries: set[int]) -> Iterator[str]:
    """Yield errors if seq does not rise, if time falls, or if a missing seq belongs to no entry."""
    yield from first_wrong(rows[1:], np.diff(rows["seq"]) <= 0, "its seq does not rise")
    yield from first_wrong(
        rows[1:], np.diff(rows["time_us"]) < 0, "its time is earlier than the previous row's time"
    )
    gaps = np.flatnonzero(np.diff(rows["seq"]) != 1)
    for i in gaps.tolist():
        between = range(int(rows["seq"][i]) + 1, int(rows["seq"][i + 1]))
        if not seqs_of_entries.issuperset(between):
            yield f"row with seq {rows['seq'][i]}: the next seq is missing"
            return


def wrong_prices(rows: np.ndarray, tick_cents: np.ndarray, stands_for: np.ndarray) -> Iterator[str]:
    """Recompute edge and fee from price, lead price, quantity and fee rate.

    If a market represents n similar markets, the fee of one market is rounded and then multiplied
    by n.
    """
    is_trade = ~np.isin(rows["motive"], PAYMENTS)
    trade, tick_cents, alike = rows[is_trade], tick_cents[is_trade], stands_for[is_trade]
    edge = (trade["lead"] - trade["price"]) * trade["lots"] * tick_cents
    yield from first_wrong(
        trade, edge != trade["edge_cents"], "the edge does not follow from the prices"
    )
    # If the traded value is n cents and the rate is r millionths, the fee in whole cents, rounded
    # half up, is (2 * n * r + 10^6) / (2 * 10^6), rounded down.
    twice = 2 * np.abs(trade["lots"]) * trade["price"] * (tick_cents // alike) * trade["fee_e6"]
    fee = (twice + 1_000_000) // 2_000_000 * alike
    yield from first_wrong(
        trade, fee != trade["fee_cents"], "the fee does not follow from its rate"
    )


def wrong_payments(
    rows: np.ndarray, tick_cents: np.ndarray, funding_e9: int, standing: Carried
) -> Iterator[str]:
    """Check the variation margin and the funding of each settlement.

    A position has n contracts, and one contract is worth M at the mark. Before the settlement the
    position has the value v. The variation margin must be n * M - v, and the new value is n * M. A
    funding payment must follow from the funding rate. The rows are processed in order, and each
    trade and each settlement updates *standing*. So each settlement uses the positions at its own
    time.
    """
    is_trade = ~np.isin(rows["motive"], PAYMENTS)
    new_block = is_trade[1:] != is_trade[:-1]
    new_block |= ~is_trade[1:] & (np.diff(rows["time_us"]) > 0)
    edges = (np.flatnonzero(new_block) + 1).tolist()
    for begin, end in pairwise((0, *edges, len(rows))):
        block = slice(begin, end)
        if is_trade[begin]:
            standing.trade(rows[block], tick_cents[block])
        else:
            settled = np.isin(rows["motive"][block], (Motive.MARGIN, Motive.FUNDING))
            paid, cents = rows[block][settled], tick_cents[block][settled]
            yield from _wrong_settlement(paid, cents, funding_e9, standing)


def _wrong_settlement(
    rows: np.ndarray, tick_cents: np.ndarray, funding_e9: int, standing: Carried
) -> Iterator[str]:
    place = (rows["venue"], rows["market"], rows["taker"])
    held = standing.lots[place]
    yield from first_wrong(rows, rows["lots"] != held, "its lots are not the receiver's position")
    worth = rows["lots"] * rows["price"] * tick_cents
    margin = rows["motive"] == Motive.MARGIN
    due = worth - standing.value_cents[place]
    yield from first_wrong(
        rows,
        margin & (rows["edge_cents"] != due),
        "the variation margin does not follow from the mark",
    )
    off = np.abs(rows["edge_cents"] * FUNDING_UNIT + worth * funding_e9)
    yield from first_wrong(
        rows, ~margin & (off >= FUNDING_UNIT), "the funding does not follow from its rate"
    )
    standing.value_cents[tuple(index[margin] for index in place)] = worth[margin]
