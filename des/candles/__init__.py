"""Readers of candle files: they detect the format and return the candles in order of time."""
