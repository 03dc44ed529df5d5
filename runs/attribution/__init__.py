"""The part of each cause in the hole, by Shapley's rule."""
