"""Scenario files, the command line, and the code that runs scenarios and reports on runs."""

# The program's version. setup.cfg and each run's manifest take it from here.
__version__ = "0.2.0"
