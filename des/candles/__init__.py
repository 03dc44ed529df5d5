"""Readers of files of candles, which detect the format and return candles in order of time."""
