"""Files of candles in common formats: the format is detected, and the candles are put in order."""
