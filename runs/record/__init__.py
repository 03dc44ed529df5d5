"""The public record, fact by fact, and how runs stand beside it."""
