"""The captive maker's quotes, and everybody who hits them."""
