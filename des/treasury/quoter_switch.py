"""Decides whether the captive maker quotes on the house, and how much of its size it displays."""

from datetime import date

from des.clock import midnight_us
from des.custody.custody import HALTED, Custody
from des.treasury.purse import Purse
from des.treasury.review import MonthlyReview
from ledger.journal import Journal
from ledger.parties import Parties


class QuoterSwitch:
    """The switch that turns the maker's quotes on and off at settlements."""

    def __init__(
        self,
        off_on: date | None,
        parties: Parties,
        custody: Custody,
        purse: Purse,
        review: MonthlyReview,
        journal: Journal,
    ) -> None:
        """Start with quotes turned on.

        Args:
            off_on: the first day without quotes. None: the scenario has no such day.
            parties: all parties that keep books, by role.
            custody: states whether the house has halted.
            purse: the maker's purse.
            review: decides which share of its full size the maker displays.
            journal: records when quotes end and when they begin again.
        """
        self._off_us = midnight_us(off_on) if off_on else None
        self._parties, self._custody, self._purse = parties, custody, purse
        self._review, self._journal = review, journal
        self._most_shown = 0.0  # the largest share displayed this month
        self.is_on = True

    @property
    def wanted(self) -> float:
        """Return the share of the full size that the maker wants to display if quotes are on."""
        return self._review.house_share

    @property
    def lead_quote_cents(self) -> int:
        """Return the maker's displayed size on the lead venue, in cents per market and side."""
        return self._review.lead_quote_cents

    @property
    def house_is_open(self) -> bool:
        """Tell whether the house still trades. It does not trade after a halt."""
        return self._custody.status[self._parties.house] != HALTED

    @property
    def shows(self) -> float:
        """Return the share of the full size that the maker displays, or 0 if quotes are off."""
        return self.wanted if self.is_on else 0.0

    def begin_month(self, now_us: int) -> None:
        """Review the past month, and begin to record the largest displayed share of a new month."""
        self._review.begin_month(now_us, self._most_shown)
        self._most_shown = 0.0

    def look(self, now_us: int) -> None:
        """Turn quotes on or off, and record a change.

        Quotes are on if four conditions are met: the review wants quotes, the maker has money or
        credit for a loss, the first day without quotes is not reached, and the house has not
        halted.
        """
        able = self._purse.may_quote(now_us)
        able = able and self.wanted > 0
        able = able and (self._off_us is None or now_us < self._off_us)
        able = able and self.house_is_open
        if able != self.is_on:
            self.is_on = able
            name = f"{self._parties.maker}:quoter"
            self._journal.event(now_us, name, "on" if able else "off")
        self._most_shown = max(self._most_shown, self.shows)
