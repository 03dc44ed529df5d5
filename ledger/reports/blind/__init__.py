"""A blind audit: the causes that figures show without names and kinds."""
