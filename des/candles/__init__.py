"""Files of candles as people have them: found out, read, and put in order."""
