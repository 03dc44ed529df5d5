"""The narrations of fills are right, whether they are written one by one or as a column."""

import numpy as np
import pytest

from ledger.fills import ABSENT, Fill, Pairing
from ledger.money import Contract
from ledger.motives import Motive
from ledger.narration import fill_sentence, token_sentence
from ledger.parties import OUTSIDE

BTC = Contract("BTC-PERP", "FTX", "0.01", "1")
PICKOFF = Pairing(Motive.PICKOFF, "FTX", "Firm01", "Alameda")
SPREAD = Pairing(Motive.SPREAD, "FTX", "Retail", "Alameda")
HEDGE = Pairing(Motive.HEDGE, "Binance", "Alameda", OUTSIDE)
MARGIN = Pairing(Motive.MARGIN, "FTX", "Firm01", "FTX")
FUNDING = Pairing(Motive.FUNDING, "FTX", "Retail", "FTX")
NET = Pairing(Motive.NET, "FTX", "Retail", "OtherMakers")
UNWINDING = Pairing(Motive.UNWINDING, "FTX", "Firm01", "OtherMakers")

# Each case has a fill and its expected narration. The numbers of a fill are: lots; price in ticks;
# lead price in ticks; age of the quote in microseconds; edge in cents.
SAID = [
    (
        (PICKOFF, 250_000, 30_000, 30_030, 2_345_678, 7_500_000),
        "Firm01 buys 2,500.00 BTC-PERP at 30,000.00 from an ask 2.3 s old, "
        "with Binance at 30,030.00: Alameda loses 75,000.00",
    ),
    (
        (PICKOFF, -5, 30_020, 30_030, 50_000, -50),
        "Firm01 sells 0.05 BTC-PERP at 30,020.00 to a bid 0.1 s old, "
        "with Binance at 30,030.00: Alameda earns 0.50",
    ),
    (
        (SPREAD, 100, 30_000, 30_000, 12_000_000, 0),
        "Retail buys 1.00 BTC-PERP at 30,000.00 from an ask 12.0 s old, "
        "with Binance at 30,000.00: Alameda neither gains nor loses",
    ),
    (
        (HEDGE, 100, 30_001, 30_000, ABSENT, -100),
        "Alameda buys 1.00 BTC-PERP on Binance at 30,001.00 to hedge, "
        "1.00 above the mid of 30,000.00",
    ),
    (
        (HEDGE, -100, 28_999, 30_000, ABSENT, -100_100),
        "Alameda sells 1.00 BTC-PERP on Binance at 28,999.00 to hedge, "
        "1,001.00 below the mid of 30,000.00",
    ),
    (
        (HEDGE, 1, 30_000, 30_000, ABSENT, 0),
        "Alameda buys 0.01 BTC-PERP on Binance at 30,000.00 to hedge, "
        "0.00 above the mid of 30,000.00",
    ),
    (
        (MARGIN, -150_000, 30_000, 30_000, ABSENT, 123_456),
        "Variation margin of Firm01 on -1,500.00 BTC-PERP at FTX, "
        "marked at 30,000.00: it receives 1,234.56",
    ),
    (
        (MARGIN, 0, 30_000, 30_000, ABSENT, -1),
        "Variation margin of Firm01 on a closed position in BTC-PERP at FTX, "
        "marked at 30,000.00: it pays 0.01",
    ),
    (
        (FUNDING, 7, 999, 999, ABSENT, -1_000_000),
        "Funding of Retail on 0.07 BTC-PERP at FTX, marked at 999.00: it pays 10,000.00",
    ),
    (
        (UNWINDING, -25, 30_000, 30_000, ABSENT, 0),
        "Firm01 sells 0.25 BTC-PERP to close a part of its position, against OtherMakers, "
        "at Binance's price of 30,000.00",
    ),
    (
        (NET, -25, 30_000, 30_000, ABSENT, 0),
        "Retail sells 0.25 BTC-PERP net, all against OtherMakers, "
        "booked at Binance's price of 30,000.00",
    ),
]

TOKENS = Pairing(Motive.TOKENS, "FTX", "Retail", "Retail")
SEIZURE = Pairing(Motive.SEIZURE, "FTX", "Retail", "OtherMakers")

SAID_OF_TOKENS = [
    (
        (TOKENS, 1_250, 30_000, 30_000, ABSENT, 0),
        "Retail sets aside 12.50 BTC as collateral for one position, with Binance at 30,000.00",
    ),
    (
        (TOKENS, -7, 30_000, 30_000, ABSENT, 0),
        "Retail releases 0.07 BTC as collateral for one position, with Binance at 30,000.00",
    ),
    (
        (SEIZURE, -16, 27_003, 30_004, ABSENT, 432_048),
        "Retail lacks margin: its 0.16 BTC are sold to OtherMakers at 27,003.00, "
        "with Binance at 30,004.00: it receives 4,320.48",
    ),
]


def fill_of(lots: int, price: int, lead: int, quote_age_us: int, edge_cents: int) -> Fill:
    nothing = dict.fromkeys(Fill._fields, 0)
    return Fill(**nothing)._replace(
        lots=lots, price=price, lead=lead, quote_age_us=quote_age_us, edge_cents=edge_cents
    )


@pytest.mark.parametrize(("row", "sentence"), SAID)
def test_each_example_fill_has_the_expected_narration(row, sentence):
    pairing, *numbers = row

    assert fill_sentence(pairing, fill_of(*numbers), BTC, "Binance") == sentence


@pytest.mark.parametrize(("row", "sentence"), SAID_OF_TOKENS)
def test_the_narration_of_a_fill_of_tokens_has_the_name_of_the_token_and_not_of_the_contract(
    row, sentence
):
    pairing, *numbers = row

    assert token_sentence(pairing, fill_of(*numbers), BTC, "BTC", "Binance") == sentence
    columns = fill_of(*(np.array([number] * 2) for number in numbers))
    assert token_sentence(pairing, columns, BTC, "BTC", "Binance") == [sentence] * 2


@pytest.mark.parametrize("pairing", [PICKOFF, SPREAD, HEDGE, MARGIN, FUNDING])
def test_a_column_of_fills_has_the_same_narrations_as_single_fills(pairing):
    rows, sentences = zip(
        *((row[1:], said) for row, said in SAID if row[0] == pairing), strict=True
    )
    columns = fill_of(*(np.array(column) for column in zip(*rows, strict=True)))

    assert fill_sentence(pairing, columns, BTC, "Binance") == list(sentences)
