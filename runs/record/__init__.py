"""The public record, fact by fact, and the comparison of runs with it."""
