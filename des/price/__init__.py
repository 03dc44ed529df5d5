"""The lead price: candles, volatility, hourly path, ticks and the impact of orders."""
