"""The lead price: volatility, hourly path and ticks."""
