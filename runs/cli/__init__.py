"""The command line: commands in files by who asks, and how they print."""
