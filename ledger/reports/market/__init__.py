"""The market: the maker's beliefs and share, who leads whom, pools."""
