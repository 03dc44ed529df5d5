"""The page of the exhibit as a template: its frame, its looks, and its scripts in reading order."""
