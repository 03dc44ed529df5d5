"""The books of a world: the parties that keep books, and the chart of accounts."""

from pathlib import Path

from des.clock import midnight_us
from des.custody.coin_prices import chart_coins, dealers_of
from des.firms.population import trading_firms
from des.liquidation.margin_customers import collateral_tokens
from des.scenario import Scenario
from des.treasury.spender import spendings_of
from des.treasury.token_holdings import chart_tokens
from ledger.chart import Chart
from ledger.fills import Names
from ledger.journal import Journal
from ledger.money import Contract
from ledger.parties import ARBITRAGEURS, Parties


def parties_of(scenario: Scenario) -> Parties:
    """Return the parties of a scenario that keep books, each in its role."""
    group = scenario.group
    closing = scenario.retail.holding_days, scenario.firms.holding_days
    return Parties(
        house=scenario.house.name,
        maker=scenario.maker.name,
        lead=scenario.lead.name,
        retail=scenario.retail.name,
        other_makers=scenario.other_makers.name,
        firms=tuple(firm.name for firm in trading_firms(scenario)),
        providers=tuple(each.name for each in scenario.leverage.providers)
        if scenario.leverage
        else (),
        lenders=tuple(lender.name for lender in group.lenders) if group else (),
        investors=group.investors if group else None,
        counterparties=tuple(group.counterparties) if group else (),
        directional=scenario.maker.name if group and group.longs else None,
        arbitrageurs=ARBITRAGEURS if group and group.pools else None,
        borrowers=tuple(loan.borrower for loan in scenario.pledged_loans),
        dealers=dealers_of(scenario),
        agent=scenario.maker.name if scenario.retail.agent_shares else None,
        netted=scenario.other_makers.name if any(closing) else None,
    )


def contracts_of(scenario: Scenario, venue: str) -> tuple[Contract, ...]:
    """Return one contract of a venue for each market of the scenario."""
    return tuple(
        Contract(market.name, venue, market.lot, market.tick_usd, market.stands_for)
        for market in scenario.markets
    )


def chart_of(scenario: Scenario, parties: Parties) -> Chart:
    """Return the chart of all accounts that the books of a scenario may use."""
    contracts = contracts_of(scenario, parties.house)
    return Chart(
        parties,
        contracts + contracts_of(scenario, parties.lead),
        spendings_of(scenario, parties),
        chart_tokens(scenario),
        collateral_tokens(scenario, contracts),
        chart_coins(scenario),
    )


def open_journal(
    scenario: Scenario, parties: Parties, folder: Path, journal: type[Journal]
) -> Journal:
    """Start the books of a run in an existing folder."""
    return journal(
        folder,
        scenario.question,
        chart_of(scenario, parties),
        Names(
            (parties.house, parties.lead),
            tuple(market.name for market in scenario.markets),
            parties.holders,
        ),
        midnight_us(scenario.run.start),
        hours_are_sampled=scenario.run.one_hour_in > 1,
    )
