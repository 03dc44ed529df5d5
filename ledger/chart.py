"""The chart of accounts: which accounts each party has.

Each account of the house group, except accounts of positions in contracts, is opened with its part
in the definition of the hole. So a reader can check the definition in one place. Here sum(claim) is
the sum of the balances of all accounts with the part `claim`, and likewise for the other parts:

    hole = -sum(claim) - sum(liquid) = +sum(cause),   and sum(group) = 0

This is true in dollars, and in each coin that the house owes to customers. Tokens of customers on
margin (`in-kind`) are not in the hole, because the house holds exactly the quantity that it owes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ledger import coins, opened
from ledger.accounts import (
    FREE,
    PLEDGED,
    as_agent,
    borrowed,
    cash,
    claim,
    claim_in_kind,
    contracts,
    custody,
    exchanged,
    expense,
    in_pool,
    income,
    issued,
    lent,
    loan,
    margin_debt,
    margin_loan,
    opening,
    owed,
    owed_in_kind,
    paid_for_tokens,
    pool,
    pooled,
    shares,
    tokens,
    with_agent,
)
from ledger.coins import Coin
from ledger.kinds import (
    AT_COST,
    CAUSE,
    CLAIM,
    GROUP,
    HOLDING,
    IN_KIND,
    LEAD_QUOTING,
    LIQUID,
    ON_MARGIN,
    Kind,
)
from ledger.maker_causes import maker_causes
from ledger.money import Contract, MarginToken, Scale
from ledger.opened import Opened
from ledger.parties import OUTSIDE, Parties
from ledger.spending import Spending
from ledger.transaction import MONEY


@dataclass(frozen=True, slots=True)
class HeldToken:
    """A token that the group holds as an investment, in whole units."""

    name: str
    issuer: str  # the first owner; for the group's own token this is the house
    is_pooled: bool = False  # whether the maker may have a pool of the token


@dataclass(frozen=True, slots=True)
class Chart:
    """All accounts of one simulated world, and the contracts, tokens and coins in them."""

    parties: Parties
    contracts: tuple[Contract, ...]
    spendings: tuple[Spending, ...] = ()
    tokens: tuple[HeldToken, ...] = ()  # tokens that the group holds as investments
    collateral: tuple[MarginToken, ...] = ()  # margin collateral of customers
    coins: tuple[Coin, ...] = ()  # coins that the maker may hold or the house may owe

    @property
    def quantities(self) -> dict[str, Scale]:
        """Return the smallest unit of each commodity except money."""
        held = {token.name: Scale.of("1") for token in self.tokens}
        brought = {token.commodity: token.contract.quantity for token in self.collateral}
        known = {coin.name: coin.quantity for coin in self.coins}
        return {c.commodity: c.quantity for c in self.contracts} | held | brought | known

    def desk(self, holder: str) -> str | None:
        """Return the desk of a holder's position, or None. Only the maker has desks."""
        _, _, desk = holder.partition(":")
        return desk or ("Quoter" if holder == self.parties.maker else None)

    def kind(self, holder: str, kind: str) -> str:
        """Return the kind to which a holder's result is posted.

        All results of the directional book (positions held to gain from a rise of the price) have
        the kind Directional. All results of a backstop's positions have the kind Backstop, except
        socialised losses. Other results keep their kind.
        """
        if holder.endswith(f":{Kind.DIRECTIONAL}"):
            return Kind.DIRECTIONAL
        backs = holder in self.parties.backstops and kind != Kind.SOCIALISED
        return Kind.BACKSTOP if backs else kind

    def commodities(self, venue: str) -> tuple[str, ...]:
        """Return the commodities of one venue's contracts."""
        return tuple(c.commodity for c in self.contracts if c.venue == venue)

    def accounts(self) -> Iterator[tuple[str, list[Opened]]]:
        """Yield the heading and the accounts of each party's books."""
        for heading, accounts in self._books():
            yield heading, list(accounts)

    def _books(self) -> Iterator[tuple[str, Iterable[Opened]]]:
        p = self.parties
        yield f"{p.house}, the exchange", self._house()
        yield f"{p.maker}, the captive maker", self._maker()
        for firm in p.firms:
            yield f"{firm}, a trading firm", self._firm(firm)
        yield (
            f"{p.retail}, a control account: single customers are named in metadata and fills",
            self._retail(),
        )
        yield f"{p.other_makers}, who also quote to customers", self._other_makers()
        for provider in p.outside_providers:
            yield f"{provider}, a backstop provider", self._provider(provider)
        yield f"{p.lead}, the lead venue", self._lead()
        yield f"{OUTSIDE}, all other traders on the lead venue", self._outside()
        for name in p.lenders:
            lends = (loan(name, p.maker), income(name, Kind.INTEREST))
            yield f"{name}, a lender", opened.money(cash(name), *lends, opening(name))
        if investors := p.investors:
            invests = opened.money(cash(investors), shares(investors, p.house), opening(investors))
            yield f"{investors}, who buy shares of {p.house}", invests
        for name in p.counterparties:
            received = self._received(name)
            yield f"{name}, whom the group pays", opened.money(cash(name), *received, opening(name))
        if traders := p.arbitrageurs:
            gains = opened.money(cash(traders), income(traders, Kind.POOLS), opening(traders))
            yield f"{traders}, arbitrageurs who trade in pools", gains
        for name in p.borrowers:
            yield f"{name}, who borrows against tokens", self._borrower(name)
        if dealers := p.dealers:
            heading = f"{dealers}, who sell coins to {p.maker} and buy coins from it"
            yield heading, self._dealers(dealers)

    # --------------------------------------------- the house group: accounts with parts in the hole

    def _house(self) -> Iterator[Opened]:
        p = self.parties
        yield opened.part(LIQUID, cash(p.house))
        yield self._line(lent(p.house, p.maker))
        if p.agent:
            yield opened.part(GROUP, with_agent(p.house, p.agent), "in its bank accounts")
        yield opened.part(GROUP, owed(p.house, p.maker))
        for customer in p.house_customers:
            if customer != p.maker:
                yield opened.part(CLAIM, owed(p.house, customer))
        yield from coins.opened_for_customers(self.coins, p.house, p.retail)
        for kind in (Kind.VARIATION_MARGIN, Kind.FUNDING):
            about = "receives all payments of a settlement and pays them out; zero afterwards"
            yield opened.cause(pool(p.house, kind), about)
        yield from self._in_kind_at_house()
        for borrower in p.borrowers:
            yield opened.cause(margin_loan(p.house, borrower), Kind.MARGIN_LOANS.entry.plain)
        yield opened.cause(income(p.house, Kind.FEES))
        yield opened.cause(expense(p.house, Kind.GAP_LOSS), Kind.GAP_LOSS.entry.plain)
        if p.providers:
            yield opened.cause(pool(p.house, Kind.INSURANCE), Kind.INSURANCE.entry.plain)
            yield opened.cause(
                pool(p.house, Kind.SOCIALISED),
                f"{Kind.SOCIALISED.entry.plain}; zero after each settlement",
            )
        if p.investors:
            yield opened.cause(issued(p.house, p.investors), Kind.SHARES.entry.plain)
        yield from self._spent(p.house)
        yield from self._tokens(p.house, CAUSE)
        yield self._opening(p.house, CAUSE)

    def _line(self, account: str) -> Opened:
        """Open an account of the credit line, in dollars and in coins that the house may owe."""
        return Opened(account, (MONEY, *coins.names_owed(self.coins)), GROUP)

    def _in_kind_at_house(self) -> Iterator[Opened]:
        p = self.parties
        if self.collateral:
            yield self._in_kind(
                custody(p.house), IN_KIND, "held in kind for the customers to whom it is owed"
            )
            owners: list[tuple[str, str | None]] = [
                (p.retail, FREE),
                (p.retail, PLEDGED),
                (p.other_makers, None),
                *((borrower, PLEDGED) for borrower in p.borrowers),
            ]
            if p.borrowers:
                owners.append((p.maker, None))
            for owner, state in owners:
                yield self._in_kind(
                    owed_in_kind(p.house, owner, state),
                    IN_KIND,
                    "owed and held in kind: the hole is in dollars, so these are no part of it",
                )

    def _maker(self) -> Iterator[Opened]:
        p = self.parties
        yield opened.part(LIQUID, cash(p.maker))
        yield opened.part(LIQUID, claim(p.maker, p.lead))
        yield opened.part(GROUP, claim(p.maker, p.house))
        yield self._line(borrowed(p.maker, p.house))
        if p.agent:
            yield opened.part(
                GROUP, as_agent(p.agent, p.house), "customers' dollars, held for the exchange"
            )
        for holder in (p.maker, *p.desks):
            desk = self.desk(holder)
            venues = (p.lead,) if desk == Kind.DIRECTIONAL else (p.house, p.lead)
            yield from self._positions(p.maker, *venues, desk=desk)
        for account, about in maker_causes(p):
            yield opened.cause(account, about)
        yield from self._spent(p.maker)
        yield from self._taken_over(p.maker)
        yield from self._tokens(p.maker, CAUSE)
        yield from coins.opened_coins(self.coins, p.maker, CAUSE)
        yield from coins.opened_sales(self.coins, p.maker)
        yield from self._pools(p.maker)
        yield self._opening(p.maker, CAUSE)

    def _pools(self, maker: str) -> Iterator[Opened]:
        pools = [token.name for token in self.tokens if token.is_pooled]
        for name in pools:
            about = "dollars in a pool: liquid, since they can be taken out at once"
            yield opened.part(LIQUID, in_pool(maker, name), about)
            yield Opened(pooled(maker, name), (name,), CAUSE)
        if pools:
            yield opened.cause(income(maker, Kind.POOLS), "fees paid by traders in its pools")

    def _spent(self, payer: str) -> Iterator[Opened]:
        """Open the accounts of a payer's payments that are not for trading, each account once."""
        spent = {each.spent: each.kind for each in self.spendings if each.payer == payer}
        for account, kind in spent.items():
            yield opened.cause(account, "at cost" if kind in AT_COST else None)

    def _taken_over(self, maker: str) -> Iterator[Opened]:
        """Open the maker's accounts for the debts and the tokens of failed borrowers."""
        if not self.parties.borrowers:
            return
        lost = expense(maker, Kind.TAKEOVERS)
        if lost not in {each.spent for each in self.spendings}:
            yield opened.cause(lost, "debts taken over, less the proceeds of their collateral")
        about = "tokens taken over with failed accounts: not in the hole, since it is in dollars"
        yield self._in_kind(claim_in_kind(maker, self.parties.house), IN_KIND, about)
        yield self._in_kind(exchanged(maker, Kind.SEIZURE), IN_KIND, about)

    # ----------------------------------------------------------------- parties outside the group

    def _firm(self, firm: str) -> Iterator[Opened]:
        venues = (self.parties.house, self.parties.lead)
        yield from opened.money(cash(firm), *(claim(firm, venue) for venue in venues))
        yield from self._positions(firm, *venues)
        yield from opened.results(firm, Kind.PICKOFF, *LEAD_QUOTING, *HOLDING, *self._socialised)
        yield from opened.costs(firm, Kind.FEES, Kind.LEAD_FEES, Kind.HEDGING)
        yield from opened.money(opening(firm))

    def _retail(self) -> Iterator[Opened]:
        house, retail = self.parties.house, self.parties.retail
        on_margin = ON_MARGIN if self.parties.providers else ()
        yield from opened.money(cash(retail), claim(retail, house))
        yield from self._positions(retail, house)
        yield from opened.results(retail, Kind.SPREAD, *HOLDING, *on_margin, *self._socialised)
        for state in (FREE, PLEDGED) if self.collateral else ():
            yield self._in_kind(claim_in_kind(retail, house, state))
        yield from coins.opened_of_customers(self.coins, house, retail)
        yield from self._seized(retail)
        yield from opened.costs(retail, Kind.FEES)
        had = self._tokens_and_money(opening(retail))
        yield Opened(had.account, (*had.commodities, *coins.names_owed(self.coins)))

    def _other_makers(self) -> Iterator[Opened]:
        house, makers = self.parties.house, self.parties.other_makers
        yield from opened.money(cash(makers), claim(makers, house))
        if self.parties.providers:
            yield from self._positions(makers, house)
            yield from opened.results(
                makers, Kind.LEVERAGE, Kind.LIQUIDATION, Kind.DELEVERAGING, *HOLDING
            )
        elif self.parties.netted:
            yield from self._positions(makers, house)
            yield from opened.results(makers, *HOLDING)
        yield from opened.results(makers, *self._socialised)
        if self.collateral:
            yield self._in_kind(claim_in_kind(makers, house))
        yield from self._seized(makers)
        yield from opened.costs(makers, Kind.FEES)
        yield from opened.money(opening(makers))

    def _provider(self, provider: str) -> Iterator[Opened]:
        yield from opened.money(cash(provider))
        for venue in (self.parties.house, self.parties.lead):
            yield from opened.money(claim(provider, venue))
            yield from self._positions(provider, venue)
        yield from opened.results(provider, Kind.BACKSTOP, Kind.GAP_LOSS, *self._socialised)
        yield from opened.costs(provider, Kind.BACKSTOP)
        yield from opened.money(opening(provider))

    def _borrower(self, borrower: str) -> Iterator[Opened]:
        house = self.parties.house
        debts = (claim(borrower, house), margin_debt(borrower, house))
        yield from opened.money(cash(borrower), *debts)
        yield from opened.results(borrower, Kind.TAKEOVERS, Kind.GAP_LOSS, *self._socialised)
        yield self._in_kind(claim_in_kind(borrower, house, PLEDGED))
        yield from self._seized(borrower)
        yield self._tokens_and_money(opening(borrower))

    def _dealers(self, dealers: str) -> Iterator[Opened]:
        yield from opened.money(cash(dealers))
        yield from coins.opened_at_dealers(self.coins, dealers)
        held = (coin.name for coin in self.coins if coin.is_held)
        yield Opened(opening(dealers), (MONEY, *held))

    def _lead(self) -> Iterator[Opened]:
        lead = self.parties.lead
        debts = (owed(lead, customer) for customer in self.parties.lead_customers)
        yield from opened.money(cash(lead), *debts)
        yield from opened.results(lead, Kind.FEES)
        yield from opened.costs(lead, Kind.GAP_LOSS)
        yield from opened.money(opening(lead))

    def _outside(self) -> Iterator[Opened]:
        lead, received = self.parties.lead, self._received(OUTSIDE)
        yield from opened.money(claim(OUTSIDE, lead))
        yield from self._positions(OUTSIDE, lead)
        yield from opened.results(OUTSIDE, Kind.HEDGING, *LEAD_QUOTING, *HOLDING)
        if received or self._tokens_of(OUTSIDE):
            yield from opened.money(cash(OUTSIDE))
        yield from opened.money(*received)
        yield from self._tokens(OUTSIDE)
        yield self._opening(OUTSIDE)

    # ---------------------------------------------------- accounts that several parties have

    def _positions(self, entity: str, *venues: str, desk: str | None = None) -> Iterator[Opened]:
        for venue in venues:
            yield Opened(contracts(entity, venue, desk), self.commodities(venue))

    @property
    def _socialised(self) -> tuple[str, ...]:
        """The kind of socialised losses, in a tuple that is empty without backstop providers."""
        return (Kind.SOCIALISED,) if self.parties.providers else ()

    def _received(self, receiver: str) -> tuple[str, ...]:
        """Return the accounts in which a party books payments from the group, each account once."""
        return tuple(dict.fromkeys(e.received for e in self.spendings if e.to == receiver))

    def _in_kind(self, account: str, hole: str | None = None, about: str | None = None) -> Opened:
        return Opened(account, tuple(token.commodity for token in self.collateral), hole, about)

    def _tokens_and_money(self, account: str, about: str | None = None) -> Opened:
        commodities = (MONEY, *(token.commodity for token in self.collateral))
        return Opened(account, commodities, about=about)

    def _seized(self, customer: str) -> Iterator[Opened]:
        """Open a party's account for sales of seized tokens, if customers can pledge tokens."""
        if self.collateral:
            about = "tokens of customers who lack margin, sold by the venue, and their proceeds"
            yield self._tokens_and_money(exchanged(customer, Kind.SEIZURE), about)

    def _tokens(self, holder: str, hole: str | None = None) -> Iterator[Opened]:
        """Open the accounts of a party's tokens.

        The maker has accounts for all tokens. An issuer has accounts only for its own tokens.
        OUTSIDE also has accounts for tokens that may have a pool, since it trades these tokens with
        arbitrageurs.
        """
        about = "the dollars paid for the tokens received"
        for name in self._tokens_of(holder):
            yield Opened(tokens(holder, name), (name,), hole)
            yield Opened(paid_for_tokens(holder, name), (name, MONEY), hole, about)

    def _tokens_of(self, holder: str) -> tuple[str, ...]:
        is_maker = holder == self.parties.maker
        return tuple(t.name for t in self.tokens if is_maker or holder in _first_holders(t))

    def _opening(self, holder: str, hole: str | None = None) -> Opened:
        had_here = (token.name for token in self.tokens if holder in _first_holders(token))
        return Opened(opening(holder), (MONEY, *had_here), hole)


def _first_holders(token: HeldToken) -> tuple[str, ...]:
    """Return the holders of a token on the first day."""
    return (token.issuer, OUTSIDE) if token.is_pooled else (token.issuer,)
