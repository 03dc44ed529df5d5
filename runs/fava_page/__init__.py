"""A page in Fava: the answer, sources and uses, the hole by cause, the timeline, and links."""
