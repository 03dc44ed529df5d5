"""The exhibit: a web page about a run, in one file that a browser opens without a network."""
