"""The books of a run: accounts, journal, text, audit. The code does not use the simulation."""
