"""Pictures show their reports' figures, are readable without colours, and are reproducible."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.legend import Legend

from ledger.parties import Parties
from ledger.reports.firms.firm_results import ClassResult, FirmAccounts, firms
from ledger.reports.firms.league import ALL, FirmResult, Profile
from ledger.reports.firms.payable import CashCoverage, Coverage
from ledger.reports.firms.skill import (
    ClassMean,
    FirmPlaces,
    QuoterOnAndOff,
    RankCorrelation,
    Skill,
    skill,
)
from ledger.reports.life.cash_coverage import Close, CoverageByDay, FirstShort, cash_coverage
from ledger.reports.liquidations.backstop_results import BackstopResult, ProviderKind
from ledger.reports.liquidations.cascade import BankruptDebts, CascadeHour
from ledger.reports.liquidations.course import Course, CourseStep
from ledger.reports.liquidations.liquidation_results import Liquidations, liquidations
from ledger.reports.table import Report
from ledger.run_folder import RunFolder
from runs.plots import coverage_plot as cage_picture
from runs.plots import firms_plot as firms_picture
from runs.plots import liquidations_plot as liquidations_picture
from runs.plots import paper
from runs.plots.coverage_plot import coverage_figure
from runs.plots.firms_plot import firms_figure
from runs.plots.liquidations_plot import liquidations_figure
from runs.plots.paper import PlotError, save
from runs.plots.skill_plot import skill_figure

ROOT = Path(__file__).parents[3]
START = date(2021, 5, 1)
PROVIDERS = ("Backstop01", "Alameda")

# The fields are the name, the class, the reaction time (ms), the edge less fees (USD), the capital
# (USD), the result at the house (bps), and the result elsewhere (bps).
FIRMS = (
    ("Firm01", "pro", "2", 900_000, 50_000_000, "1.50", "2.50"),
    ("Firm02", "pro", "9", 700_000, 20_000_000, "3.25", "4.00"),
    ("Firm03", "mid-tier", "40", 200_000, 5_000_000, "4.00", "-0.75"),
    ("Firm04", "mid-tier", "60", 90_000, 9_000_000, "0.50", "-0.25"),
    ("Firm05", "larp", "700", -8_000, 1_000_000, "-0.75", "-1.50"),
    ("Firm06", "larp", "900", 500, 2_000_000, "0.25", "0.00"),
)


def usd(amount: float) -> Decimal:
    return Decimal(f"{amount:.2f}")


def firm_result(name: str, profile: Profile, kept_usd: float, capital_usd: float) -> FirmResult:
    """Return the result of a firm with the given edge and capital. All other amounts are zero."""
    amounts = {each.name: usd(0) for each in fields(FirmResult) if each.name.endswith("_usd")}
    known = {"edge_usd": usd(kept_usd), "opening_capital_usd": usd(capital_usd)}
    return FirmResult(name, profile, **(amounts | known))


def firms_report() -> FirmAccounts:
    results = [
        firm_result(name, Profile(of, Decimal(ms), "trading"), kept, capital)
        for name, of, ms, kept, capital, *_ in FIRMS
    ]
    # The total of the class mid-tier is not the sum over its firms. So a picture that shows this
    # total has read it from `classes`.
    classes = (("pro", 1_600_000), ("mid-tier", 123_000), ("larp", -7_500), (ALL, 1_882_500))
    return FirmAccounts(
        Parties("FTX", "Alameda", "Lead", "Retail", "OtherMakers", ()),
        (*results, firm_result("Firm07", Profile("pro", Decimal(7), "waiting"), 0, 0)),
        firm_result(ALL, Profile(), 1_882_500, 0),
        {},
        tuple(ClassResult(2, 0, None, firm_result(c, Profile(), kept, 0)) for c, kept in classes),
        Coverage(CashCoverage(usd(0), {}), CashCoverage(usd(0), {})),
        (),
        None,
        (),
    )


def firm_places(name: str, of: str | None, house: str | None, elsewhere: str | None) -> FirmPlaces:
    bps = (each and Decimal(each) for each in (house, elsewhere))
    return FirmPlaces(name, of, None, usd(0), 1, usd(0), usd(0), *bps, usd(0))


def skill_report(stops: bool = True) -> Skill:
    groups = [
        (c, p) for c in ("pro", "mid-tier", "larp", "all firms") for p in ("house", "elsewhere")
    ]
    on_and_off = (
        QuoterOnAndOff(
            *group, None, None, usd(i), usd(i - 0.25), usd(i + 0.5), usd(-i), *[None] * 5
        )
        for i, group in enumerate(groups)
    )
    ends = map(Decimal, ("-0.42", "-0.77", "0.11", "-0.55", "-0.31"))
    return Skill(
        "Alameda",
        (
            *(firm_places(f[0], f[1], f[5], f[6]) for f in FIRMS),
            firm_places("Firm07", "larp", None, None),  # this firm never entered
        ),
        (RankCorrelation("house, elsewhere", 6, *ends),),
        tuple(ClassMean(c, 2, p, usd(0), *[None] * 5, "undecided") for c, p in groups),
        1,
        int(stops),
        tuple(on_and_off) if stops else (),
        (),
    )


def coverage_report(
    cash_usd: float = 5_000_000_000, first_day: date | None = None
) -> CoverageByDay:
    days = [START + timedelta(days=n) for n in range(60)]
    return CoverageByDay(
        tuple(
            Close(
                day,
                firms_profit_usd=usd(50_000 * n - 100_000),
                firms_claims_usd=usd(100_000_000 + n),
                retail_claims_usd=usd(4_800_000_000 - n),
                other_claims_usd=usd(0),
                house_cash_usd=usd(cash_usd),
                credit_drawn_usd=usd(0),
            )
            for n, day in enumerate(days)
        ),
        (
            FirstShort("firms' profit above the cash"),
            FirstShort("firms' claims above the cash", first_day),
            FirstShort("all claims above the cash", first_day),
            FirstShort(
                "a withdrawal not paid in full", first_day and first_day + timedelta(days=9)
            ),
        ),
    )


def liquidations_report(last_price_usd: float = 30) -> Liquidations:
    """Return a report of two days with two hours of liquidations, two markets and two providers."""
    hours = [datetime(2022, 5, 9) + timedelta(hours=n) for n in range(49)]
    standings = (ProviderKind.OUTSIDE, ProviderKind.CAPTIVE)
    steps = (
        CourseStep(
            hour,
            {"BTC-PERP": usd(40_000 - n), "LUNA-PERP": usd(last_price_usd if n == 48 else 60)},
            dict(
                zip(PROVIDERS, (usd(100_000 * (n == 6)), usd(-2_000_000 * (n == 6))), strict=True)
            ),
            {"Backstop01": usd(5_000 * n), "Alameda": usd(-9_000 * n)},
        )
        for n, hour in enumerate(hours)
    )
    return Liquidations(
        hours=(
            CascadeHour(hours[5], 3, usd(1_000_000), usd(2_000_000), usd(0), 0),
            CascadeHour(hours[47], 7, usd(4_000_000), usd(0), usd(3_000_000), 0),
        ),
        days=(),
        gains=(),
        backstops=tuple(
            BackstopResult(name, standing, *[usd(0)] * 6)
            for name, standing in zip(PROVIDERS, standings, strict=True)
        ),
        debts=BankruptDebts(*[usd(0)] * 5, ()),
        seized=(),
        pledged=(),
        on_margin=frozenset(),
        run_days=0,
        make_course=lambda: Course("hour", ("BTC-PERP", "LUNA-PERP"), PROVIDERS, tuple(steps)),
    )


PICTURES: tuple[tuple[Callable[[Any], Figure], Report], ...] = (
    (firms_figure, firms_report()),
    (skill_figure, skill_report()),
    (skill_figure, skill_report(stops=False)),
    (coverage_figure, coverage_report()),
    (coverage_figure, coverage_report(first_day=date(2021, 6, 1))),
    (liquidations_figure, liquidations_report()),
    (liquidations_figure, liquidations_report(last_price_usd=0.5)),
)
each_picture = pytest.mark.parametrize(("figure_of", "found"), PICTURES)
each_drawn = pytest.mark.parametrize("number", range(len(PICTURES)))


@cache
def drawn(number: int) -> Figure:
    """Return one of PICTURES. It is drawn only once for all tests."""
    figure_of, found = PICTURES[number]
    figure = figure_of(found)
    figure.draw_without_rendering()
    return figure


def words(figure: Figure) -> str:
    """Return all text of a picture."""
    return "\n".join(text.get_text() for text in figure.findobj(matplotlib.text.Text))


def points(axes: Axes) -> set[tuple[float, float]]:
    """Return the positions of the points drawn in a panel."""
    return {tuple(each) for found in axes.collections for each in found.get_offsets().tolist()}


def lightness(colour: Sequence[float]) -> float:
    return float(np.dot(to_rgb(colour), (0.299, 0.587, 0.114)))


# ------------------------------------------------------------------- the content


def test_each_firm_that_entered_is_drawn_at_its_reaction_time_and_its_edge_less_fees():
    (axes,) = firms_figure(firms_report()).axes

    assert points(axes) == {(float(f[2]), float(f[3])) for f in FIRMS}
    assert axes.get_xscale() == "log"


def test_a_firm_with_a_reaction_time_of_zero_is_drawn_between_the_ends_of_the_axis():
    found = firms_report()
    at_once = firm_result("Firm01", Profile("pro", Decimal(0), "trading"), 5, 50_000_000)
    (axes,) = firms_figure(replace(found, results=(at_once, *found.results[1:]))).axes

    low, high = axes.get_xlim()
    assert (firms_picture.AT_ONCE_MS, 5) in points(axes)
    assert 0 < low < firms_picture.AT_ONCE_MS < high


def test_the_area_of_a_mark_is_proportional_to_capital_but_never_below_a_minimum():
    (axes,) = firms_figure(firms_report()).axes
    sizes = {}
    for found in axes.collections:
        sizes |= zip(map(tuple, found.get_offsets().tolist()), found.get_sizes(), strict=False)

    # Firm01 has a capital of 50 million, and Firm02 has a capital of 20 million.
    assert sizes[2, 900_000] == pytest.approx(2.5 * sizes[9, 700_000])
    assert sizes[700, -8_000] == firms_picture.SMALLEST


def test_the_legend_has_the_total_of_each_class_as_the_report_states_it():
    found = words(firms_figure(firms_report()))

    assert "pro: 2 firms, edge less fees 1.6 M USD" in found
    assert "mid-tier: 2 firms, edge less fees 123 k USD" in found
    assert "larp: 2 firms, edge less fees \N{MINUS SIGN}7.5 k USD" in found


def test_firms_without_classes_are_drawn_as_one_class():
    found = firms_report()
    nameless = tuple(
        replace(each, profile=each.profile._replace(category=None)) for each in found.results
    )
    (axes,) = firms_figure(replace(found, results=nameless, classes=())).axes

    assert len(points(axes)) == len(FIRMS)
    assert "all firms: 6 firms, edge less fees 1.882 M USD" in words(axes.figure)


def test_the_points_in_the_picture_of_skill_are_the_results_of_firms_at_the_house_and_elsewhere():
    places, _ = skill_figure(skill_report()).axes

    assert points(places) == {(float(f[5]), float(f[6])) for f in FIRMS}
    zero_lines = [line.get_xydata().tolist() for line in places.lines]
    assert zero_lines == [[[0, 0], [1, 0]], [[0, 0], [0, 1]]]


def test_the_caption_states_the_rank_correlation_and_its_intervals_over_firms_and_over_days():
    found = words(skill_figure(skill_report())).replace("\N{MINUS SIGN}", "-")

    assert "6 firms: -0.42\n(95%: -0.77 to 0.11 over firms, -0.55 to -0.31 over days)" in found


def test_the_picture_of_skill_has_a_second_panel_if_the_maker_stops_quoting_during_the_run():
    _, quoter = skill_figure(skill_report()).axes
    on, off = ({x for x, _ in found.get_offsets().tolist()} for found in quoter.collections[1::2])

    assert on == set(range(8))
    assert off == {-i for i in range(8)}
    intervals = [path.vertices[:, 0].tolist() for path in quoter.collections[0].get_paths()]
    assert intervals == [[i - 0.25, i + 0.5] for i in range(8)]
    assert len(skill_figure(skill_report(stops=False)).axes) == 1


def test_each_line_of_the_coverage_picture_has_the_amounts_of_a_column_of_its_table():
    found = coverage_report()
    money, cover = coverage_figure(found).axes
    _, table = found.tables()

    drawn = {line.get_label(): line.get_ydata().tolist() for line in money.lines}
    for column, (label, _) in cage_picture.LINES.items():
        place = table.columns.index(column)
        amounts = [float(row[place]) for row in table.rows]
        assert drawn.get(label, [0] * len(table.rows)) == amounts
    # the maker drew no credit, so the picture does not show credit
    assert "credit drawn by the maker" not in drawn
    assert set(cover.lines[0].get_ydata()) == {102}


def test_amounts_of_very_different_sizes_have_a_logarithmic_axis_for_amounts_above_zero():
    money, _ = coverage_figure(coverage_report()).axes

    assert money.get_yscale() == "log"
    assert money.get_ylabel() == "amounts above zero, USD at the day's close"


def test_amounts_of_similar_size_have_a_linear_axis_even_if_some_are_below_zero():
    found = coverage_report()
    alike = (Close(each.day, *[usd(-5)] * 3, usd(5), *[usd(-5)] * 2) for each in found.closes)
    money, _ = coverage_figure(replace(found, closes=tuple(alike))).axes

    assert money.get_yscale() == "linear"
    assert money.get_ylabel() == "USD at the day's close"


@pytest.mark.parametrize(("n", "labelled"), [(1, 1), (3, 3), (7, 7), (8, 4), (60, 7)])
def test_at_most_seven_days_have_labels_and_the_first_day_has_a_label(n, labelled):
    found = coverage_report()
    _, cover = coverage_figure(replace(found, closes=found.closes[:n])).axes

    labels = [tick.get_text() for tick in cover.get_xticklabels()]
    assert labels[0] == "2021-05-01"
    assert len(set(labels)) == len(labels) == labelled


def test_days_of_events_have_letters_that_the_caption_explains():
    found = words(coverage_figure(coverage_report(first_day=date(2021, 6, 1))))

    assert "never: firms' profit above the cash" in found
    assert "b: firms' claims above the cash, first on 2021-06-01" in found
    assert "d: a withdrawal not paid in full, first on 2021-06-10" in found
    assert "\nbc\n" in f"\n{found}\n"  # two events on the same day have one label with two letters


def test_prices_start_at_100_and_their_axis_is_logarithmic_if_a_price_falls_to_almost_zero():
    prices, *_ = liquidations_figure(liquidations_report()).axes
    drawn = {line.get_label(): line.get_ydata().tolist() for line in prices.lines}

    assert list(drawn) == ["BTC-PERP", "LUNA-PERP"]
    assert [ys[0] for ys in drawn.values()] == [100, 100]
    assert drawn["LUNA-PERP"][-1] == pytest.approx(50)
    assert prices.get_yscale() == "linear"
    wide, *_ = liquidations_figure(liquidations_report(last_price_usd=0.5)).axes
    assert wide.get_yscale() == "log"


def test_liquidations_of_an_hour_are_stacked_in_one_bar_that_covers_the_hour():
    _, cascade, *_ = liquidations_figure(liquidations_report()).axes
    found = {
        (round(24 * (bar.get_x() % 1)) % 24, bar.get_y(), bar.get_height())
        for bar in cascade.patches
        if bar.get_height()
    }

    assert found == {(5, 0, 1e6), (5, 1e6, 2e6), (23, 0, 4e6), (23, 4e6, 3e6)}
    assert {round(24 * bar.get_width()) for bar in cascade.patches} == {1}


def test_each_bar_of_liquidations_in_a_long_run_covers_one_day():
    found = liquidations_report()
    daily = replace(found.course, steps=found.course.steps[::24])
    _, bars, *_ = liquidations_figure(replace(found, make_course=lambda: daily)).axes

    assert [bar.get_height() for bar in bars.patches] == [1e6, 4e6, 2e6, 0, 0, 3e6]
    assert "per day" in bars.get_ylabel()


def test_lines_of_backstops_agree_with_the_table_and_the_line_of_the_captive_backstop_is_thick():
    found = liquidations_report()
    *_, held, result = liquidations_figure(found).axes
    course = found.course.table()

    for axes, what in ((held, "held"), (result, "result")):
        _, *drawn = axes.lines  # the first line is the zero line
        for line, who in zip(drawn, PROVIDERS, strict=True):
            place = course.columns.index(f"{who}_{what}_usd")
            assert line.get_ydata().tolist() == [float(row[place]) for row in course.rows]
        outside, captive = drawn
        assert captive.get_linewidth() > 2 * outside.get_linewidth()
        assert captive.get_label() == "Alameda (captive)"


def test_kinds_of_liquidation_differ_in_lightness_or_hatching():
    looks = [bar for _, bar in liquidations_picture.WAYS_OUT.values()]

    assert (
        len({bar.get("hatch") for bar in looks if lightness(to_rgb(bar["facecolor"])) > 0.8}) == 2
    )
    assert sum(lightness(to_rgb(bar["facecolor"])) < 0.4 for bar in looks) == 1


def test_a_run_without_customers_on_margin_has_no_picture_of_liquidations(tiny_run: RunFolder):
    with pytest.raises(PlotError, match="no customer trades on margin"):
        liquidations_figure(liquidations(tiny_run))


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1_000, "1 k"),
        (-1_500_000, "\N{MINUS SIGN}1.5 M"),
        (999_999_999, "1 bn"),
        (12_340_000_000, "12.34 bn"),
        (0.5, "0.5"),
    ],
)
def test_amounts_are_abbreviated_with_k_m_and_bn(amount, text):
    assert paper.short(amount) == text


# --------------------------------------------------------------- readability


def test_classes_have_marks_of_different_shapes_and_neighbouring_classes_differ_in_lightness():
    shapes, fills = zip(*paper.MARKS, strict=True)

    assert len(set(shapes)) == len(shapes)
    light = list(map(lightness, fills))
    assert all(abs(a - b) > 0.2 for a, b in zip(light, light[1:] + light[:1], strict=True))


def test_any_two_lines_of_the_coverage_picture_differ_in_style_or_width():
    styles = [line for _, line in cage_picture.LINES.values()]

    told = {(line.get("linestyle", "-"), line.get("linewidth", 1.5) > 2) for line in styles}
    assert len(told) == len(styles)


@each_drawn
def test_all_axes_except_days_and_classes_have_units_and_the_first_title_is_a_question(number):
    figure = drawn(number)

    assert figure.axes[0].get_title("left").endswith("?")
    for axes in figure.axes:
        # Axes of days and axes of classes need no unit.
        if "pro, house" not in [tick.get_text() for tick in axes.get_yticklabels()]:
            assert any(unit in axes.get_ylabel() for unit in ("USD", "bps", "%"))
        if PICTURES[number][0] not in (coverage_figure, liquidations_figure):
            assert any(unit in axes.get_xlabel() for unit in ("(ms)", "(bps"))


@each_drawn
def test_legends_and_captions_do_not_overlap_with_a_panel(number):
    figure = drawn(number)
    beside = [legend for legend in figure.findobj(Legend)]
    beside += [text for text in figure.texts if text.get_text()]

    assert beside
    for each in beside:
        for axes in figure.axes:
            # Boxes that only share an edge do not overlap.
            assert not each.get_window_extent().overlaps(axes.get_window_extent().padded(-1))


@each_drawn
def test_no_element_extends_beyond_the_edge_of_the_picture(number):
    figure = drawn(number)
    whole, box = figure.bbox, figure.get_tightbbox().transformed(figure.dpi_scale_trans)

    assert whole.x0 <= box.x0 < box.x1 <= whole.x1
    assert whole.y0 <= box.y0 < box.y1 <= whole.y1


# ------------------------------------------------------------------------ the files


# The fast tests save each of three pictures in one format. The slow tests save each of them in the
# two other formats.
IN_FORMATS = [
    pytest.param(*picture, suffix, marks=[pytest.mark.slow] if n != m else [])
    for n, picture in enumerate(PICTURES[1::2])
    for m, suffix in enumerate((".png", ".svg", ".pdf"))
]


@pytest.mark.parametrize(("figure_of", "found", "suffix"), IN_FORMATS)
def test_two_pictures_of_the_same_report_are_identical(
    figure_of, found, suffix, tmp_path, monkeypatch
):
    first, second = tmp_path / f"first{suffix}", tmp_path / f"second{suffix}"
    save(figure_of(found), first)
    # The second picture is drawn with another clock and other user settings.
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    with matplotlib.rc_context({"font.size": 20, "svg.hashsalt": "another", "axes.grid": True}):
        save(figure_of(found), second)

    assert first.stat().st_size > 5_000
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(
    ("name", "begins"), [("a.png", b"\x89PNG"), ("a.SVG", b"<?xml"), ("a.pdf", b"%PDF")]
)
def test_the_suffix_of_the_file_selects_the_picture_format(name, begins, tmp_path):
    save(coverage_figure(coverage_report()), tmp_path / name)

    assert (tmp_path / name).read_bytes().startswith(begins)


@pytest.mark.parametrize("name", ["a.bmp", "a", "png", "a.png.gz"])
def test_the_error_for_an_unknown_picture_format_lists_the_known_formats(name, tmp_path):
    with pytest.raises(PlotError, match=r"\.png, \.svg, \.pdf$"):
        save(coverage_figure(coverage_report()), tmp_path / name)
    assert not any(tmp_path.iterdir())


def test_a_picture_that_cannot_be_saved_is_reported_in_one_line(tmp_path):
    with pytest.raises(PlotError, match=r"^\S+a\.png: No such file or directory$"):
        save(coverage_figure(coverage_report()), tmp_path / "nowhere" / "a.png")


@each_picture
def test_the_error_for_a_missing_matplotlib_explains_in_one_line_how_to_install_it(
    figure_of, found, monkeypatch
):
    monkeypatch.setitem(sys.modules, "matplotlib", None)

    with pytest.raises(PlotError, match=r"^[^\n]*pip install 'moneytrail\[plot\]'[^\n]*$"):
        figure_of(found)


# ------------------------------------------------------------------------ whole runs


def test_a_run_whose_firms_have_no_reaction_times_cannot_be_drawn():
    found = firms_report()
    unknown = tuple(replace(each, profile=Profile("pro")) for each in found.results)

    with pytest.raises(PlotError, match="no reaction time of any firm"):
        firms_figure(replace(found, results=unknown))


def test_the_liquidations_of_a_run_with_a_crash_can_be_drawn(margin_run: RunFolder, tmp_path: Path):
    save(liquidations_figure(liquidations(margin_run)), tmp_path / "crash.png")

    assert (tmp_path / "crash.png").stat().st_size > 50_000


def test_the_reports_on_firms_and_on_skill_and_on_cash_coverage_can_be_drawn(
    tiny_run: RunFolder, tmp_path: Path
):
    for report, figure_of in (
        (firms, firms_figure),
        (skill, skill_figure),
        (cash_coverage, coverage_figure),
    ):
        figure = figure_of(report(tiny_run))
        save(figure, tmp_path / f"{report.__name__}.png")
        assert points(figure.axes[0]) or figure.axes[0].lines
