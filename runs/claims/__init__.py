"""Judges each statement of the thread by a figure of the books."""
