"""A venue: claims, positions, fees, settlements."""
