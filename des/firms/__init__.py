"""Trading firms: their classes, their capital, and their quotes on the lead venue."""
