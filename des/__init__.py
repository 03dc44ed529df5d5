"""The simulated world: prices, venues, quotes, the race to hit quotes, custody and treasury."""
