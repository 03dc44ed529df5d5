"""Schedules: tables that a trustee in bankruptcy files with the court."""
