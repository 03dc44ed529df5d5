"""The report sums the losses that the thread claims: from quotes, liquidations and pools."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from ledger.causes import Cause
from ledger.claimed import Claimed
from ledger.kinds import USES, Kind
from ledger.reports.dollars import percent, spoken
from ledger.reports.life.answer import answer
from ledger.reports.market.pool_results import pools
from ledger.reports.money.hole import hole
from ledger.reports.money.mechanism import TOKENS_LOST, Mechanism, mechanism, mechanism_table
from ledger.run_folder import RunFolder

RUNS = ("tiny_run", "busy_run", "margin_run", "tokens_run")


@pytest.fixture(params=RUNS)
def each_run(request: pytest.FixtureRequest) -> RunFolder:
    """Return one of four runs in which the maker quotes.

    `margin_run` and `tokens_run` have customers on margin. Only `tokens_run` has tokens as
    collateral.
    """
    return request.getfixturevalue(request.param)


def test_each_part_of_the_mechanism_has_the_expected_kinds_and_the_expected_last_tweet():
    quotes, liquidations, on_chain = (
        {kind for kind in Kind if kind.entry.claimed is claimed} for claimed in Claimed
    )

    assert quotes == {"PickOff", "Spread", "LeadPickOff", "LeadSpread", "Hedging"}
    assert liquidations == {
        "Liquidation",
        "Backstop",
        "Insurance",
        "SocialisedLoss",
        "GapLoss",
        "Takeovers",
    }
    assert on_chain == {"Pools"}
    assert [part.tweets[-1] for part in Claimed] == [18, 23, 13]


def test_takeovers_are_the_only_kind_of_the_mechanism_that_a_scenario_can_state_as_a_use():
    assert Kind.TAKEOVERS in USES
    assert Kind.TAKEOVERS.entry.cause is Cause.SUMS
    assert {kind for kind in USES if kind.entry.claimed} == {"Takeovers"}


def test_the_net_amount_of_each_part_is_the_sum_of_the_amounts_of_its_kinds(each_run):
    found = mechanism(each_run, hole(each_run))
    kinds = hole(each_run).kinds_usd

    for part in found.parts:
        claimed = {kind: usd for kind, usd in part.kinds_usd.items() if kind != TOKENS_LOST}
        assert claimed == {
            kind: usd
            for kind, usd in kinds.items()
            if usd and Kind(kind).entry.claimed is part.claimed
        }
        assert part.net_usd == sum(part.kinds_usd.values()) == part.cost_usd - part.brought_usd
    assert found.net_usd == sum(part.net_usd for part in found.parts)


def test_the_mechanism_agrees_with_a_calculation_by_hand(afternoon):
    rows = {row[0]: row[2:] for row in mechanism_table(mechanism(afternoon, hole(afternoon))).rows}

    assert rows["quotes"] == ("PickOff, Hedging, Spread", 812, 50, 762, Decimal("25.0"))
    assert rows["liquidations"] == ("GapLoss", 40, 0, 40, Decimal("1.2"))
    assert rows["liquidity on chain"] == (None, 0, 0, 0, Decimal("0.0"))
    # All uses sum to 3,253.00. The last column is the cost in percent of this sum.
    assert rows["the mechanism"] == (None, 852, 50, 802, Decimal("26.2"))


STATED = """
2022-05-09 open Expenses:Alameda:Takeovers USD
  hole: "cause"

2022-05-10 * "Outside" "Alameda pays for a position that it took over" #use
  seq: 997
  time: "12:00:00.000000"
  Expenses:Alameda:Takeovers                   100.00 USD
  Assets:Alameda:Cash                         -100.00 USD
"""


def mechanism_of(run: RunFolder) -> Mechanism:
    """Return the mechanism of a run.

    Call this function before the next variant of the run replaces the run's files.
    """
    return mechanism(run, hole(run))


def test_the_report_calls_takeovers_an_input_if_the_scenario_states_them(
    afternoon_with: Callable[..., RunFolder],
):
    of_stated = mechanism_of(afternoon_with(STATED))
    of_outcome = mechanism_of(afternoon_with(STATED.replace("#use", "#account-takeover")))

    assert (of_stated.stated_usd, of_outcome.stated_usd) == (100, 0)
    assert of_stated.cost_usd == of_outcome.cost_usd == 952
    assert of_stated.in_a_sentence().endswith(
        "The cost includes $100 of Takeovers, which are an input of the scenario."
    )
    assert "input" not in of_outcome.in_a_sentence()


def test_the_results_of_pools_agree_with_the_report_on_pools(executed):
    run = executed("tests/worlds/pools.toml")
    alls = [month for month in pools(run).months if month.month == "all"]
    *_, on_chain = mechanism(run, hole(run)).parts

    assert on_chain.kinds_usd[TOKENS_LOST] == sum(each.loss_usd for each in alls) > 0
    assert on_chain.brought_usd == sum(each.fees_usd for each in alls) > 0
    assert on_chain.net_usd == sum(each.arbitrageurs_usd for each in alls)


def test_a_loss_of_tokens_is_stated_separately_and_is_left_out_of_the_share_of_all_uses(executed):
    run = executed("tests/worlds/pools.toml")
    found = mechanism(run, hole(run))
    *_, on_chain = found.parts
    *_, last = mechanism_table(found).rows
    money = found.cost_usd - on_chain.tokens_usd

    assert on_chain.tokens_usd == on_chain.kinds_usd[TOKENS_LOST]
    assert last[-1] == percent(money, found.uses_usd)
    assert f"{spoken(on_chain.tokens_usd)} of tokens, and earned" in found.in_a_sentence()


def test_the_answer_states_the_result_of_the_mechanism_and_of_each_part_that_has_amounts(
    margin_run,
):
    said, (quotes, liquidations, _) = (
        answer(margin_run),
        mechanism(margin_run, hole(margin_run)).parts,
    )

    for part in (quotes, liquidations):
        verb = "lost" if part.net_usd > 0 else "earned"
        assert part.kinds_usd
        assert f"{part.claimed} {verb} " in said
    assert "The thread's mechanism lost " in said
    assert Claimed.ON_CHAIN not in said
