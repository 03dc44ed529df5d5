"""What a fill or a sum of fills says in words: a sentence that a stranger can follow."""

from collections.abc import Callable

import numpy as np

from ledger.fills import Fill, Motive, Pairing
from ledger.money import Contract, usd


def fill_sentence(pairing: Pairing, fill: Fill, contract: Contract, lead: str) -> str:
    """Say what was hit, how stale it was, and what it cost whom; or what was paid, on what."""
    if pairing.motive is Motive.HEDGE:
        return _hedge(pairing, fill, contract)
    if pairing.motive.is_payment:
        return _payment(pairing, fill, contract)
    return _house_fill(pairing, fill, contract, lead)


def sum_sentence(pairing: Pairing, rows: np.ndarray) -> str:
    """Say what a closing entry sums up."""
    return _SUMS[pairing.motive](pairing, rows)


def _gain(entity: str, cents: int) -> str:
    if cents == 0:
        return f"{entity} neither gains nor loses"
    return f"{entity} {'earns' if cents > 0 else 'loses'} {usd(cents)}"


def _bought(entity: str, lots: int, contract: Contract) -> str:
    verb = "buys" if lots > 0 else "sells"
    return f"{entity} {verb} {contract.quantity.text(abs(lots), ',')} {contract.market}"


def _house_fill(pairing: Pairing, fill: Fill, contract: Contract, lead: str) -> str:
    side = "from an ask" if fill.lots > 0 else "to a bid"
    return (
        f"{_bought(pairing.taker, fill.lots, contract)} at {contract.price.text(fill.price, ',')} "
        f"{side} {fill.quote_age_us / 1e6:.1f} s old, "
        f"with {lead} at {contract.price.text(fill.lead, ',')}: "
        f"{_gain(pairing.maker, -fill.edge_cents)}"
    )


def _hedge(pairing: Pairing, fill: Fill, contract: Contract) -> str:
    worse = abs(fill.price - fill.lead)
    return (
        f"{_bought(pairing.taker, fill.lots, contract)} on {pairing.venue} at "
        f"{contract.price.text(fill.price, ',')} to hedge, {contract.price.text(worse, ',')} "
        f"{'above' if fill.price >= fill.lead else 'below'} "
        f"the mid of {contract.price.text(fill.lead, ',')}"
    )


def _payment(pairing: Pairing, fill: Fill, contract: Contract) -> str:
    what = "Variation margin" if pairing.motive is Motive.MARGIN else "Funding"
    verb = "receives" if fill.edge_cents > 0 else "pays"
    if fill.lots:
        position = f"{contract.quantity.text(fill.lots, ',')} {contract.market}"
    else:
        position = f"{contract.market} that it has closed"
    return (
        f"{what} of {pairing.taker} on {position} at {pairing.venue}, "
        f"marked at {contract.price.text(fill.price, ',')}: it {verb} {usd(fill.edge_cents)}"
    )


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
