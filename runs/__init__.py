"""Scenario files, the command line, and the code that runs scenarios and reports on them."""

# The only place of the program's version: setup.cfg and the manifest read it from here.
__version__ = "0.2.0"
