"""The exhibit: a run told in one file that a browser opens without a network."""
