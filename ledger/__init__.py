"""The books of a run: accounts, journal, Beancount text, audit. They do not need the simulation."""
