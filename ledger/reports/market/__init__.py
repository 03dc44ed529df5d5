"""Markets: the maker's results and share of volume, lag between venues, limits on hits, pools."""
