"""The captive maker's quotes, and the orders that these quotes fill."""
