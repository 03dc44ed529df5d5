"""The picture of a trace has one panel for each tracing rule, with the amounts of the rule."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import matplotlib
import numpy as np
import pytest

from ledger.reports.tracing.cash_moves import CashMove
from ledger.reports.tracing.follow import follow
from ledger.reports.tracing.rules import TracingRule
from ledger.reports.tracing.sources import ALL_CUSTOMERS, AS_ONE, Fate
from ledger.reports.tracing.trace import Trace
from runs.plots.paper import PlotError, save
from runs.plots.trace_plot import FOLLOWED, trace_figure

DAY = date(2022, 5, 9)
HISTORY = (
    ("Opening", 3_000_000),
    ("Customers", 9_000_000),
    ("Loans", 4_000_000),
    ("Customers", -2_000_000),
    ("Ventures", -6_000_000),
    ("Loans", -3_000_000),
    *((f"Trifle{n:02}", -10_000) for n in range(20)),
)


def found(history: Sequence[tuple[str, int]] = HISTORY) -> Trace:
    moves = tuple(
        CashMove(DAY, who, AS_ONE, 100 * usd) if usd > 0 else CashMove(DAY, AS_ONE, who, -100 * usd)
        for who, usd in history
    )
    followed = frozenset({"Customers"})
    return Trace(
        ALL_CUSTOMERS,
        followed,
        (AS_ONE,),
        moves,
        {who: Fate.SPENT for who, usd in history if usd < 0},
        {rule: follow(moves, (AS_ONE,), rule, followed) for rule in TracingRule},
    )


def test_each_tracing_rule_has_a_panel_and_the_fifo_panel_has_amounts_of_sources_and_uses():
    figure = trace_figure(found())
    panels = {axes.get_title("left"): axes for axes in figure.axes}
    fifo = panels[TracingRule.FIFO.plain]
    words = {text.get_text() for text in fifo.findobj(matplotlib.text.Annotation)}

    assert {rule.plain for rule in TracingRule} <= set(panels)
    # Under FIFO (first in, first out) customers are repaid from the opening cash, not from their
    # own money.
    assert words == {
        "Customers 9 M",
        "Opening 3 M",
        "Loans 4 M",
        "Customers 2 M",
        "Ventures 6 M",
        "Loans 3 M",
        "others 200 k",
        "left 4.8 M",
    }


def test_ribbons_of_the_traced_source_are_dark_and_as_wide_as_their_amounts():
    # the panel of the rule FIFO (first in, first out)
    panel = trace_figure(found()).axes[0]
    dark = [
        band.get_paths()[0].vertices
        for band in panel.collections
        if matplotlib.colors.to_hex(band.get_facecolor()[0]) == FOLLOWED
    ]
    carried = sorted(
        round(16 * float(np.ptp(each[each[:, 0] == each[0, 0], 1])), 6) for each in dark
    )

    # Customers brought 9 million dollars: 0.2 million pays small uses, 0.8 million is left,
    # 3 million repays lenders, and 5 million buys ventures.
    assert carried == [0.2, 0.8, 3.0, 5.0]


def test_two_pictures_of_the_same_trace_are_identical(tmp_path: Path):
    for name in ("one.svg", "two.svg"):
        save(trace_figure(found()), tmp_path / name)

    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


def test_no_element_of_the_trace_picture_extends_beyond_its_edge():
    figure = trace_figure(found())
    figure.draw_without_rendering()
    whole, drawn = figure.bbox, figure.get_tightbbox().transformed(figure.dpi_scale_trans)

    assert whole.x0 <= drawn.x0 < drawn.x1 <= whole.x1
    assert whole.y0 <= drawn.y0 < drawn.y1 <= whole.y1


def test_there_is_no_picture_if_all_money_returned_to_its_own_source():
    with pytest.raises(PlotError, match="returned to its own source"):
        trace_figure(found((("Customers", 100), ("Customers", -100))))
