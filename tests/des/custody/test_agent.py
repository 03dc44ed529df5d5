"""The house's agent receives a share of the deposits and pays a part of the withdrawals."""

from datetime import date

import numpy as np
import pytest
from kept_books import Books

from des.chance import stream
from des.clock import DAY_US, midnight_us
from des.custody.agent import Agent, agent_of
from des.custody.custody import HALTED, Custody
from des.scenario import AgentShare, Retail
from des.scenario.customer_coins import CustomerCoin, CustomerCoins
from des.scenario.priced_coin import CoinPrice
from des.venue.venue import Venue
from ledger.accounts import as_agent, with_agent
from ledger.money import Contract
from ledger.parties import Parties

HOUSE, MAKER = "FTX", "Alameda"
PARTIES = Parties(HOUSE, MAKER, "Binance", "Retail", "OtherMakers", ("Firm01",), agent=MAKER)
RETAIL, FIRM, ALAMEDA = (PARTIES.names.index(name) for name in ("Retail", "Firm01", MAKER))
SINCE = date(2022, 5, 9)
NOW_US = midnight_us(SINCE)


def coins(share: float) -> CustomerCoins:
    """Return the settings of customers' coins: one coin with the given share of all deposits."""
    price = CoinPrice(since=SINCE, usd=1.0)
    owed = CustomerCoin(name="STABLE", prices=(price,), share=share, supply=1)
    return CustomerCoins(dealers="Coin-Dealers", dealers_cash_usd=1.0, owed=(owed,))


class Bank:
    """A house with cash, customers with cash, and an agent that receives a share of deposits."""

    def __init__(self, share: float, till: int = 0, in_coins: float = 0.0) -> None:
        self.books = Books()
        contract = (Contract("BTC-PERP", HOUSE, "0.01", "1"),)
        self.house = Venue(0, contract, len(PARTIES.names), 0, self.books)
        self.custody = Custody(
            PARTIES, {HOUSE: self.house}, np.zeros(len(PARTIES.names), np.int64), self.books
        )
        self.custody.cash[[PARTIES.names.index(HOUSE), RETAIL]] = till, 1_000
        retail = Retail(
            name="Retail",
            holders=1,
            opening_claim_usd=0.0,
            opening_cash_usd=10.0,
            deposits_per_day=0.0,
            deposit_usd_mean=1.0,
            withdrawals_per_day=0.0,
            withdrawal_usd_mean=1.0,
            fee_bps=0.0,
            agent_shares=(AgentShare(since=SINCE, share=share),),
            coins=coins(in_coins) if in_coins else None,
        )
        self.agent = Agent(retail, 1, PARTIES, self.custody)


def test_a_deposit_with_the_agent_adds_to_the_debt_of_the_house_and_to_the_debt_of_the_agent():
    bank = Bank(1.0)

    assert bank.agent.take_in(NOW_US, 700, ()) == 700
    assert bank.agent.take_in(NOW_US, 700, ()) == 300  # the customers have only 300 left
    assert bank.agent.take_in(NOW_US, 700, ()) == 0
    assert bank.house.claims[RETAIL] == bank.custody.cash[ALAMEDA] == 1_000
    assert bank.custody.till(HOUSE) == 0
    assert bank.books.balances[with_agent(HOUSE, MAKER)] == 1_000
    assert bank.books.balances[as_agent(MAKER, HOUSE)] == -1_000


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_the_agent_receives_the_stated_share_of_deposits_from_the_stated_time_on(share):
    bank = Bank(share)
    times_us = NOW_US + stream(1, "some", "times").integers(0, DAY_US, 4_000)

    taken = sum(bank.agent.takes(int(each)) for each in times_us)

    assert abs(taken / 4_000 - share) < 0.03
    assert not bank.agent.takes(NOW_US - 1)


def test_the_agent_receives_its_share_of_deposits_in_dollars_and_pays_its_share_of_withdrawals():
    bank = Bank(0.5, till=1_000, in_coins=0.5)
    bank.agent.take_in(NOW_US, 1_000, ())
    times_us = NOW_US + stream(1, "some", "times").integers(0, DAY_US, 4_000)

    paid = sum(bank.agent.pays(int(each), RETAIL, 1) for each in times_us)

    assert abs(paid / 4_000 - 0.5) < 0.03
    assert abs(sum(bank.agent.takes(int(each)) for each in times_us) / 4_000 - 0.25) < 0.03


def test_the_agent_pays_customers_at_most_what_it_received_from_them_and_at_most_its_cash():
    bank = Bank(1.0)
    bank.agent.take_in(NOW_US, 500, ())
    bank.custody.cash[ALAMEDA] += 400  # the agent's own cash

    assert bank.agent.pays(NOW_US, RETAIL, 500)
    assert not bank.agent.pays(NOW_US, RETAIL, 501)
    bank.custody.cash[ALAMEDA] = 300  # the agent has spent a part of its cash
    assert bank.agent.pays(NOW_US, RETAIL, 300)
    assert not bank.agent.pays(NOW_US, RETAIL, 301)
    assert not bank.agent.pays(NOW_US, FIRM, 100)
    bank.agent.pay_out(NOW_US, 300, "", ())
    assert bank.custody.with_agent_cents == bank.house.claims[RETAIL] == 200
    assert bank.custody.cash[ALAMEDA] == 0


def test_the_agent_pays_a_withdrawal_that_exceeds_the_cash_of_the_house():
    bank = Bank(1.0, till=200)
    bank.agent.take_in(NOW_US, 500, ())
    before_us = NOW_US - 1  # the agent's share begins at NOW_US

    assert not bank.agent.pays(before_us, RETAIL, 200)
    assert bank.agent.pays(before_us, RETAIL, 201)


def test_after_a_halt_the_agent_takes_no_deposit_and_pays_no_withdrawal():
    bank = Bank(1.0)
    bank.agent.take_in(NOW_US, 500, ())
    bank.custody.status[HOUSE] = HALTED

    assert bank.agent.take_in(NOW_US, 500, ()) == 0
    assert not bank.agent.pays(NOW_US, RETAIL, 100)


def test_a_scenario_without_an_agent_creates_no_agent():
    bank = Bank(1.0)

    without = Parties(HOUSE, MAKER, "Binance", "Retail", "OtherMakers", ("Firm01",))
    assert agent_of(bank.agent._retail, 1, without, bank.custody) is None
