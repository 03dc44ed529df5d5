"""Writes the chosen member of a study as a scenario file, marked as a hypothesis."""

from pathlib import Path

from runs.scenarios import dump
from runs.study.design import members_of, scenario_of
from runs.study.member_table import Members
from runs.study.would_have_to_be import WouldHaveToBe

QUESTION = "The hypothesis, not history: what would the books show if the thread's story were true?"


def write_as_told(members: Members, would: WouldHaveToBe, path: Path) -> None:
    """Write the scenario file of the chosen member. `WouldHaveToBe.chosen` says how it is chosen.

    Args:
        members: the members of the study.
        would: the chosen member, and the facts that it contradicts.
        path: the new scenario file.
    """
    number = int(members.numbers[~members.is_base][would.chosen])
    scenario = scenario_of(members.study, members_of(members.study)[number])
    told = scenario.model_copy(update={"question": QUESTION})
    path.write_text("\n".join([*_header(members, would, number), "", dump(told)]), encoding="utf-8")


def _header(members: Members, would: WouldHaveToBe, number: int) -> list[str]:
    share = 100 * float(would.share[would.chosen])
    reached = (
        "the member nearest to the record among those whose mechanism is at least half of the hole"
    )
    largest = (
        "the member with the largest share of the mechanism in the hole; no member reaches half"
    )
    lines = [
        "# This is the hypothesis and not history.",
        "#",
        f"# Member {number} of the study whose question is: {members.study.question}",
        f"# It is {reached if would.reached.any() else largest}.",
        f"# In this member the mechanism is {share:.1f} % of the hole. Its inputs:",
        *(f"#     {name} = {value:g}" for name, value in would.inputs.items()),
        "# Recorded outcomes that this member contradicts, the largest deviation first "
        "(member; recorded):",
        *(
            f"#     {each.figure}: {each.model:,.4g}; {each.low:,.4g} to {each.high:,.4g}"
            for each in would.contradicted
        ),
    ]
    return [line if len(line) <= 100 else f"{line[:97]}..." for line in lines]
