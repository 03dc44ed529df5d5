"""Customers' dollars that go through bank accounts of the captive maker, the house's agent.

The house owes these dollars to customers as if the house had received them itself. The agent owes
the same dollars to the house. The books show this debt separately from the credit line.
"""

from ledger.accounts import as_agent, cash, claim, owed, with_agent
from ledger.money import usd
from ledger.transaction import Movement, Posting, Transaction

Meta = tuple[tuple[str, str], ...]


def take_in(
    time_us: int, customer: str, parties: tuple[str, str], cents: int, meta: Meta = ()
) -> Movement:
    """Return the entry for a customer's deposit that the house's agent receives by wire.

    Args:
        time_us: the time in microseconds.
        customer: the customer who deposits, or the control account of many customers.
        parties: the name of the house, and the name of its agent.
        cents: the amount.
        meta: metadata with the name of the single customer, if *customer* is a control account.
    """
    house, agent = parties
    what = f"{customer} deposits {usd(cents)} at {house}, by wire to {agent}"
    return Transaction(
        time_us, customer, what, "deposit", _moved(customer, parties, cents), (), meta
    )


def pay_out(
    time_us: int, customer: str, parties: tuple[str, str], cents: int, why: str, meta: Meta = ()
) -> Movement:
    """Return the entry for a customer's withdrawal that the agent pays for the house.

    *why* is the end of the narration. The other arguments are as in `take_in`.
    """
    house, agent = parties
    what = f"{customer} withdraws {usd(cents)} from {house}, by wire from {agent}{why}"
    legs = _moved(customer, parties, -cents)
    return Transaction(time_us, customer, what, "withdrawal", legs, (), meta)


def _moved(customer: str, parties: tuple[str, str], cents: int) -> tuple[Posting[int], ...]:
    house, agent = parties
    return (
        Posting(with_agent(house, agent), cents),
        Posting(owed(house, customer), -cents),
        Posting(cash(agent), cents),
        Posting(as_agent(agent, house), -cents),
        Posting(claim(customer, house), cents),
        Posting(cash(customer), -cents),
    )
