"""Recomputes pledged loans step by step, from the loans' terms in the books.

A step is a loan, a sale of pledged tokens, a takeover of the account by the captive maker, or a
sale of tokens that the captive maker took over. Each step states its price. A sale also states the
number of tokens that the order book can buy, and the seconds since the last settlement. These
figures, the terms and the earlier balances determine the amounts of the step: the loan; the tokens
sold and their proceeds; or the debt and the tokens that are taken over. They also determine whether
the margin is too small. This code is independent of the code that booked the steps.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

from beancount.core.data import Transaction

from ledger.accounts import PLEDGED, claim, claim_in_kind, margin_loan
from ledger.loaded_entries import moved_by
from ledger.money import MarginToken
from ledger.pledged_terms import PledgedTerms
from ledger.run_folder import RunFolder

E6 = 1_000_000
WHOLE_E6 = 1_100_000
BPS = 10_000
LEND, SELL, TAKE_OVER, SELL_OFF = "margin-loan", "margin-sale", "account-takeover", "takeover-sale"
MICROSECOND = timedelta(microseconds=1)

Marks = Mapping[tuple[datetime, str], int]  # a settlement's mark in ticks, by (time, market)


def wrong_loans(run: RunFolder) -> Iterator[str]:
    """Yield a sentence for each step that does not follow from the terms of its loan.

    Also yield a sentence for each borrower without terms in the books, and for each entry that
    changes a borrower's debt or pledged tokens and is not a step. But such an entry may pledge
    tokens if the borrower has no pledged tokens before it.
    """
    tokens = {token.commodity: token for token in run.chart.collateral}
    terms_of = run.notes(PledgedTerms)
    marks = _marks(run) if terms_of else {}
    accounts = [_Account(run, terms, tokens[terms.token], marks) for terms in terms_of]
    noted = {each.terms.borrower for each in accounts}
    for missing in sorted(set(run.chart.parties.borrowers) - noted):
        yield f"{missing} has a loan, but the books do not note its terms"
    for entry in run.transactions if accounts else ():
        for account in accounts:
            for problem in account.follow(entry):
                yield f"entry with seq {entry.meta['seq']}: {problem}"


def _marks(run: RunFolder) -> Marks:
    """Return the lead prices at settlements, as far as margin payments state these prices."""
    found = run.select(
        "SELECT DISTINCT time, market, price FROM rows "
        "WHERE motive = 'variation-margin' AND venue = ?",
        [run.chart.parties.house],
    )
    return {(moment, market): ticks for moment, market, ticks in found}


@dataclass(frozen=True, slots=True)
class _Moved:
    """The lots or cents that an entry moves, by account."""

    pledged: int  # lots that the borrower pledges
    taken: int  # lots that the maker took over
    debt: int  # cents of the borrower's debt
    maker: int  # cents of the maker's claim on the house


class _Account:
    """A borrower's tokens and debt, and the borrower's tokens that the captive maker took over."""

    def __init__(
        self, run: RunFolder, terms: PledgedTerms, token: MarginToken, marks: Marks
    ) -> None:
        parties, borrower = run.chart.parties, terms.borrower
        self.terms = terms
        self._token, self._contract, self._marks = token, token.contract, marks
        self._pledged = claim_in_kind(borrower, parties.house, PLEDGED)
        self._taken = claim_in_kind(parties.maker, parties.house)
        self._debt, self._maker = (
            margin_loan(parties.house, borrower),
            claim(parties.maker, parties.house),
        )
        self._lots = self._taken_lots = self._debt_cents = 0

    def follow(self, entry: Transaction) -> Iterator[str]:
        """Yield the fault of an entry, if it has one, then add its amounts to the balances."""
        moved, steps = self._moved(entry), {LEND, SELL, TAKE_OVER, SELL_OFF} & set(entry.tags)
        own = self._is_own(entry)
        if own and steps:
            (step,) = steps
            if problem := self._wrong(step, entry, moved):
                yield problem
        elif moved.debt or (moved.pledged and self._lots):
            yield (
                f"the entry changes the debt or the pledged tokens of {self.terms.borrower}, but "
                "is no step of the loan"
            )
        self._lots += moved.pledged
        self._debt_cents += moved.debt
        if own:
            self._taken_lots += moved.taken

    def _is_own(self, entry: Transaction) -> bool:
        return f"margin-loan-{self.terms.borrower.lower()}" in entry.links

    def _moved(self, entry: Transaction) -> _Moved:
        sums = dict.fromkeys((self._pledged, self._taken, self._debt, self._maker), Decimal(0))
        for posting in entry.postings:
            number, commodity = moved_by(posting)
            if posting.account in sums and commodity in (self._token.commodity, "USD"):
                sums[posting.account] += number
        lots = self._contract.quantity.units
        return _Moved(
            lots(sums[self._pledged]),
            lots(sums[self._taken]),
            _cents(sums[self._debt]),
            _cents(sums[self._maker]),
        )

    def _wrong(self, step: str, entry: Transaction, moved: _Moved) -> str | None:
        lot_cents = self._lot_cents(entry)
        ticks = self._contract.price.units(entry.meta["lead"])
        if self._marks.get((_moment(entry), self._contract.market), ticks) != ticks:
            return "its price is not the settlement's mark"
        if step == LEND:
            return self._wrong_loan(lot_cents, moved)
        gone = -moved.taken if step == SELL_OFF else -moved.pledged
        if self._contract.quantity.units(entry.meta["quantity"]) != gone:
            return "the stated quantity is not the quantity moved"
        if step == TAKE_OVER:
            return self._wrong_takeover(lot_cents, moved)
        if step == SELL and not self._fails(lot_cents, self.terms.maintenance_e6):
            return "tokens are sold though the margin suffices"
        if step == SELL and self._fails(lot_cents, self.terms.auto_close_e6):
            return "tokens are sold though the account must be taken over"
        return self._wrong_sale(step, entry, moved, gone, lot_cents)

    def _wrong_sale(
        self, step: str, entry: Transaction, moved: _Moved, gone: int, lot_cents: int
    ) -> str | None:
        takes = self._contract.quantity.units(entry.meta["takes"])
        over_s = int(entry.meta["over-s"])
        if takes > self._room_cents(over_s) // lot_cents:
            return "the book takes more tokens than its depth allows"
        since_midnight = _moment(entry) + MICROSECOND - datetime.combine(entry.date, time())
        if over_s < 1 or since_midnight % timedelta(seconds=over_s):
            return "the stated seconds since the last settlement do not fit the time of the sale"
        brings = self._brings_cents(gone * lot_cents, over_s)
        if step == SELL_OFF:
            if gone != min(self._taken_lots, takes):
                return (
                    "the number of tokens that the captive maker sells is not the smaller of two "
                    "numbers: the number that it has, and the number that the book takes"
                )
            return None if moved.maker == brings else "the proceeds are wrong"
        if gone != min(takes, self._to_sell(lot_cents, takes, over_s)):
            return (
                "the number of tokens sold is not the smaller of two numbers: the number that the "
                "margin needs, and the number that the book takes"
            )
        if -moved.debt != min(brings, self._debt_cents):
            return "the proceeds are wrong"
        return None

    def _wrong_loan(self, lot_cents: int, moved: _Moved) -> str | None:
        terms = self.terms
        most = self._counted(lot_cents, terms.initial_e6) * E6 // (E6 + terms.lend_margin_e6)
        if terms.most_usd is not None:
            most = min(most, _cents(terms.most_usd))
        if moved.debt != most - self._debt_cents or moved.debt <= 0:
            return "the loan is not the amount that the tokens allow"
        return None

    def _wrong_takeover(self, lot_cents: int, moved: _Moved) -> str | None:
        if not self._fails(lot_cents, self.terms.auto_close_e6):
            return "an account is taken over though its margin is not below the auto-close margin"
        whole = -self._debt_cents, -self._lots, self._lots, -self._debt_cents
        if (moved.debt, moved.pledged, moved.taken, moved.maker) != whole:
            return "an account is not taken over as a whole"
        return None

    # ------------------------------------------------------------------ the rules of loans

    def _lot_cents(self, entry: Transaction) -> int:
        return self._contract.price.units(entry.meta["lead"]) * self._contract.cents_per_lot_tick

    def _counted(self, lot_cents: int, weight_e6: int) -> int:
        """Return the tokens' margin value in cents. A large holding has a lower weight."""
        factor, by_size_e6 = float(self.terms.imf_factor), WHOLE_E6
        if factor:
            tokens = self._lots * float(self._contract.lot)
            by_size_e6 = int(WHOLE_E6 / (1 + factor * math.sqrt(tokens)))
        return self._lots * lot_cents * min(weight_e6, by_size_e6) // E6

    def _fails(self, lot_cents: int, margin_e6: int) -> bool:
        counted = self._counted(lot_cents, self._token.weight_e6)
        return (counted - self._debt_cents) * E6 < self._debt_cents * margin_e6

    def _room_cents(self, over_s: int) -> int:
        cents_per_bp = _cents(self.terms.book_usd_per_bp)
        through = cents_per_bp * self.terms.book_through_e6 * over_s
        return through // (E6 * self.terms.book_refill_s)

    def _brings_cents(self, value_cents: int, over_s: int) -> int:
        """Return a sale's proceeds in cents, rounded down.

        The mean price of the sale is halfway between the lead price and the last price reached.
        """
        if not value_cents:
            return 0
        cents_per_bp = _cents(self.terms.book_usd_per_bp)
        cost = value_cents**2 * self.terms.book_refill_s
        return value_cents - -(-cost // (2 * BPS * cents_per_bp * over_s))

    def _to_sell(self, lot_cents: int, takes: int, over_s: int) -> int:
        """Return how many lots must be sold to restore the margin, at most all lots."""
        debt_e6 = E6 + self.terms.maintenance_e6
        counted_e6 = self._counted(lot_cents, self._token.weight_e6) * E6
        weight_e6 = counted_e6 // max(self._lots * lot_cents, 1)
        worst = self._brings_cents(takes * lot_cents, over_s) // max(takes, 1)
        gained = worst * debt_e6 - lot_cents * weight_e6
        if gained <= 0:
            return self._lots
        needed = self._debt_cents * debt_e6 - self._lots * lot_cents * weight_e6
        return min(max(-(-needed // gained), 0), self._lots)


def _cents(usd: Decimal) -> int:
    return int(usd.scaleb(2))


def _moment(entry: Transaction) -> datetime:
    return datetime.combine(entry.date, time.fromisoformat(entry.meta["time"]))
