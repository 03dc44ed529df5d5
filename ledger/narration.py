"""The sentences that describe a fill or a sum of fills. Each sentence is clear by itself.

Each phrase about a fill depends on at most one number. So each phrase can be written for a whole
column of fills at once.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np

from ledger.columns import Numbers, Words, each, joined
from ledger.fills import ABSENT, Fill, Pairing
from ledger.kinds import Kind
from ledger.money import Contract, usd
from ledger.motives import Motive


def fill_sentence(pairing: Pairing, fill: Fill[Numbers], contract: Contract, lead: str) -> Words:
    """Return the sentence that describes a fill or a payment."""
    return joined(SAID[pairing.motive].fill(pairing, fill, contract, lead))


def token_sentence(
    pairing: Pairing, fill: Fill[Numbers], contract: Contract, token: str, lead: str
) -> Words:
    """Return the sentence on tokens that are pledged, released or sold."""
    return joined(SAID[pairing.motive].fill(pairing, fill, contract, token, lead))


def sum_sentence(pairing: Pairing, rows: np.ndarray) -> str:
    """Return the sentence of a closing entry. The motive decides the form of the sentence."""
    return SAID[pairing.motive].sum(pairing, rows)


def _house_fill(
    pairing: Pairing, fill: Fill[Numbers], contract: Contract, lead: str
) -> Iterator[Words]:
    forced = " is liquidated: it" if pairing.motive is Motive.LIQUIDATION else ""
    yield each(partial(_trade, pairing.taker + forced, contract), fill.lots)
    yield " at "
    yield each(partial(_price, contract), fill.price)
    if np.any(fill.quote_age_us != ABSENT):
        yield each(_side, fill.lots)
        yield each(_age, fill.quote_age_us)
        yield " old"
    yield f", with {lead} at "
    yield each(partial(_price, contract), fill.lead)
    yield ": "
    yield each(partial(_gain, pairing.maker), -fill.edge_cents)


def _hedge(pairing: Pairing, fill: Fill[Numbers], contract: Contract, lead: str) -> Iterator[Words]:
    yield each(partial(_trade, _named(pairing.taker), contract), fill.lots)
    yield f" on {pairing.venue} at "
    yield each(partial(_price, contract), fill.price)
    yield ", " if _is_directional(pairing.taker) else " to hedge, "
    yield each(partial(_distance, contract), fill.price - fill.lead)
    yield " the mid of "
    yield each(partial(_price, contract), fill.lead)


def _payment(
    pairing: Pairing, fill: Fill[Numbers], contract: Contract, lead: str
) -> Iterator[Words]:
    what = "Variation margin" if pairing.motive is Motive.MARGIN else "Funding"
    yield f"{what} of {_named(pairing.taker)} on "
    yield each(partial(_position, contract), fill.lots)
    yield f" at {pairing.venue}, marked at "
    yield each(partial(_price, contract), fill.price)
    yield ": it "
    yield each(_receipt, fill.edge_cents)


def _position_on_margin(
    pairing: Pairing, fill: Fill[Numbers], contract: Contract, lead: str
) -> Iterator[Words]:
    yield each(partial(_trade, f"{pairing.taker}, on margin,", contract), fill.lots)
    yield f" at {lead}'s price of "
    yield each(partial(_price, contract), fill.price)
    yield f"; {pairing.maker} are on the other side"


def _collateral(
    pairing: Pairing, fill: Fill[Numbers], contract: Contract, lead: str
) -> Iterator[Words]:
    yield f"{pairing.taker} "
    yield each(_set_aside, fill.edge_cents)
    yield f" as collateral for one position in {contract.market}"


def _takeover(
    pairing: Pairing, fill: Fill[Numbers], contract: Contract, lead: str
) -> Iterator[Words]:
    yield f"{_named(pairing.maker)} takes over "
    yield each(partial(_position, contract), -fill.lots)
    yield " at "
    yield each(partial(_price, contract), fill.price)
    yield ", marked "
    yield each(partial(_price, contract), fill.lead)
    yield ", and "
    yield each(_receipt, -fill.edge_cents)


def _deleveraging(
    pairing: Pairing, fill: Fill[Numbers], contract: Contract, lead: str
) -> Iterator[Words]:
    yield f"No backstop is left: {pairing.taker}'s position of "
    yield each(partial(_position, contract), -fill.lots)
    yield " is closed against opposite positions, at "
    yield each(partial(_price, contract), fill.price)
    yield ", marked "
    yield each(partial(_price, contract), fill.lead)
    yield ": it "
    yield each(_receipt, fill.edge_cents)


def _insurance(
    pairing: Pairing, fill: Fill[Numbers], contract: Contract, lead: str
) -> Iterator[Words]:
    yield f"{pairing.taker} "
    yield each(_insured, fill.edge_cents)
    yield f", liquidated in {contract.market}"


def _socialised(
    pairing: Pairing, fill: Fill[Numbers], contract: Contract, lead: str
) -> Iterator[Words]:
    yield f"{pairing.taker} "
    yield each(_shared, fill.edge_cents)
    yield f", left by liquidations in {contract.market}"


def _set_tokens_aside(
    pairing: Pairing, fill: Fill[Numbers], contract: Contract, token: str, lead: str
) -> Iterator[Words]:
    yield f"{pairing.taker} "
    yield each(lambda lots: "sets aside " if lots > 0 else "releases ", fill.lots)
    yield each(partial(_tokens, contract, token), fill.lots)
    yield f" as collateral for one position, with {lead} at "
    yield each(partial(_price, contract), fill.lead)


def _seizure(
    pairing: Pairing, fill: Fill[Numbers], contract: Contract, token: str, lead: str
) -> Iterator[Words]:
    yield f"{pairing.taker} lacks margin: its "
    yield each(partial(_tokens, contract, token), fill.lots)
    yield f" are sold to {pairing.maker} at "
    yield each(partial(_price, contract), fill.price)
    yield f", with {lead} at "
    yield each(partial(_price, contract), fill.lead)
    yield ": it "
    yield each(_receipt, fill.edge_cents)


def _closing(
    pairing: Pairing, fill: Fill[Numbers], contract: Contract, lead: str
) -> Iterator[Words]:
    yield f"{pairing.venue} halts and closes all positions: "
    yield each(partial(_trade, _named(pairing.taker), contract), fill.lots)
    yield f" at {lead}'s price of "
    yield each(partial(_price, contract), fill.price)
    yield f"; {_named(pairing.maker)} is on the other side"


def _net(pairing: Pairing, fill: Fill[Numbers], contract: Contract, lead: str) -> Iterator[Words]:
    yield each(partial(_trade, pairing.taker, contract), fill.lots)
    yield f" net, all against {pairing.maker}, booked at {lead}'s price of "
    yield each(partial(_price, contract), fill.price)


def _unwinding(
    pairing: Pairing, fill: Fill[Numbers], contract: Contract, lead: str
) -> Iterator[Words]:
    yield each(partial(_trade, pairing.taker, contract), fill.lots)
    yield f" to close a part of its position, against {pairing.maker}, at {lead}'s price of "
    yield each(partial(_price, contract), fill.price)


def _tokens(contract: Contract, token: str, lots: int) -> str:
    return f"{contract.quantity.text(abs(lots), ',')} {token}"


def _trade(taker: str, contract: Contract, lots: int) -> str:
    verb = "buys" if lots > 0 else "sells"
    return f"{taker} {verb} {contract.quantity.text(abs(lots), ',')} {contract.where}"


def _named(holder: str) -> str:
    """Return the holder's name. If the holder is a desk, name the desk and its owner."""
    entity, _, desk = holder.partition(":")
    if _is_directional(holder):
        return f"{entity}'s directional book"
    return f"{entity}'s {desk.lower()}" if desk else entity


def _is_directional(holder: str) -> bool:
    return holder.endswith(f":{Kind.DIRECTIONAL}")


def _set_aside(cents: int) -> str:
    return f"{'sets aside' if cents > 0 else 'releases'} {usd(cents)}"


def _insured(cents: int) -> str:
    if cents > 0:
        return f"is given {usd(cents)} by the insurance fund, for a debt"
    return f"leaves {usd(cents)} to the insurance fund"


def _shared(cents: int) -> str:
    if cents > 0:
        return f"is released from {usd(cents)} of debts, which are socialised"
    return f"bears {usd(cents)} of socialised debts"


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
        return f"{contract.quantity.text(lots, ',')} {contract.where}"
    return f"a closed position in {contract.where}"


def _receipt(cents: int) -> str:
    return f"{'receives' if cents > 0 else 'pays'} {usd(cents)}"


def _quotes_hit(said: str, pairing: Pairing, rows: np.ndarray) -> str:
    return (
        f"{pairing.taker} {said} on {pairing.venue}: {_count(rows, 'fill')}; "
        f"{_gain(pairing.maker, -int(rows['edge_cents'].sum()))}"
    )


def _pickoff_sum(pairing: Pairing, rows: np.ndarray) -> str:
    age = np.median(rows["quote_age_us"]) / 1e6
    return (
        f"{pairing.taker} takes stale quotes on {pairing.venue}: {_count(rows, 'fill')}, "
        f"median age {age:.1f} s; {_gain(pairing.maker, -int(rows['edge_cents'].sum()))}"
    )


def _hedge_sum(pairing: Pairing, rows: np.ndarray) -> str:
    cost = int(rows["fee_cents"].sum() - rows["edge_cents"].sum())
    who = _named(pairing.taker)
    does = "trades" if _is_directional(pairing.taker) else "hedges"
    return f"{who} {does} on {pairing.venue}: {_count(rows, 'fill')} cost {usd(cost)}"


def _payment_sum(pairing: Pairing, rows: np.ndarray) -> str:
    what = "Variation margin" if pairing.motive is Motive.MARGIN else "Funding"
    return (
        f"{what} of {_named(pairing.taker)} at {pairing.venue}: {_count(rows, 'payment')}; "
        f"{_gain(_named(pairing.taker), int(rows['edge_cents'].sum()))}"
    )


def _positions_sum(pairing: Pairing, rows: np.ndarray) -> str:
    return (
        f"{pairing.taker} enters and leaves positions on margin on {pairing.venue}, against "
        f"{pairing.maker}: {_count(rows, 'trade')}"
    )


def _collateral_sum(pairing: Pairing, rows: np.ndarray) -> str:
    net = int(rows["edge_cents"].sum())
    verb = "sets aside" if net >= 0 else "releases"
    return f"{pairing.taker} {verb} {usd(net)} as collateral: {_count(rows, 'position')}"


def _takeover_sum(pairing: Pairing, rows: np.ndarray) -> str:
    who = _named(pairing.maker)
    return (
        f"{who} takes over positions of {pairing.taker} on {pairing.venue}: "
        f"{_count(rows, 'takeover')}; {_gain(who, -int(rows['edge_cents'].sum()))} at the mark"
    )


def _deleveraging_sum(pairing: Pairing, rows: np.ndarray) -> str:
    return (
        f"Positions of {pairing.taker} on {pairing.venue} are closed against opposite positions: "
        f"{_count(rows, 'trade')}; {_gain(pairing.taker, int(rows['edge_cents'].sum()))}"
    )


def _insurance_sum(pairing: Pairing, rows: np.ndarray) -> str:
    net = int(rows["edge_cents"].sum())
    verb = "draws" if net > 0 else "leaves"
    return (
        f"{pairing.taker} {verb} {usd(net)} net {'from' if net > 0 else 'to'} the insurance "
        f"fund of {pairing.venue}: {_count(rows, 'payment')}"
    )


def _socialised_sum(pairing: Pairing, rows: np.ndarray) -> str:
    paid = -int(np.minimum(rows["edge_cents"], 0).sum())
    relieved = int(np.maximum(rows["edge_cents"], 0).sum())
    said = f"{pairing.taker} bears {usd(paid)} of socialised debts"
    if relieved:
        said += f", and is released from {usd(relieved)} of its own debts"
    return f"{said}: {_count(rows, 'payment')}"


def _tokens_sum(pairing: Pairing, rows: np.ndarray) -> str:
    return f"{pairing.taker} sets aside and releases tokens: {_count(rows, 'position')}"


def _seizure_sum(pairing: Pairing, rows: np.ndarray) -> str:
    received = usd(int(rows["edge_cents"].sum()))
    return (
        f"Tokens of {pairing.taker}, who lacks margin, are sold to {pairing.maker} for {received}: "
        f"{_count(rows, 'seizure')}"
    )


def _closing_sum(pairing: Pairing, rows: np.ndarray) -> str:
    return (
        f"{pairing.venue} halts: it closes positions of {_named(pairing.taker)} against those of "
        f"{_named(pairing.maker)}: {_count(rows, 'trade')}"
    )


def _net_sum(pairing: Pairing, rows: np.ndarray) -> str:
    return (
        f"Net trades of {pairing.taker} with {pairing.maker} on {pairing.venue}, at the mark: "
        f"{_count(rows, 'settlement')}"
    )


def _unwinding_sum(pairing: Pairing, rows: np.ndarray) -> str:
    return (
        f"{pairing.taker} closes parts of positions on {pairing.venue} with {pairing.maker}, "
        f"at the mark: {_count(rows, 'trade')}"
    )


def _count(rows: np.ndarray, noun: str) -> str:
    return f"{len(rows):,} {noun}{'' if len(rows) == 1 else 's'}"


class Said(NamedTuple):
    """Two functions that write sentences for a motive: for a fill, and for a sum of fills.

    For motives of tokens, the first function also takes the token's name.
    """

    fill: Callable[..., Iterator[Words]]
    sum: Callable[[Pairing, np.ndarray], str]


SAID: dict[Motive, Said] = {
    Motive.PICKOFF: Said(_house_fill, _pickoff_sum),
    Motive.SPREAD: Said(_house_fill, partial(_quotes_hit, "trades for its own reasons")),
    Motive.HEDGE: Said(_hedge, _hedge_sum),
    Motive.MARGIN: Said(_payment, _payment_sum),
    Motive.FUNDING: Said(_payment, _payment_sum),
    Motive.LEVERAGE: Said(_position_on_margin, _positions_sum),
    Motive.COLLATERAL: Said(_collateral, _collateral_sum),
    Motive.LIQUIDATION: Said(_house_fill, partial(_quotes_hit, "is liquidated")),
    Motive.BACKSTOP: Said(_takeover, _takeover_sum),
    Motive.DELEVERAGING: Said(_deleveraging, _deleveraging_sum),
    Motive.INSURANCE: Said(_insurance, _insurance_sum),
    Motive.SOCIALISED: Said(_socialised, _socialised_sum),
    Motive.TOKENS: Said(_set_tokens_aside, _tokens_sum),
    Motive.SEIZURE: Said(_seizure, _seizure_sum),
    Motive.CLOSING: Said(_closing, _closing_sum),
    Motive.NET: Said(_net, _net_sum),
    Motive.UNWINDING: Said(_unwinding, _unwinding_sum),
}
