"""The chart of accounts: ``Root : whose books : kind : with whom``.

The kind is the cause; nothing else says why money moved. Every account of the house group is
opened with the part it plays in the definition of the hole, so that the definition can be read
and disputed where it stands:

    hole = -sum(claim) - sum(liquid) = +sum(cause),   and sum(group) = 0

What is held in kind and owed in kind (in-kind) plays none: it is there, whatever the price.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ledger.money import Contract, Scale, Token
from ledger.transaction import MONEY

OUTSIDE = "Outside"  # the rest of the world
IN_KIND = "in-kind"  # plays no part in the hole: tokens that are held for whom they are owed to
# What quotes on the lead venue earn from whoever knows nothing, and lose to whoever is faster.
LEAD_QUOTING = ("LeadSpread", "LeadPickOff")
BACKSTOP = "Backstop"  # the desk and the kind of whoever takes over what the book cannot absorb
# What befalls customers who trade on margin, beside variation margin and funding.
ON_MARGIN = ("Leverage", "Collateral", "Liquidation", BACKSTOP, "Deleveraging", "Insurance")
SOCIALISED = "SocialisedLoss"
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

    def roles(self) -> Iterator[tuple[str, str]]:
        """Yield each role with who plays it, as the books record it."""
        for role in ("house", "maker", "lead", "retail", "other_makers"):
            yield role, getattr(self, role)
        yield from (("firm", firm) for firm in self.firms)
        yield from (("provider", provider) for provider in self.providers)

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
    def holders(self) -> tuple[str, ...]:
        """Return whoever may hold a position: everybody, then desks beside their first."""
        return (*self.names, *(name for name in self.backstops if ":" in name))

    @property
    def names(self) -> tuple[str, ...]:
        """Return everybody, in the order in which the books list them."""
        members = (self.maker, *self.firms, self.retail, self.other_makers)
        return (self.house, *members, *self.outside_providers, self.lead, OUTSIDE)

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
    tokens: tuple[Token, ...] = ()  # that customers on margin bring; none: they bring cash

    @property
    def quantities(self) -> dict[str, Scale]:
        """Return how each commodity but money is counted."""
        by_token = {token.commodity: token.contract.quantity for token in self.tokens}
        return {c.commodity: c.quantity for c in self.contracts} | by_token

    def desk(self, holder: str) -> str | None:
        """Name the desk that holds a position: the maker's backstop has one of its own."""
        _, _, desk = holder.partition(":")
        return desk or ("Quoter" if holder == self.parties.maker else None)

    def kind(self, holder: str, kind: str) -> str:
        """Return the kind of a holder's result: all that a backstop's position brings is its own.

        Or its losses would hide among the quoter's. What it bears of others' debts it bears as a
        customer, whatever its position.
        """
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
        yield _money(opening(p.house), "cause")

    def _in_kind_at_house(self) -> Iterator[Opened]:
        p = self.parties
        if self.tokens:
            yield self._tokens(custody(p.house), IN_KIND, "held in kind, for whom it is owed to")
            for owner, state in ((p.retail, FREE), (p.retail, PLEDGED), (p.other_makers, None)):
                yield self._tokens(
                    owed_in_kind(p.house, owner, state),
                    IN_KIND,
                    "owed in kind and held in kind: no part of the hole, which is in dollars",
                )

    def _tokens(self, account: str, hole: str | None = None, about: str | None = None) -> Opened:
        return Opened(account, tuple(token.commodity for token in self.tokens), hole, about)

    def _tokens_and_money(self, account: str, about: str | None = None) -> Opened:
        commodities = (MONEY, *(token.commodity for token in self.tokens))
        return Opened(account, commodities, about=about)

    def _seized(self, customer: str) -> Iterator[Opened]:
        """Open what tokens are exchanged in, where anybody has such."""
        if self.tokens:
            about = "tokens sold for whoever lacks margin, and the dollars paid for them"
            yield self._tokens_and_money(exchanged(customer, SEIZURE), about)

    def _maker(self) -> Iterator[Opened]:
        p = self.parties
        yield _money(cash(p.maker), "liquid")
        yield _money(claim(p.maker, p.lead), "liquid")
        yield _money(claim(p.maker, p.house), "group")
        yield _money(borrowed(p.maker, p.house), "group")
        for holder in (p.maker, *(name for name in p.backstops if books_of(name) == p.maker)):
            for venue in (p.house, p.lead):
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
        yield _money(opening(p.maker), "cause")

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
        for state in (FREE, PLEDGED) if self.tokens else ():
            yield self._tokens(claim_in_kind(p.retail, p.house, state))
        yield from self._seized(p.retail)
        yield _money(expense(p.retail, "Fees"))
        yield self._tokens_and_money(opening(p.retail))

    def _other_makers(self) -> Iterator[Opened]:
        p = self.parties
        yield _money(claim(p.other_makers, p.house))
        if p.providers:
            yield Opened(contracts(p.other_makers, p.house), self.commodities(p.house))
            for kind in ("Leverage", "Liquidation", "Deleveraging"):
                yield _money(income(p.other_makers, kind))
            for kind in ("VariationMargin", "Funding", "GapLoss"):
                yield _money(income(p.other_makers, kind))
        yield from self._socialised(p.other_makers)
        if self.tokens:
            yield self._tokens(claim_in_kind(p.other_makers, p.house))
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
        yield _money(opening(OUTSIDE))


def _money(account: str, hole: str | None = None, about: str | None = None) -> Opened:
    return Opened(account, (MONEY,), hole, about)
