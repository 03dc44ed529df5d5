"""Schedules that trustees and examiners file: last payments, related balances, solvency tests."""
