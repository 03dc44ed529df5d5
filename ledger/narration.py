"""What a fill or a sum of fills says in words: a sentence that a stranger can follow.

Each phrase about a fill speaks of one number at most, so that it can be said of a whole column.
"""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from ledger.columns import Words, each, joined
from ledger.fills import Fill, Motive, Pairing
from ledger.money import Contract, usd


def fill_sentence(pairing: Pairing, fill: Fill, contract: Contract, lead: str) -> Words:
    """Say what was hit, how stale it was, and what it cost whom; or what was paid, on what."""
    if pairing.motive is Motive.HEDGE:
        return joined(_hedge(pairing, fill, contract))
    if pairing.motive.is_payment:
        return joined(_payment(pairing, fill, contract))
    return joined(_house_fill(pairing, fill, contract, lead))


def sum_sentence(pairing: Pairing, rows: np.ndarray) -> str:
    """Say what a closing entry sums up."""
    return _SUMS[pairing.motive](pairing, rows)


def _house_fill(pairing: Pairing, fill: Fill, contract: Contract, lead: str) -> Iterator[Words]:
    yield each(partial(_trade, pairing.taker, contract), fill.lots)
    yield " at "
    yield each(partial(_price, contract), fill.price)
    yield each(_side, fill.lots)
    yield each(_age, fill.quote_age_us)
    yield f" old, with {lead} at "
    yield each(partial(_price, contract), fill.lead)
    yield ": "
    yield each(partial(_gain, pairing.maker), -fill.edge_cents)


def _hedge(pairing: Pairing, fill: Fill, contract: Contract) -> Iterator[Words]:
    yield each(partial(_trade, pairing.taker, contract), fill.lots)
    yield f" on {pairing.venue} at "
    yield each(partial(_price, contract), fill.price)
    yield " to hedge, "
    yield each(partial(_distance, contract), fill.price - fill.lead)
    yield " the mid of "
    yield each(partial(_price, contract), fill.lead)


def _payment(pairing: Pairing, fill: Fill, contract: Contract) -> Iterator[Words]:
    what = "Variation margin" if pairing.motive is Motive.MARGIN else "Funding"
    yield f"{what} of {pairing.taker} on "
    yield each(partial(_position, contract), fill.lots)
    yield f" at {pairing.venue}, marked at "
    yield each(partial(_price, contract), fill.price)
    yield ": it "
    yield each(_receipt, fill.edge_cents)


def _trade(taker: str, contract: Contract, lots: int) -> str:
    verb = "buys" if lots > 0 else "sells"
    return f"{taker} {verb} {contract.quantity.text(abs(lots), ',')} {contract.market}"


def _price(contract: Contract, ticks: int) -> str:
    return contract.price.text(ticks, ",")


def _side(lots: int) -> str:
    return " from an ask " if lots > 0 else " to a bid "


def _age(age_us: int) -> str:
    return f"{age_us / 1e6:.1f} s"


def _gain(entity: str, cents: int) -> str:
    if cents == 0:
        return f"{entity} neither gains nor loses"
    return f"{entity} {'earns' if cents > 0 else 'loses'} {usd(cents)}"


def _distance(contract: Contract, ticks: int) -> str:
    return f"{_price(contract, abs(ticks))} {'above' if ticks >= 0 else 'below'}"


def _position(contract: Contract, lots: int) -> str:
    if lots:
        return f"{contract.quantity.text(lots, ',')} {contract.market}"
    return f"{contract.market} that it has closed"


def _receipt(cents: int) -> str:
    return f"{'receives' if cents > 0 else 'pays'} {usd(cents)}"


def _pickoff_sum(pairing: Pairing, rows: np.ndarray) -> str:
    age = np.median(rows["quote_age_us"]) / 1e6
    return (
        f"{pairing.taker} takes stale quotes on {pairing.venue}: {_count(rows, 'fill')}, "
        f"median age {age:.1f} s; {_gain(pairing.maker, -int(rows['edge_cents'].sum()))}"
    )


def _spread_sum(pairing: Pairing, rows: np.ndarray) -> str:
    return (
        f"{pairing.taker} trades for its own reasons on {pairing.venue}: {_count(rows, 'fill')}; "
        f"{_gain(pairing.maker, -int(rows['edge_cents'].sum()))}"
    )


def _hedge_sum(pairing: Pairing, rows: np.ndarray) -> str:
    cost = int(rows["fee_cents"].sum() - rows["edge_cents"].sum())
    return f"{pairing.taker} hedges on {pairing.venue}: {_count(rows, 'fill')} cost {usd(cost)}"


def _payment_sum(pairing: Pairing, rows: np.ndarray) -> str:
    what = "Variation margin" if pairing.motive is Motive.MARGIN else "Funding"
    return (
        f"{what} of {pairing.taker} at {pairing.venue}: {_count(rows, 'payment')}; "
        f"{_gain(pairing.taker, int(rows['edge_cents'].sum()))}"
    )


def _count(rows: np.ndarray, noun: str) -> str:
    return f"{len(rows):,} {noun}{'' if len(rows) == 1 else 's'}"


_SUMS: dict[Motive, Callable[[Pairing, np.ndarray], str]] = {
    Motive.PICKOFF: _pickoff_sum,
    Motive.SPREAD: _spread_sum,
    Motive.HEDGE: _hedge_sum,
    Motive.MARGIN: _payment_sum,
    Motive.FUNDING: _payment_sum,
}
