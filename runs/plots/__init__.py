"""Pictures of reports, drawn from the rows of their tables alone."""
