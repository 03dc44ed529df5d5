"""Creates all parts of a world, and connects them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import simpy

from des.bookkeeping import contracts_of, open_journal, parties_of
from des.clock import midnight_us
from des.custody.agent import Agent, agent_of
from des.custody.coin_vault import CoinVault
from des.custody.confidence import Confidence
from des.custody.custody import Custody
from des.custody.flow import CustomerFlow, customers
from des.custody.other_makers import OtherMakersDesk
from des.custody.till import Till
from des.firms.capital import CapitalDesk
from des.firms.firm_money import FirmMoney
from des.firms.lead_desk import LeadDesk, lead_desk
from des.firms.population import trading_firms
from des.firms.returns import DayReturns
from des.firms.unwinding import Unwinding
from des.liquidation.full_day_customers import FullDayCustomers
from des.liquidation.margin_customers import MarginCustomers
from des.liquidation.pledged_loans import PledgedLoans, TokenLoan
from des.market.hedging import HedgeDesk, lead_delays_us
from des.market.house_volume import HouseVolume
from des.market.listing import Listing, Traders
from des.market.predicted_losses import traded_hours
from des.markets import Markets
from des.opening import open_books, opening
from des.positions import Positions
from des.positions_at_halt import PositionsAtHalt
from des.quoting.quote_by_quote import QuoteByQuote
from des.quoting.session import Session
from des.scenario import Firm, Scenario
from des.traded_hours import TradedHours
from des.treasury.appraiser import Appraiser, appraiser
from des.treasury.directional import DirectionalBook, directional_book
from des.treasury.group_treasury import GroupTreasury, treasury
from des.treasury.margin import MarginDesk, first_floors
from des.treasury.purse import Purse
from des.treasury.quoter_switch import QuoterSwitch
from des.treasury.review import MonthlyReview
from des.venue.fees import FeeSchedule, TakerFees
from des.venue.venue import Venue, hourly_funding_e9
from ledger.journal import Journal
from ledger.money import to_cents
from ledger.parties import OUTSIDE, Parties, books_of


@dataclass(frozen=True, slots=True)
class Cast:
    """The parts of a world that act during a day. A part that the scenario leaves out is None."""

    env: simpy.Environment
    journal: Journal
    house: Venue
    lead: Venue
    custody: Custody
    markets: Markets
    volume: HouseVolume
    fees: TakerFees
    returns: DayReturns
    on_margin: MarginCustomers | None
    pledged: PledgedLoans | None
    others: OtherMakersDesk
    directional: DirectionalBook | None
    lead_desk: LeadDesk | None
    group: GroupTreasury | None
    margin: MarginDesk
    capital: CapitalDesk
    flow: CustomerFlow | None
    quoter: QuoterSwitch
    positions: Positions


def wire(scenario: Scenario, folder: Path, every_quote: bool, books: type[Journal]) -> Cast:
    """Create all parts of a world, with their opening balances.

    Args:
        scenario: states the parts of the world.
        folder: the existing folder for the books.
        every_quote: whether to simulate quote by quote. The books are the same either way.
        books: the class of the journal, which decides how much of the books is written.
    """
    members, parties = trading_firms(scenario), parties_of(scenario)
    start_us = midnight_us(scenario.run.start)
    env = simpy.Environment(initial_time=start_us)
    journal = open_journal(scenario, parties, folder, books)

    house, lead = _venues(scenario, parties, journal)
    venues = {parties.house: house, parties.lead: lead}
    custody = Custody(parties, venues, np.zeros(len(parties.holders), dtype=np.int64), journal)

    delay_us = lead_delays_us(scenario, parties, members)
    hours = traded_hours(scenario)
    listings = _listings(scenario, parties, members, delay_us, every_quote, hours)
    volume = HouseVolume([market.name for market in scenario.markets], listings, journal)
    on_margin = _on_margin(scenario, parties, house, listings, journal)
    fees = _fees(scenario, parties, members, house)
    returns = DayReturns(len(parties.holders), _firms(parties))
    at_halt = PositionsAtHalt(house, lead, listings, on_margin, _firms(parties))
    markets = Markets(env, listings, house, lead, fees, returns, on_margin, at_halt)

    _keep_coins(scenario, parties, custody, markets, journal)
    others = OtherMakersDesk(scenario, parties, house, custody, volume, journal)
    appraises = appraiser(scenario, parties, others, journal)
    fund_cents = _fund(on_margin)
    purse, group = treasury(
        scenario,
        parties,
        house,
        custody,
        fund_cents,
        listings,
        appraises,
        journal,
        lambda: till.waiting_cents(),
    )
    margin = _margin_desk(scenario, parties, members, (house, lead), custody, purse, journal)

    confidence = _confidence(scenario, custody)
    agent = agent_of(scenario.retail, scenario.run.seed, parties, custody)
    till = _till(custody, markets, margin, on_margin, confidence, agent, journal)
    pledged = _pledged(scenario, parties, house, till, journal)
    money = FirmMoney(parties, house, lead, custody, margin, till if confidence else None)
    unwinding = _unwinding(scenario, parties, house, listings)
    capital = _capital(scenario, parties, members, money, unwinding, journal)
    flow = customers(env, scenario, parties, custody, till, confidence, agent)
    quoter = _quoter(scenario, parties, custody, purse, appraises, journal)
    directional = directional_book(scenario, parties)

    first = opening(scenario, parties, members, on_margin, pledged, group, custody.coins)
    open_books(first, start_us, venues, custody, journal)
    return Cast(
        env=env,
        journal=journal,
        house=house,
        lead=lead,
        custody=custody,
        markets=markets,
        volume=volume,
        fees=fees,
        returns=returns,
        on_margin=on_margin,
        pledged=pledged,
        others=others,
        directional=directional,
        lead_desk=lead_desk(scenario, parties, members, delay_us, lead, journal),
        group=group,
        margin=margin,
        capital=capital,
        flow=flow,
        quoter=quoter,
        positions=Positions(scenario, members, parties, house, lead, capital, directional),
    )


def _daily_cents(scenario: Scenario) -> int | None:
    """Return the most cents that dealers pay for customers' coins in a day. None: no limit."""
    coins = scenario.retail.coins
    daily_usd = coins.dealers_buy_usd_per_day if coins else None
    return None if daily_usd is None else to_cents(daily_usd)


def _keep_coins(
    scenario: Scenario, parties: Parties, custody: Custody, markets: Markets, journal: Journal
) -> None:
    """Create custody's vault for customers' coins, if the house owes coins to customers."""
    if not scenario.owed_coins:
        return
    vault = CoinVault(scenario, parties, journal)
    vault.mark(scenario.run.start, markets.marks())
    tranche_cents = to_cents(scenario.maker.credit_tranche_usd)
    custody.keep_coins(vault, tranche_cents, _daily_cents(scenario))


def _fund(on_margin: MarginCustomers | None) -> Callable[[], int]:
    """Return a function that returns the present balance of the insurance fund in cents."""
    return lambda: on_margin.desk.fund_cents if on_margin else 0


def _firms(parties: Parties) -> np.ndarray:
    return np.array([parties.names.index(firm) for firm in parties.firms], dtype=np.int64)


def _capital(
    scenario: Scenario,
    parties: Parties,
    members: Sequence[Firm],
    money: FirmMoney,
    unwinding: Unwinding | None,
    journal: Journal,
) -> CapitalDesk:
    rules, seed = scenario.firms.capital, scenario.run.seed
    return CapitalDesk(rules, seed, members, parties, money, journal, unwinding)


def _unwinding(
    scenario: Scenario, parties: Parties, house: Venue, listings: Sequence[Listing]
) -> Unwinding | None:
    if scenario.firms.holding_days is None:
        return None
    others = parties.names.index(parties.other_makers)
    return Unwinding(scenario.firms.holding_days, house, listings, _firms(parties), others)


def _venues(scenario: Scenario, parties: Parties, journal: Journal) -> tuple[Venue, Venue]:
    """Create both venues. The house pays gains itself, and Outside pays gains on the lead venue."""
    desks = {
        place: parties.names.index(books_of(name))
        for place, name in enumerate(parties.holders)
        if name in parties.desks
    }
    house, lead = (
        Venue(
            place,
            contracts_of(scenario, venue),
            len(parties.holders),
            parties.names.index(pays),
            journal,
            desks,
        )
        for place, (venue, pays) in enumerate(
            ((parties.house, parties.house), (parties.lead, OUTSIDE))
        )
    )
    lead.fee_e6[:] = round(scenario.lead.taker_fee_bps * 100)
    return house, lead


def _listings(
    scenario: Scenario,
    parties: Parties,
    members: Sequence[Firm],
    delay_us: np.ndarray,
    every_quote: bool,
    hours: TradedHours,
) -> list[Listing]:
    """Create the listing of each market, with all its traders."""
    code = parties.names.index
    providers = scenario.leverage.providers if scenario.leverage else ()
    backstops = [parties.holders.index(name) for name in parties.backstops]
    traders = Traders(
        code(parties.maker),
        code(parties.other_makers),
        np.append(_firms(parties), code(parties.retail)),
        list(zip(providers, backstops, strict=True)),
    )
    return [
        Listing(
            scenario,
            market,
            contract,
            members,
            traders,
            HedgeDesk(delay_us, scenario.lead.half_spread_bps, code(OUTSIDE)),
            QuoteByQuote if every_quote else Session,
            hours,
        )
        for market, contract in zip(
            scenario.markets, contracts_of(scenario, parties.house), strict=True
        )
    ]


def _on_margin(
    scenario: Scenario,
    parties: Parties,
    house: Venue,
    listings: Sequence[Listing],
    journal: Journal,
) -> MarginCustomers | None:
    if not scenario.leverage:
        return None
    funding_e9 = hourly_funding_e9(scenario.house.funding_bps_per_day)
    customers = MarginCustomers if scenario.leverage.share_of_claims is None else FullDayCustomers
    return customers(scenario, parties, house, listings, funding_e9, journal)


def _pledged(
    scenario: Scenario, parties: Parties, house: Venue, till: Till, journal: Journal
) -> PledgedLoans | None:
    """Open the desk for loans against thinly traded tokens, if the scenario has such loans."""
    if not (scenario.leverage and scenario.pledged_loans):
        return None
    tokens = {token.commodity: token for token in journal.chart.collateral}
    markets = [market.name for market in scenario.markets]
    loans = [
        TokenLoan(
            loan,
            tokens[loan.token],
            markets.index(tokens[loan.token].contract.market),
            parties.names.index(loan.borrower),
        )
        for loan in scenario.pledged_loans
    ]
    return PledgedLoans(scenario.leverage, parties, loans, house, till, journal)


def _fees(scenario: Scenario, parties: Parties, members: Sequence[Firm], house: Venue) -> TakerFees:
    """Create the takers' fees. Firms pay by tier and discount. All others pay one fixed fee."""
    before = np.array([to_cents(firm.volume_30d_usd) for firm in members], dtype=np.int64)
    discount = np.array([firm.fee_discount for firm in members])
    rules = scenario.house
    schedule = FeeSchedule(rules.fee_tiers, before, discount, rules.taker_floor_bps)
    return TakerFees(house, _firms(parties), schedule, scenario.retail.fee_e6)


def _margin_desk(
    scenario: Scenario,
    parties: Parties,
    members: Sequence[Firm],
    venues: tuple[Venue, Venue],
    custody: Custody,
    purse: Purse,
    journal: Journal,
) -> MarginDesk:
    return MarginDesk(
        parties,
        *venues,
        custody,
        purse,
        first_floors(scenario, parties, members),
        (scenario.lead.margin_ratio_min, scenario.lead.margin_ratio_target),
        journal,
    )


def _confidence(scenario: Scenario, custody: Custody) -> Confidence | None:
    flow = scenario.retail.flow
    return Confidence(flow, custody.customers_cents) if flow else None


def _till(
    custody: Custody,
    markets: Markets,
    margin: MarginDesk,
    on_margin: MarginCustomers | None,
    confidence: Confidence | None,
    agent: Agent | None,
    journal: Journal,
) -> Till:
    """Create the till of the house. The till pays out no margin and no collateral."""
    parties = journal.chart.parties

    def held_cents(entity: int) -> int:
        set_aside = on_margin.held_cents(entity) if on_margin else 0
        return margin.held_cents(entity, markets.marks()) + set_aside

    return Till(custody, parties.house, parties.names, held_cents, journal, confidence, agent)


def _quoter(
    scenario: Scenario,
    parties: Parties,
    custody: Custody,
    purse: Purse,
    appraises: Appraiser | None,
    journal: Journal,
) -> QuoterSwitch:
    review = MonthlyReview(scenario, parties, appraises, journal)
    return QuoterSwitch(scenario.maker.quoter_off, parties, custody, purse, review, journal)
