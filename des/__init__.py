"""The world: prices, venues, quotes, the race for them, custody and treasury, in SimPy's time."""
