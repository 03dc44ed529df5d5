"""Pictures of reports, drawn from their tables alone: what isn't printed there isn't drawn here."""

from runs.plots.cage import cage_figure
from runs.plots.firms import firms_figure
from runs.plots.illusion import illusion_figure
from runs.plots.liquidations import liquidations_figure
from runs.plots.paper import PlotError, save
from runs.plots.timeline import timeline_figure

__all__ = [
    "PlotError",
    "cage_figure",
    "firms_figure",
    "illusion_figure",
    "liquidations_figure",
    "save",
    "timeline_figure",
]
