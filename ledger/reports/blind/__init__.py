"""A blind audit: what figures show of the cause, without names and kinds."""
