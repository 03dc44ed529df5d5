"""The label at the end of a line has the line's name and last amount. Labels do not overlap."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.text import Annotation

from ledger.reports.life.timeline import timeline
from runs.plots.line_labels import APART, spread
from runs.plots.paper import short
from runs.plots.timeline_plot import LIFE, timeline_figure

HEIGHTS = st.lists(st.floats(0, 1), max_size=6).map(lambda found: sorted(found, reverse=True))


@given(HEIGHTS)
def test_labels_keep_a_minimum_distance_and_stay_in_the_order_of_their_lines(heights):
    placed = spread(heights)

    assert len(placed) == len(heights)
    assert all(high - low > APART - 1e-9 for high, low in pairwise(placed))


def test_labels_with_enough_distance_stay_at_the_ends_of_their_lines():
    assert spread([0.9, 0.5, 0.1]) == [0.9, 0.5, 0.1]


def test_if_two_lines_end_at_the_same_height_one_label_is_above_this_height_and_one_below():
    assert spread([0.5, 0.5]) == pytest.approx([0.5 + APART / 2, 0.5 - APART / 2])


def test_each_line_of_the_timeline_ends_with_its_name_and_its_last_amount(tokens_run):
    found = timeline(tokens_run, "day")
    last = found.shown[-1]
    told = {each.get_text() for each in timeline_figure(found).findobj(Annotation)}

    moved = 0
    for _, lines in LIFE:
        for attribute, (name, _) in lines.items():
            if any(getattr(at, attribute) for at in found.shown):
                moved += 1
                assert f"{name} {short(float(getattr(last, attribute)))}" in told
    assert moved >= 5
