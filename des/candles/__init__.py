"""Reads files of candles: detects the format, and returns the candles in order of time."""
