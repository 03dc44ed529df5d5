"""The life of the group: its dates, balance sheets, solvency, share prices, and the answer."""
