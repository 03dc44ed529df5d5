"""The lead price: what it costs where it is discovered, tick by tick."""
