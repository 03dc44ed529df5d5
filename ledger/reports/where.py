"""Where did the money go? Two statements, and the bridge between them.

The hole by kind lists what used money and what brought it; cash by receiver says who left with
money. They differ because a claim is not cash: a firm may win a hundred and be paid ten. The
bridge leads, for each class of customers, from what it was owed at first to what it is owed now.

Sources and uses are no causation, and money has no colour: a kind's share of the uses may be
stated, its share of the hole may not. Signs are Beancount's, as the ledger's header explains.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from beancount.core import data

from ledger.accounts import cash, claim, in_pool, owed
from ledger.reports.table import Cell, Table
from ledger.run_folder import RunFolder
from ledger.transaction import MONEY, entity_of, kind_of

ZERO = Decimal("0.00")
TENTH = Decimal("0.1")

# Why a claim changes: money of the customer's own, or else a result, by its kind.
OPENING, DEPOSITS, WITHDRAWALS = "opening claim", "deposits", "withdrawals"
RESULTS = ("PickOff", "Spread", "Fees", "VariationMargin", "Funding", "GapLoss")


def where(run: RunFolder) -> list[Table]:
    """Return the hole by kind, cash by receiver, the bridge, and the maker's share of volume."""
    the_hole, statement = hole(run), cash_statement(run)
    parties = run.chart.parties
    return [
        hole_by_kind(the_hole),
        _hole_by_definition(the_hole, parties.house),
        _cash_by_receiver(statement, " and ".join(parties.group)),
        _cash_change(statement),
        _bridge_table(bridge(run), parties.house),
        _volume_table(run),
    ]


# ----------------------------------------------------------------------- the identity


@dataclass(frozen=True, slots=True)
class Hole:
    """The hole, from both sides: claims - liquid assets, and the sum of its kinds."""

    claims_usd: Decimal  # of customers outside the house group
    liquid_usd: Mapping[str, Decimal]  # by account of the group
    house_cash_usd: Decimal
    kinds_usd: Mapping[str, Decimal]  # uses are above zero, sources below; largest first

    @property
    def hole_usd(self) -> Decimal:
        """Return what the group lacks to pay all customers; below zero it has more than enough."""
        return self.claims_usd - sum(self.liquid_usd.values(), ZERO)

    @property
    def hole_of_exchange_usd(self) -> Decimal:
        """Return what the exchange alone lacks: above zero, customers' money is in use."""
        return self.claims_usd - self.house_cash_usd

    @property
    def uses_usd(self) -> dict[str, Decimal]:
        """Return the kinds that used money, the largest first."""
        return {kind: usd for kind, usd in self.kinds_usd.items() if usd > 0}

    @property
    def sources_usd(self) -> dict[str, Decimal]:
        """Return the kinds that brought money, as negative amounts, the largest last."""
        return {kind: usd for kind, usd in self.kinds_usd.items() if usd < 0}

    @property
    def unexplained_usd(self) -> Decimal:
        """Return what the kinds leave open: zero, or the chart misses an account."""
        return self.hole_usd - sum(self.kinds_usd.values(), ZERO)


def hole(run: RunFolder) -> Hole:
    """Read the hole off the accounts that were opened as part of it."""
    parts: dict[str, dict[str, Decimal]] = defaultdict(dict)
    balances = usd_balances(run)
    for account, opened in run.opens.items():
        parts[opened.meta.get("hole")][account] = balances[account]
    kinds: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for account, usd in parts["cause"].items():
        kinds[kind_of(account)] += usd
    return Hole(
        claims_usd=-sum(parts["claim"].values(), ZERO),
        liquid_usd=parts["liquid"],
        house_cash_usd=balances[cash(run.chart.parties.house)],
        kinds_usd=dict(sorted(kinds.items(), key=lambda item: (-item[1], item[0]))),
    )


def usd_balances(run: RunFolder) -> defaultdict[str, Decimal]:
    """Return what stands on each account in dollars, zero where nothing was ever posted."""
    balances: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for entry in run.transactions:
        for account, number in usd_lines(entry):
            balances[account] += number
    return balances


def usd_lines(entry: data.Transaction) -> Iterator[tuple[str, Decimal]]:
    """Yield the accounts in which an entry moves dollars, and how many."""
    for posting in entry.postings:
        if posting.units.currency == MONEY:
            yield posting.account, posting.units.number


def is_opening(entry: data.Transaction) -> bool:
    """Tell whether an entry gives somebody what they have on the first day."""
    return any(kind_of(posting.account) == "Opening" for posting in entry.postings)


def percent(part: Decimal, whole: Decimal) -> Decimal | None:
    """Return *part* as a percentage of *whole* with one decimal; None where there is no whole."""
    return (100 * part / whole).quantize(TENTH) if whole > 0 else None


def hole_by_kind(the_hole: Hole) -> Table:
    """Return the kinds that used money, those that brought it, and what is left: the hole."""
    uses, sources = the_hole.uses_usd, the_hole.sources_usd
    used, brought = sum(uses.values(), ZERO), sum(sources.values(), ZERO)
    rows = [("use", kind, usd, percent(usd, used)) for kind, usd in uses.items()]
    rows.append(("use", "all uses", used, percent(used, used)))
    rows += [("source", kind, usd, None) for kind, usd in reversed(sources.items())]
    rows.append(("source", "all sources", brought, None))
    rows.append((None, "hole", used + brought, None))
    return Table(
        "hole-by-kind",
        "The hole by kind: uses of money, and its sources other than customers",
        ("side", "kind", "hole_usd", "share_of_uses_pct"),
        rows,
        (
            "Uses and sources sum to the hole exactly. Which source paid for which use is not "
            "known, since money has no colour: a share of the uses is not a share of the hole.",
            "A hole below zero is none: the group has more than it owes.",
        ),
    )


def _hole_by_definition(the_hole: Hole, house: str) -> Table:
    rows = [
        ("claims of customers outside the group", the_hole.claims_usd),
        (f"cash of {house}", the_hole.house_cash_usd),
        ("hole of the exchange: claims less that cash", the_hole.hole_of_exchange_usd),
        *((f"liquid: {account}", usd) for account, usd in the_hole.liquid_usd.items()),
        ("liquid assets of the group", sum(the_hole.liquid_usd.values(), ZERO)),
        ("hole: claims less liquid assets", the_hole.hole_usd),
        ("hole: sum of its kinds", sum(the_hole.kinds_usd.values(), ZERO)),
        ("unexplained (must be 0.00)", the_hole.unexplained_usd),
    ]
    return Table(
        "hole",
        "The hole by its definition",
        ("line", "usd"),
        rows,
        ("Claims are in dollars, whatever the customer deposited: a simplification.",),
    )


# ----------------------------------------------------------------------- by quarter


def where_by_quarter(run: RunFolder) -> list[Table]:
    """Return the hole by kind for each quarter, held against the statement of the whole life."""
    the_hole, kinds_usd, grown_usd = hole(run), _kinds_by_quarter(run), _hole_by_quarter(run)
    life_usd = the_hole.kinds_usd

    def line(side: str | None, name: str, kinds: Collection[str]) -> tuple[Cell, ...]:
        moved = [sum((usd[kind] for kind in kinds), ZERO) for usd in kinds_usd.values()]
        life = sum((life_usd[kind] for kind in kinds), ZERO)
        return (side, name, *moved, life, sum(moved, ZERO) - life)

    moving = [kind for kind in life_usd if any(usd[kind] for usd in kinds_usd.values())]
    uses = [kind for kind in moving if life_usd[kind] > 0]
    sources = [kind for kind in reversed(moving) if life_usd[kind] <= 0]
    kinds_sum = line(None, "hole: sum of its kinds", moving)
    grown = sum(grown_usd.values(), ZERO)
    defined = (*grown_usd.values(), the_hole.hole_usd, grown - the_hole.hole_usd)
    unexplained = [usd - kinds for usd, kinds in zip(defined, kinds_sum[2:], strict=True)]
    rows = [
        *(line("use", kind, [kind]) for kind in uses),
        line("use", "all uses", uses),
        *(line("source", kind, [kind]) for kind in sources),
        line("source", "all sources", sources),
        kinds_sum,
        (None, "hole: claims less liquid assets", *defined),
        (None, "unexplained (must be 0.00)", *unexplained),
    ]
    return [
        Table(
            "hole-by-quarter",
            "The hole by kind and quarter: uses of money, and its sources other than customers",
            (
                "side",
                "kind",
                *(f"{quarter}_usd" for quarter in kinds_usd),
                "whole_life_usd",
                "unexplained_usd",
            ),
            rows,
            (
                "Above zero a kind used money in that quarter, below zero it brought some; its "
                "side is that of its whole life. What everybody had at first stands in the first.",
                "Whole life is the statement without quarters, and unexplained what the quarters "
                "sum to beyond it: 0.00 on every line.",
            ),
        )
    ]


def _kinds_by_quarter(run: RunFolder) -> dict[str, defaultdict[str, Decimal]]:
    """Return by quarter, in order and none left out, what each kind of the hole came to."""
    moved = {quarter: defaultdict(lambda: ZERO) for quarter in _quarters(run)}
    for entry in run.transactions:
        for account, usd in usd_lines(entry):
            if run.opens[account].meta.get("hole") == "cause":
                moved[_quarter(entry.date)][kind_of(account)] += usd
    return moved


def _hole_by_quarter(run: RunFolder) -> dict[str, Decimal]:
    """Return by quarter how much claims less liquid assets grew."""
    grown = dict.fromkeys(_quarters(run), ZERO)
    for entry in run.transactions:
        for account, usd in usd_lines(entry):
            if run.opens[account].meta.get("hole") in ("claim", "liquid"):
                grown[_quarter(entry.date)] -= usd
    return grown


def _quarters(run: RunFolder) -> list[str]:
    """Name the quarters from the first entry to the last."""
    first, last = run.transactions[0].date, run.transactions[-1].date
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return list(dict.fromkeys(_quarter(date(m // 12, m % 12 + 1, 1)) for m in months))


def _quarter(day: date) -> str:
    return f"{day.year}q{(day.month + 2) // 3}"


# -------------------------------------------------------------------------- the cash


@dataclass(frozen=True, slots=True)
class PartyCash:
    """What one party paid to the house group and was paid by it, in cash."""

    party: str
    paid_in_usd: Decimal
    paid_out_usd: Decimal

    @property
    def net_received_usd(self) -> Decimal:
        """Return what the party took out beyond what it brought."""
        return self.paid_out_usd - self.paid_in_usd


@dataclass(frozen=True, slots=True)
class CashStatement:
    """The group's cash from the first day to the last, and everybody who paid or was paid."""

    opening_usd: Decimal
    parties: tuple[PartyCash, ...]  # who received most stands first
    closing_usd: Decimal

    @property
    def everybody(self) -> PartyCash:
        """Return what all parties together paid and were paid."""
        return PartyCash(
            "everybody",
            sum((party.paid_in_usd for party in self.parties), ZERO),
            sum((party.paid_out_usd for party in self.parties), ZERO),
        )


def cash_statement(run: RunFolder) -> CashStatement:
    """Add up by party the cash that crossed the border of the house group."""
    tills = {cash(entity) for entity in run.chart.parties.group}
    # What stands in a pool is paid to nobody until somebody trades with it.
    pools = (token.name for token in run.chart.tokens if token.is_pooled)
    tills |= {in_pool(run.chart.parties.maker, name) for name in pools}
    opening = ZERO
    paid_in: dict[str, Decimal] = defaultdict(lambda: ZERO)
    paid_out: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for entry in run.transactions:
        for party, received in _received(entry, tills).items():
            if is_opening(entry):
                opening += received
            elif received > 0:
                paid_in[party] += received
            else:
                paid_out[party] -= received
    parties = [PartyCash(p, paid_in[p], paid_out[p]) for p in {**paid_in, **paid_out}]
    parties.sort(key=lambda party: (-party.net_received_usd, party.party))
    balances = usd_balances(run)
    return CashStatement(opening, tuple(parties), sum((balances[till] for till in tills), ZERO))


def _received(entry: data.Transaction, tills: set[str]) -> dict[str, Decimal]:
    """Return what came in from each party; what one till hands the other is nothing."""
    received: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for posting in entry.postings:
        if posting.account in tills and posting.units.currency == MONEY:
            party = posting.meta.get("party") or entry.payee or "nobody named"
            received[party] += posting.units.number
    return {party: usd for party, usd in received.items() if usd}


def _cash_by_receiver(statement: CashStatement, group: str) -> Table:
    return Table(
        "cash-by-receiver",
        f"Cash by receiver: who paid, and who was paid by, {group}",
        ("party", "paid_in_usd", "paid_out_usd", "net_received_usd"),
        [
            (party.party, party.paid_in_usd, party.paid_out_usd, party.net_received_usd)
            for party in (*statement.parties, statement.everybody)
        ],
        (
            "Transfers between the two cancel out and are left out. What stands on deposit with a "
            "party has been paid out, and is among the liquid assets.",
        ),
    )


def _cash_change(statement: CashStatement) -> Table:
    everybody = statement.everybody
    return Table(
        "cash-change",
        "Cash of the group, from the first day to the last",
        ("line", "usd"),
        [
            ("opening cash", statement.opening_usd),
            ("paid in by everybody", everybody.paid_in_usd),
            ("paid out to everybody", -everybody.paid_out_usd),
            ("closing cash", statement.closing_usd),
            ("cash change: closing less opening", statement.closing_usd - statement.opening_usd),
        ],
    )


# ------------------------------------------------------------------------ the bridge


@dataclass(frozen=True, slots=True)
class ClaimBridge:
    """Why a class of customers is owed what it is owed."""

    customers: str
    movements_usd: Mapping[str, Decimal]  # by reason; what lowers the claim is below zero
    left_usd: Decimal  # what the house's own books say it owes them

    @property
    def unexplained_usd(self) -> Decimal:
        """Return what the customers' books do not account for: zero, or two books disagree."""
        return self.left_usd - sum(self.movements_usd.values(), ZERO)


def bridge(run: RunFolder) -> tuple[ClaimBridge, ...]:
    """Explain the claims on the house from the customers' own books, by class and in all."""
    parties, balances = run.chart.parties, usd_balances(run)
    moved = claim_movements(run, parties.house)
    outsiders = [a for a, opened in run.opens.items() if opened.meta.get("hole") == "claim"]
    classes = {
        "trading firms": {owed(parties.house, firm) for firm in parties.firms},
        "retail": {owed(parties.house, parties.retail)},
        "other makers": {owed(parties.house, parties.other_makers)},
        "all": set(outsiders),
    }
    bridges = []
    for customers, accounts in classes.items():
        movements: dict[str, Decimal] = defaultdict(lambda: ZERO)
        for (customer, reason), usd in moved.items():
            if owed(parties.house, customer) in accounts:
                movements[reason] += usd
        left = -sum((balances[account] for account in accounts), ZERO)
        bridges.append(ClaimBridge(customers, movements, left))
    return tuple(bridges)


def claim_movements(run: RunFolder, venue: str) -> defaultdict[tuple[str, str], Decimal]:
    """Return by (customer, reason) what changed claims on *venue*: zero where nothing did.

    It is read from the customer's own books, which balance in every entry: a claim grows by what
    the customer's other accounts give up. What is neither cash nor a result has no reason here.
    """
    moved: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for entry in run.transactions:
        books: dict[str, list[tuple[str, Decimal]]] = defaultdict(list)
        for account, usd in usd_lines(entry):
            books[entity_of(account)].append((account, usd))
        opens_books = is_opening(entry)
        for customer, lines in books.items():
            claimed = [usd for account, usd in lines if account == claim(customer, venue)]
            if claimed and opens_books:
                moved[customer, OPENING] += sum(claimed)
            elif claimed:
                for account, usd in lines:
                    if reason := _reason(account, usd):
                        moved[customer, reason] -= usd
    return moved


def _reason(account: str, usd: Decimal) -> str | None:
    kind = kind_of(account)
    if kind == "Cash":
        return DEPOSITS if usd < 0 else WITHDRAWALS
    # What is exchanged for dollars stands in equity.
    return kind if account.startswith(("Income:", "Expenses:", "Equity:")) else None


def _bridge_table(bridges: tuple[ClaimBridge, ...], house: str) -> Table:
    usual = (OPENING, DEPOSITS, WITHDRAWALS, *RESULTS)
    found = {reason for each in bridges for reason in each.movements_usd}
    rows = [
        (reason, *(each.movements_usd.get(reason, ZERO) for each in bridges))
        for reason in (*usual, *sorted(found.difference(usual)))
    ]
    rows.append(("unexplained (must be 0.00)", *(each.unexplained_usd for each in bridges)))
    rows.append(("claim left", *(each.left_usd for each in bridges)))
    return Table(
        "bridge",
        f"The bridge: from the claims on {house} at first to those left",
        ("movement", *(f"{each.customers.replace(' ', '_')}_usd" for each in bridges)),
        rows,
        (
            "Movements are from the customers' own books, claims left from those of "
            f"{house}: two witnesses.",
        ),
    )


# ------------------------------------------------------------------------ the volume


@dataclass(frozen=True, slots=True)
class Volume:
    """What was traded in one market in one month, each trade counted once."""

    market: str
    month: str
    maker_usd: Decimal  # with the captive maker on one side
    others_usd: Decimal

    @property
    def maker_share_pct(self) -> Decimal | None:
        """Return the captive maker's share as it came out."""
        return percent(self.maker_usd, self.maker_usd + self.others_usd)


def volume(run: RunFolder) -> tuple[Volume, ...]:
    """Add up by market and month what fills and the other makers' entries say was traded."""
    maker, others = _maker_volume(run), _others_volume(run)
    return tuple(
        Volume(*place, maker.get(place, ZERO), others.get(place, ZERO))
        for place in sorted({*maker, *others})
    )


def recorded_share_pct(run: RunFolder) -> tuple[Decimal, Decimal] | None:
    """Return the range in which the public record puts the maker's share, where it has one."""
    for low, high in run.customs("maker-share-recorded"):
        # As precise as the share that it is held against.
        return low.quantize(TENTH), high.quantize(TENTH)
    return None


def _maker_volume(run: RunFolder) -> dict[tuple[str, str], Decimal]:
    parties = run.chart.parties
    at_house = (c for c in run.chart.contracts if c.venue == parties.house)
    cents = {c.market: c.cents_per_lot_tick for c in at_house}
    with run.connect() as connection:
        # Fills alone: in a payment at the house, the other side is the house.
        found = connection.execute(
            "SELECT market, strftime(time, '%Y-%m') AS month, sum(abs(lots) * price) FROM rows "
            "WHERE venue = ? AND maker = ? GROUP BY ALL",
            [parties.house, parties.maker],
        ).fetchall()
    return {
        (market, month): Decimal(lot_ticks * cents[market]).scaleb(-2)
        for market, month, lot_ticks in found
    }


def _others_volume(run: RunFolder) -> dict[tuple[str, str], Decimal]:
    traded: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for entry in run.transactions:
        if "volume" in entry.meta:
            place = entry.meta["market"], f"{entry.date:%Y-%m}"
            traded[place] += entry.meta["volume"].number
    return traded


def _volume_table(run: RunFolder) -> Table:
    recorded = recorded_share_pct(run)
    return Table(
        "volume",
        f"Share of {run.chart.parties.maker} in the volume of {run.chart.parties.house}",
        (
            "market",
            "month",
            "maker_usd",
            "others_usd",
            "maker_share_pct",
            "recorded_low_pct",
            "recorded_high_pct",
            "verdict",
        ),
        [
            (
                v.market,
                v.month,
                v.maker_usd,
                v.others_usd,
                v.maker_share_pct,
                *(recorded or (None, None)),
                _verdict(v.maker_share_pct, recorded),
            )
            for v in volume(run)
        ],
        ("The share is what came out; it is never rescaled to fit the record.",),
    )


def _verdict(share_pct: Decimal | None, recorded: tuple[Decimal, Decimal] | None) -> str:
    if share_pct is None or recorded is None:
        return "no record"
    low, high = recorded
    return "inside" if low <= share_pct <= high else "outside"
