"""The books of a run: accounts, journal, text, reports and audit. No module imports `des`."""
