"""Movements of cash, claims and debts. Fills are posted in `ledger.fills`.

Each movement is one transaction in the books of its parties.
"""

from collections.abc import Mapping

from ledger.accounts import (
    borrowed,
    cash,
    claim,
    claim_in_kind,
    coins,
    custody,
    expense,
    income,
    lent,
    opening,
    owed,
    owed_in_kind,
    pool,
    tokens,
)
from ledger.kinds import Kind
from ledger.money import usd
from ledger.parties import Parties
from ledger.transaction import Movement, Posting, Transaction


def opening_balances(
    time_us: int,
    cash_cents: Mapping[str, int],
    claim_cents: Mapping[tuple[str, str], int],
    reserve_cents: Mapping[str, int] = {},
    token_units: Mapping[tuple[str, str], int] = {},
    in_kind: Mapping[tuple[str, str, str, str], int] = {},
    coin_lots: Mapping[tuple[str, str], int] = {},
) -> Movement:
    """Book the opening balances of all parties, except customers' coins.

    Args:
        time_us: the first microsecond of the run.
        cash_cents: the cash of each entity.
        claim_cents: the debts of venues to entities, by (entity, venue).
        reserve_cents: the insurance fund of each venue.
        token_units: units of tokens, by (first holder, token).
        in_kind: tokens held in kind for customers, by (customer, venue, state, commodity).
        coin_lots: coins of dealers, by (dealers, coin).
    """
    equity: dict[str, int] = {}
    postings = []
    for entity, cents in cash_cents.items():
        postings.append(Posting(cash(entity), cents))
        equity[entity] = equity.get(entity, 0) + cents
    for (entity, venue), cents in claim_cents.items():
        postings += [Posting(claim(entity, venue), cents), Posting(owed(venue, entity), -cents)]
        equity[entity] = equity.get(entity, 0) + cents
        equity[venue] = equity.get(venue, 0) - cents
    for venue, cents in reserve_cents.items():
        postings.append(Posting(pool(venue, Kind.INSURANCE), -cents))
        equity[venue] = equity.get(venue, 0) - cents
    for (entity, venue, state, token), lots in in_kind.items():
        postings += [
            Posting(custody(venue), lots, token),
            Posting(owed_in_kind(venue, entity, state), -lots, token),
            Posting(claim_in_kind(entity, venue, state), lots, token),
            Posting(opening(entity), -lots, token),
        ]
    postings += [Posting(opening(entity), -cents) for entity, cents in equity.items()]
    for (entity, token), units in token_units.items():
        postings.append(Posting(tokens(entity, token), units, token))
        postings.append(Posting(opening(entity), -units, token))
    for (entity, coin), lots in coin_lots.items():
        postings.append(Posting(coins(entity, coin), lots, coin))
        postings.append(Posting(opening(entity), -lots, coin))
    return Transaction(
        time_us,
        None,
        "Opening balances, with all dollars that parties will move later",
        "opening",
        tuple(posting for posting in postings if posting.units),
    )


def deposit(
    time_us: int,
    entity: str,
    venue: str,
    cents: int,
    group: Parties,
    why: str = "",
    links: tuple[str, ...] = (),
    meta: tuple[tuple[str, str], ...] = (),
) -> Movement:
    """*entity* deposits cash at a venue. The venue's debt to *entity* rises by this amount."""
    return Transaction(
        time_us,
        _outsider(entity, venue, group),
        f"{entity} deposits {usd(cents)} at {venue}{why}",
        "deposit",
        (
            Posting(cash(venue), cents),
            Posting(owed(venue, entity), -cents),
            Posting(claim(entity, venue), cents),
            Posting(cash(entity), -cents),
        ),
        links,
        meta,
    )


def withdrawal(
    time_us: int,
    entity: str,
    venue: str,
    cents: int,
    group: Parties,
    why: str = "",
    links: tuple[str, ...] = (),
    meta: tuple[tuple[str, str], ...] = (),
) -> Movement:
    """A venue pays cash to *entity*. The venue's debt to *entity* falls by this amount."""
    return Transaction(
        time_us,
        _outsider(entity, venue, group),
        f"{entity} withdraws {usd(cents)} from {venue}{why}",
        "withdrawal",
        (
            Posting(owed(venue, entity), cents),
            Posting(cash(venue), -cents),
            Posting(cash(entity), cents),
            Posting(claim(entity, venue), -cents),
        ),
        links,
        meta,
    )


def draw(
    time_us: int, borrower: str, venue: str, cents: int, links: tuple[str, ...] = ()
) -> Movement:
    """The captive maker borrows on the credit line. The venue credits the maker's account."""
    return _credit_line(
        time_us,
        borrower,
        venue,
        cents,
        f"{borrower} draws {usd(cents)} on its credit line at {venue}",
        links,
    )


def repay(
    time_us: int, borrower: str, venue: str, cents: int, links: tuple[str, ...] = ()
) -> Movement:
    """The captive maker repays the credit line with dollars in its account at the venue."""
    return _credit_line(
        time_us,
        borrower,
        venue,
        -cents,
        f"{borrower} repays {usd(cents)} of its credit line at {venue}",
        links,
    )


def gap_loss(
    time_us: int, entity: str, venue: str, cents: int, group: Parties, links: tuple[str, ...] = ()
) -> Movement:
    """The venue bears the debt of an entity that cannot pay its loss after a jump of the price."""
    return Transaction(
        time_us,
        entity if venue == group.house else venue,
        f"{entity} cannot pay {usd(cents)} of a loss from a price gap; {venue} pays this part",
        "gap-loss",
        (
            Posting(expense(venue, Kind.GAP_LOSS), cents),
            Posting(owed(venue, entity), -cents),
            Posting(claim(entity, venue), cents),
            Posting(income(entity, Kind.GAP_LOSS), -cents),
        ),
        links,
    )


def fees_of_other_makers(
    time_us: int, entity: str, venue: str, volume_cents: int, cents: int, market: str
) -> Movement:
    """The other makers pay the buyer's and the seller's fee on the volume that they fill."""
    return Transaction(
        time_us,
        entity,
        f"{entity} trade {usd(volume_cents)} of {market} with customers on {venue} and pay fees",
        "fees",
        (
            Posting(owed(venue, entity), cents),
            Posting(income(venue, Kind.FEES), -cents),
            Posting(expense(entity, Kind.FEES), cents),
            Posting(claim(entity, venue), -cents),
        ),
        meta=(("market", f'"{market}"'), ("volume", f"{usd(volume_cents).replace(',', '')} USD")),
    )


def lead_quoting(
    time_us: int,
    kind: Kind,
    who: str,
    venue: str,
    gained_cents: Mapping[str, int],
    fee_cents: int = 0,
) -> Movement:
    """Book a day's results of quotes on the lead venue.

    Args:
        time_us: the day's last microsecond.
        kind: LeadSpread or LeadPickOff.
        who: the entity that hits the quotes. For LeadSpread it is the noise traders. For
            LeadPickOff it is a firm that is faster than the owners of the quotes.
        venue: the lead venue.
        gained_cents: each entity's gain before the fee. The gains sum to zero.
        fee_cents: the fee that *who* pays for its orders.
    """
    sentences = {
        Kind.LEAD_SPREAD: f"{who} trade for their own reasons with quotes on {venue}",
        Kind.LEAD_PICKOFF: f"{who} hits stale quotes on {venue}",
    }
    postings = [
        posting
        for entity, cents in gained_cents.items()
        for posting in (
            Posting(owed(venue, entity), -cents),
            Posting(claim(entity, venue), cents),
            Posting(income(entity, kind), -cents),
        )
        if cents
    ]
    if fee_cents:
        postings += [
            Posting(owed(venue, who), fee_cents),
            Posting(income(venue, Kind.FEES), -fee_cents),
            Posting(claim(who, venue), -fee_cents),
            Posting(expense(who, Kind.LEAD_FEES), fee_cents),
        ]
    tag = "lead-spread" if kind == Kind.LEAD_SPREAD else "lead-pickoff"
    narration = f"{sentences[kind]}: {usd(abs(gained_cents[who]))} in expectation"
    return Transaction(time_us, who, narration, tag, tuple(postings))


def _credit_line(
    time_us: int, borrower: str, venue: str, cents: int, narration: str, links: tuple[str, ...]
) -> Movement:
    return Transaction(
        time_us,
        borrower,
        narration,
        "credit-line",
        (
            Posting(lent(venue, borrower), cents),
            Posting(owed(venue, borrower), -cents),
            Posting(claim(borrower, venue), cents),
            Posting(borrowed(borrower, venue), -cents),
        ),
        links,
    )


def _outsider(entity: str, venue: str, group: Parties) -> str:
    """Return the payee of a movement between a customer and a venue.

    If only one of the two is outside the house group, this party is the payee. Otherwise the payee
    is the customer.
    """
    return venue if entity == group.maker and venue != group.house else entity
