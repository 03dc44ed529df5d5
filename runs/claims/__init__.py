"""The thread's statements; for each, the figure that decides it, and the verdict."""
