"""Reports: each computed from a run folder alone, each a list of tables."""
