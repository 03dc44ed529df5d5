"""Liquidations follow the stated rules, and no account is liquidated if its margin suffices."""

import re
from collections import Counter
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path

from ledger.accounts import exchanged, expense, income
from ledger.day_ledger import days_of, render_days
from ledger.kinds import Kind
from ledger.reports.dollars import usd_balances
from ledger.run_folder import RunFolder
from runs.scenarios import load

MARGIN = Path(__file__).parent / "worlds" / "margin.toml"
ONE_DAY = {"start": date(2022, 5, 10), "end": date(2022, 5, 11), "day_ledgers": ()}


def settings(key: str) -> dict:
    return load(str(MARGIN)).model_dump(exclude_none=True)[key]


def market(**price: object) -> dict:
    """Return the settings of the market in margin.toml, with changes in its table `price`."""
    (given,) = settings("markets")
    return given | {"price": given["price"] | price}


def only_the_maker(**changes: object) -> tuple[dict, ...]:
    """Return settings in which the captive maker is the only backstop and takes any amount."""
    first, _ = settings("leverage")["providers"]
    del first["unwind_usd_per_minute"]  # without this limit the maker unwinds a position at once
    return (first | {"usd_per_minute": 1e9, "usd_per_hour": 1e9} | changes,)


def rows_of(run: RunFolder, where: str = "true") -> list[tuple]:
    with run.connect() as connection:
        # The sequence number (seq) is left out, because the compared run may have more or fewer
        # entries between these rows.
        return connection.execute(
            f"SELECT * EXCLUDE (seq) FROM rows WHERE {where} ORDER BY seq"
        ).fetchall()


def motives(run: RunFolder) -> Counter:
    with run.connect() as connection:
        found = connection.execute("SELECT motive, count(*) FROM rows GROUP BY ALL").fetchall()
    return Counter(dict(found))


def backstop_cents(run: RunFolder) -> int:
    """Return the captive maker's result as a backstop minus the costs of unwinding, in cents."""
    maker = run.chart.parties.maker
    kinds = {income(maker, Kind.BACKSTOP), expense(maker, Kind.BACKSTOP)}
    return -int(
        100
        * sum(p.units.number for e in run.transactions for p in e.postings if p.account in kinds)
    )


# ---------------------------------------------------------------------------------- limiting cases


def test_no_account_is_liquidated_if_the_price_is_constant(executed):
    still = market(anchors=({"at": date(2022, 5, 9), "price_usd": 30_000},), jump_share=0.0)
    still["price"] |= {"volatility": ({"since": date(2022, 5, 9), "annual": 0.0},)}
    still["price"] |= {"jumps_per_day": 0.0}
    run = executed(MARGIN, markets=(still,), house={"funding_bps_per_day": 0.0}, run=ONE_DAY)

    assert set(motives(run)) <= {"leverage", "collateral", "spread", "hedging", "variation-margin"}


def test_no_long_position_with_a_leverage_of_one_is_liquidated(executed):
    unlevered = {
        "limits": ({"since": date(2019, 5, 1), "leverage_max": 1},),
        "long_share": 1.0,
        "leverage_mean": 1.0,
    }
    run = executed(MARGIN, leverage=unlevered, run=ONE_DAY)

    assert not {"liquidation", "backstop", "deleveraging", "socialised-loss"} & set(motives(run))


def test_a_backstop_that_gets_no_discount_loses_the_costs_of_unwinding(executed):
    providers = only_the_maker(unwind_delay_s=0.0)
    run = executed(MARGIN, leverage={"discount_thirds": 0, "providers": providers}, run=ONE_DAY)

    assert motives(run)["backstop"] > 10
    assert backstop_cents(run) < 0


def test_a_backstop_that_unwinds_at_once_earns_the_discount(executed):
    # The price has no jumps and margin is checked often, so no account has a debt at its takeover.
    smooth = market(jumps_per_day=0.0, jump_share=0.0)
    providers = only_the_maker(unwind_delay_s=0.0)
    run = executed(
        MARGIN,
        leverage={"providers": providers},
        markets=(smooth,),
        run=ONE_DAY | {"settle_s": 20},
    )

    assert motives(run)["backstop"] > 10
    assert backstop_cents(run) > 0


# -------------------------------------------------------------------------------- the order book


def test_a_forced_order_is_filled_by_the_maker_with_the_better_price(margin_run):
    """The other makers quote 4 bps from the lead price.

    So no order is filled at a worse price, except for rounding to ticks.
    """
    with margin_run.connect() as connection:
        found = connection.execute(
            """
            SELECT maker, count(*), count(quote_age_us),
                   max((lead - price) * sign(-lots) / lead) <= 0.0004 + 1 / min(lead),
                   min((lead - price) * sign(-lots) / lead) < 0
            FROM rows WHERE motive = 'liquidation' GROUP BY maker
            """
        ).fetchall()

    by_maker = {maker: rest for maker, *rest in found}
    captive, others = by_maker["Alameda"], by_maker["OtherMakers"]
    assert captive[0] == captive[1] > 100  # every fill has a quote age
    assert others[0] > 100
    assert others[1] == 0
    assert captive[2]
    assert others[2]
    assert captive[3]  # some stale quotes are better than the lead price
    assert not others[3]


def test_the_limit_on_forced_orders_is_higher_on_a_day_with_more_volume(executed):
    """The demand in June is eighty times the demand in May.

    The price halves on 31 May, and again on 1 June.
    """
    falls = [(30, 5, 34_000), (31, 5, 34_000), (1, 6, 17_000), (2, 6, 8_500)]
    busier = market(
        anchors=tuple({"at": date(2022, m, d), "price_usd": usd} for d, m, usd in falls),
        volatility=({"since": date(2022, 5, 30), "annual": 1.5},),
    ) | {"demand": ({"month": "2022-05", "usd": 3e7}, {"month": "2022-06", "usd": 24e8})}
    run = executed(
        MARGIN,
        markets=(busier,),
        leverage={"forced_share_per_s": 0.0001},
        run={"start": date(2022, 5, 31), "end": date(2022, 6, 2), "windows": ()},
    )
    found = run.select(
        "SELECT time::DATE, max(lots) FROM (SELECT time, sum(abs(lots)) AS lots FROM rows "
        "WHERE motive = 'liquidation' GROUP BY time) GROUP BY 1 ORDER BY 1"
    )
    in_may, in_june = (int(most) for _, most in found)

    assert in_may == 1
    assert 10 < in_june < 80


# ----------------------------- worlds in which customers on margin change no fill of other parties


def test_without_customers_on_margin_the_rules_for_them_do_not_change_the_fills(executed):
    without = executed("tiny")
    nobody = {"holders": 0, "arrivals_per_day": 0.0}
    with_nobody = executed("tiny", leverage=settings("leverage") | nobody)

    assert rows_of(with_nobody) == rows_of(without)


def test_customers_on_margin_change_no_fill_of_other_parties_if_no_account_is_liquidated(executed):
    without = executed("tiny")
    careful = {"leverage_mean": 0.1, "leverage_log_sd": 0.0}
    others = {"opening_claim_usd": 50_000_000}
    leverage = settings("leverage") | careful
    run = executed("tiny", leverage=leverage, other_makers=others)

    trades = "motive IN ('pickoff', 'spread', 'hedging')"
    assert motives(run)["leverage"] > 100
    assert rows_of(run, trades) == rows_of(without, trades)


# ----------------------------------------------------------------------- the steps of a liquidation


def test_all_entries_of_a_liquidation_have_the_same_link(margin_run):
    with margin_run.connect() as connection:
        holder, motives_of_end = connection.execute(
            "SELECT holder, list(motive ORDER BY seq) FROM rows WHERE time::DATE = '2022-05-10' "
            "AND motive IN ('liquidation', 'backstop', 'insurance') GROUP BY holder "
            "HAVING count(DISTINCT motive) = 3 ORDER BY count(*), holder LIMIT 1"
        ).fetchone()
    text = (margin_run.path / "days" / "2022-05-10.beancount").read_text(encoding="utf-8")
    told = [line for line in text.splitlines() if f"^liq-r-{holder:04}" in line]

    assert len(told) == len(motives_of_end)
    assert all(f"#{motive} " in line for motive, line in zip(motives_of_end, told, strict=True))
    assert motives_of_end[-1] == "insurance"


def test_the_insurance_fund_receives_a_third_of_the_equity_of_an_account_that_is_taken_over(
    margin_run,
):
    """The zero price of a position is the price at which the account has no equity left.

    A third of the difference between the mark and the zero price goes to the insurance fund. Two
    thirds go to the party that takes over the position.
    """
    with margin_run.connect() as connection:
        given, left = connection.execute(
            "SELECT -sum(edge_cents) FILTER (motive = 'backstop'), "
            "-sum(edge_cents) FILTER (motive = 'insurance') FROM rows WHERE edge_cents < 0 "
            "AND holder IN (SELECT holder FROM rows WHERE motive = 'backstop') AND holder NOT IN "
            "(SELECT holder FROM rows WHERE motive = 'deleveraging')"
        ).fetchone()
        rounding = connection.execute(
            "SELECT sum(abs(lots)) FROM rows WHERE motive = 'backstop'"
        ).fetchone()[0]

    assert 0 <= left - given / 2 <= 1.5 * rounding  # prices are rounded to ticks


# --------------------------------------------------------------------------------- tokens


def test_tokens_of_a_failed_account_are_sold_before_its_position_is_taken_over(tokens_run):
    with tokens_run.connect() as connection:
        ends = connection.execute(
            "SELECT list(motive ORDER BY seq) FROM rows WHERE holder IN "
            "(SELECT holder FROM rows WHERE motive = 'seizure') "
            "AND motive IN ('seizure', 'backstop', 'insurance', 'socialised-loss') "
            "GROUP BY holder"
        ).fetchall()

    assert len(ends) > 50
    for (steps,) in ends:
        assert steps[0] == "seizure"
        assert "seizure" not in steps[1:]


def test_a_sale_of_seized_tokens_has_links_to_its_settlement_and_to_the_account(tokens_run):
    with tokens_run.connect() as connection:
        seq, holder, day = connection.execute(
            "SELECT seq, holder, time::DATE FROM rows WHERE motive = 'seizure' ORDER BY seq"
        ).fetchone()
    text = dict(render_days(tokens_run, [day]))[day]
    before, _, _ = text.partition(f"\n  seq: {seq}\n")
    told = before.rsplit("\n", 1)[1]

    assert "#seizure ^settlement-2022-05-" in told
    assert told.endswith(f" ^liq-r-{holder:04}")
    assert "Retail lacks margin: its 0." in told


def test_the_other_makers_buy_seized_tokens_ten_percent_below_the_mark(tokens_run):
    """In this world one lot times one tick is one cent."""
    with tokens_run.connect() as connection:
        seizures = connection.execute(
            "SELECT -lots, price, lead, edge_cents FROM rows WHERE motive = 'seizure'"
        ).fetchall()
    balances = usd_balances(tokens_run)

    assert all(price == lead * 9 // 10 for _, price, lead, _ in seizures)
    paid_usd = Decimal(sum(tokens * price for tokens, price, *_ in seizures)) / 100
    assert paid_usd == Decimal(sum(cents for *_, cents in seizures)) / 100 > 0
    assert balances[exchanged("OtherMakers", Kind.SEIZURE)] == paid_usd
    assert balances[exchanged("Retail", Kind.SEIZURE)] == -paid_usd


def test_each_day_ledger_opens_with_all_tokens_that_the_house_holds_and_owes(tokens_run):
    first, second = (text for _, text in islice(render_days(tokens_run, days_of(tokens_run)), 2))
    forward, _, _ = second.partition("\n\n2022-05-10 *")
    (custody,) = re.findall(r"balance Assets:FTX:Tokens +(\S+) BTC", first)

    assert re.findall(r"  Assets:FTX:Tokens +(\S+) BTC", forward) == [custody]
    owed = re.findall(r"  Liabilities:FTX:Tokens:\S+ +-(\S+) BTC", forward)
    assert len(owed) == 3
    assert sum(map(Decimal, owed)) == Decimal(custody)
    assert first.count("  Assets:FTX:Tokens ") == 1  # Only the opening entry has such a posting.


def test_a_customer_who_leaves_withdraws_all_tokens(tokens_run):
    with tokens_run.connect() as connection:
        kept = connection.execute(
            "SELECT sum(lots) FILTER (motive IN ('tokens', 'seizure')) AS tokens, "
            "count(*) FILTER (motive = 'leverage') AS trades FROM rows "
            "WHERE holder IN (SELECT holder FROM rows WHERE motive = 'tokens' AND lots > 0) "
            "GROUP BY holder"
        ).fetchall()
        left_after_seizure = connection.execute(
            "SELECT count(*) FROM rows AS gone JOIN rows AS sold USING (holder) "
            "WHERE gone.motive = 'tokens' AND gone.lots < 0 AND sold.motive = 'seizure'"
        ).fetchone()[0]

    left = [tokens for tokens, trades in kept if trades == 2]
    assert len(left) > 5
    assert set(left) == {0}
    assert min(tokens for tokens, _ in kept) == 0
    assert left_after_seizure == 0


def test_liquidations_are_the_same_with_cash_and_with_tokens_of_constant_price_and_weight_1(
    executed,
):
    """The market that gives the tokens their price has a constant price of one dollar.

    So customers have the same margin as with dollars.
    """
    (falling,) = settings("markets")
    still = falling | {"name": "USDX-PERP", "lot": "0.01", "tick_usd": "1"}
    still["price"] = {
        "ticks_per_s": 1.0,
        "anchors": ({"at": date(2022, 5, 9), "price_usd": 1},),
        "volatility": ({"since": date(2022, 5, 9), "annual": 0.0},),
    }
    still["demand"] = ({"month": "2022-05", "usd": 0},)
    still["quoter"] = falling["quoter"] | {"displayed_usd": 1_000}
    token = {"name": "USDX", "market": "USDX-PERP", "weight": 1.0, "share": 1.0}
    # Customers have collateral of the same value in both runs, so the forced orders are the same.
    rules = {"arrivals_per_day": 0.0, "exits_per_day": 0.0, "collateral_log_sd": 0.0}
    in_cash, in_tokens = (
        executed(MARGIN, markets=(falling, still), leverage=rules | {"tokens": tokens}, run=ONE_DAY)
        for tokens in ((), (token,))
    )

    forced = "motive IN ('liquidation', 'backstop', 'deleveraging')"
    assert len(rows_of(in_cash, forced)) > 100
    assert motives(in_tokens)["seizure"] > 3
    assert rows_of(in_tokens, forced) == rows_of(in_cash, forced)


def test_without_tokens_no_entry_and_no_fill_mentions_tokens(margin_run):
    assert not {"tokens", "seizure"} & set(motives(margin_run))
    for path in margin_run.path.rglob("*.beancount"):
        text = path.read_text(encoding="utf-8")
        assert not [word for word in ("seizure", "Seizure", "Tokens", "in-kind") if word in text]


# ------------------------------------------------------------------------- entering and leaving


def test_a_customer_on_margin_has_no_fill_after_withdrawing_collateral(margin_run):
    with margin_run.connect() as connection:
        came, left, both = connection.execute(
            "SELECT count(DISTINCT holder) FILTER (motive = 'leverage' AND day > 9), "
            "count(DISTINCT holder) FILTER (motive = 'collateral' AND edge_cents < 0), "
            "count(*) FILTER (motive = 'collateral' AND edge_cents < 0 AND day = 9) "
            "FROM (SELECT *, day(time) AS day FROM rows)"
        ).fetchone()
        after = connection.execute(
            "WITH gone AS (SELECT holder, max(seq) AS seq FROM rows "
            "WHERE motive = 'collateral' AND edge_cents < 0 GROUP BY holder) "
            "SELECT count(*) FROM rows JOIN gone USING (holder) WHERE rows.seq > gone.seq"
        ).fetchone()[0]

    assert came > 40
    assert left > 10
    assert (both, after) == (0, 0)
