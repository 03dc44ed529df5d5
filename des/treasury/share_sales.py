"""Sales of the house's shares to investors, on the days of the scenario's funding rounds."""

from collections.abc import Sequence

from des.custody.custody import Custody
from des.scenario import Round
from des.treasury.appraiser import Appraiser
from ledger import financing
from ledger.journal import Journal
from ledger.money import dollars, to_cents
from ledger.notes import RoundValuation
from ledger.parties import Parties
from ledger.times import day_of


class ShareSales:
    """Sells shares to investors, and notes the valuation of each funding round."""

    def __init__(
        self,
        rounds: Sequence[Round],
        parties: Parties,
        custody: Custody,
        appraiser: Appraiser | None,
        journal: Journal,
    ) -> None:
        """Start without sales.

        Args:
            rounds: the scenario's funding rounds.
            parties: all parties that keep books, by role.
            custody: moves the cash.
            appraiser: notes its own values of the shares at each round. None: no such notes.
            journal: records the valuation that the scenario states for each round.
        """
        self._rounds, self._parties, self._custody = rounds, parties, custody
        self._appraiser, self._journal = appraiser, journal

    def opening_cash(self) -> dict[str, int]:
        """Return the investors' opening cash in cents, by name.

        Without investors the result is empty.
        """
        investors = self._parties.investors
        return {investors: sum(to_cents(each.usd) for each in self._rounds)} if investors else {}

    def sell(self, time_us: int) -> None:
        """Carry out the day's funding rounds."""
        house, investors = self._parties.house, self._parties.investors
        for each in self._rounds:
            if investors is None or each.date != day_of(time_us):
                continue
            cents, code = to_cents(each.usd), self._parties.names.index
            entry = financing.equity_round(time_us, house, investors, cents, each.name)
            self._custody.pay(code(investors), code(house), cents, entry)
            valued_usd = dollars(to_cents(each.valuation_usd))
            self._journal.note(time_us, RoundValuation(each.name, dollars(cents), valued_usd))
            if self._appraiser:
                self._appraiser.note(time_us, each.name)
