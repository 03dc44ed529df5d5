"""Checks that the captive maker's quotes are old enough at fills.

Also checks that each hit states the age of the quote.

A quote is based on a lead price. When the quote is posted, the age of this price is the maker's
latency. So at a fill the age of this price is at least the latency. The books have no lead prices
between fills. So only a replay can find an age that is wrong but above the latency, or a wrong
trigger of a hit.
"""

from collections.abc import Iterator, Mapping

from ledger.run_folder import RunFolder

_TOO_YOUNG = """
    SELECT strftime(time, '%Y-%m'), seq, count(*) OVER () FROM rows
    WHERE market = $market AND (
        quote_age_us < $latency_us
        OR quote_age_us IS NULL AND motive = 'pickoff' AND maker = $maker
    )
    ORDER BY seq LIMIT 1
"""


def wrong_ages(run: RunFolder, latency_us: Mapping[str, int]) -> Iterator[str]:
    """Yield a sentence for each market where a quote is too young or its age is missing at a hit.

    Args:
        run: the run.
        latency_us: the captive maker's latency in microseconds, by market.
    """
    maker = run.chart.parties.maker
    for market, least_us in latency_us.items():
        asked = {"market": market, "latency_us": least_us, "maker": maker}
        for month, seq, found in run.select(_TOO_YOUNG, asked):
            more = f" (and {found - 1} more)" if found > 1 else ""
            yield (
                f"fills/{month}.parquet: row with seq {seq}: the age of the quote is missing, or "
                f"less than the maker's latency of {least_us / 1_000_000:g} s in {market}{more}"
            )
