"""The base of errors that a user can put right."""


class MistakeError(Exception):
    """Something asked for can't be had; the message says in one line why, and what to do.

    The command line prints it without a traceback. This module imports nothing, so that the
    command line knows these errors without what raises them.
    """
