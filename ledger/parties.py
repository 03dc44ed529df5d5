"""The parties that keep books, by role, and the maker's separate desks."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ledger.kinds import Kind

OUTSIDE = "Outside"  # all traders who have no other role
ARBITRAGEURS = "Arbitrageurs"  # traders who move the price of a pool to the lead price


@dataclass(frozen=True)  # no slots, since a class with slots can't have cached properties
class Parties:
    """The parties that keep books, by role."""

    house: str
    maker: str
    lead: str
    retail: str
    other_makers: str
    firms: tuple[str, ...]
    providers: tuple[str, ...] = ()  # backstop providers, if customers trade on margin
    lenders: tuple[str, ...] = ()  # lenders to the maker
    investors: str | None = None  # investors in the house's shares
    counterparties: tuple[str, ...] = ()  # parties without another role, paid by the group
    directional: str | None = None  # the maker, if it has a directional book
    arbitrageurs: str | None = None  # arbitrageurs of the maker's pools, if there are pools
    borrowers: tuple[str, ...] = ()  # borrowers from the house against tokens
    dealers: str | None = None  # dealers in coins, if the maker or customers may own coins
    agent: str | None = None  # the maker, if it receives deposits for the house
    netted: str | None = None  # the other makers, if customers' trades with them are booked net

    def roles(self) -> Iterator[tuple[str, str]]:
        """Yield (role, party) in the order in which the books name the roles."""
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
        yield from (("netted", name) for name in (self.netted,) if name)

    @cached_property
    def outside_providers(self) -> tuple[str, ...]:
        """Return the backstop providers other than the maker."""
        return tuple(name for name in self.providers if name != self.maker)

    @property
    def backstops(self) -> tuple[str, ...]:
        """Return, for each backstop provider, the holder of the positions that it takes over.

        If the provider is the maker, the holder is a separate desk of the maker.
        """
        return tuple(
            f"{name}:{Kind.BACKSTOP}" if name == self.maker else name for name in self.providers
        )

    @property
    def desks(self) -> tuple[str, ...]:
        """Return the maker's separate desks, each with positions of its own."""
        backstops = (name for name in self.backstops if ":" in name)
        directional = (f"{name}:{Kind.DIRECTIONAL}" for name in (self.directional,) if name)
        return (*backstops, *directional)

    @cached_property
    def holders(self) -> tuple[str, ...]:
        """Return all holders of positions: all parties, then the maker's separate desks."""
        return (*self.names, *self.desks)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return all parties, in the order of the books."""
        members = (self.maker, *self.firms, self.retail, self.other_makers)
        traders = (self.house, *members, *self.outside_providers, self.lead, OUTSIDE)
        arbitrageurs = (name for name in (self.arbitrageurs,) if name)
        others = (*self.financiers, *self.counterparties, *arbitrageurs)
        dealers = (name for name in (self.dealers,) if name)
        return (*traders, *others, *self.borrowers, *dealers)

    @property
    def financiers(self) -> tuple[str, ...]:
        """Return the parties that finance the group but are not its customers."""
        return (*self.lenders, *(name for name in (self.investors,) if name))

    @property
    def group(self) -> tuple[str, str]:
        """Return the house group: the exchange and its captive maker."""
        return (self.house, self.maker)

    @cached_property
    def house_customers(self) -> tuple[str, ...]:
        """Return the parties with an account on the house venue."""
        others = (*self.firms, self.retail, self.other_makers, *self.outside_providers)
        return (self.maker, *others, *self.borrowers)

    @property
    def hedgers(self) -> tuple[str, ...]:
        """Return the captive maker and the firms. They trade on both venues."""
        return (self.maker, *self.firms)

    @property
    def lead_customers(self) -> tuple[str, ...]:
        """Return the parties with an account on the lead venue."""
        return (*self.hedgers, *self.outside_providers, OUTSIDE)


def books_of(holder: str) -> str:
    """Return the entity whose books have a holder's positions.

    A desk's positions are in the books of its owner. All other positions are in the holder's own
    books.
    """
    return holder.partition(":")[0]
