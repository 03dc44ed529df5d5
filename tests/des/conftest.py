"""Because of this file, pytest puts tests/des on the import path, and tests find helpers there."""
