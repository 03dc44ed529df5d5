"""Markets: the maker's expected results and share of volume, lag between venues, limits, pools."""
