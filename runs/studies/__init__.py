"""Studies that come with the package, and their sealed results."""
