"""A page in Fava: the answer, sources and uses, the timeline, and links into Fava's own pages."""
