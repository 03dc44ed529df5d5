"""The lead price, tick by tick."""
