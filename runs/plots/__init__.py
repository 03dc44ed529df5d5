"""Pictures of reports, drawn from their tables alone: what isn't printed there isn't drawn here."""
