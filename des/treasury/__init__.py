"""The money of the house group: margin, loans, uses; and the margin of all hedgers."""
