"""The exhibit: a web page on a run, in one file that a browser opens without a network."""
