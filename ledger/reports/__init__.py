"""Reports. Each report is computed from a run folder alone, and is laid out as a list of tables."""
