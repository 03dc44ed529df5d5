"""Reports: each is computed from a run folder only, and is a list of tables."""
