"""Schedules that trustees and examiners file: payments before the end, balances, three tests."""
