"""Computes a figure only once for each opened run, even if several reports use it."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from ledger.run_folder import RunFolder

About = ParamSpec("About")
Answer = TypeVar("Answer")


def once(
    question: Callable[Concatenate[RunFolder, About], Answer],
) -> Callable[Concatenate[RunFolder, About], Answer]:
    """Wrap a function whose first argument is a run, so that it computes each result only once.

    The result is stored for each run and each set of further arguments. These arguments must be
    hashable. Callers must not change the result.
    """

    @wraps(question)
    def asked(run: RunFolder, /, *about: About.args, **named: About.kwargs) -> Answer:
        key = (question, about, tuple(named.items()))
        if key not in run.answers:
            run.answers[key] = question(run, *about, **named)
        answer: Answer = run.answers[key]
        return answer

    return asked
