"""The results of all parties sum to zero, and limiting cases have the expected results."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from des.firms.population import trading_firms
from ledger.reports.firms.firm_results import firms
from ledger.reports.market.hit_limits import all_came
from ledger.reports.money.where import where
from ledger.run_folder import RunFolder
from runs.execute import execute
from runs.scenarios import load

CROWD = Path(__file__).parent / "worlds" / "crowd.toml"
SEEDS = (1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (2, 3, 4)))
EQUALLY_FAST = [
    {
        "name": f"Equal{i}",
        "reaction_ms": 20,
        "hurdle_bps": 0.5,
        "capital_usd": 20_000,
        "order_share": 0.14,
        "lead_quotes_usd": 500,
    }
    for i in range(5)
]


def run_of(folder: Path, overrides: dict) -> RunFolder:
    days = {"day_ledgers": ()} | overrides.get("run", {})
    execute(load(str(CROWD), {**overrides, "run": days}), folder)
    return RunFolder.at(folder)


def results(run: RunFolder) -> dict[tuple[str, str], Decimal]:
    """Return the results by entity and kind. As in the books, a gain is a negative number."""
    found: dict[tuple[str, str], Decimal] = {}
    for entry in run.transactions:
        for posting in entry.postings:
            root, entity, kind, *_ = posting.account.split(":")
            if root in ("Income", "Expenses"):
                key = entity, kind
                found[key] = found.get(key, Decimal(0)) + posting.units.number
    return found


def of_kind(found: dict[tuple[str, str], Decimal], kind: str) -> Decimal:
    return sum((usd for (_, k), usd in found.items() if k == kind), Decimal(0))


# ---- sums


def test_gains_equal_losses_for_each_kind_of_result_and_for_fees_and_hedging_costs_together(
    crowd_run,
):
    found = results(crowd_run)

    for kind in ("PickOff", "Spread", "LeadPickOff", "LeadSpread", "VariationMargin"):
        assert of_kind(found, kind) == 0
        assert any(usd for (_, k), usd in found.items() if k == kind)
    # The maker and the firms book the fees that they pay to the lead venue as Hedging or LeadFees.
    # The lead venue books these fees as Fees.
    assert of_kind(found, "Hedging") > 0 < of_kind(found, "LeadFees")
    kinds = ("Fees", "Hedging", "LeadFees")
    assert sum(of_kind(found, kind) for kind in kinds) == 0
    assert sum(found.values()) == 0


def test_the_books_of_firms_agree_with_the_books_of_both_venues(crowd_run):
    tables = {table.name: table for table in firms(crowd_run).tables()}
    must_be_zero = [usd for line, usd in tables["check"].rows if "must be 0.00" in line]

    assert len(must_be_zero) >= 2
    assert set(must_be_zero) == {Decimal(0)}


def test_in_the_crowd_world_firms_enter_and_leave_and_pay_owners_and_move_capital(crowd_run):
    """So the sums that other tests check include firms that enter and firms that leave."""
    lives: dict[str, list[str]] = {}
    for entry in crowd_run.entries:
        if type(entry).__name__ == "Event" and entry.type.endswith(":status"):
            lives.setdefault(entry.type, []).append(entry.description)

    ends = {(life[0], life[-1]) for life in lives.values()}
    assert {("waiting", "trading"), ("trading", "left")} <= ends
    moved = {entry.narration.split(", ")[-1] for entry in crowd_run.transactions if entry.narration}
    assert any("its owners' share" in why for why in moved)
    assert any("where it recently earned less" in why for why in moved)


def test_the_maker_moves_its_quotes_to_the_house_after_a_loss_on_the_lead_venue(crowd_run):
    told = [
        (str(entry.date), entry.type, entry.description)
        for entry in crowd_run.entries
        if type(entry).__name__ == "Event" and entry.type.startswith("Alameda")
    ]
    assert ("2022-06-01", "Alameda:review", "moves to the house venue") in told
    assert ("2022-06-01", "Alameda:quoter", "on") in told


# ---- limiting cases


@pytest.mark.parametrize("seed", SEEDS)
def test_quotes_that_the_maker_renews_before_orders_arrive_never_lose(seed, tmp_path):
    """In the run `quick`, the maker posts a quote with the new price before a firm's order arrives.

    Latency and refresh interval of a quote are 1.4 seconds together, and an order takes longer. The
    order is filled only if the price has moved back, and then the firm pays the spread.
    """
    overrides = {
        "run": {"seed": seed, "end": date(2022, 5, 26)},
        "house": {"gateway_ms_median": 1_500, "gateway_log_sd": 0.0},
        "maker": {"policy": None, "lead_quotes_usd": 0.0},
    }
    quick, slow = ({"latency_s": 0.5, "refresh_s": 0.9}, {"latency_s": 2.0, "refresh_s": 4.0})
    lost = []
    for name, quoter in (("quick", quick), ("slow", slow)):
        markets = [m.model_dump(mode="python") for m in load(str(CROWD)).markets]
        markets[0]["quoter"] |= quoter
        run = run_of(tmp_path / name, overrides | {"markets": markets})
        with run.connect() as connection:
            lost.append(
                connection.execute(
                    "SELECT coalesce(sum(greatest(edge_cents, 0)), 0) FROM rows "
                    "WHERE motive = 'pickoff'"
                ).fetchone()[0]
            )
    assert lost[0] == 0 < lost[1]


@pytest.mark.parametrize("seed", SEEDS)
def test_no_firm_gains_from_speed_on_the_lead_venue_if_all_firms_are_equally_fast(seed, tmp_path):
    overrides = {
        "run": {"seed": seed, "end": date(2022, 5, 26)},
        "maker": {"policy": None, "lead_quotes_usd": 0.0},
        "firms": {"members": EQUALLY_FAST, "classes": []},
    }
    found = results(run_of(tmp_path / "run", overrides))

    assert of_kind(found, "LeadPickOff") == 0
    assert not any(usd for (_, kind), usd in found.items() if kind == "LeadPickOff")
    assert any(usd for (_, kind), usd in found.items() if kind == "LeadSpread")


@pytest.mark.parametrize("seed", SEEDS)
def test_the_maker_earns_the_spread_and_is_never_picked_off_if_there_are_no_firms(seed, tmp_path):
    overrides = {
        "run": {"seed": seed, "end": date(2022, 5, 26)},
        "maker": {"policy": None, "lead_quotes_usd": 0.0},
        "firms": {"active": False},
    }
    found = results(run_of(tmp_path / "run", overrides))

    assert not any(usd for (_, kind), usd in found.items() if kind == "PickOff")
    assert found["Alameda", "Spread"] < 0


# ---- entry of firms


def test_reports_note_the_day_on_which_the_last_waiting_firm_entered(crowd_run):
    count = len(crowd_run.chart.parties.firms)
    said = f"Since 2022-06-01 no firm waited to enter. So the number of firms, {count}, limited the"

    for report in (where(crowd_run), firms(crowd_run)):
        assert any(said in note for table in report.tables() for note in table.notes)


def test_the_day_on_which_the_last_firm_entered_is_not_reported_while_a_firm_waits(executed):
    capital = load(str(CROWD)).firms.capital
    assert capital
    nobody = capital.model_dump() | {"entry_per_day": 0.0, "entry_per_bp": 0.0}

    run = executed(CROWD, run={"end": date(2022, 5, 24)}, firms={"capital": nobody})
    assert all_came(run) is None


def test_the_day_on_which_the_last_firm_entered_is_not_reported_if_no_firm_ever_waited(tiny_run):
    assert all_came(tiny_run) is None


# ---- counterfactuals


def test_if_the_maker_stops_its_quotes_no_earlier_fill_changes(crowd_run, tmp_path):
    off = date(2022, 6, 3)
    cut = run_of(tmp_path / "cut", {"maker": {"quoter_off": off}})
    before = [
        run.connect().execute("FROM rows WHERE time < ? ORDER BY seq", [off]).fetchall()
        for run in (crowd_run, cut)
    ]
    after = cut.connect().execute(
        "SELECT count(*) FROM rows WHERE time >= ? AND motive IN ('pickoff', 'spread')", [off]
    )

    assert len(before[0]) > 1_000
    assert before[0] == before[1]
    assert after.fetchone() == (0,)


def test_if_a_class_gets_more_waiting_firms_its_first_firms_remain_the_same():
    small, large = (
        {
            (firm.category, firm.reaction_ms, firm.capital_usd)
            for firm in trading_firms(load(str(CROWD), {"firms": {"classes": classes}}))
        }
        for classes in (
            [each.model_dump() for each in load(str(CROWD)).firms.classes],
            [each.model_dump() | {"waiting": 9} for each in load(str(CROWD)).firms.classes],
        )
    )
    assert small < large
    assert np.log10(max(reaction for _, reaction, _ in small)) > 2
