"""Because of this file, pytest puts tests/des on the import path. Tests import helpers from it."""
