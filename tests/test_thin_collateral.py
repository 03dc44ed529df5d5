"""The loss on loans against a thin token equals a formula in simple cases.

A token is thin if the order book can buy only a few tokens in an hour. In the world `thin` the
price of the token is 60 dollars and falls to 20 dollars in one hour. The borrower has a million
tokens. For a new loan the tokens count at 65 % of their value. This share is their weight. The loan
needs a margin of a tenth of the debt. So the debt is at most 0.65 x 60 million x 10 / 11 dollars.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from ledger.accounts import cash, claim_in_kind, custody, expense, income, margin_loan
from ledger.kinds import Kind
from ledger.reports.dollars import usd_balances
from ledger.reports.liquidations.liquidation_results import liquidations
from ledger.reports.liquidations.pledged_results import PledgedResult, pledged
from ledger.reports.money.hole import hole
from ledger.run_folder import RunFolder
from runs.full_audit import audit
from runs.removals import without
from runs.scenarios import load

THIN = Path(__file__).parent / "worlds" / "thin.toml"
PEAK, DEBT = 60, Decimal("35454545.45")
BOTTOMLESS = {"usd_per_bp": 1e12, "through_bps": 5.0, "refill_s": 60}
NOBODY = {"usd_per_bp": 0.0, "through_bps": 5.0, "refill_s": 60}

Executed = Callable[..., RunFolder]


@pytest.fixture(scope="module")
def thin_run(executed: Executed) -> RunFolder:
    return executed(THIN)


def world(weight: float = 0.7, steps: tuple = (), **changes: object) -> dict:
    """Return settings of the world `thin` with another weight, other prices or another loan."""
    given = load(str(THIN)).model_dump(exclude_none=True)
    (loan,), (token,) = given["leverage"]["pledged_loans"], given["leverage"]["tokens"]
    (market,) = given["markets"]
    if steps:
        anchors = tuple({"at": at, "price_usd": usd} for at, usd in steps)
        market = market | {"price": market["price"] | {"anchors": anchors}}
    leverage = {"tokens": (token | {"weight": weight},), "pledged_loans": (loan | changes,)}
    return {"leverage": leverage, "markets": (market,)}


def result(executed: Executed, **changes: object) -> PledgedResult:
    (found,) = pledged(executed(THIN, run={"day_ledgers": ()}, **world(**changes)))
    return found


# ------------------------------------------------------------------------ losses equal to a formula


def test_a_borrower_owes_the_weighted_value_of_its_tokens_minus_a_margin(thin_run):
    (found,) = pledged(thin_run)

    assert found.lent_usd == found.withdrawn_usd == found.taken_over_usd == DEBT


def test_the_loss_is_the_whole_debt_if_there_are_no_buyers(executed):
    found = result(executed, book=NOBODY)

    assert found.loss_usd == DEBT
    assert found.brought_usd == 0
    assert found.unsold_usd == 1_000_000 * 20


def test_the_loss_is_the_debt_minus_the_value_of_the_tokens_if_sales_have_no_price_impact(
    executed,
):
    found = result(executed, book=BOTTOMLESS)

    # The tokens are sold at the settlement after the takeover, when the price is 20 USD.
    assert abs(found.brought_usd - 1_000_000 * 20) < 1
    assert found.loss_usd == DEBT - found.brought_usd
    assert found.unsold_usd == 0


def test_a_sale_costs_half_of_its_price_impact(thin_run):
    sales = thin_run.select(
        "SELECT DISTINCT meta->>'quantity', units FROM postings "
        "WHERE tag = 'takeover-sale' AND account = ?",
        [expense("Alameda", Kind.TAKEOVERS)],
    )

    # The order book buys tokens for 1,000 USD at each of the 5 basis points below the price. It is
    # full again 60 times in an hour, so at a price of 20 USD it buys 15,000 tokens in an hour. The
    # mean price of a sale is 2.5 basis points below 20 USD.
    assert sales == [("15000", -29_992_500)]


# ---------------------------------------------------------------------- inputs that lower the loss


def test_the_loss_rises_with_the_weight_and_is_negative_at_low_weights(executed):
    # A weight of w allows a debt of w x 60 x 10 / 11 dollars for each token. If w is below 11 / 30,
    # this debt is less than 20 dollars. Then the sale of the token at 20 dollars brings a gain.
    found = {
        weight: result(executed, book=BOTTOMLESS, weight=weight, weight_initial=weight)
        for weight in (0.3, 0.36, 0.38, 0.7)
    }
    losses = [found[weight].loss_usd for weight in sorted(found)]

    assert losses[0] < losses[1] < 0 < losses[2] < losses[3]
    for weight, each in found.items():
        assert abs(each.lent_usd - Decimal(weight) * 1_000_000 * PEAK * 10 / 11) < 1


def test_no_account_is_taken_over_if_the_tokens_always_cover_the_loan(executed):
    # The price falls to a third. The loan is slightly less than a third of the tokens' value before
    # the fall. In this test a margin check counts the tokens at their full value, so the tokens
    # cover the loan.
    found = result(executed, weight=1.0, weight_initial=0.35)

    assert found.taken_over_usd == found.repaid_usd == found.loss_usd == 0
    assert found.owed_usd == found.lent_usd > 0


SLOW = (
    (date(2021, 4, 6), 60.0),
    (datetime(2021, 4, 6, 12), 60.0),
    (date(2021, 4, 8), 20.0),
    (date(2021, 4, 9), 20.0),
)


def test_a_deeper_order_book_lowers_the_loss_and_in_the_deepest_order_book_the_maker_gains(
    executed,
):
    depths = (0.0, 300.0, 3_000.0, 30_000.0, 300_000.0)
    found = [
        result(executed, steps=SLOW, book=BOTTOMLESS | {"usd_per_bp": depth}) for depth in depths
    ]
    losses = [each.loss_usd for each in found]

    assert losses == sorted(losses, reverse=True)
    assert losses[0] == found[0].lent_usd
    # The maker takes over the account for the amount of the debt. Early sales have reduced the debt
    # to less than the value of the remaining tokens, so the maker gains.
    assert found[-1].worth_usd > found[-1].taken_over_usd > 0 > losses[-1]


def test_early_sales_into_a_deep_order_book_make_a_takeover_unnecessary(executed):
    run = executed(THIN, run={"settle_s": 60}, **world(steps=SLOW, book=BOTTOMLESS))
    (found,) = pledged(run)

    assert found.taken_over_usd == found.loss_usd == 0
    assert 0 < found.repaid_usd < found.lent_usd
    assert found.owed_usd == found.lent_usd - found.repaid_usd


def test_a_limit_on_the_debt_of_a_borrower_limits_the_loss(executed):
    large, small = (
        result(executed, book=NOBODY, borrowed_usd_max=usd) for usd in (20_000_000.0, 10_000_000.0)
    )

    assert large.lent_usd == large.loss_usd == 20_000_000
    # After the fall the tokens count as 0.7 x 20 million = 14 million dollars, so they cover a debt
    # of 10 million dollars.
    assert (small.lent_usd, small.loss_usd) == (10_000_000, 0)


def test_a_larger_imf_factor_lowers_the_weight_of_many_tokens_and_therefore_lowers_the_loan(
    executed,
):
    # The weight is 1.1 / (1 + factor x sqrt(number of tokens)), if this is less than 65 %. So the
    # weight of a million tokens is 61 % at a factor of 0.0008, and 10 % at a factor of 0.01.
    small, large = (result(executed, book=NOBODY, imf_factor=f) for f in (0.0008, 0.01))

    assert abs(small.lent_usd - Decimal(1.1 / 1.8) * 60_000_000 * 10 / 11) < 100
    assert abs(large.lent_usd - Decimal(1.1 / 11) * 60_000_000 * 10 / 11) < 100


def test_nothing_is_lent_before_the_borrowing_period(executed):
    found = result(executed, since=date(2021, 4, 8), until=date(2021, 4, 9))

    # The borrowing period begins after the fall of the price, so the tokens always cover the loan.
    assert abs(found.lent_usd - Decimal("0.65") * 20_000_000 * 10 / 11) < 1
    assert found.loss_usd == 0


def test_no_more_is_lent_after_the_borrowing_period(executed):
    steps = ((date(2021, 4, 6), 30.0), (datetime(2021, 4, 6, 12), 30.0), (date(2021, 4, 7), 60.0))
    early, late = (
        result(executed, steps=steps, until=until) for until in (datetime(2021, 4, 6, 6), None)
    )

    assert abs(early.lent_usd - DEBT / 2) < 1
    assert abs(late.lent_usd - DEBT) < 1


def test_the_weight_for_a_new_loan_is_at_most_the_weight_in_margin_checks(executed):
    found = result(executed, weight=0.5, weight_initial=1.0)

    assert abs(found.lent_usd - Decimal("0.5") * 60_000_000 * 10 / 11) < 1


def test_no_loan_and_no_sale_depends_on_later_prices(executed):
    """The prices of the two runs differ only from 8 April on, so earlier entries are the same."""
    until_then = (*SLOW[:2], (datetime(2021, 4, 7, 12), 40.0), (date(2021, 4, 8), 30.0))
    falls, rises = (
        executed(THIN, **world(steps=(*until_then, (date(2021, 4, 9), usd)))) for usd in (5.0, 90.0)
    )
    before, after = (
        [
            run.select(
                f"SELECT narration, account, units FROM postings WHERE date {when} '2021-04-08' "
                "AND (tag LIKE 'margin-%' OR tag LIKE '%takeover%') ORDER BY seq, line"
            )
            for run in (falls, rises)
        ]
        for when in ("<", ">=")
    )

    assert before[0] == before[1] != []
    assert after[0] != after[1]


# ------------------------------------------------------------------------------- the books


def test_a_sale_of_tokens_costs_at_most_two_and_a_half_basis_points_of_their_value(executed):
    run = executed(THIN, **world(steps=SLOW))
    sales = run.select(
        "SELECT (meta->>'quantity')::DECIMAL(18, 2) * (meta->>'lead')::DECIMAL(18, 2), "
        "units * 0.01 FROM postings WHERE tag IN ('margin-sale', 'takeover-sale') "
        "AND account = 'Equity:OtherMakers:Seizure' AND commodity = 'USD'"
    )

    assert len(sales) > 20
    for worth, brought in sales:
        assert 0 <= worth - brought <= worth * Decimal("0.00025") + Decimal("0.01")


def test_the_books_pass_the_audit_and_show_the_loss_in_the_kind_takeovers(thin_run):
    (found,), balances = pledged(thin_run), usd_balances(thin_run)

    assert not any(step.problems for step in audit(thin_run.path, every_day=True))
    assert hole(thin_run).kinds_usd[Kind.TAKEOVERS] == found.loss_usd > 0
    assert balances[expense("Alameda", Kind.TAKEOVERS)] == found.loss_usd
    assert balances[margin_loan("FTX", "Trader")] == found.owed_usd == 0
    assert balances[cash("Trader")] == found.withdrawn_usd
    assert -balances[income("Trader", Kind.TAKEOVERS)] == found.taken_over_usd


def test_the_house_keeps_the_tokens_in_custody_for_each_owner(thin_run):
    held = dict(
        thin_run.select(
            "SELECT account, sum(units) FROM postings WHERE commodity = 'MOB' GROUP BY account"
        )
    )
    buyers, maker, trader = (
        held[claim_in_kind(who, "FTX", state)]
        for who, state in (("OtherMakers", None), ("Alameda", None), ("Trader", "Pledged"))
    )

    assert (buyers + maker, trader) == (1_000_000, 0)
    assert held[custody("FTX")] == 1_000_000


def test_the_report_shows_the_loss_on_the_only_borrower_in_one_row(thin_run):
    (table,) = (each for each in liquidations(thin_run).tables() if each.name == "pledged")
    ((*_, loss),) = table.rows

    assert loss == hole(thin_run).kinds_usd[Kind.TAKEOVERS]


def test_a_counterfactual_without_takeovers_has_no_pledged_loans(thin_run):
    other = without(thin_run, Kind.TAKEOVERS)

    assert other.how == "no customer borrows against tokens"
    assert not other.scenario.pledged_loans
