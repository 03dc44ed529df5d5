"""The house group at the end of a day: debts, assets, and the hole.

Borrowed dollars are liquid assets until they are spent, and debts to lenders are not claims of
customers. So a new loan reduces the hole. The hole after repayment of all loans is a separate
figure.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ledger.accounts import cash, lent
from ledger.kinds import IN_KIND, Kind
from ledger.money import dollars
from ledger.reports.days import calendar, posted_cents
from ledger.reports.life.waiting import queue_usd
from ledger.reports.money.hole_in_kind import coins_at_mark
from ledger.reports.once import once
from ledger.reports.paper_wealth import Marks, moved_by_group
from ledger.run_folder import RunFolder
from ledger.transaction import kind_of


@dataclass(frozen=True, slots=True)
class Standing:
    """The house group at the end of a day, in dollars. Customers' coins count at the day's mark."""

    day: date
    claims_usd: Decimal  # claims of customers outside the group
    house_cash_usd: Decimal
    liquid_usd: Decimal  # the group's liquid assets, including the exchange's cash
    credit_drawn_usd: Decimal  # the captive maker's debt to the exchange
    loans_usd: Decimal  # debts to lenders
    at_cost_usd: Decimal  # ventures and other purchases carried at cost
    lent_to_customers_usd: Decimal  # the exchange's loans to customers against tokens
    kinds_usd: Decimal  # the sum of all causes, which must equal the hole
    within_group_usd: Decimal  # sum of the debts between exchange and maker; must be zero
    paper_usd: Decimal  # value of tokens at mark; the group's own tokens have value zero
    queue_usd: Decimal  # the dollars of withdrawals that wait

    @property
    def hole_of_exchange_usd(self) -> Decimal:
        """Return the hole of the exchange. If it is above zero, customers' money is in use."""
        return self.claims_usd - self.house_cash_usd

    @property
    def hole_usd(self) -> Decimal:
        """Return the hole: the amount that the group lacks to pay all customers at once."""
        return self.claims_usd - self.liquid_usd

    @property
    def hole_after_loans_usd(self) -> Decimal:
        """Return the hole after repayment of all loans."""
        return self.hole_usd + self.loans_usd

    @property
    def net_at_mark_usd(self) -> Decimal:
        """Return net worth at mark. If it is below zero, the group is insolvent."""
        assets_usd = self.paper_usd + self.at_cost_usd + self.lent_to_customers_usd
        return assets_usd - self.hole_after_loans_usd

    @property
    def unexplained_usd(self) -> Decimal:
        """Return the hole less the sum of all causes. A result other than zero is an error."""
        return self.hole_usd - self.kinds_usd


@once
def standings(run: RunFolder) -> list[Standing]:
    """Return the group's debts, assets and hole at the end of each day, from the general ledger."""
    days, parts = calendar(run), _accounts(run)
    # In the books debts are negative, and assets are positive.
    sums = posted_cents(run, list(parts.values())).cumsum(axis=0)
    usd = {part: [dollars(cents) for cents in sums[:, i]] for i, part in enumerate(parts)}
    tokens, queue, coins = _tokens_usd(run, days), queue_usd(run, days), coins_at_mark(run)
    return [
        Standing(
            day,
            claims_usd=-usd["claims"][i] + coins[i].owed_usd,
            house_cash_usd=usd["house cash"][i] + coins[i].there_usd,
            liquid_usd=usd["house cash"][i] + usd["other liquid"][i] + coins[i].there_usd,
            credit_drawn_usd=usd["credit line"][i] + coins[i].lent_usd,
            loans_usd=-usd["loans"][i],
            at_cost_usd=usd["at cost"][i],
            lent_to_customers_usd=usd["lent to customers"][i],
            kinds_usd=usd["loans"][i]
            + usd["at cost"][i]
            + usd["lent to customers"][i]
            + usd["other causes"][i]
            + coins[i].cause_usd,
            within_group_usd=usd["credit line"][i] + usd["other within"][i],
            paper_usd=tokens[i],
            queue_usd=queue[i],
        )
        for i, day in enumerate(days)
    ]


def month_ends(days: Sequence[Standing]) -> list[Standing]:
    """Return the group at the end of each month, and at the end of the last day."""
    # Later days replace earlier days of the same month.
    return list({(at.day.year, at.day.month): at for at in days}.values())


def _accounts(run: RunFolder) -> dict[str, list[str]]:
    """Return the accounts of each sum that `standings` uses, by the sum's name.

    Accounts in kind are left out.
    """
    parties = run.chart.parties
    single = {
        cash(parties.house): "house cash",
        lent(parties.house, parties.maker): "credit line",
    }
    others = {
        "claim": "claims",
        "liquid": "other liquid",
        "group": "other within",
        "cause": "other causes",
    }
    of_a_kind = {
        ("Liabilities", Kind.LOANS.value): "loans",
        ("Assets", Kind.MARGIN_LOANS.value): "lent to customers",
    }
    parts: dict[str, list[str]] = {
        part: [] for part in (*single.values(), *others.values(), *of_a_kind.values(), "at cost")
    }
    for account, opened in run.opens.items():
        role, root = opened.hole, account.partition(":")[0]
        if role == "cause" and (root, kind_of(account)) in of_a_kind:
            parts[of_a_kind[root, kind_of(account)]].append(account)
        elif role == "cause" and root == "Assets":
            parts["at cost"].append(account)
        elif role and role != IN_KIND:
            parts[single.get(account, others[role])].append(account)
    return parts


def _tokens_usd(run: RunFolder, days: Sequence[date]) -> list[Decimal]:
    """Return the value of the group's tokens at mark, at the end of each day."""
    marks = Marks(run)
    moved: dict[date, list[tuple[str, Decimal]]] = defaultdict(list)
    for day, token, units in moved_by_group(run):
        moved[day].append((token, units))
    held: dict[str, Decimal] = defaultdict(Decimal)
    worth = []
    for day in days:
        for token, units in moved[day]:
            held[token] += units
        worth.append(marks.counted_usd(held, day))
    return worth
