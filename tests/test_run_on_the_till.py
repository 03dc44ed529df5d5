"""In a bank run withdrawals wait, and then the house halts them. The books stay correct."""

import math
import random
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from beancount.core.data import Event, Transaction
from folder_contents import contents
from sound_worlds import sound_run

from ledger.notes import TradedDay, UnpaidRequest
from ledger.reports.firms.payable import coverage
from ledger.reports.life.cash_coverage import cash_coverage, unpaid_requests
from ledger.reports.money.bridge import bridge
from ledger.reports.money.hole import hole
from ledger.run_folder import RunFolder
from runs.execute import execute
from runs.full_audit import audit
from runs.scenario_files import ScenarioError
from runs.scenarios import load

RUN = Path(__file__).parent / "worlds" / "run.toml"
HOUSE, QUOTER = "FTX:withdrawals", "Alameda:quoter"
SECOND_NEWS = datetime(2022, 5, 11, 15, tzinfo=UTC)
COVERED = {"group": {"uses": ()}}


@pytest.fixture(scope="module")
def broken(executed) -> RunFolder:
    """Return a run of six days with two items of news, a bank run, a queue and a halt."""
    return executed(RUN)


@pytest.fixture(scope="module")
def covered(executed) -> RunFolder:
    """Return a run with the same news as `broken`, but the house pays all withdrawals.

    The maker buys no venture, so the house lends it less money.
    """
    return executed(RUN, run={"day_ledgers": [date(2022, 5, 12)]}, **COVERED)


def told(run: RunFolder, name: str) -> list[tuple[date, str]]:
    return [
        (entry.date, entry.description)
        for entry in run.entries
        if isinstance(entry, Event) and entry.type == name
    ]


def moments(run: RunFolder, tag: str) -> list[tuple[str, Transaction]]:
    """Return the entries with *tag* that move the house's cash, in order, each with its time."""
    found = [
        (f"{entry.date} {entry.meta['time']}", entry)
        for entry in run.transactions
        if tag in entry.tags and "Assets:FTX:Cash" in {p.account for p in entry.postings}
    ]
    return sorted(found, key=lambda each: int(each[1].meta["seq"]))


def cash_usd(entry: Transaction) -> Decimal:
    (usd,) = (p.units.number for p in entry.postings if p.account == "Assets:FTX:Cash")
    return usd


# --------------------------------------------------------------------------------- the run


def test_the_bank_run_ends_in_a_halt_and_the_maker_stops_quoting(broken):
    assert told(broken, HOUSE) == [
        (date(2022, 5, 9), "open"),
        (date(2022, 5, 12), "queued"),
        (date(2022, 5, 12), "halted"),
    ]
    assert told(broken, QUOTER) == [(date(2022, 5, 9), "on"), (date(2022, 5, 12), "off")]


def test_after_the_day_of_the_halt_no_cash_of_the_house_moves_and_unpaid_requests_have_notes(
    broken,
):
    moved = [
        entry.date
        for entry in broken.transactions
        if "Assets:FTX:Cash" in {posting.account for posting in entry.postings}
    ]

    assert max(moved) == date(2022, 5, 12)
    assert {day for day, _ in unpaid_requests(broken)} == {date(2022, 5, d) for d in (12, 13, 14)}


def test_after_the_halt_the_group_gets_no_loan_and_sells_no_shares_and_pays_for_no_use(
    executed, broken
):
    halt, later = date(2022, 5, 12), date(2022, 5, 13)
    group = load(str(RUN)).group.model_dump(exclude_none=True)
    lender = {
        "name": "Lender01",
        "rate_pct_per_year": 8.0,
        "limits": ({"since": later, "usd": 1e6},),
    }
    use = group["uses"][0] | {"date": later, "usd": 1_000.0, "to": "Latecomer"}
    offered = {
        "investors": "Investors",
        "rounds": ({"date": later, "usd": 1e6, "valuation_usd": 0.0, "name": "late"},),
        "lenders": (lender,),
        "uses": (*group["uses"], use),
    }
    run = executed(RUN, group=offered)

    assert (halt, "halted") in told(run, HOUSE)
    assert not {"equity", "loan"} & {tag for entry in run.transactions for tag in entry.tags}
    assert "Latecomer" not in {entry.payee for entry in run.transactions}
    assert [told(run, HOUSE), told(run, QUOTER)] == [told(broken, HOUSE), told(broken, QUOTER)]


def test_some_requests_of_firms_and_of_retail_customers_are_paid_and_some_are_unpaid(broken):
    asked = {each.holder[0] for each in broken.notes(UnpaidRequest)}
    paid = {entry.payee for _, entry in moments(broken, "withdrawal")}

    assert asked == {"r", "F"}
    assert {"Retail", "Firm01", "Firm02"} <= paid


def test_unpaid_requests_remain_debts_of_the_house(broken):
    """In this world a request that waits is never paid. So all requests with notes are unpaid."""
    assert not any("waited-s" in entry.meta for entry in broken.transactions)
    noted: Counter = Counter()
    for each in broken.notes(UnpaidRequest):
        noted[each.owed.split(":")[-1]] += each.usd
    claims_usd = coverage(broken).house.claims_usd

    for customer, usd in noted.items():
        assert 0 < usd <= claims_usd[customer]


def test_runs_with_and_without_a_halt_pass_the_audit(broken, covered):
    for run in (broken, covered):
        findings = list(audit(run.path, every_day=True))
        assert findings
        assert not [problem for finding in findings for problem in finding.problems]


def test_reports_on_claims_agree_with_each_other_in_a_run_that_ends_with_a_halt(broken):
    the_hole, of_house = hole(broken), coverage(broken).house
    dates = {what: rest for what, *rest in cash_coverage(broken).tables()[0].rows}

    assert the_hole.unexplained_usd == 0
    assert sum(of_house.pro_rata_usd().values()) == of_house.cash_usd
    assert of_house.cash_usd < sum(of_house.claims_usd.values())
    assert dates["a withdrawal not paid in full"][0] == date(2022, 5, 12)
    assert dates["a withdrawal not paid in full"][-1] == 3
    bridges = {one.customers: one for one in bridge(broken)}
    assert not any(one.unexplained_usd for one in bridges.values())
    assert bridges["retail"].left_usd == of_house.claims_usd["Retail"]
    assert bridges["all"].left_usd == the_hole.claims_usd == sum(of_house.claims_usd.values())


# ------------------------------------------------------------------------ worlds without a bank run


def test_a_house_with_enough_cash_pays_all_withdrawals_after_bad_news(covered):
    taken = -sum(cash_usd(entry) for _, entry in moments(covered, "withdrawal"))

    assert told(covered, HOUSE) == [(date(2022, 5, 9), "open")]
    assert not unpaid_requests(covered)
    assert taken > 300_000


@pytest.mark.parametrize("seed", range(4))
def test_without_news_and_contagion_there_is_no_bank_run(executed, seed):
    calm = {"contagion": 0.0, "queue_shock": 0.0}
    run = executed(RUN, news=(), retail={"flow": calm}, run={"seed": seed, "day_ledgers": ()})

    assert told(run, HOUSE) == [(date(2022, 5, 9), "open")]
    assert {entry.payee for _, entry in moments(run, "withdrawal")} <= {
        "Retail",
        "Alameda",
        "Binance",
    }


def test_news_changes_no_earlier_entry(broken, executed):
    first_only = load(str(RUN)).model_dump(exclude_none=True)["news"][:1]
    without = executed(RUN, news=first_only)

    def before(run: RunFolder) -> list[tuple]:
        limit = f"{SECOND_NEWS:%Y-%m-%d %H:%M:%S}"
        return [
            (entry.meta["seq"], entry.narration, [(p.account, p.units) for p in entry.postings])
            for entry in run.transactions
            if f"{entry.date} {entry.meta['time']}" < limit
        ]

    assert before(without) == before(broken)
    assert len(without.transactions) != len(broken.transactions)
    assert told(without, HOUSE) == [(date(2022, 5, 9), "open")]


def test_news_two_years_before_the_run_changes_no_fill_and_no_withdrawal(broken, executed):
    old = {"date": date(2020, 1, 1), "shock": 1.0, "what": "Once upon a time"}
    news = load(str(RUN)).model_dump(exclude_none=True)["news"]
    with_old = executed(RUN, news=(old, *news))

    fills = "fills/2022-05.parquet"
    assert (with_old.path / fills).read_bytes() == (broken.path / fills).read_bytes()
    then, now = (
        [(when, entry.narration) for when, entry in moments(run, "withdrawal")]
        for run in (with_old, broken)
    )
    assert then == now != []


def test_customers_trade_only_with_other_makers_if_the_maker_does_not_quote(executed):
    """While the maker quotes, the order book is twice as deep as without the maker's quotes.

    The elasticity of customers' volume to depth is two. So customers trade four times as much while
    the maker quotes.
    """
    quiet = {"news": (), "run": {"day_ledgers": ()}, "maker": {"quoter_off": date(2022, 5, 12)}}
    run = executed(RUN, demand={"depth_elasticity": 2.0}, **quiet, **COVERED)
    days = run.notes(TradedDay)
    scenario = load(str(RUN))
    stated_usd = scenario.markets[0].demand[0].usd / 31

    assert len(days) == 6
    for half, times in ((days[:3], 4), (days[3:], 1)):
        usd = float(sum(day.captive_usd + day.others_usd for day in half))
        error = 4 * math.sqrt(2 * scenario.markets[0].order_usd_mean / usd)
        assert usd == pytest.approx(
            3 * times * stated_usd, rel=error + 0.05
        )  # orders are rounded to lots
    assert all(day.captive_usd > 0 for day in days[:3])
    assert all(day.captive_usd == day.hits_usd == 0 for day in days[3:])


def test_the_fast_and_the_quote_by_quote_simulation_of_a_bank_run_write_the_same_bytes(
    executed, tmp_path
):
    market = load(str(RUN)).model_dump(exclude_none=True)["markets"][0]
    seldom = market | {"quoter": market["quoter"] | {"refresh_s": 60.0}}
    broken = executed(RUN, markets=(seldom,))
    scenario = load(str(broken.path / "scenario.toml"))
    execute(scenario, tmp_path / "quotes", every_quote=True)

    assert told(broken, HOUSE)[-1] == (date(2022, 5, 12), "halted")
    assert contents(tmp_path / "quotes") == contents(broken.path)


# --------------------------------------------------------------------------------- refused settings


@pytest.mark.parametrize(
    ("overrides", "key"),
    [
        ({"retail": {"deposits_per_day": 2}}, "retail.deposits_per_day"),
        ({"retail": {"withdrawals_per_day": 2}}, "retail.withdrawals_per_day"),
        ({"retail": {"withdrawal_usd_mean": 0.01}}, "retail.withdrawal_usd_mean"),
        ({"retail": {"deposit_usd_mean": 0.01}}, "retail.deposit_usd_mean"),
        ({"retail": {"flow": {"contagion": 1.0}}}, "retail.flow.contagion"),
        ({"retail": {"flow": {"fear_half_life_h": 0.5}}}, "retail.flow.fear_half_life_h"),
        (
            {"retail": {"flow": {"cohorts": ({"share": 0.9, "sensitivity": 1.0},)}}},
            "retail.flow.cohorts",
        ),
        (
            {"news": ({"date": datetime(2022, 5, 10, 1, 30), "shock": 1.0, "what": "?"},)},
            "news[0].date",
        ),
    ],
)
def test_wrong_settings_of_deposits_and_withdrawals_and_news_are_refused(overrides, key):
    with pytest.raises(ScenarioError) as caught:
        load(str(RUN), overrides)

    assert caught.value.key == key


def test_a_scenario_that_lacks_the_table_flow_may_not_have_news_and_must_have_a_rate_of_deposits(
    tmp_path,
):
    tiny = load("tiny").model_dump(exclude_none=True)
    news = {"date": date(2022, 5, 10), "shock": 1.0, "what": "Nobody listens"}
    with pytest.raises(ScenarioError) as caught:
        load("tiny", {"news": (news,)})
    assert caught.value.key == "retail.flow"

    assert "news" not in tiny
    assert "flow" not in tiny["retail"]
    path = tmp_path / "half.toml"
    base = (Path(load.__code__.co_filename).parent / "tiny.toml").read_text(encoding="utf-8")
    path.write_text(base.replace("deposits_per_day = 2\n", ""), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(str(path))
    assert caught.value.key == "retail.deposits_per_day"


# ------------------------------------------------------------------------- random worlds


def panic(draws: random.Random) -> dict:
    """Draw settings of a world in which cash may be short and customers may be afraid."""
    hours = sorted(draws.sample(range(72), 4))
    news = tuple(
        {
            "date": datetime(2022, 5, 9 + hour // 24, hour % 24, tzinfo=UTC),
            "shock": draws.choice([0.01, 0.2, 3.0]),
            "what": f"Rumour {i}",
        }
        for i, hour in enumerate(hours)
    )
    flow = {
        "deposits_per_volume": draws.choice([0.0, 0.001, 0.01]),
        "base_per_day": draws.choice([0.0, 0.05, 0.5]),
        "contagion": draws.choice([0.0, 0.3, 0.6]),
        "queue_shock": draws.choice([0.0, 1.0]),
        "firms_sensitivity": draws.choice([0.0, 2.0]),
        "halt_after_h": draws.choice([1.0, 12.0, 1_000.0]),
    }
    market = dict(load(str(RUN)).model_dump(exclude_none=True)["markets"][0])
    market["order_usd_mean"] = 200_000  # large orders, so that there are few fills
    market["price"] |= {"ticks_per_s": 0.02}
    market["quoter"] |= {"refresh_s": 120.0}
    return {
        "markets": (market,),
        "run": {"end": date(2022, 5, 12), "seed": draws.randrange(1_000), "day_ledgers": ()},
        "retail": {"flow": flow, "opening_cash_usd": draws.choice([10_000, 1_000_000])},
        "group": {
            "uses": tuple(
                {
                    "date": date(2022, 5, 9 + day),
                    "usd": draws.choice([20_000, 150_000, 350_000]),
                    "kind": draws.choice(["Ventures", "Insiders"]),
                    "by": draws.choice(["maker", "house"]),
                    "to": "Mine",
                    "why": "takes what there is",
                }
                for day in range(3)
            )
        },
        "firms": {
            "capital": {
                "half_life_days": 1,
                "withdrawn_share": 0.5,
                "shift_per_bp": 0.05,
                "shift_max": 0.2,
                "entry_per_day": 0.1,
                "entry_per_bp": 0.01,
                "closes_below": 0.9,
                "patience_days": 1,
            }
        },
        "news": news,
    }


def played(draws: random.Random) -> set[str]:
    """Simulate a random world, check its books, and return each status of its withdrawals.

    If a request was paid after a wait, the result also contains "paid after a wait".
    """
    with sound_run(load(str(RUN), panic(draws))) as run:
        said = {status for _, status in told(run, HOUSE)}
        return said | ({"paid after a wait"} if waits(run) else set())


def waits(run: RunFolder) -> int:
    """Count the withdrawals paid after a wait, and check their order and their notes."""
    noted = [each.holder for each in run.notes(UnpaidRequest)]
    asked = []
    for _, entry in moments(run, "withdrawal"):
        if "waited-s" in entry.meta:
            at = datetime.fromisoformat(f"{entry.date}T{entry.meta['time']}")
            asked.append(at.timestamp() - float(entry.meta["waited-s"]))
            assert entry.meta.get("holder", entry.payee) in noted
    assert asked == sorted(asked)
    return len(asked)


def test_the_books_balance_in_two_panics_that_together_include_a_queue_a_halt_and_late_payments():
    happened = [played(random.Random(seed)) for seed in (34, 42)]

    assert set().union(*happened) == {"open", "queued", "halted", "paid after a wait"}
    assert {"open"} in happened


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 130))
def test_in_many_random_panics_the_books_balance(seed):
    played(random.Random(seed))
