"""Because of this file pytest puts tests/des on the import path, so tests can import helpers."""
