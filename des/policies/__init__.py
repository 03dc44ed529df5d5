"""How the captive maker decides, on the first of each month, its quotes until the next."""
