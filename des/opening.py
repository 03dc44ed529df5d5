"""Opening balances of all parties. A venue opens with cash for all dollar claims on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from des.clock import midnight_us
from des.custody.coin_vault import CoinVault
from des.custody.custody import Custody
from des.liquidation.margin_customers import MarginCustomers
from des.liquidation.pledged_loans import PledgedLoans
from des.scenario import Firm, Scenario
from des.treasury.group_treasury import GroupTreasury
from des.venue.venue import Venue
from ledger import movements
from ledger.accounts import FREE, PLEDGED
from ledger.journal import Journal
from ledger.money import to_cents
from ledger.parties import OUTSIDE, Parties
from ledger.transaction import Movement


@dataclass(frozen=True, slots=True)
class Opening:
    """The opening balances of all parties, in cents or in units of a commodity."""

    claims: dict[tuple[str, str], int]  # the key is (entity, venue)
    cash: dict[str, int]
    reserves: dict[str, int] = field(default_factory=dict)
    tokens: dict[tuple[str, str], int] = field(default_factory=dict)  # the key is (holder, token)
    # Tokens that venues owe to customers, in lots. The key is (entity, venue, state, commodity).
    in_kind: dict[tuple[str, str, str, str], int] = field(default_factory=dict)
    coins: dict[tuple[str, str], int] = field(default_factory=dict)  # the key is (dealers, coin)
    in_coins: Movement | None = None  # the transaction that books customers' coins

    def entry(self, time_us: int) -> Movement:
        """Return the transaction that books the opening balances, without customers' coins."""
        return movements.opening_balances(
            time_us,
            self.cash,
            self.claims,
            self.reserves,
            self.tokens,
            self.in_kind,
            self.coins,
        )


def open_books(
    first: Opening, time_us: int, venues: Mapping[str, Venue], custody: Custody, journal: Journal
) -> None:
    """Give all parties their opening balances, and book these balances.

    Args:
        first: the opening balances of all parties.
        time_us: the run's start.
        venues: the venues, by name.
        custody: keeps the parties' cash.
        journal: records the opening transactions.
    """
    names = journal.chart.parties.names
    for (entity, venue), cents in first.claims.items():
        venues[venue].claims[names.index(entity)] = cents
    for entity, cents in first.cash.items():
        custody.cash[names.index(entity)] = cents
    journal.record(first.entry(time_us))
    if first.in_coins:
        journal.record(first.in_coins)


def fund_maker(scenario: Scenario, parties: Parties, time_us: int, custody: Custody) -> None:
    """Deposit cash of the captive maker on the house and, as margin, on the lead venue."""
    maker = scenario.maker
    for venue, usd, why in (
        (parties.house, maker.house_deposit_usd, ", to back its quotes"),
        (parties.lead, maker.lead_deposit_usd, ", as margin for its hedges"),
    ):
        custody.deposit(time_us, parties.names.index(parties.maker), venue, to_cents(usd), why)


def opening(
    scenario: Scenario,
    parties: Parties,
    firms: Sequence[Firm],
    on_margin: MarginCustomers | None,
    pledged: PledgedLoans | None,
    group: GroupTreasury | None,
    coins: CoinVault | None = None,
) -> Opening:
    """Read the opening balances from a scenario.

    Args:
        scenario: states the balances.
        parties: all parties that keep books, by role.
        firms: the named firms and the firms drawn at random, including firms that enter later.
        on_margin, pledged, group: the customers on margin, the pledged loans and the group's
            treasury. Each has opening balances of its own, or is None.
        coins: converts a part of customers' opening claim into coins, or None.
    """
    house, lead = parties.house, parties.lead
    claims = _claims(scenario, parties, firms)
    cash = {
        house: to_cents(scenario.house.opening_cash_usd),
        parties.maker: to_cents(scenario.maker.opening_cash_usd),
        parties.retail: to_cents(scenario.retail.opening_cash_usd),
        lead: 0,
    }
    cash |= {firm.name: to_cents(firm.capital_usd) for firm in firms if firm.waiting}
    if scenario.other_makers.opening_cash_usd:
        cash[parties.other_makers] = to_cents(scenario.other_makers.opening_cash_usd)
    reserves, in_kind = {}, {}
    entry: Movement | None = None
    if coins:
        claim = claims[parties.retail, house]
        in_coins, entry = coins.open(midnight_us(scenario.run.start), claim)
        claims[parties.retail, house] -= in_coins
    if on_margin:
        claims[parties.retail, house] += on_margin.opening_cash_cents
        in_kind = {
            (parties.retail, house, FREE, commodity): lots
            for commodity, lots in on_margin.opening_tokens().items()
        }
        if on_margin.desk.fund_cents:
            reserves[house] = on_margin.desk.fund_cents
            cash[house] += on_margin.desk.fund_cents
    if pledged:
        in_kind |= {
            (borrower, house, PLEDGED, commodity): lots
            for (borrower, commodity), lots in pledged.opening_tokens().items()
        }
    for (_, venue), cents in claims.items():
        cash[venue] += cents
    cash |= group.opening_cash() if group else {}
    if own := scenario.retail.coins:
        cash[own.dealers] = cash.get(own.dealers, 0) + to_cents(own.dealers_cash_usd)
    tokens = group.opening_tokens() if group else {}
    lots = group.opening_coins() if group else {}
    return Opening(claims, cash, reserves, tokens, in_kind, lots, entry)


def _claims(
    scenario: Scenario, parties: Parties, firms: Sequence[Firm]
) -> dict[tuple[str, str], int]:
    house, lead = parties.house, parties.lead
    claims = {
        (parties.retail, house): to_cents(scenario.retail.opening_claim_usd),
        (parties.other_makers, house): to_cents(scenario.other_makers.opening_claim_usd),
        (OUTSIDE, lead): to_cents(scenario.lead.outside_claim_usd),
    }
    for firm in firms:
        on_lead = 0 if firm.waiting else to_cents(firm.on_lead_usd)
        claims[firm.name, house] = 0 if firm.waiting else to_cents(firm.capital_usd) - on_lead
        claims[firm.name, lead] = on_lead
    for provider in scenario.outside_providers:
        on_lead = to_cents(provider.on_lead_usd)
        claims[provider.name, lead] = on_lead
        claims[provider.name, house] = to_cents(provider.capital_usd) - on_lead
    return claims
