"""Reads how a scenario samples hours, so that another scenario can sample the same hours."""

from typing import Any

from runs.scenarios import load


def hours_as_in(name: str) -> dict[str, Any]:
    """Return the keys of a scenario's table `run` that control the sampling of hours.

    The list of full days is left out, so the other scenario keeps its own list.
    """
    drawn = {"one_hour_in", "group_loss_usd_max", "idle_hours_at_once"}
    return load(name).run.model_dump(include=drawn, exclude_none=True)
