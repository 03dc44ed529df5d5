"""Policies by which the captive maker decides its quotes, at the run's start and each month."""
