"""What a venue keeps: claims, positions, fees, settlements."""
