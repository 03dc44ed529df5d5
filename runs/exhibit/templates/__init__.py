"""The template of the exhibit's page, its styles and its scripts."""
