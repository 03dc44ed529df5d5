"""How the captive maker decides its quotes on the first of each month."""
