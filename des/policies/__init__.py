"""The captive maker's decisions, on the first of each month, about its quotes until the next."""
