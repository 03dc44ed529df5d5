"""The captive maker's quotes, and the orders that hit them."""
