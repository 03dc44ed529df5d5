"""Which hours a scenario plays, for other scenarios that are played in the same way."""

from typing import Any

from runs.scenarios import load


def hours_as_in(name: str) -> dict[str, Any]:
    """Return the keys of `run` that say which hours the scenario *name* draws."""
    drawn = {"one_hour_in", "group_loss_usd_max"}
    return load(name).run.model_dump(include=drawn, exclude_none=True)
