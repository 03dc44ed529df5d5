"""Markets: the maker's expected results and share of volume, the venues' lag, limits, and pools."""
