"""Who keeps books: each party by its role, and the desks of those that hold more than one."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ledger.kinds import Kind

OUTSIDE = "Outside"  # the rest of the world
ARBITRAGEURS = "Arbitrageurs"  # who trade pools to the price elsewhere


@dataclass(frozen=True)  # without slots: lists that are asked for at every step are kept
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
    borrowers: tuple[str, ...] = ()  # of dollars from the house, against tokens
    dealers: str | None = None  # who sells the maker coins and buys them, where it has a portfolio
    agent: str | None = None  # who takes in customers' dollars for the house: the maker, or nobody

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
        yield from (("borrower", borrower) for borrower in self.borrowers)
        yield from (("dealers", name) for name in (self.dealers,) if name)
        yield from (("agent", name) for name in (self.agent,) if name)

    @cached_property
    def outside_providers(self) -> tuple[str, ...]:
        """Return the backstop providers that are nothing else."""
        return tuple(name for name in self.providers if name != self.maker)

    @property
    def backstops(self) -> tuple[str, ...]:
        """Return by provider who holds what it takes over: the maker's is a desk of its own."""
        return tuple(
            f"{name}:{Kind.BACKSTOP}" if name == self.maker else name for name in self.providers
        )

    @property
    def desks(self) -> tuple[str, ...]:
        """Return the maker's desks beside its first, each with positions of its own."""
        backstops = (name for name in self.backstops if ":" in name)
        directional = (f"{name}:{Kind.DIRECTIONAL}" for name in (self.directional,) if name)
        return (*backstops, *directional)

    @cached_property
    def holders(self) -> tuple[str, ...]:
        """Return whoever may hold a position: everybody, then desks beside their first."""
        return (*self.names, *self.desks)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return everybody, in the order in which the books list them."""
        members = (self.maker, *self.firms, self.retail, self.other_makers)
        traders = (self.house, *members, *self.outside_providers, self.lead, OUTSIDE)
        arbitrageurs = (name for name in (self.arbitrageurs,) if name)
        others = (*self.financiers, *self.counterparties, *arbitrageurs)
        dealers = (name for name in (self.dealers,) if name)
        return (*traders, *others, *self.borrowers, *dealers)

    @property
    def financiers(self) -> tuple[str, ...]:
        """Return who brings money to the group without being its customer."""
        return (*self.lenders, *(name for name in (self.investors,) if name))

    @property
    def group(self) -> tuple[str, str]:
        """Return the house group: the exchange and its captive maker."""
        return (self.house, self.maker)

    @cached_property
    def house_customers(self) -> tuple[str, ...]:
        """Return who has an account on the house venue."""
        others = (*self.firms, self.retail, self.other_makers, *self.outside_providers)
        return (self.maker, *others, *self.borrowers)

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
