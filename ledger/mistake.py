"""The base class of errors that a user can correct."""


class MistakeError(Exception):
    """A request cannot be fulfilled; the message gives the reason and the correction in one line.

    The command line prints the message without a traceback. This module imports nothing, so that
    the command line can catch these errors without importing the modules that raise them.
    """
