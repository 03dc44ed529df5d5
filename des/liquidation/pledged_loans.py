"""Loans against thinly traded tokens: lending, sales of collateral, takeovers of accounts.

Everything happens at settlements. Borrowers ask at once to withdraw what they borrow. If an account
lacks margin, the venue sells the account's tokens until the margin is restored. At one settlement
the venue sells at most what the token's order book can fill. The other makers buy the tokens, as
far as their claim on the venue is enough. If the account's margin is below a second limit (the
auto-close margin), the captive maker takes over the account, pays the account's debt to the venue,
and sells the tokens in the same order book. If the proceeds are less than the debt, the maker bears
the difference.

The model is simpler than a real venue. Only the captive maker takes over accounts: no insurance
fund and no other provider takes part. If an account is worth more than its debt, the maker keeps
the difference. Buyers of pledged tokens pay at most the account's debt.
"""

from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from des.custody.till import Till
from des.liquidation.pledged_account import (
    PledgedAccount,
    lendable_cents,
    lots_to_sell,
    margin_below,
    size_weight_e6,
)
from des.liquidation.token_book import BookDepth
from des.liquidation.token_collateral import E6
from des.scenario import Leverage, PledgedLoan
from des.venue.venue import Venue
from ledger import margin_lending
from ledger.accounts import PLEDGED, claim_in_kind, margin_loan
from ledger.journal import Journal
from ledger.margin_lending import TokenSale
from ledger.money import MarginToken, to_cents
from ledger.parties import Parties
from ledger.transaction import LedgerError


class TokenLoan:
    """One borrower's loan: the terms, the account, the pledged token and the token's order book."""

    def __init__(self, loan: PledgedLoan, token: MarginToken, market: int, borrower: int) -> None:
        """Initialise an account with the pledged tokens and no debt.

        Args:
            loan: the scenario's loan.
            token: the pledged token.
            market: the market that prices the token.
            borrower: the borrower's code in the books.
        """
        self.loan, self.token, self.market, self.borrower = loan, token, market, borrower
        self.lot_tokens = float(token.contract.lot)
        self.book = BookDepth.of(loan.book)
        # Decimals are divided here. The quotient of two floats can be slightly below the true
        # number of lots.
        self.account = PledgedAccount(
            int(Decimal(repr(loan.tokens)) // Decimal(token.contract.lot))
        )
        self.taken_lots = 0  # lots that the captive maker took over and has not yet sold

    def counted_cents(self, weight_e6: int, lot_cents: int) -> int:
        """Return the margin value of the tokens in cents.

        The weight is *weight_e6*, but at most the weight that the size of the holding allows.
        """
        by_size_e6 = size_weight_e6(self.loan.imf_factor, self.account.lots * self.lot_tokens)
        return self.account.value_cents(lot_cents) * min(weight_e6, by_size_e6) // E6


class PledgedLoans:
    """The venue's desk that lends dollars against thinly traded tokens, and sells the tokens."""

    def __init__(
        self,
        rules: Leverage,
        parties: Parties,
        loans: Sequence[TokenLoan],
        house: Venue,
        till: Till,
        journal: Journal,
    ) -> None:
        """Initialise with the borrowers' loans. No borrower has a debt yet.

        Args:
            rules: the scenario's rules for trading on margin.
            parties: all parties that keep books, by role.
            loans: each borrower's loan.
            house: the house venue.
            till: pays withdrawals.
            journal: records loans, sales and takeovers.
        """
        self._maintenance_e6, self._auto_close_e6 = rules.maintenance_e6, rules.auto_close_e6
        self._parties, self._loans = parties, loans
        self._house, self._till, self._journal = house, till, journal
        code = parties.names.index
        self._maker, self._buyers = code(parties.maker), code(parties.other_makers)

    def opening_tokens(self) -> dict[tuple[str, str], int]:
        """Return the lots of pledged tokens on the first day, by borrower and commodity."""
        return {
            (each.loan.borrower, each.token.commodity): each.account.lots for each in self._loans
        }

    def settle(self, time_us: int, elapsed_s: int, marks: np.ndarray) -> None:
        """Sell tokens of earlier takeovers, then liquidate accounts that lack margin.

        Args:
            time_us: the time of the settlement.
            elapsed_s: seconds since the last settlement. The order book can fill sales in
                proportion to these seconds.
            marks: the lead price in ticks, by market.
        """
        for each in self._loans:
            mark = int(marks[each.market])
            self._sell_off(time_us, elapsed_s, each, mark)
            self._liquidate(time_us, elapsed_s, each, mark)

    def lend(self, time_us: int, marks: np.ndarray) -> None:
        """Lend the largest allowed amount to each borrower who borrows at this time.

        Each of these borrowers then asks to withdraw its claim, except amounts already requested.
        """
        for each in self._loans:
            if not each.loan.borrows_at(time_us):
                continue
            mark, loan, account = int(marks[each.market]), each.loan, each.account
            counted = each.counted_cents(
                loan.weight_initial_e6(each.token.weight_e6), self._lot_cents(each, mark)
            )
            most = lendable_cents(counted, loan)
            if loan.borrowed_usd_max is not None:
                most = min(most, to_cents(loan.borrowed_usd_max))
            if (cents := most - account.debt_cents) > 0:
                account.debt_cents += cents
                self._house.claims[each.borrower] += cents
                self._journal.record(
                    margin_lending.lend_on_tokens(
                        time_us, loan.borrower, self._parties, cents, each.token, mark
                    )
                )
            self._till.ask(
                time_us,
                each.borrower,
                self._till.owed_cents(each.borrower),
                why=", which it borrowed",
            )

    def agree_with_books(self) -> None:
        """Compare the borrowers' debts and tokens with the general ledger.

        The maker's tokens from takeovers are compared too.

        Raises:
            LedgerError: a balance differs.
        """
        house, maker = self._parties.house, self._parties.maker
        taken: dict[str, int] = {}
        for each in self._loans:
            commodity = each.token.commodity
            self._agree(margin_loan(house, each.loan.borrower), "USD", each.account.debt_cents)
            pledged = claim_in_kind(each.loan.borrower, house, PLEDGED)
            self._agree(pledged, commodity, each.account.lots)
            taken[commodity] = taken.get(commodity, 0) + each.taken_lots
        for commodity, lots in taken.items():
            self._agree(claim_in_kind(maker, house), commodity, lots)

    def _agree(self, account: str, commodity: str, units: int) -> None:
        if (booked := self._journal.balance(account, commodity)) != units:
            raise LedgerError(
                f"{account} has {units} units of {commodity} in the simulation and {booked} in the "
                "books"
            )

    def _liquidate(self, time_us: int, elapsed_s: int, each: TokenLoan, mark: int) -> None:
        """Sell tokens of an account that lacks margin, or let the captive maker take it over.

        An account below auto-close margin is taken over without a sale. If an account is below
        auto-close margin after a sale, it is taken over too.
        """
        lot_cents = self._lot_cents(each, mark)
        if not self._fails(each, lot_cents, self._maintenance_e6):
            return
        if not self._fails(each, lot_cents, self._auto_close_e6):
            self._sell(time_us, elapsed_s, each, mark)
        if self._fails(each, lot_cents, self._auto_close_e6):
            self._take_over(time_us, each, mark)

    def _fails(self, each: TokenLoan, lot_cents: int, margin_e6: int) -> bool:
        counted = each.counted_cents(each.token.weight_e6, lot_cents)
        return margin_below(counted, each.account.debt_cents, margin_e6)

    def _sell(self, time_us: int, elapsed_s: int, each: TokenLoan, mark: int) -> None:
        """Sell tokens until the account has enough margin, but at most `_room` lots.

        The buyers pay at most the account's debt.
        """
        account, lot_cents = each.account, self._lot_cents(each, mark)
        room = self._room(each, elapsed_s, lot_cents)
        if not room:
            return
        worst = each.book.brings_cents(room * lot_cents, elapsed_s) // room
        counted_e6 = each.counted_cents(each.token.weight_e6, lot_cents) * E6
        weight_e6 = counted_e6 // max(account.value_cents(lot_cents), 1)
        lots = min(room, lots_to_sell(account, lot_cents, weight_e6, worst, self._maintenance_e6))
        cents = min(each.book.brings_cents(lots * lot_cents, elapsed_s), account.debt_cents)
        account.lots -= lots
        account.debt_cents -= cents
        self._house.claims[self._buyers] -= cents
        sale = TokenSale(lots, cents, room, elapsed_s)
        self._journal.record(
            margin_lending.sell_pledged(
                time_us, each.loan.borrower, self._parties, sale, each.token, mark
            )
        )

    def _take_over(self, time_us: int, each: TokenLoan, mark: int) -> None:
        """Let the captive maker pay an account's debt and receive the remaining tokens."""
        account = each.account
        self._house.claims[self._maker] -= account.debt_cents
        self._journal.record(
            margin_lending.take_account_over(
                time_us,
                each.loan.borrower,
                self._parties,
                account.lots,
                account.debt_cents,
                each.token,
                mark,
            )
        )
        each.taken_lots += account.lots
        account.lots = account.debt_cents = 0

    def _sell_off(self, time_us: int, elapsed_s: int, each: TokenLoan, mark: int) -> None:
        """Sell tokens that the captive maker took over from this account, at most `_room` lots."""
        lot_cents = self._lot_cents(each, mark)
        room = self._room(each, elapsed_s, lot_cents)
        lots = min(each.taken_lots, room)
        if not lots:
            return
        cents = each.book.brings_cents(lots * lot_cents, elapsed_s)
        each.taken_lots -= lots
        self._house.claims[self._maker] += cents
        self._house.claims[self._buyers] -= cents
        sale = TokenSale(lots, cents, room, elapsed_s)
        self._journal.record(
            margin_lending.sell_taken_over(
                time_us, each.loan.borrower, self._parties, sale, each.token, mark
            )
        )

    def _room(self, each: TokenLoan, elapsed_s: int, lot_cents: int) -> int:
        """Return the most lots that the order book can fill and the other makers can pay for."""
        able = max(int(self._house.claims[self._buyers]), 0)
        return min(each.book.room_cents(elapsed_s), able) // lot_cents

    def _lot_cents(self, each: TokenLoan, mark: int) -> int:
        return mark * int(self._house.tick_cents[each.market])
