"""The command line: commands, in files by kind of reader, and their output."""
