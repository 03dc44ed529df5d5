"""Names at the ends of lines: apart, in order, and each with its last amount."""

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
def test_labels_are_apart_in_the_order_of_their_lines(heights):
    placed = spread(heights)

    assert len(placed) == len(heights)
    assert all(high - low > APART - 1e-9 for high, low in pairwise(placed))


def test_labels_that_are_apart_stay_where_their_lines_end():
    assert spread([0.9, 0.5, 0.1]) == [0.9, 0.5, 0.1]


def test_labels_of_equal_lines_are_around_their_height():
    assert spread([0.5, 0.5]) == pytest.approx([0.5 + APART / 2, 0.5 - APART / 2])


def test_each_line_of_the_timeline_has_its_name_and_last_amount_at_its_end(tokens_run):
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
