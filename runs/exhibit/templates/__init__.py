"""The template, the style and the scripts of the exhibit."""
