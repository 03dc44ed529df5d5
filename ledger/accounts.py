"""The chart of accounts: ``Root : whose books : kind : with whom``.

The kind is the cause; nothing else says why money moved. Every account of the house group is
opened with the part it plays in the definition of the hole, so that the definition can be read
and disputed where it stands:

    hole = -sum(claim) - sum(liquid) = +sum(cause),   and sum(group) = 0

What is held in kind and owed in kind (in-kind) plays none: it is there, whatever the price.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ledger.money import CollateralToken, Contract, Scale
from ledger.transaction import MONEY

OUTSIDE = "Outside"  # the rest of the world
ARBITRAGEURS = "Arbitrageurs"  # who trade pools to the price elsewhere
POOLS = "Pools"  # the kind of dollars in pools, of fees there, and of what arbitrageurs gain
IN_KIND = "in-kind"  # plays no part in the hole: tokens that are held for whom they are owed to
# What quotes on the lead venue earn from whoever knows nothing, and lose to whoever is faster.
LEAD_QUOTING = ("LeadSpread", "LeadPickOff")
BACKSTOP = "Backstop"  # the desk and the kind of whoever takes over what the book cannot absorb
DIRECTIONAL = "Directional"  # the desk and the kind of positions held for their price
# What befalls customers who trade on margin, beside variation margin and funding.
ON_MARGIN = ("Leverage", "Collateral", "Liquidation", BACKSTOP, "Deleveraging", "Insurance")
SOCIALISED = "SocialisedLoss"
# What is left of money spent on these stands in the books at cost.
AT_COST = ("Ventures", "Acquisitions")
SEIZURE = "Seizure"  # tokens sold for a customer, against the dollars that they bring
FREE, PLEDGED = "Free", "Pledged"  # what retail's tokens are: as they came, or set aside


@dataclass(frozen=True, slots=True)
class Parties:
    """Who keeps books, by role."""

    house: str
    maker: str
    lead: str
    retail: str
    other_makers: str
    firms: tuple[str, ...]
    providers: tuple[str, ...] = ()  # of the backstop; none where nobody trades on margin
    lenders: tuple[str, ...] = ()  # to the maker
    investors: str | None = None  # who buys shares of the house
    counterparties: tuple[str, ...] = ()  # whom the group pays, and who are nothing else
    directional: str | None = None  # who holds positions for their price: the maker, or nobody
    arbitrageurs: str | None = None  # who trade the maker's pools, where it has any

    def roles(self) -> Iterator[tuple[str, str]]:
        """Yield each role with who plays it, as the books record it."""
        for role in ("house", "maker", "lead", "retail", "other_makers"):
            yield role, getattr(self, role)
        yield from (("firm", firm) for firm in self.firms)
        yield from (("provider", provider) for provider in self.providers)
        yield from (("lender", lender) for lender in self.lenders)
        yield from (("investors", name) for name in (self.investors,) if name)
        yield from (("counterparty", counterparty) for counterparty in self.counterparties)
        yield from (("directional", name) for name in (self.directional,) if name)
        yield from (("arbitrageurs", name) for name in (self.arbitrageurs,) if name)

    @property
    def outside_providers(self) -> tuple[str, ...]:
        """Return the backstop providers that are nothing else."""
        return tuple(name for name in self.providers if name != self.maker)

    @property
    def backstops(self) -> tuple[str, ...]:
        """Return by provider who holds what it takes over: the maker's is a desk of its own."""
        return tuple(
            f"{name}:{BACKSTOP}" if name == self.maker else name for name in self.providers
        )

    @property
    def desks(self) -> tuple[str, ...]:
        """Return the maker's desks beside its first, each with positions of its own."""
        backstops = (name for name in self.backstops if ":" in name)
        directional = (f"{name}:{DIRECTIONAL}" for name in (self.directional,) if name)
        return (*backstops, *directional)

    @property
    def holders(self) -> tuple[str, ...]:
        """Return whoever may hold a position: everybody, then desks beside their first."""
        return (*self.names, *self.desks)

    @property
    def names(self) -> tuple[str, ...]:
        """Return everybody, in the order in which the books list them."""
        members = (self.maker, *self.firms, self.retail, self.other_makers)
        traders = (self.house, *members, *self.outside_providers, self.lead, OUTSIDE)
        arbitrageurs = (name for name in (self.arbitrageurs,) if name)
        return (*traders, *self.financiers, *self.counterparties, *arbitrageurs)

    @property
    def financiers(self) -> tuple[str, ...]:
        """Return who brings money to the group without being its customer."""
        return (*self.lenders, *(name for name in (self.investors,) if name))

    @property
    def group(self) -> tuple[str, str]:
        """Return the house group: the exchange and its captive maker."""
        return (self.house, self.maker)

    @property
    def house_customers(self) -> tuple[str, ...]:
        """Return who has an account on the house venue."""
        others = (*self.firms, self.retail, self.other_makers, *self.outside_providers)
        return (self.maker, *others)

    @property
    def hedgers(self) -> tuple[str, ...]:
        """Return who trades on both venues."""
        return (self.maker, *self.firms)

    @property
    def lead_customers(self) -> tuple[str, ...]:
        """Return who has an account on the lead venue."""
        return (*self.hedgers, *self.outside_providers, OUTSIDE)


def books_of(holder: str) -> str:
    """Return in whose books a position stands: a desk's in those of its entity."""
    return holder.partition(":")[0]


def cash(entity: str) -> str:
    """Money that is really there."""
    return f"Assets:{entity}:Cash"


def claim(entity: str, venue: str) -> str:
    """What the venue owes *entity*, in the books of *entity*."""
    return f"Assets:{entity}:Claims:{venue}"


def owed(venue: str, entity: str) -> str:
    """What the venue owes *entity*, in the books of the venue."""
    return f"Liabilities:{venue}:Customers:{entity}"


def contracts(entity: str, venue: str, desk: str | None = None) -> str:
    """Open positions of one desk of *entity*."""
    return f"Assets:{entity}:Contracts:{venue}" + (f":{desk}" if desk else "")


def income(entity: str, kind: str) -> str:
    """Results of one kind; a gain is negative."""
    return f"Income:{entity}:{kind}"


def expense(entity: str, kind: str) -> str:
    """Costs of one kind."""
    return f"Expenses:{entity}:{kind}"


def opening(entity: str) -> str:
    """What an entity had on the first day."""
    return f"Equity:{entity}:Opening"


def pool(venue: str, kind: str) -> str:
    """What losers pay in and winners draw; empty after every settlement."""
    return f"Liabilities:{venue}:{kind}"


def loan(lender: str, borrower: str) -> str:
    """What a lender outside the group is owed, in its books."""
    return f"Assets:{lender}:Loans:{borrower}"


def debt(borrower: str, lender: str) -> str:
    """The same in the books of the borrower."""
    return f"Liabilities:{borrower}:Loans:{lender}"


def shares(holder: str, issuer: str) -> str:
    """What was paid for shares, in the books of who holds them."""
    return f"Assets:{holder}:Shares:{issuer}"


def issued(issuer: str, holder: str) -> str:
    """The same in the books of who sold them."""
    return f"Equity:{issuer}:Shares:{holder}"


def tokens(holder: str, token: str) -> str:
    """Units of a token."""
    return f"Assets:{holder}:Tokens:{token}"


def paid_for_tokens(holder: str, token: str) -> str:
    """Where tokens and what was paid for them meet, each balancing by itself."""
    return f"Equity:{holder}:Tokens:{token}"


def in_pool(holder: str, token: str) -> str:
    """Dollars in a pool, beside a token."""
    return f"Assets:{holder}:{POOLS}:{token}"


def pooled(holder: str, token: str) -> str:
    """Units of a token in a pool: tokens like others, which dollars are not."""
    return f"Assets:{holder}:Tokens:Pool:{token}"


def custody(venue: str) -> str:
    """Tokens that a venue holds for customers, in kind."""
    return f"Assets:{venue}:Tokens"


def owed_in_kind(venue: str, entity: str, state: str | None = None) -> str:
    """Tokens that the venue owes *entity*, in the books of the venue."""
    return f"Liabilities:{venue}:Tokens:{entity}" + (f":{state}" if state else "")


def claim_in_kind(entity: str, venue: str, state: str | None = None) -> str:
    """Tokens that the venue owes *entity*, in the books of *entity*."""
    return f"Assets:{entity}:Tokens:{venue}" + (f":{state}" if state else "")


def exchanged(entity: str, kind: str) -> str:
    """Tokens given for dollars, and the dollars: each commodity balances by itself."""
    return f"Equity:{entity}:{kind}"


def lent(venue: str, borrower: str) -> str:
    """The credit line, in the books of the venue."""
    return f"Assets:{venue}:CreditLine:{borrower}"


def borrowed(borrower: str, venue: str) -> str:
    """The credit line, in the books of the borrower."""
    return f"Liabilities:{borrower}:CreditLine:{venue}"


@dataclass(frozen=True, slots=True)
class Spending:
    """That one party pays another for something other than trading, and the accounts of both."""

    payer: str
    kind: str
    to: str

    @property
    def spent(self) -> str:
        """Where the payer books it: as a cost, or at cost."""
        if self.kind in AT_COST:
            return f"Assets:{self.payer}:{self.kind}:{self.to}"
        return expense(self.payer, self.kind)

    @property
    def received(self) -> str:
        """Where the other books it: as income, or as money put into it."""
        if self.kind in AT_COST:
            return f"Equity:{self.to}:{self.kind}:{self.payer}"
        return income(self.to, self.kind)


@dataclass(frozen=True, slots=True)
class Token:
    """A commodity that is held for its price, in whole units."""

    name: str
    issuer: str  # whose it is before the maker has it: the house's, if it is the group's own
    is_pooled: bool = False  # whether the maker may have a pool of it


@dataclass(frozen=True, slots=True)
class Opened:
    """One line of the chart."""

    account: str
    commodities: tuple[str, ...]
    hole: str | None = None
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """All accounts of one world, with the contracts that trade in it."""

    parties: Parties
    contracts: tuple[Contract, ...]
    spendings: tuple[Spending, ...] = ()
    tokens: tuple[Token, ...] = ()  # that the group holds for their price
    collateral: tuple[CollateralToken, ...] = ()  # that customers on margin bring beside cash

    @property
    def quantities(self) -> dict[str, Scale]:
        """Return how each commodity but money is counted."""
        held = {token.name: Scale.of("1") for token in self.tokens}
        brought = {token.commodity: token.contract.quantity for token in self.collateral}
        return {c.commodity: c.quantity for c in self.contracts} | held | brought

    def desk(self, holder: str) -> str | None:
        """Name the desk that holds a position: of the maker's, some have a name of their own."""
        _, _, desk = holder.partition(":")
        return desk or ("Quoter" if holder == self.parties.maker else None)

    def kind(self, holder: str, kind: str) -> str:
        """Return the kind of a holder's result: all that a backstop's position brings is its own.

        Or its losses would hide among the quoter's; and so would the directional book's. What a
        backstop bears of others' debts it bears as a customer, whatever its position.
        """
        if holder.endswith(f":{DIRECTIONAL}"):
            return DIRECTIONAL
        backs = holder in self.parties.backstops and kind != SOCIALISED
        return BACKSTOP if backs else kind

    def commodities(self, venue: str) -> tuple[str, ...]:
        """Return the contracts of one venue."""
        return tuple(c.commodity for c in self.contracts if c.venue == venue)

    def accounts(self) -> Iterator[tuple[str, list[Opened]]]:
        """Yield a heading for each set of books, and the accounts in it."""
        p = self.parties
        yield f"{p.house}, the exchange", list(self._house())
        yield f"{p.maker}, the captive maker", list(self._maker())
        for firm in p.firms:
            yield f"{firm}, a trading firm", list(self._firm(firm))
        yield (
            f"{p.retail}, a control account: single customers are named in metadata and fills",
            list(self._retail()),
        )
        yield f"{p.other_makers}, who trade among themselves", list(self._other_makers())
        for provider in p.outside_providers:
            yield f"{provider}, a backstop provider", list(self._provider(provider))
        yield f"{p.lead}, the lead venue", list(self._lead())
        yield f"{OUTSIDE}, everybody else who trades there", list(self._outside())
        for lender in p.lenders:
            yield f"{lender}, a lender", list(self._lender(lender))
        if p.investors:
            yield f"{p.investors}, who buy shares of {p.house}", list(self._investors(p.investors))
        for name in p.counterparties:
            yield f"{name}, whom the group pays", list(self._paid(name))
        if p.arbitrageurs:
            yield (
                f"{p.arbitrageurs}, who trade pools to the price elsewhere",
                list(self._arbitrageurs(p.arbitrageurs)),
            )

    def _house(self) -> Iterator[Opened]:
        p = self.parties
        yield _money(cash(p.house), "liquid")
        yield _money(lent(p.house, p.maker), "group")
        yield _money(owed(p.house, p.maker), "group")
        for customer in p.house_customers:
            if customer != p.maker:
                yield _money(owed(p.house, customer), "claim")
        for kind in ("VariationMargin", "Funding"):
            yield _money(
                pool(p.house, kind), "cause", "what some pay in, others draw; zero once settled"
            )
        yield from self._in_kind_at_house()
        yield _money(income(p.house, "Fees"), "cause")
        yield _money(
            expense(p.house, "GapLoss"), "cause", "debts of customers whose margin did not suffice"
        )
        if p.providers:
            yield _money(
                pool(p.house, "Insurance"), "cause", "what is left of the liquidated, for debts"
            )
            yield _money(
                pool(p.house, SOCIALISED), "cause", "debts that customers bear; zero once settled"
            )
        if p.investors:
            yield _money(issued(p.house, p.investors), "cause", "what shares were sold for")
        yield from self._spent(p.house)
        yield from self._tokens(p.house, "cause")
        yield self._opening(p.house, "cause")

    def _in_kind_at_house(self) -> Iterator[Opened]:
        p = self.parties
        if self.collateral:
            yield self._in_kind(custody(p.house), IN_KIND, "held in kind, for whom it is owed to")
            for owner, state in ((p.retail, FREE), (p.retail, PLEDGED), (p.other_makers, None)):
                yield self._in_kind(
                    owed_in_kind(p.house, owner, state),
                    IN_KIND,
                    "owed in kind and held in kind: no part of the hole, which is in dollars",
                )

    def _in_kind(self, account: str, hole: str | None = None, about: str | None = None) -> Opened:
        return Opened(account, tuple(token.commodity for token in self.collateral), hole, about)

    def _tokens_and_money(self, account: str, about: str | None = None) -> Opened:
        commodities = (MONEY, *(token.commodity for token in self.collateral))
        return Opened(account, commodities, about=about)

    def _seized(self, customer: str) -> Iterator[Opened]:
        """Open what tokens are exchanged in, where anybody has such."""
        if self.collateral:
            about = "tokens sold for whoever lacks margin, and the dollars paid for them"
            yield self._tokens_and_money(exchanged(customer, SEIZURE), about)

    def _maker(self) -> Iterator[Opened]:
        p = self.parties
        yield _money(cash(p.maker), "liquid")
        yield _money(claim(p.maker, p.lead), "liquid")
        yield _money(claim(p.maker, p.house), "group")
        yield _money(borrowed(p.maker, p.house), "group")
        for holder in (p.maker, *p.desks):
            for venue in (p.house, p.lead) if self.desk(holder) != DIRECTIONAL else (p.lead,):
                yield Opened(contracts(p.maker, venue, self.desk(holder)), self.commodities(venue))
        yield _money(
            income(p.maker, "PickOff"), "cause", "quotes hit because they were stale; a loss is > 0"
        )
        yield _money(income(p.maker, "Spread"), "cause", "quotes hit for any other reason")
        for kind in ("VariationMargin", "Funding", "GapLoss"):
            yield _money(income(p.maker, kind), "cause")
        for kind in LEAD_QUOTING:
            yield _money(income(p.maker, kind), "cause", f"of its quotes on {p.lead}, if any")
        yield _money(expense(p.maker, "Hedging"), "cause")
        if p.providers:
            yield _money(
                income(p.maker, "Liquidation"), "cause", "quotes hit by forced orders of customers"
            )
        if p.maker in p.providers:
            yield _money(
                income(p.maker, BACKSTOP), "cause", "of all that it took over; a loss is > 0"
            )
            yield _money(expense(p.maker, BACKSTOP), "cause", "of laying off what it took over")
        if p.directional:
            about = "of positions held for their price; a loss is > 0"
            yield _money(income(p.maker, DIRECTIONAL), "cause", about)
            yield _money(expense(p.maker, DIRECTIONAL), "cause", "of buying and selling them")
        for lender in p.lenders:
            yield _money(debt(p.maker, lender), "cause", "callable on demand")
        if p.lenders:
            yield _money(expense(p.maker, "Interest"), "cause")
        yield from self._spent(p.maker)
        yield from self._tokens(p.maker, "cause")
        yield from self._pools(p.maker)
        yield self._opening(p.maker, "cause")

    def _firm(self, firm: str) -> Iterator[Opened]:
        p = self.parties
        yield _money(cash(firm))
        yield from (_money(claim(firm, venue)) for venue in (p.house, p.lead))
        for venue in (p.house, p.lead):
            yield Opened(contracts(firm, venue), self.commodities(venue))
        for kind in ("PickOff", *LEAD_QUOTING, "VariationMargin", "Funding", "GapLoss"):
            yield _money(income(firm, kind))
        yield from self._socialised(firm)
        yield from (_money(expense(firm, kind)) for kind in ("Fees", "LeadFees", "Hedging"))
        yield _money(opening(firm))

    def _retail(self) -> Iterator[Opened]:
        p = self.parties
        yield _money(cash(p.retail))
        yield _money(claim(p.retail, p.house))
        yield Opened(contracts(p.retail, p.house), self.commodities(p.house))
        for kind in ("Spread", "VariationMargin", "Funding", "GapLoss"):
            yield _money(income(p.retail, kind))
        if p.providers:
            yield from (_money(income(p.retail, kind)) for kind in ON_MARGIN)
        yield from self._socialised(p.retail)
        for state in (FREE, PLEDGED) if self.collateral else ():
            yield self._in_kind(claim_in_kind(p.retail, p.house, state))
        yield from self._seized(p.retail)
        yield _money(expense(p.retail, "Fees"))
        yield self._tokens_and_money(opening(p.retail))

    def _other_makers(self) -> Iterator[Opened]:
        p = self.parties
        yield _money(cash(p.other_makers))
        yield _money(claim(p.other_makers, p.house))
        if p.providers:
            yield Opened(contracts(p.other_makers, p.house), self.commodities(p.house))
            for kind in ("Leverage", "Liquidation", "Deleveraging"):
                yield _money(income(p.other_makers, kind))
            for kind in ("VariationMargin", "Funding", "GapLoss"):
                yield _money(income(p.other_makers, kind))
        yield from self._socialised(p.other_makers)
        if self.collateral:
            yield self._in_kind(claim_in_kind(p.other_makers, p.house))
        yield from self._seized(p.other_makers)
        yield _money(expense(p.other_makers, "Fees"))
        yield _money(opening(p.other_makers))

    def _provider(self, provider: str) -> Iterator[Opened]:
        p = self.parties
        yield _money(cash(provider))
        for venue in (p.house, p.lead):
            yield _money(claim(provider, venue))
            yield Opened(contracts(provider, venue), self.commodities(venue))
        yield from (_money(income(provider, kind)) for kind in (BACKSTOP, "GapLoss"))
        yield from self._socialised(provider)
        yield _money(expense(provider, BACKSTOP))
        yield _money(opening(provider))

    def _socialised(self, customer: str) -> Iterator[Opened]:
        """Open what a customer bears of others' debts, where anybody can have such."""
        if self.parties.providers:
            yield _money(income(customer, SOCIALISED))

    def _lead(self) -> Iterator[Opened]:
        p = self.parties
        yield _money(cash(p.lead))
        yield from (_money(owed(p.lead, customer)) for customer in p.lead_customers)
        yield _money(income(p.lead, "Fees"))
        yield _money(expense(p.lead, "GapLoss"))
        yield _money(opening(p.lead))

    def _outside(self) -> Iterator[Opened]:
        p = self.parties
        yield _money(claim(OUTSIDE, p.lead))
        yield Opened(contracts(OUTSIDE, p.lead), self.commodities(p.lead))
        for kind in ("Hedging", *LEAD_QUOTING, "VariationMargin", "Funding", "GapLoss"):
            yield _money(income(OUTSIDE, kind))
        paid = list(self._received(OUTSIDE))
        if paid or self._tokens_of(OUTSIDE):
            yield _money(cash(OUTSIDE))
        yield from paid
        yield from self._tokens(OUTSIDE)
        yield self._opening(OUTSIDE)

    def _lender(self, lender: str) -> Iterator[Opened]:
        yield _money(cash(lender))
        yield _money(loan(lender, self.parties.maker))
        yield _money(income(lender, "Interest"))
        yield _money(opening(lender))

    def _investors(self, investors: str) -> Iterator[Opened]:
        yield _money(cash(investors))
        yield _money(shares(investors, self.parties.house))
        yield _money(opening(investors))

    def _paid(self, counterparty: str) -> Iterator[Opened]:
        yield _money(cash(counterparty))
        yield from self._received(counterparty)
        yield _money(opening(counterparty))

    def _arbitrageurs(self, arbitrageurs: str) -> Iterator[Opened]:
        yield _money(cash(arbitrageurs))
        yield _money(income(arbitrageurs, POOLS))
        yield _money(opening(arbitrageurs))

    def _pools(self, maker: str) -> Iterator[Opened]:
        pools = [token.name for token in self.tokens if token.is_pooled]
        for name in pools:
            about = "dollars in a pool: liquid, since they can be taken out at once"
            yield _money(in_pool(maker, name), "liquid", about)
            yield Opened(pooled(maker, name), (name,), "cause")
        if pools:
            yield _money(income(maker, POOLS), "cause", "fees of those who trade with its pools")

    def _spent(self, payer: str) -> Iterator[Opened]:
        """Open what a party of the group pays for, each account once."""
        spent = {each.spent: each.kind for each in self.spendings if each.payer == payer}
        for account, kind in spent.items():
            yield _money(account, "cause", "at cost" if kind in AT_COST else None)

    def _received(self, receiver: str) -> Iterator[Opened]:
        received = dict.fromkeys(e.received for e in self.spendings if e.to == receiver)
        yield from map(_money, received)

    def _tokens(self, holder: str, hole: str | None = None) -> Iterator[Opened]:
        """Open the tokens that a party may come to hold: the maker all, an issuer its own.

        What arbitrageurs take out of pools they sell to the rest of the world.
        """
        about = "what was paid for them, in dollars, against the tokens received"
        for name in self._tokens_of(holder):
            yield Opened(tokens(holder, name), (name,), hole)
            yield Opened(paid_for_tokens(holder, name), (name, MONEY), hole, about)

    def _tokens_of(self, holder: str) -> tuple[str, ...]:
        is_maker = holder == self.parties.maker
        return tuple(t.name for t in self.tokens if is_maker or holder in _first_holders(t))

    def _opening(self, holder: str, hole: str | None = None) -> Opened:
        had_here = (token.name for token in self.tokens if holder in _first_holders(token))
        return Opened(opening(holder), (MONEY, *had_here), hole)


def _first_holders(token: Token) -> tuple[str, ...]:
    """Return who has units of a token on the first day."""
    return (token.issuer, OUTSIDE) if token.is_pooled else (token.issuer,)


def _money(account: str, hole: str | None = None, about: str | None = None) -> Opened:
    return Opened(account, (MONEY,), hole, about)
