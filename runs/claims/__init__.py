"""The thread's statements, each with the figure of a run that it is judged by, and a verdict."""
