"""Converts the transactions of any ledger to the form of our own books.

If a posting has a cost or a price, two postings to an equity account are added, as in our own
books. One balances the units of the commodity, and the other balances the money paid for them. If a
customer keeps no books, the customer's side of the house's entries is added too.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from beancount.core import convert, data
from beancount.core.amount import Amount

from ledger.copy_of_text import meta_of
from ledger.declared_accounts import LedgerFileError, place_of
from ledger.kinds import ASSETS, CAUSE, CLAIM, EQUITY, HELD, IN_KIND, LIQUID, Kind
from ledger.loaded_entries import moved_by, narration_of
from ledger.money import Scale, pro_rata
from ledger.parties import Parties
from ledger.transaction import (
    MONEY,
    Movement,
    Posting,
    Transaction,
    entity_of,
    is_contract,
    kind_of,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# In the metadata of closing entries, the values of these keys are whole numbers.
_OF_FILLS = ("fills", "first-fill", "last-fill")

Money = tuple[str, str]  # (account or entity, commodity)


class LedgerEntries:
    """Converts transactions, and collects the accounts that they use."""

    def __init__(
        self, parties: Parties, accounts: Mapping[str, str], parts: Mapping[str, str | None]
    ) -> None:
        """Initialise with the parties and the accounts.

        Args:
            parties: the parties by role.
            accounts: each account's name in reports, by its name in the ledger.
            parts: each account's part in the hole, by its name in reports.
        """
        self._parties, self._accounts = parties, accounts
        self.parts = dict(parts)
        self.used: dict[str, set[str]] = defaultdict(set)  # the commodities of each account
        self._keepers = {entity_of(account) for account in parts}

    def read(self, entry: data.Transaction, money: str, scales: Mapping[str, Scale]) -> Movement:
        """Convert one transaction.

        Args:
            entry: the transaction as Beancount booked it.
            money: the ledger's operating currency.
            scales: the scale of each commodity.

        Raises:
            LedgerFileError: an amount has a fraction of the smallest unit, a claim is not in the
                operating currency, or the postings do not balance.
        """
        place = place_of(entry.meta)
        postings: list[Posting[int]] = []
        paid: list[int] = []  # indices of the postings that pay for a commodity
        for each in sorted(entry.postings, key=_line_of):
            number, called = moved_by(each)
            account, commodity = self._standing(each.account, called, money, place)
            units = _units(number, commodity, scales, place)
            party = (each.meta or {}).get("party")
            postings.append(
                Posting(account, units, commodity, party if isinstance(party, str) else None)
            )
            weight: Amount = convert.get_weight(each)  # type: ignore[no-untyped-call]
            if weight.currency != called:
                meet = self._meeting(account, commodity)
                postings.append(Posting(meet, -units, commodity))
                paid.append(len(postings))
                postings.append(_paid(meet, weight, money, scales))
        self._settle(postings, paid)
        self._check_balance(postings, scales, place)
        postings += self._mirror(postings)
        for posting in postings:
            self.used[posting.account].add(posting.commodity)
        tag = min(entry.tags or ("",))
        return Transaction(
            _time_us(entry),
            entry.payee or self._counterparty(postings),
            narration_of(entry),
            tag,
            tuple(postings),
            tuple(sorted(entry.links or ())),
            _meta(entry),
        )

    def _standing(self, account: str, called: str, money: str, place: str) -> Money:
        """Return the names that an account and a commodity have in reports.

        If an asset account holds a commodity other than money, reports use an account of the kind
        Portfolio for this commodity. There are three exceptions: accounts of contracts, accounts
        whose part in the hole is `in-kind`, and accounts whose kind is in `HELD`. They keep their
        names.
        """
        name, commodity = self._accounts[account], MONEY if called == money else called
        part, root = self.parts[name], name.partition(":")[0]
        if commodity == MONEY or is_contract(name) or part == IN_KIND or kind_of(name) in HELD:
            return name, commodity
        if part == CLAIM:
            raise LedgerFileError(
                f"{place}: {account} is a claim in {called}, but reports count claims in {money}; "
                f'open the account with hole: "{IN_KIND}", or book the claim in {money}'
            )
        if root != ASSETS:
            return name, commodity
        held = f"{ASSETS}:{entity_of(name)}:{Kind.PORTFOLIO}:{commodity}"
        self.parts.setdefault(held, CAUSE if part else None)
        return held, commodity

    def _meeting(self, account: str, commodity: str) -> str:
        """Return the equity account that balances a commodity's units and their price."""
        entity = entity_of(account)
        held = kind_of(account) in HELD and account.startswith(ASSETS)
        name = account.partition(":")[2] if held else f"{entity}:{Kind.PORTFOLIO}:{commodity}"
        meet = f"{EQUITY}:{name}"
        self.parts.setdefault(meet, CAUSE if entity in self._parties.group else None)
        return meet

    def _settle(self, postings: list[Posting[int]], paid: Sequence[int]) -> None:
        """If the residual is only an effect of rounding, subtract it from the last payment."""
        if not paid:
            return
        last = postings[paid[-1]]
        residual = sum(
            each.units
            for each in postings
            if each.commodity == last.commodity
            and entity_of(each.account) == entity_of(last.account)
        )
        if abs(residual) <= len(paid) + 1:
            postings[paid[-1]] = last._replace(units=last.units - residual)

    def _check_balance(
        self, postings: Sequence[Posting[int]], scales: Mapping[str, Scale], place: str
    ) -> None:
        residuals: dict[Money, int] = defaultdict(int)
        for each in postings:
            books = "all entities" if is_contract(each.account) else entity_of(each.account)
            residuals[books, each.commodity] += each.units
        for (books, commodity), units in residuals.items():
            if units:
                raise LedgerFileError(
                    f"{place}: the postings of {books} sum to {scales[commodity].text(units)} "
                    f"{commodity}, but must sum to zero; name the owner of each account with "
                    f"entity:, or add the missing posting"
                )

    def _mirror(self, postings: Sequence[Posting[int]]) -> list[Posting[int]]:
        """Return the customers' side of the house's postings, for customers who keep no books."""
        house = self._parties.house
        ours = [each for each in postings if entity_of(each.account) == house]
        ours = [each for each in ours if each.commodity == MONEY and each.units]
        mirrored: list[Posting[int]] = []
        for claim in ours:
            customer = claim.account.split(":")[-1]
            if self.parts[claim.account] != CLAIM or customer in self._keepers:
                continue
            mirrored.append(Posting(f"{ASSETS}:{customer}:{Kind.CLAIMS}:{house}", -claim.units))
            against = [each for each in ours if each.units * claim.units < 0]
            weights = [abs(each.units) for each in against]
            sign = -1 if claim.units < 0 else 1
            for other, part in zip(against, pro_rata(abs(claim.units), weights), strict=True):
                mirrored.append(Posting(self._in_mirror(customer, other.account), sign * part))
        for each in mirrored:
            self.parts.setdefault(each.account, None)
        return mirrored

    def _in_mirror(self, customer: str, account: str) -> str:
        """Return the customer's account that corresponds to an account of the house."""
        if self.parts[account] == LIQUID:
            return f"{ASSETS}:{customer}:{Kind.CASH}"
        root = EQUITY if kind_of(account) == Kind.OPENING else "Income"
        return f"{root}:{customer}:{kind_of(account)}"

    def _counterparty(self, postings: Sequence[Posting[int]]) -> str | None:
        """Return the payee of a transaction that names none, or None if the payee is unclear.

        If an account's name has at least four words, its last word can be a party. If these last
        words name exactly one party outside the group, this party is the payee.
        """
        names = {each.account.split(":")[-1] for each in postings if each.account.count(":") > 2}
        named = names.intersection(self._parties.names).difference(self._parties.group)
        return named.pop() if len(named) == 1 else None


def _line_of(posting: data.Posting) -> int:
    # A posting that a plugin adds may have no line number.
    return int((posting.meta or {}).get("lineno", 0))


def _units(number: Decimal, commodity: str, scales: Mapping[str, Scale], place: str) -> int:
    try:
        return scales[commodity].units(number)
    except ValueError as error:
        raise LedgerFileError(
            f"{place}: {number} is not a multiple of the smallest unit, "
            f"{scales[commodity].text(1)}; round the amount, and book the remainder separately"
        ) from error


def _paid(account: str, weight: Amount, money: str, scales: Mapping[str, Scale]) -> Posting[int]:
    commodity = MONEY if weight.currency == money else weight.currency
    scale = scales[commodity]
    whole = Decimal(scale.text(1))
    assert weight.number is not None  # Beancount has computed each amount that the text leaves out
    return Posting(account, int((weight.number / whole).to_integral_value()), commodity)


def _time_us(entry: data.Transaction) -> int:
    said = entry.meta.get("time")
    try:
        at = time.fromisoformat(said) if isinstance(said, str) else time()
    except ValueError:
        at = time()  # an unreadable time becomes midnight; entries are not sorted by time here
    return (datetime.combine(entry.date, at.replace(tzinfo=None), UTC) - _EPOCH) // _MICROSECOND


def _meta(entry: data.Transaction) -> tuple[tuple[str, str], ...]:
    """Return a transaction's metadata in the form of the Parquet copy, without empty values.

    `seq` and `time` are left out, because the copy has columns for them. If the value of a key in
    `_OF_FILLS` is not a whole number, all keys in `_OF_FILLS` are left out too.
    """
    said = {key: value for key, value in entry.meta.items() if value is not None}
    if not all(str(said.get(key, 0)).isdigit() for key in _OF_FILLS):
        said = {key: value for key, value in said.items() if key not in _OF_FILLS}
    plain = {
        key: value if isinstance(value, bool | str | Decimal | date | Amount) else str(value)
        for key, value in said.items()
    }
    found = meta_of(entry._replace(meta=plain))
    return tuple(each for each in found if each[0] not in ("seq", "time"))


def in_true_order(entries: Sequence[data.Directive]) -> Iterator[tuple[int, data.Transaction]]:
    """Yield each transaction with its number, in the order of the numbers.

    The numbers are the values of the metadata key `seq`. If a `seq` is missing, is repeated, or is
    not a whole number above zero, all transactions are numbered from 1 in Beancount's order.
    """
    booked = [entry for entry in entries if isinstance(entry, data.Transaction)]
    numbers = [entry.meta.get("seq") for entry in booked]
    whole = [int(n) for n in numbers if isinstance(n, Decimal) and n == int(n) and n > 0]
    if len(set(whole)) == len(booked):
        yield from sorted(zip(whole, booked, strict=True), key=lambda pair: pair[0])
    else:
        yield from enumerate(booked, start=1)
