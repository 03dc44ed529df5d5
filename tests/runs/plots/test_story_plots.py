"""The pictures of `where`, `solvency`, `valuation` and `compare` agree with their tables."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import matplotlib
import matplotlib.text
import pytest
from click.testing import CliRunner
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from ledger.appraisal import BY_GROWTH
from ledger.reports.life.balance_sheet import Side
from ledger.reports.life.share_prices import HouseValuation, valuation
from ledger.reports.life.solvency import solvency
from ledger.reports.money.hole import Hole, hole
from ledger.run_folder import RunFolder
from runs.cli.main import main
from runs.plots.compare_plot import INSIDE, OUTSIDE, compare_figure
from runs.plots.paper import PlotError, save
from runs.plots.solvency_plot import solvency_figure
from runs.plots.valuation_plot import valuation_figure
from runs.plots.where_plot import CLAIMED, MOST, REST, where_figure
from runs.provenance import provenance
from runs.record.compared import AmountRow
from runs.record.facts import Fact

WORLDS = Path(__file__).parents[2] / "worlds"

USES = {f"Use{n:02}": Decimal(1_000_000 * (40 - n)) for n in range(20)}
KINDS = {**USES, "PickOff": Decimal(900), "Shares": Decimal(-2_500_000), "Spread": Decimal(-10)}


@pytest.fixture(scope="module")
def group_run(executed) -> RunFolder:
    """Return a run in which shares of the house are appraised and sold."""
    return executed(WORLDS / "lock-in.toml")


def hole_of(kinds: dict[str, Decimal]) -> Hole:
    return Hole(sum(kinds.values()), {}, Decimal(0), kinds)


def words(figure: Figure) -> str:
    return "\n".join(text.get_text() for text in figure.findobj(matplotlib.text.Text))


def labels(axes: Axes) -> list[str]:
    return [tick.get_text() for tick in axes.get_yticklabels()]


def widths(axes: Axes) -> list[float]:
    return [patch.get_width() for patch in axes.patches]


def row(key: str, run: float, recorded: tuple[float, float]) -> AmountRow:
    low, high = map(float, recorded)
    fact = Fact.model_validate(
        {
            "key": key,
            "day": date(2022, 6, 30),
            "unit": "USD",
            "value": (low + high) / 2,
            "low": low,
            "high": high,
            "provenance": "found: nowhere",
            "role": "outcome",
            "source": "a test",
        }
    )
    return AmountRow(fact, Decimal(f"{run}"))


# ----------------------------------------------------------------------------- where


def test_the_bars_of_uses_and_sources_sum_to_the_hole():
    (axes,) = where_figure(hole_of(KINDS)).axes

    assert sum(widths(axes)) == pytest.approx(float(sum(KINDS.values())))
    assert widths(axes)[:MOST] == [float(usd) for usd in list(USES.values())[:MOST]]
    assert f"{len(USES) - MOST} more uses" in labels(axes)


def test_even_a_small_use_that_the_thread_names_has_its_own_bar_in_a_different_colour():
    (axes,) = where_figure(hole_of(KINDS)).axes
    colours = [patch.get_facecolor() for patch in axes.patches]
    place = labels(axes).index("PickOff (quotes)")

    assert widths(axes)[place] == 900
    assert colours[place] == to_rgba(CLAIMED)
    assert colours[:MOST] == [to_rgba(REST)] * MOST


def test_the_title_says_whether_money_is_missing_or_left_over():
    holes = [hole_of({"Ventures": Decimal(usd), "Fees": Decimal(-5_000)}) for usd in (7_000, 3_000)]
    titles = [words(where_figure(each)) for each in holes]

    assert "2 k USD is missing." in titles[0]
    assert "2 k USD is left over." in titles[1]


def test_a_run_without_uses_and_sources_of_money_has_no_picture():
    with pytest.raises(PlotError, match="nothing to draw"):
        where_figure(hole_of({}))


# -------------------------------------------------------------------------- solvency


def test_the_two_columns_of_the_solvency_picture_sum_to_the_assets_and_to_the_liabilities(
    group_run: RunFolder,
):
    found = solvency(group_run, date(2022, 4, 30))
    (axes,) = solvency_figure(found).axes
    for place, side in enumerate((Side.ASSETS, Side.LIABILITIES)):
        lines = [float(line.at_mark_usd) for line in found.group_lines if line.side is side]
        column = [bar for bar in axes.patches if round(bar.get_x() + bar.get_width() / 2) == place]

        assert sum(bar.get_height() for bar in column) == pytest.approx(
            sum(usd for usd in lines if usd > 0)
        )


# ------------------------------------------------------------------------- valuation


def test_the_valuation_by_growth_of_fees_is_drawn_at_its_middle_value_in_each_month(
    group_run: RunFolder,
):
    found = valuation(group_run)
    rounds = {each.name for each in found.rounds}
    middle = [
        float(ways[BY_GROWTH].middle_usd)
        for name, ways in found.priced.items()
        if name not in rounds and BY_GROWTH in ways
    ]
    (axes,) = valuation_figure(found).axes

    assert middle
    assert axes.lines[0].get_ydata().tolist() == middle


def test_there_is_no_valuation_picture_if_the_exchange_is_never_appraised():
    with pytest.raises(PlotError, match="not appraised"):
        valuation_figure(HouseValuation("Alameda", {}, (), ()))


# --------------------------------------------------------------------------- compare

ROWS: Sequence[AmountRow] = (
    row("cash-a", 50, (40, 60)),
    row("cash-b", 900, (100, 200)),
    row("cash-c", 1, (2, 3)),
)


def test_the_first_row_of_the_compare_picture_has_the_largest_recorded_amount():
    (axes,) = compare_figure(ROWS).axes
    marks = [tuple(each.get_offsets()[0].tolist()) for each in axes.collections[: len(ROWS)]]

    assert [list(line.get_xdata()) for line in axes.lines[: len(ROWS)]] == [
        [100, 200],
        [40, 60],
        [2, 3],
    ]
    assert marks == [(900, 0), (50, 1), (1, 2)]


def test_figures_inside_and_far_outside_the_recorded_range_have_different_colours():
    (axes,) = compare_figure(ROWS).axes
    colours = [tuple(each.get_facecolor()[0]) for each in axes.collections[: len(ROWS)]]

    assert colours == [to_rgba(each) for each in (OUTSIDE, INSIDE, OUTSIDE)]


def test_a_run_without_recorded_outcomes_has_no_compare_picture():
    with pytest.raises(PlotError, match="nothing to draw"):
        compare_figure(())


# ---------------------------------------------------------------------------- source


def test_a_picture_saved_by_a_command_contains_the_name_of_its_run(
    tiny_run: RunFolder, tmp_path: Path
):
    path = tmp_path / "where.svg"
    arguments = ["where", str(tiny_run.path), "--plot", str(path)]
    done = CliRunner().invoke(main, arguments)

    assert done.exit_code == 0
    assert f"Source: {provenance(tiny_run)}" in path.read_text()


def test_the_line_with_the_source_is_below_the_panel_of_the_picture(
    tiny_run: RunFolder, tmp_path: Path
):
    figure = where_figure(hole(tiny_run))
    save(figure, tmp_path / "where.png", "a run")
    (source,) = [text for text in figure.texts if "a run" in text.get_text()]

    assert source.get_window_extent().y1 <= figure.axes[0].get_tightbbox().y0
    assert "Where did the money go?" in words(figure)
