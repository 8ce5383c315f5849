"""Executors for the branches of a Hamilton graph, and failed branches."""
