"""Turns a report into a data frame or a picture, for a notebook."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ledger.mistake import MistakeError
from ledger.reports.table import Report, Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# For each type of report with a picture: the module of the drawing function, and the function.
PICTURES: Mapping[str, tuple[str, str]] = {
    "Where": ("where_plot", "where_figure"),
    "Timeline": ("timeline_plot", "timeline_figure"),
    "Solvency": ("solvency_plot", "solvency_figure"),
    "CoverageByDay": ("coverage_plot", "coverage_figure"),
    "FirmAccounts": ("firms_plot", "firms_figure"),
    "Skill": ("skill_plot", "skill_figure"),
    "HouseValuation": ("valuation_plot", "valuation_figure"),
    "Liquidations": ("liquidations_plot", "liquidations_figure"),
    "Trace": ("trace_plot", "trace_figure"),
    "Claims": ("claims_plot", "claims_figure"),
    "BesideRecord": ("compare_plot", "compare_figure"),
}


class NotebookError(MistakeError):
    """There is no such table or picture, or no library for data frames is installed."""


def table(report: Report, name: str | None = None) -> Table:
    """Return the named table of a report. Without a *name*, return the first table with rows.

    If no table has rows, the first table is returned. A table is also an Arrow stream, which
    `polars.DataFrame(table)`, DuckDB and other libraries read.

    Raises:
        NotebookError: the report has no such table, or *report* is not a report.
    """
    if not hasattr(report, "tables"):
        raise NotebookError(
            f"a {type(report).__name__} has no tables; give a report, such as moneytrail.where(run)"
        )
    found = report.tables()
    if name is None:
        return next((each for each in found if each.has_rows), found[0])
    for each in found:
        if each.name == name:
            return each
    names = ", ".join(each.name for each in found)
    raise NotebookError(f"this report has no table {name!r}; it has {names}")


def frame(report: Report | Table, name: str | None = None) -> Any:
    """Return a table of a report as a data frame of polars, or of pandas if polars is missing.

    Amounts are exact decimals in both libraries.

    Raises:
        NotebookError: the report has no such table, or *report* is not a report, or both libraries
            are missing.
    """
    chosen = report if isinstance(report, Table) else table(report, name)
    if polars := _library("polars"):
        return polars.DataFrame(chosen)
    if pandas := _library("pandas"):
        return pandas.DataFrame(list(chosen.rows), columns=list(chosen.columns))
    raise NotebookError(
        "neither polars nor pandas is installed; `make tools` (in a clone) or `pip install "
        "'moneytrail[frames]'` installs one"
    )


def plot(report: Report) -> "Figure":
    """Return the picture of a report. If it is the last value of a cell, a notebook shows it.

    Raises:
        NotebookError: the report has no picture.
        PlotError: matplotlib is not installed, or there is nothing to draw.
    """
    name = type(report).__name__
    if name not in PICTURES:
        raise NotebookError(
            f"{name} has no picture; reports with one: {', '.join(sorted(PICTURES))}"
        )
    module, function = PICTURES[name]
    draw: Callable[[object], Figure] = getattr(import_module(f"runs.plots.{module}"), function)
    return draw(_drawn(report, name))


def _drawn(report: Any, name: str) -> object:
    """Return what a report's picture shows: the whole report or a part of it."""
    if name == "Where":
        return report.hole
    return report.of_role("outcome") if name == "BesideRecord" else report


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        return None
