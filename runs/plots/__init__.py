"""Pictures of reports; each is drawn only from the rows of the report's tables."""
