"""The house group's money (loans, uses, tokens, coins), and the margin of all hedgers."""
