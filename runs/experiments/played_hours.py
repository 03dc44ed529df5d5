"""Reads which hours a scenario simulates, so that another scenario can simulate the same hours."""

from typing import Any

from runs.scenarios import load


def hours_as_in(name: str) -> dict[str, Any]:
    """Return the keys of the table `run` by which a scenario draws its hours.

    The list of full days is not among these keys: the other scenario keeps its own list.
    """
    drawn = {"one_hour_in", "group_loss_usd_max", "idle_hours_at_once"}
    return load(name).run.model_dump(include=drawn, exclude_none=True)
