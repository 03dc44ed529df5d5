"""The hours that a scenario plays, for other scenarios that play the same hours."""

from typing import Any

from runs.scenarios import load


def hours_as_in(name: str) -> dict[str, Any]:
    """Return the keys of `run` that decide the hours of the scenario *name*."""
    drawn = {"one_hour_in", "group_loss_usd_max", "idle_hours_at_once"}
    return load(name).run.model_dump(include=drawn, exclude_none=True)
