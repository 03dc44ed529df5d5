"""The market: the maker's expectations and share, the lag between venues, limits, and pools."""
