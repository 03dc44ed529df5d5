"""The template of the exhibit's page: frame, styles, and scripts in reading order."""
