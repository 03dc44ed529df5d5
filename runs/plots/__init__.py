"""Pictures of reports, drawn from the rows that their tables print, and from nothing else."""
