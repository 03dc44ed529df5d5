"""Makes the chart of accounts from the commodities, roles and uses of money in the books."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from ledger.chart import Chart, HeldToken
from ledger.coins import Coin
from ledger.money import RATE_UNIT, Contract, MarginToken
from ledger.notes import Pays, Role
from ledger.parties import OUTSIDE
from ledger.roles import read_parties
from ledger.spending import Spending

Commodities = Mapping[str, Mapping[str, str]]  # each commodity's metadata, in the chart's order


def chart_of(
    commodities: Commodities,
    roles: Sequence[Role],
    pays: Sequence[Pays],
    keepers: Collection[str],
) -> Chart:
    """Return the chart of accounts.

    Args:
        commodities: the metadata of each commodity.
        roles: pairs of a role and a party that has this role.
        pays: the payer, the kind and the payee of each use of money.
        keepers: the entities for which accounts are opened.

    Raises:
        RoleError: the roles are incomplete or wrong.
    """
    parties = read_parties(roles, keepers)
    contracts = tuple(
        Contract(
            about["market"],
            about["venue"],
            about["lot"],
            about["tick"],
            int(about.get("stands-for", 1)),
        )
        for about in commodities.values()
        if "market" in about
    )
    tokens = tuple(
        HeldToken(
            name,
            parties.house if about["house-token"] == "TRUE" else OUTSIDE,
            about.get("pooled") == "TRUE",
        )
        for name, about in commodities.items()
        if "house-token" in about
    )
    collateral = tuple(
        _collateral(name, about, parties.house, contracts)
        for name, about in commodities.items()
        if "valued-by" in about
    )
    coins = tuple(
        Coin(
            name,
            about["unit"],
            about["dealers"],
            about.get("held-by-maker") != "FALSE",
            about.get("owed-to-customers") == "TRUE",
        )
        for name, about in commodities.items()
        if "dealers" in about
    )
    spendings = tuple(Spending(each.payer, each.use, each.to) for each in pays)
    return Chart(parties, contracts, spendings, tokens, collateral, coins)


def _collateral(
    name: str, about: Mapping[str, str], house: str, contracts: Sequence[Contract]
) -> MarginToken:
    valued_by = about["valued-by"]
    (contract,) = (c for c in contracts if (c.venue, c.market) == (house, valued_by))
    return MarginToken(name, contract, int(Decimal(about["weight"]) * RATE_UNIT))
