"""Schedules that trustees and examiners file: late payments, related balances, solvency tests."""
