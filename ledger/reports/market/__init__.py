"""Reports on markets: the maker's expectations and share, the venues' lag, limits, and pools."""
