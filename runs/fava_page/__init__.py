"""A page in Fava: the answer, sources and uses, the timeline, and links to Fava's own pages."""
