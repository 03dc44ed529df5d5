"""What must be true of the books, as a Beancount plugin: each public function is one promise.

    plugin "ledger.invariants"           ; a general ledger: trading is summed per closing period
    plugin "ledger.invariants" "line"    ; a day ledger: every fill is a transaction of its own

Summing moves what happened within a day to its end, so a general ledger is asked for the signs of
its balances when a day closes; a day ledger is asked line by line. Nothing is forgiven: there is
no tolerance.

An error begins with the name of the promise and points at the transaction that breaks it, or at
the `open` line; where a balance is at fault, at the transaction that moved it last.

Not checked here: that fills recompute from their prices, and that they sum to these entries.
Both need the fills, which stand beside the ledger. An elided posting for which nothing is left
to infer cannot be seen either: Beancount drops it before any plugin runs.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import dropwhile, groupby, pairwise
from typing import Any, NamedTuple, TypeVar

from beancount.core.amount import Amount
from beancount.core.data import Directive, Open, Posting, Transaction
from beancount.core.interpolate import AUTOMATIC_META

__plugins__ = ("check",)

MODES = ("", "line")

# What a creditor calls it, and where and how the debtor calls the same promise. Shares promise
# less than loans do, but what was paid for them stands in both books alike.
MIRRORED = {
    "Claims": ("Liabilities", "Customers"),
    "Loans": ("Liabilities", "Loans"),
    "CreditLine": ("Liabilities", "CreditLine"),
    "Shares": ("Equity", "Shares"),
    "Tokens": ("Liabilities", "Tokens"),
}
CLAIM_OF_DEBT = {debt: claim for claim, debt in MIRRORED.items()}

POOLS = ("VariationMargin", "Funding", "SocialisedLoss")
HOLE_PARTS = ("claim", "liquid", "group", "cause", "in-kind")
TIME_OF_DAY = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{6}")

Key = TypeVar("Key", bound=Hashable)


class BrokenInvariant(NamedTuple):
    """An error as Beancount reports them, with the name of the promise that was broken."""

    source: dict[str, Any]
    message: str
    entry: Directive
    invariant: str


class Account(NamedTuple):
    """The words of an account: root, whose books, what kind, with whom."""

    name: str
    root: str
    entity: str
    kind: str
    partner: str


class Leg(NamedTuple):
    """A posting that says what it moves."""

    account: Account
    number: Decimal
    commodity: str


class Step(NamedTuple):
    """A transaction in its place in the true order."""

    entry: Transaction
    legs: list[Leg]
    ends_settlement: bool
    ends_day: bool


class Ledger(NamedTuple):
    """The books as every invariant reads them: steps in the order of date and seq."""

    opens: list[Open]
    steps: list[Step]
    by_line: bool


Finding = tuple[Directive, str]  # where to look, what is wrong


# ------------------------------------------------------------------ each transaction by itself


def transaction_balances(ledger: Ledger) -> Iterator[Finding]:
    """Every transaction states its amounts, and they sum to zero in each commodity."""
    for step in ledger.steps:
        if not step.entry.postings:
            yield step.entry, "it has no postings; say what moved, or delete it"
        for posting in step.entry.postings:
            if fault := _fault(posting):
                yield step.entry, f"{posting.account} {fault}"
        for commodity, residual in _residuals((leg.commodity, leg.number) for leg in step.legs):
            yield (
                step.entry,
                f"the postings leave {_signed(residual, commodity)} unexplained; "
                f"add the posting that accounts for it",
            )


def entity_balances(ledger: Ledger) -> Iterator[Finding]:
    """Within each entity, everything but contracts sums to zero in every transaction."""
    for step in ledger.steps:
        in_books = (
            ((leg.account.entity, leg.commodity), leg.number)
            for leg in step.legs
            if leg.account.kind != "Contracts"
        )
        for (entity, commodity), residual in _residuals(in_books):
            yield (
                step.entry,
                f"the books of {entity} are left with {_signed(residual, commodity)}; "
                f"look for its posting that is missing, or stands in another entity's books",
            )


def contracts_conserved(ledger: Ledger) -> Iterator[Finding]:
    """Every long has its short: each contract sums to zero in every transaction."""
    for step in ledger.steps:
        in_contracts = (
            (leg.commodity, leg.number) for leg in step.legs if leg.account.kind == "Contracts"
        )
        for commodity, residual in _residuals(in_contracts):
            yield (
                step.entry,
                f"positions are left with {_signed(residual, commodity)}; "
                f"look for the posting of whoever is on the other side",
            )


def world_cash_is_constant(ledger: Ledger) -> Iterator[Finding]:
    """After the opening entries, cash changes hands and is neither made nor destroyed."""
    for step in dropwhile(lambda step: "opening" in step.entry.tags, ledger.steps):
        in_cash = ((leg.commodity, leg.number) for leg in step.legs if _is_cash(leg.account))
        for commodity, moved in _residuals(in_cash):
            yield (
                step.entry,
                f"the world's cash changes by {_signed(moved, commodity)}; "
                f"look for the cash of whoever paid or received it",
            )


def tokens_conserved(ledger: Ledger) -> Iterator[Finding]:
    """After the opening entries, tokens change hands and are neither made nor destroyed."""
    keepers = _entities(ledger)

    def is_there(account: Account) -> bool:
        is_claim = account.partner in keepers
        return account.kind == "Tokens" and account.root == "Assets" and not is_claim

    for step in dropwhile(lambda step: "opening" in step.entry.tags, ledger.steps):
        in_hand = ((leg.commodity, leg.number) for leg in step.legs if is_there(leg.account))
        for commodity, moved in _residuals(in_hand):
            yield (
                step.entry,
                f"the world's tokens change by {_signed(moved, commodity)}; "
                f"look for whoever gave or received them",
            )


# ---------------------------------------------------------- what must agree after each of them


def claims_mirror_debts(ledger: Ledger) -> Iterator[Finding]:
    """What somebody is owed, in their books, is what the other owes, in the other's."""
    keepers = _entities(ledger)

    def mirrored(leg: Leg) -> tuple[tuple[str, str], str] | None:
        if leg.account.kind == "Tokens" and leg.account.partner not in keepers:
            return None  # tokens in one's own hands, such as Assets:Alameda:Tokens:SOL
        pair = _mirror(leg.account)
        return pair and (pair, leg.commodity)

    for entry, ((claim, debt), commodity), apart in _drifts(ledger, mirrored):
        yield (
            entry,
            f"{claim} and {debt} are now {_signed(apart, commodity)} apart; "
            f"book the same amount in both",
        )


def custody_is_owed(ledger: Ledger) -> Iterator[Finding]:
    """What a venue holds for customers in kind is, token by token, what it owes them in kind."""
    venues = {
        account.entity
        for account in (_account(entry.account) for entry in ledger.opens)
        if account.kind == "Tokens" and account.root == "Liabilities"
    }

    def held_or_owed(leg: Leg) -> tuple[str, str] | None:
        account = leg.account
        if account.kind != "Tokens" or account.entity not in venues:
            return None
        is_own = account.root == "Equity" or (account.root == "Assets" and account.partner)
        return None if is_own else (account.entity, leg.commodity)

    for entry, (venue, commodity), apart in _drifts(ledger, held_or_owed):
        yield (
            entry,
            f"what {venue} holds in kind and what it owes are now {_signed(apart, commodity)} "
            f"apart; look for tokens taken out of custody, or credited to nobody",
        )


def group_eliminates(ledger: Ledger) -> Iterator[Finding]:
    """What the house group owes itself is nobody else's: accounts with hole "group" sum to zero."""
    within_group = {entry.account for entry in ledger.opens if entry.meta.get("hole") == "group"}

    def eliminated(leg: Leg) -> str | None:
        return leg.commodity if leg.account.name in within_group else None

    for entry, commodity, left in _drifts(ledger, eliminated):
        yield (
            entry,
            f'accounts opened with hole: "group" now sum to {_signed(left, commodity)}; '
            f"look for a debt within the group that only one side books",
        )


# --------------------------------------------------------------- what balances may never be


def no_negative_cash(ledger: Ledger) -> Iterator[Finding]:
    """Nobody pays with money that they do not have."""

    def due(step: Step) -> bool:
        return ledger.by_line or step.ends_day

    for entry, account, commodity, balance in _readings(ledger, _is_cash, due):
        if balance < 0:
            yield (
                entry,
                f"{account} stands at {_signed(balance, commodity)}; "
                f"look for a payment that was not covered, or one received and not booked",
            )


def no_negative_tokens(ledger: Ledger) -> Iterator[Finding]:
    """Nobody gives tokens that they do not have."""

    def due(step: Step) -> bool:
        return ledger.by_line or step.ends_day

    for entry, account, commodity, balance in _readings(ledger, _is_tokens, due):
        if balance < 0:
            yield (
                entry,
                f"{account} stands at {_signed(balance, commodity)}; "
                f"look for tokens that were set aside or sold twice",
            )


def no_negative_customer(ledger: Ledger) -> Iterator[Finding]:
    """No customer's account is overdrawn once a settlement or a day is over."""
    due = _after_settlements(ledger)
    for entry, account, commodity, balance in _readings(ledger, _is_customer, due):
        if balance > 0:
            yield (
                entry,
                f"{account} is overdrawn by {balance:,f} {commodity}; "
                f"look for the draw on a credit line, or the loss that somebody should have borne",
            )


def no_overdrawn_fund(ledger: Ledger) -> Iterator[Finding]:
    """An insurance fund pays no more than is in it, once a settlement or a day is over."""
    due = _after_settlements(ledger)
    for entry, account, commodity, balance in _readings(ledger, _is_fund, due):
        if balance > 0:
            yield (
                entry,
                f"{account} is overdrawn by {balance:,f} {commodity}; "
                f"look for the debt that should have been socialised",
            )


def pools_empty(ledger: Ledger) -> Iterator[Finding]:
    """What losers pay into a pool, winners have drawn once a settlement or a day is over."""
    due = _after_settlements(ledger)
    for entry, account, commodity, balance in _readings(ledger, _is_pool, due):
        if balance:
            yield (
                entry,
                f"{account} is left with {_signed(balance, commodity)}; "
                f"look for a holder whose payment is missing or wrong",
            )


# ------------------------------------------------------------------------------- the true order


class Stamp(NamedTuple):
    """The place of a transaction: its number, its time, and how many fills it sums."""

    entry: Transaction
    seq: int
    time: str
    fills: int


def seq_is_dense(ledger: Ledger) -> Iterator[Finding]:
    """Every number from the first to the last is a transaction, or a fill summed into one."""
    entries = [step.entry for step in ledger.steps]
    if ledger.by_line and entries and _is_brought_forward(entries[0]):
        del entries[0]
    unplaced = [(entry, fault) for entry in entries for fault in _stamp_faults(entry)]
    if unplaced:
        yield from unplaced  # among these there is no order to check
        return
    stamps = [_stamp(entry) for entry in entries]
    yield from _disorder(stamps)
    yield from _holes_in_lines(stamps) if ledger.by_line else _holes_in_periods(stamps)


def _is_brought_forward(entry: Transaction) -> bool:
    return "opening" in entry.tags and "seq" not in entry.meta


def _stamp_faults(entry: Transaction) -> Iterator[str]:
    seq, time = entry.meta.get("seq"), entry.meta.get("time")
    if not _is_count(seq):
        yield f"seq is {seq}; give the transaction its number, 1 or above"
    if not (isinstance(time, str) and TIME_OF_DAY.fullmatch(time)):
        yield f"time is {time}; write it as a string, HH:MM:SS.ffffff"
    if not _is_count(entry.meta.get("fills", Decimal(1))):
        yield f"fills is {entry.meta['fills']}; give the number of fills it sums, 1 or above"


def _stamp(entry: Transaction) -> Stamp:
    meta = entry.meta
    return Stamp(entry, int(meta["seq"]), meta["time"], int(meta.get("fills", 0)))


def _disorder(stamps: list[Stamp]) -> Iterator[Finding]:
    for before, stamp in pairwise(stamps):
        if stamp.seq <= before.seq:
            yield (
                stamp.entry,
                f"seq {stamp.seq} comes after seq {before.seq} of {before.entry.date}; "
                f"numbers rise from one transaction to the next",
            )
        elif stamp.entry.date == before.entry.date and stamp.time < before.time:
            yield (
                stamp.entry,
                f"seq {stamp.seq} is at {stamp.time}, before seq {before.seq} at {before.time}; "
                f"time never runs back within a day",
            )


def _gaps(stamps: list[Stamp], last: int) -> Iterator[tuple[Transaction, int, int]]:
    """Yield where numbers after *last* are left out, with the number before and the one after."""
    for stamp in stamps:
        if stamp.seq > last + 1:
            yield stamp.entry, last, stamp.seq
        last = stamp.seq


def _holes_in_lines(stamps: list[Stamp]) -> Iterator[Finding]:
    if stamps:
        yield from _missing(_gaps(stamps[1:], last=stamps[0].seq))


def _holes_in_periods(stamps: list[Stamp]) -> Iterator[Finding]:
    """Compare the numbers left out in a closing period with the fills that its entries sum."""
    last = 0
    for period in _closing_periods(stamps):
        gaps = list(_gaps(period, last))
        left_out = sum(after - before - 1 for _, before, after in gaps)
        closing = [stamp for stamp in period if stamp.fills]
        fills = sum(stamp.fills for stamp in closing)
        if not closing:
            yield from _missing(gaps)
        elif left_out != fills:
            yield (
                closing[-1].entry,
                f"after seq {last} and up to {period[-1].seq}, {left_out} numbers are not used "
                f"by a transaction, but {fills} fills are summed; look for a transaction that "
                f"was lost, or a wrong count in fills",
            )
        last = period[-1].seq


def _missing(gaps: Iterable[tuple[Transaction, int, int]]) -> Iterator[Finding]:
    for entry, before, after in gaps:
        yield (
            entry,
            f"seq {after} follows seq {before}; look for the {after - before - 1} in between",
        )


def _closing_periods(stamps: list[Stamp]) -> Iterator[list[Stamp]]:
    """Split the ledger after each day that has summed entries, be it every day or every week."""
    period: list[Stamp] = []
    for _, day in groupby(stamps, key=lambda stamp: stamp.entry.date):
        today = list(day)
        period += today
        if any(stamp.fills for stamp in today):
            yield period
            period = []
    if period:
        yield period


# ------------------------------------------------------------------------------------ the hole


def hole_is_explained(ledger: Ledger) -> Iterator[Finding]:
    """Accounts of the group all play a part in the hole, and its causes sum to it, in USD."""
    yield from _without_part(ledger.opens)
    yield from _unexplained(ledger)


def _without_part(opens: list[Open]) -> Iterator[Finding]:
    group = {_account(entry.account).entity for entry in opens if "hole" in entry.meta}
    for entry in opens:
        account = _account(entry.account)
        if account.entity not in group or account.kind == "Contracts":
            continue
        part = entry.meta.get("hole")
        if part not in HOLE_PARTS:
            yield (
                entry,
                f"{account.name} has hole: {part}, but other accounts of {account.entity} count; "
                f"give it one of {', '.join(HOLE_PARTS)}",
            )


def _unexplained(ledger: Ledger) -> Iterator[Finding]:
    part_of = {entry.account: entry.meta.get("hole") for entry in ledger.opens}
    usd: dict[str | None, Decimal] = defaultdict(Decimal)
    mover = None
    for step in ledger.steps:
        before = usd["claim"] + usd["liquid"] + usd["cause"]
        for account, number, commodity in step.legs:
            if commodity == "USD":
                usd[part_of.get(account.name)] += number
        if usd["claim"] + usd["liquid"] + usd["cause"] != before:
            mover = step.entry
    hole = -usd["claim"] - usd["liquid"]
    if hole != usd["cause"]:
        yield (
            mover,
            f"at the end the hole is {hole:,f} USD and its causes sum to {usd['cause']:,f}; this "
            f"transaction is the last that moved them apart: look for an account without a part",
        )


# --------------------------------------------------------------------- how invariants read books


def _entities(ledger: Ledger) -> frozenset[str]:
    """Return who keeps books."""
    return frozenset(_account(entry.account).entity for entry in ledger.opens)


def _residuals(amounts: Iterable[tuple[Key, Decimal]]) -> list[tuple[Key, Decimal]]:
    """Sum amounts by key, and return the sums that are not zero."""
    sums: dict[Key, Decimal] = defaultdict(Decimal)
    for key, number in amounts:
        sums[key] += number
    return [(key, residual) for key, residual in sums.items() if residual]


def _drifts(
    ledger: Ledger, sum_of: Callable[[Leg], Key | None]
) -> Iterator[tuple[Transaction, Key, Decimal]]:
    """Yield the transactions that move a sum and do not leave it at zero, with what it is then.

    Args:
        ledger: the books.
        sum_of: names the sum to which a leg belongs, if any.
    """
    standing: dict[Key, Decimal] = defaultdict(Decimal)
    for step in ledger.steps:
        keyed = ((sum_of(leg), leg.number) for leg in step.legs)
        for key, moved in _residuals((key, number) for key, number in keyed if key is not None):
            standing[key] += moved
            if standing[key]:
                yield step.entry, key, standing[key]


def _readings(
    ledger: Ledger, concerns: Callable[[Account], bool], due: Callable[[Step], bool]
) -> Iterator[tuple[Transaction, str, str, Decimal]]:
    """Yield (last mover, account, commodity, balance) of accounts that moved, whenever it is due.

    Args:
        ledger: the books.
        concerns: picks the accounts to read.
        due: tells after which steps to read those that moved since the last reading.
    """
    balances: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    movers: dict[tuple[str, str], Transaction] = {}
    for step in ledger.steps:
        for account, number, commodity in step.legs:
            if concerns(account):
                balances[account.name, commodity] += number
                movers[account.name, commodity] = step.entry
        if due(step):
            for (account_name, commodity), mover in movers.items():
                yield mover, account_name, commodity, balances[account_name, commodity]
            movers.clear()


def _after_settlements(ledger: Ledger) -> Callable[[Step], bool]:
    """Tell when accounts must be in order that may pass the line between two settlements."""
    return lambda step: step.ends_day or (ledger.by_line and step.ends_settlement)


def _is_cash(account: Account) -> bool:
    # Dollars in a pool are nobody's to owe: they are there.
    return account.kind in ("Cash", "Pools") and account.root == "Assets"


def _is_tokens(account: Account) -> bool:
    return account.kind == "Tokens" and account.root == "Assets"


def _is_customer(account: Account) -> bool:
    return account.kind == "Customers" and account.root == "Liabilities"


def _is_fund(account: Account) -> bool:
    return account.kind == "Insurance" and account.root == "Liabilities"


def _is_pool(account: Account) -> bool:
    return account.kind in POOLS and account.root == "Liabilities"


@cache
def _mirror(account: Account) -> tuple[str, str] | None:
    """Name the claim and the debt that are one promise, if *account* is either of them."""
    if account.root == "Assets" and account.kind in MIRRORED:
        creditor, debtor, claim = account.entity, account.partner, account.kind
    elif (account.root, account.kind) in CLAIM_OF_DEBT:
        creditor, debtor = account.partner, account.entity
        claim = CLAIM_OF_DEBT[account.root, account.kind]
    else:
        return None
    root, debt = MIRRORED[claim]
    return f"Assets:{creditor}:{claim}:{debtor}", f"{root}:{debtor}:{debt}:{creditor}"


def _fault(posting: Posting) -> str | None:
    """Say what keeps a posting from stating exactly what it moves."""
    if not _is_stated(posting):
        return "has no amount; write it"
    if posting.meta and AUTOMATIC_META in posting.meta:
        return f"leaves its amount to be inferred as {posting.units}; write it"
    if posting.cost is not None:
        return "has a cost; let each commodity balance by itself"
    if posting.price is not None:
        return f"has a price of {posting.price}; let each commodity balance by itself"
    return None


def _is_stated(posting: Posting) -> bool:
    return isinstance(posting.units, Amount) and isinstance(posting.units.number, Decimal)


def _is_count(value: object) -> bool:
    return isinstance(value, Decimal) and value > 0 and value == value.to_integral_value()


def _signed(number: Decimal, commodity: str) -> str:
    return f"{number:+,f} {commodity}"


# ------------------------------------------------------------------------- reading the directives


@cache
def _account(name: str) -> Account:
    root, entity, kind, partner, *_ = (*name.split(":"), "", "", "")
    return Account(name, root, entity, kind, partner)


def _legs(entry: Transaction) -> list[Leg]:
    return [
        Leg(_account(posting.account), posting.units.number, posting.units.currency)
        for posting in entry.postings
        if _is_stated(posting)
    ]


def _place(entry: Transaction) -> tuple[date, Decimal]:
    """Sort by date and seq; what has no seq, as a balance brought forward, comes first."""
    seq = entry.meta.get("seq")
    return entry.date, seq if _is_count(seq) else Decimal(0)


def _settlements(entry: Transaction) -> frozenset[str]:
    return frozenset(link for link in entry.links if link.startswith("settlement-"))


def _steps(transactions: Iterable[Transaction]) -> Iterator[Step]:
    for _, day in groupby(sorted(transactions, key=_place), key=lambda entry: entry.date):
        today = list(day)
        for settlements, run in groupby(today, key=_settlements):
            entries = list(run)
            for entry in entries:
                ends_settlement = bool(settlements) and entry is entries[-1]
                yield Step(entry, _legs(entry), ends_settlement, ends_day=entry is today[-1])


INVARIANTS: tuple[Callable[[Ledger], Iterator[Finding]], ...] = (
    transaction_balances,
    entity_balances,
    claims_mirror_debts,
    custody_is_owed,
    group_eliminates,
    contracts_conserved,
    tokens_conserved,
    no_negative_cash,
    no_negative_tokens,
    no_negative_customer,
    no_overdrawn_fund,
    pools_empty,
    seq_is_dense,
    world_cash_is_constant,
    hole_is_explained,
)


def name_of(invariant: Callable[[Ledger], Iterator[Finding]]) -> str:
    """Name an invariant as its errors do: ``claims-mirror-debts``."""
    return invariant.__name__.replace("_", "-")


def check(
    entries: list[Directive], options_map: dict[str, Any], config: str = ""
) -> tuple[list[Directive], list[BrokenInvariant]]:
    """Hold the books to every invariant.

    Args:
        entries: directives as Beancount loads them.
        options_map: options of the ledger; none matters here.
        config: "" for a general ledger, "line" for a day ledger.

    Returns:
        The entries as they came, and an error for each place where an invariant is broken.

    Raises:
        ValueError: config is neither.
    """
    if config not in MODES:
        raise ValueError(f'config is "{config}"; give "" for a general, "line" for a day ledger')
    ledger = Ledger(
        opens=[entry for entry in entries if isinstance(entry, Open)],
        steps=list(_steps(entry for entry in entries if isinstance(entry, Transaction))),
        by_line=config == "line",
    )
    return entries, [
        BrokenInvariant(where.meta, f"{name_of(invariant)}: {what}", where, name_of(invariant))
        for invariant in INVARIANTS
        for where, what in invariant(ledger)
    ]
