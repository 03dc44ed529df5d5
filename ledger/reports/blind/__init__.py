"""A blind audit: what can be told of the cause without names and kinds."""
