"""Reports. Each report is computed from a run folder alone, and consists of tables."""
