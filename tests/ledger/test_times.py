"""Timestamps are written as dates and times, one by one or as a column."""

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ledger.times import DAY_US, day_of, settlement_link, time_of_day

INSTANTS_US = st.integers(0, 40_000 * DAY_US)  # until 2079


def calendar(time_us: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=time_us)


@given(INSTANTS_US)
def test_a_timestamp_gives_the_same_date_and_time_as_the_module_datetime(time_us):
    assert day_of(time_us) == calendar(time_us).date()
    assert time_of_day(time_us) == f"{calendar(time_us):%H:%M:%S.%f}"


@given(st.lists(INSTANTS_US))
def test_a_column_of_timestamps_gives_the_same_texts_as_single_timestamps(times_us):
    column = np.array(times_us, dtype=np.int64)

    assert time_of_day(column) == [time_of_day(time_us) for time_us in times_us]


def test_the_link_of_a_settlement_names_the_end_of_its_interval_and_midnight_is_written_as_24_00():
    midnight_us = 19_121 * DAY_US  # the start of 2022-05-09

    assert settlement_link(midnight_us + 300_000_000 - 1) == "settlement-2022-05-09-00-05-00"
    assert settlement_link(midnight_us + DAY_US - 1) == "settlement-2022-05-09-24-00-00"
