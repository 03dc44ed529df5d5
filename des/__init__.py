"""The world: prices, venues, quotes, the race to hit them, custody and treasury, run by SimPy."""
