"""The report on liquidations: the cascade, gains, backstops, debts, and sales of tokens."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from ledger.reports.days import calendar
from ledger.reports.dollars import ZERO, earned, spoken
from ledger.reports.liquidations.backstop_results import BackstopResult, backstop_results
from ledger.reports.liquidations.cascade import (
    BankruptDebts,
    CascadeHour,
    LiquidatedDay,
    LiquidationGain,
    bankrupt_debts,
    cascade,
    create_steps,
    liquidated_days,
    liquidation_gains,
)
from ledger.reports.liquidations.course import HOURLY_DAYS, Course, course, create_held
from ledger.reports.liquidations.on_margin import days_on_margin
from ledger.reports.liquidations.pledged_results import PledgedResult, pledged, pledged_table
from ledger.reports.liquidations.seized import SeizedToken, seized, seized_table
from ledger.reports.table import LaterTable, Table
from ledger.run_folder import RunFolder


@dataclass(frozen=True)
class Liquidations:
    """All liquidations of a run, and their results."""

    hours: tuple[CascadeHour, ...]
    days: tuple[LiquidatedDay, ...]
    gains: tuple[LiquidationGain, ...]
    backstops: tuple[BackstopResult, ...]  # empty if no customer trades on margin
    debts: BankruptDebts
    seized: tuple[SeizedToken, ...]  # empty if customers pledge no tokens
    pledged: tuple[PledgedResult, ...]  # empty if no customer borrows against tokens
    on_margin: frozenset[date]  # days on which customers have positions on margin
    run_days: int
    make_course: Callable[[], Course]

    @cached_property
    def course(self) -> Course:
        """The course of the run, computed at the first use."""
        return self.make_course()

    def answer(self) -> str:
        """State liquidated amounts, and the results of backstops and of loans against tokens."""
        sentences = []
        if self.backstops:
            liquidated = sum((day.liquidated_usd for day in self.days), ZERO)
            taken = sum((each.taken_usd for each in self.backstops), ZERO)
            result = sum((each.result_usd for each in self.backstops), ZERO)
            sentences.append(
                f"Customers' positions of {spoken(liquidated)} were liquidated. Backstops took "
                f"over {spoken(taken)} and {earned(result)} on these positions."
            )
            if len(self.on_margin) < self.run_days:
                sentences.append(
                    f"Customers have positions on margin on {len(self.on_margin):,} of the run's "
                    f"{self.run_days:,} days. Only on these days can such positions be liquidated."
                )
        if self.pledged:
            lost = sum((each.loss_usd for each in self.pledged), ZERO)
            sentences.append(
                f"On loans against thinly traded tokens the captive maker {earned(-lost)}."
            )
        return " ".join(sentences) or "No customer trades on margin in this run."

    def tables(self) -> list[Table]:
        """Return all tables of the report. The last table compares fills and general ledger."""
        return [
            _cascade_table(self),
            _days_table(self),
            _gains_table(self),
            _backstops_table(self),
            _debts_table(self.debts),
            *([seized_table(self.seized)] if self.seized else ()),
            *([pledged_table(self.pledged)] if self.pledged else ()),
            LaterTable("course", lambda: self.course.table(), has_rows=True),
            _check_table(self),
        ]


def liquidations(run: RunFolder) -> Liquidations:
    """Read liquidations and their results from the fills and the general ledger."""
    connection = run.connect()  # stays open, since `Liquidations.course` reads from it later
    create_steps(connection, run)
    create_held(connection, run)
    return Liquidations(
        cascade(connection),
        liquidated_days(connection),
        liquidation_gains(run),
        backstop_results(connection, run),
        bankrupt_debts(connection, run),
        seized(connection, run),
        pledged(run),
        days_on_margin(run),
        len(calendar(run)),
        lambda: course(connection, run),
    )


def _cascade_table(found: Liquidations) -> Table:
    notes = () if found.backstops else ("No customer trades on margin in this run.",)
    hours, order = found.hours, ""
    if found.run_days > HOURLY_DAYS:
        # Only the first rows are printed, and in a long run the first hours may have small amounts.
        hours = tuple(sorted(hours, key=lambda each: -each.liquidated_usd))
        order = ", the largest first"
    return Table.of(
        "cascade",
        f"The cascade: liquidations by hour{order}",
        ("hour", "accounts", "in_book_usd", "backstop_usd", "deleveraged_usd", "bankrupt"),
        hours,
        (
            "'Accounts' is the number of accounts that were liquidated in the order book or by "
            "backstops. 'Bankrupt' is the number of accounts whose debts the insurance fund or all "
            "customers paid. Amounts are at the lead price.",
            *notes,
        ),
    )


def _days_table(found: Liquidations) -> Table:
    return Table.of(
        "days",
        "Liquidations by day and market",
        ("day", "market", "in_book_usd", "backstop_usd", "deleveraged_usd", "liquidated_usd"),
        found.days,
    )


def _gains_table(found: Liquidations) -> Table:
    return Table.of(
        "gains",
        "Results of liquidations by party: gains are above zero, losses below zero",
        (
            "who",
            "in_book_usd",
            "backstop_usd",
            "deleveraging_usd",
            "insurance_usd",
            "socialised_usd",
            "unwinding_usd",
            "sum_usd",
        ),
        found.gains,
        (
            "'In book' is the result of forced orders in the order book, for the makers whose "
            "quotes are filled and for the liquidated customers. 'Backstop' is the result of "
            "takeovers. A backstop's gain at a takeover, measured at the lead price, is the "
            "liquidated customer's loss. A backstop's result also includes variation margin and "
            "funding of the positions. Customers' earlier losses (variation margin) are not "
            "included.",
        ),
    )


def _backstops_table(found: Liquidations) -> Table:
    return Table.of(
        "backstops",
        "The backstops: the positions that they took over, and their results",
        (
            "provider",
            "standing",
            "taken_usd",
            "discount_usd",
            "moves_usd",
            "unwinding_usd",
            "result_usd",
        ),
        found.backstops,
        (
            "The discount is the backstop's gain at the takeovers, measured at the lead price. "
            "`moves_usd` is variation margin and funding on both venues since the takeovers. "
            "`unwinding_usd` is the result of hedging the positions; a cost is below zero.",
        ),
    )


def _debts_table(debts: BankruptDebts) -> Table:
    return Table(
        "debts",
        "Debts of bankrupt accounts, and the parties that paid these debts",
        ("what", "usd"),
        [
            ("paid by the insurance fund", debts.by_fund_usd),
            ("taken over by backstops, with positions", debts.by_backstops_usd),
            ("borne by all customers", debts.by_customers_usd),
            ("received by the insurance fund from closed accounts", debts.left_to_fund_usd),
            ("in the insurance fund at the end", debts.fund_usd),
            *(("in the fund, as stated by the exchange", usd) for usd in debts.stated_usd),
        ],
    )


def _check_table(found: Liquidations) -> Table:
    """Return a table of each backstop's result in the fills, less its result in the ledger."""
    return Table.of(
        "check",
        "Results in the fills less results in the general ledger: all must be 0.00",
        ("provider", "backstop_usd"),
        found.backstops,
    )
