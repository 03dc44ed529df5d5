"""The trading firms: their results on each venue, and the part of their claims that is payable."""
