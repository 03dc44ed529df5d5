"""How the captive maker decides, on the first of each month, what it quotes until the next."""
