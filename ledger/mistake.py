"""The base class of errors that a user can correct."""


class MistakeError(Exception):
    """A user's request cannot be fulfilled. The message states the reason and usually a correction.

    `moneytrail` prints the message in one line, without a traceback. This module imports nothing.
    So `moneytrail` can catch these errors without importing the modules that raise them.
    """
