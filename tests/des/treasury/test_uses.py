"""The payments of a use of money have due dates, and they sum to the amount of the use."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from des.scenario import Use
from des.treasury.uses import calendar, spending_of
from ledger.parties import Parties

PARTIES = Parties("FTX", "Alameda", "Binance", "Retail", "OtherMakers", ())
DATES = st.dates(date(2019, 5, 1), date(2022, 11, 30))


def use(**changes: object) -> Use:
    given = {
        "date": date(2021, 7, 15),
        "usd": 100.0,
        "kind": "Buyback",
        "by": "maker",
        "to": "Binance-Labs",
        "why": "buys back a stake",
    }
    return Use(**given | changes)


@given(since=DATES, days=st.integers(0, 900), cents=st.integers(1, 10**12))
def test_payments_of_a_use_sum_to_its_amount_and_differ_by_at_most_a_cent(since, days, cents):
    whole = use(date=since, until=since + timedelta(days=days), usd=cents / 100)

    parts = [(day, each.cents) for day, due in calendar([whole], PARTIES).items() for each in due]

    paid = [cents for _, cents in parts]
    assert sum(paid) == cents
    assert max(paid) - min(paid) <= 1
    assert parts[0][0] == since


@given(since=DATES, days=st.integers(0, 900))
def test_payments_of_a_use_are_due_on_its_date_and_on_the_first_of_each_month_until_its_end(
    since, days
):
    until = since + timedelta(days=days)
    span = [since + timedelta(days=n) for n in range(1, days + 1)]

    assert use(date=since, until=until).days() == [since, *(day for day in span if day.day == 1)]


def test_a_use_without_an_end_date_is_paid_in_one_payment():
    ((day, (payment,)),) = calendar([use()], PARTIES).items()

    assert (day, payment.cents) == (date(2021, 7, 15), 10_000)
    assert payment.why == "buys back a stake"


def test_uses_on_the_same_day_keep_their_order_and_have_distinct_links():
    uses = [use(), use(to="Outside"), use(usd=50.0), use(to="Outside", by="house")]

    (payments,) = calendar(uses, PARTIES).values()

    assert [each.links for each in payments] == [
        ("use-binance-labs-1",),
        ("use-outside-1",),
        ("use-binance-labs-2",),
        ("use-outside-2",),
    ]
    assert [each.spending.payer for each in payments] == ["Alameda", "Alameda", "Alameda", "FTX"]


def test_a_venture_is_booked_as_an_asset_and_a_gift_as_an_expense():
    venture, gift = (spending_of(use(kind=kind), PARTIES) for kind in ("Ventures", "Charity"))

    assert venture.spent == "Assets:Alameda:Ventures:Binance-Labs"
    assert venture.received == "Equity:Binance-Labs:Ventures:Alameda"
    assert gift.spent == "Expenses:Alameda:Charity"
    assert gift.received == "Income:Binance-Labs:Charity"
