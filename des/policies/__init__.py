"""The captive maker's monthly decisions on its quotes, made on the first of each month."""
