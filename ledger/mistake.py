"""The base class of errors that a user can correct."""


class MistakeError(Exception):
    """A user's request cannot be fulfilled. The message states the reason and the correction.

    The message is one line, which the command line prints without a traceback. This module imports
    nothing, so that the command line can catch these errors without importing the modules that
    raise them.
    """
