"""This file puts its folder on the import path, so that tests can import its helpers."""
