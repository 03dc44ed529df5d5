"""The thread's statements, each with its deciding figure and a verdict."""
