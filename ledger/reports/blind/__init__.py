"""A blind audit: a search for the cause of a loss in books without names of causes and parties."""
