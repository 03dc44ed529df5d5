"""The trading firms: the results of each by venue, and whether they could be paid out."""
