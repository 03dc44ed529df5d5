"""The trading firms: their results on each venue, and the part that could be paid out."""
