"""The market: the maker's expectations and share, lead and lag, pools."""
