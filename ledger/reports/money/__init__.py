"""Where did the money go? Reports on the hole, on cash, and on customers' claims."""
