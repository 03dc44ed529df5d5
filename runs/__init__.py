"""The questions: scenario files, the command line, runs of scenarios."""

# The program's version, and the only place of it: setup.cfg and the manifest read it here.
__version__ = "0.2.0"
