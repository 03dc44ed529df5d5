"""Trading firms: their classes, results, capital and positions, and quotes on the lead venue."""
