"""The public record as a list of facts, and the comparison of runs with these facts."""
