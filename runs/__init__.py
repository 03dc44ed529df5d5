"""The questions: scenario files, the command line, the running of a scenario."""
