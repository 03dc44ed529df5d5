"""Pictures of reports, drawn from their tables alone: what isn't printed there isn't drawn here."""

from runs.plots.cage_plot import cage_figure
from runs.plots.firms_plot import firms_figure
from runs.plots.illusion_plot import illusion_figure
from runs.plots.liquidations_plot import liquidations_figure
from runs.plots.paper import PlotError, save
from runs.plots.timeline_plot import timeline_figure

__all__ = [
    "PlotError",
    "cage_figure",
    "firms_figure",
    "illusion_figure",
    "liquidations_figure",
    "save",
    "timeline_figure",
]
